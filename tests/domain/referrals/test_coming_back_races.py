"""A referral comes back to a giver whose case is closed while the person cries: both are heard."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import select

from domain.casework.work import resolve
from domain.referrals.by_mail import accept_by_mail, reject_by_mail, say_outcome_by_mail
from domain.referrals.following import follow_up
from domain.referrals.mailing import find_link, give_up_mail
from domain.referrals.receiving import reject, say_outcome
from domain.returnees.chats import chat_id_of, know_returnees
from domain.signals.opening import open_or_append
from storage.kinds import CaseState, Outcome, Received, Severity
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.partners import MailLink
from storage.tables.returnees import Returnee
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.two import Two
from tests.racing import stands_still

Step = Callable[[Session], Awaitable[object]]


async def mail_never_went(session: Session) -> None:
    link = await find_link(session, MailLink.token.is_not(None))
    assert link is not None
    await give_up_mail(session, link)


async def by_mail(two: Two, how: str) -> Step:
    await known(two)
    referral, token = await mailed(two)
    if how == "mail never went":
        return mail_never_went
    key = await key_of(two, referral, token)
    if how == "rejected by mail":
        return partial(reject_by_mail, token=token, key=key, reason="No bed free")
    async with two.giver.database.begin(SERVICE) as session:
        await accept_by_mail(session, token, key, "Ana Marku")
    if how == "asked again":
        two.giver.later(days=14, minutes=1)
        return follow_up
    key = await key_of(two, referral, token)
    return partial(say_outcome_by_mail, token=token, key=key, received=Received.NO)


async def here(two: Two, how: str) -> Step:
    referral = await two.offered(joint=30)
    if how == "rejected":
        samir, which = two.samir, referral.id
        return lambda session: reject(session, samir, which, "No bed free")
    if how == "lapsed":
        two.giver.later(days=2, minutes=1)
        return follow_up
    await two.accepts(referral)
    return lambda session: say_outcome(session, two.samir, referral.id, Received.NO)


@pytest.mark.parametrize(
    ("begin", "how"),
    [
        (here, "rejected"),
        (here, "lapsed"),
        (here, "no help"),
        (by_mail, "rejected by mail"),
        (by_mail, "no help by mail"),
        (by_mail, "mail never went"),
        (by_mail, "asked again"),
    ],
)
async def test_p1_race_of_what_comes_back_to_a_closed_case_and_a_cry_loses_neither(
    two: Two, begin: Callable[[Two, str], Awaitable[Step]], how: str
) -> None:
    step = await begin(two, how)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        chat_id = chat_id_of(session, await session.get_one(Returnee, two.person.id))

    async def comes_back() -> None:
        async with two.giver.database.begin(SERVICE) as session:
            await step(session)

    async with asyncio.TaskGroup() as group, two.giver.database.begin(SERVICE) as session:
        await know_returnees(session, [chat_id], locked=True)
        coming = group.create_task(comes_back())
        await stands_still(two.giver.database, coming)
        person = await session.get_one(Returnee, two.person.id)
        giver = two.giver.organisation.id
        await open_or_append(session, person, giver, Severity.EMERGENCY, ["threat.threatened"])
    # A tick that found them in somebody's hands looks again.
    await two.goes_on(minutes=1)

    async with two.giver.database.begin(SERVICE) as session:
        [now] = await session.scalars(select(Case).where(Case.state != CaseState.RESOLVED))
        lines = await session.scalars(select(CaseEvent).where(CaseEvent.case_id == now.id))
        reasons = {reason for line in lines for reason in line.reasons}
    assert (now.severity, now.state) == (Severity.EMERGENCY, CaseState.OPEN)
    assert "threat.threatened" in reasons
