"""A dialog's window on its way to a phone."""

from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.types import Chat
from aiogram_dialog.api.entities import NewMessage, ShowMode

from bot.lanes.current import Current
from bot.lanes.windows import WindowsToOutbox
from domain.returnees.chats import chat_id_of
from domain.safety.rejudging import count_as_written, judge_all
from storage.kinds import Discretion
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from tests.bot.nights import what_leaves
from tests.domain.centre import Centre


@pytest.mark.parametrize(
    ("discretion", "comes"),
    [(Discretion.OPEN, True), (Discretion.DISCREET, False), (Discretion.WATCHED, False)],
)
async def test_p4_what_was_pressed_long_ago_opens_no_window_on_a_guarded_phone(
    database: Database, clock: Clock, discretion: Discretion, comes: bool
) -> None:
    """We were down meanwhile, and they write just as we are back."""
    centre, current = await Centre.open(database, clock), Current()
    person = await centre.person()
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.discretion, session.asked_at = discretion, session.now - timedelta(hours=1)
        chat = Chat(id=chat_id_of(session, known), type="private")
        window = NewMessage(chat=chat, text="Settings", show_mode=ShowMode.SEND)
        with current.within(session):
            await WindowsToOutbox(current).show_message(Bot("42:test"), window, None)
    async with database.begin(SERVICE) as session:
        count_as_written(session, await session.get_one(Returnee, person.id))
        await judge_all(session)

    assert ("window" in await what_leaves(centre)) is comes
