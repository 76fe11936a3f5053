"""Messages that are edited."""

from datetime import UTC, datetime
from typing import Any

from storage.outbox.traces import leave_theirs
from storage.sessions import SERVICE
from tests.handlers.phone import Phone, Said


class Sent:
    """A message in somebody's chat, with its editions."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._first = phone.message()
        self._newest = self._first

    async def first(self, **said: Any) -> None:
        self._newest = self._first | said
        await self._phone.send(message=self._newest)

    async def edit(self, at: int = 100, **said: Any) -> list[Said]:
        self._newest = self._first | said | {"edit_date": at}
        return await self._phone.send(edited_message=self._newest)

    async def handled(self) -> None:
        """As the lanes note it once the original was."""
        async with self._phone.database.begin(SERVICE) as session:
            chat = session.keys.look_up(self._phone.user_id, "chat")
            trace = (chat, self._first["message_id"], session.now)
            await leave_theirs(session, [trace])

    async def shown_again(self) -> list[Said]:
        """As Telegram does where somebody puts a reaction below it."""
        return await self._phone.send(edited_message=self._newest)


def just_now() -> int:
    """On Telegram's clock."""
    return int(datetime.now(UTC).timestamp())


def picture(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}
