import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from domain.cases.changes import said_so_far
from domain.casework.reading import read_case
from domain.casework.story import Said
from domain.casework.work import (
    ask_to_talk,
    claim,
    mark_heard,
    note,
    release,
    resolve,
    snooze,
    write,
)
from domain.errors import NotAllowed, Refused
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.sealing import body_of
from domain.notices import Notice
from storage.kinds import CaseEventKind, CaseState, MessageKind, Outcome, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre


async def test_of_two_who_claim_at_once_the_second_waits_and_hears_who_has_it(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(name="Vera Hoxha"), await centre.colleague()
    case = await centre.signal(await centre.person())
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await claim(session, vera, case.id)
        second = group.create_task(_refusal(centre.claims(ana, case)))
        await _waits_or_ends(centre, second)

    assert second.result() == "Vera Hoxha has this case already."
    assert (await centre.fresh(case)).claimed_by == vera.staff_id


async def test_race_of_two_hundred_who_claim_at_once_gives_one_owner(centre: Centre) -> None:
    staff = [await centre.colleague(name=f"Vera {number}") for number in range(20)]
    case = await centre.signal(await centre.person())

    async def press(number: int) -> str | None:
        # On a busy machine no connection may be free for a while: whoever is told so presses again.
        while True:
            with suppress(NoConnectionLeft):
                return await _refusal(centre.claims(staff[number % 20], case))

    refused = await asyncio.gather(*map(press, range(200)))
    owner = (await centre.fresh(case)).claimed_by
    # Whoever has it may press again; all others are told who was first.
    assert refused.count(None) == 10
    assert [actor.staff_id for actor in staff if actor.staff_id == owner] == [owner]
    assert (await centre.history(case.id)).count(CaseEventKind.CLAIMED) == 1


async def _refusal(attempt: Awaitable[object]) -> str | None:
    try:
        await attempt
    except Refused as error:
        return str(error)
    return None


async def _waits_or_ends(centre: Centre, task: asyncio.Task[str | None]) -> None:
    """Returns once the task stands before a lock of the database, or needed none."""
    blocked = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
    async with centre.database.begin(SERVICE) as session:
        while not task.done():
            if await session.scalar(blocked):
                return


async def test_p2_a_claim_stops_no_clock_but_words_do(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person(), Severity.URGENT))

    assert case.first_action_at is None
    assert case.claim_deadline_at == await _claimed_at(centre, case) + timedelta(minutes=15)
    assert case.next_alert_at == case.claim_deadline_at

    await centre.writes(vera, case)
    case = await centre.fresh(case)
    assert case.state is CaseState.WAITING
    assert case.first_action_at is not None
    assert case.next_alert_at is None


async def _claimed_at(centre: Centre, case: Case) -> datetime:
    claimed = (CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.CLAIMED)
    async with centre.database.begin(SERVICE) as session:
        return (await session.scalars(select(CaseEvent.at).where(*claimed))).one()


async def test_p2_a_note_never_stops_the_clock(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, vera, case.id, "I will call at noon.")

    after = await centre.fresh(case)
    assert after.first_action_at is None
    assert after.next_alert_at == case.next_alert_at


async def test_claiming_ones_own_case_again_gives_no_more_time(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    centre.later(minutes=10)

    assert (await centre.claims(vera, case)).claim_deadline_at == case.claim_deadline_at


async def test_words_to_the_person_travel_by_the_outbox_and_lie_sealed(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    message = await centre.writes(vera, case, "  Can you talk?  ")

    (sent,) = await centre.sent(Notice.CASEWORKER_WORDS)
    assert sent.params == {
        "message": str(message.id),
        "only_confirmed": False,
        "any_hour": False,
    }
    assert b"Can you talk" not in message.body
    async with centre.database.begin(centre.organisation.id) as session:
        kept = await session.get_one(Message, message.id)
        assert await body_of(session, kept) == {"text": "Can you talk?"}


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ({}, True),
        ({"frozen_at": MORNING}, False),
        ({"paused_until": MORNING + timedelta(days=9)}, False),
    ],
    ids=["any day", "after the stop word", "in a pause"],
)
async def test_whoever_asks_whether_it_is_safe_to_talk_learns_whether_that_waits(
    centre: Centre, there: dict[str, datetime], asked: bool
) -> None:
    set_clock(centre.clock, MORNING)
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, case.returnee_id)
        for name, value in there.items():
            setattr(returnee, name, value)
    for _ in range(2):
        async with centre.database.begin(centre.organisation.id) as session:
            assert await ask_to_talk(session, vera, case.id, "a page") is asked


@pytest.mark.parametrize("words", ["", "  \n", "x" * 3501, "😀" * 1751])
async def test_words_that_no_telegram_message_can_carry_are_refused(
    centre: Centre, words: str
) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))

    with pytest.raises(Refused):
        await centre.writes(vera, case, words)
    assert (await centre.fresh(case)).first_action_at is None


async def test_only_who_has_the_case_writes_releases_snoozes_or_resolves(centre: Centre) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    case = await centre.claims(ana, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        for verb in (
            write(session, vera, case.id, "Hello"),
            release(session, vera, case.id),
            snooze(session, vera, case.id, session.now + timedelta(hours=1)),
            resolve(session, vera, case.id, Outcome.HELPED),
        ):
            with pytest.raises(Refused, match="Claim this case first"):
                await verb


async def test_p10_another_organisations_case_is_refused_as_one_that_is_not_there(
    centre: Centre,
) -> None:
    case = await centre.signal(await centre.person())
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger = await other.colleague()

    for scope in (other.organisation.id, SERVICE):
        for case_id in (case.id, uuid4()):
            async with centre.database.begin(scope) as session:
                with pytest.raises(Refused, match=r"^There is no such case\.$"):
                    await claim(session, stranger, case_id)


async def test_p10_a_coordinator_works_on_no_cases(centre: Centre) -> None:
    coordinator = await centre.colleague(Role.COORDINATOR)
    with pytest.raises(NotAllowed):
        await centre.claims(coordinator, await centre.signal(await centre.person()))


async def test_a_released_case_is_alerted_of_again(centre: Centre) -> None:
    vera = await centre.colleague()
    await centre.colleague(chat=2, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    before = len(await centre.sent(Notice.STAFF_ALERT))
    await centre.all_arrives()
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    await centre.tick()

    case = await centre.fresh(case)
    assert (case.state, case.claimed_by) == (CaseState.OPEN, None)
    assert len(await centre.sent(Notice.STAFF_ALERT)) == before + 1


async def test_claiming_an_emergency_hands_ones_other_clocks_to_others(centre: Centre) -> None:
    vera = await centre.colleague()
    running = await centre.claims(vera, await centre.signal(await centre.person()))
    answered = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, answered)
    await centre.claims(vera, await centre.signal(await centre.person(), Severity.EMERGENCY))

    assert (await centre.fresh(running)).state is CaseState.OPEN
    assert CaseEventKind.RETURNED in await centre.history(running.id)
    assert (await centre.fresh(answered)).claimed_by == vera.staff_id


async def test_p2_nobody_snoozes_what_nobody_has_tried_to_answer(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="Try to reach the person first"):
            await snooze(session, vera, case.id, session.now + timedelta(hours=1))


async def test_p2_nobody_snoozes_what_the_person_wrote_since_and_nobody_has_answered(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    await centre.hears(person, "He is here again")
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="Try to reach the person first"):
            await snooze(session, vera, case.id, session.now + timedelta(days=3))
    owed = await centre.fresh(case)
    assert (owed.state, owed.next_alert_at) == (CaseState.CLAIMED, owed.claim_deadline_at)


async def test_snoozing_into_the_past_is_refused(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="still to come"):
            await snooze(session, vera, case.id, session.now)


async def test_resolving_tells_the_person_and_ends_every_clock(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.REFERRED)

    case = await centre.fresh(case)
    assert (case.state, case.outcome) == (CaseState.RESOLVED, Outcome.REFERRED)
    assert case.next_alert_at is None
    assert len(await centre.sent(Notice.CASE_CLOSED)) == 1
    with pytest.raises(Refused, match="closed"):
        await centre.claims(vera, case)


async def says(session: Session, person: Returnee, body: Body) -> None:
    await keep_message(session, person, None, MessageKind.TEXT, body, session.now)


@pytest.mark.parametrize(
    "since", [Body(text="Wait", number=8), Body(text="No!", number=7, edited=1)]
)
async def test_p1_nobody_closes_over_what_the_person_said_or_changed_since_they_looked(
    centre: Centre, since: Body
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        await says(session, person, Body(text="Fine", number=7))
        read = await said_so_far(session, case.id)
    async with centre.database.begin(SERVICE) as session:
        await says(session, person, since)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="read it first"):
            await resolve(session, vera, case.id, Outcome.HELPED, read)
        await resolve(session, vera, case.id, Outcome.HELPED, await said_so_far(session, case.id))


async def test_p1_nobody_closes_over_what_made_the_case_graver_since_they_looked(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        read = await said_so_far(session, case.id)
    await centre.signal(person, Severity.EMERGENCY)

    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="read it first"):
            await resolve(session, vera, case.id, Outcome.HELPED, read)


async def test_what_colleagues_wrote_since_keeps_no_case_open(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        read = await said_so_far(session, case.id)
    await centre.writes(vera, case, "Goodbye")

    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, vera, case.id, "She is with her sister.")
        await resolve(session, vera, case.id, Outcome.HELPED, read)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def test_p1_nobody_closes_over_what_the_person_says_that_moment(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        read = await said_so_far(session, case.id)

    async def closes() -> None:
        async with centre.database.begin(centre.organisation.id) as session:
            await resolve(session, vera, case.id, Outcome.HELPED, read)

    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(SERVICE) as session,
    ):
        await says(session, person, Body(text="He is here"))
        closing = group.create_task(_refusal(closes()))
        await _waits_or_ends(centre, closing)

    assert "read it first" in (closing.result() or "")


async def test_p1_a_case_with_an_unheard_recording_cannot_be_closed(centre: Centre) -> None:
    vera = await centre.colleague()
    message = await centre.hears(await centre.person(), "file", MessageKind.VOICE)
    assert message is not None
    case = await centre.claims(vera, await centre.fresh(Case(id=message.case_id)))
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="nobody has opened"):
            await resolve(session, vera, case.id, Outcome.HELPED)
        await mark_heard(session, vera, message.id, "file")
        await resolve(session, vera, case.id, Outcome.HELPED)

        file = await read_case(session, vera, case.id)
    [heard] = [entry.heard_by for entry in file.timeline if isinstance(entry, Said)]
    assert heard == "Vera Hoxha"


async def test_p10_what_staff_do_is_in_the_audit_ledger_without_words(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, vera, case.id, "She lives with her aunt.")
    async with centre.database.begin(SERVICE) as session:
        entries = await session.scalars(
            select(AuditEntry).where(AuditEntry.subject == case.id).order_by(AuditEntry.number)
        )
        told = [(entry.action, entry.staff_id, entry.detail) for entry in entries]

    assert told == [("case.claimed", vera.staff_id, {}), ("case.note", vera.staff_id, {})]
