"""A case goes from one colleague to another, and is the giver's until the other one accepts."""

import asyncio

import pytest

from domain.actors import Actor
from domain.casework.reading import read_case
from domain.casework.story import Happening
from domain.casework.work import release, resolve
from domain.colleagues.handing_over import (
    accept,
    offer,
    offered_to,
    reject,
    revoke,
    standing,
    take_back_unheard,
)
from domain.duty import go_off_duty
from domain.errors import Refused
from domain.notices import Notice
from domain.safeguarding.conflicts import keep_apart
from storage.kinds import CaseState, ConflictKind, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from tests.domain.centre import Centre
from tests.domain.referrals.two import waiting
from tests.racing import stands_still


async def two_at_work(
    centre: Centre, severity: Severity = Severity.URGENT
) -> tuple[Actor, Actor, Case]:
    vera = await centre.colleague(chat=701, on_duty=True)
    samir = await centre.colleague(name="Samir", chat=702, on_duty=True)
    case = await centre.claims(vera, await centre.signal(await centre.person(), severity))
    return vera, samir, case


async def offers(centre: Centre, giver: Actor, case: Case, to: Actor) -> None:
    async with centre.database.begin(SERVICE) as session:
        await offer(session, giver, case.id, to.staff_id)


async def accepts(centre: Centre, receiver: Actor, case: Case) -> None:
    async with centre.database.begin(SERVICE) as session:
        await accept(session, receiver, case.id)


async def waiting_for(centre: Centre, actor: Actor) -> int:
    async with centre.database.begin(SERVICE) as session:
        return len(await offered_to(session, actor))


async def test_p2_an_offered_case_is_the_givers_until_it_is_accepted(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre)
    await centre.writes(vera, case)
    await offers(centre, vera, case, samir)
    assert (await centre.fresh(case)).claimed_by == vera.staff_id
    [told] = await centre.sent(Notice.STAFF_REFERRAL)
    assert (told.chat, told.params["code"]) == (702, case.code)
    # It stands beside Referrals on every page of whoever reads no Telegram.
    assert [await waiting(centre, each) for each in (vera, samir)] == [0, 1]

    await accepts(centre, samir, case)
    now = await centre.fresh(case)
    # Assignment is no acknowledgement: the first action is owed anew.
    assert (now.claimed_by, now.state) == (samir.staff_id, CaseState.CLAIMED)
    assert now.claim_deadline_at is not None
    assert await waiting_for(centre, samir) == 0
    assert await waiting(centre, samir) == 0
    with pytest.raises(Refused):
        await accepts(centre, samir, case)


async def test_a_rejection_has_a_reason_that_stands_in_the_case(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="why"):
            await reject(session, samir, case.id, "")
    async with centre.database.begin(SERVICE) as session:
        await reject(session, samir, case.id, "I speak no Arabic")
    assert (await centre.fresh(case)).claimed_by == vera.staff_id
    async with centre.database.begin(centre.organisation.id) as session:
        timeline = (await read_case(session, vera, case.id)).timeline
    notes = [each.note for each in timeline if isinstance(each, Happening)]
    assert "I speak no Arabic" in notes


async def test_what_is_taken_back_nobody_accepts(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused):
            await revoke(session, samir, case.id)
    async with centre.database.begin(SERVICE) as session:
        await revoke(session, vera, case.id)
    with pytest.raises(Refused, match="not offered"):
        await accepts(centre, samir, case)


async def test_p2_a_receiver_who_goes_off_duty_hides_nobody(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back_unheard(session) == 0
        await go_off_duty(session, samir)
    await centre.all_arrives()
    alerts = len(await centre.sent(Notice.STAFF_ALERT))
    async with centre.database.begin(SERVICE) as session:
        assert await take_back_unheard(session) == 1
    assert await waiting_for(centre, samir) == 0
    assert (await centre.fresh(case)).claimed_by == vera.staff_id
    assert len(await centre.sent(Notice.STAFF_ALERT)) == alerts + 1
    with pytest.raises(Refused):
        await accepts(centre, samir, case)


async def test_p2_offers_that_stand_do_not_hide_a_later_one_that_nobody_hears(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are."""
    monkeypatch.setattr("domain.colleagues.handing_over._BATCH", 1)
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    ilir = await centre.colleague(name="Ilir", on_duty=True)
    later = await centre.claims(vera, await centre.signal(await centre.person()))
    await offers(centre, vera, later, ilir)
    async with centre.database.begin(SERVICE) as session:
        await go_off_duty(session, ilir)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back_unheard(session) == 1
    assert (await waiting_for(centre, samir), await waiting_for(centre, ilir)) == (1, 0)


async def test_p2_a_case_that_went_back_to_the_queue_is_not_accepted_by_an_old_offer(
    centre: Centre,
) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    with pytest.raises(Refused, match="not offered"):
        await accepts(centre, samir, case)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back_unheard(session) == 1


async def test_only_somebody_who_is_there_and_may_know_is_offered_it_and_one_at_a_time(
    centre: Centre,
) -> None:
    vera, samir, case = await two_at_work(centre)
    absent = await centre.colleague(name="Lule")
    apart = await centre.colleague(name="Besa", on_duty=True)
    lead = await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, case.returnee_id, apart.staff_id, ConflictKind.EXCLUDED)
        stands = await standing(session, vera, case.id)
    assert [id_ for id_, _ in stands.colleagues] == [samir.staff_id]
    for other in (absent, apart, vera):
        with pytest.raises(Refused):
            await offers(centre, vera, case, other)
    with pytest.raises(Refused, match="Claim"):
        await offers(centre, samir, case, vera)
    await offers(centre, vera, case, samir)
    with pytest.raises(Refused, match="already"):
        await offers(centre, vera, case, samir)


@pytest.mark.parametrize("answered", [False, True], ids=["not answered", "answered"])
async def test_nothing_is_offered_to_somebody_in_the_midst_of_an_emergency(
    centre: Centre, answered: bool
) -> None:
    vera, samir, case = await two_at_work(centre)
    emergency = await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.claims(samir, emergency)
    if answered:
        await centre.writes(samir, emergency)
    with pytest.raises(Refused, match="have an emergency now"):
        await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        stands = await standing(session, vera, case.id)

    assert (stands.colleagues, stands.busy) == ([], ["Samir"])


async def test_p10_that_a_colleague_has_an_emergency_of_somebody_kept_from_the_giver_shows_nowhere(
    centre: Centre,
) -> None:
    vera, samir, case = await two_at_work(centre)
    person = await centre.person()
    await centre.claims(samir, await centre.signal(person, Severity.EMERGENCY))
    lead = await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, person.id, vera.staff_id, ConflictKind.EXCLUDED)
    async with centre.database.begin(SERVICE) as session:
        stands = await standing(session, vera, case.id)
    with pytest.raises(Refused, match="on duty now"):
        await offers(centre, vera, case, samir)

    assert (stands.colleagues, stands.busy) == ([], [])


async def test_a_closed_case_shows_nobody_who_is_on_duty(centre: Centre) -> None:
    vera, _, case = await two_at_work(centre)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
        with pytest.raises(Refused, match="closed"):
            await standing(session, vera, case.id)


async def test_an_accepted_emergency_hands_the_receivers_other_clocks_back(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre, Severity.EMERGENCY)
    other = await centre.claims(samir, await centre.signal(await centre.person()))
    await offers(centre, vera, case, samir)
    await accepts(centre, samir, case)
    assert (await centre.fresh(other)).claimed_by is None
    assert (await centre.fresh(case)).claimed_by == samir.staff_id


async def test_p2_race_of_accepting_and_the_tick_that_takes_back_stands_in_nobodys_way(
    centre: Centre,
) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        await go_off_duty(session, samir)

    async def ticks() -> int:
        async with centre.database.begin(SERVICE) as session:
            return await take_back_unheard(session)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        # As whoever accepts begins.
        await session.get_one(Case, case.id, with_for_update=True)
        ticking = group.create_task(ticks())
        await stands_still(centre.database, ticking)
        await accept(session, samir, case.id)
    assert await ticking == 0
    assert (await centre.fresh(case)).claimed_by == samir.staff_id


async def test_race_of_accepting_and_taking_back_gives_one_owner(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)

    async def takes_back() -> None:
        async with centre.database.begin(SERVICE) as session:
            await revoke(session, vera, case.id)

    done = await asyncio.gather(accepts(centre, samir, case), takes_back(), return_exceptions=True)
    refused = [each for each in done if isinstance(each, Refused)]
    assert len(refused) == 1
    assert [each for each in done if each is not None] == refused
    assert (await centre.fresh(case)).claimed_by in (vera.staff_id, samir.staff_id)


async def test_an_offer_of_a_case_that_was_closed_meanwhile_calls_nobody(centre: Centre) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await centre.all_arrives()
    alerts = len(await centre.sent(Notice.STAFF_ALERT))
    async with centre.database.begin(SERVICE) as session:
        assert await take_back_unheard(session) == 1
    assert len(await centre.sent(Notice.STAFF_ALERT)) == alerts
    assert await waiting_for(centre, samir) == 0


async def told(centre: Centre, chat: int) -> list[str]:
    sent = await centre.sent(Notice.STAFF_REFERRAL)
    return [str(each.params["what"]) for each in sent if each.chat == chat]


@pytest.mark.parametrize("how", ["taken back", "given back", "closed"])
async def test_p2_whoever_was_offered_a_case_hears_that_it_is_offered_no_longer(
    centre: Centre, how: str
) -> None:
    vera, samir, case = await two_at_work(centre)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        if how == "taken back":
            await revoke(session, vera, case.id)
        elif how == "given back":
            await release(session, vera, case.id)
        else:
            await resolve(session, vera, case.id, Outcome.HELPED)
    async with centre.database.begin(SERVICE) as session:
        await take_back_unheard(session)
    assert await told(centre, 702) == ["hand-over", "hand-over-ended"]


@pytest.mark.parametrize("why", ["off duty", "said no", "kept apart"])
async def test_p10_nobody_is_told_that_an_offer_ended_who_is_not_there_or_must_not_know(
    centre: Centre, why: str
) -> None:
    vera, samir, case = await two_at_work(centre)
    lead = await centre.colleague(Role.SAFEGUARDING)
    await offers(centre, vera, case, samir)
    async with centre.database.begin(SERVICE) as session:
        if why == "off duty":
            await go_off_duty(session, samir)
        elif why == "said no":
            await reject(session, samir, case.id, "I speak no Arabic")
        else:
            await keep_apart(session, lead, case.returnee_id, samir.staff_id, ConflictKind.EXCLUDED)
    async with centre.database.begin(SERVICE) as session:
        await take_back_unheard(session)
    assert await told(centre, 702) == ["hand-over"]
