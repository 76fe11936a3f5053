"""Every way in which a client may put a call, and what is no call at all."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.bot_api.parameters import Parameters
from simulator.errors import ApiError
from simulator.memory.users import User
from simulator.methods.table import METHODS
from simulator.simulator import Simulator
from tests.simulator_server import TOKEN, RunningSimulator

FORM = {"content-type": "application/x-www-form-urlencoded"}
KEYBOARD = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


@pytest.fixture
async def client(telegram: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=telegram.api_url) as client:
        yield client


async def test_a_call_may_be_a_get_with_a_query(client: httpx.AsyncClient, amal: User) -> None:
    answer = await client.get("/sendMessage", params={"chat_id": amal.id, "text": "Hello"})
    assert answer.json()["result"]["text"] == "Hello"


async def test_a_call_may_be_a_post_of_json(client: httpx.AsyncClient, amal: User) -> None:
    call = {"chat_id": amal.id, "text": "Hello", "reply_markup": KEYBOARD}
    answer = await client.post("/sendMessage", json=call)
    assert answer.json()["result"]["reply_markup"] == KEYBOARD


async def test_a_call_may_be_a_form_with_json_inside(client: httpx.AsyncClient, amal: User) -> None:
    call = {"chat_id": amal.id, "text": "Hello", "reply_markup": json.dumps(KEYBOARD)}
    answer = await client.post("/sendMessage", data=call)
    assert answer.json()["result"]["reply_markup"] == KEYBOARD


async def test_a_call_may_be_in_parts_with_an_attached_file(
    client: httpx.AsyncClient, amal: User
) -> None:
    answer = await client.post(
        "/sendDocument",
        data={"chat_id": amal.id, "document": "attach://it"},
        files={"it": ("a.txt", b"words", "text/plain")},
    )
    assert answer.json()["result"]["document"]["file_name"] == "a.txt"


async def test_a_call_may_be_a_post_of_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/getMe")
    assert answer.json()["result"]["is_bot"] is True


async def test_a_method_is_known_by_its_name_in_any_case(client: httpx.AsyncClient) -> None:
    assert (await client.get("/GETME")).status_code == 200


async def test_an_unknown_method_is_a_loud_404(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sendPoll")
    assert answer.status_code == 404
    assert answer.json() == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }


@pytest.mark.parametrize(
    ("token", "description"),
    [
        ("nonsense", "Unauthorized: invalid token specified"),
        ("4242424242:another", "Unauthorized"),
    ],
)
async def test_another_token_is_unauthorized(
    telegram: RunningSimulator, token: str, description: str
) -> None:
    async with httpx.AsyncClient(base_url=telegram.url) as client:
        for path in (f"/bot{token}/getMe", f"/file/bot{token}/voice/a.oga"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert answer.json()["description"] == description


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "application/json"}, b"{"),
        ({"content-type": "application/json"}, b"[]"),
        ({"content-type": "multipart/form-data"}, b"x"),
        ({"content-type": "multipart/form-data; boundary=y"}, b"x"),
        (FORM, b"chat_id=abc&text=Hello"),
        (FORM, b"text=Hello"),
        (FORM, b"chat_id=@nobody&text=Hello"),
    ],
)
async def test_a_broken_body_is_a_bad_request(
    client: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    answer = await client.post("/sendMessage", headers=headers, content=body)
    assert answer.status_code == 400
    assert answer.json()["description"].startswith("Bad Request: ")


NAMES = [
    *("allowed_updates", "callback_query_id", "caption", "caption_entities", "commands", "contact"),
    *(
        "document",
        "duration",
        "entities",
        "from_chat_id",
        "icon_color",
        "language_code",
        "latitude",
    ),
    *("link_preview_options", "longitude", "media", "menu_button", "message_ids", "name", "photo"),
    *("message_thread_id", "parse_mode", "reaction", "reply_markup", "reply_parameters", "scope"),
    *("text", "url", "user_id", "voice"),
]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "keyboard", "inline_keyboard", "text", "url", "callback_data"])
            | st.sampled_from(["offset", "length", "message_id", "emoji", "command", "chat_id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(sorted(METHODS.keys() - {"getupdates"})),
    st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5),
)
def test_whatever_is_asked_is_done_or_refused_in_telegrams_way(
    name: str, values: dict[str, object]
) -> None:
    simulator = Simulator(TOKEN)
    user = simulator.phones.add_user("Amal")
    sent = simulator.phones.start(user.id)
    message_id = sent.id
    if name.startswith("edit"):
        message_id = simulator.world.add_message(
            simulator.chat(user.id), simulator.world.bot.id, sent.date, {"text": "Hello"}
        ).id
    call = {"chat_id": user.id, "message_id": message_id, "from_chat_id": user.id, **values}
    try:
        METHODS[name](simulator, Parameters(call))
    except ApiError as refusal:
        assert refusal.code in (400, 403)  # noqa: PT017 # being refused is not what is tested
