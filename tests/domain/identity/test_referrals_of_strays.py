"""Somebody is referred before anybody knows who they are, and turns out to be known."""

import pytest
from sqlalchemy import select

from domain.identity.strays import take_in
from domain.notices import Notice
from storage.kinds import CaseState
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two


@pytest.mark.parametrize("joint", [0, 30])
@pytest.mark.parametrize("accepted", [True, False])
async def test_p2_those_who_were_asked_to_help_a_stray_hear_that_nothing_of_it_is_theirs_any_more(
    centre: Centre, joint: int, accepted: bool
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered(joint=joint)
    if accepted:
        await two.accepts(referral)
    known = await centre.person()
    await centre.all_arrives()
    before = await centre.sent(Notice.STAFF_REFERRAL)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, known.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, two.person.id), person)

    told = (await centre.sent(Notice.STAFF_REFERRAL))[len(before) :]
    code = two.case.code
    assert [(sent.chat, sent.params["what"], sent.params["code"]) for sent in told] == [
        (801, "ended", code)
    ]
    async with centre.database.begin(SERVICE) as session:
        [own] = await session.scalars(select(Case).where(Case.state != CaseState.RESOLVED))
        assert (own.returnee_id, own.organisation_id) == (known.id, centre.organisation.id)
