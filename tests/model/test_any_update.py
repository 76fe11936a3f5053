"""Whatever JSON comes as an update: no exception leaves the lanes, and no chat is held up."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.intake.webhook import PATH, webhook_routes
from bot.lanes.lanes import Lanes
from storage.inbox.arrivals import take_in
from storage.sessions import SERVICE
from storage.tables.inbox import InboxRow
from tests.model.conftest import Bench
from tests.model.house import House
from tests.model.judge import heard_of
from tests.model.updates import real_updates

_EXAMPLES = 400
_SECRET = "a-secret-of-the-webhook"
_TRIES = 4
# The engine waits at most ten seconds between two tries.
_NEXT_TRY = timedelta(seconds=15)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from((2**31, 2**63, -(2**63) - 1, 10**400, 0, -1))
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(categories=None), max_size=20)
    | st.sampled_from(("\ud800", "\x00", "\u202e", "private", "a" * 5000))
)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(("id", "chat", "text")), inner)
    ),
    max_leaves=8,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every field and item in it, as its holder and its key."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A real update with up to three fields gone or turned into anything; or anything at all."""
    if draw(st.integers(0, 9)) == 0:
        anything: dict[str, Any] = draw(st.dictionaries(st.text(max_size=12), junk, max_size=3))
        return anything
    update: dict[str, Any] = copy.deepcopy(
        draw(st.sampled_from(real_updates(draw(st.integers(1, 10**9)))))
    )
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(places(update)) or [(update, "message")]))
        if draw(st.booleans()):
            holder[key] = draw(junk)
        elif isinstance(holder, dict):
            holder.pop(key, None)
    return update


async def handle_what_may_be_handled_now(lanes: Lanes) -> None:
    while await lanes.handle_one():
        pass


async def take_all(bench: Bench, updates: list[dict[str, Any]]) -> None:
    house = await House.open(bench.machinery)
    lanes, time = house.replicas[0].lanes, bench.machinery.time
    healthy = [house.phone() for _ in range(2)]
    numbered = [update | {"update_id": number} for number, update in enumerate(updates, 1)]
    async with bench.machinery.database.begin(SERVICE) as session:
        await take_in(session, numbered)
    for person in healthy:
        house.simulator.phones.send_text(person.id, "He locked me in and he will kill me")
    await house.hand_over(house.waiting())
    await handle_what_may_be_handled_now(lanes)
    for person in healthy:
        assert await heard_of(house, person.id), "a cry waits behind what is no update"
    # What belongs to no chat that can be read waits in one lane.
    for _ in range(_TRIES * len(updates)):
        await time.pass_by(_NEXT_TRY)
        await handle_what_may_be_handled_now(lanes)

    async with bench.machinery.database.begin(SERVICE) as session:
        waiting = InboxRow.handled_at.is_(None) & InboxRow.set_aside_at.is_(None)
        assert await session.scalar(select(func.count()).where(waiting)) == 0
        set_aside = await session.scalar(select(func.count(InboxRow.set_aside_at)))
    counted = lanes.metrics.registry.get_sample_value(
        "wayhome_updates_total", {"outcome": "set-aside"}
    )
    assert set_aside == (counted or 0)


@pytest.mark.timeout(3600)
# aiogram warns of an update of a kind that it does not know, and goes on.
@pytest.mark.filterwarnings("ignore:Detected unknown update type:RuntimeWarning")
def test_p1_any_update_is_handled_or_set_aside_and_counted_and_holds_up_nobody(
    bench: Bench, share: float
) -> None:
    @settings(max_examples=max(5, int(_EXAMPLES * share)), suppress_health_check=list(HealthCheck))
    @given(st.lists(damaged(), min_size=1, max_size=12))
    def holds(updates: list[dict[str, Any]]) -> None:
        bench.do(take_all(bench, updates))

    holds()


async def _post(bench: Bench, bodies: list[tuple[dict[str, str], bytes]]) -> list[int]:
    transport = httpx.ASGITransport(
        Starlette(routes=webhook_routes(bench.machinery.database, _SECRET))
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [await client.post(PATH, content=body, headers=how) for how, body in bodies]
    return [answer.status_code for answer in answers]


async def _stored(bench: Bench) -> int:
    async with bench.machinery.database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(InboxRow)) or 0


secrets = (
    st.text(st.characters(codec="ascii", min_codepoint=32), max_size=40)
    | st.integers(0, len(_SECRET) - 1).map(lambda length: _SECRET[:length])
    | st.integers(1, 9).map(lambda more: _SECRET + "x" * more)
).map(str.strip)


@pytest.mark.timeout(3600)
def test_a_webhook_call_with_any_other_secret_is_refused_and_leaves_no_trace(
    bench: Bench, share: float
) -> None:
    """Ten thousand of them at full share."""
    header, body = "X-Telegram-Bot-Api-Secret-Token", json.dumps({"update_id": 5}).encode()

    @settings(max_examples=max(5, int(400 * share)), suppress_health_check=list(HealthCheck))
    @given(st.lists(st.none() | secrets, min_size=25, max_size=25))
    def holds(given_: list[str | None]) -> None:
        calls = [({} if secret is None else {header: secret}, body) for secret in given_]
        calls = [call for call in calls if call[0].get(header) != _SECRET]
        assert set(bench.do(_post(bench, calls))) <= {401}

    bench.do(House.open(bench.machinery))
    holds()
    assert bench.do(_stored(bench)) == 0


@pytest.mark.parametrize("depth", [100, 900, 990, 1000, 10_000, 300_000])
def test_p1_an_update_of_any_depth_is_stored_or_refused_and_nothing_breaks(
    bench: Bench, depth: int
) -> None:
    bench.do(House.open(bench.machinery))
    deep = b'{"update_id": 5, "message": ' + b"[" * depth + b"]" * depth + b"}"
    how = {"X-Telegram-Bot-Api-Secret-Token": _SECRET}
    [answer] = bench.do(_post(bench, [(how, deep)]))

    stored = 200, 1
    refused = 400, 0
    outcome = answer, bench.do(_stored(bench))
    # Nothing of Telegram's own is a tenth as deep as the least of these.
    assert outcome == stored if depth == 100 else outcome in {stored, refused}
