"""What a campaign leads to: messages by the hour, alerts to be expected, and who is on duty then.

All of it is reckoned from what is known before it starts; docs/coordinators.md states what is
assumed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, func, select

from domain.calendar import monday_of, zone
from domain.campaigns.placing import occasion_of
from domain.campaigns.schedule import Every, schedule_of
from domain.duty.ahead import shifts_in
from domain.duty.hours import Span
from domain.duty.readiness import PLANNED_AHEAD
from domain.figures.periods import Step, periods
from domain.figures.suppression import SMALLEST, SMALLEST_SENSITIVE, rounded
from domain.questionnaires.shelf import editions
from domain.questionnaires.values import Questionnaire
from storage.kinds import TO_COME, Severity
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.cases import CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.duty import Shift
from storage.tables.organisations import Organisation

#: What somebody on duty can take in an hour, and what the fallback list can where nobody is.
EACH, FALLBACK = 4.0, 1.0
#: Before so many have been asked, nothing is known of those here.
FEWEST = 200
# So many whole months are looked back on.
_HALF_A_YEAR = 6
# How many of those who answer do so in the first hour, the second and so on.
_SPREAD = (0.5, 0.25, 0.15, 0.1)
_HOUR = timedelta(hours=1)
_CALENDAR = timedelta(weeks=6)
# So many hours are listed, whatever they ask.
_LISTED = 48


@dataclass(frozen=True, slots=True)
class Rates:
    #: Of those who are asked, who answer.
    answer: float = 0.6
    #: Of those who answer, whose answer calls somebody, at most.
    alert: float = 0.05
    #: Of about how many it is known; None for what is assumed where it is not.
    known_of: int | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    begins: datetime
    check_ins: int
    messages: float
    alerts: float
    #: None where no rota reaches yet.
    on_duty: int | None

    @property
    def bearable(self) -> float:
        return EACH * self.on_duty if self.on_duty else FALLBACK

    @property
    def is_too_much(self) -> bool:
        return self.on_duty is not None and self.alerts > self.bearable


@dataclass(frozen=True, slots=True)
class Outlook:
    hours: Sequence[Hour]
    #: How many are asked on which day of the organisation's calendar.
    days: Mapping[date, int]
    rates: Rates
    place: ZoneInfo

    @property
    def worst(self) -> Hour | None:
        """The hour that asks the most of those on duty, if it is too much."""
        too_much = [hour for hour in self.hours if hour.is_too_much]
        return max(too_much, key=lambda hour: hour.alerts / hour.bearable, default=None)

    @property
    def listed(self) -> list[Hour]:
        """The first of them, and of the later ones each that asks too much: whoever is told that
        there is one finds it.
        """
        later = (hour for hour in self.hours[_LISTED:] if hour.is_too_much)
        return [*self.hours[:_LISTED], *later]

    @property
    def busiest(self) -> float:
        """The most messages of an hour."""
        return max((hour.messages for hour in self.hours), default=0)

    @property
    def weeks(self) -> Iterator[list[tuple[date, int]]]:
        """Six of them from the first day on, each from Monday."""
        if not self.days:
            return
        first = min(self.days)
        monday = monday_of(first)
        last = min(max(self.days), monday + _CALENDAR - timedelta(days=1))
        while monday <= last:
            week = [monday + timedelta(days=number) for number in range(7)]
            yield [(day, self.days.get(day, 0)) for day in week]
            monday += timedelta(days=7)


async def outlook(
    session: Session, campaign: Campaign, due: Counter[datetime], asked: Questionnaire
) -> Outlook:
    """For what is due at these instants. What is only to be read calls nobody."""
    organisation = await session.get_one(Organisation, campaign.organisation_id)
    place = zone(organisation.time_zone)
    rates = await _rates(session, organisation.id, place)
    check_ins = Counter({_hour(moment): 0 for moment in due})
    for moment, count in due.items():
        check_ins[_hour(moment)] += count
    hours = await _hours(session, organisation.id, check_ins, rates, asked)
    if asked.is_information:
        rates = replace(rates, alert=0.0)
    return Outlook(hours, _days(campaign, due, place), rates, place)


async def _hours(
    session: Session,
    organisation_id: UUID,
    check_ins: Counter[datetime],
    rates: Rates,
    asked: Questionnaire,
) -> list[Hour]:
    if not check_ins:
        return []
    whole = Span(min(check_ins), max(check_ins) + _HOUR * len(_SPREAD))
    others = await _others(session, organisation_id, whole)
    alarming = others if asked.is_information else check_ins + others
    check_ins += others
    shifts = await shifts_in(session, organisation_id, whole)
    reaches, questions = session.now + PLANNED_AHEAD, len(asked.asked(private=True))
    alarms = _answers(alarming, rates)
    return [
        Hour(
            begins,
            check_ins[begins],
            # Each question and the thanks takes the last one's place.
            check_ins[begins] + answers * (questions + 1),
            alarms.get(begins, 0.0) * rates.alert,
            _on_duty(shifts, begins) if begins < reaches else None,
        )
        for begins, answers in sorted(_answers(check_ins, rates).items())
    ]


def _answers(check_ins: Mapping[datetime, int], rates: Rates) -> Mapping[datetime, float]:
    """How many come in each hour, as people take their time."""
    answers: defaultdict[datetime, float] = defaultdict(float)
    for begins, count in check_ins.items():
        for number, share in enumerate(_SPREAD):
            answers[begins + number * _HOUR] += count * rates.answer * share
    return answers


def _on_duty(shifts: Iterable[Shift], begins: datetime) -> int:
    """How many different people, at any time of that hour."""
    ends = begins + _HOUR
    return len(
        {
            shift.staff_id
            for shift in shifts
            if shift.starts_at < ends and shift.ends_at is not None and begins < shift.ends_at
        }
    )


async def _others(session: Session, organisation_id: UUID, whole: Span) -> Counter[datetime]:
    """What is planned already in these hours; rounded, since somebody may just have put theirs
    off.
    """
    hour = func.date_trunc("hour", CheckIn.due_at, "UTC")
    found = await session.execute(
        select(hour, func.count())
        .where(
            CheckIn.organisation_id == organisation_id,
            CheckIn.state.in_(TO_COME),
            CheckIn.due_at >= whole.begins,
            CheckIn.due_at < whole.ends,
        )
        .group_by(hour)
    )
    return Counter({begins.astimezone(UTC): rounded(count, SMALLEST) for begins, count in found})


async def _rates(session: Session, organisation_id: UUID, place: ZoneInfo) -> Rates:
    """Of months that are over, and rounded: two looks, before and after somebody was asked, would
    show otherwise what that person did. What is assumed, where too few were asked.
    """
    first, *_, last = periods(Step.MONTH, session.now, place, _HALF_A_YEAR)
    began_by_then = CheckIn.started_at < last.ends
    found = await session.execute(
        select(CheckIn.questionnaire, func.count(), func.count().filter(began_by_then))
        .where(
            CheckIn.organisation_id == organisation_id,
            CheckIn.due_at >= first.begins,
            CheckIn.sent_at < last.ends,
        )
        .group_by(CheckIn.questionnaire)
    )
    counted = {name: (asked, began) for name, asked, began in found}
    shown = await editions(session, [(organisation_id, name) for name in counted])
    # What is only to be read is opened, and calls nobody.
    information = {name for (_, name), each in shown.items() if each.is_information}
    asking = [counted[name] for name in counted.keys() - information]
    asked = rounded(sum(each for each, _ in asking), SMALLEST)
    began = rounded(sum(each for _, each in asking), SMALLEST)
    if asked < FEWEST or not began:
        return Rates()
    alerts = await session.scalar(
        select(func.count())
        .select_from(CaseEvent)
        .where(
            CaseEvent.organisation_id == organisation_id,
            CaseEvent.at >= first.begins,
            CaseEvent.at < last.ends,
            CaseEvent.severity.in_((Severity.URGENT, Severity.EMERGENCY)),
            cast(CaseEvent.reasons, String).like('%"check-in.%'),
        )
    )
    # Up, since too few alerts would be expected otherwise.
    at_most = rounded(alerts or 0, SMALLEST_SENSITIVE) + SMALLEST_SENSITIVE
    return Rates(began / asked, min(1.0, at_most / began), asked)


def _days(campaign: Campaign, due: Counter[datetime], place: ZoneInfo) -> dict[date, int]:
    days: Counter[date] = Counter()
    for moment, count in due.items():
        days[moment.astimezone(place).date()] += count
    schedule = schedule_of(campaign)
    if isinstance(schedule, Every) and days:
        first = occasion_of(campaign)
        most = sum(days.values())
        ends = first + _CALENDAR
        for occasion in takewhile(lambda each: each < ends, schedule.occasions(first)):
            days.setdefault(occasion.date(), most)
    return dict(sorted(days.items()))


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
