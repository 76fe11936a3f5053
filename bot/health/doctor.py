"""What `wayhome doctor` looks at. Every check says what it found in one line."""

import stat
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aiogram import Bot
from aiogram.exceptions import AiogramError, ClientDecodeError
from aiogram.types import User, WebhookInfo
from pydantic import BaseModel
from sqlalchemy import func, select, text

from bot.archive.noticing import unsaved_since
from bot.channels.trying import known_channels, try_all
from bot.database.opening import database_urls, opened
from bot.database.refusals import is_full, sentence_of
from bot.embedded.programs import EmbeddedError
from bot.errors import CannotOpen
from bot.guard.noticing import last_look
from bot.health.room import ensure_room
from bot.intake.address import brings_nothing
from bot.intake.webhook import HARD_TO_GUESS, webhook_address
from bot.keys.looking import unfinished
from bot.replica.replica import replicas_alive
from bot.settings import Settings, read_settings
from bot.telegram.connection import NO_BOT, REFUSES_US, Trouble, connect, meaning
from bot.telegram.profile import tells
from bot.telegram.time import telegrams_time
from domain.duty import is_staffed
from domain.duty.readiness import is_ready
from domain.organisations import staff_chat_of
from storage.failed_updates import MENDABLE
from storage.inbox import InboxRow
from storage.organisations import Organisation
from storage.sessions import AWAY, SERVICE, Database, Session

# What that many days brought would be lost with the database.
_BACKUP_DAYS = 2
_LATELY = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    detail: str


async def examine(*, try_channels: bool = False) -> list[Check]:
    """`try_channels`: by a test alert through each, which comes to whoever has it.

    Raises SettingsError: with wrong settings nothing can be looked at.
    """
    settings = read_settings()
    checks = [_console(settings)]
    try:
        async with database_urls(settings) as urls, opened(settings, urls) as database:
            checks.append(Check("database", True, "reached; tables and keys fit"))
            checks.append(_key_file(settings.key_path))
            checks.append(await _keys(database))
            checks.append(await _disk(database))
            checks += [check async for check in _database(database)]
            checks += [check async for check in _channels(settings, database, by_test=try_channels)]
            checks += [check async for check in _telegram(settings, database)]
    except (CannotOpen, EmbeddedError) as error:
        checks.append(Check("database", False, str(error)))
    except AWAY as error:
        found = f"stopped answering meanwhile: {sentence_of(error, 'wayhome run')}"
        checks.append(Check("database", False, found))
    return checks


def _console(settings: Settings) -> Check:
    """Passkeys exist only where a browser trusts the address."""
    address = urlsplit(settings.address)
    if address.scheme == "https" or address.hostname == "localhost":
        return Check("console", True, f"passkeys work at {settings.address}")
    return Check(
        "console",
        True,
        f"no passkeys at {settings.address}: browsers offer them only on https or on localhost;"
        " password and authenticator code work",
    )


def _key_file(path: Path) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Check("key file", False, f"others can read {path}: chmod 600 it")
    return Check("key file", True, "readable by its owner only")


async def _keys(database: Database) -> Check:
    async with database.begin(SERVICE) as session:
        problem = await unfinished(session, database.keychain.held)
        epoch = session.keys.current
    return Check("keys", problem is None, problem or f"epoch {epoch}, and nothing older")


async def _disk(database: Database) -> Check:
    try:
        async with database.begin(SERVICE) as session:
            await ensure_room(session)
    except AWAY as error:
        if not is_full(error):
            raise
        return Check("disk", False, "the database's disk takes no more: make room")
    return Check("disk", True, "the database's takes more")


async def _database(database: Database) -> AsyncIterator[Check]:
    async with database.begin(SERVICE) as session:
        yield await _role(session)
        yield await _walls(session)
        yield await _organisations(session)
        yield await _duty(session)
        yield await _set_aside(session)
        yield await _guard(session)
        yield await _backup(session)


async def _role(session: Session) -> Check:
    row = (
        await session.execute(
            text(
                "SELECT current_user, r.rolsuper, r.rolbypassrls, EXISTS ("
                " SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r')"
                " FROM pg_roles r WHERE r.rolname = current_user"
            )
        )
    ).one()
    name, is_superuser, bypasses, owns = row
    if is_superuser or bypasses or owns:
        return Check("role", False, f"{name} is not bound by row-level security")
    return Check("role", True, f"{name} is bound by row-level security")


async def _walls(session: Session) -> Check:
    """As a transaction that forgot its scope would see it."""
    await session.execute(text("SELECT set_config('wayhome.scope', '', true)"))
    seen = await session.scalar(select(func.count()).select_from(Organisation))
    await session.execute(text("SELECT set_config('wayhome.scope', 'service', true)"))
    return Check("walls", seen == 0, f"{seen} organisations are seen without a scope")


async def _organisations(session: Session) -> Check:
    found = await session.scalar(select(func.count()).select_from(Organisation))
    default = await session.scalar(select(Organisation.id).where(Organisation.is_default))
    if default is None:
        return Check("organisations", False, "none yet: add one with 'wayhome org add NAME'")
    return Check("organisations", True, f"{found}, one of them receives strangers")


async def _duty(session: Session) -> Check:
    organisations = (await session.scalars(select(Organisation))).all()
    empty = [each.name for each in organisations if not await is_staffed(session, each.id)]
    if empty or not organisations:
        where = f" at {', '.join(empty)}" if empty else ""
        unready = [each.name for each in organisations if not is_ready(each, session.now)]
        why = (
            f"; rota or drill do not suffice yet at {', '.join(unready)}: see Duty in the console"
            if unready
            else ""
        )
        return Check("duty", False, f"nobody is on duty{where}{why}")
    return Check("duty", True, "somebody is on duty everywhere")


async def _set_aside(session: Session) -> Check:
    found = await session.scalar(select(func.count()).select_from(InboxRow).where(*MENDABLE))
    return Check("updates", not found, f"{found} set aside because their handler failed")


async def _guard(session: Session) -> Check:
    """None at all is a choice; one that stopped looking is a fault."""
    looked = await last_look(session)
    if looked is None:
        return Check("guard", True, "none yet: should alerts stop, nobody outside would notice")
    if session.database_now - looked > _LATELY:
        return Check("guard", False, f"none has looked since {looked:%Y-%m-%d %H:%M} UTC")
    return Check("guard", True, "one has looked within the last five minutes")


async def _backup(session: Session) -> Check:
    """A new installation has as long to take its first."""
    since = await unsaved_since(session)
    days = (session.database_now - since).days
    found = f"what came after {since:%Y-%m-%d %H:%M} UTC is in no backup"
    if days >= _BACKUP_DAYS:
        return Check("backup", False, f"{found}: run 'wayhome backup FILE', best by the hour")
    return Check("backup", True, found)


async def _channels(
    settings: Settings, database: Database, *, by_test: bool
) -> AsyncIterator[Check]:
    async with database.begin(SERVICE) as session:
        channels = await known_channels(session)
    unread = [each.name for each in channels if each.address is None]
    failing = [
        f"{each.name} since {each.failing_since:%Y-%m-%d %H:%M} UTC"
        for each in channels
        if each.failing_since
    ]
    if unread:
        yield Check("channels", False, f"can't be opened with the keys: {', '.join(unread)}")
    elif failing:
        yield Check("channels", False, f"fail: {', '.join(failing)}")
    else:
        yield Check("channels", True, f"{len(channels)} for alerts besides Telegram, none fails")
    if by_test:
        for channel, taken in zip(
            channels, await try_all(database, settings, channels), strict=True
        ):
            found = "took a test alert" if taken else "took no test alert"
            yield Check(f"channel {channel.name}", taken, found)


async def _telegram(settings: Settings, database: Database) -> AsyncIterator[Check]:
    if settings.bot_token is None:
        yield Check("telegram", False, "WAYHOME_BOT_TOKEN is missing")
        return
    bot = connect(settings.token(), settings.telegram_api_url)
    try:
        me = await bot.get_me()
        yield Check("telegram", True, f"reached, as @{me.username}")
        if settings.webhook_url is not None:
            yield _webhook_secret(settings)
            async with database.begin(SERVICE) as session:
                runs = bool(await replicas_alive(session))
            told = await bot.get_webhook_info()
            yield _webhook(told, webhook_address(settings.webhook_url), runs=runs)
        yield await _clock(settings, database)
        yield _name(me)
        async with database.begin(SERVICE) as session:
            organisations = (await session.scalars(select(Organisation))).all()
            chats = [(each.name, staff_chat_of(session, each)) for each in organisations]
        for name, chat_id in chats:
            if chat_id is not None:
                yield await _staff_chat(bot, name, chat_id)
    except NO_BOT:
        yield Check("telegram", False, REFUSES_US)
    except AiogramError as error:
        yield Check("telegram", False, f"out of reach or refusing us ({type(error).__name__})")
    finally:
        await bot.session.close()


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


class _Said(BaseModel):
    """Of a group, or of who we are in it. What is left unsaid it has not, or we may not."""

    is_forum: bool | None = None
    can_manage_topics: bool | None = None


async def _said_of(asked: Awaitable[BaseModel]) -> _Said:
    """Also by a Bot API server that does not know all yet on which aiogram insists."""
    try:
        return _Said.model_validate(await asked, from_attributes=True)
    except ClientDecodeError as error:
        if not isinstance(error.data, dict) or "result" not in error.data:
            raise
        return _Said.model_validate(error.data["result"])


async def _staff_chat(bot: Bot, name: str, chat_id: int) -> Check:
    check = f"staff chat of {name}"
    try:
        chat = await _said_of(bot.get_chat(chat_id))
        me = await _said_of(bot.get_chat_member(chat_id, bot.id))
    except AiogramError as error:
        gone = meaning(error) is Trouble.BLOCKED
        why = "the bot is not in it, or it is gone" if gone else type(error).__name__
        return Check(check, False, f"can't be opened: {why}")
    if not chat.is_forum:
        return Check(check, True, "has no topics: alerts go there as plain messages")
    if not me.can_manage_topics:
        return Check(check, True, "the bot may not make topics: alerts go as plain messages")
    return Check(check, True, "has a topic for each case")
