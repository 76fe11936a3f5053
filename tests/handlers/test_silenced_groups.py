"""A staff group that takes nothing from the bot any more, as Telegram tells of it."""

from typing import Any

import pytest

from dialogs.presses import ClaimCase
from domain.alerts.staff_group import name_staff_group
from domain.channels.telegram import reads_topics
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import Phone, Said
from tests.handlers.staff import (
    GROUP,
    SUPERGROUP,
    case_with_topic,
    claimed_with_topic,
    have_a_group,
    staff_phone,
)

_BOT = {"id": 99, "is_bot": True, "first_name": "Harbour"}


@pytest.fixture(autouse=True)
async def staff_group(database: Database, organisation: Organisation) -> None:
    await have_a_group(database, organisation)


async def becomes(phone: Phone, *, before: str = "member", **who: Any) -> list[Said]:
    change = {
        "chat": {"id": GROUP, "type": "supergroup", "title": "Team"},
        "from": phone.user,
        "date": 1,
        "old_chat_member": {"status": before, "user": _BOT},
        "new_chat_member": who | {"user": _BOT},
    }
    return await phone.send(my_chat_member=change)


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
    for _ in range(2):
        [told] = await becomes(phone, **out)
        assert (told.chat, told.notice) == (77, "staff-channel-fails")
        assert await becomes(phone, **out) == []
        async with database.begin(SERVICE) as session:
            known = await session.get_one(Organisation, organisation.id)
            assert known.staff_chat_fails_since is not None
        assert await becomes(phone, status="administrator") == []


@pytest.mark.parametrize("before", ["administrator", "kicked", "left", "restricted"])
async def test_p11_a_group_is_told_once_the_bot_no_longer_reads_what_is_written_in_its_topics(
    new_phone: NewPhone,
    phone: Phone,
    database: Database,
    organisation: Organisation,
    before: str,
) -> None:
    """Telegram hands a mere member next to nothing, and nobody would answer the words. It may have
    become one by being thrown out, or silenced, in between.
    """
    worker = await staff_phone(new_phone, database, organisation)
    assert await becomes(phone, before=before, status="member") == []
    await claimed_with_topic(worker, phone)

    [told] = await becomes(phone, before=before, status="member")
    assert told.chat == GROUP
    assert "Write in the console until" in told.text
    may_write = {"status": "restricted", "is_member": True, "can_send_messages": True}
    assert await becomes(phone, before="member", **may_write) == []
    assert await becomes(phone, before="member", status="administrator") == []


@pytest.mark.parametrize(("status", "told"), [("member", False), ("administrator", True)])
async def test_p11_a_topic_is_named_as_a_way_to_answer_only_while_the_bot_reads_there(
    new_phone: NewPhone,
    phone: Phone,
    database: Database,
    organisation: Organisation,
    status: str,
    told: bool,
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    case = await case_with_topic(phone, database)
    await becomes(phone, before="administrator", status="member")
    await becomes(phone, before="administrator", status=status)
    [claimed] = await worker.press_data(ClaimCase(code=case.code).pack())
    [hint] = await worker.write("She says that he will kill her")

    assert ("in the case's topic" in claimed.text) is told
    assert ("through the case's topic" in hint.text) is told


async def test_another_group_is_taken_for_one_in_which_the_bot_reads(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await becomes(phone, before="administrator", status="member")
    async with database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, organisation.id)
        assert not reads_topics(ours)
        await name_staff_group(session, ours, SUPERGROUP)

    async with database.begin(SERVICE) as session:
        assert reads_topics(await session.get_one(Organisation, organisation.id))
