"""A case that was closed by mistake."""

import asyncio

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.reopening import is_theirs_to_reopen, reopen
from domain.casework.work import claim, resolve
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown
from domain.errors import Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.signals.opening import open_handed_over
from storage.kinds import CaseEventKind, CaseState, How, Outcome, Purpose, Severity
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.privacy.elsewhere import also_with
from tests.domain.referrals.two import Two


async def closed_by(centre: Centre, vera: Actor, severity: Severity = Severity.URGENT) -> Case:
    case = await centre.claims(vera, await centre.signal(await centre.person(), severity))
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    return case


async def the_person_of(centre: Centre, case: Case) -> Returnee:
    async with centre.database.begin(SERVICE) as session:
        return await session.get_one(Returnee, case.returnee_id)


async def opens(centre: Centre, actor: Actor, case: Case) -> list[str]:
    async with centre.database.begin(SERVICE) as session:
        return await reopen(session, actor, case.id)


async def test_p2_a_case_that_was_closed_by_mistake_is_theirs_again_with_a_new_deadline(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await closed_by(centre, vera)
    centre.later(days=1)

    assert await opens(centre, vera, case) == []
    again = await centre.fresh(case)
    assert (again.state, again.claimed_by, again.outcome) == (
        CaseState.CLAIMED,
        vera.staff_id,
        None,
    )
    assert again.first_action_at is None
    assert again.deadline_at is not None
    assert case.deadline_at is not None
    assert again.deadline_at > case.deadline_at
    assert again.next_alert_at is not None
    assert (await centre.history(case.id))[-2:] == [CaseEventKind.REOPENED, CaseEventKind.CLAIMED]
    # Nothing is said to the person beyond what was: whoever opened it writes.
    assert len(await centre.sent(Notice.CASE_CLOSED)) == 1


async def test_who_opened_a_case_again_stands_in_the_ledger(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await closed_by(centre, vera)
    await opens(centre, vera, case)
    async with centre.database.begin(SERVICE) as session:
        query = select(AuditEntry.staff_id).where(
            AuditEntry.subject == case.id, AuditEntry.action == "case.reopened"
        )
        assert (await session.scalars(query)).all() == [vera.staff_id]


async def test_opening_an_emergency_again_hands_other_running_clocks_back(centre: Centre) -> None:
    vera = await centre.colleague()
    emergency = await closed_by(centre, vera, Severity.EMERGENCY)
    other = await centre.claims(vera, await centre.signal(await centre.person()))

    assert await opens(centre, vera, emergency) == [other.code]
    assert (await centre.fresh(other)).claimed_by is None


async def test_only_whoever_closed_it_can_and_only_as_long_as_the_persons_word_would(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    case = await closed_by(centre, vera)
    with pytest.raises(Refused, match="can no longer be opened"):
        await opens(centre, ana, case)
    centre.later(days=15)
    with pytest.raises(Refused, match="can no longer be opened"):
        await opens(centre, vera, case)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def test_no_case_is_opened_while_another_organisation_has_one_of_the_person(
    centre: Centre,
) -> None:
    """Each person has one open case at the most, whosever it is."""
    vera = await centre.colleague()
    case = await closed_by(centre, vera)
    async with centre.database.begin(SERVICE) as session:
        other = await add_organisation(session, "Harbour", country="AL")
        person = await session.get_one(Returnee, case.returnee_id)
        await open_handed_over(session, person, other.id, Severity.CONCERN)
    with pytest.raises(Refused, match="can no longer be opened"):
        await opens(centre, vera, case)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def is_offered(centre: Centre, actor: Actor, case: Case) -> bool:
    async with centre.database.begin(SERVICE) as session:
        return await is_theirs_to_reopen(session, actor, case.id)


async def test_what_can_never_be_opened_again_is_not_offered_to_whoever_handed_them_over(
    centre: Centre,
) -> None:
    """Nor once those who took over have closed theirs: they accompany the person from now on."""
    two = await Two.at_work(centre)
    await two.accepts(await two.offered())
    assert not await is_offered(centre, two.vera, two.case)
    async with centre.database.begin(SERVICE) as session:
        [theirs] = await session.scalars(select(Case).where(Case.id != two.case.id))
        await claim(session, two.samir, theirs.id)
        await resolve(session, two.samir, theirs.id, Outcome.HELPED)
    assert not await is_offered(centre, two.vera, two.case)
    assert await is_offered(centre, two.samir, theirs)
    with pytest.raises(Refused, match="can no longer be opened"):
        await opens(centre, two.vera, two.case)


async def test_a_case_that_another_one_followed_is_not_offered_to_be_opened_again(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await closed_by(centre, vera)
    assert await is_offered(centre, vera, case)
    other = await also_with(centre, await the_person_of(centre, case), "Rabat")
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, case.returnee_id)
        await open_handed_over(session, person, other.organisation.id, Severity.CONCERN)
    assert not await is_offered(centre, vera, case)


async def test_a_case_of_somebody_who_wants_no_reader_any_more_stays_closed(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await closed_by(centre, vera)
    centre.later(minutes=5)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, case.returnee_id)
        read = Shown("1", "May we?")
        await change_consent(session, person, Purpose.CASEWORKER, False, read, How.PRIVACY)
    with pytest.raises(Refused, match="can no longer be opened"):
        await opens(centre, vera, case)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def test_a_case_that_is_open_is_not_opened(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    with pytest.raises(Refused, match="can no longer be opened"):
        await opens(centre, vera, case)


async def test_race_of_two_taps_opens_a_case_once(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await closed_by(centre, vera)
    await asyncio.gather(*(opens(centre, vera, case) for _ in range(3)), return_exceptions=True)
    assert (await centre.history(case.id)).count(CaseEventKind.REOPENED) == 1
    assert (await centre.fresh(case)).claimed_by == vera.staff_id
