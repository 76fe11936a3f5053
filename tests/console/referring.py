"""A referral in the console, from both sides."""

import os

from playwright.async_api import Page
from sqlalchemy import select

from domain.casework.work import claim
from domain.consent.ledger import Shown
from domain.identity.trust import Proof, confirm
from domain.referrals.agreeing import answer_referral
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.console.office import Browser, Colleague, Office

NEED = "A room for the winter, near a school"


async def picture(page: Page, name: str) -> None:
    """For whoever wants to look at it."""
    if folder := os.environ.get("WAYHOME_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def at_work(office: Office, severity: Severity = Severity.URGENT) -> tuple[Colleague, Case]:
    vera = await office.colleague(Role.CASEWORKER)
    person = await office.person()
    case = await office.case(person, "He is at the door", severity)
    async with office.database.begin(SERVICE) as session:
        await confirm(session, vera.actor, person.id, Proof.MET)
        await claim(session, vera.actor, case.id)
    return vera, case


async def refers(ours: Browser, case: Case, elsewhere: Office, **how: str) -> str:
    """Asks them to help, for so many days together; the page of it."""
    begun = await ours.post(
        f"/cases/{case.id}/refer",
        partner=str(elsewhere.organisation.id),
        need=NEED,
        **how,
    )
    return begun.headers["location"]


async def says_yes(office: Office, case: Case) -> None:
    async with office.database.begin(SERVICE) as session:
        referral_id = await session.scalar(select(Referral.id).where(Referral.case_id == case.id))
        assert referral_id is not None
        person = await session.get_one(Returnee, case.returnee_id)
        await answer_referral(session, person, referral_id, True, Shown("1", "May we?"))
