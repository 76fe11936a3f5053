"""Words that are taken off a guarded phone, as their time is over, before anybody opened them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clockwork.sweeping import sweep
from bot.delivery.outcome import Taken, sent
from bot.delivery.packing import Packing
from bot.delivery.sending import Sent
from domain.actors import Actor
from domain.identity import new_phone
from domain.messages.keeping import keep_message
from domain.notices import Notice
from domain.returnees.chats import chat_id_of
from domain.safety.anew import count_as_written
from domain.safety.screens import STAYS_OPEN, show
from storage.kinds import CaseEventKind, CaseState, Discretion, MessageKind, Severity
from storage.outbox.traces import opened
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.outgoing import HURRIED
from tests.dialogs.revealing import CATALOGUES
from tests.domain.centre import Centre


async def to_a_guarded_phone(
    centre: Centre, discretion: Discretion = Discretion.DISCREET
) -> tuple[Actor, Case]:
    vera, person = await centre.colleague(chat=501), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = discretion
    return vera, case


async def comes_covered(centre: Centre, message: Message, *, opens: bool = False) -> None:
    """And stays until nobody could take it away later."""
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
        cover = Taken(row.id, row.fence, covers=True)
        await sent(session, HURRIED, [(cover, Sent(7))])
        if opens:
            returnee = await session.get_one(Returnee, message.returnee_id)
            await opened(session, chat_id_of(session, returnee), 7)
    centre.later(hours=1)


async def time_is_over(centre: Centre) -> None:
    centre.later(hours=46, minutes=1)
    async with centre.database.begin(SERVICE) as session:
        while await sweep(session):
            pass


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
    await comes_covered(centre, await centre.writes(vera, case), opens=opens)
    await time_is_over(centre)

    after = await centre.fresh(case)
    assert (after.state is CaseState.CLAIMED, after.first_action_at is None) == (is_back, is_back)
    assert (CaseEventKind.UNREACHED in await centre.history(case.id)) is is_back


async def test_p11_nobody_is_told_that_nobody_answered_where_words_came_and_went_unopened(
    centre: Centre,
) -> None:
    """Somebody had. And no cover comes to a guarded phone since one went there unopened."""
    vera, case = await to_a_guarded_phone(centre)
    await comes_covered(centre, await centre.writes(vera, case))
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
    await comes_covered(centre, await centre.writes(vera, case))
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, case.returnee_id)
        count_as_written(session, known)
        if not says.startswith("/"):
            await keep_message(session, known, None, MessageKind.TEXT, {"text": says}, session.now)
    await time_is_over(centre)

    is_noted = CaseEventKind.UNREACHED in await centre.history(case.id)
    assert is_noted is says.startswith("/")


async def test_p2_words_that_came_too_late_to_be_opened_are_as_unopened_as_before(
    centre: Centre,
) -> None:
    """Pressed while we were down, they lie covered as ever, and go when their time is over."""
    vera, case = await to_a_guarded_phone(centre, Discretion.WATCHED)
    message = await centre.writes(vera, case)
    await comes_covered(centre, message)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, case.returnee_id)
        words = {"message": str(message.id)}
        await show(session, known, Notice.CASEWORKER_WORDS, words, edit=7)
        await session.flush()
        [row] = await session.scalars(
            select(OutboxRow).where(OutboxRow.state == "waiting", OutboxRow.returnee_id == known.id)
        )
    centre.clock.offset += STAYS_OPEN + timedelta(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [row])
        parcel = await packing.prepare(packing.rows[0])
        assert parcel is not None
        await sent(session, HURRIED, [(parcel.taken, Sent(7))])
    await time_is_over(centre)

    assert CaseEventKind.UNREACHED in await centre.history(case.id)


async def test_p2_words_that_nobody_opened_on_the_phone_of_before_have_reached_nobody(
    centre: Centre,
) -> None:
    """With all that stood there they go from it, and nothing brings them to the new one."""
    vera, case = await to_a_guarded_phone(centre)
    await comes_covered(centre, await centre.writes(vera, case))
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, vera, case.returnee_id)
    second = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        code = await new_phone.confirm(session, second, case.returnee_id)
    async with centre.database.begin(SERVICE) as session:
        await new_phone.move_in(session, 4242, code)

    assert CaseEventKind.UNREACHED in await centre.history(case.id)
