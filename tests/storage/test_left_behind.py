"""What earlier releases left in the tables, a migration puts right."""

from typing import Any
from uuid import UUID

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.channels.keeping import add_channel
from domain.consent import PURPOSES
from domain.consent.facts import facts_for
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.notices import Notice
from domain.returnees.enrolments import current_enrolment, enrol
from storage.kinds import ReferralState, Role
from storage.sessions import SERVICE
from storage.tables.channels import AlertChannel, ChannelCall
from storage.tables.referrals import Referral
from storage.tables.returnees import Invite, Returnee
from storage.tables.staff import Staff
from tests.domain.centre import Centre
from tests.domain.consent.renewing import another_is_true, asked_of, says, ticks
from tests.domain.referrals.two import Two
from tests.postgres import DatabaseUrls
from tests.storage.scripts import scripts


async def puts_right(urls: DatabaseUrls, number: str) -> None:
    """That revision, once more: what it does to rows it does to any tables since."""
    module = scripts().get_revision(number).module

    def upgrade(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            module.upgrade()

    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


async def test_p7_of_whoever_left_before_no_address_stays_and_of_all_others_each(
    urls: DatabaseUrls, centre: Centre
) -> None:
    head, gone = await centre.colleague(Role.ADMIN), await centre.colleague(Role.SUPERVISOR)
    for owner, shared in ((gone, False), (gone, True), (head, False)):
        async with centre.database.begin(centre.organisation.id, owner.staff_id) as session:
            await add_channel(session, owner, "jsons://alerts.example.org", shared=shared)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Staff, gone.staff_id)).disabled_at = session.now
    await puts_right(urls, "0083")

    async with centre.database.begin(SERVICE) as session:
        there = list(await session.scalars(select(AlertChannel)))
        assert {each.staff_id for each in there} == {None, head.staff_id}
        called = await session.scalars(select(ChannelCall.channel_id))
        assert set(called) == {each.id for each in there}


async def invited(two: Two) -> UUID:
    """By the giver, before anything else."""
    giver = two.giver.organisation.id
    async with two.giver.database.begin(SERVICE) as session:
        [new] = await issue_invites(session, giver)
        invite = await redeem_invite(session, new.code)
        enrolment = await current_enrolment(session, two.person.id, giver)
        assert enrolment is not None
        enrolment.invite_id = invite.id
    return invite.id


async def came_as_before(two: Two, joint: int, **otherwise: Any) -> None:
    """By a referral that was accepted when no invite went along."""
    referral = await two.offered(joint=joint)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        partner = two.partner.organisation.id
        enrolment = await current_enrolment(session, two.person.id, partner)
        assert enrolment is not None
        enrolment.invite_id = None
        for name, value in otherwise.items():
            setattr(await session.get_one(Referral, referral.id), name, value)


async def by_invite(centre: Centre, person: Returnee) -> UUID | None:
    async with centre.database.begin(SERVICE) as session:
        enrolment = await current_enrolment(session, person.id, centre.organisation.id)
        assert enrolment is not None
        return enrolment.invite_id


@pytest.mark.parametrize("joint", [0, 30])
async def test_whom_a_referral_brought_before_has_the_invite_of_whoever_gave_them(
    urls: DatabaseUrls, centre: Centre, joint: int
) -> None:
    two = await Two.at_work(centre)
    invite_id = await invited(two)
    await came_as_before(two, joint)
    await puts_right(urls, "0084")

    assert await by_invite(two.partner, two.person) == invite_id


async def test_whom_the_partner_handed_on_has_the_first_ones_invite(
    urls: DatabaseUrls, centre: Centre
) -> None:
    two = await Two.at_work(centre)
    invite_id = await invited(two)
    await came_as_before(two, joint=30)
    third = await Centre.open(centre.database, centre.clock, "Haven")
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await enrol(session, person, third.organisation)
        once_more = Referral(
            case_id=two.case.id,
            returnee_id=person.id,
            organisation_id=two.partner.organisation.id,
            partner_id=third.organisation.id,
            state=ReferralState.ACCEPTED,
            fields=[],
            joint_days=30,
            made_at=session.now,
            answered_at=session.now,
        )
        session.add(once_more)
    await puts_right(urls, "0084")

    assert await by_invite(third, two.person) == invite_id


@pytest.mark.parametrize(
    "otherwise", [{"vital": True}, {"state": ReferralState.REVOKED}, {"answered_at": None}]
)
async def test_p5_without_a_yes_that_holds_no_invite_goes_along_afterwards_either(
    urls: DatabaseUrls, centre: Centre, otherwise: dict[str, Any]
) -> None:
    two = await Two.at_work(centre)
    await invited(two)
    await came_as_before(two, joint=30, **otherwise)
    await puts_right(urls, "0084")

    assert await by_invite(two.partner, two.person) is None


async def test_p6_an_invite_that_was_used_goes_where_whoever_came_by_it_was_forgotten_before(
    urls: DatabaseUrls, centre: Centre
) -> None:
    two = await Two.at_work(centre)
    kept = await invited(two)
    async with centre.database.begin(SERVICE) as session:
        _, forgotten = await issue_invites(session, centre.organisation.id, count=2)
        await redeem_invite(session, forgotten.code)
        unused = Invite.used_at.is_(None)
        waiting = (await session.scalars(select(Invite.id).where(unused))).one()
    sql = scripts().get_revision("0092").module.FORGET_INVITES_OF_NOBODY
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(text(sql))
    await engine.dispose()

    async with centre.database.begin(SERVICE) as session:
        assert set(await session.scalars(select(Invite.id))) == {kept, waiting}


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize("recorded", ["none", "newest"])
@pytest.mark.parametrize("answers", [[True], [True, False], [False]])
async def test_p5_a_yes_under_another_notice_than_the_one_on_record_is_asked_about_anew_once(
    urls: DatabaseUrls, centre: Centre, recorded: str, answers: list[bool]
) -> None:
    """Earlier releases had none on record of whoever left the welcome half way, and of whoever
    answered once under the newest one that.
    """
    person = await centre.person(consents=False)
    for purpose, granted in zip(PURPOSES, answers, strict=False):
        await says(centre, person, purpose, granted)
    await another_is_true(centre)
    async with centre.database.begin(SERVICE) as session:
        newest = (await facts_for(session, person)).version if recorded == "newest" else None
        (await session.get_one(Returnee, person.id)).notice_version = newest
    await ticks(centre)
    assert await centre.sent(Notice.CONSENT_ANEW) == []
    for _ in range(2):
        await puts_right(urls, "0093")
        await ticks(centre)

    assert len(await centre.sent(Notice.CONSENT_ANEW)) == any(answers)
    assert (PURPOSES[0] in await asked_of(centre, person)) is answers[0]


@pytest.mark.usefixtures("morning")
async def test_p12_who_agreed_under_the_notice_that_is_true_is_not_asked_anew(
    urls: DatabaseUrls, centre: Centre
) -> None:
    person = await centre.person(consents=False)
    await says(centre, person, PURPOSES[0], True)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).notice_version = None
    await puts_right(urls, "0093")
    await ticks(centre)
    assert await centre.sent(Notice.CONSENT_ANEW) == []
    await another_is_true(centre)
    await ticks(centre)

    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1


@pytest.mark.usefixtures("morning")
async def test_p5_a_yes_that_keeps_its_notice_on_record_goes_on_doing_so(
    urls: DatabaseUrls, centre: Centre
) -> None:
    """One more was given since, and no tick has come by yet."""
    person = await centre.person(consents=False)
    await says(centre, person, PURPOSES[0], True)
    await another_is_true(centre)
    await says(centre, person, PURPOSES[1], True)
    await puts_right(urls, "0093")
    await ticks(centre)

    assert await asked_of(centre, person) == [*PURPOSES]
