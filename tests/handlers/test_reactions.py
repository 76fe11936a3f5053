"""A message that Telegram shows again though nobody wrote or changed anything."""

from datetime import datetime

import pytest
from sqlalchemy import select, update

from storage.kinds import CaseState, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.cries import EMERGENCY, cases, notices, texts
from tests.handlers.editing import Sent, just_now
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone
from tests.handlers.stop_words import WORD

CALLS = pytest.mark.parametrize("text", [EMERGENCY, "/help", "/help, he is at the door"])


@pytest.fixture
def sent(phone: Phone) -> Sent:
    return Sent(phone)


async def closes(database: Database) -> None:
    """Whoever had the case, an hour after the last word."""
    async with database.begin(SERVICE) as session:
        closed = {"state": CaseState.RESOLVED, "resolved_at": session.now}
        await session.execute(update(Case).values(closed))
        await session.execute(update(Returnee).values(last_wrote_at=None, last_seen_at=None))


async def last_heard_of(database: Database) -> tuple[datetime | None, datetime | None]:
    async with database.begin(SERVICE) as session:
        person = (await session.scalars(select(Returnee))).one()
        return person.last_wrote_at, person.last_seen_at


@CALLS
@pytest.mark.parametrize("old", [False, True])
async def test_p4_a_reaction_to_a_cry_for_help_is_no_other_cry(
    sent: Sent, database: Database, text: str, old: bool
) -> None:
    """Of one that is older than a day it is not asked whether it came."""
    await sent.first(text=text, date=just_now() - (86_460 if old else 0))
    if not old:
        await sent.handled()
    await closes(database)

    assert await sent.shown_again() == []
    [case] = await cases(database)
    assert case.state is CaseState.RESOLVED
    assert await last_heard_of(database) == (None, None)


async def test_p4_a_reaction_in_a_frozen_chat_says_nothing(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    sent = Sent(ready)
    await sent.first(text="When do you open?", date=just_now())
    await sent.handled()
    await closes(database)

    assert await sent.shown_again() == []
    [case] = await cases(database)
    assert case.state is CaseState.RESOLVED


@CALLS
@pytest.mark.parametrize("known", [False, True])
async def test_p1_what_never_came_is_heard_once_telegram_shows_it_by_a_reaction(
    phone: Phone, database: Database, organisation: Organisation, text: str, known: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))
        await phone.write("I have no money for food")
    said = await phone.send(edited_message=phone.message(text=text, date=just_now()))

    assert {"crisis", "help-asked"} & set(notices(said))
    [case] = await cases(database)
    assert case.severity in (Severity.EMERGENCY, Severity.URGENT)
    assert (text in await texts(database)) is (text != "/help")
