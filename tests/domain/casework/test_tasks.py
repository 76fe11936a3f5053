from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.reading import read_case
from domain.casework.story import Happening
from domain.casework.tasks import Owed, add_task, finish, owe, owed_by, tasks_of
from domain.casework.work import ask_to_talk, release
from domain.colleagues.consulting import answer, consult
from domain.colleagues.handing_over import accept, offer
from domain.colleagues.leaving import disable_staff
from domain.errors import Refused
from domain.notices import Notice
from domain.safeguarding.conflicts import keep_apart, recuse
from storage.kinds import CaseState, ConflictKind, Role, Severity, TaskKind
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case, CaseTask
from tests.domain.centre import Centre


async def mine(centre: Centre, severity: Severity = Severity.URGENT) -> tuple[Actor, Case]:
    vera = await centre.colleague()
    return vera, await centre.claims(vera, await centre.signal(await centre.person(), severity))


async def asks(centre: Centre, actor: Actor, case: Case, colleague: Actor) -> None:
    async with centre.database.begin(SERVICE) as session:
        await consult(session, actor, case.id, colleague.staff_id, "What would you do?")


async def owes(centre: Centre, actor: Actor) -> list[Owed]:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return await owed_by(session, actor)


async def called(centre: Centre) -> list[int]:
    return [sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)]


async def answers(centre: Centre, actor: Actor, case: Case, words: str) -> None:
    (owed,) = await owes(centre, actor)
    async with centre.database.begin(SERVICE) as session:
        await answer(session, actor, case.id, owed.id, words)


async def test_p2_asking_a_supervisor_stops_the_claims_clock_and_asking_anybody_else_does_not(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    await asks(centre, vera, case, await centre.colleague())
    after = await centre.fresh(case)
    assert (after.first_action_at, after.claim_deadline_at) == (None, case.claim_deadline_at)

    await asks(centre, vera, case, await centre.colleague(Role.SUPERVISOR))
    after = await centre.fresh(case)
    assert after.claim_deadline_at is None
    assert after.next_alert_at is not None
    # The person waits for us, and not the other way round.
    assert (after.first_action_at, after.state) == (None, CaseState.CLAIMED)


async def test_p2_a_question_that_a_supervisor_does_not_answer_in_time_holds_the_case_no_longer(
    centre: Centre,
) -> None:
    vera, sara = await centre.colleague(chat=76), await centre.colleague(Role.SUPERVISOR, chat=77)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    centre.later(minutes=1)
    await asks(centre, vera, case, sara)
    centre.later(minutes=4, seconds=30)
    await centre.tick()
    assert (await centre.fresh(case)).claim_deadline_at is None

    before = len(await called(centre))
    centre.later(seconds=31)
    await centre.tick()
    back = await centre.fresh(case)
    assert (back.state, back.claimed_by) == (CaseState.CLAIMED, vera.staff_id)
    assert back.claim_deadline_at is not None
    await centre.tick()
    assert (await called(centre))[before:] == [76, 77]
    centre.later(minutes=5)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p2_a_case_rests_on_each_supervisor_who_was_asked(centre: Centre) -> None:
    vera, case = await mine(centre, Severity.EMERGENCY)
    sara, mira = [await centre.colleague(Role.SUPERVISOR) for _ in range(2)]
    await asks(centre, vera, case, sara)
    centre.later(minutes=3)
    await asks(centre, vera, case, mira)
    await answers(centre, sara, case, "I am no doctor.")
    centre.later(minutes=3)
    await centre.tick()
    assert (await centre.fresh(case)).claim_deadline_at is None

    await answers(centre, mira, case, "She must be seen today.")
    assert (await centre.fresh(case)).claim_deadline_at is not None


@pytest.mark.parametrize("how", ["leaves", "recuses"])
async def test_p2_a_case_does_not_wait_for_a_supervisor_who_will_not_answer(
    centre: Centre, how: str
) -> None:
    vera, chief = await centre.colleague(chat=76), await centre.colleague(Role.ADMIN)
    sara = await centre.colleague(Role.SUPERVISOR)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await asks(centre, vera, case, sara)
    before = len(await called(centre))
    async with centre.database.begin(SERVICE) as session:
        if how == "leaves":
            await disable_staff(session, chief, sara.staff_id)
        else:
            await recuse(session, sara, case.returnee_id)
    await centre.tick()

    assert (await centre.fresh(case)).claim_deadline_at is not None
    assert (await called(centre))[before:] == [76]
    async with centre.database.begin(centre.organisation.id) as session:
        assert [task.done_at is None for task in await tasks_of(session, vera, case)] == [False]


async def test_p2_an_answer_gives_the_case_back_to_whoever_asked_with_a_deadline(
    centre: Centre,
) -> None:
    vera, sara = await centre.colleague(chat=76), await centre.colleague(Role.SUPERVISOR, chat=77)
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await asks(centre, vera, case, sara)
    await centre.all_arrives()
    before = len(await called(centre))
    await answers(centre, sara, case, "Call the shelter.")

    assert (await called(centre))[before:] == [76]
    centre.later(minutes=16)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p11_who_waits_is_told_that_nobody_has_answered_though_a_supervisor_was_asked(
    centre: Centre,
) -> None:
    vera, case = await mine(centre, Severity.EMERGENCY)
    centre.later(minutes=4)
    await asks(centre, vera, case, await centre.colleague(Role.SUPERVISOR))
    centre.later(minutes=1, seconds=1)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1
    assert (await centre.fresh(case)).state is CaseState.CLAIMED


async def test_p2_what_the_person_says_after_a_supervisor_was_asked_starts_the_clock_again(
    centre: Centre,
) -> None:
    vera, sara = await centre.colleague(chat=76), await centre.colleague(Role.SUPERVISOR)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await asks(centre, vera, case, sara)
    await centre.tick()

    await centre.hears(person)
    assert (await centre.fresh(case)).next_alert_at is not None
    called = [row.chat for row in await centre.sent(Notice.STAFF_ALERT)]
    assert called[-1] == 76
    act_by = (await centre.fresh(case)).claim_deadline_at
    centre.later(minutes=2)
    await centre.hears(person, "Are you there?")
    assert (await centre.fresh(case)).claim_deadline_at == act_by

    centre.later(minutes=4)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p8_who_is_asked_reads_the_question_in_the_case_and_only_its_code_on_their_phone(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    sara = await centre.colleague(Role.SUPERVISOR, chat=77)
    await asks(centre, vera, case, sara)
    (told,) = await centre.sent(Notice.STAFF_ASKED)
    assert (told.chat, told.params) == (77, {"code": case.code, "severity": case.severity})
    (owed,) = await owes(centre, sara)
    assert (owed.kind, owed.words, owed.mine) == (TaskKind.CONSULT, None, True)

    async with centre.database.begin(SERVICE) as session:
        assert (await tasks_of(session, sara, case))[0].words == "What would you do?"
        with pytest.raises(Refused, match="Nobody asked you"):
            await answer(session, vera, case.id, owed.id, "I know it")
        await answer(session, sara, case.id, owed.id, "Call the shelter.")
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)
    said = [entry.note for entry in file.timeline if isinstance(entry, Happening) and entry.note]
    assert said == ["What would you do?", "Call the shelter."]
    assert await owes(centre, sara) == []


async def test_p10_who_must_not_know_of_a_person_is_not_asked(centre: Centre) -> None:
    vera, case = await mine(centre)
    ana, lead = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, case.returnee_id, ana.staff_id, ConflictKind.EXCLUDED)
    for nobody in (ana, vera, await centre.colleague(Role.COORDINATOR)):
        with pytest.raises(Refused):
            await asks(centre, vera, case, nobody)
    assert await centre.sent(Notice.STAFF_ASKED) == []


async def test_a_task_is_owed_until_it_is_done_and_a_case_does_not_end_before(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    ana = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        day = session.now.date() + timedelta(days=3)
        await add_task(session, vera, case.id, "Papers for the clinic", day, ana.staff_id)
        for wrong in (date(2020, 1, 1), day + timedelta(days=400)):
            with pytest.raises(Refused):
                await add_task(session, vera, case.id, "Too late", wrong, ana.staff_id)
    (owed,) = await owes(centre, ana)
    assert await owes(centre, vera) == []
    with pytest.raises(Refused, match="nobody has done"):
        await centre.closes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await finish(session, ana, case.id, owed.id)
        kept = (await session.scalars(select(CaseTask))).one()
        assert (kept.done_by, b"clinic" in (kept.body or b"")) == (ana.staff_id, False)
    await centre.closes(vera, case)


async def test_after_an_emergency_its_worker_owes_a_debrief_and_supervisors_see_it(
    centre: Centre,
) -> None:
    vera, case = await mine(centre, Severity.EMERGENCY)
    sara, ana = await centre.colleague(Role.SUPERVISOR), await centre.colleague()
    await centre.closes(vera, case)
    (owed,) = await owes(centre, vera)
    assert owed.kind is TaskKind.DEBRIEF
    assert [each.whose for each in await owes(centre, sara)] == ["Vera Hoxha"]
    assert await owes(centre, ana) == []

    async with centre.database.begin(centre.organisation.id) as session:
        for actor, words in ((ana, "Fine."), (vera, " ")):
            with pytest.raises(Refused):
                await finish(session, actor, case.id, owed.id, words)
        await finish(session, vera, case.id, owed.id, "I could not sleep.")
        for actor, read in (
            (vera, "I could not sleep."),
            (sara, "I could not sleep."),
            (ana, None),
        ):
            (kept,) = await tasks_of(session, actor, case)
            assert kept.words == read
    assert await owes(centre, sara) == []


async def test_a_debrief_that_was_talked_through_is_ended_by_a_supervisor(centre: Centre) -> None:
    vera, case = await mine(centre, Severity.EMERGENCY)
    sara = await centre.colleague(Role.SUPERVISOR, name="Sara")
    await centre.closes(vera, case)
    (owed,) = await owes(centre, sara)
    async with centre.database.begin(centre.organisation.id) as session:
        await finish(session, sara, case.id, owed.id)
        (kept,) = await tasks_of(session, vera, case)
    assert (kept.whose, kept.done_by) == ("Vera Hoxha", "Sara")
    assert await owes(centre, vera) == []


async def test_what_a_colleague_is_asked_nobody_ends_without_an_answer(centre: Centre) -> None:
    vera, case = await mine(centre)
    sara = await centre.colleague(Role.SUPERVISOR)
    await asks(centre, vera, case, sara)
    (owed,) = await owes(centre, sara)
    for actor in (vera, sara):
        async with centre.database.begin(centre.organisation.id) as session:
            with pytest.raises(Refused):
                await finish(session, actor, case.id, owed.id)

    assert [each.id for each in await owes(centre, sara)] == [owed.id]


async def test_however_many_debriefs_others_owe_a_supervisor_sees_what_is_asked_of_them(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    sara, ana = await centre.colleague(Role.SUPERVISOR), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        for _ in range(60):
            await owe(session, case, TaskKind.DEBRIEF, by=ana.staff_id, due_at=session.now)
    centre.later(minutes=1)
    await asks(centre, vera, case, sara)

    shown = await owes(centre, sara)
    assert [each.kind for each in shown if each.mine] == [TaskKind.CONSULT]
    assert [each.due_at for each in shown] == sorted(each.due_at for each in shown)


async def test_cases_of_one_person_name_each_other(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    first = await centre.claims(vera, await centre.signal(person))
    await centre.closes(vera, first)
    centre.later(days=20)
    second = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, second.id)
        later = await read_case(session, vera, second.id)
    assert later.follows is not None
    assert (later.follows.code, later.followed_by) == (first.code, [])


async def goes_on_to(centre: Centre, case: Case, giver: Actor, receiver: Actor) -> None:
    async with centre.database.begin(SERVICE) as session:
        await offer(session, giver, case.id, receiver.staff_id)
    async with centre.database.begin(SERVICE) as session:
        await accept(session, receiver, case.id)


async def test_whoever_hands_an_emergency_over_to_a_colleague_owes_a_debrief_too_and_one_alone(
    centre: Centre,
) -> None:
    vera, samir = [await centre.colleague(name=each, on_duty=True) for each in ("Vera", "Samir")]
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await goes_on_to(centre, case, vera, samir)
    assert [each.kind for each in await owes(centre, vera)] == [TaskKind.DEBRIEF]
    assert await owes(centre, samir) == []
    await goes_on_to(centre, case, samir, vera)
    await centre.closes(vera, case)
    for actor in (vera, samir):
        assert [each.kind for each in await owes(centre, actor)] == [TaskKind.DEBRIEF]


async def test_the_ledger_names_nobody_for_a_debrief_that_nobody_asked_for(centre: Centre) -> None:
    """It is owed by whoever lets go, also by a colleague's hand, or when its time has come."""
    vera, samir = [await centre.colleague(name=each, on_duty=True) for each in ("Vera", "Samir")]
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await goes_on_to(centre, case, vera, samir)

    async with centre.database.begin(SERVICE) as session:
        owed = select(AuditEntry.staff_id).where(AuditEntry.action == "case.debrief-owed")
        assert (await session.scalars(owed)).all() == [None]


async def test_what_was_no_emergency_is_handed_over_without_a_debrief(centre: Centre) -> None:
    vera, samir = [await centre.colleague(name=each, on_duty=True) for each in ("Vera", "Samir")]
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await goes_on_to(centre, case, vera, samir)
    assert await owes(centre, vera) == []


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT])
async def test_whoever_can_not_go_on_with_an_emergency_owes_a_debrief_too(
    centre: Centre, severity: Severity
) -> None:
    vera, case = await mine(centre, severity)
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    owed = [each.kind for each in await owes(centre, vera)]
    assert owed == ([TaskKind.DEBRIEF] if severity is Severity.EMERGENCY else [])


async def test_a_task_of_whoever_must_not_know_of_the_person_any_more_is_not_lost(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    ana, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    keeper = await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(centre.organisation.id) as session:
        due = session.now.date() + timedelta(days=1)
        await add_task(session, vera, case.id, "Call the shelter", due, ana.staff_id)
    async with centre.database.begin(SERVICE) as session:
        excluded = ConflictKind.EXCLUDED
        await keep_apart(session, keeper, case.returnee_id, ana.staff_id, excluded)

    assert await owes(centre, ana) == []
    assert [owed.case_id for owed in await owes(centre, chief)] == [case.id]


async def test_p10_nobody_is_given_a_task_about_somebody_of_whom_they_must_not_know(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    ana, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        excluded = ConflictKind.EXCLUDED
        await keep_apart(session, keeper, case.returnee_id, ana.staff_id, excluded)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        due = session.now.date() + timedelta(days=1)
        with pytest.raises(Refused, match="Choose somebody of your team who works on cases"):
            await add_task(session, vera, case.id, "Call the shelter", due, ana.staff_id)
