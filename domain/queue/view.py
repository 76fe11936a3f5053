"""Which cases somebody wants before them just now, and what then lies outside."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select

from domain.actors import Actor, Right
from storage.kinds import CaseState, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Enrolment
from storage.tables.safeguarding import seen_by


@dataclass(frozen=True, slots=True)
class View:
    """What is left empty lets every case in."""

    #: How a case's code or a person's pseudonym begins.
    begins: str = ""
    severity: Severity | None = None
    language: str = ""

    @property
    def narrow(self) -> bool:
        return self != EVERYTHING

    def holds(self) -> list[ColumnElement[bool]]:
        """Within a query of cases."""
        conditions: list[ColumnElement[bool]] = []
        if self.begins:
            conditions.append(_begins(self.begins))
        if self.severity is not None:
            conditions.append(Case.severity == self.severity)
        if self.language:
            conditions.append(Case.language == self.language)
        return conditions


EVERYTHING = View()


@dataclass(frozen=True, slots=True)
class Outside:
    """Who waits for somebody and is not in a view: no view may hide that."""

    waiting: int
    emergencies: int


async def outside(session: Session, actor: Actor, view: View) -> Outside:
    """Raises NotAllowed."""
    actor.ensure_may(Right.WORK_ON_CASES)
    emergency = Case.severity == Severity.EMERGENCY
    counted = await session.execute(
        select(func.count(), func.count().filter(emergency)).where(
            Case.organisation_id == actor.organisation_id,
            seen_by(actor.staff_id, Case.returnee_id),
            Case.state == CaseState.OPEN,
            or_(false(), *(~condition for condition in view.holds())),
        )
    )
    return Outside(*counted.one())


def _begins(typed: str) -> ColumnElement[bool]:
    """However it was typed: codes are in capitals, and a pseudonym begins with one."""
    known_as = (
        select(Enrolment.id)
        .where(
            Enrolment.returnee_id == Case.returnee_id,
            Enrolment.organisation_id == Case.organisation_id,
            Enrolment.pseudonym.startswith(typed.capitalize(), autoescape=True),
        )
        .exists()
    )
    return or_(Case.code.startswith(typed.upper(), autoescape=True), known_as)
