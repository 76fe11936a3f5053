"""What the watch did not hear, or what a worker knows from elsewhere: a case becomes as grave as
somebody of the team says.
"""

from uuid import UUID

from domain.actors import Actor
from domain.cases.finding import find_case, unresolved_case
from domain.errors import Refused
from domain.returnees.person import lock_person
from domain.signals.opening import judged_graver
from storage.kinds import Severity
from storage.sessions import Session


async def make_graver(session: Session, actor: Actor, case_id: UUID, severity: Severity) -> None:
    """Whoever has it: alerts and deadlines begin as for a signal that is as grave. Nothing goes to
    the phone, and nothing makes it less grave again. Raises NotAllowed and Refused. Needs the
    service's scope.
    """
    person = (await find_case(session, actor, case_id)).returnee_id
    # As whoever hears the person does: them before their case.
    await lock_person(session, person)
    case = await unresolved_case(session, actor, case_id)
    if severity.rank <= case.severity.rank:
        raise Refused("It is as grave as that already.")
    await judged_graver(session, case, severity, by=actor.staff_id)
