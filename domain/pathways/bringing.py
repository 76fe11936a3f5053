"""An organisation's own pathways: written again, one makes a new version, and people stay on theirs
until they are moved.
"""

from dataclasses import dataclass, replace
from itertools import chain, count
from uuid import UUID

from sqlalchemy import func, select, update

from domain import audit
from domain.actors import Actor, Right
from domain.errors import ChangedMeanwhile, Refused
from domain.names import slug
from domain.one_by_one import each_by_itself
from domain.pathways import shelf
from domain.pathways.placing import go_on_with
from domain.pathways.reading import LONGEST_NAME
from domain.pathways.values import Anchor, Pathway, Step
from domain.questionnaires.values import Words
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.pathways import OnPathway, WrittenPathway

_BATCH = 50
# Shorter than a key may be, so that a number still fits behind it.
_LONGEST_KEY = 34


async def copy(session: Session, actor: Actor, key: str, name: str) -> Pathway:
    """One of their own that begins as another is, under a name of its own.

    One that is all of that already is returned. Raises NotAllowed, and Refused where there is no
    such pathway or no name.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    model = await shelf.newest(session, actor.organisation_id, key)
    if not name or len(name) > LONGEST_NAME:
        raise Refused("Give it a name of at most {most} characters.", most=LONGEST_NAME)
    # Two of one name at once get a key each.
    await session.get_one(Organisation, actor.organisation_id, with_for_update=True)
    every = await shelf.newest_of_each(session, actor.organisation_id)
    for each in every:
        # The same form came twice.
        if each == replace(model, key=each.key, version=each.version, name=Words(name)):
            return each
    taken = {each.key for each in every}
    plain = slug(name, _LONGEST_KEY) or "pathway"
    numbered = (f"{plain}-{number}" for number in count(2))
    free = next(each for each in chain([plain], numbered) if each not in taken)
    return await bring(session, actor, replace(model, key=free, name=Words(name)))


@dataclass(frozen=True, slots=True)
class Placed:
    """A step, with what its stage says of when it is due and for whom."""

    step: Step
    anchor: Anchor
    optional: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A step of a newer version beside the same of an older one."""

    key: str
    before: Placed | None
    after: Placed | None


async def bring(
    session: Session, actor: Actor, pathway: Pathway, *, seen: int | None = None
) -> Pathway:
    """As its next version; what says the same as the newest one is that one already. `seen` is the
    version that whoever wrote it had before their eyes; a file shows none.

    Raises NotAllowed, and Refused where that is another by now.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    # Two at once come one after the other.
    await session.get_one(Organisation, actor.organisation_id, with_for_update=True)
    known = {each.key: each for each in await shelf.newest_of_each(session, actor.organisation_id)}
    newest = known.get(pathway.key)
    if newest is not None and replace(pathway, version=newest.version) == newest:
        return newest
    if newest is not None and seen not in (None, newest.version):
        raise ChangedMeanwhile
    taken = replace(pathway, version=newest.version + 1 if newest else 1)
    row = WrittenPathway(
        organisation_id=actor.organisation_id,
        key=taken.key,
        version=taken.version,
        document=shelf.to_document(taken),
        written_by=actor.staff_id,
        written_at=session.now,
    )
    session.add(row)
    await session.flush()
    audit.done_by(session, actor, "pathway.written", row.id, version=taken.version)
    return taken


def differences(before: Pathway, after: Pathway) -> list[Changed]:
    """The steps that are not the same, in the order in which they come."""
    old, new = _placed(before), _placed(after)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Changed(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)
    ]


def _placed(pathway: Pathway) -> dict[str, Placed]:
    return {step.key: Placed(step, stage.anchor, stage.optional) for stage, step in pathway.steps}


async def people_on(session: Session, actor: Actor, key: str) -> dict[int, int]:
    """How many are on which version, those who are about to move not counted on the old one.

    Raises NotAllowed.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    edition = func.coalesce(OnPathway.moves_to, OnPathway.pathway)
    found = await session.execute(
        select(edition, func.count())
        .where(
            OnPathway.organisation_id == actor.organisation_id,
            OnPathway.pathway.startswith(f"{key}@", autoescape=True),
        )
        .group_by(edition)
    )
    return {int(name.rpartition("@")[2]): count for name, count in sorted(found.all())}


async def move_all(session: Session, actor: Actor, key: str, seen: int) -> None:
    """Everybody on an older version goes on with the newest, which is the one that whoever moves
    them has looked at; a tick sees to it, some at a time.

    Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    newest = await shelf.newest(session, actor.organisation_id, key)
    if newest.version != seen:
        raise ChangedMeanwhile
    await session.execute(
        update(OnPathway)
        .where(
            OnPathway.organisation_id == actor.organisation_id,
            OnPathway.pathway.startswith(f"{key}@", autoescape=True),
            OnPathway.pathway != newest.edition,
        )
        .values(moves_to=newest.edition)
        .execution_options(synchronize_session=False)
    )
    audit.done_by(session, actor, "pathway.moved", pathway=newest.edition)


async def move_next(session: Session) -> int:
    """The tick: some of those who go on with a newer version. Needs the service's scope."""
    due = await session.execute(
        select(OnPathway.returnee_id, OnPathway.organisation_id, OnPathway.moves_to)
        .where(OnPathway.moves_to.is_not(None))
        .order_by(OnPathway.moves_to, OnPathway.returnee_id)
        .limit(at_most(_BATCH))
    )
    moves = [(returnee, organisation, name) for returnee, organisation, name in due]
    await each_by_itself(session, moves, _move, _leave, "pathways.failed")
    return len(moves)


async def _move(session: Session, move: tuple[UUID, UUID, str | None]) -> None:
    returnee_id, organisation_id, edition = move
    if edition is not None:
        await go_on_with(session, returnee_id, organisation_id, edition)


async def _leave(session: Session, move: tuple[UUID, UUID, str | None]) -> None:
    """They stay on what they are on."""
    returnee_id, organisation_id, _ = move
    on = await session.get_one(OnPathway, (returnee_id, organisation_id))
    on.moves_to = None
