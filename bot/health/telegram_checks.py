"""What `wayhome doctor` asks Telegram."""

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.exceptions import AiogramError, ClientDecodeError
from aiogram.types import User, WebhookInfo
from pydantic import BaseModel
from sqlalchemy import select

from bot.health.check import Check
from bot.intake.address import brings_nothing
from bot.intake.webhook import HARD_TO_GUESS, webhook_address
from bot.replica.replica import replicas_alive
from bot.settings import Settings
from bot.telegram.connection import NO_BOT, REFUSES_US, Trouble, connect, meaning
from bot.telegram.json_calls import half_said
from bot.telegram.profile import tells
from bot.telegram.time import telegrams_time
from domain.organisations import staff_chat_of
from storage.keys.keyring import SealError
from storage.sessions import SERVICE, Database, Session
from storage.tables.organisations import Organisation

_CLOCKS_DIFFER = timedelta(minutes=2)


async def checks_of_telegram(settings: Settings, database: Database | None) -> AsyncIterator[Check]:
    """`database`: None where it does not answer; what needs it, too, is left out."""
    if settings.webhook_url is not None:
        yield _webhook_secret(settings)
    if settings.bot_token is None:
        yield Check("telegram", False, "WAYHOME_BOT_TOKEN is missing")
        return
    bot = connect(settings.token(), settings.telegram_api_url)
    try:
        async for check in _asked(bot, settings, database):
            yield check
    except NO_BOT:
        yield Check("telegram", False, REFUSES_US)
    except AiogramError as error:
        yield Check("telegram", False, f"out of reach or refusing us ({type(error).__name__})")
    finally:
        await bot.session.close()


async def _asked(bot: Bot, settings: Settings, database: Database | None) -> AsyncIterator[Check]:
    """Whatever needs an answer of Telegram's. Raises AiogramError."""
    me = await bot.get_me()
    yield Check("telegram", True, f"reached, as @{me.username}")
    yield _name(me)
    if settings.webhook_url is not None:
        told = await bot.get_webhook_info()
        # Where the database can't say so, somebody may run.
        runs = database is None or await _somebody_runs(database)
        yield _webhook(told, webhook_address(settings.webhook_url), runs=runs)
    if database is None:
        return
    yield await _clock(settings, database)
    for name, chat_id in await _staff_chats(database):
        yield await _staff_chat(bot, name, chat_id)


async def _somebody_runs(database: Database) -> bool:
    async with database.begin(SERVICE) as session:
        return bool(await replicas_alive(session))


async def _staff_chats(database: Database) -> list[tuple[str, int | None]]:
    """Of the organisations that have one, by name; None where no key opens it."""
    named = select(Organisation).where(Organisation.staff_chat.is_not(None))
    async with database.begin(SERVICE) as session:
        organisations = (await session.scalars(named)).all()
        return [(each.name, _where(session, each)) for each in organisations]


def _where(session: Session, organisation: Organisation) -> int | None:
    try:
        return staff_chat_of(session, organisation)
    except SealError:
        return None


async def _clock(settings: Settings, database: Database) -> Check:
    """By our clock people wrote when Telegram says."""
    theirs = await telegrams_time(settings.telegram_api_url)
    if theirs is None:
        return Check("clock", True, "Telegram's server did not tell the time")
    async with database.begin(SERVICE) as session:
        ahead = session.database_now - theirs
    if abs(ahead) <= _CLOCKS_DIFFER:
        return Check("clock", True, "the database's is Telegram's")
    minutes, way = (
        abs(ahead) // timedelta(minutes=1),
        "ahead of" if ahead > timedelta() else "behind",
    )
    return Check(
        "clock", False, f"the database's is {minutes} minutes {way} Telegram's: set it right"
    )


def _webhook_secret(settings: Settings) -> Check:
    assert settings.webhook_secret is not None
    if len(settings.webhook_secret.get_secret_value()) < HARD_TO_GUESS:
        found = f"can be guessed: let WAYHOME_WEBHOOK_SECRET have {HARD_TO_GUESS} letters or more"
        return Check("webhook secret", False, found)
    return Check("webhook secret", True, "too long to be guessed")


def _webhook(info: WebhookInfo, address: str, *, runs: bool) -> Check:
    """Everything else may be well while nothing that anybody writes comes in."""
    if not info.url and runs:
        why = "see in the log why, and whether another program has the token"
        return Check("webhook", False, f"Telegram brings updates nowhere, not to {address}: {why}")
    if not info.url:
        return Check("webhook", True, f"not asked for yet: 'wayhome run' does it, at {address}")
    if info.url != address:
        return Check("webhook", False, f"Telegram brings updates to {info.url}, not to {address}")
    if brings_nothing(info):
        return Check(
            "webhook",
            False,
            f"Telegram can't bring updates to {address} ({info.last_error_message});"
            f" {info.pending_update_count} wait there, for a day at most",
        )
    return Check("webhook", True, f"Telegram brings updates to {address}")


def _name(me: User) -> Check:
    """It stands in the list of chats of every phone."""
    if tells(me.first_name) or tells(me.username or ""):
        return Check("name", False, "the bot's name tells what it is for: choose a neutral one")
    return Check("name", True, "says nothing about who writes to it")


class _Rights(BaseModel):
    """Of everybody in a group who is no administrator."""

    can_send_messages: bool | None = None


class _Said(BaseModel):
    """Of a group, or of who we are in it. What is left unsaid it has not, or we may not, but for
    being in it and writing, which are left unsaid of most.
    """

    is_forum: bool | None = None
    permissions: _Rights | None = None
    status: str | None = None
    is_member: bool | None = None
    can_manage_topics: bool | None = None
    can_delete_messages: bool | None = None
    can_send_messages: bool | None = None


async def _said_of(asked: Awaitable[BaseModel]) -> _Said:
    """Also by a Bot API server that does not know all yet on which aiogram insists."""
    try:
        return _Said.model_validate(await asked, from_attributes=True)
    except ClientDecodeError as error:
        said = half_said(error)
        if said is None:
            raise
        return _Said.model_validate(said)


async def _staff_chat(bot: Bot, name: str, chat_id: int | None) -> Check:
    check = f"staff chat of {name}"
    if chat_id is None:
        found = "no key opens its number: name it again with 'wayhome org change'"
        return Check(check, False, found)
    try:
        chat = await _said_of(bot.get_chat(chat_id))
        me = await _said_of(bot.get_chat_member(chat_id, bot.id))
    except AiogramError as error:
        gone = meaning(error) is Trouble.BLOCKED
        why = "the bot is not in it, or it is gone" if gone else type(error).__name__
        return Check(check, False, f"can't be opened: {why}")
    if _may_not_write(chat, me):
        return Check(check, False, "the bot may not write there: make it an administrator")
    if not chat.is_forum:
        return Check(check, True, "has no topics: alerts go there as plain messages")
    if not me.can_manage_topics:
        found = "the bot may not make topics (can_manage_topics): alerts go as plain messages"
        return Check(check, True, found)
    if not me.can_delete_messages:
        found = (
            "the bot may not delete topics (can_delete_messages): what stands there would outlast"
            " whoever is forgotten"
        )
        return Check(check, False, found)
    return Check(check, True, "has a topic for each case")


def _may_not_write(chat: _Said, me: _Said) -> bool:
    if me.status in (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED) or me.is_member is False:
        return True
    everybody = chat.permissions or _Rights()
    asked = everybody if me.status == ChatMemberStatus.MEMBER else me
    return asked.can_send_messages is False
