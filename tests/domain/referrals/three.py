"""A third organisation beside the two."""

from domain.actors import Actor
from domain.casework.work import resolve
from domain.referrals.receiving import reject
from domain.returnees.enrolments import enrol
from storage.kinds import (
    Outcome,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.ending import LULE
from tests.domain.referrals.two import Two


async def beside_it(two: Two, *, joint: int = 0) -> tuple[Centre, Actor, Referral]:
    """A third one is asked, and the person says yes to it, too."""
    hope = await Centre.open(two.giver.database, two.giver.clock, "Hope")
    lule = await hope.colleague(name="Lule", chat=LULE)
    referral = await two.refers(to=hope, joint=joint)
    await two.answers(referral)
    return hope, lule, referral


async def with_a_third(two: Two) -> tuple[Centre, Actor, Case]:
    """While both accompany them, another organisation that invited them has an open case. It was
    asked to help once, and could not.
    """
    hope, lule, asked = await beside_it(two)
    async with two.giver.database.begin(SERVICE) as session:
        await reject(session, lule, asked.id, "No bed free")
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    two.giver.later(days=15)
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await enrol(session, person, await session.get_one(Organisation, hope.organisation.id))
    return hope, lule, await hope.claims(lule, await hope.signal(two.person))
