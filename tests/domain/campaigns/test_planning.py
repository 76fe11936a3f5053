from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from domain.calendar import FOR_EVER
from domain.campaigns import facts, pause, planning, preview, progress, stop
from domain.check_ins.sending import send_due
from domain.safety.phones import resume
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from storage.tables.cases import CaseEvent
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import begun, changes, drafted, rows, started, tick
from tests.domain.checking_in import Office, add_person

FIRST_CHAT = 700_000


@pytest.fixture(autouse=True)
def _two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BATCH", 2)
    monkeypatch.setattr(facts, "_AT_ONCE", 2)


async def enrolled(database: Database, office: Office, chats: Sequence[int]) -> None:
    async with database.begin(SERVICE) as session:
        for chat in chats:
            await add_person(session, office.organisation, chat)


async def how_far(database: Database, campaign: Campaign) -> tuple[int, int] | None:
    async with database.begin(SERVICE) as session:
        now = await progress(session, await session.get_one(Campaign, campaign.id))
        return None if now is None else (now.done, now.people)


async def test_the_first_are_planned_at_once_and_each_tick_goes_on_from_there(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 5))
    campaign = await begun(database, office)
    seen = [(len(await rows(database)), await how_far(database, campaign))]
    while await tick(database):
        seen.append((len(await rows(database)), await how_far(database, campaign)))

    assert seen == [(2, (2, 5)), (4, (4, 5)), (5, None)]
    assert len({row.returnee_id for row in await rows(database)}) == 5


async def test_one_that_cannot_be_planned_keeps_no_other_waiting(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 5))
    broken = await begun(database, office)
    other = await begun(database, office, name="Second month")
    async with database.begin(SERVICE) as session:
        # Of a newer release, before a step back.
        (await session.get_one(Campaign, broken.id)).questionnaire = "newer-one"
    while await tick(database):
        pass
    assert (await how_far(database, other), await how_far(database, broken)) == (None, (2, 5))

    async with database.begin(SERVICE) as session:
        (await session.get_one(Campaign, broken.id)).questionnaire = other.questionnaire
    while await tick(database):
        pass
    assert await how_far(database, broken) is None


async def test_a_tick_that_dies_leaves_nothing_half_done(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 5))
    campaign = await begun(database, office)
    with pytest.raises(KeyboardInterrupt):
        async with database.begin(SERVICE) as session:
            await planning.plan_next(session)
            raise KeyboardInterrupt
    assert (len(await rows(database)), await how_far(database, campaign)) == (2, (2, 5))
    while await tick(database):
        pass

    assert len(await rows(database)) == 5


async def test_p12_planning_the_same_again_asks_nobody_twice(
    database: Database, office: Office
) -> None:
    """As where an older replica planned it, which knew nothing of batches."""
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 3))
    campaign = await started(database, office)
    async with database.begin(SERVICE) as session:
        again = await session.get_one(Campaign, campaign.id)
        again.planned_at = again.planned_to = None
    while await tick(database):
        pass

    assert len(await rows(database)) == 3


async def test_whoever_comes_while_it_is_planned_is_not_in_it(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 3))
    await begun(database, office)
    await enrolled(database, office, range(FIRST_CHAT + 3, FIRST_CHAT + 9))
    while await tick(database):
        pass

    assert len(await rows(database)) == 3


async def test_p3_whom_an_unfinished_planning_never_came_to_was_missed_by_us_whatever_changes(
    database: Database, office: Office, clock: Clock
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 3))
    campaign = await begun(database, office, max_lateness_hours=1)
    set_clock(clock, datetime(2026, 5, 5, 18, tzinfo=UTC))
    await changes(database, office, campaign, max_lateness_hours=1, name="Other")

    found = {(row.version, row.state) for row in await rows(database)}
    assert found == {(1, CheckInState.PLANNED), (2, CheckInState.MISSED_BY_US)}


async def test_p6_how_far_the_planning_got_outlasts_neither_it_nor_whoever_it_names(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 5))
    planned = await begun(database, office)
    stopped = await begun(database, office, name="Stopped halfway")
    async with database.begin(office.organisation.id) as session:
        await stop(session, office.coordinator, stopped.id)
    while await tick(database):
        pass

    async with database.begin(SERVICE) as session:
        for each in (planned, stopped):
            assert (await session.get_one(Campaign, each.id)).planned_to is None
            assert await how_far(database, each) is None


async def test_a_pause_does_not_stop_the_planning_but_stopping_does(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 5))
    campaign = await begun(database, office)
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, campaign.id)
    await tick(database)
    async with database.begin(office.organisation.id) as session:
        await stop(session, office.coordinator, campaign.id)

    assert await tick(database) == 0
    assert [row.state for row in await rows(database)] == [CheckInState.CANCELLED] * 4


async def out_of_reach(database: Database, office: Office, **held: Any) -> Returnee:
    """Somebody, beside another who can be reached; what is asked is planned for both."""
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, FIRST_CHAT, **held)
    await enrolled(database, office, [FIRST_CHAT + 1])
    await started(database, office)
    return person


async def comes_due(
    database: Database, clock: Clock, person: Returnee, day: int = 5
) -> tuple[CheckInState, str | None]:
    """What the tick makes of theirs, a minute past six on that day, where they are."""
    set_clock(clock, datetime(2026, 5, day, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    (row,) = [row for row in await rows(database) if row.returnee_id == person.id]
    return row.state, row.reason


@pytest.mark.parametrize("held", [{"paused_until": FOR_EVER}, {"frozen_at": MORNING}])
async def test_p4_whoever_is_out_of_reach_at_the_start_and_not_at_the_due_time_is_asked(
    database: Database, office: Office, clock: Clock, held: dict[str, datetime]
) -> None:
    person = await out_of_reach(database, office, **held)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.frozen_at = None
        await resume(session, returnee)

    assert await comes_due(database, clock, person) == (CheckInState.SENDING, None)


async def test_p4_whoever_is_out_of_reach_to_the_end_is_booked_so(
    database: Database, office: Office, clock: Clock
) -> None:
    person = await out_of_reach(database, office, paused_until=FOR_EVER)

    assert await comes_due(database, clock, person) == (CheckInState.HELD, "paused")
    assert await comes_due(database, clock, person, day=6) == (CheckInState.SKIPPED, "paused")


async def test_p3_whoever_blocked_us_before_the_start_is_heard_of_when_it_is_due(
    database: Database, office: Office, clock: Clock
) -> None:
    person = await out_of_reach(database, office, blocked_at=MORNING)

    assert await comes_due(database, clock, person) == (CheckInState.SKIPPED, "blocked")
    async with database.begin(SERVICE) as session:
        heard = await session.scalars(select(CaseEvent.reasons))
    assert "check-in.unreached" in [reason for reasons in heard for reason in reasons]


async def test_what_a_pause_does_not_change_is_known_at_the_start(
    database: Database, office: Office
) -> None:
    """Nobody is asked late, nor are they said to have been missed by us, because they paused."""
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, FIRST_CHAT)
        await add_person(
            session,
            office.organisation,
            FIRST_CHAT + 1,
            time_zone="Asia/Tokyo",
            paused_until=FOR_EVER,
        )
    at_three = datetime.fromisoformat("2026-05-04T15:00")
    await started(database, office, local_time=at_three, max_lateness_hours=1)

    assert {(row.state, row.reason) for row in await rows(database)} == {
        (CheckInState.PLANNED, None),
        (CheckInState.SKIPPED, "too-late"),
    }


async def test_two_campaigns_are_planned_one_after_the_other(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 3))
    await begun(database, office)
    await started(database, office, name="Second month")

    assert len(await rows(database)) == 6


async def test_a_preview_counts_everybody_and_shows_them_a_page_at_a_time(
    database: Database, office: Office
) -> None:
    await enrolled(database, office, range(FIRST_CHAT, FIRST_CHAT + 5))
    campaign = await drafted(database, office.coordinator)
    seen: list[str] = []
    after = None
    for expected in (2, 2, 1):
        async with database.begin(office.organisation.id) as session:
            shown = await preview(session, office.coordinator, campaign.id, after, most=2)
        assert (shown.people, shown.included, len(shown.page.lines)) == (5, 5, expected)
        seen += [line.pseudonym for line in shown.page.lines]
        after = shown.page.lines[-1].id

    assert seen == sorted(set(seen))
    assert not shown.page.more
