"""The next version of a pathway while somebody still works on it: it holds for nobody before it is
put in force.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all

from domain.actors import Actor, Right
from domain.errors import ChangedMeanwhile, Refused
from domain.pathways import shelf
from domain.pathways.bringing import bring, move_all
from domain.pathways.reading import read_pathway
from domain.pathways.values import Pathway
from domain.pathways.writing import write_pathway
from domain.problems import Faulty
from domain.returnees.enrolments import invited_by
from storage.kinds import TO_COME
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.pathways import Information, PathwayDraft, Task


@dataclass(frozen=True, slots=True)
class Draft:
    in_force: Pathway
    #: As it would be; under the number of the version in force until it is one itself.
    pathway: Pathway
    #: Counts the changes; 0 where there is no draft.
    revision: int
    #: Another version came into force since it was begun.
    overtaken: bool = False
    changed_at: datetime | None = None

    @property
    def mark(self) -> str:
        """By which a page knows what it showed, so that nobody's change is lost under another's."""
        since = self.changed_at.isoformat() if self.changed_at else ""
        return f"{self.in_force.version}.{self.revision}.{since}"

    @property
    def asks(self) -> frozenset[str]:
        """Keys of questionnaires, whether on offer or switched off since."""
        return self.in_force.asks | self.pathway.asks


async def draft_of(session: Session, actor: Actor, key: str) -> Draft:
    """Raises NotAllowed, and Refused where there is no such pathway."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    in_force = await shelf.newest(session, actor.organisation_id, key)
    row = await _row(session, actor, key)
    if row is None:
        return Draft(in_force, in_force, 0)
    pathway = replace(shelf.from_document(row), version=in_force.version)
    overtaken = row.based_on != in_force.version
    return Draft(in_force, pathway, row.revision, overtaken, row.changed_at)


async def change(
    session: Session,
    actor: Actor,
    key: str,
    seen: str,
    edit: Callable[[Pathway], Pathway],
    *,
    languages: Collection[str],
    questionnaires: Collection[str],
) -> None:
    """`seen` is the mark of what whoever changes it had before their eyes; the rest is as for
    read_pathway. What is asked already may be asked on. Raises NotAllowed and Refused.
    """
    draft = await _seen(session, actor, key, seen)
    changed = edit(draft.pathway)
    _ensure_sound(changed, languages, draft.asks.union(questionnaires))
    row = await _row(session, actor, key)
    if row is None:
        row = PathwayDraft(
            organisation_id=actor.organisation_id, key=key, based_on=draft.in_force.version
        )
        session.add(row)
    row.document, row.revision = shelf.to_document(changed), draft.revision + 1
    row.changed_by, row.changed_at = actor.staff_id, session.now
    await session.flush()


async def drop(session: Session, actor: Actor, key: str, seen: str) -> None:
    """Raises NotAllowed and Refused."""
    await _seen(session, actor, key, seen)
    await _delete(session, actor, key)


async def put_in_force(
    session: Session, actor: Actor, key: str, seen: str, *, for_those_on_it: bool
) -> Pathway:
    """As the next version: for whoever is put on it from now on, and with `for_those_on_it` for
    whoever is on it already, who go on with it. Raises NotAllowed and Refused.
    """
    draft = await _seen(session, actor, key, seen)
    taken = await bring(session, actor, draft.pathway)
    if for_those_on_it:
        await move_all(session, actor, key, taken.version)
    await _delete(session, actor, key)
    return taken


async def still_to_come(session: Session, actor: Actor, key: str) -> dict[str, int]:
    """For how many people each step is planned, by its key. Of those whom the actor invited, what
    lies ahead: of what they are asked or told, only who agreed has anything held beyond its time.

    Raises NotAllowed.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)

    def is_planned(table: type[CheckIn | Information]) -> ColumnElement[bool]:
        shown = or_(table.planned_for > session.now, ~invited_by(actor, table.returnee_id))
        return and_(table.state.in_(TO_COME), shown)

    conditions = (
        (CheckIn, is_planned(CheckIn)),
        (Information, is_planned(Information)),
        (Task, Task.done_at.is_(None)),
    )
    planned = union_all(
        *(
            select(table.step, func.count().label("people"))
            .where(
                table.organisation_id == actor.organisation_id, table.pathway == key, still_to_be
            )
            .group_by(table.step)
            for table, still_to_be in conditions
        )
    ).subquery()
    found = await session.execute(select(planned.c.step, planned.c.people))
    return dict(iter(found))


async def _seen(session: Session, actor: Actor, key: str, seen: str) -> Draft:
    """The draft, if it is still as it was seen; nobody else changes it meanwhile."""
    await session.get_one(Organisation, actor.organisation_id, with_for_update=True)
    draft = await draft_of(session, actor, key)
    if draft.mark != seen:
        raise ChangedMeanwhile
    return draft


async def _delete(session: Session, actor: Actor, key: str) -> None:
    row = await _row(session, actor, key)
    if row is not None:
        await session.delete(row)


async def _row(session: Session, actor: Actor, key: str) -> PathwayDraft | None:
    return await session.get(PathwayDraft, (actor.organisation_id, key), populate_existing=True)


def _ensure_sound(
    pathway: Pathway, languages: Collection[str], questionnaires: Collection[str]
) -> None:
    """A draft is whatever a file may be. Raises Refused with the first thing that is wrong."""
    file = write_pathway(pathway, (), lambda _, text: text)
    try:
        read_pathway(file.encode(), languages=languages, questionnaires=questionnaires)
    except Faulty as faulty:
        problem = faulty.problems[0]
        raise Refused(problem.reason, it=problem.about) from None
