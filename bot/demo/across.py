"""Between organisations: one asks the centre to help somebody, and a shelter has a mailbox only."""

from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import claim
from domain.consent import PURPOSES, give_consent
from domain.consent.facts import Facts
from domain.consent.ledger import Shown
from domain.countries import zone_or_utc
from domain.referrals.agreeing import answer_referral
from domain.referrals.making import Plan, refer
from domain.referrals.partners import Card, add_mail_partner
from domain.returnees.enrolments import add_returnee
from domain.signals.opening import open_or_append
from domain.staff.accounts import actor_of
from simulator.phones.doings import Phones
from storage.kinds import AgeBand, Identity, Role, Severity, Travels
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

_NEED = "A place to sleep from Monday, and somebody who goes along to the town hall."
_SHOWN = "May we ask the return centre to help you?"


async def ask_across(
    session: Session, phones: Phones, centre: Organisation, giver: Actor, office: Organisation
) -> None:
    """Dritan, whom the office accompanies, has said yes; the centre has not answered yet."""
    phone = phones.add_user("Dritan", language_code="sq")
    phones.start(phone.id)
    dritan = await add_returnee(
        session,
        phone.id,
        office,
        "sq",
        country="AL",
        time_zone=zone_or_utc("AL"),
        age_band=AgeBand.ADULT,
        identity=Identity.CONFIRMED,
        confirmed_at=session.now,
    )
    version = dritan.notice_version = Facts.of(office).version
    for purpose in PURPOSES:
        await give_consent(session, dritan, purpose, True, version)
    case = await open_or_append(session, dritan, office.id, Severity.CONCERN, ["asked"])
    await claim(session, giver, case.id)
    travels = (Travels.LANGUAGE, Travels.CONTACT, Travels.COUNTRY)
    referral = await refer(session, giver, case.id, Plan(centre.id, _NEED, travels, 14, False))
    await answer_referral(session, dritan, referral.id, True, Shown(version, _SHOWN))


async def add_shelter(session: Session, centre: Organisation) -> None:
    keeper = await session.scalar(
        select(Staff).where(Staff.organisation_id == centre.id, Staff.role == Role.COORDINATOR)
    )
    assert keeper is not None
    card = Card("intake@harbour.example", "Ana Marku", "+355 4 000 0000")
    await add_mail_partner(
        session, actor_of(keeper), "Harbour House", "sq", card, no_authority=True
    )
