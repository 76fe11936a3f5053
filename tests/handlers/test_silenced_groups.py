"""A staff group that takes nothing from the bot any more, as Telegram tells of it."""

from typing import Any

import pytest

from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import Phone, Said
from tests.handlers.staff import GROUP, have_a_group, staff_phone


@pytest.fixture(autouse=True)
async def staff_group(database: Database, organisation: Organisation) -> None:
    await have_a_group(database, organisation)


@pytest.mark.parametrize(
    "out",
    [
        {"status": "kicked"},
        {"status": "restricted", "is_member": True, "can_send_messages": False},
        {"status": "restricted", "is_member": False, "can_send_messages": True},
    ],
)
async def test_p2_that_the_bot_was_thrown_out_or_silenced_is_told_to_supervisors_until_it_is_back(
    new_phone: NewPhone,
    phone: Phone,
    database: Database,
    organisation: Organisation,
    out: dict[str, Any],
) -> None:
    await staff_phone(new_phone, database, organisation, Role.SUPERVISOR)
    bot = {"id": 99, "is_bot": True, "first_name": "Harbour"}

    async def becomes(**who: Any) -> list[Said]:
        change = {
            "chat": {"id": GROUP, "type": "supergroup", "title": "Team"},
            "from": phone.user,
            "date": 1,
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": who | {"user": bot},
        }
        return await phone.send(my_chat_member=change)

    for _ in range(2):
        [told] = await becomes(**out)
        assert (told.chat, told.notice) == (77, "staff-channel-fails")
        assert await becomes(**out) == []
        async with database.begin(SERVICE) as session:
            known = await session.get_one(Organisation, organisation.id)
            assert known.staff_chat_fails_since is not None
        assert await becomes(status="administrator") == []
