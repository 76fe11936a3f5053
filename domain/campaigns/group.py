"""For whom a campaign is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.campaigns.facts import Facts
from domain.check_ins.eligibility import Exclusion, not_asked
from domain.countries import code_of
from domain.errors import Refused
from domain.figures.traits import SINCE, Since
from locales.catalogues import LANGUAGES


@dataclass(frozen=True, slots=True)
class Group:
    """People by country (ISO 3166 alpha-2) or region, language, how long they have been back when
    they are asked, and the stage of their pathway when that is planned; an empty set lets everyone
    in.
    """

    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    since: frozenset[str] = frozenset()
    #: Each as "pathway/stage", by their keys.
    stages: frozenset[str] = frozenset()
    #: Each as "country/region".
    regions: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        countries: Iterable[str],
        languages: Iterable[str],
        since: Iterable[str] = (),
        stages: Iterable[str] = (),
        regions: Iterable[str] = (),
    ) -> "Group":
        """Raises Refused for what is no code, and for what nobody can choose."""
        group = cls(
            frozenset(map(_country, countries)),
            frozenset(language.strip().lower() for language in languages),
            frozenset(since),
            frozenset(stages),
            frozenset(region.strip() for region in regions),
        )
        group._ensure_codes()
        return group

    def _ensure_codes(self) -> None:
        for code in self.languages:
            if code not in LANGUAGES:
                raise Refused("{code} is no language: use its code, such as sq.", code=code)
        if not self.since <= set(Since):
            raise Refused("The time since the return is month, quarter, half-year, year or later.")
        for stage in self.stages:
            if not all(stage.partition("/")):
                raise Refused("{code} is no stage: use pathway/stage, by their keys.", code=stage)
        for region in self.regions:
            if not all(region.partition("/")):
                raise Refused("{code} is no region: use AL/Tirana, for example.", code=region)

    @classmethod
    def kept(cls, group: dict[str, Any]) -> "Group":
        """Older ones know nothing of the time since the return, of stages or of regions."""
        return cls(
            frozenset(group["countries"]),
            frozenset(group["languages"]),
            frozenset(group.get("since", ())),
            frozenset(group.get("stages", ())),
            frozenset(group.get("regions", ())),
        )

    def to_keep(self) -> dict[str, Any]:
        return {
            "countries": sorted(self.countries),
            "languages": sorted(self.languages),
            "since": sorted(self.since),
            "stages": sorted(self.stages),
            "regions": sorted(self.regions),
        }

    def holds(self, facts: Facts, day: date) -> bool:
        """Whether such a person belongs to it on that day."""
        return (
            (not self.countries or facts.country in self.countries)
            and (not self.languages or facts.language in self.languages)
            and (not self.since or _span(facts.arrived_on, day) in self.since)
            and (not self.stages or facts.stage in self.stages)
            and (not self.regions or facts.region in self.regions)
        )


def exclusion(
    group: Group, facts: Facts, *, day: date, expires_at: datetime, goes_at: datetime
) -> Exclusion | None:
    """Why such a person is not to get the campaign's check-in of that day, which may be sent until
    the one instant, and not before the other.
    """
    if not group.holds(facts, day):
        return Exclusion.WRONG_GROUP
    not_for_them = not_asked(
        child=facts.child,
        protected=facts.protected,
        invited=facts.invited,
        consents=facts.consents or facts.own,
    )
    if not_for_them is None and expires_at <= goes_at:
        return Exclusion.TOO_LATE
    return not_for_them


def out_of_reach(facts: Facts, until: datetime) -> Exclusion | None:
    """Why, as things stand, nothing can be sent to such a person by then; None if it can."""
    if facts.frozen:
        return Exclusion.FROZEN
    if facts.blocked:
        return Exclusion.BLOCKED
    if facts.paused_until is not None and facts.paused_until >= until:
        return Exclusion.PAUSED
    return None


def _span(arrived_on: date | None, day: date) -> Since | None:
    if arrived_on is None or day < arrived_on:
        return None
    days = (day - arrived_on).days
    return next((span for span, most in SINCE.items() if days < most), Since.LATER)


def _country(written: str) -> str:
    """As people's own are kept. Raises Refused."""
    code = code_of(written.strip())
    if code is None:
        raise Refused("{code} is no country: use the two letters of ISO 3166.", code=written)
    return code
