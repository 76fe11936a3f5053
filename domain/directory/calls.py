"""Calls to the telephone lines, by staff who made sure of them."""

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from domain import audit
from domain.actors import Actor, Right
from domain.directory.hotlines import Call, Calls, lines_of
from domain.errors import Refused
from storage.sessions import Session
from storage.tables.directory import HotlineCall


async def calls_made(session: Session) -> Calls:
    """The last one to each line: some dozens, of all countries."""
    found = await session.scalars(select(HotlineCall))
    return {(each.country, each.number): Call(each.called_on, each.answered) for each in found}


async def record_call(
    session: Session, actor: Actor, country: str, number: str, *, answered: bool
) -> None:
    """Today somebody called there. Raises NotAllowed, Refused."""
    actor.ensure_may(Right.KEEP_DIRECTORY)
    line = next((each for each in lines_of(country) if each.number == number), None)
    if line is None:
        raise Refused("There is no such line.")
    if not line.may_be_tried:
        raise Refused("Do not call an emergency number only to test it.")
    today = session.now.date()
    called = insert(HotlineCall).values(
        country=country, number=number, called_on=today, answered=answered
    )
    news = or_(HotlineCall.called_on < today, HotlineCall.answered != answered)
    recorded = await session.scalar(
        called.on_conflict_do_update(
            index_elements=["country", "number"],
            set_={"called_on": today, "answered": answered},
            where=news,
        ).returning(HotlineCall.number)
    )
    if recorded is not None:
        audit.done_by(
            session, actor, "hotline.called", country=country, number=number, answered=answered
        )
