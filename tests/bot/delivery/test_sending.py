"""What the calls to Telegram lead to, and what is known of them afterwards."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import CreateForumTopic, Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import ForumTopic
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select, text, update

from bot.delivery.claiming import claim
from bot.delivery.courier import Courier
from bot.delivery.sending import Failed, Sent, send
from bot.delivery.wording import Wire
from bot.telegram.connection import Trouble, connect
from domain.cases.topics import (
    NUMBER_UNKNOWN,
    case_of_topic,
    set_topic,
    take_topic,
    topic_of,
)
from domain.errors import Refused
from domain.notices import Notice, tell_chat
from domain.organisations import set_staff_chat
from domain.replies.unsent import take_words_back
from domain.returnees.enrolments import add_returnee
from storage.kinds import Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Safety
from tests.bot.delivering import deliver, user
from tests.bot.outgoing import HURRIED, REPLY, say
from tests.documents import content_of, put
from tests.domain.centre import Centre
from tests.simulator_server import RunningSimulator

TAKEN_BACK = "Your words are taken back: they never left."


async def tell_in_topic(database: Database, chat_id: int, case: Case) -> None:
    taken_back = Notice.STAFF_TAKEN_BACK
    async with database.begin(SERVICE) as session:
        await tell_chat(session, chat_id, taken_back, case_id=case.id, in_topic=True)


async def name_group(centre: Centre, chat_id: int) -> None:
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, chat_id)


async def test_p2_a_topic_is_made_once_though_its_first_message_fails(
    database: Database, clock: Clock, courier: Courier, telegram: RunningSimulator
) -> None:
    """What staff write in one that no case knows would go nowhere."""
    centre = await Centre.open(database, clock)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    group = telegram.add_group("Staff", user(telegram), is_forum=True)
    await name_group(centre, group.id)
    await tell_in_topic(database, group.id, case)
    telegram.fail("500", "sendMessage", count=2)
    for _ in range(3):
        await deliver(courier)
        async with database.begin(SERVICE) as session:
            await session.execute(text("UPDATE outbox_lane SET open_at = clock_timestamp()"))

    assert len(telegram.calls("createForumTopic")) == 1
    (told,) = (said for said in telegram.from_bot(group) if said.words == TAKEN_BACK)
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Case, case.id)
        assert topic_of(session, known) == told.thread_id


class AnotherIsNamed(BaseRequestMiddleware):
    """A group in place of the one to which something is on its way."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        await name_group(self.centre, -7)
        return await make_request(bot, method)


async def test_a_topic_that_was_made_in_the_group_of_before_is_not_kept(
    database: Database, clock: Clock, courier: Courier, telegram: RunningSimulator
) -> None:
    """By its number what is written in the group of now would go to the person."""
    centre = await Centre.open(database, clock)
    case = await centre.signal(await centre.person(), Severity.URGENT)
    before = telegram.add_group("Staff", user(telegram), is_forum=True)
    await name_group(centre, before.id)
    await tell_in_topic(database, before.id, case)
    courier.bot.session.middleware(AnotherIsNamed(centre))
    await deliver(courier)

    assert len(telegram.calls("createForumTopic")) == 1
    assert (await centre.fresh(case)).staff_topic is None


@pytest.mark.parametrize("how", ["cut", "died"])
async def test_words_that_may_have_arrived_are_not_taken_back(
    database: Database, clock: Clock, courier: Courier, telegram: RunningSimulator, how: str
) -> None:
    """They would be gone from every record, and stand on the phone."""
    centre = await Centre.open(database, clock)
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        wrote = {"last_wrote_at": session.now}
        returnee = await add_returnee(session, person.id, centre.organisation, "en", **wrote)
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(returnee))
    await deliver(courier)
    before = len(telegram.from_bot(person))
    message = await centre.writes(vera, case)
    if how == "cut":
        telegram.fail("accept_then_reset", "sendMessage", count=1)
        await deliver(courier)
        assert len(telegram.from_bot(person)) == before + 1
    else:
        # It may have sent them; the next taker holds them, since the hours are over.
        async with database.begin(SERVICE) as session:
            await claim(session, HURRIED, 10)
            await session.execute(text("UPDATE outbox SET leased_until = now() - '1s'::interval"))
        clock.offset += timedelta(hours=14)
        async with database.begin(SERVICE) as session:
            await session.execute(update(Safety).values(never_first=True))
        await deliver(courier)
        assert len(telegram.from_bot(person)) == before

    async with database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused):
            await take_words_back(session, vera, case.id, message.id)


class Undecided(Bot):
    """Makes topics, and knows none of them."""

    made = 0

    async def __call__(
        self, method: TelegramMethod[Any], request_timeout: int | None = None
    ) -> Any:
        if isinstance(method, CreateForumTopic):
            self.made += 1
            return ForumTopic(message_thread_id=self.made, name="C", icon_color=0)
        raise TelegramBadRequest(method, "Bad Request: message thread not found")


async def test_a_topic_that_is_gone_as_soon_as_it_is_made_is_made_again_at_the_next_try() -> None:
    bot = Undecided("42:test")
    wire = Wire((SendMessage(chat_id=-7, text="an alert"),), topic_of=uuid4())
    result = await send(bot, wire, 99)

    assert isinstance(result, Failed)
    assert (result.trouble, result.topic) == (Trouble.REFUSED, None)
    assert bot.made == 1


class Shut(Bot):
    """Makes no topics, and lets nobody write in General."""

    async def __call__(
        self, method: TelegramMethod[Any], request_timeout: int | None = None
    ) -> Any:
        raise TelegramBadRequest(method, "Bad Request: TOPIC_CLOSED")


@pytest.mark.parametrize("topic", [None, NUMBER_UNKNOWN])
async def test_p2_a_group_that_has_no_topic_for_a_case_and_its_general_shut_takes_nothing(
    topic: int | None,
) -> None:
    """So that others hear of the case, and why nothing comes there."""
    wire = Wire((SendMessage(chat_id=-7, text="an alert"),), topic_of=uuid4())
    result = await send(Shut("42:test"), wire, topic)

    assert isinstance(result, Failed)
    assert result.trouble is Trouble.BLOCKED


async def test_p4_a_chat_is_emptied_of_each_message_once_and_of_the_newest_words_first(
    database: Database, clock: Clock, courier: Courier, telegram: RunningSimulator
) -> None:
    """However often an old one was changed, and though Telegram no longer takes it away."""
    person = user(telegram)
    await say(database, person.id, "old")
    await deliver(courier)
    await telegram.advance(hours=49)
    clock.offset += timedelta(hours=49)
    old = telegram.from_bot(person)[0].id
    for number in range(10):
        await say(database, person.id, f"changed {number} times", edit=old)
    await say(database, person.id, "a secret")
    await deliver(courier)
    new = telegram.from_bot(person)[-1].id
    async with database.begin(SERVICE) as session:
        await put(session, person.id, {"notice": "hidden", "params": {"hide": True}}, REPLY)
    await deliver(courier)

    asked = [call.params["message_ids"] for call in telegram.calls("deleteMessages")]
    assert asked == [[new, old], [new], [old]]


@pytest.mark.parametrize(
    ("made", "topic"),
    [({"message_thread_id": 5}, 5), (True, NUMBER_UNKNOWN), ({"name": "C"}, NUMBER_UNKNOWN)],
)
async def test_p2_a_topic_whose_answer_lacks_something_is_made_once_and_all_alerts_go(
    made: object, topic: int
) -> None:
    """As by a Bot API server that is older than aiogram: it would be made at each try, or, where
    nobody says by which number, with each alert.
    """
    asked: list[str] = []
    threads: list[int | None] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path.rpartition("/")[2])
        if asked[-1] == "sendMessage":
            threads.append((await request.json()).get("message_thread_id"))
        said = {"message_id": 9} if asked[-1] == "sendMessage" else made
        return web.json_response({"ok": True, "result": said})

    app = web.Application()
    app.router.add_post("/{method:.*}", answer)
    wire = Wire((SendMessage(chat_id=-7, text="an alert"),), topic_of=uuid4())
    async with (
        TestServer(app) as server,
        connect("1:token", str(server.make_url("")).rstrip("/")) as bot,
    ):
        first = await send(bot, wire, None)
        again = await send(bot, wire, topic)

    assert (first, again) == (Sent(9, topic), Sent(9))
    assert asked == ["createForumTopic", "sendMessage", "sendMessage"]
    assert threads == [topic or None] * 2


async def test_p2_a_topic_whose_number_is_unknown_is_kept_with_the_case_and_taken_for_no_other(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    case = await centre.signal(await centre.person(), Severity.URGENT)
    async with database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, -7)
        set_topic(session, await session.get_one(Case, case.id), NUMBER_UNKNOWN)
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Case, case.id)
        assert topic_of(session, known) == NUMBER_UNKNOWN
        assert await case_of_topic(session, vera, 5) is None
        await take_topic(session, known)
    async with database.begin(SERVICE) as session:
        contents = [
            content_of(each, session.keys) for each in await session.scalars(select(OutboxRow))
        ]
    assert not any("delete_topic" in content for content in contents)
