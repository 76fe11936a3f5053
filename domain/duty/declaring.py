"""What an organisation says of its duty: in which hours somebody is there, who is called when
nobody is, how soon somebody acts, and for how long a word opens a closed case again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from domain import audit
from domain.actors import Actor, Right
from domain.cases.changes import mark_over
from domain.cases.terms import Terms, terms_of
from domain.duty.hours import HOURS, Hours
from domain.duty.readiness import reckon
from domain.duty.team import FALLBACK, ensure_can_be_on_duty
from domain.errors import ChangedMeanwhile
from domain.organisations import lock_organisation
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.wakes import Topic


@dataclass(frozen=True, slots=True)
class Marks:
    """Of what is declared, each as it stands: whoever changes it says what they had before their
    eyes.
    """

    hours: str
    fallback: str
    terms: str


def marks_of(organisation: Organisation) -> Marks:
    terms = terms_of(organisation.settings).as_settings()
    return Marks(
        _mark(organisation, [HOURS]), _mark(organisation, [FALLBACK]), _mark(organisation, terms)
    )


def _mark(organisation: Organisation, names: Iterable[str]) -> str:
    return mark_over(*(organisation.settings.get(name) for name in sorted(names)))


async def declare_hours(
    session: Session, actor: Actor, hours: Hours, seen: str | None = None
) -> None:
    """From now on the organisation is under the gate, if it was not before.

    Raises NotAllowed, and, as the others here, Refused where what was `seen` (`marks_of`) is
    another by now; the shell shows none.
    """
    kept = {
        str(day): [begins.isoformat("minutes"), ends.isoformat("minutes")]
        for day, (begins, ends) in sorted(hours.items())
    }
    organisation = await _keep(session, actor, {HOURS: kept}, seen)
    organisation.gated_at = organisation.gated_at or session.now
    _record(session, actor, "duty.hours", days=sorted(hours))
    await reckon(session, organisation.id)


async def name_fallback(
    session: Session, actor: Actor, staff_ids: Sequence[UUID], seen: str | None = None
) -> None:
    """Raises NotAllowed and Refused."""
    for staff_id in staff_ids:
        await ensure_can_be_on_duty(session, actor, staff_id)
    named = [str(staff_id) for staff_id in dict.fromkeys(staff_ids)]
    organisation = await _keep(session, actor, {FALLBACK: named}, seen)
    _record(session, actor, "duty.fallback", people=len(named))
    await reckon(session, organisation.id)


async def set_terms(session: Session, actor: Actor, terms: Terms, seen: str | None = None) -> None:
    """For what happens from now on: a deadline that runs stays. Raises NotAllowed and Refused."""
    terms.ensure_sound()
    await _keep(session, actor, terms.as_settings(), seen)
    _record(session, actor, "duty.terms", **asdict(terms))


async def _keep(
    session: Session, actor: Actor, setting: dict[str, Any], seen: str | None
) -> Organisation:
    """The same once more changes nothing, whatever was seen."""
    actor.ensure_may(Right.PLAN_DUTY)
    organisation = await lock_organisation(session, actor.organisation_id)
    is_so_already = organisation.settings | setting == organisation.settings
    if not is_so_already and seen not in (None, _mark(organisation, setting)):
        raise ChangedMeanwhile
    organisation.settings = {**organisation.settings, **setting}
    return organisation


def _record(session: Session, actor: Actor, action: str, **detail: Any) -> None:
    audit.done_by(session, actor, action, **detail)
    session.wakes(Topic.CASES)
