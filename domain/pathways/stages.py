"""Which stage of their pathway people have come to."""

from sqlalchemy import select

from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from domain.pathways.placing import reach_stage
from storage.pathways import OnPathway
from storage.sessions import Session

_BATCH = 100


async def pass_stages(session: Session) -> int:
    """The tick: takes some of those to their next stage whose time it is. Returns how many.

    Needs the service's scope.
    """
    due = await session.scalars(
        select(OnPathway)
        .where(OnPathway.stage_until <= session.now)
        .order_by(OnPathway.stage_until)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = due.all()
    await each_by_itself(session, rows, reach_stage, _look_again, "stages.failed")
    return len(rows)


async def _look_again(session: Session, on: OnPathway) -> None:
    on.stage_until = session.now + LOOK_AGAIN_AT_A_BROKEN_ONE
