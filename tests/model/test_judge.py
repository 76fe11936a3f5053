"""The judge of the model can say no: a fault somewhere excuses nothing else, and old is old."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Executable, delete, insert, literal, select, update

from domain.casework.work import claim, write
from domain.organisations import add_organisation
from simulator.memory.users import User
from storage.kinds import NoticeClass, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.returnees import Enrolment, Returnee, Safety, WrappedKey
from tests.model import judge, partnership
from tests.model.conftest import Bench
from tests.model.faults import Answer, AtStatement, Fault
from tests.model.house import House
from tests.model.stories import change, known, say
from tests.model.time import BEGINNING

_NEVER_REACHED = Fault(at=AtStatement.KILL, statement=10**6)


def _press(house: House, person: User, times: int = 1) -> None:
    number = house.simulator.phones.send_text(person.id, "…").id
    house.simulator.updates.clear()
    for _ in range(times):
        house.simulator.phones.press(person.id, person.id, number, "h")


def test_p9_a_press_that_is_left_alone_is_seen_though_something_else_went_wrong(
    bench: Bench,
) -> None:
    async def story() -> None:
        house, person = await known(bench)
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
        house, person = await known(bench)
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
        house, person = await known(bench)
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
        house, person = await known(bench)
        await house.colleague()
        await say(house, person, text="He locked me in and he will kill me")
        await change(house, delete(OutboxRow).where(OutboxRow.notice_class == NoticeClass.STAFF))
        await bench.machinery.time.pass_by(timedelta(minutes=3))
        await house.settle()
        [_, staff] = house.staff[0]
        assert [sent for sent in house.accepted if sent.chat == staff.id], "the next one came"
        with pytest.raises(AssertionError, match="reached nobody"):
            await judge.somebody_is_told(house)

    bench.do(story())


@pytest.mark.parametrize("way", ["/help", "a button"])
def test_p1_who_asked_for_somebody_and_is_in_no_case_is_missed(bench: Bench, way: str) -> None:
    async def story() -> None:
        house, person = await known(bench)
        await house.colleague()
        if way == "a button":
            _press(house, person)
        else:
            house.simulator.phones.send_text(person.id, way)
        await house.settle()
        await judge.who_asks_is_heard(house)
        await change(house, delete(CaseEvent))
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
        house, person = await known(bench)
        await house.colleague()
        await say(house, person, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        await house.settle()
        await judge.what_cannot_be_read_waits_for_a_human(house)
        await change(house, wrong)
        with pytest.raises(AssertionError, match=verdict):
            await judge.what_cannot_be_read_waits_for_a_human(house)

    bench.do(story())


def test_p1_a_stranger_whose_recording_nobody_answers_is_missed(bench: Bench) -> None:
    async def story() -> None:
        house = await House.open(bench.machinery)
        person = house.phone()
        await say(house, person, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        with pytest.raises(AssertionError, match="told nothing"):
            await judge.what_cannot_be_read_waits_for_a_human(house)
        await house.settle()
        await judge.what_cannot_be_read_waits_for_a_human(house)

    bench.do(story())


def test_p2_a_recording_that_is_heard_too_late_is_called_out_though_somebody_has_the_case(
    bench: Bench,
) -> None:
    async def story() -> None:
        house, person = await known(bench)
        await house.colleague()
        await say(house, person, voice={"file_id": "v", "file_unique_id": "v", "duration": 1})
        await house.settle()
        [actor, _] = house.staff[0]
        async with house.machinery.database.begin(house.organisation.id) as session:
            case = (await session.scalars(select(Case))).one()
            await claim(session, actor, case.id)
            await write(session, actor, case.id, "I am here.")
        await bench.machinery.time.pass_by(timedelta(hours=2))
        with pytest.raises(AssertionError):
            await judge.somebody_is_told(house)
        await house.settle()
        await judge.somebody_is_told(house)

    bench.do(story())


_FROZEN = update(Returnee).values(frozen_at=BEGINNING)
_WRITES_FIRST = update(Safety).values(never_first=True)


@pytest.mark.parametrize(
    ("wish", "verdict"),
    [(_FROZEN, "to a frozen phone"), (_WRITES_FIRST, "before they wrote")],
)
def test_p4_words_that_somebody_did_not_want_just_then_are_seen(
    bench: Bench, wish: Executable, verdict: str
) -> None:
    async def story() -> None:
        house, person = await known(bench)
        await house.colleague()
        await say(house, person, text="He locked me in and he will kill me")
        await bench.machinery.time.pass_by(timedelta(hours=1))
        [actor, _] = house.staff[0]
        async with house.machinery.database.begin(house.organisation.id) as session:
            case = (await session.scalars(select(Case))).one()
            await claim(session, actor, case.id)
            await write(session, actor, case.id, "I am here.")
        await house.settle()
        words = next(sent for sent in house.accepted if "I am here." in sent.text)
        assert await judge.only_when_safe(house, words) is None
        await change(house, wish)
        assert await judge.only_when_safe(house, words) == verdict

    bench.do(story())


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (insert(WrappedKey).values(id=uuid4(), epoch=1, wrapped=b""), "key of somebody"),
        (
            insert(Erasure).from_select(
                ["returnee_id", "asked_at", "not_before"],
                select(Returnee.id, literal(BEGINNING), literal(BEGINNING)),
            ),
            "too late",
        ),
    ],
)
def test_p6_whoever_should_be_forgotten_and_is_not_is_seen(
    bench: Bench, wrong: Executable, verdict: str
) -> None:
    async def story() -> None:
        house, _ = await known(bench)
        await bench.machinery.time.pass_by(timedelta(hours=1))
        await judge.the_forgotten_are_gone(house)
        await change(house, wrong)
        with pytest.raises(AssertionError, match=verdict):
            await judge.the_forgotten_are_gone(house)

    bench.do(story())


def test_p6_whoever_is_known_no_more_and_did_not_ask_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, _ = await known(bench)
        await house.work(0, "tick", 1)
        await change(house, delete(Returnee))
        with pytest.raises(AssertionError, match="did not ask"):
            await house.work(0, "tick", 1)

    bench.do(story())


def test_p10_a_code_on_the_phone_of_another_organisation_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, person = await known(bench)
        await house.colleague()
        await say(house, person, text="He locked me in and he will kill me")
        await house.settle()
        await partnership.only_their_team_is_told(house)
        async with house.machinery.database.begin(SERVICE) as session:
            other = await add_organisation(session, "Harbour", country="AL")
        await change(house, update(Case).values(organisation_id=other.id))
        with pytest.raises(AssertionError, match="not theirs"):
            await partnership.only_their_team_is_told(house)

    bench.do(story())


def test_p2_whoever_is_with_no_organisation_is_seen(bench: Bench) -> None:
    async def story() -> None:
        house, _ = await known(bench)
        await partnership.nobody_falls_between(house)
        await change(house, update(Enrolment).values(until_at=BEGINNING))
        with pytest.raises(AssertionError, match="with nobody"):
            await partnership.nobody_falls_between(house)

    bench.do(story())
