"""A check-in that the person asks for, by /checkin."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from domain.check_ins.answering import Next, begin
from domain.check_ins.due import locked
from domain.check_ins.eligibility import unfit
from domain.check_ins.postponing import LATENESS
from domain.check_ins.put_off import is_put_off, were_put_off
from domain.children.deciding import protecting
from domain.consent import has_consent
from domain.duty.readiness import is_ready
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.returnees.enrolments import current_enrolments
from storage.kinds import CheckInState, Purpose
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee

#: The step of one that nobody planned.
ASKED_FOR = "asked-for"
# Asked, or about to be: it is answered early, and no prompt follows.
_OPEN = (
    CheckInState.HELD,
    CheckInState.SENDING,
    CheckInState.SENT,
    CheckInState.STARTED,
    CheckInState.SILENT,
)
# They know of it, and would be asked the same once more.
_PUT_OFF = and_(CheckIn.state == CheckInState.PLANNED, were_put_off())


async def ask_check_in(session: Session, returnee: Returnee) -> Next | None:
    """The check-in that waits for them, or else a new one; None for whom there are none. Before an
    organisation keeps what it promises, nothing is begun there that they were not asked yet.

    Needs the service's scope.
    """
    enrolments = await _asked_by(session, returnee)
    for check_in in await _waiting(session, returnee, enrolments):
        following = await begin(session, returnee, check_in)
        if following.for_them:
            return following
    ready = [each for each in enrolments if await _is_ready(session, each)]
    if not ready:
        return None
    return await begin(session, returnee, await _unscheduled(session, ready[-1]))


async def _asked_by(session: Session, returnee: Returnee) -> list[Enrolment]:
    """With those that may ask them, the newest last. Beside one that may, another accompanies them
    perhaps that may not.
    """
    consents = await has_consent(session, returnee.id, Purpose.CHECK_INS)
    protected = await protecting(session, returnee.id)
    return [
        each
        for each in await current_enrolments(session, returnee.id)
        if unfit(returnee, each, protected=each.organisation_id in protected, consents=consents)
        is None
    ]


async def _waiting(
    session: Session, returnee: Returnee, enrolments: Sequence[Enrolment]
) -> list[CheckIn]:
    """Only of these organisations, and not what is only to be read: whoever asks for a check-in
    wants to tell something. What they were not asked yet is not begun before its organisation is
    ready, nor where nobody looks after its results any more.
    """
    if not enrolments:
        return []
    found = await session.scalars(
        select(CheckIn)
        .where(
            CheckIn.returnee_id == returnee.id,
            CheckIn.organisation_id.in_([each.organisation_id for each in enrolments]),
            or_(CheckIn.state.in_(_OPEN), _PUT_OFF),
        )
        .order_by(CheckIn.due_at.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    check_ins = found.all()
    dues = await locked(session, [each.id for each in check_ins])
    may_begin = {number for number, due in dues.items() if due.ready and due.looked_after}
    to_read = {number for number, due in dues.items() if due.questionnaire.is_information}
    return [
        each
        for each in check_ins
        if each.id not in to_read and (_was_asked(each) or each.id in may_begin)
    ]


async def _is_ready(session: Session, enrolment: Enrolment) -> bool:
    organisation = await session.get_one(Organisation, enrolment.organisation_id)
    return is_ready(organisation, session.now)


def _was_asked(check_in: CheckIn) -> bool:
    held_back = check_in.state is CheckInState.HELD and check_in.sent_at is None
    return not held_back or is_put_off(check_in)


async def _unscheduled(session: Session, enrolment: Enrolment) -> CheckIn:
    check_in = CheckIn(
        organisation_id=enrolment.organisation_id,
        returnee_id=enrolment.returnee_id,
        step=ASKED_FOR,
        version=1,
        questionnaire=SAFETY_AND_NEEDS.edition,
        state=CheckInState.STARTED,
        due_at=session.now,
        expires_at=session.now + LATENESS,
    )
    session.add(check_in)
    await session.flush()
    return check_in
