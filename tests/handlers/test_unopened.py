"""A worker's words that go before the person could read them: staff hear so."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery.outcome import sent
from bot.delivery.packing import Packing
from bot.delivery.sending import Sent
from dialogs.notices import refer
from dialogs.presses import OpenCovered
from domain.notices import Notice
from domain.replies import unopened
from storage.kinds import CaseEventKind, OutboxState
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.cases import CaseEvent, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.traces import Trace
from tests.bot.outgoing import HURRIED
from tests.dialogs.revealing import CATALOGUES
from tests.domain.covered import comes_covered, swept
from tests.handlers.cries import all_arrives, cases, notices, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone
from tests.handlers.stop_words import WORD, chooses

NUMBER = 903


@pytest.fixture
async def answered(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """A worker's words lie covered on a phone that others read."""
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await chooses(phone)
    await phone.write("/help")
    await words_from_a_caseworker(database, organisation)
    async with database.begin(SERVICE) as session:
        words = select(OutboxRow).join(Message, Message.outbox_id == OutboxRow.id)
        row = (await session.scalars(words)).one()
        row.state = OutboxState.WAITING
        message = (await session.scalars(select(Message).where(Message.outbox_id == row.id))).one()
        await session.flush()
        await comes_covered(session, message, NUMBER)
    await all_arrives(database)
    return phone


async def reached_nobody(database: Database) -> bool:
    async with database.begin(SERVICE) as session:
        kinds = (await session.scalars(select(CaseEvent.kind))).all()
    [case] = await cases(database)
    assert (case.first_action_at is None) is (CaseEventKind.UNREACHED in kinds)
    return CaseEventKind.UNREACHED in kinds


async def opens(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(Trace).values(unopened=False))


@pytest.mark.parametrize(("by", "is_opened"), [("/hide", False), (WORD, False), ("/hide", True)])
async def test_p2_what_somebody_hides_before_they_open_it_has_reached_nobody(
    answered: Phone, database: Database, by: str, is_opened: bool
) -> None:
    if is_opened:
        await opens(database)
    await answered.write(by)

    assert await reached_nobody(database) is not is_opened


@pytest.mark.parametrize(("is_opened", "later"), [(False, 22), (True, 47)])
async def test_p2_what_was_pressed_and_stayed_shut_is_as_unopened_as_before(
    answered: Phone, database: Database, clock: Clock, is_opened: bool, later: int
) -> None:
    """Nobody has made sure who is there, and after a day that is asked first (P13)."""
    if is_opened:
        await opens(database)
    clock.offset += timedelta(hours=25)
    await presses(answered, database)
    clock.offset += timedelta(hours=later, minutes=1)
    await swept(database)

    assert await reached_nobody(database) is not is_opened


async def presses(phone: Phone, database: Database) -> None:
    """The button below the cover, and what it leads to arrives."""
    async with database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message))).one()
    notice, words = Notice.CASEWORKER_WORDS, {"message": str(message.id)}
    [shut] = await phone.press_data(
        OpenCovered(notice=notice, refers=refer(notice, words)).pack(), NUMBER
    )
    assert "I can't open this now" in shut.text
    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [shut.row])
        parcel = await packing.pack(packing.rows[0])
        assert parcel is not None
        await sent(session, HURRIED, [(parcel.taken, Sent(NUMBER))])


async def test_p4_the_chat_is_emptied_also_where_nobody_can_be_told(
    answered: Phone, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep tells them, before two days are over."""

    async def fails(session: Session, row: OutboxRow) -> None:
        raise ValueError

    monkeypatch.setattr(unopened, "never_arrived", fails)
    said = await answered.write("/hide")

    assert Notice.HIDDEN in notices(said)
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Trace.message_id).where(Trace.unopened))).all() == [
            NUMBER
        ]
