"""Which stage of their pathway people have come to."""

from domain.one_by_one import each_due
from domain.pathways.placing import reach_stage
from storage.sessions import Session
from storage.tables.pathways import OnPathway


async def pass_stages(session: Session) -> int:
    """The tick: takes some of those to their next stage whose time it is. Returns how many.

    Needs the service's scope.
    """
    return await each_due(session, OnPathway.stage_until, reach_stage, "stages.failed")
