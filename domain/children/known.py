"""Who is a child: as staff found out, or as they said themselves."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from domain import audit
from domain.actors import Actor, Right
from domain.errors import ChangedMeanwhile
from domain.marks import N_
from domain.returnees.person import find_returnee
from storage.kinds import AgeBand
from storage.sessions import Session
from storage.tables.returnees import Returnee

AGES = {
    AgeBand.UNKNOWN: N_("Age not known"),
    AgeBand.ADULT: N_("18 or older"),
    AgeBand.YOUTH: N_("15 to 17"),
    AgeBand.CHILD: N_("Under 15"),
}
#: Of these ages.
CHILDREN: Final = (AgeBand.CHILD, AgeBand.YOUTH)


def is_child(returnee: Returnee) -> bool:
    """As the team knows, or as they said in confidence."""
    return is_known_child(returnee) or returnee.child_in is not None


def is_known_child(returnee: Returnee) -> bool:
    """Staff say so, or they did themselves and nobody has found out yet."""
    return returnee.age_band in CHILDREN or returnee.said_child_at is not None


def are_known_children() -> ColumnElement[bool]:
    """`is_known_child` within a query of returnees."""
    return or_(Returnee.age_band.in_(CHILDREN), Returnee.said_child_at.is_not(None))


def is_child_in_confidence(returnee: Returnee) -> bool:
    """Nobody in the team may learn it: what children are not asked, they are not asked as if they
    had not agreed.
    """
    return returnee.child_in is not None and not is_known_child(returnee)


def are_children_in_confidence() -> ColumnElement[bool]:
    """`is_child_in_confidence` within a query of returnees."""
    return and_(Returnee.child_in.is_not(None), ~are_known_children())


def stay_a_child(returnee: Returnee, stray: Returnee) -> None:
    """The person turns out to be this stray, whom staff had found out to be a child, or who said
    so, before anybody knew whose the phone is. Known of either, it is so of both.
    """
    if returnee.age_band not in CHILDREN and stray.age_band in CHILDREN:
        returnee.age_band = stray.age_band
    returnee.said_child_at = stray.said_child_at or returnee.said_child_at
    returnee.child_in = stray.child_in or returnee.child_in


async def mark_age(
    session: Session,
    actor: Actor,
    returnee_id: UUID,
    band: AgeBand,
    *,
    knows_what_they_say: bool = True,
) -> None:
    """How old somebody is, as staff found out. Anybody may say that it is a child; that it is none
    after all, only those who decide for children, and who know that the person says otherwise.
    Where nobody knows, what they said themselves holds. Raises NotAllowed and Refused.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    if band not in CHILDREN and is_known_child(returnee):
        actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    if band is AgeBand.ADULT and returnee.said_child_at is not None and not knows_what_they_say:
        raise ChangedMeanwhile
    returnee.age_band = band
    if band is not AgeBand.UNKNOWN:
        returnee.said_child_at = None
        if actor.may(Right.SAFEGUARD):
            returnee.child_in = None
    audit.done_by(session, actor, "person.age", returnee.id, band=band)
