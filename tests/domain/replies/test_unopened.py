"""Words that are taken off a guarded phone, as their time is over, before anybody opened them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.outcome import sent
from bot.delivery.packing import Packing
from bot.delivery.sending import Sent
from domain.actors import Actor
from domain.casework.work import resolve
from domain.identity import new_phone
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.notices import Notice
from domain.replies.unopened import hidden_unopened
from domain.returnees.chats import chat_id_of
from domain.safety.rejudging import count_as_written
from domain.safety.screens import STAYS_OPEN, show
from domain.signals.opening import open_handed_over
from storage.kinds import (
    CaseEventKind,
    CaseState,
    Discretion,
    MessageKind,
    Outcome,
    Severity,
)
from storage.outbox.traces import opened
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.outgoing import HURRIED
from tests.clock import MORNING, set_clock
from tests.dialogs.revealing import CATALOGUES
from tests.domain.centre import Centre
from tests.domain.covered import comes_covered, swept

COVER = 7


async def to_a_guarded_phone(
    centre: Centre, discretion: Discretion = Discretion.DISCREET
) -> tuple[Actor, Case]:
    vera, person = await centre.colleague(chat=501), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = discretion
    return vera, case


async def lies_covered(centre: Centre, message: Message, *, opens: bool = False) -> None:
    """For an hour."""
    async with centre.database.begin(SERVICE) as session:
        await comes_covered(session, message, COVER)
        if opens:
            returnee = await session.get_one(Returnee, message.returnee_id)
            await opened(session, chat_id_of(session, returnee), COVER)
    centre.later(hours=1)


async def presses(centre: Centre, message: Message, *, late: bool = False) -> None:
    """What opens there arrives; late, as after an outage."""
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, message.returnee_id)
        words = {"message": str(message.id), "opened": True}
        await show(session, known, Notice.CASEWORKER_WORDS, words, edit=COVER)
        await session.flush()
        [row] = await session.scalars(
            select(OutboxRow).where(OutboxRow.state == "waiting", OutboxRow.returnee_id == known.id)
        )
    if late:
        centre.clock.offset += STAYS_OPEN + timedelta(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [row])
        parcel = await packing.prepare(packing.rows[0])
        assert parcel is not None
        await sent(session, HURRIED, [(parcel.taken, Sent(COVER))])


async def time_is_over(centre: Centre) -> None:
    """Later nobody could take it away."""
    centre.later(hours=46, minutes=1)
    await swept(centre.database)


@pytest.mark.parametrize(
    ("discretion", "opens", "is_back"),
    [
        (Discretion.DISCREET, False, True),
        (Discretion.WATCHED, False, True),
        (Discretion.DISCREET, True, False),
    ],
)
async def test_p2_words_that_are_taken_off_a_guarded_phone_unopened_have_reached_nobody(
    centre: Centre, discretion: Discretion, opens: bool, is_back: bool
) -> None:
    """Whoever wrote them would wait for an answer until somebody looks through old cases."""
    vera, case = await to_a_guarded_phone(centre, discretion)
    await lies_covered(centre, await centre.writes(vera, case), opens=opens)
    await time_is_over(centre)

    after = await centre.fresh(case)
    assert (after.state is CaseState.CLAIMED, after.first_action_at is None) == (is_back, is_back)
    assert (CaseEventKind.UNREACHED in await centre.history(case.id)) is is_back


async def test_p11_nobody_is_told_that_nobody_answered_where_words_came_and_went_unopened(
    centre: Centre,
) -> None:
    """Somebody had. And no cover comes to a guarded phone since one went there unopened."""
    vera, case = await to_a_guarded_phone(centre)
    await lies_covered(centre, await centre.writes(vera, case))
    await time_is_over(centre)
    for _ in range(3):
        centre.later(minutes=30)
        await centre.tick()

    assert CaseEventKind.TOLD_WAITING not in await centre.history(case.id)
    # It is looked after all the same.
    assert (await centre.fresh(case)).state is CaseState.OPEN


@pytest.mark.parametrize("says", ["Are you still there?", "/hide"])
async def test_p2_only_whoever_was_read_since_has_an_answer_coming_without_having_opened_words(
    centre: Centre, says: str
) -> None:
    """A command calls nobody; by one, somebody else may even have emptied the chat."""
    vera, case = await to_a_guarded_phone(centre)
    await lies_covered(centre, await centre.writes(vera, case))
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, case.returnee_id)
        count_as_written(session, known)
        if not says.startswith("/"):
            await keep_message(session, known, None, MessageKind.TEXT, {"text": says}, session.now)
    await time_is_over(centre)

    is_noted = CaseEventKind.UNREACHED in await centre.history(case.id)
    assert is_noted is says.startswith("/")


@pytest.mark.parametrize("is_read", [False, True])
async def test_p2_words_that_came_too_late_to_be_opened_are_as_unopened_as_before(
    centre: Centre, is_read: bool
) -> None:
    """Pressed while we were down, they lie covered as ever, and go when their time is over. Whoever
    had read them before has.
    """
    vera, case = await to_a_guarded_phone(centre, Discretion.WATCHED)
    message = await centre.writes(vera, case)
    await lies_covered(centre, message)
    if is_read:
        await presses(centre, message)
    await presses(centre, message, late=True)
    await time_is_over(centre)
    # Also of the cover that came last.
    await time_is_over(centre)

    assert (CaseEventKind.UNREACHED in await centre.history(case.id)) is not is_read


async def test_p9_words_that_are_opened_where_nobody_else_reads_any_more_did_arrive(
    centre: Centre,
) -> None:
    """At any hour, though nothing is covered there by now."""
    set_clock(centre.clock, MORNING.replace(hour=1))
    vera, case = await to_a_guarded_phone(centre)
    message = await centre.writes(vera, case)
    await lies_covered(centre, message)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, case.returnee_id)
        known.discretion = Discretion.OPEN
    await presses(centre, message)
    async with centre.database.begin(SERVICE) as session:
        await hidden_unopened(session, await session.get_one(Returnee, case.returnee_id))

    assert CaseEventKind.UNREACHED not in await centre.history(case.id)


async def test_p2_what_another_organisation_reads_is_no_answer_to_whoever_wrote(
    centre: Centre,
) -> None:
    """Those have taken over meanwhile, and what the person writes is for them."""
    vera, case = await to_a_guarded_phone(centre)
    await lies_covered(centre, await centre.writes(vera, case))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    harbour = await Centre.open(centre.database, centre.clock, "Harbour")
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, case.returnee_id)
        theirs = await open_handed_over(session, known, harbour.organisation.id, Severity.CONCERN)
        body = Body(text="Are you there?")
        said = await keep_message(session, known, None, MessageKind.TEXT, body, session.now)
        assert said is not None
        assert said.case_id == theirs.id != case.id
    await time_is_over(centre)

    assert CaseEventKind.UNREACHED in await centre.history(case.id)


async def test_p2_words_that_nobody_opened_on_the_phone_of_before_have_reached_nobody(
    centre: Centre,
) -> None:
    """With all that stood there they go from it, and nothing brings them to the new one."""
    vera, case = await to_a_guarded_phone(centre)
    await lies_covered(centre, await centre.writes(vera, case))
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, vera, case.returnee_id)
    second = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        code = await new_phone.confirm(session, second, case.returnee_id)
    async with centre.database.begin(SERVICE) as session:
        await new_phone.move_in(session, 4242, code)

    assert CaseEventKind.UNREACHED in await centre.history(case.id)
