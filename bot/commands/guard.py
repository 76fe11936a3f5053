from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shell import carry_out, say

if TYPE_CHECKING:
    from bot.guard.alarms import Alarms


def guard(
    test: Annotated[
        bool, typer.Option("--test", help="Send one alarm to everybody named, and end.")
    ] = False,
) -> None:
    """Watch a running Wayhome from another machine or container, and alarm when it fails."""

    async def work() -> None:
        from bot.guard.alarms import Alarms
        from bot.guard.guarding import Guard, Post
        from bot.logs import log_to
        from bot.settings import SettingsError, read_settings
        from bot.stopping import Stopping

        log_to(None)
        settings = read_settings()
        if settings.guard_alarms is None:
            raise SettingsError("WAYHOME_GUARD_ALARMS is missing: nobody would hear an alarm.")
        alarms = Alarms.at(settings.guard_alarms.get_secret_value())
        if test:
            await _try_out(alarms)
            return
        if not settings.guarded:
            raise SettingsError("WAYHOME_GUARD_URLS is missing: there is nothing to watch.")
        heartbeat = settings.guard_heartbeat
        stopping = Stopping()
        stopping.on_signals()
        await Guard(
            [Post(url) for url in settings.guarded],
            alarms,
            heartbeat.get_secret_value() if heartbeat else None,
        ).run(stopping)

    carry_out(work(), logged=True)


async def _try_out(alarms: "Alarms") -> None:
    from domain.errors import Refused

    arrived = await alarms.sound("Wayhome: a trial", "This is only a trial of the guard's alarm.")
    if not all(arrived):
        raise Refused(f"{arrived.count(False)} of {len(arrived)} addresses did not take the alarm.")
    say(f"All {len(arrived)} took it: see whether it arrives.")
