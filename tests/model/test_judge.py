"""The judge of the model can say no: a fault somewhere excuses nothing else, and old is old."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, delete, select, update

from domain.cases.work import claim, write
from simulator.memory.users import User
from storage.kinds import NoticeClass, Severity
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.outbox import OutboxRow
from tests.model import judge
from tests.model.conftest import Bench
from tests.model.faults import Answer, AtStatement, Fault
from tests.model.house import House

_NEVER_REACHED = Fault(at=AtStatement.KILL, statement=10**6)


async def _known(bench: Bench) -> tuple[House, User]:
    house = await House.open(bench.machinery)
    return house, await house.enrolled()


async def _say(house: House, person: User, **content: Any) -> None:
    """And it is dealt with; nothing goes out yet."""
    house.simulator.phones.send(person.id, content)
    await house.hand_over(house.waiting())
    await house.work(0, "handle", 1000)


async def _change(house: House, statement: Executable) -> None:
    """Something goes wrong, as no code of ours would have it."""
    async with house.machinery.owner.begin() as connection:
        await connection.execute(statement)


def _press(house: House, person: User, times: int = 1) -> None:
    number = house.simulator.phones.send_text(person.id, "…").id
    house.simulator.updates.clear()
    for _ in range(times):
        house.simulator.phones.press(person.id, person.id, number, "h")


def test_p9_a_press_that_is_left_alone_is_seen_though_something_else_went_wrong(
    bench: Bench,
) -> None:
    async def story() -> None:
        house, person = await _known(bench)
        _press(house, person)
        await house.work(0, "tick", 1, _NEVER_REACHED)
        await house.hand_over(house.waiting())
        with pytest.raises(AssertionError, match="left alone"):
            judge.every_press_is_answered(house)
        await house.work(0, "handle", 1)
        judge.every_press_is_answered(house)

    bench.do(story())


def test_p9_a_crash_costs_the_end_of_the_one_spinner_that_it_was_about_to_end(
    bench: Bench,
) -> None:
    async def story() -> None:
        house, person = await _known(bench)
        _press(house, person, times=2)
        await house.hand_over(house.waiting())
        await house.work(0, "handle", 1000, Fault(answers=(Answer.KILL_BEFORE,)))
        assert house.restarts == 1
        assert len(house.answered) == 1
        await house.work(0, "handle", 1000)
        judge.every_press_is_answered(house)
        came = [call for call in house.simulator.log.calls if call.method == "answerCallbackQuery"]
        assert len(came) == 1, "the other one reached Telegram"

    bench.do(story())


@pytest.mark.parametrize(
    ("waits", "verdict"), [(timedelta(hours=9, minutes=30), "at 20 o'clock"), (None, None)]
)
def test_p4_what_answers_somebody_counts_as_asked_from_when_they_wrote(
    bench: Bench, waits: timedelta | None, verdict: str | None
) -> None:
    """Not from when it was dealt with."""

    async def story() -> None:
        house, person = await _known(bench)
        if waits is None:
            await bench.machinery.time.pass_by(timedelta(hours=9, minutes=30))
        house.simulator.phones.send_text(person.id, "/help")
        if waits is not None:
            await bench.machinery.time.pass_by(waits)
        await house.hand_over(house.waiting())
        await house.work(0, "handle", 1)
        asked_at = house.acted_at[person.id]
        await house.work(0, "deliver", 1)
        # What went to somebody who wrote just now, or the same, had it gone that late.
        sent = [sent for sent in house.accepted if sent.chat == person.id]
        assert bool(sent) is (waits is None)
        if waits is not None:
            await bench.machinery.time.pass_by(timedelta(hours=13))
            await house.settle()
            sent = [sent for sent in house.accepted if sent.chat == person.id]
            sent[0].at = sent[0].decided_after = asked_at + waits
            sent[0].asked_at = asked_at
        assert await judge.only_when_safe(house, sent[0]) == verdict

    bench.do(story())


def test_p2_no_later_alert_makes_up_for_one_that_never_came(bench: Bench) -> None:
    async def story() -> None:
        house, person = await _known(bench)
        await house.colleague()
        await _say(house, person, text="He locked me in and he will kill me")
        await _change(house, delete(OutboxRow).where(OutboxRow.notice_class == NoticeClass.STAFF))
        await bench.machinery.time.pass_by(timedelta(minutes=3))
        await house.settle()
        [_, staff] = house.staff[0]
        assert [sent for sent in house.accepted if sent.chat == staff.id], "the next one came"
        with pytest.raises(AssertionError, match="reached nobody"):
            await judge.somebody_is_told(house, set())

    bench.do(story())


@pytest.mark.parametrize("way", ["/help", "a button"])
def test_p1_who_asked_for_somebody_and_is_in_no_case_is_missed(bench: Bench, way: str) -> None:
    async def story() -> None:
        house, person = await _known(bench)
        await house.colleague()
        if way == "a button":
            _press(house, person)
        else:
            house.simulator.phones.send_text(person.id, way)
        await house.settle()
        await judge.who_asks_is_heard(house)
        await _change(house, delete(CaseEvent))
        with pytest.raises(AssertionError, match="and heard 0"):
            await judge.who_asks_is_heard(house)

    bench.do(story())


_UNCALLED = update(Case).values(next_alert_at=None)
_CALLED_LATE = update(Case).values(next_alert_at=Case.next_alert_at + timedelta(hours=2))
_MILD = update(Case).values(severity=Severity.CONCERN)
_NO_DEADLINE = update(Message).values(listen_by=None)


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (delete(Message), "kept nowhere"),
        (_NO_DEADLINE, "by any time"),
        (_MILD, "not urgent"),
        (_UNCALLED, "nobody is called to hear it"),
        (_CALLED_LATE, "in time"),
    ],
)
def test_p1_a_recording_that_nobody_has_to_hear_is_missed(
    bench: Bench, wrong: Executable, verdict: str
) -> None:
    async def story() -> None:
        house, person = await _known(bench)
        await house.colleague()
        await _say(house, person, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        await house.settle()
        await judge.what_cannot_be_read_waits_for_a_human(house)
        await _change(house, wrong)
        with pytest.raises(AssertionError, match=verdict):
            await judge.what_cannot_be_read_waits_for_a_human(house)

    bench.do(story())


def test_p1_a_stranger_whose_recording_nobody_answers_is_missed(bench: Bench) -> None:
    async def story() -> None:
        house = await House.open(bench.machinery)
        person = house.phone()
        await _say(house, person, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        with pytest.raises(AssertionError, match="told nothing"):
            await judge.what_cannot_be_read_waits_for_a_human(house)
        await house.settle()
        await judge.what_cannot_be_read_waits_for_a_human(house)

    bench.do(story())


def test_p2_a_recording_that_is_heard_too_late_is_called_out_though_somebody_has_the_case(
    bench: Bench,
) -> None:
    async def story() -> None:
        house, person = await _known(bench)
        await house.colleague()
        await _say(house, person, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        await house.settle()
        [actor, _] = house.staff[0]
        async with house.machinery.database.begin(house.organisation.id) as session:
            case = (await session.scalars(select(Case))).one()
            await claim(session, actor, case.id)
            await write(session, actor, case.id, "I am here.")
        await bench.machinery.time.pass_by(timedelta(hours=2))
        with pytest.raises(AssertionError):
            await judge.somebody_is_told(house, set())
        await house.settle()
        await judge.somebody_is_told(house, set())

    bench.do(story())
