"""A form that was put right: what was planned with an older version, and nobody has begun, asks the
corrected one, if a coordinator says so (decision 0094).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.questionnaires import shelf
from domain.questionnaires.values import Questionnaire
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.questionnaires import QuestionnaireUse


async def ask_instead(session: Session, actor: Actor, key: str, version: int) -> None:
    """That version, which they have looked at, wherever nobody has begun an older one. Raises
    NotAllowed, and Refused where it is not the newest any more, or is one of ours, which come with
    a release.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    newest = await shelf.newest(session, actor.organisation_id, key)
    if newest.version != version or shelf.is_ours(key):
        raise Refused("There is a newer version by now: look at that one first.")
    values = {"asked_instead": newest.edition, "changed_at": session.now}
    await session.execute(
        insert(QuestionnaireUse)
        .values(organisation_id=actor.organisation_id, key=key, is_on=True, **values)
        .on_conflict_do_update(index_elements=["organisation_id", "key"], set_=values)
    )
    audit.done_by(session, actor, "questionnaire.corrected", questionnaire=newest.edition)


async def may_be_older(session: Session, actor: Actor, questionnaire: Questionnaire) -> bool:
    """Whether what was planned before may still ask an earlier version than this newest one. Looks
    at no check-in: whether there are any could tell who agreed to them.
    """
    if questionnaire.version == 1 or shelf.is_ours(questionnaire.key):
        return False
    use = await session.get(QuestionnaireUse, (actor.organisation_id, questionnaire.key))
    return use is None or use.asked_instead != questionnaire.edition


async def ask_corrected(session: Session, check_ins: Sequence[CheckIn]) -> None:
    """Those of these that nobody has begun. Needs the service's scope."""
    uses = {
        each: (each.organisation_id, shelf.parts_of(each.questionnaire)[0])
        for each in check_ins
        if each.started_at is None
    }
    instead = await _instead(session, {use for use in uses.values() if not shelf.is_ours(use[1])})
    for check_in, use in uses.items():
        edition = instead.get(use, check_in.questionnaire)
        if _is_newer(edition, check_in.questionnaire):
            check_in.questionnaire = edition


def _is_newer(edition: str, than: str) -> bool:
    return shelf.parts_of(edition)[1] > shelf.parts_of(than)[1]


async def _instead(session: Session, uses: set[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
    """What is asked of each, by organisation and key, where somebody said so."""
    if not uses:
        return {}
    table = QuestionnaireUse
    found = await session.execute(
        select(table.organisation_id, table.key, table.asked_instead).where(
            tuple_(table.organisation_id, table.key).in_(uses), table.asked_instead.is_not(None)
        )
    )
    return {(organisation_id, key): edition for organisation_id, key, edition in found if edition}
