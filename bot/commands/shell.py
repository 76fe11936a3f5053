"""What every command shares: one sentence when it fails, JSON when asked for, exit codes.

0 done, 1 refused or unhealthy, 2 wrong usage, 130 broken off.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import structlog
import typer
import uvloop

from bot.commands.exit_codes import BROKEN_OFF

if TYPE_CHECKING:
    from storage.sessions import Session
    from storage.tables.organisations import Organisation

log = structlog.get_logger()

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Whose = Annotated[
    str | None,
    typer.Option(
        "--org", "--organisation", help="Whose: an id or the name; the default one's if not said."
    ),
]


def carry_out(work: Coroutine[Any, Any, T], *, logged: bool = False) -> T:
    """Runs a command's work; a refusal becomes one sentence on stderr and exit code 1.

    `logged`: stderr is kept. A traceback would say there what an error says, and that may be a
    token or somebody's words (P8).
    """
    # Ctrl-C comes while things are imported, too: then it is never begun.
    with closing(work):
        from bot.embedded.programs import EmbeddedError
        from bot.errors import CannotOpen
        from bot.settings import SettingsError
        from domain.errors import Refusal

        try:
            # asyncio's own loop makes room for 256 KiB before each read, which crumbles the heap.
            return uvloop.run(_in_order(work))
        except asyncio.CancelledError:
            raise typer.Exit(BROKEN_OFF) from None
        except (Refusal, CannotOpen, SettingsError, EmbeddedError) as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(1) from None
        except Exception as fault:
            if not logged:
                raise
            from bot.errors import code_of

            log.critical("ended by a fault of ours", action="command.failed", error=code_of(fault))
            raise typer.Exit(1) from None


async def _in_order(work: Coroutine[Any, Any, T]) -> T:
    """Broken off by SIGTERM or a closed terminal, it tidies up, as it does after Ctrl-C."""
    from bot.stopping import when_asked

    doing = asyncio.ensure_future(work)
    when_asked(doing.cancel)
    return await doing


def show(result: Any, as_json: bool, describe: Callable[[], str]) -> None:
    """Prints the result as JSON, or in words."""
    words = json.dumps(result, ensure_ascii=False, default=str) if as_json else describe()
    try:
        say(words, as_json)
    except BrokenPipeError as error:
        _lose_the_result(error)


def say(words: str, as_json: bool = False) -> None:
    """Prints to stdout; where it can't, as into a file on a full disk, one sentence says so.

    JSON is UTF-8. Of a name in letters that the terminal has not, something is shown all the same.
    """
    encoding = "utf-8" if as_json else getattr(sys.stdout, "encoding", "utf-8")
    try:
        typer.echo(words.encode(encoding, "backslashreplace"))
    except BrokenPipeError:
        # Whoever reads has enough, as `head` has.
        raise
    except OSError as error:
        _lose_the_result(error)


def _lose_the_result(error: OSError) -> NoReturn:
    give_up_printing(f"It is done, but the result can't be printed: {error.strerror}.")
    raise typer.Exit(1) from None


def give_up_printing(sentence: str) -> None:
    """Says why; what is left of what was printed would be tried again at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    typer.echo(sentence, err=True)


def iso(instant: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@asynccontextmanager
async def service_database() -> AsyncIterator[Any]:
    """For several transactions, beside a running `wayhome run`. Raises CannotOpen."""
    from bot.database.opening import entered
    from bot.settings import read_settings

    async with entered(read_settings()) as database:
        yield database


@asynccontextmanager
async def service_session() -> AsyncIterator["Session"]:
    """One transaction over all organisations, beside a running `wayhome run`."""
    from storage.sessions import SERVICE

    async with service_database() as database, database.begin(SERVICE) as session:
        yield session


async def organisation_of(session: "Session", whose: str | None) -> "Organisation":
    """The one that is named, or else the default one. Raises Refused where there is none."""
    from domain.organisations import default_organisation, find_organisation

    if whose is None:
        return await default_organisation(session)
    return await find_organisation(session, whose)


def ensure_one_of_ours(language: str) -> None:
    """Raises BadParameter for what nobody can choose."""
    from locales.catalogues import LANGUAGES

    if language not in LANGUAGES:
        known = ", ".join(sorted(LANGUAGES))
        raise typer.BadParameter(f"{language!r} is none of {known}.", param_hint="--language")
