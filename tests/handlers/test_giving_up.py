"""What no handler can handle is put before a human, once (P1)."""

from typing import Any

import pytest
from sqlalchemy import select

from domain.distress import Watch
from domain.messages import body_of
from handlers.giving_up import hand_to_a_human
from storage.cases import CaseEvent, Message
from storage.kinds import CaseEventKind, Severity
from storage.organisations import Organisation
from storage.sessions import SERVICE, Database
from tests.handlers.phone import Phone
from tests.handlers.test_entering import enrol, invite
from tests.handlers.test_helping import cases

WORDS = "When do you open tomorrow?"


@pytest.fixture
async def enrolled(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    await enrol(phone, await invite(database, organisation))
    return phone


async def given_up(phone: Phone, watch: Watch | None, *, watched: bool = False) -> None:
    update = {"update_id": 1, "message": phone.message(text=WORDS)}
    async with phone.database.begin(SERVICE) as session:
        await hand_to_a_human(session, update, watched=watched, ear=watch)


async def signals(database: Database) -> list[tuple[CaseEventKind, Severity | None]]:
    async with database.begin(SERVICE) as session:
        told = select(CaseEvent.kind, CaseEvent.severity).where(CaseEvent.severity.is_not(None))
        return [(kind, severity) for kind, severity in await session.execute(told)]


async def kept(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        return [
            (await body_of(session, message))["text"]
            for message in await session.scalars(select(Message))
        ]


async def test_p1_what_nobody_could_read_is_one_urgent_signal_with_its_words(
    enrolled: Phone, database: Database
) -> None:
    await given_up(enrolled, None)

    assert await signals(database) == [(CaseEventKind.OPENED, Severity.URGENT)]
    assert await kept(database) == [WORDS]


async def test_p1_what_the_watch_itself_fails_at_is_one_urgent_signal_with_its_words(
    enrolled: Phone, database: Database, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("nobody can read this")

    monkeypatch.setattr(Watch, "assess", fail)
    await given_up(enrolled, watch)

    assert await signals(database) == [(CaseEventKind.OPENED, Severity.URGENT)]
    assert await kept(database) == [WORDS]


async def test_p1_what_was_read_and_not_handled_is_one_signal_of_concern_with_its_words(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    await given_up(enrolled, watch)

    [case] = await cases(database)
    assert case.severity is Severity.CONCERN
    assert await signals(database) == [(CaseEventKind.OPENED, Severity.CONCERN)]
    assert await kept(database) == [WORDS]


async def test_what_the_watch_had_found_already_is_one_more_signal(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    await given_up(enrolled, watch, watched=True)

    assert await signals(database) == [(CaseEventKind.OPENED, Severity.CONCERN)]
