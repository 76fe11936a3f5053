"""Where questionnaires are kept: every version there ever was, since old buttons still work.

Ours are code and belong to everybody; what an organisation imported belongs to it alone.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from domain.errors import Refused
from domain.questionnaires.keeping import from_document
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.scales import K6, PHQ_4, PHQ_4_FIRST
from domain.questionnaires.values import Questionnaire
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.questionnaires import ImportedQuestionnaire, QuestionnaireUse
from storage.tables.staff import Staff

# Oldest first.
_OURS = (SAFETY_AND_NEEDS, PHQ_4_FIRST, K6, PHQ_4)

#: Within a query of what is used, and of staff.
CLINICIAN_IS_THERE: Final = and_(
    Staff.id == QuestionnaireUse.clinician_id, Staff.disabled_at.is_(None)
)


async def newest(session: Session, organisation_id: UUID, key: str) -> Questionnaire:
    """The version that new check-ins of an organisation ask. Raises Refused."""
    for questionnaire in reversed(_OURS):
        if questionnaire.key == key:
            return questionnaire
    row = await session.scalar(
        select(ImportedQuestionnaire)
        .where(
            ImportedQuestionnaire.organisation_id == organisation_id,
            ImportedQuestionnaire.key == key,
        )
        .order_by(ImportedQuestionnaire.version.desc())
        .limit(at_most(1))
    )
    if row is None:
        raise Refused("There is no questionnaire {name}.", name=key)
    return from_document(row)


async def edition(session: Session, organisation_id: UUID, name: str) -> Questionnaire:
    """The version that a check-in keeps the name of. Raises Refused."""
    found = await editions(session, [(organisation_id, name)])
    if not found:
        raise Refused("There is no questionnaire {name}.", name=name)
    return found[organisation_id, name]


async def edition_or_newest(
    session: Session, organisation_id: UUID, key: str, name: str | None
) -> Questionnaire:
    """The newest, where no edition was noted, or one that this release doesn't know. Raises Refused
    where there is none by that key.
    """
    found = await editions(session, [(organisation_id, name)] if name else [])
    return next(iter(found.values()), None) or await newest(session, organisation_id, key)


async def editions(
    session: Session, names: Iterable[tuple[UUID, str]]
) -> dict[tuple[UUID, str], Questionnaire]:
    """Many at once, by organisation and name; what is not there is left out."""
    wanted = set(names)
    ours = {questionnaire.edition: questionnaire for questionnaire in _OURS}
    found = {each: ours[each[1]] for each in wanted if each[1] in ours}
    theirs = [(organisation, *parts_of(name)) for organisation, name in wanted - found.keys()]
    if theirs:
        table = ImportedQuestionnaire
        rows = await session.scalars(
            select(table).where(tuple_(table.organisation_id, table.key, table.version).in_(theirs))
        )
        for row in rows:
            questionnaire = from_document(row)
            found[row.organisation_id, questionnaire.edition] = questionnaire
    return found


async def on_offer(session: Session, organisation_id: UUID) -> list[Questionnaire]:
    """What a campaign can choose from: the newest version of each that is not switched off. What
    measures health is off until a clinician is named, and again once that one has left.
    """
    every = await newest_of_each(session, organisation_id)
    switches = await session.execute(
        select(QuestionnaireUse, Staff.id)
        .outerjoin(Staff, CLINICIAN_IS_THERE)
        .where(QuestionnaireUse.organisation_id == organisation_id)
    )
    uses = {use.key: (use.is_on, clinician is not None) for use, clinician in switches}
    return [each for each in every if _is_on(each, *uses.get(each.key, (None, False)))]


def is_ours(key: str) -> bool:
    return any(questionnaire.key == key for questionnaire in _OURS)


async def ensure_looked_after(session: Session, organisation_id: UUID, key: str) -> None:
    """Raises Refused where it measures health, and is off."""
    is_off = key not in [each.key for each in await on_offer(session, organisation_id)]
    if is_off and (await newest(session, organisation_id, key)).clinical:
        raise Refused("Name the clinician who looks after its results first.")


async def ensure_switched_on(session: Session, organisation_id: UUID, key: str) -> None:
    """Raises Refused where nothing new may be planned with it."""
    if key not in [each.key for each in await on_offer(session, organisation_id)]:
        raise Refused("Its questionnaire is switched off: choose another one, or switch it on.")


async def newest_of_each(session: Session, organisation_id: UUID) -> list[Questionnaire]:
    """Ours first, then what the organisation imported, by key."""
    table = ImportedQuestionnaire
    rows = await session.scalars(
        select(table)
        .where(table.organisation_id == organisation_id)
        .ext(distinct_on(table.key))
        .order_by(table.key, table.version.desc())
    )
    ours = {questionnaire.key: questionnaire for questionnaire in _OURS}
    return [*ours.values(), *map(from_document, rows)]


def _is_on(questionnaire: Questionnaire, switched: bool | None, has_clinician: bool) -> bool:
    """`switched`: on or off; None where nobody has."""
    if questionnaire.clinical:
        return switched is True and has_clinician
    return switched is not False


def parts_of(name: str) -> tuple[str, int]:
    """An edition's key and version, which is 0 where it says none."""
    key, _, version = name.rpartition("@")
    return key, int(version) if version.isascii() and version.isdigit() else 0
