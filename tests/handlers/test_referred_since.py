"""What the person is told of a referral that has gone on since they were asked (P11)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogs.notices import refer
from dialogs.presses import OpenCovered, ShareReferral
from domain.notices import Notice
from domain.returnees.enrolments import current_enrolment
from domain.returnees.enrolments import enrol as with_organisation
from storage.kinds import (
    CaseState,
    Discretion,
    Identity,
    Purpose,
    ReferralState,
)
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.consent import Consent
from storage.tables.organisations import Organisation
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.handlers.cries import all_arrives
from tests.handlers.phone import Phone
from tests.handlers.referring import asked_about, is_who


async def stands(database: Database, referral_id: UUID, state: ReferralState) -> None:
    """How it goes on meanwhile; whoever takes over accompanies them."""
    async with database.begin(SERVICE) as session:
        referral = await session.get_one(Referral, referral_id)
        referral.state, referral.look_at = state, session.now + timedelta(days=3)
        if state is ReferralState.HANDED_OVER:
            partner = await session.get_one(Organisation, referral.partner_id)
            person = await session.get_one(Returnee, referral.returnee_id)
            await with_organisation(session, person, partner)


@pytest.mark.parametrize(
    ("notice", "how", "state", "says"),
    [
        (Notice.REFERRAL_ASKED, "", ReferralState.OFFERED, "May we ask"),
        (Notice.REFERRAL_ASKED, "", ReferralState.LAPSED, "don't wait"),
        (Notice.REFERRAL_ASKED, "", ReferralState.HANDED_OVER, "From now on"),
        (Notice.REFERRAL_DONE, "joint", ReferralState.ACCEPTED, "for 3 days"),
        (Notice.REFERRAL_DONE, "joint", ReferralState.HANDED_OVER, "From now on"),
        (Notice.REFERRAL_DONE, "joint", ReferralState.REVOKED, "don't wait"),
        (Notice.REFERRAL_DONE, "vital", ReferralState.REVOKED, "Your life"),
        (Notice.REFERRAL_ACCEPTED, "", ReferralState.REVOKED, "don't wait"),
    ],
)
async def test_p11_a_cover_that_is_opened_weeks_later_says_what_is_so_by_then(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    notice: Notice,
    how: str,
    state: ReferralState,
    says: str,
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    await stands(database, referral_id, state)
    params = {"referral": str(referral_id), "how": how}
    [opened] = await phone.press_data(
        OpenCovered(notice=notice, refers=refer(notice, params)).pack()
    )
    assert says in opened.text


@pytest.mark.parametrize("has_a_case", ["others", "they", "nobody"])
async def test_p11_that_those_who_took_over_answer_is_said_only_where_nobody_else_does(
    phone: Phone, database: Database, organisation: Organisation, has_a_case: str
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    await stands(database, referral_id, ReferralState.HANDED_OVER)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
        [case] = await session.scalars(select(Case))
        if has_a_case == "nobody":
            case.state = CaseState.RESOLVED
        elif has_a_case == "they":
            case.organisation_id = (await session.get_one(Referral, referral_id)).asks
    params = {"referral": str(referral_id), "how": "alone"}
    cover = OpenCovered(
        notice=Notice.REFERRAL_DONE, refers=refer(Notice.REFERRAL_DONE, params)
    ).pack()
    [opened] = await phone.press_data(cover)
    assert "accompanies you" in opened.text
    assert ("they answer you" in opened.text) is (has_a_case != "others")


@pytest.mark.parametrize("identity", [Identity.CONFIRMED, Identity.DOUBTED])
async def test_p11_a_no_to_those_who_have_taken_over_since_is_not_answered_as_if_it_changed_that(
    phone: Phone, database: Database, organisation: Organisation, identity: Identity
) -> None:
    person, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    await stands(database, referral_id, ReferralState.HANDED_OVER)
    await is_who(database, person, identity)
    [told] = await phone.press_data(ShareReferral(referral=referral_id, granted=False).pack())

    assert ("From now on Rabat" in told.text) is (identity is Identity.CONFIRMED)
    assert "All right" not in told.text
    async with database.begin(SERVICE) as session:
        said = await session.scalars(select(Consent.granted).order_by(Consent.given_at))
        assert said.all()[-1] is False


async def test_p11_a_yes_to_those_who_have_passed_them_on_since_is_not_answered_as_if_it_went(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Nobody would hear it, and it would stand in the ledger."""
    person, referral_id = await asked_about(phone, database, organisation)
    await stands(database, referral_id, ReferralState.HANDED_OVER)
    yes = ShareReferral(referral=referral_id, granted=True).pack()
    [told] = await phone.press_data(yes)
    assert "All right" in told.text
    said = await said_of_partners(database)
    async with database.begin(SERVICE) as session:
        partner_id = (await session.get_one(Referral, referral_id)).partner_id
        theirs = await current_enrolment(session, person.id, partner_id)
        assert theirs is not None
        theirs.until_at = session.now
    [told] = await phone.press_data(yes)

    assert "don't wait for Rabat" in told.text
    assert await said_of_partners(database) == said == [True]


async def test_p11_nobody_is_told_not_to_wait_for_those_who_took_over_since_nor_to_those_who_left(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    person, first = await asked_about(phone, database, organisation)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
        (await session.get_one(Referral, first)).state = ReferralState.REVOKED
    later = await asked_again(database, first)
    await stands(database, later.id, ReferralState.HANDED_OVER)
    ended = OpenCovered(
        notice=Notice.REFERRAL_ENDED, refers=refer(Notice.REFERRAL_ENDED, {"referral": str(first)})
    ).pack()
    [opened] = await phone.press_data(ended)
    assert "From now on" in opened.text
    async with database.begin(SERVICE) as session:
        theirs = await current_enrolment(session, person.id, later.partner_id)
        assert theirs is not None
        theirs.until_at = session.now
    await all_arrives(database)
    [opened] = await phone.press_data(ended)
    assert "don't wait" in opened.text


async def test_p11_under_privacy_nothing_is_said_to_end_with_those_who_have_taken_over(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    _, referral_id = await asked_about(phone, database, organisation)
    await phone.press_data(ShareReferral(referral=referral_id, granted=True).pack())
    await stands(database, referral_id, ReferralState.HANDED_OVER)
    await phone.write("/privacy")
    [after] = await phone.press("Sharing with")
    assert "Rabat &lt;b&gt;Centre&lt;/b&gt; accompanies you" in after.text
    assert "Nothing more is shared" not in after.text


async def test_p11_whoever_helps_again_is_said_to_though_an_earlier_time_is_over(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    person, first = await asked_about(phone, database, organisation)
    await stands(database, first, ReferralState.HANDED_OVER)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
        partner_id = (await session.get_one(Referral, first)).partner_id
        theirs = await current_enrolment(session, person.id, partner_id)
        assert theirs is not None
        theirs.until_at = session.now
    later = await asked_again(database, first)
    await stands(database, later.id, ReferralState.ACCEPTED)
    params = {"referral": str(later.id)}
    accepted = OpenCovered(
        notice=Notice.REFERRAL_ENDED, refers=refer(Notice.REFERRAL_ENDED, params)
    )
    [opened] = await phone.press_data(accepted.pack())
    assert "together with us" in opened.text


async def asked_again(database: Database, first: UUID) -> Referral:
    """Those who were asked by the first referral, by another of the same case."""
    async with database.begin(SERVICE) as session:
        before = await session.get_one(Referral, first)
        later = Referral(
            case_id=before.case_id,
            returnee_id=before.returnee_id,
            organisation_id=before.organisation_id,
            partner_id=before.partner_id,
            state=ReferralState.OFFERED,
            fields=[],
            joint_days=0,
            made_at=session.now + timedelta(minutes=1),
        )
        session.add(later)
    return later


async def said_of_partners(database: Database) -> Sequence[bool]:
    async with database.begin(SERVICE) as session:
        said = await session.scalars(
            select(Consent.granted).where(Consent.purpose == Purpose.PARTNER)
        )
        return said.all()
