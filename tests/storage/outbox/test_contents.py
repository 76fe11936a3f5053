"""The form of what waits in the outbox: releases beside each other write it and read it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from storage.kinds import Discretion
from storage.outbox.contents import (
    Clearing,
    CommandMenu,
    Content,
    Deletion,
    Leaving,
    Notification,
    ToChat,
    TopicDeletion,
    Unknown,
    Window,
    from_document,
    to_document,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CASE = UUID("6d0f1c9e-7f5b-4a57-9d0e-0f6a2f4a9b11")
MARKUP = {"inline_keyboard": [[{"text": "Menu", "callback_data": "menu"}]]}

FORMS: list[tuple[Content, dict[str, Any]]] = [
    (Notification("crisis", {}), {"notice": "crisis", "params": {}, "edit": None}),
    (
        Notification("service", {"service": "7"}, edit=500, again=True),
        {"notice": "service", "params": {"service": "7"}, "edit": 500, "again": True},
    ),
    (
        Notification("staff-alert", {}, None, ToChat("sq", Discretion.WATCHED, 3, CASE)),
        {
            "notice": "staff-alert",
            "params": {},
            "edit": None,
            "thread": 3,
            "language": "sq",
            "topic_of_case": str(CASE),
            "discretion": "watched",
        },
    ),
    (
        Notification("staff-queue", {}, None, ToChat()),
        {
            "notice": "staff-queue",
            "params": {},
            "edit": None,
            "thread": None,
            "language": "en",
            "topic_of_case": None,
            "discretion": "open",
        },
    ),
    (
        Window("Hello", MARKUP, edit=7, drawn_for=Discretion.DISCREET),
        {
            "window": {"text": "Hello", "markup": MARKUP},
            "edit": 7,
            "replaces": None,
            "drawn_for": "discreet",
        },
    ),
    (
        Window("Hello", replaces=-7, frozen=True),
        {
            "window": {"text": "Hello", "markup": None},
            "edit": None,
            "replaces": -7,
            "frozen": True,
        },
    ),
    (Deletion((1, -2)), {"delete": [1, -2]}),
    (Deletion((), hide=True), {"delete": [], "hide": True}),
    (Deletion((), lost=True), {"delete": [], "lost": True}),
    (TopicDeletion(7), {"delete_topic": 7}),
    (
        TopicDeletion(7, CASE, "K7M4"),
        {"delete_topic": 7, "organisation": str(CASE), "code": "K7M4"},
    ),
    (Clearing(), {"vanish": True}),
    (Clearing(NOON), {"vanish": True, "watched_since": "2026-05-04T12:00:00+00:00"}),
    (Leaving(), {"leave": True}),
    (CommandMenu(), {"commands": True}),
]


@pytest.mark.parametrize(("content", "document"), FORMS)
def test_what_waits_has_the_form_that_every_release_reads(
    content: Content, document: dict[str, Any]
) -> None:
    assert to_document(content) == document
    assert from_document(json.loads(json.dumps(document))) == content


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"poll": ["yes", "no"]},
        {"notice": "crisis"},
        {"window": {"pages": []}, "edit": 7},
        {"window": {"text": "Hello", "markup": None}, "drawn_for": "more guarded than watched"},
        {"notice": "crisis", "params": {}, "language": "en", "topic_of_case": "of no id"},
        {"vanish": True, "watched_since": "the day before"},
    ],
)
def test_what_only_a_newer_release_reads_is_left_as_it_is(document: dict[str, Any]) -> None:
    content = from_document(document)
    assert content == Unknown(document)
    assert to_document(content) == document


def test_what_a_newer_release_says_of_a_notice_besides_is_not_lost_with_us() -> None:
    document: dict[str, Any] = {"notice": "crisis", "params": {}, "edit": None, "spoken": True}
    assert to_document(from_document(document)) == document
