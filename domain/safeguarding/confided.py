"""What the team may not read: what is said about staff, or in confidence.

Whoever does the safeguarding gets it. The team learns no more than why a life is at stake, if it
is.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from domain.children.saying import says_child
from domain.crisis.answering import answer_signal
from domain.distress import Assessment, Severity
from domain.distress.assessment import with_scopes
from domain.messages.body import Body
from domain.messages.keeping import row_id_of
from domain.notices import Notice, tell
from domain.returnees.enrolments import organisation_of
from domain.safeguarding.complaints import confides, hear_in_confidence
from storage.kinds import UNREADABLE, MessageKind
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage

# How the watch calls harm that staff do.
_HARM_BY_STAFF = "staff-harm."


async def is_for_safeguarding(
    session: Session, returnee: Returnee, heard: Assessment, body: Body, *, edited: bool
) -> bool:
    return names_staff(heard.reasons) or await is_confided(session, returnee, body, edited=edited)


async def is_confided(session: Session, returnee: Returnee, body: Body, *, edited: bool) -> bool:
    """Whether they told it in confidence. An edit is where its original was."""
    number = await row_id_of(session, returnee, body) if edited else None
    if number is not None:
        if await session.get(ComplaintMessage, number) is not None:
            return True
        if await session.get(Message, number) is not None:
            return False
    return confides(session, returnee)


async def answer_in_confidence(
    session: Session, returnee: Returnee, heard: Assessment, body: Body, kind: MessageKind
) -> None:
    """The team never reads these words. Where a life is at stake they are called all the same.
    Needs the service's scope.
    """
    await keep_in_confidence(session, returnee, heard, body, kind)
    known = for_the_team(heard)
    if known.severity is Severity.EMERGENCY:
        organisation_id = await organisation_of(session, returnee)
        await answer_signal(session, returnee, organisation_id, known, shown=False)
    told = {"recording": True} if kind in UNREADABLE else {}
    await tell(session, returnee, Notice.CONFIDED, told)


async def keep_in_confidence(
    session: Session, returnee: Returnee, heard: Assessment, body: Body, kind: MessageKind
) -> None:
    """For safeguarding, who are shown where a child wrote; nobody asks a child what adults are
    asked, and the team does not learn why (docs/decisions/0097).
    """
    complaint = await hear_in_confidence(session, returnee, kind, body, heard.severity)
    known = for_the_team(heard)
    if says_child(known.severity, known.reasons):
        returnee.said_child_at = session.now
    elif says_child(heard.severity, heard.reasons):
        returnee.child_in = complaint.id


def for_the_team(heard: Assessment) -> Assessment:
    """All that they may know of it: why a life is at stake, if it is."""
    if heard.severity is not Severity.EMERGENCY:
        return replace(heard, severity=Severity.NONE, reasons=())
    told = (each for each in with_scopes(heard.reasons) if not names_staff(each))
    return replace(heard, reasons=tuple(chain.from_iterable(told)) or ("danger",))


def names_staff(reasons: Sequence[str]) -> bool:
    """Whether the watch heard of harm by staff."""
    return any(reason.startswith(_HARM_BY_STAFF) for reason in reasons)
