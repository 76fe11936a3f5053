"""Wayhome's engine with an echo in the place of its dialogs: what the promises cost by themselves.

Intake, inbox, keys, watch, lanes, outbox and delivery are those of `wayhome run`.
python -m benchmarks.echo_engine, with the settings of an installation.
"""

from collections.abc import Mapping
from typing import Any

from bot.app import App
from bot.commands.shell import carry_out
from bot.database.opening import database_urls, opened
from bot.lanes.handler import AfterCommit
from bot.lanes.handling import Handling
from bot.lanes.lanes import Lanes
from bot.logs import log_to
from bot.settings import read_settings
from bot.web import listen
from storage.inbox.updates import chat_of_update
from storage.kinds import NoticeClass
from storage.outbox.contents import Window
from storage.outbox.letters import Delivery, put
from storage.sessions import Session


class _Echo(Handling):
    """Everything is asked and looked for as ever; then the words go back as they came."""

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        window = Window(update["message"]["text"])
        chat_id = chat_of_update(update)
        await put(session, chat_id, window, Delivery(NoticeClass.REPLY))
        return _nothing


async def _nothing() -> None:
    """An echo is all there is."""


class _Engine(App):
    def __post_init__(self) -> None:
        super().__post_init__()
        real = self.lanes.handler
        assert isinstance(real, Handling)
        echo = _Echo(real.bot, real.dispatcher, real.ear, real.current, real.lexicons)
        self.lanes = Lanes(self.database, echo, self.metrics, self.deaths)


async def main() -> None:
    log_to(None)
    settings = read_settings()
    with listen(settings.host, settings.port) as listening:
        async with (
            database_urls(settings) as urls,
            opened(settings, urls, wait=True) as database,
        ):
            engine = _Engine(settings, database, urls.run)
            engine.stopping.on_signals()
            await engine.run(listening)


if __name__ == "__main__":
    carry_out(main())
