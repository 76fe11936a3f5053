"""Messages that are edited."""

from typing import Any

from tests.handlers.phone import Phone, Said


class Sent:
    """A message in somebody's chat, with its editions."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._first = phone.message()

    async def first(self, **said: Any) -> None:
        await self._phone.send(message=self._first | said)

    async def edit(self, at: int = 100, **said: Any) -> list[Said]:
        return await self._phone.send(edited_message=self._first | said | {"edit_date": at})


def picture(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}
