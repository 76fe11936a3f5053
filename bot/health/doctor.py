"""What `wayhome doctor` looks at. Every check says what it found in one line."""

import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.channels.trying import known_channels, try_all
from bot.database.opening import database_urls, opened
from bot.database.refusals import sentence_of
from bot.embedded.programs import EmbeddedError
from bot.errors import CannotOpen
from bot.health.check import Check
from bot.health.database_checks import checks_of_database
from bot.health.telegram_checks import checks_of_telegram
from bot.keys.looking import left_beside
from bot.settings import Settings, read_settings
from storage.away import AWAY
from storage.sessions import SERVICE, Database


async def examine(*, try_channels: bool = False) -> list[Check]:
    """`try_channels`: by a test alert through each, which comes to whoever has it.

    Raises SettingsError: with wrong settings nothing can be looked at. Without the database
    everything else is.
    """
    settings = read_settings()
    checks = [_console(settings)]
    async with AsyncExitStack() as held:
        database = await _opened(held, settings, checks)
        checks.append(_key_file(settings.key_path))
        if database is not None:
            of_database = checks_of_database(database)
            channels = _channels(settings, database, by_test=try_channels)
            if not (await _answers(of_database, checks) and await _answers(channels, checks)):
                # Whatever else it is asked would be waited for as long, and in vain.
                database = None
        await _answers(checks_of_telegram(settings, database), checks)
    return checks


async def _opened(held: AsyncExitStack, settings: Settings, checks: list[Check]) -> Database | None:
    """For as long as it is held; None where it can't be."""
    try:
        urls = await held.enter_async_context(database_urls(settings))
        database = await held.enter_async_context(opened(settings, urls))
    except (CannotOpen, EmbeddedError) as error:
        checks.append(Check("database", False, str(error)))
        return None
    checks.append(Check("database", True, "reached; tables and keys fit"))
    return database


async def _answers(kind: AsyncIterator[Check], checks: list[Check]) -> bool:
    """Whether the database did until the last of these checks. Those that were made stand."""
    try:
        async for check in kind:
            # Not all at once: the next one may be in vain.
            checks.append(check)  # noqa: PERF401
    except AWAY as error:
        found = f"stopped answering meanwhile: {sentence_of(error, 'wayhome run')}"
        checks.append(Check("database", False, found))
        return False
    return True


def _console(settings: Settings) -> Check:
    """Passkeys exist only where a browser trusts the address."""
    address = urlsplit(settings.address)
    host = address.hostname or ""
    trusted = address.scheme == "https" or host == "localhost"
    if trusted and not _is_a_number(host):
        return Check("console", True, f"passkeys work at {settings.address}")
    return Check(
        "console",
        True,
        f"no passkeys at {settings.address}: browsers offer them only on https and under a name,"
        " or on localhost; password and authenticator code work",
    )


def _is_a_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _key_file(path: Path) -> Check:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        return Check("key file", False, f"{path} can't be looked at: {error.strerror}")
    if mode & 0o077:
        return Check("key file", False, f"others can read {path}: chmod 600 it")
    left = left_beside(path)
    return Check("key file", left is None, left or "readable by its owner only")


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
