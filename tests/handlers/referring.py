"""Somebody is asked about a referral in the chat."""

from uuid import UUID

from domain.organisations import add_organisation
from domain.referrals.making import PERSON_ANSWERS_WITHIN, ask_person
from domain.signals.opening import open_or_append
from storage.kinds import (
    Identity,
    ReferralState,
    Severity,
    Travels,
)
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone


async def is_who(database: Database, person: Returnee, identity: Identity) -> None:
    """What is known of whoever holds the phone."""
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.identity, known.confirmed_at = identity, session.now


async def asked(database: Database, person: Returnee, organisation: Organisation) -> UUID:
    """The question is in the chat, since somebody had made sure who is there."""
    await is_who(database, person, Identity.CONFIRMED)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        partner = await add_organisation(session, "Rabat <b>Centre</b>")
        case = await open_or_append(session, returnee, organisation.id, Severity.URGENT, [])
        referral = Referral(
            case_id=case.id,
            returnee_id=person.id,
            organisation_id=organisation.id,
            partner_id=partner.id,
            state=ReferralState.ASKED,
            fields=[Travels.NEED, Travels.COUNTRY],
            joint_days=7,
            made_at=session.now,
            look_at=session.now + PERSON_ANSWERS_WITHIN,
        )
        session.add(referral)
        await session.flush()
        await ask_person(session, returnee, referral)
    return referral.id


async def asked_about(
    phone: Phone, database: Database, organisation: Organisation
) -> tuple[Returnee, UUID]:
    """Somebody who has come to the organisation with this phone, and is asked whether another may
    help.
    """
    await enrol(phone, await invite(database, organisation))
    person = await known_on(database, phone)
    return person, await asked(database, person, organisation)
