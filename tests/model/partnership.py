"""What is looked at where two organisations help the same person: nobody falls between them, and
nothing is known where it is not theirs.
"""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from storage.kinds import ReferralState
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.privacy import Erasure
from storage.tables.referrals import UNDER_WAY, Referral
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from tests.model.house import House

# Nobody who is asked learns anything before.
_UNSAID = (ReferralState.ASKED, ReferralState.TO_DECIDE)
_A_MOMENT = timedelta(minutes=2)


def ensure_theirs(actor: Actor, case: Case) -> None:
    """P10: whoever did something with a case is of the organisation that has it."""
    assert case.organisation_id == actor.organisation_id, "worked on what is not theirs"


async def only_their_team_is_told(house: House) -> None:
    """P10: no code of a case is on the phone of anybody of another organisation, unless that was
    asked to help.
    """
    async with house.machinery.database.begin(SERVICE) as session:
        cases = (await session.scalars(select(Case))).all()
        asked = await session.execute(
            select(Referral.case_id, Referral.partner_id).where(Referral.state.not_in(_UNSAID))
        )
        helpers: dict[UUID, set[UUID | None]] = defaultdict(set)
        for case_id, partner_id in asked:
            helpers[case_id].add(partner_id)
    readers = [(actor.organisation_id, {user.id}) for actor, user in house.staff]
    for reader, chats in [*readers, (house.organisation.id, set(house.groups))]:
        shown = "\n".join(sent.text for sent in house.shown if sent.chat in chats)
        for case in cases:
            if case.code in shown:
                theirs = {case.organisation_id, *helpers[case.id]}
                assert reader in theirs, "told of somebody who is not theirs"


async def nobody_falls_between(house: House) -> None:
    """P2: each person is with somebody; whoever gives them on has them until another one does, and
    what is owed about that is not late.
    """
    now = house.machinery.time.now
    async with house.machinery.database.begin(SERVICE) as session:
        leaving = set(await session.scalars(select(Erasure.returnee_id)))
        people = set(await session.scalars(select(Returnee.id)))
        enrolments = await session.execute(
            select(Enrolment.returnee_id, Enrolment.organisation_id).where(STILL_ENROLLED)
        )
        accompanied = {(person, organisation) for person, organisation in enrolments}
        referrals = (await session.scalars(select(Referral))).all()
        cases = (await session.scalars(select(Case))).all()
    nobodys = people - {person for person, _ in accompanied}
    assert not nobodys, "somebody is with nobody"
    had = {(case.returnee_id, case.organisation_id) for case in cases}
    for referral in referrals:
        if referral.returnee_id in leaving or referral.partner_id is None:
            continue
        giver = referral.returnee_id, referral.organisation_id
        taker = referral.returnee_id, referral.partner_id
        if referral.state in UNDER_WAY:
            assert giver in accompanied, "given away before anybody took them"
            assert referral.look_at is not None, "nothing comes of it"
            assert referral.look_at > now - _A_MOMENT, "something is owed"
        if referral.state in (ReferralState.ACCEPTED, ReferralState.HANDED_OVER):
            assert taker in accompanied, "accepted, and not theirs"
        if referral.state is ReferralState.HANDED_OVER:
            assert taker in had, "handed over, and nobody has to look after them"
        if referral.alert_at is not None:
            assert referral.alert_at > now - _A_MOMENT, "an answer is owed, and nobody hears so"
