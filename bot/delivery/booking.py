"""All that Telegram took together, booked in one statement by whoever still holds it."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    LargeBinary,
    Uuid,
    bindparam,
    column,
    func,
    or_,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from storage.kinds import OutboxState
from storage.tables.base import table_of
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import was_let_go


def _finish_sent() -> ReturningUpdate[Any]:
    given = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid)),
            bindparam("fences", type_=ARRAY(Integer)),
            bindparam("messages", type_=ARRAY(BigInteger)),
            bindparam("lanes", type_=ARRAY(LargeBinary)),
        )
        .table_valued(
            column("id", Uuid),
            column("fence", Integer),
            column("message_id", BigInteger),
            column("lane", LargeBinary),
        )
        .render_derived()
    )
    row = table_of(OutboxRow)
    return (
        update(row)
        .where(
            row.c.id == given.c.id,
            row.c.fence == given.c.fence,
            row.c.state == OutboxState.WAITING,
            or_(given.c.lane.is_(None), row.c.lane == given.c.lane),
        )
        .values(
            state=OutboxState.SENT,
            content=None,
            leased_until=None,
            finished_at=bindparam("now"),
            message_id=given.c.message_id,
        )
        .returning(
            row.c.id,
            row.c.lane,
            row.c.message_id,
            row.c.check_in_id,
            row.c.case_id,
            was_let_go(row.c.returnee_id).label("let_go"),
        )
    )


#: Built once: every send asks it.
FINISH_SENT = _finish_sent()
