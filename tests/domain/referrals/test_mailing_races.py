"""A partner posts from its link while whoever gave the referral works on it: both come through."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from domain.referrals.by_mail import accept_by_mail, reject_by_mail
from domain.referrals.finding import find_given
from domain.referrals.mailing import find_link, give_up_mail, make_code
from storage.kinds import ReferralState
from storage.sessions import SERVICE, Session
from storage.tables.partners import MailLink
from storage.tables.referrals import Referral
from tests.domain.centre import Centre
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.two import Two
from tests.racing import stands_still

Step = Callable[[Session, str, str], Awaitable[object]]
NAME = "Ana Marku"


@pytest.fixture
async def two(centre: Centre) -> Two:
    two = await Two.at_work(centre)
    await known(two)
    return two


async def accepts(session: Session, token: str, key: str) -> None:
    await accept_by_mail(session, token, key, NAME)


async def rejects(session: Session, token: str, key: str) -> None:
    await reject_by_mail(session, token, key, "No bed free")


async def mail_never_went(session: Session, token: str, key: str) -> None:
    link = await find_link(session, MailLink.token.is_not(None))
    assert link is not None
    await give_up_mail(session, link)


async def while_the_giver_makes_a_code(
    two: Two, referral: Referral, step: Step, token: str, key: str
) -> None:
    async def posts() -> None:
        async with two.giver.database.begin(SERVICE) as session:
            await step(session, token, key)

    async with asyncio.TaskGroup() as group, two.giver.database.begin(SERVICE) as session:
        await find_given(session, two.vera, referral.id)
        posting = group.create_task(posts())
        await stands_still(two.giver.database, posting)
        await make_code(session, two.vera, referral.id)


@pytest.mark.parametrize(
    ("step", "becomes"),
    [
        (accepts, ReferralState.ACCEPTED),
        (rejects, ReferralState.REJECTED),
        (mail_never_went, ReferralState.OFFERED),
    ],
)
async def test_race_of_what_a_partner_posts_and_a_new_code_for_it(
    two: Two, step: Step, becomes: ReferralState
) -> None:
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    await while_the_giver_makes_a_code(two, referral, step, token, key)
    assert (await two.fresh(referral)).state is becomes
