"""Somebody is brought to another place of their pathway."""

from dataclasses import replace

from domain.pathways.bringing import move_all, move_next
from domain.pathways.shelf import ours
from domain.pathways.values import Offset, Pathway
from storage.sessions import SERVICE, Database
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


async def move(database: Database, office: Office) -> None:
    async with database.begin(office.organisation.id) as session:
        await move_all(session, office.coordinator, SHORT.key)
    await tick(database)


async def tick(database: Database) -> None:
    """As often as there is somebody to move."""
    while True:
        async with database.begin(SERVICE) as session:
            if not await move_next(session):
                return
