"""A case that a worker opens, who learned something elsewhere and writes first."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.opening import Opened, open_case
from domain.casework.reading import read_case
from domain.casework.story import Happening
from domain.casework.work import release, resolve
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.replies.unreached import never_arrived
from domain.replies.unsent import take_words_back
from domain.safeguarding.conflicts import recuse
from domain.safeguarding.readings import NeedsReason, say_why
from domain.signals.opening import open_or_append
from storage.kinds import CaseEventKind, CaseState, OutboxState, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import invite_in
from tests.domain.privacy.elsewhere import also_with, passes_on
from tests.racing import stands_still

WHY = "Her mother calls us: she has not come home"


async def looks(centre: Centre, actor: Actor, person: Returnee) -> None:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        await say_why(session, actor, person.id, "Her mother is on the telephone")


async def opens(
    centre: Centre, actor: Actor, person: Returnee, severity: Severity = Severity.CONCERN
) -> Opened:
    async with centre.database.begin(SERVICE) as session:
        return await open_case(session, actor, person.id, severity, WHY)


async def opened(
    centre: Centre, actor: Actor, person: Returnee, severity: Severity = Severity.CONCERN
) -> Case:
    await looks(centre, actor, person)
    case = await opens(centre, actor, person, severity)
    assert case.is_theirs
    async with centre.database.begin(SERVICE) as session:
        return await session.get_one(Case, case.case_id)


async def test_p4_a_case_that_a_worker_opens_is_theirs_and_sends_nothing_to_anybody(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701)
    await centre.colleague(chat=702, on_duty=True)
    case = await opened(centre, vera, await centre.person(), Severity.URGENT)

    assert (case.state, case.claimed_by) == (CaseState.CLAIMED, vera.staff_id)
    assert case.first_action_at is None
    assert case.deadline_at is not None
    assert case.next_alert_at == case.claim_deadline_at
    assert await centre.history(case.id) == [CaseEventKind.OPENED, CaseEventKind.CLAIMED]
    assert await how_many(centre.database, OutboxRow) == 0
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)
        by = AuditEntry.action == "case.opened", AuditEntry.subject == case.id
        assert (await session.scalars(select(AuditEntry.staff_id).where(*by))).all() == [
            vera.staff_id
        ]
    first = file.timeline[0]
    assert isinstance(first, Happening)
    assert (first.note, first.by, file.why) == (WHY, "Vera Hoxha", ("by-hand",))


async def test_p2_p11_who_opens_a_case_and_does_not_write_loses_it_and_the_person_reads_nothing(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701)
    await centre.colleague(chat=702, on_duty=True)
    case = await opened(centre, vera, await centre.person(), Severity.URGENT)
    centre.later(minutes=16)
    await centre.tick()
    assert (await centre.fresh(case)).claimed_by is None
    assert 702 in await centre.alerted()
    centre.later(hours=3)
    await centre.tick()
    assert await centre.sent(Notice.NOBODY_YET) == []


@pytest.mark.parametrize("heard", [None, Severity.URGENT, Severity.EMERGENCY])
async def test_p11_once_the_person_makes_themselves_heard_they_are_told_that_nobody_answered(
    centre: Centre, heard: Severity | None
) -> None:
    person = await centre.person()
    await opened(centre, await centre.colleague(), person, Severity.URGENT)
    centre.later(minutes=1)
    if heard is None:
        await centre.hears(person)
    else:
        await centre.signal(person, heard)
    centre.later(hours=3)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1


async def test_p11_words_that_never_arrive_owe_no_answer_to_somebody_who_asked_for_none(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await opened(centre, vera, await centre.person(), Severity.URGENT)
    message = await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
        row.state = OutboxState.FAILED
        await never_arrived(session, row)
    centre.later(hours=3)
    await centre.tick()
    assert (await centre.fresh(case)).first_action_at is None
    assert await centre.sent(Notice.NOBODY_YET) == []


async def test_p5_whoever_did_not_agree_is_written_to_first_only_where_a_life_may_depend_on_it(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person(consents=False)
    await looks(centre, vera, person)
    with pytest.raises(Refused, match="perhaps they have not agreed to it, or talk with others"):
        await opens(centre, vera, person, Severity.URGENT)
    case = await opened(centre, vera, person, Severity.EMERGENCY)
    await centre.writes(vera, case)
    await centre.closes(vera, case)
    assert (await centre.fresh(case)).erase_at is not None


async def test_p10_what_another_organisation_has_with_them_is_neither_touched_nor_told(
    centre: Centre,
) -> None:
    person = await centre.person()
    theirs = await centre.signal(person, Severity.CONCERN)
    other = await also_with(centre, person, "Rabat")
    samir = await other.colleague()
    with pytest.raises(Refused, match="perhaps they have not agreed to it, or talk with others"):
        await opens(other, samir, person)
    with pytest.raises(Refused, match="help by telephone"):
        await opens(other, samir, person, Severity.EMERGENCY)
    assert CaseEventKind.NOTE not in await centre.history(theirs.id)


async def test_p10_only_who_works_on_cases_may_know_of_the_person_and_said_why_opens_one(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    with pytest.raises(NotAllowed):
        await opens(centre, await centre.colleague(Role.COORDINATOR), person)
    with pytest.raises(NeedsReason):
        await opens(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, vera, person.id)
    with pytest.raises(Refused, match="no such person"):
        await opens(centre, vera, person)


async def test_p6_nobody_opens_a_case_of_somebody_who_is_about_to_be_forgotten(
    centre: Centre,
) -> None:
    person = await centre.person()
    keeper = await centre.colleague(Role.SAFEGUARDING)
    await passes_on(centre, await centre.colleague(Role.SUPERVISOR), person)
    await looks(centre, keeper, person)
    with pytest.raises(Refused, match="Nobody of your team"):
        await opens(centre, keeper, person, Severity.EMERGENCY)


async def test_a_case_that_was_closed_lately_stays_closed_and_the_new_one_follows_it(
    centre: Centre,
) -> None:
    vera, ana, person = await centre.colleague(), await centre.colleague(), await centre.person()
    before = await centre.claims(vera, await centre.signal(person))
    await centre.closes(vera, before)
    case = await opened(centre, ana, person)
    assert case.follows_id == before.id
    assert (await centre.fresh(before)).state is CaseState.RESOLVED


async def test_race_of_opening_a_case_and_of_a_signal_that_came_first(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await looks(centre, vera, person)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        where, why = centre.organisation.id, ["threat.threatened"]
        heard = await open_or_append(session, person, where, Severity.CONCERN, why)
        opening = group.create_task(opens(centre, vera, person, Severity.EMERGENCY))
        await stands_still(centre.database, opening)
        assert not opening.done()
    assert opening.result().case_id == heard.id
    case = await centre.fresh(heard)
    assert (case.severity, case.claimed_by) == (Severity.EMERGENCY, vera.staff_id)
    assert CaseEventKind.NOTE in await centre.history(case.id)


async def test_race_of_a_signal_and_of_a_case_that_was_opened_first(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await looks(centre, vera, person)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        mine = await open_case(session, vera, person.id, Severity.CONCERN, WHY)
        crying = group.create_task(centre.signal(person, Severity.CONCERN))
        await stands_still(centre.database, crying)
        assert not crying.done()
    assert crying.result().id == mine.case_id
    last = [CaseEventKind.SIGNAL, CaseEventKind.ALERTED]
    assert (await centre.history(mine.case_id))[-2:] == last


async def test_p2_who_cries_while_only_a_colleague_knows_of_their_case_is_told_of_to_all(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    await centre.colleague(chat=702, on_duty=True)
    person = await centre.person()
    await opened(centre, vera, person, Severity.URGENT)
    await centre.signal(person, Severity.URGENT)
    assert {told.chat for told in await centre.sent(Notice.STAFF_ALERT)} == {701, 702}


async def test_p2_in_a_talk_that_a_colleague_began_no_second_line_calls_the_others(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    await centre.colleague(chat=702, on_duty=True)
    person = await centre.person()
    case = await opened(centre, vera, person)
    await centre.writes(vera, case)
    await centre.all_arrives()
    for line in ("Hello, yes", "I can talk"):
        await centre.hears(person, line)
    assert await centre.alerted() == [701]


@pytest.mark.parametrize("wrote", ["words", "taken back", ""])
async def test_p4_the_end_of_a_case_is_not_the_first_that_a_phone_shows_of_it(
    centre: Centre, wrote: str
) -> None:
    vera = await centre.colleague()
    case = await opened(centre, vera, await centre.person())
    if wrote:
        words = await centre.writes(vera, case)
    if wrote == "taken back":
        async with centre.database.begin(centre.organisation.id) as session:
            await take_words_back(session, vera, case.id, words.id)
    before = await how_many(centre.database, OutboxRow)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    assert await how_many(centre.database, OutboxRow) == before + (wrote == "words")


@pytest.mark.parametrize("agreed", [True, False])
async def test_p5_whoever_invited_them_cannot_tell_from_a_refusal_whether_they_agreed(
    centre: Centre, agreed: bool
) -> None:
    vera, person = await centre.colleague(), await centre.person(consents=agreed)
    async with centre.database.begin(SERVICE) as session:
        await invite_in(session, person, centre.organisation, replace(vera, role=Role.SUPERVISOR))
    await looks(centre, vera, person)
    with pytest.raises(Refused, match="perhaps they have not agreed to it, or talk with others"):
        await opens(centre, vera, person)
    assert (await opens(centre, vera, person, Severity.EMERGENCY)).is_theirs


async def test_a_form_that_comes_again_after_the_claim_ran_out_takes_the_case_once_more(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await opened(centre, vera, person)
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    assert (await opens(centre, vera, person)).is_theirs
    assert (await centre.fresh(case)).claimed_by == vera.staff_id


async def test_a_colleague_who_has_a_case_of_theirs_keeps_it_with_what_was_learned(
    centre: Centre,
) -> None:
    vera, ana, person = await centre.colleague(), await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    assert await opens(centre, ana, person) == Opened(case.id, is_theirs=False)
    assert (await centre.fresh(case)).claimed_by == vera.staff_id
    assert (await centre.history(case.id))[-1] is CaseEventKind.NOTE
