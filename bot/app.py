"""Where everything is wired together."""

import asyncio
import gc
import socket
from dataclasses import dataclass, field
from functools import partial

import structlog
from aiogram import Bot
from aiogram.methods import GetMe, SetMyCommands
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from bot.channels.caller import Caller
from bot.channels.postman import MailService, Postman
from bot.clockwork.clockwork import Clockwork, Tick
from bot.clockwork.ticks import TICKS
from bot.database.which_bot import note_bot
from bot.delivery.courier import Courier
from bot.delivery.pace import Pace
from bot.delivery.taking_over import Heir
from bot.embedded.keeping import keep_running
from bot.embedded.postgres import EmbeddedPostgres
from bot.errors import CannotOpen
from bot.health.health import Health
from bot.intake.address import Address
from bot.intake.polling import poll
from bot.intake.webhook import webhook_address, webhook_routes
from bot.lanes.current import Current
from bot.lanes.deaths import Deaths
from bot.lanes.dialog_states import DialogStates
from bot.lanes.handling import Handling
from bot.lanes.lanes import Lanes
from bot.lanes.windows import WindowsToOutbox
from bot.metrics.metrics import Metrics
from bot.replica.jobs import Job, keep_up
from bot.replica.replica import Replica
from bot.settings import Settings
from bot.stopping import Stopping
from bot.telegram.connection import connect
from bot.telegram.files import Files
from bot.telegram.greeting import until_answered
from bot.telegram.profile import describe
from bot.watch.apart import WatchApart
from bot.watch.listener import Listener
from bot.web import serve
from console.app import ConsoleSettings, create_console
from domain.distress import Watch
from handlers.dispatcher import create_dispatcher
from handlers.menus import command_menus
from locales.catalogues import Catalogues
from storage.inbox.clock_ahead import note_right
from storage.sessions import SERVICE, Database

log = structlog.get_logger()


@dataclass(slots=True)
class App:
    """One replica: any number of them work on one database."""

    settings: Settings
    database: Database
    run_url: str
    #: None for what Telegram allows.
    pace: Pace | None = None
    #: The embedded database, where it is used: nobody else starts it again when it is killed.
    postgres: EmbeddedPostgres | None = None
    bot: Bot = field(init=False)
    stopping: Stopping = field(default_factory=Stopping)
    #: Set once nothing is in hand any more that another replica would do a second time.
    finished: Stopping = field(default_factory=Stopping)
    metrics: Metrics = field(default_factory=Metrics)
    username: str | None = None
    clockwork: Clockwork = field(init=False)
    replica: Replica = field(init=False)
    deaths: Deaths = field(init=False)
    courier: Courier = field(init=False)
    watch: WatchApart = field(init=False)
    listener: Listener = field(init=False)
    lanes: Lanes = field(init=False)
    catalogues: Catalogues = field(default_factory=Catalogues.load)

    def __post_init__(self) -> None:
        current = Current()
        self.replica = Replica(self.run_url, self.database.wakes, self.database.keychain)
        watch = Watch.load()
        self.bot = connect(self.settings.token(), self.settings.telegram_api_url)
        self.deaths = Deaths(self.database, self.replica)
        ticks = (
            *TICKS,
            Tick("take-over", 2, Heir(self.replica).take_over),
            Tick("deaths", 2, self.deaths.look),
        )
        self.clockwork = Clockwork(self.database, ticks, self.metrics)
        self.courier = Courier(
            self.database,
            self.bot,
            self.catalogues,
            self.pace or Pace(self.settings.telegram_rate),
            self.metrics,
            self.replica,
        )
        dispatcher = create_dispatcher(
            DialogStates(current), WindowsToOutbox(current), self.catalogues, watch
        )
        self.watch = WatchApart(watch, self.metrics)
        self.listener = Listener(self.database)
        handling = Handling(self.bot, dispatcher, self.watch, current, self.listener.lexicons)
        self.lanes = Lanes(self.database, handling, self.metrics, self.deaths)

    async def run(self, listening: socket.socket) -> None:
        """Works until a signal or `stopping`. Raises CannotOpen when Telegram refuses the token."""
        _keep_what_is_loaded()
        health = Health(self.database, self.clockwork, self.metrics, self.replica)
        jobs: list[Job] = [
            partial(self.listener.run, self.stopping),
            partial(self.watch.run, self.stopping),
            partial(self.clockwork.run, self.stopping),
            self._greet,
        ]
        if self.postgres is not None:
            jobs.append(partial(keep_running, self.postgres, self.stopping))
        jobs.append(self._take_in)
        try:
            async with asyncio.TaskGroup() as group:
                # Its socket ends with it: whoever runs the process begins another.
                group.create_task(serve(self._web(health), listening, self.stopping))
                alive = partial(self.replica.run, self.stopping, self.finished)
                group.create_task(keep_up(alive, self.finished))
                group.create_task(self._work())
                for job in jobs:
                    group.create_task(keep_up(job, self.stopping))
        except* CannotOpen as refusals:
            raise refusals.exceptions[0] from None
        finally:
            await self.bot.session.close()

    def _postman(self, mail: SecretStr) -> Postman:
        return Postman(
            self.database,
            self.catalogues,
            MailService.at(mail.get_secret_value()),
            self.settings.address,
            taker=self.replica.number,
        )

    async def _work(self) -> None:
        """Handling, sending, calling and mailing. The replica counts as alive until these have
        ended, since another one would do again what a dead one had in hand.
        """
        work: list[Job] = [
            self._handle,
            partial(self.courier.run, self.stopping),
            self._call,
        ]
        if self.settings.mail is not None:
            work.append(partial(self._postman(self.settings.mail).run, self.stopping))
        try:
            async with asyncio.TaskGroup() as group:
                for job in work:
                    group.create_task(keep_up(job, self.stopping))
        finally:
            self.finished.set()

    async def _handle(self) -> None:
        """Notes beforehand that it begins, so that the next process knows what this one may have
        died of.
        """
        await self.deaths.begin(self.stopping)
        await self.stopping.unless_stopped(self.listener.ready.wait())
        await self.lanes.run(self.stopping)
        await self.deaths.end()

    async def _take_in(self) -> None:
        """Asks Telegram for updates, or has them brought."""
        if self.settings.webhook_url is None:
            await poll(self.bot, self.database, self.replica, self.stopping)
        else:
            async with self.database.begin(SERVICE) as session:
                # Only who asks Telegram can tell how old what it gives must be.
                await note_right(session)
            assert self.settings.webhook_secret is not None
            secret = self.settings.webhook_secret.get_secret_value()
            address = Address(webhook_address(self.settings.webhook_url), secret)
            await address.keep(self.bot, self.database, self.replica, self.stopping)

    async def _greet(self) -> None:
        """Makes Telegram's acquaintance."""
        me = await until_answered(self.bot, GetMe(), self.stopping)
        if me is not None:
            self.username = me.username
            async with self.database.begin(SERVICE) as session:
                await note_bot(session, me.id)
        for menu in command_menus(self.catalogues):
            await until_answered(self.bot, SetMyCommands(**menu), self.stopping)
        if not self.stopping.is_set():
            log.info("ready", action="greet.done")
            await describe(self.bot, self.catalogues)

    async def _call(self) -> None:
        """With a new Caller each time, which takes no channel for busy."""
        allowed = self.settings.vouched_for
        caller = Caller(
            self.database, self.catalogues, self.settings.address, allowed, self.replica.number
        )
        await caller.run(self.stopping)

    def _web(self, health: Health) -> Starlette:
        routes: list[BaseRoute] = [*health.routes()]
        if self.settings.webhook_secret is not None:
            secret = self.settings.webhook_secret.get_secret_value()
            url = self.settings.webhook_url or ""
            routes += webhook_routes(self.database, secret, url)
        console = create_console(
            self.database,
            ConsoleSettings(
                public_url=self.settings.address,
                bot_username=lambda: self.username,
                stopping=self.stopping,
                fetch_file=Files(self.bot).fetch,
                mails=self.settings.mail is not None,
                telegram_rate=self.settings.telegram_rate,
            ),
        )
        return Starlette(routes=[*routes, Mount("/", console)])


def _keep_what_is_loaded() -> None:
    """Takes the two million objects of the libraries, which live as long as the process, out of the
    garbage collector's sight; else it walks through them again and again.

    What is in use during a collection moves to an older generation, which is collected more rarely:
    with Python's usual thresholds of ten that is about a megabyte each time, kept for hours.
    """
    gc.collect()
    gc.freeze()
    # The oldest generation is collected once it has grown by a quarter since the last time. After
    # this collection it is nearly empty, so that is soon.
    gc.collect()
    gc.set_threshold(50_000, 2, 2)
