"""Messages of all kinds, as Telegram sends them."""

from typing import Any

FILE = {"file_id": "f", "file_unique_id": "u"}


PICTURE = [FILE | {"width": 1, "height": 1}]


VOICE_BLOCK = {"type": "voice_note", "voice_note": FILE | {"duration": 3}}


def poll(question: str, *options: str, **more: Any) -> dict[str, Any]:
    listed = [
        {"persistent_id": str(number), "text": option, "voter_count": 0}
        for number, option in enumerate(options)
    ]
    asked = {"id": "1", "question": question, "options": listed, "type": "regular"}
    counted = {"total_voter_count": 0, "is_closed": False, "is_anonymous": True}
    allowed = {"allows_multiple_answers": False, "allows_revoting": True, "members_only": False}
    return {"poll": asked | counted | allowed | more}


def checklist(title: str, *tasks: str) -> dict[str, Any]:
    listed = [{"id": number, "text": task} for number, task in enumerate(tasks, 1)]
    return {"checklist": {"title": title, "tasks": listed}}


def paragraph(*text: Any) -> dict[str, Any]:
    return {"type": "paragraph", "text": list(text)}


def rich(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"rich_message": {"blocks": list(blocks)}}


def game(title: str) -> dict[str, Any]:
    return {"game": {"title": title, "description": "Run", "photo": PICTURE}}


def table(text: str) -> dict[str, Any]:
    cell = {"text": text, "align": "left", "valign": "top"}
    return {"type": "table", "cells": [[cell]], "caption": "When"}


def quoting(words: str, **more: Any) -> dict[str, Any]:
    return {"quote": {"text": words, "position": 0, "is_manual": True}, **more}


SOMEBODY = {"type": "hidden_user", "sender_user_name": "X", "date": 1}


ELSEWHERE = {"external_reply": {"origin": SOMEBODY}}
