"""The phones over HTTP: what the page and other people's tests lean on."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiogram import Bot

from simulator.memory.users import User
from tests.simulator_server import RunningSimulator, running_simulator


@pytest.fixture
async def phone(telegram: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{telegram.url}/phone") as client:
        yield client


async def test_a_person_writes_edits_presses_and_deletes(
    telegram: RunningSimulator, phone: httpx.AsyncClient, bot: Bot
) -> None:
    person = {"first_name": "Arta", "last_name": "K", "username": "arta", "language_code": "sq"}
    user = (await phone.post("/users", json=person)).json()
    assert user.items() >= person.items()
    me = {"user_id": user["id"]}
    started = (await phone.post("/start", json={**me, "payload": "code-1"})).json()
    assert started["text"] == "/start code-1"
    sent = (
        await phone.post("/send", json={**me, "text": "Helo", "reply_to": started["id"]})
    ).json()
    message = {**me, "message_id": sent["id"]}
    edited = (await phone.post("/edit", json={**message, "text": "Hello"})).json()
    assert (edited["text"], edited["reply_to"]) == ("Hello", started["id"])
    pressed = (await phone.post("/press", json={**message, "data": "forged"})).json()
    assert pressed["callback_query_id"]
    await phone.post("/delete", json=message)
    state = (await phone.get("/state")).json()
    [chat] = state["chats"]
    assert [message["id"] for message in chat["messages"]] == [started["id"]]
    assert [update.event_type for update in await bot.get_updates()] == [
        "message",
        "message",
        "edited_message",
        "callback_query",
    ]


async def test_the_state_shows_what_a_page_draws(
    telegram: RunningSimulator, phone: httpx.AsyncClient, bot: Bot, amal: User
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    call = {"chat_id": amal.id, "text": "<b>Safe?</b>", "parse_mode": "HTML"}
    async with httpx.AsyncClient() as client:
        await client.post(
            f"{telegram.api_url}/sendMessage", json={**call, "reply_markup": keyboard}
        )
    state = (await phone.get("/state")).json()
    assert state["bot"]["username"] == "wayhome_bot"
    assert state["users"][0]["blocked"] is False
    assert state["chats"][0]["messages"][-1] == {
        "id": 2,
        "from": state["bot"]["id"],
        "date": telegram.from_bot(amal)[0].date,
        "text": "Safe?",
        "entities": [{"type": "bold", "offset": 0, "length": 5}],
        "inline_keyboard": keyboard["inline_keyboard"],
        "protect_content": False,
        "silent": False,
        "deleted": False,
    }


async def test_a_group_can_be_made_and_migrated(
    phone: httpx.AsyncClient, bot: Bot, amal: User
) -> None:
    made = {"title": "Family", "members": [amal.id], "bot_is_admin": False}
    group = (await phone.post("/groups", json=made)).json()
    assert (group["type"], group["title"]) == ("group", "Family")
    moved = (await phone.post("/migrate", json={"chat_id": group["id"]})).json()
    assert moved["type"] == "supergroup"
    forum = {"title": "Staff", "members": [amal.id], "is_forum": True}
    chat_id = (await phone.post("/groups", json=forum)).json()["id"]
    topic = await bot.create_forum_topic(chat_id, "Case")
    [shown] = (await phone.get("/state")).json()["chats"][-1]["topics"]
    assert shown == {"id": topic.message_thread_id, "name": "Case", "closed": False}


async def test_the_clock_only_moves_ahead(
    telegram: RunningSimulator, phone: httpx.AsyncClient, amal: User
) -> None:
    before = datetime.fromisoformat((await phone.get("/clock")).json()["now"])
    after = (await phone.post("/clock", json={"seconds": 3600})).json()["now"]
    assert datetime.fromisoformat(after) - before >= timedelta(hours=1)
    assert telegram.send_text(amal, "Later").date >= int(before.timestamp()) + 3600
    assert (await phone.post("/clock", json={"seconds": -1})).status_code == 400


async def test_a_clock_that_others_keep_is_moved_by_them() -> None:
    time = datetime(2026, 1, 1, tzinfo=UTC)

    async def advance(by: timedelta) -> None:
        nonlocal time
        time += by

    async with (
        running_simulator(clock=lambda: time, advance=advance) as telegram,
        httpx.AsyncClient(base_url=telegram.url) as client,
    ):
        answer = await client.post("/phone/clock", json={"seconds": 86400})
    assert answer.json() == {"now": "2026-01-02T00:00:00+00:00"}


async def test_changes_and_answers_are_streamed(
    telegram: RunningSimulator, phone: httpx.AsyncClient, bot: Bot, amal: User
) -> None:
    query_id = telegram.press(amal, telegram.messages(amal)[0], "data")
    async with phone.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        event, data = await next_event(lines)
        assert (event, data) == ("change", {"version": telegram.simulator.changes.version})
        await bot.answer_callback_query(query_id, "Thank you")
        event, data = await next_event(lines)
        assert event == "answer"
        assert data == {
            "user_id": amal.id,
            "callback_query_id": query_id,
            "text": "Thank you",
            "show_alert": False,
            "url": "",
        }
        assert (await next_event(lines))[0] == "change"


async def test_failures_and_limits_are_set_and_shown(phone: httpx.AsyncClient) -> None:
    rule = {"mode": "429", "methods": ["sendMessage"], "count": 2, "retry_after": 5}
    assert (await phone.post("/failures", json=rule)).json().items() >= rule.items()
    assert (await phone.get("/failures")).json().items() >= rule.items()
    await phone.post("/limits", json={"per_chat": 1, "overall": 30})
    state = (await phone.get("/state")).json()
    assert state["limits"] == {"per_chat": 1.0, "overall": 30.0}
    assert (await phone.post("/failures", json={"mode": "fire"})).status_code == 400


async def test_raw_updates_reach_the_bot_as_they_are(phone: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=str(phone.base_url).replace("/phone", "")) as client:
        half = {"update_id": 7, "nonsense": ["\ud800"]}
        for _ in range(2):
            # No Unicode, but JSON: it travels escaped.
            raw = json.dumps({"update": half})
            await phone.post("/raw", content=raw, headers={"content-type": "application/json"})
        token = "4242424242:AAF-simulated-token-of-thirty-five-x"
        updates = (await client.get(f"/bot{token}/getUpdates")).json()["result"]
    assert updates == [half] * 2


async def test_calls_are_noted_without_the_token_or_the_secret(
    telegram: RunningSimulator, phone: httpx.AsyncClient, bot: Bot, amal: User
) -> None:
    await bot.set_webhook("https://example.org/hook", secret_token="between-us")
    await bot.send_message(amal.id, "Hello")
    answer = await phone.get("/calls", params={"since": 1})
    [call] = answer.json()
    assert call["n"] == 2
    assert (call["method"], call["ok"], call["params"]["text"]) == ("sendMessage", True, "Hello")
    everything = (await phone.get("/calls")).text
    assert telegram.token not in everything
    assert "between-us" not in everything


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/send", {"user_id": 1, "text": "Hello"}),
        ("/send", {"text": "  "}),
        ("/send", {}),
        ("/send", {"voice": "not base64"}),
        ("/send", {"photo": "bm90IGEgcGljdHVyZQ=="}),
        ("/send", {"text": "Hello", "thread_id": 9}),
        ("/start", {"payload": "x" * 65}),
        ("/start", {"payload": "with spaces"}),
        ("/edit", {"message_id": 9, "text": "Hello"}),
        ("/delete", {"message_id": 9}),
        ("/groups", {"title": "Nobody", "members": []}),
        ("/raw", {}),
        ("/migrate", {}),
        ("/deactivate", {"user_id": 1}),
        ("/kick", {"user_id": 1}),
    ],
)
async def test_what_no_phone_can_do_is_refused(
    phone: httpx.AsyncClient, amal: User, path: str, body: dict[str, object]
) -> None:
    answer = await phone.post(path, json={"user_id": amal.id, "chat_id": amal.id, **body})
    assert answer.status_code == 400
    assert answer.json()["description"].startswith("Bad Request: ")


async def test_whoever_blocked_the_bot_must_unblock_it_to_write(
    phone: httpx.AsyncClient, amal: User
) -> None:
    me = {"user_id": amal.id}
    await phone.post("/block", json=me)
    assert (await phone.post("/send", json={**me, "text": "Hello"})).status_code == 403
    await phone.post("/unblock", json=me)
    assert (await phone.post("/send", json={**me, "text": "Hello"})).status_code == 200


async def test_only_the_people_of_a_chat_write_there(
    telegram: RunningSimulator, phone: httpx.AsyncClient, amal: User
) -> None:
    other = telegram.add_user("Besa")
    group = telegram.add_group("Family", amal)
    for chat_id in (group.id, amal.id):
        call = {"user_id": other.id, "chat_id": chat_id, "text": "Hello"}
        assert (await phone.post("/send", json=call)).status_code in (400, 403)


async def next_event(lines: AsyncIterator[str]) -> tuple[str, dict[str, object]]:
    event = (await anext(lines)).removeprefix("event: ")
    data = json.loads((await anext(lines)).removeprefix("data: "))
    await anext(lines)
    return event, data
