"""What a person chose, kept under their own key."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain import prefetched
from domain.questionnaires.values import LONGEST_ANSWER
from domain.returnees.keys import data_key
from storage.keys.keyring import DataKey
from storage.sessions import Session
from storage.tables.check_ins import Answer, CheckIn

_CONTEXT = "answer"
_EDITED_WITHIN = timedelta(hours=48)
#: What each message says in which an answer was typed, by its number, in their order.
Parts = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer that was typed, in one message or several."""

    check_in_id: UUID
    question: str
    parts: Parts

    def with_part(self, number: int, words: str) -> Parts:
        """Where the message of that number says this now, or comes as well."""
        others = sum(len(each) for part, each in self.parts.items() if part != number)
        return {**self.parts, number: words[: max(LONGEST_ANSWER - others, 0)]}


def whole(parts: Parts) -> str:
    return "\n".join(parts.values())


async def answers_of(session: Session, check_in: CheckIn) -> dict[str, str | None]:
    """The choice by question; None for a skipped one."""
    key = await data_key(session, check_in.returnee_id)
    kept = await session.execute(
        select(Answer.question, Answer.body).where(Answer.check_in_id == check_in.id)
    )
    return {question: opened(key, body) for question, body in kept}


async def last_answer_at(session: Session, check_in: CheckIn) -> datetime | None:
    latest = select(func.max(Answer.at)).where(Answer.check_in_id == check_in.id)
    return await session.scalar(latest)


async def answered_at(session: Session, check_in: CheckIn, question: str) -> datetime | None:
    """When what is kept to that question was answered last."""
    given = select(Answer.at).where(Answer.check_in_id == check_in.id, Answer.question == question)
    return await session.scalar(given)


async def answered_by(session: Session, returnee_id: UUID, number: int) -> Typed | None:
    """What they answered with the message of that number, while Telegram lets them edit it."""
    key = await data_key(session, returnee_id)
    lately = await session.scalars(
        select(Answer).where(
            Answer.returnee_id == returnee_id, Answer.at > session.now - _EDITED_WITHIN
        )
    )
    return next((each for each in map(partial(typed, key), lately) if number in each.parts), None)


async def keep_answer(
    session: Session,
    check_in: CheckIn,
    question: str,
    choice: str | None,
    parts: Parts | None,
) -> None:
    """In place of an earlier answer to that question; `parts` of one that was typed."""
    key = await data_key(session, check_in.returnee_id)
    said = {"choice": choice} | ({"parts": parts} if parts else {})
    body = key.seal(json.dumps(said), _CONTEXT)
    await session.execute(
        insert(Answer)
        .values(
            check_in_id=check_in.id,
            organisation_id=check_in.organisation_id,
            returnee_id=check_in.returnee_id,
            question=question,
            body=body,
            at=session.now,
        )
        .on_conflict_do_update(
            index_elements=["check_in_id", "question"], set_={"body": body, "at": session.now}
        )
    )
    known = prefetched.known(session, check_in.returnee_id)
    if known is not None:
        known.answered_at = session.now


async def drop_answers(session: Session, check_in: CheckIn, questions: Set[str]) -> None:
    """What was said to them is taken back by another answer: nobody counts it, and they are asked
    anew if they come up again.
    """
    if questions:
        await session.execute(
            delete(Answer).where(
                Answer.check_in_id == check_in.id, Answer.question.in_(sorted(questions))
            )
        )


def opened(key: DataKey, body: bytes) -> str | None:
    choice: str | None = _said(key, body)["choice"]
    return choice


def typed(key: DataKey, answer: Answer) -> Typed:
    """One that was chosen has no parts."""
    said = _said(key, answer.body)
    # An earlier release kept the number alone, of a single message.
    parts = said.get("parts") or ({said["number"]: said["choice"]} if "number" in said else {})
    in_order = {int(number): words for number, words in parts.items()}
    return Typed(answer.check_in_id, answer.question, in_order)


def _said(key: DataKey, body: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(key.open(body, _CONTEXT))
    return said
