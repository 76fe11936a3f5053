"""For whom a campaign is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.campaigns.facts import Facts
from domain.check_ins.eligibility import Exclusion, not_asked
from domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Group:
    """People by country (ISO 3166 alpha-2) and language; an empty set lets everyone in."""

    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    @classmethod
    def of(cls, countries: Iterable[str], languages: Iterable[str]) -> "Group":
        """Raises Refused for what is no code."""
        group = cls(
            frozenset(country.strip().upper() for country in countries),
            frozenset(language.strip().lower() for language in languages),
        )
        for code in group.countries:
            if not _is_code(code, 2):
                raise Refused("{code} is no country: use the two letters of ISO 3166.", code=code)
        for code in group.languages:
            if not _is_code(code, 3):
                raise Refused("{code} is no language: use its code, such as sq.", code=code)
        return group

    @classmethod
    def kept(cls, group: dict[str, Any]) -> "Group":
        return cls(frozenset(group["countries"]), frozenset(group["languages"]))

    def to_keep(self) -> dict[str, Any]:
        return {"countries": sorted(self.countries), "languages": sorted(self.languages)}

    def holds(self, facts: Facts) -> bool:
        return (not self.countries or facts.country in self.countries) and (
            not self.languages or facts.language in self.languages
        )


def exclusion(
    group: Group, facts: Facts, *, expires_at: datetime, now: datetime
) -> Exclusion | None:
    """Why such a person would not get the campaign's check-in, which may be sent until then."""
    if not group.holds(facts):
        return Exclusion.WRONG_GROUP
    not_for_them = not_asked(
        child=facts.child,
        protected=facts.protected,
        invited=facts.invited,
        consents=facts.consents,
    )
    not_for_them = not_for_them or _out_of_reach(facts, expires_at)
    if not_for_them is None and expires_at <= now:
        return Exclusion.TOO_LATE
    return not_for_them


def _out_of_reach(facts: Facts, until: datetime) -> Exclusion | None:
    """Why, as things stand, nothing can be sent to such a person by then; None if it can."""
    if facts.frozen:
        return Exclusion.FROZEN
    if facts.blocked:
        return Exclusion.BLOCKED
    if facts.paused_until is not None and facts.paused_until >= until:
        return Exclusion.PAUSED
    return None


def _is_code(code: str, longest: int) -> bool:
    return 2 <= len(code) <= longest and code.isascii() and code.isalpha()
