"""What somebody answers by the gesture for that, as whoever has their case reads it."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from domain.casework.reading import read_case
from domain.casework.story import Said
from domain.staff import actor_of
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.handlers.cries import (
    EMERGENCY,
    all_arrives,
    cases,
    words_from_a_caseworker,
    workers_words_as_shown,
)
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

CARD = {"phone_number": "+355 69 123 4567", "first_name": "Besa"}


@pytest.fixture
async def in_a_talk(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await words_from_a_caseworker(database, organisation)
    await all_arrives(database)
    return phone


async def read(database: Database) -> Sequence[Said]:
    """The conversation of the only case."""
    [case] = await cases(database)
    async with database.begin(SERVICE) as session:
        worker = actor_of((await session.scalars(select(Staff))).one())
        file = await read_case(session, worker, case.id)
    return [each for each in file.timeline if isinstance(each, Said)]


async def answered(database: Database) -> str | None:
    """By what was said last."""
    last = (await read(database))[-1].answers
    return last.text if last else None


async def test_whoever_has_the_case_reads_which_of_their_words_somebody_answers(
    in_a_talk: Phone, database: Database
) -> None:
    theirs = await workers_words_as_shown(in_a_talk)
    await in_a_talk.write("I found a room")
    await in_a_talk.write("Yes, alone", reply_to_message=theirs)

    assert await answered(database) == "Are you <alone> & safe to talk?"


@pytest.mark.parametrize("says", [{"text": "It is worse now"}, {"contact": CARD}])
async def test_and_which_of_their_own(
    in_a_talk: Phone, database: Database, says: dict[str, Any]
) -> None:
    before = in_a_talk.message(text="My tooth hurts")
    await in_a_talk.send(message=before)
    await in_a_talk.write("I found a room")
    await in_a_talk.write(**says, reply_to_message=before)

    assert await answered(database) == "My tooth hurts"


async def test_p1_a_cry_that_answers_words_says_which(in_a_talk: Phone, database: Database) -> None:
    theirs = await workers_words_as_shown(in_a_talk)
    await in_a_talk.write(EMERGENCY, reply_to_message=theirs)

    assert await answered(database) == "Are you <alone> & safe to talk?"


async def test_an_edit_still_answers_what_its_message_did(
    in_a_talk: Phone, database: Database
) -> None:
    theirs = await workers_words_as_shown(in_a_talk)
    message = in_a_talk.message(text="Yes, alnoe", reply_to_message=theirs)
    await in_a_talk.send(message=message)
    await in_a_talk.send(edited_message=message | {"text": "Yes, alone", "edit_date": 100})

    [*_, last] = await read(database)
    assert (last.text, await answered(database)) == (
        "Yes, alone",
        "Are you <alone> & safe to talk?",
    )
