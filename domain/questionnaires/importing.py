"""An organisation's own questionnaires: importing again makes a new version, for what is yet to be
asked; a check-in keeps the one that it was planned with.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.names import slug
from domain.questionnaires import shelf
from domain.questionnaires.forms.reading import LONGEST_NAME, key_of
from domain.questionnaires.keeping import from_document, to_document
from domain.questionnaires.values import Questionnaire
from domain.staff.team import colleagues_by_name, is_colleague
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.questionnaires import ImportedQuestionnaire, QuestionnaireUse


async def take_in(
    session: Session,
    organisation_id: UUID,
    form: Questionnaire,
    *,
    staff_id: UUID | None = None,
) -> Questionnaire:
    """As its next version; what says the same as the newest one is that one already.

    Whoever calls has made sure that it may be brought to this organisation.
    """
    # Two at once come one after the other.
    await session.get_one(Organisation, organisation_id, with_for_update=True)
    form = replace(form, key=await _known_key(session, organisation_id, form))
    newest = await _newest(session, organisation_id, form.key)
    if newest is not None and replace(form, version=newest.version) == newest:
        return newest
    taken = replace(form, version=newest.version + 1 if newest else 1)
    row = ImportedQuestionnaire(
        organisation_id=organisation_id,
        key=taken.key,
        version=taken.version,
        document=to_document(taken),
        imported_by=staff_id,
        imported_at=session.now,
    )
    session.add(row)
    await session.flush()
    audit.record(
        session,
        organisation_id,
        "questionnaire.imported",
        staff_id=staff_id,
        subject=row.id,
        version=taken.version,
    )
    return taken


async def bring(session: Session, actor: Actor, form: Questionnaire) -> Questionnaire:
    """The same for a coordinator. Raises NotAllowed."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    return await take_in(session, actor.organisation_id, form, staff_id=actor.staff_id)


async def switch(
    session: Session, actor: Actor, key: str, *, is_on: bool, clinician: UUID | None = None
) -> None:
    """New campaigns can choose it from now on, or no longer; what was planned goes on.

    What measures health needs a clinician of the organisation. Raises NotAllowed, Refused.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    questionnaire = await shelf.newest(session, actor.organisation_id, key)
    values: dict[str, Any] = {"is_on": is_on, "changed_at": session.now}
    if questionnaire.clinical and is_on:
        if not await is_colleague(session, actor, clinician):
            raise Refused("Name the clinician who looks after its results first.")
        values["clinician_id"] = clinician
    await session.execute(
        insert(QuestionnaireUse)
        .values(organisation_id=actor.organisation_id, key=key, **values)
        .on_conflict_do_update(index_elements=["organisation_id", "key"], set_=values)
    )
    action = "questionnaire.on" if is_on else "questionnaire.off"
    audit.done_by(session, actor, action, questionnaire=key)


async def possible_clinicians(session: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """Everybody of the organisation, by name. Raises NotAllowed."""
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    return await colleagues_by_name(session, actor)


async def _known_key(session: Session, organisation_id: UUID, form: Questionnaire) -> str:
    """An earlier release made do with the Latin beginning of a title: what it called so goes on
    under that key, also where pathways ask it.
    """
    title = form.title.text
    earlier = slug(title, LONGEST_NAME)
    if form.key != key_of(title) or form.key == earlier:
        return form.key
    known = await _newest(session, organisation_id, earlier)
    return earlier if known is not None and known.title.text == title else form.key


async def _newest(session: Session, organisation_id: UUID, key: str) -> Questionnaire | None:
    table = ImportedQuestionnaire
    row = await session.scalar(
        select(table)
        .where(table.organisation_id == organisation_id, table.key == key)
        .order_by(table.version.desc())
        .limit(at_most(1))
    )
    return from_document(row) if row else None
