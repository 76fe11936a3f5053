"""A tick does many people's work in one transaction, and one broken row must not stop the rest."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import QueryableAttribute

from storage.away import is_away
from storage.batches import at_most
from storage.sessions import Session

log = structlog.get_logger()

#: When what failed is looked at again.
LOOK_AGAIN_AT_A_BROKEN_ONE: Final = timedelta(minutes=1)

_AT_ONCE = 100
_ALL_FAILED = "all that was due failed"

Row = TypeVar("Row")
Step = Callable[[Session, Row], Awaitable[object]]


async def each_due(
    session: Session,
    when: QueryableAttribute[datetime] | QueryableAttribute[datetime | None],
    step: Step[Any],
    action: str,
    *also: ColumnElement[bool],
) -> int:
    """One tick: takes the step for some of the rows whose instant `when` has come; how many.

    Call it again until it returns 0. Two replicas at once share the rows, and nothing is done
    twice. The step moves the instant on; where it fails, the row is due again in a minute. Needs
    the service's scope.
    """
    found = await session.scalars(
        select(when.class_)
        .where(when <= session.due, *also)
        .order_by(when)
        .limit(at_most(_AT_ONCE))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows, broken = found.all(), []

    async def look_again(session: Session, row: Any) -> None:
        setattr(row, when.key, session.now + LOOK_AGAIN_AT_A_BROKEN_ONE)
        broken.append(row)

    await each_by_itself(session, rows, step, look_again, action)
    session.info[_ALL_FAILED] = len(broken) == len(rows)
    return len(rows)


def all_failed(session: Session) -> bool:
    """Whether of what was due, as `each_due` last found it, nothing could be done."""
    failed: bool = session.info.get(_ALL_FAILED, False)
    return failed


async def each_by_itself(
    session: Session, rows: Iterable[Row], step: Step[Row], put_aside: Step[Row], action: str
) -> None:
    """Takes the step for every row: for all together, or, where one fails, each within a savepoint.

    Where it fails, nothing of that step stays, and `put_aside` sees that the row is not due again
    at once. Raises only when the database itself went away.
    """

    async def steps(session: Session, rows: Sequence[Row]) -> None:
        for row in rows:
            await step(session, row)

    await together_or_each(session, list(rows), steps, put_aside, action)


async def together_or_each(
    session: Session,
    rows: Sequence[Row],
    work: Callable[[Session, Sequence[Row]], Awaitable[object]],
    put_aside: Step[Row],
    action: str,
) -> None:
    """As `each_by_itself`, for work that does many at once better than one after the other."""
    try:
        async with session.begin_nested():
            await work(session, rows)
    except Exception as error:
        if is_away(error):
            raise
        await read_anew(session)
    else:
        return
    for row in rows:
        try:
            async with session.begin_nested():
                await work(session, [row])
        except Exception as error:
            if is_away(error):
                raise
            log.error("one failed, the others go on", action=action, error=type(error).__name__)
            await put_aside(session, row)


@asynccontextmanager
async def if_possible(session: Session, action: str) -> AsyncIterator[None]:
    """Where something in it fails, nothing of it stays, and what was done before does.

    Raises only when the database itself went away.
    """
    try:
        async with session.begin_nested():
            yield
    except Exception as error:
        if is_away(error):
            raise
        log.error("one part failed, the rest stays", action=action, error=type(error).__name__)
        await read_anew(session)


async def read_anew(session: Session) -> None:
    """After a savepoint that was taken back: what was changed within is as it was, and what was
    made within is nowhere.
    """
    for instance in list(session.identity_map.values()):
        state = inspect(instance)
        if state.expired:
            # Its row may have gone with the savepoint: then the session lets go of it.
            await session.get(type(instance), state.identity)
