"""A partner with only a mailbox sends the same form again, since no answer came to the first."""

import asyncio

import pytest
from sqlalchemy import select

from domain.errors import Refused
from domain.notices import Notice
from domain.referrals.by_mail import (
    accept_by_mail,
    open_by_code,
    reject_by_mail,
    say_outcome_by_mail,
    still_open,
)
from domain.referrals.making import revoke
from storage.kinds import Received, ReferralState
from storage.sessions import SERVICE
from storage.tables.cases import CaseEvent
from tests.domain.centre import Centre
from tests.domain.referrals.ending import VERA, told_in, told_the_person
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.two import Two
from tests.racing import stands_still

NAME = "Ana Marku"


@pytest.fixture
async def two(centre: Centre) -> Two:
    two = await Two.at_work(centre, vera_reads=VERA)
    await known(two)
    return two


async def accepts(two: Two, token: str, key: str) -> str:
    async with two.giver.database.begin(SERVICE) as session:
        return await accept_by_mail(session, token, key, NAME)


async def says_no(two: Two, token: str, key: str) -> str:
    async with two.giver.database.begin(SERVICE) as session:
        return await say_outcome_by_mail(session, token, key, Received.NO)


async def opens(two: Two, token: str, code: str) -> str | None:
    """The key of the page that this code opens."""
    async with two.giver.database.begin(SERVICE) as session:
        page = await open_by_code(session, token, code)
    return page.key if page is not None else None


async def happened(two: Two) -> list[str]:
    async with two.giver.database.begin(SERVICE) as session:
        events = select(CaseEvent.kind).order_by(CaseEvent.number)
        return list(await session.scalars(events))


async def test_p12_who_accepts_once_more_is_told_a_code_that_works_and_nothing_happens_twice(
    two: Two,
) -> None:
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    first = await accepts(two, token, key)
    before = await happened(two)
    again = await accepts(two, token, key)

    assert await happened(two) == before
    assert len(await two.giver.sent(Notice.REFERRAL_ACCEPTED)) == 1
    assert await told_in(two, VERA) == ["accepted"]
    assert await opens(two, token, first) is None
    assert await opens(two, token, again) is not None


async def test_race_of_an_acceptance_that_is_sent_twice_accepts_it_once(two: Two) -> None:
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    async with asyncio.TaskGroup() as group, two.giver.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, key, NAME)
        second = group.create_task(accepts(two, token, key))
        await stands_still(two.giver.database, second)
    assert await opens(two, token, second.result()) is not None
    assert await told_in(two, VERA) == ["accepted"]


async def test_who_rejects_once_more_is_not_told_that_it_was_too_late(two: Two) -> None:
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    for _ in range(2):
        async with two.giver.database.begin(SERVICE) as session:
            await reject_by_mail(session, token, key, "No bed free")
    assert (await two.fresh(referral)).state is ReferralState.REJECTED
    assert await told_in(two, VERA) == ["rejected"]
    assert await told_the_person(two) == [str(referral.id)]


async def test_p2_a_no_that_is_sent_twice_calls_the_giver_once_and_again_with_a_new_code(
    two: Two,
) -> None:
    referral, token = await mailed(two)
    await accepts(two, token, await key_of(two, referral, token))
    key = await key_of(two, referral, token)
    await says_no(two, token, key)
    code = await says_no(two, token, key)
    assert await told_in(two, VERA) == ["accepted", "no-help"]
    later = await opens(two, token, code)
    assert later is not None
    await says_no(two, token, later)
    assert await told_in(two, VERA) == ["accepted", "no-help", "no-help"]


@pytest.mark.parametrize("why", ["another answer", "half an hour later", "taken back"])
async def test_p10_what_a_page_has_answered_with_answers_nothing_else_and_nothing_later(
    two: Two, why: str
) -> None:
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    await accepts(two, token, key)
    if why == "half an hour later":
        two.giver.later(minutes=31)
    if why == "taken back":
        async with two.giver.database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)
    with pytest.raises(Refused):
        await (says_no if why == "another answer" else accepts)(two, token, key)
    for sent in (key, f"spent:{key}"):
        async with two.giver.database.begin(SERVICE) as session:
            assert await still_open(session, token, sent) is None
