"""Two organisations on one installation, and a person whom the first accompanies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain.actors import Actor
from domain.consent.ledger import Shown
from domain.queue.standing import standing_of
from domain.referrals.agreeing import answer_referral
from domain.referrals.following import follow_up
from domain.referrals.making import Plan, refer
from domain.referrals.reading import received
from domain.referrals.receiving import accept
from domain.returnees.enrolments import current_enrolment
from storage.kinds import Identity, Severity, Travels
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

NEED = "A room for the winter"


@dataclass(frozen=True, slots=True)
class Two:
    giver: Centre
    partner: Centre
    vera: Actor
    samir: Actor
    person: Returnee
    case: Case

    @classmethod
    async def at_work(
        cls, centre: Centre, severity: Severity = Severity.URGENT, *, vera_reads: int | None = None
    ) -> "Two":
        partner = await Centre.open(centre.database, centre.clock, "Harbour")
        vera, samir = (
            await centre.colleague(chat=vera_reads),
            await partner.colleague(name="Samir", chat=801),
        )
        person = await centre.person()
        case = await centre.claims(vera, await centre.signal(person, severity))
        return cls(centre, partner, vera, samir, person, case)

    async def refers(
        self, *travels: Travels, joint: int = 0, vital: bool = False, to: Centre | None = None
    ) -> Referral:
        asked = (to or self.partner).organisation.id
        plan = Plan(asked, NEED, travels, joint, vital)
        async with self.giver.database.begin(SERVICE) as session:
            return await refer(session, self.vera, self.case.id, plan)

    async def answers(self, referral: Referral, granted: bool = True) -> None:
        """Somebody has made sure who they are."""
        async with self.giver.database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, self.person.id)
            person.identity, person.confirmed_at = Identity.CONFIRMED, session.now
            await answer_referral(session, person, referral.id, granted, Shown("1", "May we?"))

    async def accepts(self, referral: Referral) -> None:
        async with self.giver.database.begin(SERVICE) as session:
            await accept(session, self.samir, referral.id)

    async def offered(self, *travels: Travels, joint: int = 0) -> Referral:
        referral = await self.refers(*travels, joint=joint)
        await self.answers(referral)
        return referral

    async def is_with_partner(self) -> bool:
        async with self.giver.database.begin(SERVICE) as session:
            partner = self.partner.organisation.id
            return await current_enrolment(session, self.person.id, partner) is not None

    async def goes_on(self, **span: float) -> None:
        """The clock moves, and the tick does what is due."""
        self.giver.clock.offset += timedelta(**span)
        while True:
            async with self.giver.database.begin(SERVICE) as session:
                if not await follow_up(session):
                    return

    async def fresh(self, referral: Referral) -> Referral:
        async with self.giver.database.begin(SERVICE) as session:
            return await session.get_one(Referral, referral.id)

    async def case_now(self, case_id: UUID) -> Case:
        async with self.giver.database.begin(SERVICE) as session:
            return await session.get_one(Case, case_id)


async def seen_by_partner(two: Two) -> int:
    """How many referrals, on the page and beneath it."""
    async with two.giver.database.begin(SERVICE) as session:
        listed = len((await received(session, two.samir)).lines)
    async with two.giver.database.begin(two.partner.organisation.id, two.samir.staff_id) as session:
        beneath = await session.scalar(select(func.count()).select_from(Referral)) or 0
    assert listed == beneath
    return listed


async def waiting(centre: Centre, actor: Actor) -> int:
    """As every page of theirs says it."""
    async with centre.database.begin(actor.organisation_id, actor.staff_id) as session:
        return (await standing_of(session, actor)).referrals


async def cases_of(two: Two, centre: Centre) -> Sequence[Case]:
    theirs = select(Case).where(Case.organisation_id == centre.organisation.id)
    async with two.giver.database.begin(SERVICE) as session:
        return (await session.scalars(theirs)).all()
