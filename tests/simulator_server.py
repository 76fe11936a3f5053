"""A simulated Telegram for tests: `async with running_simulator() as telegram: …`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from simulator.bot_api.calls import Call
from simulator.bot_api.failures import Failure, Mode
from simulator.clock import Advance, Clock, real_time
from simulator.memory.chats import Chat
from simulator.memory.messages import Message
from simulator.memory.users import User
from simulator.memory.world import World
from simulator.server import serving
from simulator.simulator import Simulator

TOKEN = "4242424242:AAF-simulated-token-of-thirty-five-x"  # opens nothing
PATIENCE = 10.0

Found = TypeVar("Found")


class RunningSimulator:
    """Phones in the hands of a test. Waiting is always for something, never for a while."""

    def __init__(self, url: str, simulator: Simulator) -> None:
        self.url = url
        self.simulator = simulator
        self.token = simulator.token

    @property
    def api_url(self) -> str:
        """Where curl would call methods."""
        return f"{self.url}/bot{self.token}"

    def add_user(self, first_name: str = "Amal", language_code: str = "en", **more: str) -> User:
        return self.simulator.phones.add_user(first_name, language_code=language_code, **more)

    def add_group(self, title: str, *members: User, **options: bool) -> Chat:
        return self.simulator.phones.add_group(title, [user.id for user in members], **options)

    def send_text(self, user: User, text: str, chat: Chat | None = None, **more: int) -> Message:
        chat_id = chat.id if chat else None
        return self.simulator.phones.send_text(user.id, text, chat_id=chat_id, **more)

    def press(self, user: User, message: Message, data: str) -> str:
        """The id of the callback query."""
        return self.simulator.phones.press(user.id, message.chat_id, message.id, data).id

    def press_button(self, user: User, message: Message, label: str) -> str:
        """Press the button that says so."""
        buttons = [button for row in message.inline_keyboard or [] for button in row]
        data = next(button["callback_data"] for button in buttons if button["text"] == label)
        return self.press(user, message, data)

    def messages(self, place: User | Chat) -> list[Message]:
        """What is in the private chat of a user, or in a group, oldest first."""
        return list(self.simulator.chat(place.id).messages.values())

    def from_bot(self, place: User | Chat) -> list[Message]:
        bot = self.simulator.world.bot.id
        return [message for message in self.messages(place) if message.sender_id == bot]

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.simulator.log.calls if call.method.lower() == method.lower()]

    def answer_to(self, callback_query_id: str) -> dict[str, Any] | None:
        """What the bot answered to a press; None until it did."""
        answers = (a for a in self.simulator.answers if a["callback_query_id"] == callback_query_id)
        return next(answers, None)

    def fail(self, mode: Mode, *methods: str, count: int | None = None, **more: Any) -> None:
        self.simulator.failures.current = Failure(mode, list(methods), count=count, **more)

    async def advance(self, **by: float) -> None:
        """Move the clock ahead, as in `advance(hours=48)`."""
        await self.simulator.clock.advance(timedelta(**by))

    async def wait_for(self, look: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
        """What `look` finds, as soon as a call or a change lets it find anything true."""
        activity = self.simulator.activity
        async with asyncio.timeout(patience):
            while True:
                version = activity.version
                if found := look():
                    return found
                await activity.beyond(version)

    async def wait_for_text(self, place: User | Chat, words: str) -> Message:
        """The newest message of the bot there that contains these words."""

        def newest() -> Message | None:
            return next((m for m in reversed(self.from_bot(place)) if words in m.words), None)

        return await self.wait_for(newest)


@asynccontextmanager
async def running_simulator(
    *,
    clock: Clock = real_time,
    advance: Advance | None = None,
    world: World | None = None,
) -> AsyncIterator[RunningSimulator]:
    simulator = Simulator(TOKEN, clock=clock, advance=advance, world=world)
    async with serving(simulator, webhook_delay=0.01) as url:
        yield RunningSimulator(url, simulator)
