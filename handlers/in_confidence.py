"""Words that are for safeguarding alone: about somebody of the staff, or told in confidence."""

from dataclasses import replace

from domain.cases.opening import organisation_of
from domain.children.protection import says_child
from domain.crisis.answering import answer_signal
from domain.distress import Assessment, Severity
from domain.notices import Notice, tell
from domain.safeguarding.complaints import hear_in_confidence, is_confided, names_staff
from handlers.hearing import Came
from handlers.reading.contents import is_only_a_command, kind_of
from storage.kinds import MessageKind
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def is_for_safeguarding(session: Session, came: Came, returnee: Returnee) -> bool:
    message, heard, body = came
    says_nothing = kind_of(message) is None and heard.severity is Severity.NONE
    if says_nothing or is_only_a_command(message):
        return False
    edited = message.edit_date is not None
    return names_staff(heard.reasons) or await is_confided(session, returnee, body, edited=edited)


async def answer_in_confidence(session: Session, came: Came, returnee: Returnee) -> bool:
    """The team never reads these words. Where a life is at stake they are called all the same."""
    await keep_in_confidence(session, came, returnee)
    known = for_the_team(came.heard)
    if known.severity is Severity.EMERGENCY:
        organisation_id = await organisation_of(session, returnee)
        await answer_signal(session, returnee, organisation_id, known)
    await tell(session, returnee, Notice.CONFIDED)
    return True


async def keep_in_confidence(session: Session, came: Came, returnee: Returnee) -> None:
    """For safeguarding; and that a child wrote is known, so that nobody asks a child what adults
    are asked.
    """
    message, heard, body = came
    if says_child(heard.severity, heard.reasons):
        returnee.said_child_at = session.now
    kind = kind_of(message) or MessageKind.TEXT
    await hear_in_confidence(session, returnee, kind, body, heard.severity)


def for_the_team(heard: Assessment) -> Assessment:
    """All that they may know of what was confided: why a life is at stake, if it is."""
    if heard.severity is not Severity.EMERGENCY:
        return replace(heard, severity=Severity.NONE, reasons=())
    reasons = tuple(reason for reason in heard.reasons if not names_staff([reason]))
    return replace(heard, reasons=reasons or ("danger",))
