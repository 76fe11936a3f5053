"""Scenes that the demo plays by itself: somebody at a phone, pressing what the bot shows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from simulator.memory.messages import Message
from simulator.simulator import Simulator

# A person reads before they press.
_READING = 1.5
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Hand:
    """The hand that holds one of the phones."""

    simulator: Simulator
    user_id: int

    async def writes(self, words: str) -> None:
        await asyncio.sleep(_READING)
        self.simulator.phones.send_text(self.user_id, words)

    async def sees(self, words: str) -> None:
        """Waits until a message says so."""
        await self._until(lambda: any(words in message.words for message in self._messages()))

    async def presses(self, label: str) -> None:
        """The newest button that says so, once there is one."""
        await self._until(lambda: self._button(label) is not None)
        await asyncio.sleep(_READING)
        found = self._button(label)
        assert found is not None
        self.simulator.phones.press(self.user_id, self.user_id, *found)

    def _button(self, label: str) -> tuple[int, str] | None:
        for message in reversed(self._messages()):
            for row in message.inline_keyboard or []:
                for button in row:
                    if label in button["text"]:
                        return message.id, button["callback_data"]
        return None

    def _messages(self) -> list[Message]:
        return list(self.simulator.chat(self.user_id).messages.values())

    async def _until(self, seen: Callable[[], bool]) -> None:
        activity = self.simulator.activity
        async with asyncio.timeout(_PATIENCE):
            while not seen():
                await activity.beyond(activity.version)


async def _enrols(hand: Hand, code: str) -> None:
    """Opens her invite, reads, and says yes to everything."""
    await hand.writes(f"/start {code}")
    for label in ("English", "Go on", "I am back", "Only I read it", "Read more", "Go on"):
        await hand.presses(label)
    for number in range(1, 5):
        await hand.sees(f"{number}/4")
        await hand.presses("Yes")
    for label in ("By day, 9 to 20", "Write to me once"):
        await hand.presses(label)


async def _journey(hand: Hand, code: str) -> None:
    """Enrols, finds a lawyer, and writes that she is in danger."""
    await _enrols(hand, code)
    for label in ("Find help near you", "Legal advice", "Albania", "Everywhere"):
        await hand.presses(label)
    await hand.writes("He locked me in and took my passport. Please help me")


Scene = Callable[[Hand, str], Coroutine[Any, Any, None]]
SCENES: Mapping[str, Scene] = {"enrolment": _enrols, "journey": _journey}


@asynccontextmanager
async def playing(scene: Scene | None, simulator: Simulator, code: str) -> AsyncIterator[None]:
    """Plays the scene while the block runs, on a new phone, in English as the scene is."""
    if scene is None:
        yield
        return
    phone = simulator.phones.add_user("Drita")
    async with asyncio.TaskGroup() as group:
        played = group.create_task(scene(Hand(simulator, phone.id), code))
        yield
        played.cancel()
