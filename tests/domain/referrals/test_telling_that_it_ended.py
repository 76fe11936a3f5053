"""What was agreed comes to nothing: whoever counts on it hears so."""

import pytest
from sqlalchemy import select

from domain.casework.work import resolve
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.profiles.wishing import change_partner
from domain.referrals.making import revoke
from domain.referrals.receiving import reject, say_outcome
from storage.kinds import (
    CaseState,
    Discretion,
    Outcome,
    Received,
    ReferralState,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.referrals.ending import LULE, SAMIR, VERA, told_in, told_the_person
from tests.domain.referrals.mailing import known, mailed
from tests.domain.referrals.two import Two


async def takes_back(two: Two, referral: Referral) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        await revoke(session, two.vera, referral.id)


@pytest.mark.parametrize("joint", [False, True], ids=["offered", "both accompany them"])
async def test_p2_what_the_giver_takes_back_the_person_and_those_who_were_asked_hear_of(
    two: Two, joint: bool
) -> None:
    referral = await two.offered(joint=7)
    if joint:
        await two.accepts(referral)
    await takes_back(two, referral)
    assert await told_the_person(two) == [str(referral.id)]
    assert await told_in(two, SAMIR) == ["offered", "ended"]


@pytest.mark.parametrize("stage", ["asked", "offered", "accepted"])
async def test_p2_whoever_has_the_case_hears_that_a_colleague_took_it_back(
    centre: Centre, stage: str
) -> None:
    """Else they count on help that does not come."""
    two = await Two.at_work(centre, vera_reads=VERA)
    referral = await two.refers(joint=7) if stage == "asked" else await two.offered(joint=7)
    if stage == "accepted":
        await two.accepts(referral)
    before = await told_in(two, VERA)
    ana = await centre.colleague(name="Ana", chat=703)
    async with centre.database.begin(SERVICE) as session:
        await revoke(session, ana, referral.id)
    assert (await told_in(two, VERA))[len(before) :] == ["revoked"]
    assert await told_in(two, 703) == []


async def test_nobody_hears_of_a_closed_case_that_a_colleague_took_back_what_was_given_from_it(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, vera_reads=VERA)
    referral = await two.offered(joint=7)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    ana = await centre.colleague(name="Ana")
    async with centre.database.begin(SERVICE) as session:
        await revoke(session, ana, referral.id)
    assert await told_in(two, VERA) == []


@pytest.mark.parametrize(("by", "what"), [("colleague", "revoked"), ("person", "taken-back")])
async def test_p2_whoever_has_a_later_case_of_theirs_hears_that_it_was_taken_back(
    centre: Centre, by: str, what: str
) -> None:
    """They have the person alone from then on."""
    two = await Two.at_work(centre, vera_reads=VERA)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
    centre.later(days=15)
    lule, ana = await centre.colleague(name="Lule", chat=LULE), await centre.colleague(name="Ana")
    later = await centre.claims(lule, await centre.signal(two.person, Severity.CONCERN))
    assert later.id != two.case.id
    if by == "person":
        await two.answers(referral, granted=False)
    else:
        async with centre.database.begin(SERVICE) as session:
            await revoke(session, ana, referral.id)

    told = [
        each for each in await centre.sent(Notice.STAFF_REFERRAL) if each.params["what"] == what
    ]
    assert [(each.chat, each.params["code"]) for each in told] == [(LULE, later.code)]


async def test_p12_whoever_takes_it_back_in_their_own_case_is_not_told_so(centre: Centre) -> None:
    two = await Two.at_work(centre, vera_reads=VERA)
    await takes_back(two, await two.offered())
    assert await told_in(two, VERA) == []


@pytest.mark.parametrize("how", ["rejected", "lapsed"])
async def test_p2_a_person_who_said_yes_does_not_wait_for_somebody_who_does_not_come(
    two: Two, how: str
) -> None:
    referral = await two.offered()
    if how == "lapsed":
        await two.goes_on(days=2, minutes=1)
    else:
        async with two.giver.database.begin(SERVICE) as session:
            await reject(session, two.samir, referral.id, "No bed free")
    assert await told_the_person(two) == [str(referral.id)]
    # Their own no nobody has to tell them.
    ended = ["ended"] if how == "lapsed" else []
    assert (await told_in(two, SAMIR))[1:] == ended


async def test_p12_what_had_not_gone_yet_ends_without_a_word(two: Two) -> None:
    await takes_back(two, await two.refers())
    assert await told_the_person(two) == []
    assert await told_in(two, SAMIR) == []


async def test_p5_whoever_takes_it_back_themselves_is_not_told_so(two: Two) -> None:
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    await two.answers(referral, granted=False)
    assert await told_the_person(two) == []
    assert await told_in(two, SAMIR) == ["offered", "ended"]


async def test_p10_whom_the_person_keeps_away_is_called_for_nothing(two: Two) -> None:
    referral = await two.offered()
    async with two.giver.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await change_partner(session, person, two.partner.organisation.id)
    assert (await two.fresh(referral)).state is ReferralState.REVOKED
    assert await told_in(two, SAMIR) == ["offered"]
    assert await told_the_person(two) == []


async def test_p6_of_whoever_is_to_be_forgotten_nobody_is_told_that_it_ended(two: Two) -> None:
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, two.vera, two.case.id, Outcome.HELPED)
        person = await session.get_one(Returnee, two.person.id)
        # So it waits for three days whether they were forced.
        person.discretion = Discretion.WATCHED
        await ask_to_be_forgotten(session, person)
    await two.answers(referral, granted=False)
    assert (await two.fresh(referral)).state is ReferralState.REVOKED
    async with two.giver.database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        told = [content_of(row, session.keys)["params"].get("what") for row in rows]
    assert "ended" not in told


async def test_p2_the_giver_hears_of_it_when_those_who_help_with_them_say_that_no_help_came(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre, vera_reads=VERA)
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    await two.giver.writes(two.vera, two.case)
    for _ in range(2):
        async with centre.database.begin(SERVICE) as session:
            await say_outcome(session, two.samir, referral.id, Received.NO)
    assert (await told_in(two, VERA))[1:] == ["no-help"]
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
async def test_p5_what_a_mailbox_knows_already_its_giver_can_stop_once_the_person_takes_it_back(
    centre: Centre, closed: bool
) -> None:
    two = await Two.at_work(centre, vera_reads=VERA)
    await known(two)
    referral, _ = await mailed(two)
    if closed:
        async with centre.database.begin(SERVICE) as session:
            await resolve(session, two.vera, two.case.id, Outcome.REFERRED)
    await two.answers(referral, granted=False)
    assert (await told_in(two, VERA)) == ["taken-back"]
