"""The judge of the model can say no: a fault somewhere excuses nothing else, and old is old."""

from datetime import timedelta

import pytest

from simulator.users import User
from tests.model import judge
from tests.model.conftest import Bench
from tests.model.faults import Answer, AtStatement, Fault
from tests.model.house import House

_NEVER_REACHED = Fault(at=AtStatement.KILL, statement=10**6)


async def _known(bench: Bench) -> tuple[House, User]:
    house = await House.open(bench.machinery)
    return house, await house.enrolled()


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
