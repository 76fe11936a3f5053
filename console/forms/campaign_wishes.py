"""A new campaign as its form holds it, right or wrong."""

from dataclasses import dataclass, field, replace

from starlette.datastructures import FormData

from console.forms import fields
from domain.campaigns import Outline
from domain.campaigns.schedule import JUST_ONCE, After, Every, Schedule, after, every, schedule_of
from domain.pathways.values import Anchor
from storage.tables.campaigns import Campaign

ONCE, EVERY, AFTER = "once", "every", "after"


@dataclass(frozen=True, slots=True)
class CampaignWishes:
    name: str = ""
    questionnaire: str = ""
    local_time: str = ""
    lateness: str = "24"
    kind: str = ONCE
    interval: str = "1"
    unit: str = "month"
    until: str = ""
    days: str = "30"
    of: str = "arrival"
    second_prompt: str = ""
    countries: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)

    @classmethod
    def said_in(cls, form: FormData) -> "CampaignWishes":
        def one(name: str, usual: str = "") -> str:
            return str(form.get(name, usual)).strip()

        def several(name: str) -> list[str]:
            return [str(each) for each in form.getlist(name)]

        return cls(
            name=one("name"),
            questionnaire=one("questionnaire"),
            local_time=one("local_time"),
            lateness=one("lateness"),
            kind=one("kind", ONCE),
            interval=one("interval"),
            unit=one("unit"),
            until=one("until"),
            days=one("days"),
            of=one("of", Anchor.ARRIVAL),
            second_prompt=one("second_prompt"),
            countries=several("countries"),
            languages=several("languages"),
            since=several("since"),
            stages=several("stages"),
            regions=several("regions"),
        )

    @classmethod
    def held_by(cls, campaign: Campaign) -> "CampaignWishes":
        """As it stands now."""
        wishes = cls(
            name=campaign.name,
            questionnaire=campaign.questionnaire,
            local_time=campaign.local_time,
            lateness=str(campaign.max_lateness_hours),
            second_prompt="yes" if campaign.second_prompt else "",
            countries=campaign.group["countries"],
            languages=campaign.group["languages"],
            since=campaign.group.get("since", []),
            stages=campaign.group.get("stages", []),
            regions=campaign.group.get("regions", []),
        )
        match schedule_of(campaign):
            case Every(unit, interval, until):
                day = until.isoformat() if until else ""
                return replace(wishes, kind=EVERY, unit=unit, interval=str(interval), until=day)
            case After(days, of):
                return replace(wishes, kind=AFTER, days=str(days), of=of)
            case _:
                return wishes

    def outline(self) -> Outline:
        """Raises Refused."""
        return Outline(
            name=self.name,
            questionnaire=self.questionnaire,
            countries=self.countries,
            languages=self.languages,
            since=self.since,
            stages=self.stages,
            regions=self.regions,
            local_time=fields.wall_time(self.local_time),
            schedule=self._schedule(),
            max_lateness_hours=fields.number(self.lateness),
            second_prompt=self.second_prompt == "yes",
        )

    def _schedule(self) -> Schedule:
        if self.kind == EVERY:
            until = fields.day(self.until) if self.until else None
            return every(self.unit, fields.number(self.interval), until)
        if self.kind == AFTER:
            return after(fields.number(self.days), self.of)
        return JUST_ONCE
