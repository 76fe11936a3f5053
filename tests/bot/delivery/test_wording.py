"""How things travel to a phone: without a sound, a preview, or a way to pass them on."""

from typing import Any

import pytest
from aiogram.methods import (
    EditMessageText,
    SendMessage,
    SetMyCommands,
    TelegramMethod,
)

from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from handlers.menus import COMMANDS
from storage.kinds import Discretion, NoticeClass
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Database
from tests.bot.outgoing import worded
from tests.documents import put

CHAT = 4242
WINDOW = {"window": {"text": "https://example.org", "markup": None}}


async def calls(
    database: Database,
    content: dict[str, Any],
    discretion: Discretion,
    *,
    frozen: bool,
    language: str = "en",
) -> list[TelegramMethod[Any]]:
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre", country="AL")
        person = await add_returnee(session, CHAT, centre, language, discretion=discretion)
        person.frozen_at = session.now if frozen else None
        way = Delivery(NoticeClass.ROUTINE, returnee_id=person.id)
        row = await put(session, CHAT, content, way)
        await session.flush()
        sent = await worded(session, row)
    return [*sent.calls, *([sent.instead] if sent.instead else [])]


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("discretion", list(Discretion))
@pytest.mark.parametrize(
    "content",
    [
        WINDOW,
        {**WINDOW, "edit": 7},
        {"notice": Notice.HIDDEN, "params": {"hide": True}, "edit": None},
        {"notice": Notice.FROZEN, "params": {}, "edit": None},
    ],
    ids=["window", "edited", "notice", "frozen"],
)
async def test_p4_what_goes_to_a_person_makes_no_sound_and_shows_no_preview(
    database: Database, content: dict[str, Any], discretion: Discretion, frozen: bool
) -> None:
    made = await calls(database, content, discretion, frozen=frozen)

    assert made
    for call in made:
        assert isinstance(call, SendMessage | EditMessageText)
        assert call.link_preview_options is not None
        assert call.link_preview_options.is_disabled  # type: ignore[union-attr]
        if isinstance(call, SendMessage):
            assert call.disable_notification
            assert call.protect_content is (frozen or discretion is not Discretion.OPEN)


@pytest.mark.parametrize(
    ("discretion", "frozen", "neutral"),
    [
        (Discretion.OPEN, False, False),
        (Discretion.DISCREET, False, False),
        (Discretion.WATCHED, False, True),
        (Discretion.OPEN, True, True),
    ],
)
async def test_the_menu_of_commands_of_a_watched_or_frozen_chat_holds_nothing_that_asks_for_help(
    database: Database, discretion: Discretion, frozen: bool, neutral: bool
) -> None:
    [menu] = await calls(database, {"commands": True}, discretion, frozen=frozen, language="fr")

    assert isinstance(menu, SetMyCommands)
    shown = {each.command: each.description for each in menu.commands}
    assert list(shown) == (["start", "services", "language"] if neutral else list(COMMANDS))
    assert shown["services"] == "Lieux"
    assert menu.scope is not None
    assert menu.scope.chat_id == CHAT  # type: ignore[union-attr]
