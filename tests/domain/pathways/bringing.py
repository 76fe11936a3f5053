"""Somebody is brought to another place of their pathway."""

from dataclasses import replace

from domain.pathways.bringing import move_all, move_next
from domain.pathways.shelf import newest, ours
from domain.pathways.values import Offset, Pathway
from storage.sessions import SERVICE, Database, Session
from tests.domain.checking_in import Office

CARE, SHORT = ours()


def later(pathway: Pathway, stage: str, due: str) -> Pathway:
    """The same with all steps of a stage due then."""
    offset = Offset.parse(due)
    assert offset is not None
    stages = [
        replace(each, steps=tuple(replace(step, due=offset) for step in each.steps))
        if each.key == stage
        else each
        for each in pathway.stages
    ]
    return replace(pathway, stages=tuple(stages))


async def bid_move(session: Session, office: Office) -> None:
    """By whoever has the newest version before their eyes."""
    seen = await newest(session, office.organisation.id, SHORT.key)
    await move_all(session, office.coordinator, SHORT.key, seen.version)


async def move(database: Database, office: Office) -> None:
    async with database.begin(office.organisation.id) as session:
        await bid_move(session, office)
    await tick(database)


async def tick(database: Database) -> None:
    """As often as there is somebody to move."""
    while True:
        async with database.begin(SERVICE) as session:
            if not await move_next(session):
                return
