"""A phone in somebody's hands."""

from simulator.memory.messages import Message
from simulator.memory.users import User
from tests.simulator_server import RunningSimulator


class Phone:
    """What one person sees and does."""

    def __init__(self, telegram: RunningSimulator, user: User) -> None:
        self.telegram = telegram
        self.user = user

    def write(self, words: str) -> None:
        self.telegram.send_text(self.user, words)

    async def sees(self, words: str, patience: float = 15) -> Message:
        """The bot's newest message that contains these words, once there is one."""

        def newest() -> Message | None:
            messages = reversed(self.telegram.from_bot(self.user))
            return next((message for message in messages if words in message.words), None)

        try:
            return await self.telegram.wait_for(newest, patience)
        except TimeoutError:
            shown = [message.words for message in self.telegram.from_bot(self.user)[-3:]]
            raise AssertionError(f"{words!r} never came; the last messages are {shown}") from None

    async def presses(self, label: str) -> None:
        """The newest button that says so, once there is one."""
        message, data = await self.telegram.wait_for(lambda: self._button(label))
        self.telegram.press(self.user, message, data)

    def _button(self, label: str) -> tuple[Message, str] | None:
        for message in reversed(self.telegram.from_bot(self.user)):
            for row in message.inline_keyboard or []:
                for button in row:
                    if label in button["text"]:
                        return message, button["callback_data"]
        return None
