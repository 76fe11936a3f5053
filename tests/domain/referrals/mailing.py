"""A partner who has a mailbox only, and a referral to it."""

from sqlalchemy import select

from domain.referrals.by_mail import open_by_code
from domain.referrals.mailing import make_code
from domain.referrals.making import Plan, refer
from domain.referrals.partners import Card, add_mail_partner, partners_for
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.partners import MailLink
from storage.tables.referrals import Referral
from tests.domain.referrals.two import NEED, Two

CARD = Card("intake@shelter.example.org", "Ana Marku", "+355 4 000 000")


async def known(two: Two) -> None:
    coordinator = await two.giver.colleague(Role.COORDINATOR)
    async with two.giver.database.begin(two.giver.organisation.id) as session:
        await add_mail_partner(session, coordinator, "Shelter", "sq", CARD, no_authority=True)


async def begun(two: Two, **plan: object) -> Referral:
    async with two.giver.database.begin(SERVICE) as session:
        [choice] = [
            each for each in await partners_for(session, two.vera, two.person.id) if each.by_mail
        ]
        return await refer(
            session,
            two.vera,
            two.case.id,
            Plan(choice.id, NEED, **plan),  # type: ignore[arg-type]
        )


async def mailed(two: Two, **plan: object) -> tuple[Referral, str]:
    """The person said yes; the referral, and what stands in the link."""
    referral = await begun(two, **plan)
    await two.answers(referral)
    async with two.giver.database.begin(SERVICE) as session:
        link = await session.scalar(select(MailLink).where(MailLink.referral_id == referral.id))
        assert link is not None
        assert link.token is not None
        return referral, session.keys.open(link.token, "mail link")


async def key_of(two: Two, referral: Referral, token: str) -> str:
    """They are told a code on the telephone, and open the page with it."""
    async with two.giver.database.begin(SERVICE) as session:
        code = await make_code(session, two.vera, referral.id)
        opened = await open_by_code(session, token, code)
        assert opened is not None
        return opened.key
