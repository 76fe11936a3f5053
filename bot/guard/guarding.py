"""The alarm outside the process: for when Wayhome itself can no longer tell anybody (P2).

/readyz turns red a minute after the last escalation; the guard alarms at the third bad look, 45
seconds after the last good one. Together that is well within two minutes.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.guard.alarms import Alarms
from bot.guard.looking import dialling, look, ping
from bot.stopping import Stopping

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Habits:
    """Seconds, and looks."""

    every: float = 15.0
    #: So many bad looks in a row are an alarm.
    bad_looks: int = 3
    repeat: float = 600.0


@dataclass(slots=True)
class Post:
    """An address that is watched, and what is known of it."""

    url: str
    bad_looks: int = 0
    since: datetime | None = None
    #: On the monotonic clock; None while nobody was told, or it is well.
    alarmed: float | None = None

    @property
    def name(self) -> str:
        """Without a password, should the address hold one."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


@dataclass(slots=True)
class Guard:
    posts: Sequence[Post]
    alarms: Alarms
    #: Told of every good look, so that the guard's own end is noticed, too.
    heartbeat: str | None = None
    habits: Habits = field(default_factory=Habits)

    async def run(self, stopping: Stopping) -> None:
        log.info("watching", action="guard.begin")
        async with dialling() as client:
            while not stopping.is_set():
                began = time.monotonic()
                await self.look_round(client)
                await stopping.pause(began + self.habits.every - time.monotonic())

    async def look_round(self, client: aiohttp.ClientSession) -> None:
        """One look at every address, and an alarm where it is time for one."""
        found = await asyncio.gather(*(look(client, post.url) for post in self.posts))
        well = all(problem is None for problem in found)
        if well and self.heartbeat and not await ping(client, self.heartbeat):
            log.warning("nobody took the heartbeat", action="guard.heartbeat")
        await asyncio.gather(*map(self._judge, self.posts, found))

    async def _judge(self, post: Post, problem: str | None) -> None:
        if problem is None:
            await self._all_clear(post)
        else:
            post.bad_looks += 1
            post.since = post.since or datetime.now(UTC)
            if post.bad_looks >= self.habits.bad_looks and self._is_due(post):
                await self._alarm(post, post.since, problem)

    def _is_due(self, post: Post) -> bool:
        return post.alarmed is None or time.monotonic() - post.alarmed >= self.habits.repeat

    async def _alarm(self, post: Post, since: datetime, problem: str) -> None:
        """What reached nobody is tried again at the next look."""
        log.error("not well", action="guard.alarm")
        arrived = await self.alarms.sound(
            "Wayhome is not well",
            f"{post.name}: {problem}. Since {since:%H:%M} UTC. While this lasts, people who ask for"
            " help may wait unheard. What to do: docs/operations.md.",
        )
        if any(arrived):
            post.alarmed = time.monotonic()

    async def _all_clear(self, post: Post) -> None:
        if post.alarmed is not None:
            log.info("well again", action="guard.clear")
            words = f"{post.name} is ready again, since {datetime.now(UTC):%H:%M} UTC."
            if not any(await self.alarms.sound("Wayhome is well again", words)):
                return
        post.alarmed = post.since = None
        post.bad_looks = 0
