"""What two organisations do together in the model."""

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import claim
from domain.consent.ledger import Shown
from domain.errors import Refusal
from domain.identity.trust import Proof, confirm
from domain.organisations import add_organisation
from domain.referrals.agreeing import answer_referral
from domain.referrals.by_mail import (
    accept_by_mail,
    open_by_code,
    reject_by_mail,
    say_outcome_by_mail,
)
from domain.referrals.handing_over import hand_over_now
from domain.referrals.mailing import LINK, make_code
from domain.referrals.making import Plan, decide, refer, revoke
from domain.referrals.partners import Card, add_mail_partner
from domain.referrals.receiving import accept, reject, say_outcome
from domain.signals.opening import open_or_append
from domain.staff import add_staff
from storage.kinds import Received, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.organisations import Organisation
from storage.tables.partners import MailLink, MailPartner
from storage.tables.referrals import Referral
from tests.model.colleagues import Colleagues, colleagues
from tests.model.partnership import ensure_theirs
from tests.model.stage import people, returnee_of

_NEED = "A room for the winter"
_CARD = Card("intake@shelter.example.org", "Ana Marku", "+355 4 000 000")
JOINT_DAYS = (0, 7)


class Beginning(Enum):
    """How far it is with the first of the people."""

    NOTHING = auto()
    CLAIMED = auto()
    ASKED = auto()
    OFFERED = auto()
    TOGETHER = auto()


DEALINGS: dict[str, Callable[[Session, Actor, UUID], Awaitable[object]]] = {
    "decide": decide,
    "accept": accept,
    "reject": lambda session, actor, referral: reject(session, actor, referral, "We are full."),
    "revoke": revoke,
    "hand over": hand_over_now,
    "no help": lambda session, actor, referral: say_outcome(session, actor, referral, Received.NO),
}


#: Of whoever has a mailbox only, with the link and the key of its page.
BY_MAIL: dict[str, Callable[[Session, str, str], Awaitable[object]]] = {
    "accept": lambda session, link, key: accept_by_mail(session, link, key, "Ana"),
    "reject": lambda session, link, key: reject_by_mail(session, link, key, "We are full."),
    "it came": lambda session, link, key: say_outcome_by_mail(session, link, key, Received.YES),
    "it did not": lambda session, link, key: say_outcome_by_mail(session, link, key, Received.NO),
}


class Partners(Colleagues):
    coordinator: Actor
    partner: Organisation
    #: Of a partner that has a mailbox only.
    mailbox: UUID

    async def _open_partners(self) -> None:
        here = self.house.organisation
        async with self.machinery.database.begin(SERVICE) as session:
            self.partner = await add_organisation(session, "Harbour", country="AL")
            mira = await add_staff(session, "Mira", here, Role.COORDINATOR)
            self.coordinator = Actor(mira.id, here.id, Role.COORDINATOR)
            await add_mail_partner(
                session, self.coordinator, "Shelter", "sq", _CARD, no_authority=True
            )
            self.mailbox = (await session.scalars(select(MailPartner.id))).one()
        await self.house.colleague(Role.CASEWORKER, self.partner)

    async def _begin(self, beginning: Beginning, severity: Severity, joint: int) -> None:
        """The steps that lead there are taken in order, since chance seldom would."""
        (vera, _), (samir, _) = self.house.staff[0], self.house.staff[2]
        steps = list(Beginning).index(beginning)
        async with self.machinery.database.begin(SERVICE) as session:
            if steps == 0:
                return
            person = await returnee_of(session, self.people[0])
            assert person is not None
            here = self.house.organisation.id
            case = await open_or_append(session, person, here, severity, ["threat.threatened"])
            await claim(session, vera, case.id)
            await confirm(session, vera, person.id, Proof.MET)
            if steps == 1:
                return
            plan = Plan(self.partner.id, _NEED, joint_days=joint)
            referral = await refer(session, vera, case.id, plan)
            if steps > 2:
                await answer_referral(session, person, referral.id, True, Shown("1", "May we?"))
            if steps > 3:
                await accept(session, samir, referral.id)

    @rule(
        who=st.integers(0, 1),
        which=st.integers(0, 3),
        by_mail=st.booleans(),
        joint=st.sampled_from(JOINT_DAYS),
        vital=st.booleans(),
    )
    def refer(self, who: int, which: int, by_mail: bool, joint: int, vital: bool) -> None:
        partner = self.mailbox if by_mail else self.partner.id
        plan = Plan(partner, _NEED, joint_days=joint, vital=vital)
        self.bench.do(self._refer(who, which, plan))

    async def _refer(self, who: int, which: int, plan: Plan) -> None:
        case, (actor, _) = await self._case(which), self.house.staff[who]
        if case is None:
            return
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                await refer(session, actor, case.id, plan)
        except Refusal:
            return
        ensure_theirs(actor, case)

    @rule(who=people, which=st.integers(0, 3))
    def answer_about_partners(self, who: int, which: int) -> None:
        self._press_shown(self.people[who], which, "(sr|sp|hc):.*")

    @rule(who=colleagues, which=st.integers(0, 3), does=st.sampled_from(tuple(DEALINGS)))
    def deal_with_a_referral(self, who: int, which: int, does: str) -> None:
        self.bench.do(self._deal(who, which, does))

    async def _deal(self, who: int, which: int, does: str) -> None:
        actor, _ = self.house.staff[who]
        async with self.machinery.database.begin(SERVICE) as session:
            found = await session.scalars(select(Referral).order_by(Referral.made_at, Referral.id))
            referrals = found.all()
        if not referrals:
            return
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                await DEALINGS[does](session, actor, referrals[which % len(referrals)].id)
        except Refusal:
            pass

    @rule(which=st.integers(0, 3), does=st.sampled_from(tuple(BY_MAIL)))
    def answer_by_mail(self, which: int, does: str) -> None:
        self.bench.do(self._answer_by_mail(which, does))

    async def _answer_by_mail(self, which: int, does: str) -> None:
        """They are told a code on the telephone, and open the page with it."""
        vera, _ = self.house.staff[0]
        try:
            async with self.machinery.database.begin(SERVICE) as session:
                links = (await session.scalars(select(MailLink).order_by(MailLink.id))).all()
                link = links[which % len(links)] if links else None
                if link is None or link.token is None:
                    return
                token = session.keys.open(link.token, LINK)
                code = await make_code(session, vera, link.referral_id)
                opened = await open_by_code(session, token, code)
                assert opened is not None
                await BY_MAIL[does](session, token, opened.key)
        except Refusal:
            pass
