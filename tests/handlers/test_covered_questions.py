"""A question that wants words, on a phone where it is covered by the time that somebody writes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.outcome import failed, sent
from bot.delivery.packing import Packing
from bot.delivery.sending import Sent
from bot.telegram.connection import Trouble
from domain.messages.sealing import body_of
from domain.notices import Notice
from storage.kinds import OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from tests.bot.outgoing import HURRIED
from tests.dialogs.revealing import CATALOGUES
from tests.handlers.covering import PLACES
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import known_on
from tests.handlers.forms import asked, kept
from tests.handlers.phone import Phone, Said

# On a phone that others read, only numbers and days are asked to be typed.
WORDS = "12"
REFUSED = "I could not read that as a whole number."
GUARDED = pytest.mark.parametrize(
    ("reads", "opens"), [("must not know", "See"), ("Sometimes others", "Open")]
)


async def messages(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        found = await session.scalars(select(Message).order_by(Message.number))
        return [(await body_of(session, each))["text"] for each in found]


@pytest.fixture
async def watched(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    await asked(phone, database, organisation, PLACES, reads="must not know")
    await phone.write("/help")
    return phone


async def opens_the_question(phone: Phone) -> list[Said]:
    await phone.write("/checkin")
    return await opens_below(phone, "See")


async def opens_below(phone: Phone, opens: str) -> list[Said]:
    """What came last, by its button, and on a watched phone by the row of pictures."""
    said = await phone.press(opens)
    return await phone.tap() if opens == "See" else said


async def is_covered_again(database: Database, clock: Clock, *, is_gone: bool = False) -> None:
    """It is brought back under its cover, and that arrives, unless all has been taken away."""
    clock.offset += timedelta(minutes=4)
    async with database.begin(SERVICE) as session:
        found = await session.scalars(select(OutboxRow).where(OutboxRow.held == "covers"))
        rows = found.all()
        for row in rows:
            row.state = OutboxState.WAITING
    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, rows)
        parcels = [(await packing.prepare(row)) for row in packing.rows]
        for taken in (each.taken for each in parcels if each):
            if is_gone:
                await failed(session, taken, Trouble.NOTHING_TO_EDIT)
            else:
                await sent(session, HURRIED, [(taken, Sent(500))])


async def test_p13_words_answer_a_question_that_stands_open(
    watched: Phone, database: Database
) -> None:
    [question, _] = await opens_the_question(watched)
    assert "For how many nights" in question.text
    await watched.write(WORDS)

    assert await kept(database) == {"nights": WORDS}


async def test_p1_words_answer_no_question_that_was_covered_again_and_are_heard(
    watched: Phone, database: Database, clock: Clock
) -> None:
    await opens_the_question(watched)
    await is_covered_again(database, clock)
    await watched.write(WORDS)

    assert await kept(database) == {}
    assert (await messages(database))[-1] == WORDS
    # Nor is it an age by itself.
    assert (await known_on(database, watched)).said_child_at is None


async def test_p3_once_it_is_opened_again_words_answer_it_however_late(
    watched: Phone, database: Database, clock: Clock
) -> None:
    await opens_the_question(watched)
    await is_covered_again(database, clock)
    await watched.write("Is anybody there?")
    await opens_the_question(watched)
    await watched.write(WORDS)

    assert await kept(database) == {"nights": WORDS}


@pytest.mark.parametrize("is_gone", [False, True])
async def test_p3_words_from_before_its_cover_came_answer_it_though_they_are_read_later(
    watched: Phone, database: Database, clock: Clock, is_gone: bool
) -> None:
    """After an outage its cover goes at once, and may overtake what waits to be handled."""
    await opens_the_question(watched)
    await is_covered_again(database, clock, is_gone=is_gone)
    watched.waited = timedelta(minutes=2)
    await watched.write(WORDS)

    assert await kept(database) == {"nights": WORDS}


async def test_p13_what_could_not_be_brought_under_its_cover_yet_is_still_to_be_answered(
    watched: Phone, database: Database, clock: Clock
) -> None:
    """As while we were down: it stood open all the time."""
    await opens_the_question(watched)
    clock.offset += timedelta(minutes=4)
    await watched.write(WORDS)

    assert await kept(database) == {"nights": WORDS}


async def test_p1_words_answer_no_question_that_came_covered_since_it_came_late(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked(phone, database, organisation, PLACES, reads="Sometimes others")
    await phone.write("/help")
    await phone.write("/checkin")
    await all_arrives(database)
    [opened] = await phone.press("Open")
    assert opened.notice == Notice.REVEALED
    clock.offset += timedelta(minutes=20)
    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [opened.row])
        await packing.pack(packing.rows[0])
    await phone.write(WORDS)

    assert await kept(database) == {}
    assert (await messages(database))[-1] == WORDS


@GUARDED
async def test_p1_words_answer_no_question_before_it_is_opened_though_another_can_be_read(
    phone: Phone, database: Database, organisation: Organisation, reads: str, opens: str
) -> None:
    """Whoever puts right what they wrote first has not read what is asked next."""
    await asked(phone, database, organisation, PLACES, reads=reads)
    await phone.write("/help")
    await phone.write("/checkin")
    await phone.write("7")
    assert await kept(database) == {}
    assert (await messages(database))[-1] == "7"

    await phone.write("/checkin")
    await opens_below(phone, opens)
    await phone.write("a dozen")
    *_, next_one = await phone.write(WORDS)
    await phone.write("3")
    assert await kept(database) == {"nights": WORDS}
    assert (await messages(database))[-1] == "3"
    assert (await known_on(database, phone)).said_child_at is None

    # Once they have, words are its answer.
    await phone.press_data(next_one.data(opens))
    await phone.write("2")
    assert await kept(database) == {"nights": WORDS, "children": "2"}


@GUARDED
async def test_why_an_answer_is_not_taken_is_read_once_the_question_is_opened(
    phone: Phone, database: Database, organisation: Organisation, reads: str, opens: str
) -> None:
    await asked(phone, database, organisation, PLACES, reads=reads)
    await phone.write("/help")
    await phone.write("/checkin")
    await opens_below(phone, opens)
    *_, again = await phone.write("a dozen")
    assert REFUSED not in again.text
    [opened, *covers] = await phone.press_data(again.data(opens))
    assert REFUSED in opened.text
    # Opened once more after it was covered, too.
    for cover in covers:
        [opened, *_] = await phone.press_data(cover.data(opens))
        assert REFUSED in opened.text

    *_, following = await phone.write(WORDS)
    [opened, *_] = await phone.press_data(following.data(opens))
    assert REFUSED not in opened.text
    assert await kept(database) == {"nights": WORDS}
