"""How a call to Telegram is written down: what came with it, and in which form."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramEntityTooLarge
from aiogram.methods import (
    CreateForumTopic,
    DeleteMessages,
    EditMessageText,
    GetMe,
    SendMessage,
    SendVoice,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.telegram.connection import connect
from bot.telegram.json_calls import Arrived

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Yes, now 🌱", callback_data="p:1")]]
)
SENT = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}


@dataclass
class Heard:
    """By a server that says yes to everything."""

    content_types: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    result: Any = field(default_factory=lambda: SENT)
    #: A whole answer, given instead.
    answer: web.Response | None = None

    async def hear(self, request: web.Request) -> web.Response:
        self.content_types.append(request.content_type)
        self.bodies.append(await request.read())
        if self.answer is not None:
            return self.answer
        return web.json_response({"ok": True, "result": self.result})


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def bot(heard: Heard) -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_post("/{method:.*}", heard.hear)
    async with TestServer(app) as server:
        bot = connect("1:token", str(server.make_url("")).rstrip("/"))
        yield bot
        await bot.session.close()


async def test_a_call_says_what_it_means_in_json_and_leaves_out_what_it_does_not_say(
    bot: Bot, heard: Heard
) -> None:
    await bot(
        SendMessage(
            chat_id=7,
            text="Grüß <b>dich</b>",
            reply_markup=KEYBOARD,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            disable_notification=True,
            protect_content=False,
        )
    )

    assert heard.content_types == ["application/json"]
    said: dict[str, Any] = json.loads(heard.bodies[0])
    assert said == {
        "chat_id": 7,
        "text": "Grüß <b>dich</b>",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[{"text": "Yes, now 🌱", "callback_data": "p:1"}]]},
        "link_preview_options": {"is_disabled": True},
        "disable_notification": True,
        "protect_content": False,
    }


async def test_a_call_with_a_file_goes_as_a_form(bot: Bot, heard: Heard) -> None:
    await bot(SendVoice(chat_id=7, voice=BufferedInputFile(b"sound", "voice"), caption="for you"))

    assert heard.content_types == ["multipart/form-data"]
    assert b"sound" in heard.bodies[0]
    assert b"for you" in heard.bodies[0]


@pytest.mark.parametrize(
    "call",
    [
        SetMyCommands(
            commands=[BotCommand(command="help", description="Ask for a person")],
            scope=BotCommandScopeChat(chat_id=7),
        ),
        DeleteMessages(chat_id=7, message_ids=[1, 2]),
        EditMessageText(chat_id=7, message_id=1, text="", reply_markup=KEYBOARD),
        SendMessage(chat_id=7, text="Hello", a_word_that_aiogram_does_not_know=[1, {"two": 2}]),
        CreateForumTopic(chat_id=-7, name="AB12"),
    ],
)
async def test_a_call_says_what_aiogram_would_say(
    bot: Bot, heard: Heard, call: TelegramMethod[Any]
) -> None:
    heard.result = {"message_thread_id": 1, "name": "AB12", "icon_color": 1}
    if not isinstance(call, CreateForumTopic):
        heard.result = True

    await bot(call)

    values = call.model_dump(exclude_none=True, warnings=False)
    as_aiogram_says_it = bot.session.prepare_value(values, bot, {}, _dumps_json=False)
    assert json.loads(heard.bodies[0]) == as_aiogram_says_it


async def test_a_message_that_telegram_took_counts_as_taken_whatever_else_the_answer_says(
    bot: Bot, heard: Heard
) -> None:
    """Were it taken for unsent, because Telegram calls something by a new name, it would go twice
    (P12).
    """
    heard.result = {"message_id": 5, "chat": {"id": 7, "type": "something new"}}

    call: TelegramMethod[Any] = SendMessage(chat_id=7, text="Hello")
    answer = await bot(call)

    assert answer == Arrived(message_id=5)


async def test_an_edit_that_telegram_answers_with_yes_has_no_number(bot: Bot, heard: Heard) -> None:
    heard.result = True

    assert await bot(EditMessageText(chat_id=7, message_id=1, text="Hello")) is True


@pytest.mark.parametrize("status", [200, 400, 401, 404, 409, 500, 503])
@pytest.mark.parametrize("call", [GetMe(), SendMessage(chat_id=7, text="Hello")])
async def test_p1_a_refusal_that_does_not_say_why_is_no_answer_of_telegrams(
    bot: Bot, heard: Heard, call: TelegramMethod[Any], status: int
) -> None:
    """As from what stands in for it: nothing that it says may end or cost anything."""
    heard.answer = web.Response(status=status, text='{"ok":false}', content_type="application/json")

    with pytest.raises(ClientDecodeError):
        await bot(call)


@pytest.mark.parametrize("body", ["<p>verfügbar</p>".encode("latin-1"), b"\xff\xfe", b"[1]", b""])
async def test_p1_a_page_that_cannot_be_read_is_no_answer_of_telegrams(
    bot: Bot, heard: Heard, body: bytes
) -> None:
    heard.answer = web.Response(status=502, body=body, headers={"Content-Type": "text/html"})

    with pytest.raises(ClientDecodeError):
        await bot(GetMe())


@pytest.mark.parametrize("call", [GetMe(), SendMessage(chat_id=7, text="Hello")])
async def test_p3_a_yes_without_a_result_is_no_answer_of_telegrams(
    bot: Bot, heard: Heard, call: TelegramMethod[Any]
) -> None:
    """Taken for one, a message would count as sent that nobody has."""
    heard.answer = web.json_response({"ok": True})

    with pytest.raises(ClientDecodeError):
        await bot(call)


async def test_a_refusal_of_telegrams_stays_what_it_is(bot: Bot, heard: Heard) -> None:
    told = {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
    heard.answer = web.json_response(told, status=400)

    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot(GetMe())


@pytest.mark.parametrize(
    "body", ['{"ok":false,"description":"Request Entity Too Large"}', "<html>413</html>", ""]
)
async def test_what_is_too_large_is_so_whoever_says_it(bot: Bot, heard: Heard, body: str) -> None:
    heard.answer = web.Response(status=413, text=body)

    with pytest.raises(TelegramEntityTooLarge):
        await bot(SendVoice(chat_id=7, voice=BufferedInputFile(b"sound", "voice")))
