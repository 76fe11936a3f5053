"""Every yes belongs to the notice it was given under: when that is not true any more, it is asked
about anew, however far somebody came in the welcome and whatever they answered since.
"""

import pytest

from domain.consent import PURPOSES
from domain.consent.renewal import renew, renew_all
from domain.notices import Notice
from storage.kinds import Purpose, Renewing
from storage.sessions import SERVICE
from storage.tables.consent import Renewal
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.consent.renewing import (
    ALL,
    agreed,
    another_is_true,
    asked_of,
    says,
    somebody,
    ticks,
)

pytestmark = pytest.mark.usefixtures("morning")


async def test_p5_who_left_the_welcome_half_way_is_asked_anew_about_what_they_agreed_to(
    centre: Centre,
) -> None:
    person = await centre.person(consents=False)
    await says(centre, person, Purpose.CHECK_INS, True)
    await ticks(centre)
    assert await centre.sent(Notice.CONSENT_ANEW) == []
    await another_is_true(centre)
    await ticks(centre)

    assert await asked_of(centre, person) == [Purpose.CHECK_INS, Purpose.ANSWERS, Purpose.VOICE]
    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1
    await centre.all_arrives()
    await ticks(centre)
    centre.later(days=31)
    await ticks(centre)
    assert await agreed(centre, person) == dict.fromkeys(PURPOSES, False)


async def test_p5_p12_who_left_the_welcome_half_way_and_agreed_to_nothing_is_not_asked_anew(
    centre: Centre,
) -> None:
    """Nor is who agreed once and takes it back."""
    person, once = [await centre.person(consents=False) for _ in range(2)]
    for granted in (True, False):
        await says(centre, once, Purpose.CHECK_INS, granted)
    for days in (100, 200):
        await another_is_true(centre, days)
        await ticks(centre)

    assert await centre.sent(Notice.CONSENT_ANEW) == []
    async with centre.database.begin(SERVICE) as session:
        for each in (person, once):
            assert await session.get(Renewal, each.id) is None


@pytest.mark.parametrize("granted", [True, False])
async def test_p5_one_answer_under_the_newest_notice_does_not_stand_for_those_given_before(
    centre: Centre, granted: bool
) -> None:
    person = await somebody(centre, ALL)
    await another_is_true(centre)
    await says(centre, person, Purpose.VOICE, granted)
    await ticks(centre)

    assert {*PURPOSES[:3]} <= {*await asked_of(centre, person)}
    for purpose in PURPOSES:
        await says(centre, person, purpose, granted)
    async with centre.database.begin(SERVICE) as session:
        assert await renew_all(session) == 0
    assert await asked_of(centre, person) == []


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        (Renewing.ADULT, [*PURPOSES]),
        (Renewing.ARRIVED, [*PURPOSES]),
        (Renewing.MOVED, [*PURPOSES[:3]]),
    ],
)
async def test_p5_whoever_is_asked_anew_is_told_why_and_asked_no_less_when_the_notice_changes(
    centre: Centre, reason: Renewing, asked: list[Purpose]
) -> None:
    """What a child said no to is asked of the adult."""
    person = await somebody(centre, {**ALL, Purpose.VOICE: False})
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        await renew(session, await session.get_one(Returnee, person.id), reason)
    await another_is_true(centre)
    await ticks(centre)

    assert await asked_of(centre, person) == asked
    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Renewal, person.id)).reason is reason


async def test_p5_what_was_answered_at_eighteen_is_asked_again_when_the_notice_changes_meanwhile(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        await renew(session, await session.get_one(Returnee, person.id), Renewing.ADULT)
    await says(centre, person, Purpose.CHECK_INS, True)
    await another_is_true(centre)
    await ticks(centre)

    assert await asked_of(centre, person) == [*PURPOSES]


@pytest.mark.parametrize("reason", [Renewing.ADULT, Renewing.ARRIVED])
async def test_p5_p12_what_was_refused_at_eighteen_or_once_back_is_not_asked_again_by_a_notice(
    centre: Centre, reason: Renewing
) -> None:
    person = await somebody(centre, ALL)
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        await renew(session, await session.get_one(Returnee, person.id), reason)
    centre.later(seconds=1)
    await says(centre, person, Purpose.VOICE, False)
    for days in (100, 200):
        await another_is_true(centre, days)
        await ticks(centre)
        assert await asked_of(centre, person) == [*PURPOSES[:3]]
