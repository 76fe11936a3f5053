"""Updates brought to the bot's own server."""

import asyncio

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from simulator.memory.users import User
from tests.simulator.webhooks import drained, hook, listening, text_of
from tests.simulator_server import RunningSimulator

SECRET = "between-us"


@pytest.mark.parametrize("background", [False, True])
async def test_aiograms_handler_hears_and_answers_with_the_secret(
    telegram: RunningSimulator, bot: Bot, background: bool
) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def reply(message: Message) -> SendMessage:
        return message.answer(f"You said {message.text}")

    app = web.Application()
    SimpleRequestHandler(
        dispatcher, bot, handle_in_background=background, secret_token=SECRET
    ).register(app, "/hook")
    async with listening(app) as url:
        await bot.set_webhook(url, secret_token=SECRET)
        amal = telegram.add_user()
        telegram.send_text(amal, "hello")
        await telegram.wait_for_text(amal, "You said hello")
    assert (await bot.get_webhook_info()).url == url


async def test_each_chat_is_served_in_order_and_a_refused_update_comes_again(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    other = telegram.add_user("Besa")
    heard: list[str] = []
    refusals = [web.Response(status=500), web.Response(status=429, headers={"Retry-After": "0"})]

    async def respond(update: dict[str, object]) -> web.Response:
        heard.append(text_of(update))
        if heard[-1] == "one" and refusals:
            return refusals.pop()
        return web.Response()

    await bot.delete_webhook(drop_pending_updates=True)
    async with listening(hook(respond)) as url:
        await bot.set_webhook(url)
        telegram.send_text(amal, "one")
        telegram.send_text(amal, "two")
        telegram.send_text(other, "aside")
        await drained(telegram)
    assert [text for text in heard if text != "aside"] == ["one", "one", "one", "two"]
    assert heard.count("aside") == 1
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


async def test_what_waited_while_nobody_listened_is_brought_later(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    heard: list[str] = []

    async def respond(update: dict[str, object]) -> web.Response:
        heard.append(text_of(update))
        return web.Response()

    async with listening(hook(respond)) as url:
        pass
    await bot.set_webhook(url)
    await asyncio.sleep(0)
    assert (await bot.get_webhook_info()).pending_update_count == 1
    async with listening(hook(respond)) as url:
        await bot.set_webhook(url)
        await drained(telegram)
    assert heard == ["/start"]


@pytest.mark.parametrize(
    "reply",
    [
        {"method": "getMe"},
        {"method": "deleteWebhook"},
        {"method": "sendMessage", "chat_id": 1, "text": "To nobody"},
        ["nonsense"],
    ],
)
async def test_a_reply_that_may_not_be_obeyed_still_takes_the_update(
    telegram: RunningSimulator, bot: Bot, amal: User, reply: object
) -> None:
    async def respond(update: dict[str, object]) -> web.Response:
        return web.json_response(reply)

    async with listening(hook(respond)) as url:
        await bot.set_webhook(url)
        await drained(telegram)
    assert telegram.calls("getMe") == telegram.calls("deleteWebhook") == []


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("http://example.org/hook", "", "An HTTPS URL must be provided for webhook"),
        ("nonsense", "", "invalid webhook URL specified"),
        ("https://example.org/hook", "no spaces", "secret token contains unallowed characters"),
    ],
)
async def test_impossible_webhooks_are_refused(
    bot: Bot, url: str, secret: str, reason: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.set_webhook(url, secret_token=secret)
