"""What a campaign leads to, before it starts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from bot.embedded.postgres import EmbeddedPostgres
from domain.campaigns import outlook, preview, start
from domain.campaigns.outlook import Hour, Outlook, Rates
from domain.campaigns.schedule import Every, Unit
from domain.errors import Refused
from domain.signals.opening import open_or_append
from storage.kinds import CampaignState, CheckInState, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.duty import Shift
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import drafted, rows
from tests.domain.checking_in import Office, add_person, plan_check_in, shelve
from tests.domain.questionnaires.forms.sheets import TO_READ, form
from tests.postgres import DatabaseUrls, set_for_database

AT_SIX = datetime(2026, 5, 5, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def _four_people(database: Database, office: Office) -> None:
    async with database.begin(SERVICE) as session:
        for number in range(4):
            await add_person(session, office.organisation, 700_000 + number)


async def seen(database: Database, office: Office, **changed: object) -> Outlook:
    campaign = await drafted(database, office.coordinator, **changed)
    async with database.begin(office.organisation.id) as session:
        return (await preview(session, office.coordinator, campaign.id)).outlook


async def on_duty(database: Database, office: Office) -> None:
    async with database.begin(SERVICE) as session:
        session.add(
            Shift(
                organisation_id=office.organisation.id,
                staff_id=office.coordinator.staff_id,
                starts_at=AT_SIX,
                ends_at=AT_SIX + timedelta(hours=2),
            )
        )


async def test_alerts_and_messages_are_expected_by_the_hour_beside_those_on_duty(
    database: Database, office: Office
) -> None:
    await on_duty(database, office)
    ahead = await seen(database, office)

    assert [hour.begins.hour for hour in ahead.hours] == [16, 17, 18, 19]
    first, second, third, _ = ahead.hours
    assert first.check_ins == 4
    assert first.alerts == pytest.approx(4 * 0.6 * 0.5 * 0.05)
    # A prompt each, then four questions and the thanks of every second of those who answer.
    assert first.messages == pytest.approx(4 + 4 * 0.6 * 0.5 * 5)
    assert (first.on_duty, second.on_duty, third.on_duty) == (1, 1, 0)
    assert (first.bearable, third.bearable) == (4.0, 1.0)
    assert ahead.days == {date(2026, 5, 5): 4}


@pytest.mark.parametrize("clock_of_the_server", ["UTC", "Asia/Kathmandu"])
async def test_what_is_planned_already_counts_in_the_same_hours(
    postgres: EmbeddedPostgres,
    urls: DatabaseUrls,
    database: Database,
    office: Office,
    clock_of_the_server: str,
) -> None:
    await set_for_database(postgres, urls, f"timezone = '{clock_of_the_server}'")
    await database.engine.dispose()
    counted = []
    for number in range(6):
        async with database.begin(SERVICE) as session:
            person = await add_person(session, office.organisation, 700_100 + number, agrees_to=())
            (await plan_check_in(session, person, office)).due_at = AT_SIX + timedelta(minutes=59)
        counted.append((await seen(database, office, name=str(number))).hours[0].check_ins)
    # One more does not show, since whose it is could be known.
    assert counted == [4, 4, 4, 4, 9, 9]


async def test_a_campaign_that_would_call_more_people_than_there_are_does_not_start(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "FALLBACK", 0.05)
    campaign = await drafted(database, office.coordinator)
    with pytest.raises(Refused, match="Around 2026-05-05 18:00, 1 alerts are to be expected"):
        async with database.begin(SERVICE) as session:
            await start(session, office.coordinator, campaign.id)
    assert await rows(database) == []
    monkeypatch.setattr(outlook, "FALLBACK", 0.06)
    async with database.begin(SERVICE) as session:
        begun = await start(session, office.coordinator, campaign.id)
        assert begun.state is CampaignState.RUNNING


async def test_an_hour_that_no_rota_reaches_stops_nothing() -> None:
    assert not Hour(AT_SIX, 1000, 1000, 30.0, None).is_too_much
    assert Hour(AT_SIX, 1000, 1000, 30.0, 0).is_too_much
    assert not Hour(AT_SIX, 1000, 1000, 30.0, 8).is_too_much


LAST_MONTH = MORNING - timedelta(days=9)


def test_an_hour_that_asks_too_much_is_listed_however_late_it_is() -> None:
    hours = [
        Hour(AT_SIX + timedelta(hours=number), 0, 0.0, 9.0 if number in (3, 70) else 0.0, 1)
        for number in range(90)
    ]
    ahead = Outlook(hours, {}, Rates(), ZoneInfo("Europe/Tirane"))

    assert ahead.listed == [*hours[:48], hours[70]]


async def were_asked(
    database: Database, office: Office, people: int, answered: int, at: datetime = LAST_MONTH
) -> list[Returnee]:
    async with database.begin(SERVICE) as session:
        number = await session.scalar(select(func.count()).select_from(Returnee)) or 0
        asked = [
            await add_person(session, office.organisation, 700_200 + number + each, agrees_to=())
            for each in range(people)
        ]
        for each, person in enumerate(asked):
            row = await plan_check_in(session, person, office)
            row.state, row.due_at, row.sent_at = CheckInState.SILENT, at, at
            if each < answered:
                row.state, row.started_at = CheckInState.ANSWERED, at
    return asked


async def call_somebody(database: Database, office: Office, people: list[Returnee]) -> None:
    async with database.begin(SERVICE) as session:
        for person in people:
            await open_or_append(
                session,
                person,
                office.organisation.id,
                Severity.URGENT,
                ["check-in.safety.afraid"],
            )


async def test_what_happened_here_before_is_expected_again(
    database: Database, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "FEWEST", 40)
    people = await were_asked(database, office, 42, 22)
    set_clock(clock, LAST_MONTH)
    await call_somebody(database, office, people[:2])
    set_clock(clock, MORNING)
    rates = (await seen(database, office)).rates
    # Fewer than ten alerts are reckoned with as ten.
    assert (rates.answer, rates.alert, rates.known_of) == (0.5, 0.5, 40)


async def test_p14_two_looks_at_a_draft_do_not_show_what_somebody_did_in_between(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "FEWEST", 5)
    await were_asked(database, office, 10, 5)
    before = await seen(database, office, name="Before")
    async with database.begin(SERVICE) as session:
        late = {"state": CheckInState.ANSWERED, "started_at": MORNING}
        await session.execute(update(CheckIn).where(CheckIn.started_at.is_(None)).values(late))
    people = await were_asked(database, office, 5, 5, at=MORNING)
    await call_somebody(database, office, people)
    assert (await seen(database, office, name="After")).rates == before.rates


async def test_the_calendar_shows_what_comes_again_from_monday_to_sunday(
    database: Database, office: Office
) -> None:
    ahead = await seen(database, office, schedule=Every(Unit.WEEK, 2))
    asked = [day for week in ahead.weeks for day, count in week if count]
    assert asked == [date(2026, 5, 5), date(2026, 5, 19), date(2026, 6, 2)]
    assert [week[0][0].weekday() for week in ahead.weeks] == [0] * 5
    assert all(len(week) == 7 for week in ahead.weeks)


async def test_what_is_only_to_be_read_calls_nobody_and_starts_however_few_are_on_duty(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "FALLBACK", 0.0)
    await shelve(database, office, form(TO_READ))
    first, *_ = (await seen(database, office, questionnaire="first-days")).hours

    assert (first.check_ins, first.alerts, first.is_too_much) == (4, 0, False)
    # A prompt each, then two notes and the thanks of every second of those who open it.
    assert first.messages == pytest.approx(4 + 4 * 0.6 * 0.5 * 3)


async def test_what_is_only_to_be_read_hides_no_alerts_that_questions_lead_to(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "FEWEST", 5)
    await were_asked(database, office, 20, 10)
    before = (await seen(database, office)).rates
    read = await were_asked(database, office, 30, 30)
    await shelve(database, office, form(TO_READ))
    async with database.begin(SERVICE) as session:
        theirs = CheckIn.returnee_id.in_([person.id for person in read])
        await session.execute(update(CheckIn).where(theirs).values(questionnaire="first-days@1"))
        for number in range(5):
            person = await add_person(session, office.organisation, 700_100 + number, agrees_to=())
            (await plan_check_in(session, person, office)).due_at = AT_SIX
    assert (await seen(database, office, name="Again")).rates == before

    beside = await seen(database, office, name="News", questionnaire="first-days")
    first, *_ = beside.hours
    # Five others are asked in the same hour.
    assert first.check_ins == 9
    assert first.alerts == pytest.approx(5 * before.answer * 0.5 * before.alert)
    assert beside.rates.alert == 0
