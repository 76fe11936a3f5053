"""What many updates cost when they are handled together, and that nobody comes in between."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiogram import Bot
from sqlalchemy import func, select, text

from bot.lanes.current import Current
from bot.lanes.dialog_states import DialogStates
from bot.lanes.handling import Handling
from bot.lanes.lanes import Lanes
from bot.lanes.windows import WindowsToOutbox
from bot.metrics.metrics import Metrics
from bot.watch import in_time
from bot.watch.apart import WatchApart
from dialogs.presses import WriteAgain
from domain.actors import Actor
from domain.distress import Assessment, Later, Own, Said, Watch
from domain.returnees.chats import chat_id_of, know_returnees
from domain.returnees.person import find_returnee
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues
from storage.inbox.arrivals import take_in
from storage.kinds import OutboxState, Role, Severity
from storage.outbox.traces import was_here
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.traces import Trace
from tests.bot.notebooks import drain, message, tried_out
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.statements import caught

CRY = "He locked me in and he will kill me"
WORDS = "Hello, I have a question about my papers and about school for my son"


@pytest.fixture
def handling() -> Handling:
    current, catalogues, watch = Current(), Catalogues.load(), Watch.load()
    dispatcher = create_dispatcher(
        DialogStates(current), WindowsToOutbox(current), catalogues, watch
    )
    return Handling(Bot("42:test"), dispatcher, watch, current)


async def test_words_to_a_caseworker_take_the_same_statements_for_many_as_for_two(
    centre: Centre, handling: Handling
) -> None:
    chats = [await _in_a_case(centre) for _ in range(10)]
    words = [message(number, chat, WORDS) for number, chat in enumerate(chats)]
    few = await _handled(centre, handling, *words[:2])
    many = await _handled(centre, handling, *words[2:])

    assert many == few
    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 10


class Elsewhere:
    """Reads as the watch does, and remembers what it could begin with."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def hear(
        self, text: str, recent: Sequence[str] = (), own: Own | None = None
    ) -> Assessment:
        raise AssertionError("asked for one by one")

    def begin(self, said: Sequence[Said]) -> Mapping[Said, Later]:
        self.begun += [each.text for each in said]
        return {each: partial(Watch.load().hear, *each) for each in said}


async def test_p1_whoever_reads_has_all_words_before_the_first_is_asked_about(
    centre: Centre, handling: Handling
) -> None:
    chats = [await _in_a_case(centre) for _ in range(3)]
    handling.ear = elsewhere = Elsewhere()
    await centre.colleague(Role.CASEWORKER, chat=7)
    hello = message(9, 7, "Hello")

    await _handled(
        centre,
        handling,
        hello,
        *(message(number, chat, WORDS) for number, chat in enumerate(chats)),
    )

    assert elsewhere.begun == [WORDS] * 3


async def test_what_was_found_in_is_not_read_once_more_when_it_is_handled(
    centre: Centre, handling: Handling
) -> None:
    handling.ear = elsewhere = Elsewhere()
    async with centre.database.begin(SERVICE) as session:
        await take_in(session, [message(1, 500, CRY)])
    lanes = Lanes(centre.database, handling, Metrics())
    while await lanes.handle_one():
        pass

    assert elsewhere.begun == [CRY]


async def test_p1_words_over_which_the_watch_hangs_are_put_before_a_human_and_hold_up_nobody(
    centre: Centre, handling: Handling, monkeypatch: pytest.MonkeyPatch
) -> None:
    assess = Watch.assess

    def lost(self: Watch, text: str, recent: Sequence[str] = (), *more: Any) -> Assessment:
        while WORDS in (text, *recent):
            pass
        return assess(self, text, recent, *more)

    monkeypatch.setattr(Watch, "assess", lost)
    monkeypatch.setattr(in_time, "_LONGEST", 0.05)
    handling.ear = WatchApart(Watch.load(), Metrics())
    lanes = Lanes(centre.database, handling, Metrics())
    chat, other = await _in_a_case(centre), await _in_a_case(centre)
    async with centre.database.begin(SERVICE) as session:
        await take_in(session, [message(1, chat, WORDS), message(2, other, CRY)])

    await drain(lanes)
    assert await _severities(centre) == {Severity.CONCERN: 1, Severity.EMERGENCY: 1}
    await tried_out(centre.database, lanes)
    assert await _severities(centre) == {Severity.URGENT: 1, Severity.EMERGENCY: 1}
    async with centre.database.begin(SERVICE) as session:
        await take_in(session, [message(3, chat, CRY)])
    await drain(lanes)
    assert await _severities(centre) == {Severity.EMERGENCY: 2}


async def _severities(centre: Centre) -> Counter[Severity]:
    async with centre.database.begin(SERVICE) as session:
        return Counter(await session.scalars(select(Case.severity)))


async def test_p12_a_window_that_has_not_left_gives_way_to_the_next_one(
    centre: Centre, handling: Handling
) -> None:
    for number in (1, 2):
        await _handled(centre, handling, message(number, 500, "/services"))
    await centre.all_arrives()
    await _handled(centre, handling, message(3, 500, "/services"))

    async with centre.database.begin(SERVICE) as session:
        states = await session.scalars(select(OutboxRow.state).order_by(OutboxRow.number))
        assert list(states) == [OutboxState.CANCELLED, OutboxState.SENT, OutboxState.WAITING]


async def test_p12_a_chat_that_floods_itself_with_presses_has_one_window_on_its_way(
    centre: Centre, handling: Handling
) -> None:
    """Buttons of the menu that stands there, made-up ones and those of a menu that is gone."""
    await _handled(centre, handling, message(1, 500, "/start"))
    [menu] = await _buttons_sent(centre)
    await centre.all_arrives()
    many = [*menu, "made up", "0000\x1dgone"] * 3
    for number, data in enumerate(many):
        await _handled(centre, handling, _press(number, 500, data))

    assert len(await _buttons_sent(centre)) == 1


@pytest.mark.parametrize("how", ["a button", "a command"])
async def test_p12_what_is_asked_for_again_and_again_is_said_once_while_it_waits(
    centre: Centre, handling: Handling, how: str
) -> None:
    chat = await _in_a_case(centre)
    await centre.all_arrives()
    for number in range(5):
        again = _press(number, chat, WriteAgain().pack())
        await _handled(centre, handling, again if how == "a button" else _stop(number, chat))

    async with centre.database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING
        assert await session.scalar(select(func.count(OutboxRow.id)).where(waiting)) == 1


def _stop(number: int, chat: int) -> dict[str, Any]:
    command = {"type": "bot_command", "offset": 0, "length": 5}
    update = message(number, chat, "/stop")
    update["message"]["entities"] = [command]
    return update


async def test_presses_take_the_same_statements_for_many_as_for_two(
    centre: Centre, handling: Handling
) -> None:
    chats = range(500, 510)
    for chat in chats:
        await _handled(centre, handling, message(chat, chat, "/start"))
    menus = await _buttons_sent(centre)
    await centre.all_arrives()
    presses = [_press(chat, chat, menu[0]) for chat, menu in zip(chats, menus, strict=True)]
    few = await _handled(centre, handling, *presses[:2])
    many = await _handled(centre, handling, *presses[2:])

    assert many == few


def _press(number: int, chat: int, data: str) -> dict[str, Any]:
    below = message(77, chat)["message"]
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    query = {"id": "1", "from": person, "message": below, "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": query}


async def _buttons_sent(centre: Centre) -> list[list[str]]:
    """Their data, of each window that waits."""
    async with centre.database.begin(SERVICE) as session:
        rows = select(OutboxRow).where(OutboxRow.state == OutboxState.WAITING)
        windows = [
            content_of(row, session.keys)["window"]
            for row in await session.scalars(rows.order_by(OutboxRow.number))
        ]
    return [
        [key["callback_data"] for line in window["markup"]["inline_keyboard"] for key in line]
        for window in windows
    ]


async def test_p12_words_that_come_again_are_kept_once_with_one_receipt(
    centre: Centre, handling: Handling
) -> None:
    chat = await _in_a_case(centre)
    for _ in range(2):
        await _handled(centre, handling, message(1, chat, WORDS))

    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 1
        receipts = select(func.count()).where(OutboxRow.returnee_id.is_not(None))
        assert await session.scalar(receipts.where(OutboxRow.case_id.is_not(None))) == 1


async def test_whoever_is_being_heard_is_changed_by_nobody_else_meanwhile(centre: Centre) -> None:
    person = await centre.person()
    vera = await centre.colleague()
    order = []

    async def change(actor: Actor) -> None:
        async with centre.database.begin(actor.organisation_id) as session:
            await find_returnee(session, actor, person.id)
            order.append("changed")

    blocked = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await know_returnees(session, [chat_id_of(session, person)], locked=True)
        changing = group.create_task(change(vera))
        async with centre.database.begin(SERVICE) as watching:
            while not await watching.scalar(blocked):
                assert not changing.done()
        order.append("heard")
    assert order == ["heard", "changed"]


async def _in_a_case(centre: Centre) -> int:
    """The chat of somebody whom a caseworker talks with."""
    person = await centre.person()
    await centre.signal(person, Severity.CONCERN)
    async with centre.database.begin(SERVICE) as session:
        return chat_id_of(session, person)


async def test_what_was_read_late_can_be_taken_away_until_two_days_after_it_was_written(
    centre: Centre, handling: Handling
) -> None:
    update = message(1, await _in_a_case(centre), WORDS)
    async with centre.database.begin(SERVICE) as session:
        session.info["asked_at"] = wrote_at = session.now - timedelta(hours=3)
        await handling.prepare(session, [update])
        await handling.handle(session, update, found=False)
        await handling.finish(session)
        traces = await session.execute(select(Trace.sent_at, Trace.theirs))

    assert traces.all() == [(wrote_at, True)]


@pytest.mark.parametrize(("edited_at", "known"), [(None, True), (1_800_000_000, False)])
async def test_p4_what_a_reaction_showed_first_is_known_at_the_next_one(
    centre: Centre, handling: Handling, edited_at: int | None, known: bool
) -> None:
    """Else each of them would be one more cry; what somebody changed leaves its first trace."""
    update = message(1, await _in_a_case(centre), WORDS)
    shown = update.pop("message")
    update["edited_message"] = shown if edited_at is None else {**shown, "edit_date": edited_at}
    async with centre.database.begin(SERVICE) as session:
        session.info["asked_at"] = session.now
        await handling.prepare(session, [update])
        await handling.handle(session, update, found=False)
        await handling.finish(session)
        assert await was_here(session, shown["chat"]["id"], shown["message_id"]) is known


@pytest.mark.parametrize("kind", ["business_message", "a_kind_yet_to_come"])
async def test_what_was_never_asked_for_leads_to_nothing(
    centre: Centre, handling: Handling, kind: str
) -> None:
    """aiogram would print what it does not know, words and all: warnings are errors in here."""
    update = message(1, 500, WORDS)
    update[kind] = update.pop("message")
    await _handled(centre, handling, update, {"update_id": 2, "message": None}, {"update_id": 3})

    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0


async def _handled(centre: Centre, handling: Handling, *updates: dict[str, Any]) -> list[str]:
    """Together, as the lanes do it. Returns the statements that it took."""
    async with centre.database.begin(SERVICE) as session:
        with caught(centre.database) as asked:
            await handling.prepare(session, updates)
            await handling.look_ahead(session, updates)
            for update in updates:
                assert not await handling.look(session, update)
                await handling.handle(session, update, found=False)
            await handling.finish(session)
    return [statement.sql for statement in asked]
