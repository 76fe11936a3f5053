"""Nothing is acknowledged before it is stored, by polling or by webhook (P1)."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiogram.methods import SetWebhook
from sqlalchemy import update
from starlette.applications import Starlette

from bot.intake import polling as polling_module
from bot.intake.polling import poll
from bot.intake.webhook import webhook_address, webhook_routes
from bot.replica.replica import Replica
from bot.stopping import Stopping
from bot.telegram.connection import connect
from simulator.bot_api.failures import Mode
from simulator.methods.table import METHODS
from storage.inbox.arrivals import take_in
from storage.sessions import SERVICE, Database, Session
from storage.tables.service import Fact
from tests.bot.intake.polls import kept, kept_at_least, polling
from tests.postgres import DatabaseUrls
from tests.simulator_server import running_simulator

SECRET = "a-secret-of-the-webhook"
OURS = "https://example.org/home/bot"


async def test_p1_what_people_wrote_while_nobody_asked_is_kept_in_order(
    database: Database, urls: DatabaseUrls
) -> None:
    async with running_simulator() as telegram:
        person = telegram.add_user()
        for word in ("one", "two", "three"):
            telegram.send_text(person, word)
        async with polling(telegram, database, urls):
            found = await kept_at_least(database, 3)

    assert [update["message"]["text"] for update in found] == ["one", "two", "three"]


async def test_p1_a_server_that_knows_no_webhooks_is_asked_all_the_same(
    database: Database, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(METHODS, "deletewebhook")
    monkeypatch.setattr(polling_module, "_PAUSE", 0.01)
    async with running_simulator() as telegram:
        telegram.send_text(telegram.add_user(), "Help me")
        async with polling(telegram, database, urls):
            await kept_at_least(database, 1)


async def test_only_one_replica_asks_and_the_other_takes_over(
    database: Database, urls: DatabaseUrls
) -> None:
    async with running_simulator() as telegram:
        person = telegram.add_user()
        async with polling(telegram, database, urls) as second:
            async with polling(telegram, database, urls) as first:
                telegram.send_text(person, "one")
                await kept_at_least(database, 1)
                assert first.leads != second.leads
            telegram.send_text(person, "two")
            found = await kept_at_least(database, 2)

    assert [update["message"]["text"] for update in found] == ["one", "two"]


@pytest.mark.parametrize("mode", ["bad_json", "502", "429", "no_reason", "latin1"])
async def test_p1_an_answer_that_makes_no_sense_costs_no_update(
    database: Database, urls: DatabaseUrls, mode: Mode
) -> None:
    async with running_simulator() as telegram:
        person = telegram.add_user()
        telegram.fail(mode, "getUpdates", count=1)
        telegram.send_text(person, "one")
        async with polling(telegram, database, urls):
            found = await kept_at_least(database, 1)

    assert [update["message"]["text"] for update in found] == ["one"]


async def test_p4_what_waits_while_nothing_can_be_kept_never_passes_for_new(
    database: Database, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is fetched again and again, and has waited all the same."""
    monkeypatch.setattr(polling_module, "_PAUSE", 0.0)
    passed_for_new: list[bool] = []
    is_known: list[bool] = []

    async def takes_in(
        session: Session, updates: Any, *, is_fresh: bool, waited: timedelta | None
    ) -> None:
        passed_for_new.append(is_fresh)
        is_known.append(waited is not None)
        if len(passed_for_new) < 3:
            raise ConnectionError
        await take_in(session, updates, is_fresh=is_fresh, waited=waited)

    monkeypatch.setattr(polling_module, "take_in", takes_in)
    async with running_simulator() as telegram:
        person = telegram.add_user()
        telegram.send_text(person, "one")
        async with polling(telegram, database, urls):
            await kept_at_least(database, 1)
            telegram.send_text(person, "two")
            await kept_at_least(database, 2)

    assert passed_for_new == [False, False, False, True]
    # Since when Telegram had nothing left.
    assert is_known == [False, False, False, True]


async def test_p4_whoever_starts_while_the_way_to_telegram_is_cut_knows_how_long_it_was(
    database: Database, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where somebody starts us anew, since nothing comes: no tick finds that we were away."""
    waits: list[timedelta | None] = []

    async def takes_in(session: Session, updates: Any, **how: Any) -> None:
        waits.append(how["waited"])
        await take_in(session, updates, **how)

    monkeypatch.setattr(polling_module, "take_in", takes_in)
    night = timedelta(hours=7)
    async with running_simulator() as telegram:
        person = telegram.add_user()
        for number, word in enumerate(("one", "two"), 1):
            telegram.send_text(person, word)
            async with polling(telegram, database, urls):
                await kept_at_least(database, number)
            async with database.begin(SERVICE) as session:
                await session.execute(update(Fact).values(changed_at=Fact.changed_at - night))

    first, second = waits
    assert first is None
    assert second is not None
    assert abs(second - night) < timedelta(minutes=1)


async def test_p1_who_polls_goes_on_though_another_program_has_updates_brought_elsewhere(
    database: Database, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling_module, "_CONFLICT_PAUSE", 0.05)
    async with running_simulator() as telegram, polling(telegram, database, urls):
        person = telegram.add_user()
        telegram.send_text(person, "one")
        await kept_at_least(database, 1)
        async with connect(telegram.token, telegram.url) as other:
            await other(SetWebhook(url="http://127.0.0.1:9/elsewhere"))
        telegram.send_text(person, "two")
        found = await kept_at_least(database, 2)

    assert [update["message"]["text"] for update in found] == ["one", "two"]


async def test_a_replica_that_no_longer_leads_waits_until_that_changes(database: Database) -> None:
    stopping, replica = (
        Stopping(),
        Replica("postgresql://nowhere", database.wakes, database.keychain),
    )
    replica.changed.set()
    bot = connect("1:token", "http://127.0.0.1:1")
    async with asyncio.TaskGroup() as group:
        group.create_task(poll(bot, database, replica, stopping))
        await asyncio.sleep(0)
        stopping.set()
    await bot.session.close()

    assert not replica.changed.is_set()


@pytest.fixture
async def webhook(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=webhook_routes(database, SECRET, OURS))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def secret() -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": SECRET}


async def test_p1_a_webhook_update_is_stored_before_it_is_acknowledged(
    webhook: httpx.AsyncClient, database: Database
) -> None:
    answer = await webhook.post("/telegram", json={"update_id": 5}, headers=secret())

    assert answer.status_code == 200
    assert await kept(database) == [{"update_id": 5}]


@pytest.mark.parametrize("at", ["/telegram", "/home/bot/telegram", "/home/bot"])
async def test_p1_updates_come_in_at_our_address_and_whether_or_not_a_proxy_takes_its_folders_away(
    webhook: httpx.AsyncClient, database: Database, at: str
) -> None:
    assert (await webhook.post(at, json={"update_id": 5}, headers=secret())).status_code == 200
    assert await kept(database) == [{"update_id": 5}]


def test_the_console_keeps_its_first_page_where_our_address_has_no_path(
    database: Database,
) -> None:
    routes = webhook_routes(database, SECRET, "https://example.org")

    assert [route.path for route in routes] == ["/telegram"]


def test_an_address_may_name_the_whole_of_it() -> None:
    assert webhook_address(OURS) == webhook_address(f"{OURS}/telegram") == f"{OURS}/telegram"


@pytest.mark.parametrize("given", ["", "a-secret", SECRET[:-1], SECRET + "x", "ä"])
async def test_a_webhook_call_without_the_secret_stores_nothing(
    webhook: httpx.AsyncClient, database: Database, given: str
) -> None:
    headers = {b"X-Telegram-Bot-Api-Secret-Token": given.encode()} if given else {}
    answer = await webhook.post("/telegram", json={"update_id": 5}, headers=headers)

    assert answer.status_code == 401
    assert await kept(database) == []


async def test_what_decides_about_the_secret_takes_as_long_however_much_of_it_is_right(
    webhook: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hmac, "compare_digest", lambda *_: False)
    answer = await webhook.post("/telegram", json={"update_id": 5}, headers=secret())

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"[]", b"{}", b'{"update_id": "5"}', b'{"update_id": true}', b"[" * 100_000],
)
async def test_a_body_that_is_no_update_is_refused(
    webhook: httpx.AsyncClient, database: Database, body: bytes
) -> None:
    answer = await webhook.post("/telegram", content=body, headers=secret())

    assert answer.status_code == 400
    assert await kept(database) == []


async def test_p1_a_table_with_one_letter_in_each_cell_is_stored(
    webhook: httpx.AsyncClient, database: Database
) -> None:
    """As many letters as Telegram takes, each bold and italic, in answer to another such table."""
    letter = {"type": "bold", "text": {"type": "italic", "text": "a"}}
    cell = {"text": letter, "align": "center", "valign": "middle", "is_header": True}
    table = {"rich_message": {"blocks": [{"type": "table", "cells": [[cell] * 2**15]}]}}
    message = table | {"reply_to_message": table}
    answer = await webhook.post(
        "/telegram", json={"update_id": 5, "message": message}, headers=secret()
    )

    assert answer.status_code == 200
    assert len(await kept(database)) == 1


async def test_a_body_of_twenty_megabytes_is_refused_and_not_read_beyond_sixteen(
    webhook: httpx.AsyncClient,
) -> None:
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(20_000):
            read += 1000
            yield b"x" * 1000

    answer = await webhook.post("/telegram", content=pieces(), headers=secret())

    assert (answer.status_code, read) == (413, 16_001_000)


@pytest.mark.parametrize(("too_many", "status"), [(0, 200), (1, 413)])
async def test_p1_an_update_of_sixteen_megabytes_is_stored_and_one_of_more_is_refused(
    webhook: httpx.AsyncClient, database: Database, too_many: int, status: int
) -> None:
    update = b'{"update_id": 5, "message": {"text": "%s"}}'
    body = update % (b"x" * (16_000_000 - len(update) + len(b"%s") + too_many))
    answer = await webhook.post("/telegram", content=body, headers=secret())

    assert answer.status_code == status
    assert len(await kept(database)) == (status == 200)


async def test_p1_the_webhook_never_says_200_to_what_it_could_not_store(
    database: Database,
) -> None:
    broken = Database(
        database.engine.url.set(database="gone").render_as_string(hide_password=False),
        database.keys,
        database.clock,
        database.wakes,
    )
    transport = httpx.ASGITransport(Starlette(routes=webhook_routes(broken, SECRET, OURS)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post("/telegram", json={"update_id": 5}, headers=secret())
    await broken.close()

    assert answer.status_code == 503
