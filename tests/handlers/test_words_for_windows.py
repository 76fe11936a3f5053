"""Words that a window waits for are no message to anybody, and nobody is called by them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.messages.recent_words import said_before
from storage.kinds import CaseState, OutboxState, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.handlers.cries import EMERGENCY, all_arrives, cases, texts, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import OURS, Phone, Said
from tests.handlers.stop_words import WORD

STANDING = [CaseState.RESOLVED, CaseState.WAITING]


@pytest.fixture
async def asked(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> Phone:
    """They asked for somebody, who has written to them since."""
    set_clock(clock, MORNING)
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await words_from_a_caseworker(database, organisation)
    return phone


async def stands(database: Database, state: CaseState, clock: Clock) -> None:
    """Waiting for their answer, as the case does by now, or closed five days ago."""
    if state is CaseState.RESOLVED:
        async with database.begin(SERVICE) as session:
            closed = {"state": state, "resolved_at": session.now}
            await session.execute(update(Case).values(**closed, next_alert_at=None))
        clock.offset += timedelta(days=5)
    await all_arrives(database)


async def name_somebody(phone: Phone) -> None:
    await phone.write("/safety")
    await phone.press("If I don't answer")
    await phone.press("Name somebody")
    await phone.press("Go on")


async def choose_a_word(phone: Phone) -> None:
    await phone.write("/safety")
    await phone.press("Stop word")
    await phone.press("Choose a word")
    await phone.press("1")


@pytest.mark.parametrize("state", STANDING)
@pytest.mark.parametrize("window", ["a contact", "a word"])
async def test_p11_what_a_window_waits_for_wakes_nobody_and_is_owed_no_answer(
    asked: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    window: str,
    state: CaseState,
) -> None:
    await stands(database, state, clock)
    centre = Centre(database, clock, organisation)
    [before] = await cases(database)
    history = await centre.history(before.id)
    if window == "a contact":
        await name_somebody(asked)
        await asked.write("Besa")
        await asked.write("+355 69 123 4567")
    else:
        await choose_a_word(asked)
        await asked.write(WORD)
        await asked.write(WORD)
    centre.later(hours=2)
    await centre.tick()

    [case] = await cases(database)
    assert (case.state, case.alerts_sent, case.told_waiting_at) == (state, before.alerts_sent, None)
    assert await centre.history(case.id) == history
    assert "Besa" not in await texts(database)


async def said_lately(phone: Phone, database: Database) -> list[str]:
    """What would be read together with their next message."""
    async with database.begin(SERVICE) as session:
        return await said_before(session, phone.user_id, 1000)


async def test_p11_what_a_window_keeps_to_itself_is_not_among_the_recent_words(
    asked: Phone, database: Database
) -> None:
    """They are told that no copy of the word is kept, and a backup may be taken any minute."""
    await choose_a_word(asked)
    await asked.write(WORD)
    await asked.write(WORD)
    await name_somebody(asked)
    await asked.write("Besa")
    await asked.write("+355 69 123 4567")
    assert await said_lately(asked, database) == []


@pytest.mark.parametrize(
    ("window", "words"), [(choose_a_word, "he will"), (name_somebody, "at 10 he will")]
)
async def test_p1_what_a_window_refuses_is_read_together_with_what_is_written_next(
    asked: Phone, database: Database, window: Callable[[Phone], Awaitable[None]], words: str
) -> None:
    await window(asked)
    await asked.write(words)
    assert await said_lately(asked, database) == [words]


@pytest.mark.parametrize("state", STANDING)
async def test_p1_a_cry_that_is_typed_into_a_window_does_all_that_it_does_elsewhere(
    asked: Phone, database: Database, clock: Clock, state: CaseState
) -> None:
    await stands(database, state, clock)
    await name_somebody(asked)
    said = await asked.write(EMERGENCY)

    assert "crisis" in [each.notice for each in said]
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert case.state in (CaseState.OPEN, CaseState.CLAIMED)
    assert EMERGENCY in await texts(database)


async def test_p1_what_is_no_stop_word_is_for_whoever_reads_what_they_write(
    asked: Phone, database: Database, clock: Clock
) -> None:
    await stands(database, CaseState.WAITING, clock)
    await choose_a_word(asked)
    words = "I have an appointment about the flat tomorrow at nine, can you come along?"
    await asked.write(words)

    assert words in await texts(database)
    [case] = await cases(database)
    assert case.state is CaseState.CLAIMED


async def test_p1_what_is_no_name_is_for_whoever_reads_what_they_write(
    asked: Phone, database: Database, clock: Clock
) -> None:
    await stands(database, CaseState.WAITING, clock)
    await name_somebody(asked)
    words = "I have nobody, can you come along on Friday at 10?"
    await asked.write(words)

    assert words in await texts(database)


async def test_p1_what_answers_an_older_window_is_kept_though_a_newer_one_waits(
    asked: Phone, database: Database, clock: Clock
) -> None:
    await stands(database, CaseState.WAITING, clock)
    await name_somebody(asked)
    older = asked.message(text="What can we do for you?") | {"message_id": 1}
    await asked.write("I come tomorrow", reply_to_message=older)

    assert "I come tomorrow" in await texts(database)


async def answers_the_window(phone: Phone, database: Database, words: str) -> list[Said]:
    """By the gesture that answers a message."""
    assert phone.screen is not None
    number = phone.screen.content["edit"]
    if number is None:
        async with database.begin(SERVICE) as session:
            row = await session.get_one(OutboxRow, phone.screen.row.id)
            row.state, row.message_id = OutboxState.SENT, 501
        number = 501
    shown = phone.message(text=phone.screen.text) | {"message_id": number, "from": OURS}
    return await phone.write(words, reply_to_message=shown)


async def test_p7_a_word_that_answers_the_window_that_asks_for_it_is_kept_for_nobody(
    asked: Phone, database: Database, clock: Clock
) -> None:
    """They were told that no copy of it is kept."""
    await stands(database, CaseState.WAITING, clock)
    await choose_a_word(asked)
    await answers_the_window(asked, database, WORD)
    said = await answers_the_window(asked, database, WORD)

    assert "That was the rehearsal" in said[-1].text
    assert WORD not in await texts(database)
    assert await said_lately(asked, database) == []


async def test_a_name_that_answers_the_window_that_asks_for_it_is_kept_for_nobody(
    asked: Phone, database: Database, clock: Clock
) -> None:
    await stands(database, CaseState.WAITING, clock)
    await name_somebody(asked)
    said = await answers_the_window(asked, database, "Besa")

    assert "How can they be reached?" in said[-1].text
    assert "Besa" not in await texts(database)


@pytest.mark.parametrize("window", [choose_a_word, name_somebody])
async def test_p1_no_window_takes_what_answers_another_message(
    asked: Phone, database: Database, clock: Clock, window: Callable[[Phone], Awaitable[None]]
) -> None:
    """It is with the team, who must not read what was taken for a word or a name as well."""
    await stands(database, CaseState.WAITING, clock)
    await window(asked)
    older = asked.message(text="Where are you?") | {"message_id": 1, "from": OURS}
    said = await asked.write("in Durres", reply_to_message=older)

    assert "in Durres" in await texts(database)
    assert not [each for each in said if "delete" in each.content]


async def test_what_is_no_stop_word_opens_no_closed_case_again(
    asked: Phone, database: Database, clock: Clock
) -> None:
    await stands(database, CaseState.RESOLVED, clock)
    await choose_a_word(asked)
    await asked.write("olive")

    [case] = await cases(database)
    assert case.state is CaseState.RESOLVED
    assert "olive" not in await texts(database)


@pytest.mark.parametrize("words", ["/services he is in my street", "/help he is in my street"])
async def test_p1_what_stands_behind_a_command_is_no_answer_to_a_window(
    asked: Phone, database: Database, clock: Clock, words: str
) -> None:
    await stands(database, CaseState.WAITING, clock)
    await name_somebody(asked)
    await asked.write(words)

    assert words in await texts(database)


async def test_p1_what_a_window_fails_at_is_kept_for_a_human(
    asked: Phone, database: Database, clock: Clock
) -> None:
    await stands(database, CaseState.WAITING, clock)
    await name_somebody(asked)
    raw = {"update_id": 99, "message": asked.message(text="Besa")}
    async with database.begin(SERVICE) as session:
        await asked.handling.give_up(session, raw, watched=False, deadly=False)

    assert "Besa" in await texts(database)
