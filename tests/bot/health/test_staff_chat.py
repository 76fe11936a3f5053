"""What `wayhome doctor` says of a staff group, also by a Bot API server older than aiogram."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.health.check import Check
from bot.health.telegram_checks import _staff_chat
from bot.telegram.connection import connect

BOT = {"id": 1, "is_bot": True, "first_name": "Wayhome"}
# aiogram insists on how many reactions a group takes, and on each right of an administrator.
GROUP = {"id": -100, "type": "supergroup", "title": "Desk", "accent_color_id": 0}
SILENCED = {"status": "restricted", "user": BOT, "can_send_messages": False}
GONE = SILENCED | {"is_member": False, "can_send_messages": True}
MAKES_TOPICS = {"status": "administrator", "user": BOT, "can_manage_topics": True}
DELETES_TOO = MAKES_TOPICS | {"can_delete_messages": True}


async def checked(group: Any, member: Any) -> Check:
    async def answer(request: web.Request) -> web.Response:
        result = group if request.path.endswith("/getChat") else member
        return web.json_response({"ok": True, "result": result})

    app = web.Application()
    app.router.add_post("/{method:.*}", answer)
    async with TestServer(app) as server:
        bot = connect("1:token", str(server.make_url("")).rstrip("/"))
        check = await _staff_chat(bot, "Centre", -100)
        await bot.session.close()
    return check


@pytest.mark.parametrize(
    ("permissions", "member"),
    [
        ({"can_send_messages": True}, SILENCED),
        ({"can_send_messages": False}, {"status": "member", "user": BOT}),
        ({"can_send_messages": True}, {"status": "left", "user": BOT}),
        ({"can_send_messages": True}, GONE),
    ],
)
async def test_p2_a_staff_group_in_which_the_bot_may_not_write_is_no_good_one(
    permissions: Any, member: Any
) -> None:
    check = await checked(GROUP | {"permissions": permissions}, member)

    assert not check.ok
    assert "may not write there" in check.detail


async def test_an_administrator_writes_where_members_may_not() -> None:
    assert (await checked(GROUP | {"permissions": {"can_send_messages": False}}, MAKES_TOPICS)).ok


@pytest.mark.parametrize(
    ("group", "member", "told"),
    [
        (GROUP | {"is_forum": True}, DELETES_TOO, "has a topic for each case"),
        (GROUP | {"is_forum": True}, {"status": "member", "user": BOT}, "may not make topics"),
        (GROUP, MAKES_TOPICS, "has no topics"),
        (True, True, "has no topics"),
    ],
)
async def test_what_an_older_server_leaves_unsaid_of_a_staff_group_is_what_it_has_not(
    group: Any, member: Any, told: str
) -> None:
    check = await checked(group, member)

    assert check.ok
    assert told in check.detail


async def test_p6_a_staff_group_with_topics_that_the_bot_may_not_delete_is_no_good_one() -> None:
    check = await checked(GROUP | {"is_forum": True}, MAKES_TOPICS)

    assert not check.ok
    assert "can_delete_messages" in check.detail
