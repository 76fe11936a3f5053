"""What `wayhome doctor` looks at. Every check says what it found in one line."""

import stat
from collections.abc import AsyncIterator
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
from bot.settings import Settings, read_settings
from storage.away import AWAY
from storage.sessions import SERVICE, Database


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
            for kind in (
                checks_of_database(database),
                _channels(settings, database, by_test=try_channels),
                checks_of_telegram(settings, database),
            ):
                async for check in kind:
                    # Each by itself: what was found stands, should the database go away meanwhile.
                    checks.append(check)  # noqa: PERF401
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
