"""Whom a caseworker can ask to help: organisations here, and those that have a mailbox only."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, union_all

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.illegible import ILLEGIBLE
from domain.names import as_name
from domain.referrals.sharing import possible_partners
from domain.returnees.wishes import legible_wishes
from locales.catalogues import LANGUAGES
from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.partners import MailPartner
from storage.tables.referrals import Referral

_CONTEXT = "partner card"
# One address and nothing behind it: it is put into the address of the mail's own service.
_MAIL = re.compile(r"[^\s@,;:<>\"?&#%/\\]{1,64}@[\w.-]{1,190}\.[a-z]{2,24}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    id: UUID
    name: str
    by_mail: bool = False
    #: In a country that the person avoids: it may help from there, and must not draw them there.
    where_avoided: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """How a partner without Wayhome is reached. The person there is told the codes."""

    mail: str
    person: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Known:
    id: UUID
    name: str
    language: str
    card: Card


async def partners_for(session: Session, actor: Actor, returnee_id: UUID) -> list[Choice]:
    """Those that may be told: never one that the person wants kept away from them.

    Needs the service's scope. Raises NotAllowed and Refused.
    """
    wishes = await legible_wishes(session, returnee_id)
    here = [
        Choice(each.id, each.name, where_avoided=(each.country, "") in wishes.avoided)
        for each in await possible_partners(session, actor)
    ]
    by_mail = [
        Choice(each.id, each.name, by_mail=True)
        for each in await session.scalars(_known_by(actor.organisation_id))
    ]
    return [choice for choice in here + by_mail if not wishes.shuts_out(choice.id)]


async def names_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Of organisations, whichever kind they are. Needs the service's scope."""
    both = union_all(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)),
        select(MailPartner.id, MailPartner.name).where(MailPartner.id.in_(ids)),
    )
    return {row.id: row.name for row in await session.execute(both)}


async def name_of_asked(session: Session, referral: Referral) -> str:
    """Needs the service's scope."""
    return (await names_of(session, [referral.asks]))[referral.asks]


async def list_mail_partners(session: Session, actor: Actor) -> list[Known]:
    """Raises NotAllowed."""
    actor.ensure_may(Right.KEEP_DIRECTORY)
    found = await session.scalars(_known_by(actor.organisation_id))
    return [
        Known(each.id, each.name, each.language, legible_card(session, each))
        for each in found.all()
    ]


async def add_mail_partner(
    session: Session,
    actor: Actor,
    name: str,
    language: str,
    card: Card,
    no_authority: bool,
    once: str = "",
) -> None:
    """Raises NotAllowed and Refused."""
    actor.ensure_may(Right.KEEP_DIRECTORY)
    name = as_name(name)
    if not no_authority:
        raise Refused("An authority, such as the police, can be no partner here.")
    if not name or not card.person.strip() or not card.telephone.strip():
        raise Refused("A partner needs a name, somebody who is called, and a telephone number.")
    if not _MAIL.fullmatch(card.mail):
        raise Refused("This is no mail address.")
    if language not in LANGUAGES:
        raise Refused("Choose a language.")
    kept = {"mail": card.mail, "person": as_name(card.person), "telephone": card.telephone.strip()}
    partner_id = id_of(actor.organisation_id, actor, once, name, language, kept)
    if await came_before(session, MailPartner, partner_id) is not None:
        return
    partner = MailPartner(
        id=partner_id,
        organisation_id=actor.organisation_id,
        name=name,
        language=language,
        card=session.keys.seal(json.dumps(kept), _CONTEXT),
        added_at=session.now,
    )
    session.add(partner)
    await session.flush()
    audit.done_by(session, actor, "partner.added", partner.id)


async def retire_mail_partner(session: Session, actor: Actor, partner_id: UUID) -> None:
    """It is offered nothing more; what is under way goes on. Raises NotAllowed and Refused."""
    actor.ensure_may(Right.KEEP_DIRECTORY)
    partner = await session.scalar(
        _known_by(actor.organisation_id).where(MailPartner.id == partner_id)
    )
    if partner is None:
        raise Refused("There is no such organisation.")
    partner.retired_at = session.now
    audit.done_by(session, actor, "partner.retired", partner.id)


def card_of(session: Session, partner: MailPartner) -> Card:
    return Card(**json.loads(session.keys.open(partner.card, _CONTEXT)))


def legible_card(session: Session, partner: MailPartner) -> Card:
    """For a page."""
    try:
        return card_of(session, partner)
    except SealError:
        return Card(ILLEGIBLE, ILLEGIBLE, ILLEGIBLE)


def _known_by(organisation_id: UUID) -> Select[MailPartner]:
    return (
        select(MailPartner)
        .where(MailPartner.organisation_id == organisation_id, MailPartner.retired_at.is_(None))
        .order_by(MailPartner.name)
    )
