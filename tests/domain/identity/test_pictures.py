from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.errors import Refused
from domain.identity import pictures
from domain.identity.pictures import LENGTH, PICTURES, Step, Tapped
from domain.identity.trust import Proof, confirm
from domain.safety.screens import STAYS_OPEN
from storage.keys.keyring import DataKey
from storage.kinds import Discretion, Identity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import PictureLock, Returnee
from tests.domain.centre import Centre
from tests.examples import examples

ROW = (0, 1, 2, 0)
WANTED = {"notice": "crisis", "params": {}}
ROWS = st.lists(st.integers(0, len(PICTURES) - 1), min_size=LENGTH, max_size=LENGTH)


@pytest.fixture
async def person(centre: Centre) -> Returnee:
    """With a watched phone that their row opens."""
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.discretion = Discretion.WATCHED
        await pictures.choose_row(session, known, ROW)
    return known


async def taps(centre: Centre, person: Returnee, row: Sequence[int] = ROW) -> Tapped:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await pictures.ask(session, known, WANTED)
        steps = [await pictures.tap(session, known, picture) for picture in row]
        assert [step.step for step in steps[:-1]] == [Step.MORE] * (LENGTH - 1)
        return steps[-1]


async def locked(centre: Centre, person: Returnee) -> bool:
    async with centre.database.begin(SERVICE) as session:
        return await pictures.is_locked(session, await session.get_one(Returnee, person.id))


@given(ROWS, ROWS)
def test_a_row_is_known_again_under_the_persons_own_key_only(
    one: list[int], other: list[int]
) -> None:
    key, another = DataKey(b"a" * 32), DataKey(b"b" * 32)
    row = key.look_up(str(one), "row")
    assert (row == key.look_up(str(other), "row")) is (one == other)
    assert row not in (another.look_up(str(one), "row"), key.look_up(str(one), "stop word"))


async def test_p4_the_right_row_opens_for_as_long_as_it_is_used(
    centre: Centre, person: Returnee
) -> None:
    assert await locked(centre, person)
    assert await taps(centre, person) == Tapped(Step.RIGHT, LENGTH, WANTED)
    assert not await locked(centre, person)
    centre.clock.offset += STAYS_OPEN + timedelta(seconds=1)
    assert await locked(centre, person)


async def test_p4_wrong_rows_shut_the_phone_for_growing_times_even_for_the_right_one(
    centre: Centre, person: Returnee
) -> None:
    wrong = (0, 1, 2, 3)
    for _ in range(2):
        # Who is clumsy and then right begins anew.
        await taps(centre, person, wrong)
        assert (await taps(centre, person, wrong)).step is Step.WRONG
        assert (await taps(centre, person)).step is Step.RIGHT

    for _ in range(3):
        await taps(centre, person, wrong)
    spans = []
    for _ in range(5):
        assert (await taps(centre, person)).step is Step.WRONG
        async with centre.database.begin(SERVICE) as session:
            lock = await session.get_one(PictureLock, person.id)
            assert lock.shut_until is not None
            left = lock.shut_until - session.now
            spans.append(timedelta(minutes=round(left / timedelta(minutes=1))))
        centre.clock.offset += left + timedelta(seconds=1)
        await taps(centre, person, wrong)
    assert spans == sorted(spans)
    assert timedelta(minutes=9) < spans[0] < spans[-1] <= timedelta(hours=24)

    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        assert known.identity is Identity.DOUBTED
        assert len((await session.scalars(select(Case))).all()) == 1


async def test_p4_when_the_time_is_over_the_right_row_opens_again(
    centre: Centre, person: Returnee
) -> None:
    for _ in range(3):
        await taps(centre, person, (5, 6, 7, 8))
    centre.clock.offset += timedelta(minutes=11)
    assert (await taps(centre, person)).step is Step.RIGHT


@pytest.mark.parametrize("picture", [-1, len(PICTURES), 10**6])
async def test_a_made_up_picture_is_none(centre: Centre, person: Returnee, picture: int) -> None:
    async with centre.database.begin(SERVICE) as session:
        await pictures.ask(session, person, WANTED)
        assert await pictures.tap(session, person, picture) == Tapped(Step.WRONG)


async def test_a_tap_on_a_grid_that_nobody_asked_for_opens_nothing(
    centre: Centre, person: Returnee
) -> None:
    async with centre.database.begin(SERVICE) as session:
        for picture in ROW:
            assert await pictures.tap(session, person, picture) == Tapped(Step.WRONG)


@settings(max_examples=examples(0.2))
@given(st.lists(st.integers(-1, len(PICTURES)), max_size=6))
def test_only_four_pictures_that_are_not_all_the_same_are_a_row(row: list[int]) -> None:
    good = len(row) == LENGTH and all(0 <= each < len(PICTURES) for each in row)
    assert pictures.is_row(row) is (good and len(set(row)) > 1)


async def test_p13_a_worker_lets_somebody_choose_anew_only_when_it_is_sure_who_that_is(
    centre: Centre, person: Returnee
) -> None:
    actor = await centre.colleague()
    with pytest.raises(Refused):
        async with centre.database.begin(centre.organisation.id) as session:
            await pictures.forget_row(session, actor, person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        await confirm(session, actor, person.id, Proof.MET)
        await pictures.forget_row(session, actor, person.id)
    assert not await locked(centre, person)
