"""Bringing updates to the bot's webhook: in order for each chat, again until they are taken."""

import asyncio

import aiohttp

from simulator.bot_api.parameters import read_parameters
from simulator.errors import ApiError
from simulator.memory.pending import Pending, WebhookSettings
from simulator.over_http.bot_api import execute
from simulator.telegram import Telegram

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # a name, not a secret
PATIENCE = aiohttp.ClientTimeout(total=60)
LONGEST_DELAY = 60.0
LONGEST_RETRY_AFTER = 3600.0
# What a bot may not ask for in its reply.
NOT_IN_REPLY = ("get", "setwebhook", "deletewebhook", "close", "logout")


class WebhookError(Exception):
    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class WebhookCourier:
    def __init__(self, telegram: Telegram, *, first_delay: float = 1.0) -> None:
        self._telegram = telegram
        self._first_delay = first_delay
        #: Chats whose oldest update is on its way.
        self._busy: set[int | None] = set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        arrivals = self._telegram.updates.arrivals
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, asyncio.TaskGroup() as group:
            while True:
                version = arrivals.version
                for pending in self._due():
                    self._busy.add(pending.lane)
                    group.create_task(self._deliver(session, pending))
                await arrivals.beyond(version)

    def _due(self) -> list[Pending]:
        """The oldest update of each idle chat, as many as the bot takes at once."""
        webhook = self._telegram.world.webhook
        if webhook is None:
            return []
        heads: dict[int | None, Pending] = {}
        for pending in self._telegram.updates.waiting:
            heads.setdefault(pending.lane, pending)
        idle = [pending for lane, pending in heads.items() if lane not in self._busy]
        return idle[: max(0, webhook.max_connections - len(self._busy))]

    async def _deliver(self, session: aiohttp.ClientSession, pending: Pending) -> None:
        delay = self._first_delay
        while (webhook := self._telegram.world.webhook) and self._is_waiting(pending):
            try:
                await self._bring(session, webhook, pending)
                self._telegram.updates.done(pending)
            except WebhookError as error:
                webhook.last_error_date = self._telegram.clock.seconds()
                webhook.last_error_message = str(error)
                await asyncio.sleep(max(delay, error.retry_after))
                delay = min(2 * delay, LONGEST_DELAY)
        self._busy.discard(pending.lane)
        self._telegram.updates.arrivals.beat()

    def _is_waiting(self, pending: Pending) -> bool:
        return any(other is pending for other in self._telegram.updates.waiting)

    async def _bring(
        self, session: aiohttp.ClientSession, webhook: WebhookSettings, pending: Pending
    ) -> None:
        headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        try:
            async with session.post(
                webhook.url, json=pending.update, headers=headers, allow_redirects=False
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise WebhookError(_connection_fault(error)) from error
        if not 200 <= response.status < 300:
            raise WebhookError(
                f"Wrong response from the webhook: {response.status} {response.reason}",
                _retry_after(response.headers.get("Retry-After", "")),
            )
        await self._obey(response.headers.get("Content-Type", ""), body)

    async def _obey(self, content_type: str, body: bytes) -> None:
        """Run the method that a reply may ask for. As with Telegram, nobody hears how it went."""
        try:
            parameters = await read_parameters(content_type, body)
            name = parameters.text("method")
            if name and not name.lower().startswith(NOT_IN_REPLY):
                await execute(self._telegram, name, parameters)
        except ApiError:
            pass


def _connection_fault(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "Read timeout expired"
    return (
        "Connection refused"
        if isinstance(error, aiohttp.ClientConnectorError)
        else "Connection closed"
    )


def _retry_after(header: str) -> float:
    return min(float(header), LONGEST_RETRY_AFTER) if header.isdigit() else 0.0
