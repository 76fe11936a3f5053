"""Running the service, and looking after it."""

from typing import Annotated

import typer

from bot.commands.shell import AsJson, carry_out, show


def run() -> None:
    """Run a replica: any number of them work on one database."""

    async def work() -> None:
        from bot.app import App
        from bot.database.opening import database_urls, opened
        from bot.logs import log_to
        from bot.metrics.metrics import Metrics
        from bot.settings import read_settings
        from bot.web import listen

        metrics = Metrics()
        log_to(None, metrics.log_lines)
        settings = read_settings()
        settings.token()
        with listen(settings.host, settings.port) as listening:
            async with (
                database_urls(settings) as urls,
                opened(settings, urls, wait=True) as database,
            ):
                app = App(settings, database, urls.run, postgres=urls.postgres, metrics=metrics)
                app.stopping.on_signals()
                await app.run(listening)

    carry_out(work(), logged=True)


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo.")] = False,
    scenario: Annotated[
        str | None, typer.Option(help="Play a scene by itself: enrolment or journey.")
    ] = None,
) -> None:
    """Show everything on this machine, with nothing to configure."""
    from bot.demo.scenes import SCENES
    from bot.demo.show import show_demo

    if scenario is not None and scenario not in SCENES:
        known = ", ".join(SCENES)
        raise typer.BadParameter(f"{scenario!r} is none of {known}.", param_hint="--scenario")
    carry_out(show_demo(fresh=fresh, scenario=scenario))


def migrate(as_json: AsJson = False) -> None:
    """Bring the database's tables up to date, as their owner."""

    async def work() -> dict[str, str | None]:
        from bot.database.opening import NOT_UNICODE, TABLES_CONTRACTED, database_urls
        from bot.database.refusals import sentence_of
        from bot.errors import CannotOpen
        from bot.settings import read_settings
        from storage.away import AWAY
        from storage.schema import NotUnicode, TablesContracted, TablesInUse, migrate, newest

        async with database_urls(read_settings()) as urls:
            try:
                found = await migrate(urls.owner)
            except TablesInUse:
                raise CannotOpen(
                    "The tables are in use by something long, such as a backup: try again later."
                ) from None
            except NotUnicode:
                raise CannotOpen(NOT_UNICODE) from None
            except TablesContracted:
                raise CannotOpen(TABLES_CONTRACTED) from None
            except AWAY as error:
                raise CannotOpen(sentence_of(error, "wayhome migrate")) from None
        return {"revision": found, "newest": newest()}

    done = carry_out(work())
    ours = done["revision"] == done["newest"]
    left = "." if ours else ", of a newer Wayhome: left as it is."
    show(done, as_json, lambda: f"The database is at revision {done['revision']}{left}")


def another_bot(
    yes: Annotated[
        bool, typer.Option("--yes", help="Really: nobody is reached until they write to it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take the bot of WAYHOME_BOT_TOKEN in place of the one that people wrote to, gone for good.

    Telegram lets a bot write only to whoever wrote to it: everybody needs its name from you.
    """
    if not yes:
        typer.echo("Nobody can be reached until they write to the new bot: say --yes.", err=True)
        raise typer.Exit(2)

    async def work() -> dict[str, str]:
        from bot.database.opening import entered
        from bot.database.which_bot import number_in, take_bot
        from bot.settings import read_settings
        from bot.telegram.username import bot_username
        from storage.sessions import SERVICE

        settings = read_settings()
        token, name = settings.token(), await bot_username()
        async with (
            entered(settings.model_copy(update={"bot_token": None})) as database,
            database.begin(SERVICE) as session,
        ):
            await take_bot(session, number_in(token))
        return {"bot": name}

    done = carry_out(work())
    show(
        done, as_json, lambda: f"People write to @{done['bot']} from now on: restart 'wayhome run'."
    )


def doctor(
    channels: Annotated[
        bool, typer.Option("--channels", help="Also send a test alert through each channel.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything that must be right, and say what is not."""
    from bot.health.doctor import examine

    checks = carry_out(examine(try_channels=channels))
    ok = all(check.ok for check in checks)
    show(
        {
            "ok": ok,
            "checks": [
                {"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks
            ],
        },
        as_json,
        lambda: "\n".join(
            f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}" for check in checks
        ),
    )
    if not ok:
        raise typer.Exit(1)
