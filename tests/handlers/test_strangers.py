"""Of somebody who only looked around nothing is left after two days."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.clockwork.sweeping import sweep
from dialogs.presses import AskForCheckIn, CopyForMe, ForgetMe
from domain.messages.recent_words import forget_recent
from domain.notices import Notice
from storage.inbox.arrivals import take_in
from storage.kinds import OutboxState
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE, Clock, Database
from storage.tables.every import Base
from storage.tables.inbox import InboxRow
from storage.tables.outbox import OutboxLane, OutboxRow
from tests.handlers.cries import EMERGENCY
from tests.handlers.enrolling import returnee_on
from tests.handlers.phone import Phone

VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 3}


@pytest.mark.parametrize("press", [AskForCheckIn(), CopyForMe(), ForgetMe(asked=1)])
async def test_p6_a_stranger_who_presses_for_what_is_theirs_hears_that_nothing_is_kept(
    phone: Phone, press: AskForCheckIn | CopyForMe | ForgetMe
) -> None:
    [told] = await phone.press_data(press.pack())

    assert told.notice == Notice.NOTHING_KEPT
    assert phone.toast.text is None


@pytest.mark.parametrize(
    ("sent", "notice"),
    [
        ({"text": EMERGENCY}, "crisis"),
        ({"text": "he beat me years ago"}, "help-offered"),
        ({"voice": VOICE}, "recording-unread"),
    ],
)
async def test_p1_a_stranger_is_answered_in_the_language_they_chose_whatever_their_phone_speaks(
    phone: Phone, database: Database, sent: dict[str, Any], notice: str
) -> None:
    await phone.write("/start")
    await phone.press("Українська")
    said = await phone.write(**sent)

    [answer] = [each for each in said if each.notice == notice]
    assert re.search("[а-щіїєґ]", answer.text)
    returnee = await returnee_on(database, phone)
    assert returnee is None or returnee.language == "uk"


async def rows(database: Database) -> dict[str, int]:
    async with database.begin(SERVICE) as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


async def test_p6_nothing_of_a_stranger_outlives_two_days(
    phone: Phone, database: Database, clock: Clock
) -> None:
    before = await rows(database)
    await phone.write("/start")
    await phone.press("English")
    await phone.write("/services")
    await phone.write("hello, what is this")
    await phone.write("/start r-nonsense")
    await phone.write(voice=VOICE)
    await phone.write(location={"latitude": 41.3, "longitude": 19.8})
    await phone.send(edited_message=phone.message(text="hello", edit_date=2))
    await phone.write("I feel so lonely and hopeless")
    for command in ("/safety", "/privacy", "/hide", "/stop"):
        await phone.write(command)
    async with database.begin(SERVICE) as session:
        key = session.keys.look_up(phone.user_id, "chat")
        await take_in(session, [{"update_id": 1, "message": phone.message(text="hello")}])
        await leave_traces(session, [(key, 1)])
        session.add(OutboxLane(lane=key, open_at=session.database_now))
    assert await rows(database) != before

    clock.offset = timedelta(hours=48, minutes=1)
    async with database.begin(SERVICE) as session:
        # As if the database's clock had gone on, too, and everything had been sent and handled.
        then = session.database_now - timedelta(hours=48, minutes=1)
        sent = {"state": OutboxState.SENT, "content": None, "finished_at": then}
        await session.execute(update(OutboxRow).values(sent))
        await session.execute(update(InboxRow).values(handled_at=then))
        await session.execute(update(OutboxLane).values(open_at=then))
    async with database.begin(SERVICE) as session:
        while await sweep(session) + await forget_recent(session):
            pass

    assert await rows(database) == before
