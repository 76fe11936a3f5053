"""A Telegram with one bot: the world, who is told what, and what goes wrong on purpose."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter, ValidationError

from simulator.bot_api.calls import CallLog
from simulator.bot_api.failures import Failures
from simulator.bot_api.limits import RateLimits
from simulator.bot_api.updates import UpdateQueue
from simulator.bot_api.views import message_view
from simulator.clock import Advance, Clock, SimulatorClock, real_time
from simulator.errors import ApiError, bad_request
from simulator.memory.chats import Chat
from simulator.memory.messages import Message
from simulator.memory.users import Bot
from simulator.memory.world import World
from simulator.pulse import Pulse

if TYPE_CHECKING:
    from simulator.wire import Json


class NoWorld(Exception):
    """What should hold the chats holds something else."""


class NotSaved(Exception):
    """The chats can't be kept where they should be; the text is one sentence that says why."""


class Telegram:
    """`advance` moves `clock` ahead when somebody asks for it on a phone."""

    def __init__(
        self,
        token: str,
        *,
        username: str = "wayhome_bot",
        name: str = "Wayhome",
        clock: Clock = real_time,
        advance: Advance | None = None,
        world: World | None = None,
    ) -> None:
        self.token = token
        self.world = world or World(Bot(int(token.partition(":")[0]), username, name))
        self.clock = SimulatorClock(self.world, clock, advance)
        self.updates = UpdateQueue(self.world, self.clock.seconds)
        self.failures = Failures()
        self.limits = RateLimits()
        self.log = CallLog()
        #: Beats when the phones look different.
        self.changes = Pulse()
        #: Beats then, too, and as every call of the bot begins and ends.
        self.activity = Pulse()
        #: Answers to presses, as phones show them.
        self.answers: list[Json] = []
        self.stopping = asyncio.Event()

    def stop(self) -> None:
        """Let whoever waits for something go, so that the server can close."""
        self.stopping.set()
        self.updates.interrupt(ApiError(502, "Bad Gateway"))
        self.changes.beat()

    def chat(self, chat_id: int) -> Chat:
        try:
            return self.world.chats[chat_id]
        except KeyError:
            raise bad_request("chat not found") from None

    def tell(self, kind: Literal["message", "edited_message"], message: Message) -> None:
        """Let the bot know of a message, unless the privacy of groups keeps it from the bot."""
        if self._may_read(message):
            self.updates.put(kind, message_view(self.world, message), message.chat_id)

    def _may_read(self, message: Message) -> bool:
        chat, bot = self.world.chats[message.chat_id], self.world.bot
        if chat.is_private or bot.reads_all_messages or message.is_service:
            return True
        if chat.members.get(bot.id) != "member":
            return chat.members.get(bot.id) == "administrator"
        answered = chat.messages.get(message.reply_to or 0)
        return (
            message.words.startswith("/")
            or f"@{bot.username}".lower() in message.words.lower()
            or (answered is not None and answered.sender_id == bot.id)
        )

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Whoever watches the phones hears of what happens inside."""
        try:
            yield
        finally:
            self.changes.beat()
            self.activity.beat()

    def save(self, path: Path) -> None:
        """Keep the world in a file; the file is whole at any moment. Raises NotSaved."""
        draft = path.with_name(f"{path.name}.part")
        try:
            draft.touch(mode=0o600)
            draft.write_bytes(TypeAdapter(World).dump_json(self.world))
            draft.replace(path)
        except OSError as error:
            raise NotSaved(f"{path} can't be written: {error.strerror}.") from None

    @staticmethod
    def load(path: Path) -> World | None:
        """The world as it was saved; None where nothing was. Raises NoWorld."""
        if not path.exists():
            return None
        try:
            return TypeAdapter(World).validate_json(path.read_bytes())
        except ValidationError:
            raise NoWorld from None
