"""Wherever in a message Telegram can bring words, they are heard, or a page says why not."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from inspect import isclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from aiogram import types
from aiogram.types import Chat, InaccessibleMessage, Message, RichMessage, TelegramObject, User

from handlers.reading.carried_words import carried_in
from handlers.reading.contents import kind_of, words_of
from handlers.reading.rich_words import read_update
from storage.kinds import MessageKind

PAGE = Path(__file__).parents[2] / "docs" / "distress.md"
WORD = "zebra"
# A card has its words behind the name of what they are.
SAID = f"NOTE:{WORD}"
# Other messages are heard when they come; rich ones have a test of their own; and who somebody is
# is no part of what they say.
ELSEWHERE = (Message, InaccessibleMessage, RichMessage, Chat, User)
LEAST: dict[type, Any] = {str: "x", bool: True, int: 1, float: 1.0, datetime: 1}
Raw = dict[str, Any]


def kinds(annotation: Any, deep: int = 0) -> Iterator[tuple[type, int]]:
    """What may stand there, and within how many lists."""
    if isclass(annotation) and not get_args(annotation):
        yield annotation, deep
    elif get_origin(annotation) is Annotated:
        yield from kinds(get_args(annotation)[0], deep)
    elif get_origin(annotation) is not Literal:
        for each in get_args(getattr(annotation, "__value__", annotation)):
            yield from kinds(each, deep + (get_origin(annotation) is list))


def least(model: type[TelegramObject]) -> Raw:
    """As little of it as Telegram could send."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return {
        name: least_of(field.annotation)
        for name, field in fields.items()
        if field.is_required() or get_origin(field.annotation) is Literal
    }


def least_of(annotation: Any) -> Any:
    if get_origin(annotation) is Literal:
        [value, *_] = get_args(annotation)
        return value.value if isinstance(value, Enum) else value
    kind, deep = next(kinds(annotation))
    if deep:
        return []
    return LEAST[kind] if kind in LEAST else least(kind)


def nested(held: Any, deep: int) -> Any:
    return nested([held], deep - 1) if deep else held


def places(
    model: type[TelegramObject], above: tuple[type, ...] = ()
) -> Iterator[tuple[str, str, Raw]]:
    """Each text in it: the way there, the field by its model, and what Telegram would send."""
    for name, field in model.model_fields.items():
        for kind, deep in kinds(field.annotation):
            for way, where, held in texts(kind, (*above, model)):
                sent = least(model) | {field.alias or name: nested(held, deep)}
                yield f"{name}{way}", where or f"{model.__name__}.{name}", sent


def texts(kind: type, above: tuple[type, ...]) -> Iterator[tuple[str, str, Any]]:
    if kind is str:
        yield "", "", SAID
    elif issubclass(kind, TelegramObject) and kind not in (*above, *ELSEWHERE):
        for way, where, sent in places(kind, above):
            yield f".{way}", where, sent


def read(sent: Raw) -> Message:
    chat = {"chat": {"id": 1, "type": "private"}}
    message = read_update({"update_id": 1, "message": sent | chat}).message
    assert message is not None
    return message


def is_heard(sent: Raw) -> bool:
    message = read(sent)
    return WORD in words_of(message) + carried_in(message)


def left_out() -> list[str]:
    section = PAGE.read_text().split("## What it does not read\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*`) \| .+ \|$", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_p1_whatever_words_telegram_can_bring_are_heard_or_left_out_for_a_reason() -> None:
    unheard = [(way, where) for way, where, sent in places(Message) if not is_heard(sent)]
    unheard += [(where, where) for where, sent in rich_places() if not is_heard(sent)]
    listed = left_out()

    def matching(entry: str) -> set[tuple[str, str]]:
        return {each for each in unheard if any(fnmatchcase(name, entry) for name in each)}

    found = {entry: matching(entry) for entry in listed}
    assert set(unheard) - set().union(*found.values()) == set()
    assert [entry for entry, reached in found.items() if not reached] == []


@pytest.mark.parametrize(
    "unread",
    ["passport_data", "users_shared", "chat_shared", "*gift*", "poll.*venue", "poll.*sticker"],
)
def test_p1_what_has_words_that_are_left_out_is_put_before_a_human(unread: str) -> None:
    became = {
        kind_of(read(sent)) for way, _, sent in places(Message) if fnmatchcase(way, f"{unread}.*")
    }

    assert became == {MessageKind.OTHER}


def rich_places() -> Iterator[tuple[str, Raw]]:
    """Blocks and texts within texts, which are read as they come."""
    models = [each for name, each in vars(types).items() if re.match(r"Rich(Block|Text)\w", name)]
    for model in models:
        if not (isclass(model) and issubclass(model, TelegramObject)):
            continue
        for name, field in model.model_fields.items():
            if any(kind is str for kind, _ in kinds(field.annotation)):
                block = least(model) | {name: SAID}
                if model.__name__.startswith("RichText"):
                    block = {"type": "paragraph", "text": block}
                rich = {"rich_message": {"blocks": [block]}}
                yield f"{model.__name__}.{name}", least(Message) | rich
