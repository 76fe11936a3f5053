import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.actors import Actor
from domain.campaigns import draft, list_campaigns, pause, preview, reach, results, start, stop
from domain.campaigns.schedule import Every, Unit
from domain.check_ins.sending import send_due
from domain.errors import NotAllowed, Refused
from domain.questionnaires.importing import switch
from storage.kinds import AgeBand, CampaignState, CheckInState, Purpose, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import drafted, outline, rows, started
from tests.domain.checking_in import EVERYTHING, Office, add_person, invite_in, open_office
from tests.domain.children.deciding import a_child, also_with, decides
from tests.racing import stands_still


async def test_a_preview_shows_every_person_their_time_and_why_not(
    database: Database, office: Office
) -> None:
    only_help = {"agrees_to": (), "invited": False}
    people: dict[str | None, dict[str, Any]] = {
        None: {},
        "no-invite": only_help,
        "wrong-group": {"country": "MA", "time_zone": "Africa/Casablanca"},
        "child": {"age_band": AgeBand.CHILD},
        "no-consent": {"agrees_to": (Purpose.CASEWORKER,)},
        "frozen": {"frozen_at": MORNING},
        "blocked": {"blocked_at": MORNING},
        "paused": {"paused_until": MORNING + timedelta(days=30)},
    }
    async with database.begin(SERVICE) as session:
        for number, facts in enumerate(people.values()):
            await add_person(session, office.organisation, 700_000 + number, **facts)
    campaign = await drafted(database, office.coordinator, countries=["AL"])
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)

    assert {line.excluded for line in shown.page.lines} == set(people)
    assert (shown.included, shown.people) == (1, len(people))
    assert shown.excluded == {reason: 1 for reason in people if reason}
    (included,) = [line for line in shown.page.lines if line.excluded is None]
    assert included.utc == datetime(2026, 5, 5, 16, tzinfo=UTC)
    assert included.local is not None
    assert included.local.isoformat() == "2026-05-05T18:00:00+02:00"
    assert await rows(database) == []


async def test_a_child_is_asked_by_the_organisation_that_decided_for_it_and_by_no_other(
    database: Database, office: Office
) -> None:
    person, _ = await a_child(database, office, age_band=AgeBand.YOUTH)
    other, _ = await also_with(database, person)
    await decides(database, other, person, "She asks for it.")
    excluded = []
    for each in (office, other):
        campaign = await drafted(database, each.coordinator)
        async with database.begin(SERVICE) as session:
            shown = await preview(session, each.coordinator, campaign.id)
        excluded += [line.excluded for line in shown.page.lines]

    assert excluded == ["child", None]


async def test_starting_plans_one_row_each_by_the_clock_where_they_are(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        for number, zone in enumerate(["Europe/Tirane", "Africa/Casablanca", "Europe/Kyiv"]):
            await add_person(session, office.organisation, 700_000 + number, time_zone=zone)
        frozen = await add_person(session, office.organisation, 700_010, frozen_at=MORNING)
        await add_person(session, office.organisation, 700_011, agrees_to=())
    await started(database, office)
    planned = await rows(database)

    hours = sorted(row.due_at.astimezone(UTC).hour for row in planned)
    assert hours == [15, 16, 16, 17]
    assert all(row.expires_at == row.due_at + timedelta(hours=24) for row in planned)
    # Whoever is frozen now may not be when it is due.
    assert {(row.state, row.reason) for row in planned} == {(CheckInState.PLANNED, None)}
    assert frozen.id in [row.returnee_id for row in planned]


async def test_of_two_who_plan_a_campaign_of_one_name_at_once_the_second_is_refused(
    database: Database, office: Office
) -> None:
    """The later one is told so, as if they had come an hour later."""

    async def later() -> None:
        with pytest.raises(Refused, match="called First month already"):
            await drafted(database, office.coordinator)

    here = office.organisation.id
    async with asyncio.TaskGroup() as group, database.begin(here) as session:
        await draft(session, office.coordinator, outline())
        await stands_still(database, group.create_task(later()))

    async with database.begin(office.organisation.id) as session:
        assert len(await list_campaigns(session, office.coordinator)) == 1


async def test_a_campaign_starts_once_and_pauses_and_goes_on(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_001)
    campaign = await started(database, office)
    async with database.begin(office.organisation.id) as session:
        with pytest.raises(Refused, match="started already"):
            await start(session, office.coordinator, campaign.id)
        await pause(session, office.coordinator, campaign.id)
        await start(session, office.coordinator, campaign.id)

    assert len(await rows(database)) == 1


async def test_nothing_is_sent_while_it_is_paused(
    database: Database, office: Office, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_001)
    campaign = await started(database, office)
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, campaign.id)
    set_clock(clock, datetime(2026, 5, 5, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)

    (row,) = await rows(database)
    assert (row.state, row.reason) == (CheckInState.HELD, "campaign-paused")


async def test_stopping_cancels_what_was_not_sent(database: Database, office: Office) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_001)
    campaign = await started(database, office)
    async with database.begin(office.organisation.id) as session:
        await stop(session, office.coordinator, campaign.id)

    (row,) = await rows(database)
    assert (row.state, row.reason) == (CheckInState.CANCELLED, "stopped")
    async with database.begin(office.organisation.id) as session:
        (listed,) = await list_campaigns(session, office.coordinator)
        assert listed.state is CampaignState.STOPPED


@pytest.mark.parametrize("agrees_to", [EVERYTHING, ()])
async def test_p5_what_a_start_says_does_not_tell_who_agreed_among_those_that_one_invited(
    database: Database, office: Office, agrees_to: tuple[Purpose, ...]
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session, office.organisation, 700_001, invited=False, agrees_to=agrees_to
        )
        await invite_in(session, person, office.organisation, office.coordinator)
    campaign = await drafted(database, office.coordinator)
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)
        begun = await start(session, office.coordinator, campaign.id)

    assert (shown.included, shown.excluded) == (0, {"not-shown": 1})
    assert sum(shown.outlook.days.values()) == 1
    assert begun.state is CampaignState.RUNNING
    assert len(await rows(database)) == (1 if agrees_to else 0)


async def test_a_draft_does_not_start_with_a_questionnaire_that_was_switched_off_since(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_001)
    campaign = await drafted(database, office.coordinator)
    async with database.begin(office.organisation.id) as session:
        await switch(session, office.coordinator, campaign.questionnaire, is_on=False)
        with pytest.raises(Refused, match="is switched off"):
            await start(session, office.coordinator, campaign.id)
        await switch(session, office.coordinator, campaign.questionnaire, is_on=True)
        await start(session, office.coordinator, campaign.id)


async def test_a_campaign_that_nobody_would_get_does_not_start(
    database: Database, office: Office
) -> None:
    with pytest.raises(Refused, match="Nobody would get"):
        await started(database, office)


IT_RUNS_OUT_HERE = datetime.fromisoformat("2026-05-04T10:05")


async def five_minutes_are_left_here(database: Database, office: Office, **there: Any) -> Campaign:
    """A draft that may still go in Tirana so long, and in Casablanca an hour longer."""
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_001)
        await add_person(
            session, office.organisation, 700_002, time_zone="Africa/Casablanca", **there
        )
    return await drafted(
        database, office.coordinator, local_time=IT_RUNS_OUT_HERE, max_lateness_hours=1
    )


async def test_p3_whoever_could_only_be_asked_while_it_can_be_undone_is_shown_and_booked_so(
    database: Database, office: Office
) -> None:
    campaign = await five_minutes_are_left_here(database, office)
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)
        await start(session, office.coordinator, campaign.id)

    assert (shown.included, shown.excluded) == (1, {"too-late": 1})
    assert {(row.state, row.reason) for row in await rows(database)} == {
        (CheckInState.PLANNED, None),
        (CheckInState.SKIPPED, "too-late"),
    }


async def test_a_start_without_the_ten_minutes_asks_whom_they_would_make_too_late_as_it_was_shown(
    database: Database, office: Office
) -> None:
    campaign = await five_minutes_are_left_here(database, office, agrees_to=())
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)
    assert (shown.included, shown.anybody) == (0, False)
    assert (shown.included_at_once, shown.anybody_at_once) == (1, True)
    told = {(line.excluded, line.excluded_at_once) for line in shown.page.lines}
    assert told == {("too-late", None), ("no-consent", "no-consent")}

    with pytest.raises(Refused, match="Nobody would get"):
        async with database.begin(office.organisation.id) as session:
            await start(session, office.coordinator, campaign.id)
    assert await rows(database) == []
    async with database.begin(office.organisation.id) as session:
        await start(session, office.coordinator, campaign.id, at_once=True)

    assert [row.state for row in await rows(database)] == [CheckInState.PLANNED]


async def test_whom_even_a_start_without_the_ten_minutes_finds_too_late_is_shown_so(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign = await five_minutes_are_left_here(database, office, agrees_to=())
    set_clock(clock, MORNING + timedelta(minutes=5))
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)

    assert not shown.anybody_at_once
    assert {line.excluded_at_once for line in shown.page.lines} == {"too-late", "no-consent"}


async def test_p5_whom_one_invited_and_only_a_start_at_once_asks_is_not_shown_as_agreeing(
    database: Database, office: Office
) -> None:
    campaign = await five_minutes_are_left_here(database, office, invited=False, agrees_to=())
    async with database.begin(SERVICE) as session:
        person = await add_person(
            session, office.organisation, 700_003, invited=False, agrees_to=()
        )
        await invite_in(session, person, office.organisation, office.coordinator)
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)

    told = {line.id: (line.excluded, line.excluded_at_once) for line in shown.page.lines}
    assert told[person.id] == ("too-late", "not-shown")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "Taken"}, "already"),
        ({"questionnaire": "horoscope"}, "no questionnaire"),
        ({"local_time": datetime.fromisoformat("2026-05-04T10:59")}, "has passed"),
        (
            {"schedule": Every(Unit.DAY, until=date(2025, 5, 5))},
            "begins on 2026-05-05 and ends on 2025-05-05",
        ),
        ({"max_lateness_hours": 0}, "late by"),
        ({"countries": ["Albania"]}, "no country"),
        ({"countries": ["XQ"]}, "XQ is no country"),
        ({"languages": ["?"]}, "no language"),
        # The country's code, where the language's is sq.
        ({"languages": ["al"]}, "al is no language"),
    ],
)
async def test_a_bad_draft_is_refused_in_one_sentence(
    database: Database, office: Office, changed: dict[str, Any], sentence: str
) -> None:
    await drafted(database, office.coordinator, name="Taken")
    with pytest.raises(Refused, match=sentence):
        await drafted(database, office.coordinator, **changed)


async def test_a_country_is_known_however_it_is_written(database: Database, office: Office) -> None:
    campaign = await drafted(database, office.coordinator, countries=["uk", " EL"])

    assert campaign.group["countries"] == ["GB", "GR"]


async def test_p10_a_campaign_is_its_coordinators_alone(database: Database, office: Office) -> None:
    campaign = await drafted(database, office.coordinator)
    other = await open_office(database, "Rabat")
    caseworker = Actor(office.coordinator.staff_id, office.organisation.id, Role.CASEWORKER)
    for act in (preview, start, pause, stop, results, reach):
        with pytest.raises(Refused, match="no such check-in"):
            async with database.begin(other.organisation.id) as session:
                await act(session, other.coordinator, campaign.id)
        with pytest.raises(NotAllowed):
            async with database.begin(office.organisation.id) as session:
                await act(session, caseworker, campaign.id)
