"""What a person chose, kept under their own key."""

import json
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain import prefetched
from domain.returnees.keys import data_key
from storage.keys.keyring import DataKey
from storage.sessions import Session
from storage.tables.check_ins import Answer, CheckIn

_CONTEXT = "answer"
_EDITED_WITHIN = timedelta(hours=48)


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


async def answered_by(session: Session, returnee_id: UUID, number: int) -> Answer | None:
    """What they answered with the message of that number, while Telegram lets them edit it."""
    key = await data_key(session, returnee_id)
    lately = await session.scalars(
        select(Answer).where(
            Answer.returnee_id == returnee_id, Answer.at > session.now - _EDITED_WITHIN
        )
    )
    return next((each for each in lately if _said(key, each.body).get("number") == number), None)


async def keep_answer(
    session: Session,
    check_in: CheckIn,
    question: str,
    choice: str | None,
    number: int | None,
) -> None:
    """In place of an earlier answer to that question; `number` is that of the message in which it
    was typed.
    """
    key = await data_key(session, check_in.returnee_id)
    said = {"choice": choice} | ({"number": number} if number is not None else {})
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


def _said(key: DataKey, body: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(key.open(body, _CONTEXT))
    return said
