from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.check_ins.answering import answer
from domain.check_ins.answers import answers_of
from domain.check_ins.asking import ask_check_in
from domain.check_ins.due import locked
from domain.check_ins.outcomes import failed
from domain.check_ins.postponing import Later, not_now
from domain.check_ins.sending import recall_if_over
from domain.check_ins.silence import fall_silent, give_up_waiting
from domain.consent import give_consent
from domain.notices import Notice
from domain.safety.phones import choose_discretion, pause, resume
from domain.safety.window import Window, choose_window
from storage.kinds import CheckInState, Discretion, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.domain.check_ins.silent import A_DAY_LATER, confirm, tick_at
from tests.domain.checking_in import kept, send_what_is_due, told


@pytest.fixture
async def sent(database: Database, check_in: CheckIn) -> CheckIn:
    await send_what_is_due(database)
    await confirm(database, check_in)
    return check_in


async def allow_second_prompt(database: Database, returnee: Returnee) -> None:
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, returnee.id)).second_prompt = True


async def cases(database: Database) -> list[tuple[Severity, list[str]]]:
    async with database.begin(SERVICE) as session:
        found = await session.execute(
            select(Case.severity, CaseEvent.reasons)
            .join(CaseEvent, CaseEvent.case_id == Case.id)
            .where(CaseEvent.kind == "opened")
        )
        return [(severity, reasons) for severity, reasons in found]


async def test_silence_is_a_caseworkers_task_when_no_second_prompt_was_allowed(
    database: Database, clock: Clock, sent: CheckIn
) -> None:
    assert await tick_at(database, clock, MORNING + timedelta(hours=23)) == 0
    assert await tick_at(database, clock, A_DAY_LATER) == 1

    assert (await kept(database, sent.id)).state is CheckInState.SILENT
    assert await cases(database) == [(Severity.CONCERN, ["check-in.silence", "silence.write-once"])]


async def test_p3_a_silence_ends_as_missed_a_week_later_and_an_answer_counts_even_then(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    await tick_at(database, clock, A_DAY_LATER)
    for moment, is_over in ((timedelta(days=6, hours=22), False), (timedelta(days=7), True)):
        set_clock(clock, A_DAY_LATER + moment)
        async with database.begin(SERVICE) as session:
            assert await give_up_waiting(session) == is_over
    assert (await kept(database, sent.id)).state is CheckInState.MISSED
    assert len(await cases(database)) == 1

    async with database.begin(SERVICE) as session:
        await answer(session, returnee, sent.id, "safety", "safe")
    assert (await kept(database, sent.id)).state is CheckInState.STARTED


async def test_one_gentle_second_prompt_comes_first_if_the_person_allowed_it(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    await allow_second_prompt(database, returnee)
    await tick_at(database, clock, A_DAY_LATER)
    assert await cases(database) == []

    await send_what_is_due(database)
    prompts = await told(database, Notice.CHECK_IN_PROMPT)
    assert [prompt["again"] for prompt in prompts] == [False, True]

    await confirm(database, sent)
    await tick_at(database, clock, A_DAY_LATER + timedelta(hours=25))
    assert (await kept(database, sent.id)).state is CheckInState.SILENT
    assert await cases(database) == [(Severity.CONCERN, ["check-in.silence", "silence.write-once"])]


async def test_p3_a_second_prompt_waits_for_safe_hours_that_are_days_away(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    await allow_second_prompt(database, returnee)
    async with database.begin(SERVICE) as session:
        # Mondays from nine to eight in the evening, in Tirana.
        await choose_window(session, returnee.id, Window(days=frozenset({0})))
    await tick_at(database, clock, A_DAY_LATER)
    await send_what_is_due(database)
    waits = await kept(database, sent.id)
    a_week_later = (MORNING + timedelta(days=7)).replace(hour=7)
    assert (waits.state, waits.reason, waits.due_at) == (CheckInState.HELD, "window", a_week_later)

    set_clock(clock, waits.due_at + timedelta(hours=1))
    await send_what_is_due(database)
    prompts = await told(database, Notice.CHECK_IN_PROMPT)
    assert [prompt["again"] for prompt in prompts] == [False, True]
    assert await cases(database) == []


async def test_a_second_prompt_that_fails_leaves_the_silence_after_the_first(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    await allow_second_prompt(database, returnee)
    await tick_at(database, clock, A_DAY_LATER)
    await send_what_is_due(database)
    async with database.begin(SERVICE) as session:
        await failed(session, sent.id, "blocked")
    await tick_at(database, clock, A_DAY_LATER + timedelta(minutes=1))

    assert (await kept(database, sent.id)).state is CheckInState.SILENT
    assert len(await cases(database)) == 1


@pytest.mark.parametrize("is_on_its_way", [False, True])
@pytest.mark.parametrize("since", ["others read along", "once is enough"])
async def test_a_second_prompt_that_is_out_of_place_by_now_leaves_the_silence_after_the_first(
    database: Database,
    clock: Clock,
    returnee: Returnee,
    sent: CheckIn,
    since: str,
    is_on_its_way: bool,
) -> None:
    await allow_second_prompt(database, returnee)
    await tick_at(database, clock, A_DAY_LATER)
    if is_on_its_way:
        await send_what_is_due(database)
    async with database.begin(SERVICE) as session:
        safety = await session.get_one(Safety, returnee.id)
        if since == "others read along":
            known = await session.get_one(Returnee, returnee.id)
            await choose_discretion(session, known, Discretion.DISCREET)
            # They may be written to first all the same.
            safety.never_first = False
        else:
            safety.second_prompt = False
    if is_on_its_way:
        async with database.begin(SERVICE) as session:
            assert recall_if_over(session, (await locked(session, [sent.id]))[sent.id])
    else:
        await send_what_is_due(database)
        assert len(await told(database, Notice.CHECK_IN_PROMPT)) == 1
    await tick_at(database, clock, A_DAY_LATER + timedelta(minutes=1))

    assert (await kept(database, sent.id)).state is CheckInState.SILENT
    assert len(await cases(database)) == 1


async def test_whoever_puts_a_second_prompt_off_is_asked_then_though_others_read_along_since(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    await allow_second_prompt(database, returnee)
    await tick_at(database, clock, A_DAY_LATER)
    await send_what_is_due(database)
    await confirm(database, sent)
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, returnee.id)
        await choose_discretion(session, known, Discretion.DISCREET)
        (await session.get_one(Safety, returnee.id)).never_first = False
        due_at = await not_now(session, known, sent.id, Later.HOUR, shown="1")
    assert due_at is not None
    set_clock(clock, due_at + timedelta(minutes=1))
    await send_what_is_due(database)

    assert (await kept(database, sent.id)).state is CheckInState.SENDING


async def test_whoever_paused_is_not_silent_until_the_pause_is_over(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    until = MORNING + timedelta(days=7)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, returnee.id)).paused_until = until
    await tick_at(database, clock, A_DAY_LATER)

    still = await kept(database, sent.id)
    assert still.state is CheckInState.SENT
    assert await cases(database) == []
    await tick_at(database, clock, until + timedelta(days=1))
    assert (await kept(database, sent.id)).state is CheckInState.SILENT


async def test_whoever_ends_a_pause_for_ever_before_its_time_is_not_forgotten(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        pause(await session.get_one(Returnee, returnee.id))
    await tick_at(database, clock, A_DAY_LATER)
    async with database.begin(SERVICE) as session:
        await resume(session, await session.get_one(Returnee, returnee.id))
    await tick_at(database, clock, A_DAY_LATER + timedelta(days=1, minutes=1))

    assert (await kept(database, sent.id)).state is CheckInState.SILENT


async def test_p3_a_pause_that_nobody_ends_was_a_no_and_no_silence(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        pause(await session.get_one(Returnee, returnee.id))
    for days in range(1, 10):
        await tick_at(database, clock, MORNING + timedelta(days=days, minutes=days))

    ended = await kept(database, sent.id)
    assert (ended.state, ended.reason) == (CheckInState.CANCELLED, "declined")
    assert await cases(database) == []


async def give_up_at(database: Database, clock: Clock, moment: datetime) -> int:
    await tick_at(database, clock, moment)
    async with database.begin(SERVICE) as session:
        return await give_up_waiting(session)


async def test_p3_what_somebody_began_by_themselves_and_left_is_over_a_week_after_their_last_answer(
    database: Database, clock: Clock, returnee: Returnee
) -> None:
    async with database.begin(SERVICE) as session:
        begun = await ask_check_in(session, returnee)
    assert begun is not None
    set_clock(clock, MORNING + timedelta(days=2))
    async with database.begin(SERVICE) as session:
        await answer(session, returnee, begun.check_in_id, "safety", "safe")
    assert await give_up_at(database, clock, MORNING + timedelta(days=8)) == 0
    assert await give_up_at(database, clock, MORNING + timedelta(days=9, hours=1)) == 1
    assert await give_up_at(database, clock, MORNING + timedelta(days=30)) == 0

    ended = await kept(database, begun.check_in_id)
    assert (ended.state, ended.reason) == (CheckInState.CANCELLED, "left-open")
    # Nobody waited for it, so it is no silence; what was answered stays, and so do the buttons.
    assert await cases(database) == []
    async with database.begin(SERVICE) as session:
        assert list(await answers_of(session, ended)) == ["safety"]
        for question in ("threat", "need", "contact"):
            await answer(session, returnee, ended.id, question, None)
    assert (await kept(database, ended.id)).state is CheckInState.ANSWERED


async def test_p5_the_silence_of_somebody_who_took_consent_back_is_nobodys_task(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "1")
    await tick_at(database, clock, A_DAY_LATER)

    assert (await kept(database, sent.id)).state is CheckInState.SKIPPED
    assert await cases(database) == []


async def test_p3_what_telegram_never_confirmed_never_falls_silent(
    database: Database, clock: Clock, check_in: CheckIn
) -> None:
    await send_what_is_due(database)

    assert await tick_at(database, clock, MORNING + timedelta(days=30)) == 0


async def test_a_tick_and_a_press_at_the_same_time_never_wait_in_a_ring(
    database: Database, clock: Clock, returnee: Returnee, sent: CheckIn
) -> None:
    set_clock(clock, A_DAY_LATER)
    async with database.begin(SERVICE) as handling:
        person = await handling.get_one(Returnee, returnee.id)
        person.last_wrote_at = handling.now
        await handling.flush()
        async with database.begin(SERVICE) as ticking:
            assert await fall_silent(ticking) == 0
        await answer(handling, person, sent.id, "safety", "unsafe")

    assert (await kept(database, sent.id)).state is CheckInState.STARTED
