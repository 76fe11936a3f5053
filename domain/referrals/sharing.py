"""Sharing with a named partner: asked about each by itself, before anything travels."""

from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from domain import audit
from domain.actors import Actor, Right
from domain.consent.ledger import Shown, give_consent
from domain.consent.renewal import settle
from domain.errors import Refused
from domain.notices import ONLY_CONFIRMED, Notice, tell
from domain.referrals.withdrawing import withdraw
from domain.returnees.enrolments import current_enrolment
from domain.returnees.person import find_returnee
from domain.returnees.phone import who_is_there
from domain.returnees.wishes import ensure_may_be_told
from domain.workers import works_on_cases
from storage.kinds import How, Identity, Purpose
from storage.sessions import Session
from storage.tables.consent import Consent
from storage.tables.organisations import Organisation
from storage.tables.partners import MailPartner
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff


async def possible_partners(session: Session, actor: Actor) -> list[Organisation]:
    """The other organisations here in which somebody works on cases. Needs the service's scope.
    Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    workers = select(Staff.id).where(*works_on_cases(Organisation.id))
    found = await session.scalars(
        select(Organisation)
        .where(Organisation.id != actor.organisation_id, workers.exists())
        .order_by(Organisation.name)
    )
    return list(found)


async def ask_about_partner(
    session: Session, actor: Actor, returnee_id: UUID, partner_id: UUID
) -> None:
    """The person is asked in the chat, within their safe hours. Whoever asked is not told what they
    say. Needs the service's scope. Raises NotAllowed and Refused.
    """
    partners = await possible_partners(session, actor)
    if partner_id not in {partner.id for partner in partners}:
        raise Refused("There is no such organisation.")
    returnee = await find_returnee(session, actor, returnee_id)
    await ensure_may_be_told(session, returnee_id, partner_id)
    await _ask(session, returnee, partner_id)
    audit.done_by(session, actor, "consent.partner-asked", returnee.id, partner=str(partner_id))


async def answer_about_partner(
    session: Session, returnee: Returnee, partner_id: UUID, granted: bool, shown: Shown
) -> bool:
    """What the person said to that. False where nothing follows from it: a yes that doesn't count
    yet, so that they are asked again once it would; or a no to those who accompany them all the
    same. Raises Refused for what is no partner of theirs.
    """
    known = await session.get(Organisation, partner_id)
    if known is None or (granted and await accompanies(session, returnee, partner_id)):
        raise Refused("There is no such organisation.")
    counts = await change_about_partner(session, returnee, partner_id, granted, shown, How.ASKED)
    if not counts:
        await _ask(session, returnee, partner_id)
    return counts and not await accompanies(session, returnee, partner_id)


async def accompanies(session: Session, returnee: Returnee, partner_id: UUID) -> bool:
    """Whether that organisation is with them, whatever they answer."""
    return await current_enrolment(session, returnee.id, partner_id) is not None


async def change_about_partner(
    session: Session, returnee: Returnee, partner_id: UUID, granted: bool, shown: Shown, how: How
) -> bool:
    """A no always counts (P5). A yes does once somebody has made sure who is there, since another's
    is no consent (P13); until then it changes nothing, and the answer is False.

    Needs the service's scope. Raises Refused for a partner that must never be told.
    """
    if granted:
        await ensure_may_be_told(session, returnee.id, partner_id)
        if who_is_there(returnee, session.now) is not Identity.CONFIRMED:
            return False
    await give_consent(
        session, returnee, Purpose.PARTNER, granted, shown, how=how, partner_id=partner_id
    )
    if not granted:
        await withdraw(session, returnee.id, [partner_id])
    await settle(session, returnee, shown.version)
    return True


async def partners_of(session: Session, returnee: Returnee) -> list[tuple[UUID, str, bool]]:
    """Those that the person has said yes or no to: id, name, and their last word."""
    known = union_all(
        select(Organisation.id, Organisation.name), select(MailPartner.id, MailPartner.name)
    ).subquery()
    found = await session.execute(
        select(known.c.id, known.c.name, Consent.granted)
        .join(Consent, Consent.partner_id == known.c.id)
        .where(Consent.returnee_id == returnee.id, Consent.purpose == Purpose.PARTNER)
        .ext(distinct_on(known.c.name, known.c.id))
        .order_by(known.c.name, known.c.id, Consent.given_at.desc())
    )
    return [(id_, name, granted) for id_, name, granted in found]


async def _ask(session: Session, returnee: Returnee, partner_id: UUID) -> None:
    """It names somebody, so it waits until it is sure who is there."""
    params = {"partner": str(partner_id), ONLY_CONFIRMED: True}
    await tell(session, returnee, Notice.PARTNER_ASKED, params)
