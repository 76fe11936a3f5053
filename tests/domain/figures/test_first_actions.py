"""How soon a human acted: what counts as kept, late and never, and how sure that is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.casework.work import note, write
from domain.figures.first_actions import FirstActions, first_actions
from domain.figures.waits import Waited, waits_of
from domain.replies.sending import Conditions
from domain.replies.unsent import GRACE, take_words_back
from storage.kinds import Outcome, Severity
from storage.sessions import SERVICE
from tests.domain.centre import Centre

BEGAN = datetime(2027, 3, 1, 9, tzinfo=UTC)
FOR_EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
MINUTES = st.integers(0, 600)


def waited(due: int, acted: int | None = None, closed: int | None = None) -> Waited:
    """In minutes from the beginning."""
    acted_at, closed_at = (
        None if each is None else BEGAN + timedelta(minutes=each) for each in (acted, closed)
    )
    return Waited(BEGAN, BEGAN + timedelta(minutes=due), acted_at, closed_at)


async def known(centre: Centre) -> dict[Severity, list[Waited]]:
    async with centre.database.begin(SERVICE) as session:
        return await waits_of(session, centre.organisation.id, *FOR_EVER)


async def test_a_wait_lasts_until_somebody_tries_to_reach_the_person_and_no_note_ends_it(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    centre.later(minutes=2)
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, vera, case.id, "Seen")
    assert await known(centre) == {}
    centre.later(minutes=4)
    await centre.writes(vera, case)
    [wait] = (await known(centre))[Severity.EMERGENCY]
    assert wait.until_acted is not None
    assert timedelta(minutes=6) <= wait.until_acted < timedelta(minutes=7)
    assert wait.due_at == case.deadline_at
    assert not wait.in_time


async def test_a_case_that_becomes_graver_promises_anew_and_keeps_when_it_was_first_answered(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    centre.later(minutes=10)
    await centre.writes(vera, case)
    centre.later(minutes=30)
    await centre.signal(person, Severity.EMERGENCY)
    centre.later(minutes=8)
    found = await known(centre)
    [urgent], [emergency] = found[Severity.URGENT], found[Severity.EMERGENCY]
    assert urgent.in_time
    assert emergency.until_acted is None
    assert emergency.is_known(emergency.due_at)


async def test_what_was_closed_without_a_try_was_never_answered_even_once_it_is_open_again(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await centre.closes(vera, case, Outcome.MISTAKEN)
    centre.later(hours=1)
    await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await centre.writes(vera, case)
    first, second = (await known(centre))[Severity.URGENT]
    assert (first.until_acted, first.closed_at is None) == (None, False)
    assert second.in_time


async def test_words_that_were_taken_back_ended_no_wait(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        message = await write(session, vera, case.id, "I am here.", Conditions(grace=GRACE))
    async with centre.database.begin(centre.organisation.id) as session:
        await take_words_back(session, vera, case.id, message.id)
    assert await known(centre) == {}


async def test_p10_figures_are_of_one_organisation(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    await centre.writes(vera, case)
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    assert await known(other) == {}
    async with centre.database.begin(other.organisation.id) as session:
        assert await first_actions(session, centre.organisation.id, *FOR_EVER) == {}


@pytest.mark.parametrize(
    ("wait", "known_by_then", "in_time"),
    [
        (waited(60, acted=60), True, True),
        (waited(60, acted=61), True, False),
        (waited(60), False, False),
        (waited(5), True, False),
        (waited(60, closed=3), True, False),
        (waited(60, acted=9, closed=3), True, False),
    ],
)
def test_a_promise_is_kept_by_a_try_within_its_time(
    wait: Waited, known_by_then: bool, in_time: bool
) -> None:
    assert wait.is_known(BEGAN + timedelta(minutes=30)) is known_by_then
    assert wait.in_time is in_time


@given(st.lists(st.builds(waited, MINUTES, st.none() | MINUTES, st.none() | MINUTES), min_size=1))
def test_every_wait_is_in_time_late_or_never_and_the_median_lies_within_its_bounds(
    waits: list[Waited],
) -> None:
    found = FirstActions.of(waits)
    assert found.in_time + found.late + found.never == found.waits == len(waits)
    assert found.median is not None
    low, span, high = (
        timedelta.max if each is None else each
        for each in (found.median.low, found.median.span, found.median.high)
    )
    assert low <= span <= high
    answered = [each.until_acted for each in waits if each.until_acted is not None]
    assert sum(each <= span for each in answered) * 2 >= len(waits) or span == timedelta.max


def test_with_many_who_were_never_answered_there_is_no_median() -> None:
    waits = [waited(5, acted=1)] * 4 + [waited(5)] * 6
    found = FirstActions.of(waits)
    assert found.median is not None
    assert found.median.span is None
    assert not found.few
    assert FirstActions.of(waits[:4]).few
