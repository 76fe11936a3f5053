"""How an update finds its handler: what a glance turns away costs nothing more."""

from typing import Any

import pytest
from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from dialogs.presses import AskForHuman
from handlers.finding.routing import Door, gathered
from handlers.reading.filters import COMMAND, PRIVATE, Holds, Known

FROM = {"id": 7, "is_bot": False, "first_name": "Ana"}


class Counted(Filter):
    """Holds, and knows how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, event: Any) -> bool:
        self.asked += 1
        return True


def said(text: str, chat: str = "private") -> Message:
    about = {"message_id": 1, "date": 0, "from": FROM, "text": text}
    return Message.model_validate({**about, "chat": {"id": 7, "type": chat}})


def pressed(data: str) -> CallbackQuery:
    about = {"id": "1", "from": FROM, "chat_instance": "1", "data": data}
    return CallbackQuery.model_validate(about)


async def handled(event: Any) -> str:
    return "handled"


async def fed(router: Router, kind: str, event: Any, **known: Any) -> Any:
    return await router.propagate_event(kind, event, **known)


@pytest.mark.parametrize(
    ("kind", "chat", "found", "is_let_in"),
    [
        ("message", "private", True, True),
        ("message", "group", True, False),
        ("message", "private", False, False),
        ("edited_message", "private", True, False),
    ],
)
async def test_a_door_is_open_to_what_all_its_glances_let_in_of_the_kinds_that_it_names(
    kind: str, chat: str, found: bool, is_let_in: bool
) -> None:
    door = Door("a door", message=(PRIVATE, Known(lambda known: known["found"])))
    door.message.register(handled)
    door.edited_message.register(handled)
    came = await fed(door, kind, said("hello", chat), found=found)
    assert came == ("handled" if is_let_in else UNHANDLED)


async def test_what_a_glance_turns_away_asks_no_other_filter_of_its_handler() -> None:
    asked, asked_too, first, second = Counted(), Counted(), Router(), Router()
    first.message.register(handled, asked, COMMAND)
    second.message.register(handled, asked_too, Holds(lambda message: message.text == "hello"))
    everything = gathered(first, second)
    assert await fed(everything, "message", said("hello")) == "handled"
    assert (asked.asked, asked_too.asked) == (0, 1)


async def test_of_what_is_gathered_the_first_that_holds_is_asked_with_all_its_filters() -> None:
    async def too(event: Any) -> str:
        return "too late"

    never, first, second = Holds(lambda _: False), Router(), Router()
    first.message.register(too, Counted(), never)
    first.message.register(handled, Counted())
    second.message.register(too)
    assert await fed(gathered(first, second), "message", said("/hide")) == "handled"


async def test_a_press_that_none_of_the_gathered_knows_passes_by_all_of_them() -> None:
    router, data = Router(), AskForHuman().pack()
    router.callback_query.register(handled, AskForHuman.filter())
    everything = gathered(router)
    assert await fed(everything, "callback_query", pressed(data)) == "handled"
    assert await fed(everything, "callback_query", pressed("menu")) is UNHANDLED


async def test_behind_a_door_its_handlers_come_before_the_routers_within() -> None:
    async def skipping(event: Any) -> str:
        raise SkipHandler

    door, first, second = Door("a door", message=()), Router(), Router()
    door.include_routers(first, second)
    door.message.register(skipping)
    first.message.register(handled, COMMAND)
    second.message.register(handled)
    assert await fed(door, "message", said("hello")) == "handled"
    door, last = Door("a door", message=()), Router()
    door.include_router(last)
    door.message.register(handled)
    last.message.register(skipping)
    assert await fed(door, "message", said("hello")) == "handled"


async def test_a_door_that_has_a_filter_or_a_middleware_all_the_same_lets_nobody_pass() -> None:
    filtered, wrapped = Door("filtered", message=()), Door("wrapped", message=())
    filtered.message.filter(COMMAND)
    wrapped.message.outer_middleware(lambda handler, event, data: handler(event, data))
    for door in (filtered, wrapped):
        door.message.register(handled)
        with pytest.raises(AssertionError):
            await fed(door, "message", said("hello"))
