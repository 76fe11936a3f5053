"""Where pathways are kept: every version there ever was, since people stay on theirs.

Ours are files beside this and belong to everybody; what an organisation wrote belongs to it alone.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from domain.errors import Refused
from domain.pathways.reading import read_pathway
from domain.pathways.values import Pathway
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Words
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.pathways import PathwayDraft, WrittenPathway

#: The one after CARE and TACT first; each file once for each of its versions.
_FILES = ("care-and-tact.toml", "three-months.toml")
_DOCUMENTS = TypeAdapter(Pathway)


@lru_cache(maxsize=1)
def ours() -> tuple[Pathway, ...]:
    folder = resources.files("domain.pathways.built_in")
    return tuple(
        read_pathway(
            folder.joinpath(name).read_bytes(),
            languages=(),
            questionnaires=(SAFETY_AND_NEEDS.key,),
        )
        for name in _FILES
    )


async def newest(session: Session, organisation_id: UUID, key: str) -> Pathway:
    """The version that people are put on. An organisation's own hides ours of that key.

    Raises Refused.
    """
    row = await session.scalar(
        select(WrittenPathway)
        .where(WrittenPathway.organisation_id == organisation_id, WrittenPathway.key == key)
        .order_by(WrittenPathway.version.desc())
        .limit(at_most(1))
    )
    if row is not None:
        return from_document(row)
    for pathway in ours():
        if pathway.key == key:
            return pathway
    raise Refused("There is no pathway {name}.", name=key)


async def edition(session: Session, organisation_id: UUID, name: str) -> Pathway:
    """The version that somebody is on. Raises Refused."""
    for pathway in ours():
        if pathway.edition == name:
            return pathway
    key, _, version = name.rpartition("@")
    row = await session.scalar(
        select(WrittenPathway).where(
            WrittenPathway.organisation_id == organisation_id,
            WrittenPathway.key == key,
            WrittenPathway.version == (int(version) if version.isdecimal() else 0),
        )
    )
    if row is None:
        raise Refused("There is no pathway {name}.", name=name)
    return from_document(row)


async def newest_of_each(session: Session, organisation_id: UUID) -> Sequence[Pathway]:
    """Ours first, then what the organisation wrote, by key."""
    rows = await session.scalars(
        select(WrittenPathway)
        .where(WrittenPathway.organisation_id == organisation_id)
        .ext(distinct_on(WrittenPathway.key))
        .order_by(WrittenPathway.key, WrittenPathway.version.desc())
    )
    written = {row.key: from_document(row) for row in rows}
    return list(({pathway.key: pathway for pathway in ours()} | written).values())


async def stage_names(session: Session, organisation_id: UUID) -> dict[str, tuple[Words, Words]]:
    """Of every stage that a group may name, as "pathway/stage": what the two are called."""
    return _stage_names(await newest_of_each(session, organisation_id))


async def stages_ever(
    session: Session, organisation_id: UUID, keys: Collection[str]
) -> dict[str, tuple[Words, ...]]:
    """Of these, each as "pathway/stage": what the last version that had it calls the two."""
    pathways = {key.partition("/")[0] for key in keys}
    rows = await session.scalars(
        select(WrittenPathway)
        .where(WrittenPathway.organisation_id == organisation_id, WrittenPathway.key.in_(pathways))
        .order_by(WrittenPathway.version)
    )
    names = _stage_names([*ours(), *map(from_document, rows)])
    return {key: names.get(key, (Words(key),)) for key in keys}


def _stage_names(pathways: Iterable[Pathway]) -> dict[str, tuple[Words, Words]]:
    """By the key that `stage_reached` says; the last of several with one key counts."""
    return {
        f"{pathway.key}/{stage.key}": (pathway.name, stage.name)
        for pathway in pathways
        for stage in pathway.stages
    }


def to_document(pathway: Pathway) -> dict[str, Any]:
    document: dict[str, Any] = _DOCUMENTS.dump_python(pathway, mode="json", exclude_defaults=True)
    return document


def from_document(row: WrittenPathway | PathwayDraft) -> Pathway:
    return _DOCUMENTS.validate_python(row.document)
