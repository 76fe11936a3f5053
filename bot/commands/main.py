"""The command line. Imports are inside the commands: `detect` must start without the rest."""

import errno
import gc
import sys
from typing import Annotated

import typer

from bot.commands import backup, directory, organisations, service
from bot.commands.audit import audit
from bot.commands.bench import bench
from bot.commands.campaigns import campaign
from bot.commands.cases import cases
from bot.commands.detect import detect
from bot.commands.erase import erase
from bot.commands.guard import guard
from bot.commands.hearing import hearing
from bot.commands.invites import invite
from bot.commands.keys import keys
from bot.commands.questionnaires import questionnaire
from bot.commands.shell import give_up_printing, say
from bot.commands.streams import open_what_is_closed, show_all_letters
from bot.commands.updates import updates

_TAKES_NO_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
app.command("run")(service.run)
app.command("guard")(guard)
app.command("demo")(service.demo)
app.command("migrate")(service.migrate)
app.command("doctor")(service.doctor)
app.command("another-bot")(service.another_bot)
app.command("bench")(bench)
app.command("invite")(invite)
app.command("cases")(cases)
app.command("detect")(detect)
app.command("hearing")(hearing)
app.command("erase")(erase)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(organisations.org, name="org")
app.add_typer(organisations.staff, name="staff")
app.add_typer(directory.directory, name="directory")
app.add_typer(questionnaire, name="questionnaire")
app.add_typer(questionnaire, name="questionnaires", hidden=True)
app.add_typer(campaign, name="campaign")
app.add_typer(updates, name="updates")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")


def _say_which(asked: bool) -> None:
    if asked:
        from importlib.metadata import version
        from platform import python_version

        from storage.schema import newest

        ours = f"Wayhome {version('wayhome')} on Python {python_version()}"
        say(f"{ours}, for tables of revision {newest()}.")
        raise typer.Exit


@app.callback()
def wayhome(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_say_which,
            is_eager=True,
            help="Say which this is, and which tables it needs.",
        ),
    ] = False,
) -> None:
    """Wayhome: a chat companion for people who return home."""


def main() -> None:
    open_what_is_closed()
    show_all_letters()
    # What is imported stays; to look through it for garbage again and again is a sixth of a start.
    gc.set_threshold(50_000, 20, 50)
    try:
        app()
    except OSError as error:
        if error.errno not in _TAKES_NO_MORE:
            raise
        # Commands say so by themselves: this is the help of one.
        give_up_printing(f"This can't be written: {error.strerror}.")
        sys.exit(1)
