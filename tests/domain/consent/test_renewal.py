"""Everybody is asked anew: after the journey, when what is kept changes, and at 18."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.children.deciding import decide, protecting
from domain.children.known import is_child, mark_age
from domain.consent import PURPOSES, give_consent, has_consent
from domain.consent.facts import Facts
from domain.consent.ledger import answers_given
from domain.consent.renewal import renew
from domain.consent.turning_points import (
    Days,
    days_of,
    expect_arrival,
    expect_majority,
)
from domain.notices import Notice
from domain.organisations import set_staff_chat
from domain.retention_periods import Kind, choose_days
from domain.returnees.enrolments import enrol
from domain.returnees.person import find_returnee
from domain.safety.phones import pause
from storage.kinds import AgeBand, How, Purpose, Renewing, Role
from storage.sessions import SERVICE
from storage.tables.consent import Consent, Renewal
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee, TurningPoints
from tests.domain.centre import Centre
from tests.domain.consent.renewing import (
    ALL,
    agreed,
    asked_of,
    has_arrived,
    says,
    somebody,
    ticks,
)
from tests.racing import stands_still

pytestmark = pytest.mark.usefixtures("morning")


async def test_p5_what_was_agreed_to_before_the_journey_is_provisional_and_asked_again_after_it(
    centre: Centre,
) -> None:
    person = await somebody(centre, {**ALL, Purpose.VOICE: False})
    async with centre.database.begin(SERVICE) as session:
        lines = await answers_given(session, person.id)
        assert {purpose for purpose in lines if lines[purpose].provisional} == {*PURPOSES[:3]}
    assert await asked_of(centre, person) == []
    await has_arrived(centre, person)

    assert await asked_of(centre, person) == [*PURPOSES]
    assert await agreed(centre, person) == {**ALL, Purpose.VOICE: False}
    for purpose in PURPOSES:
        await says(centre, person, purpose, True)
    assert await asked_of(centre, person) == []
    async with centre.database.begin(SERVICE) as session:
        lines = await answers_given(session, person.id)
        assert not any(line.provisional for line in lines.values())


async def test_p5_arriving_twice_or_before_anything_was_asked_asks_nothing_anew(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    for purpose in PURPOSES:
        await says(centre, person, purpose, True)
    await has_arrived(centre, person)
    assert await asked_of(centre, person) == []


async def test_p5_silence_is_a_no_after_thirty_days_and_the_ledger_says_that_it_was_silence(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1
    await centre.all_arrives()
    centre.later(minutes=11)
    await ticks(centre)
    await says(centre, person, Purpose.CASEWORKER, True)
    centre.later(days=29)
    await ticks(centre)
    assert await agreed(centre, person) == ALL
    centre.later(days=2)
    await ticks(centre)

    assert await agreed(centre, person) == {
        **dict.fromkeys(PURPOSES, False),
        Purpose.CASEWORKER: True,
    }
    async with centre.database.begin(SERVICE) as session:
        lapsed = await session.scalars(select(Consent.purpose).where(Consent.how == How.LAPSED))
        assert set(lapsed) == {Purpose.CHECK_INS, Purpose.ANSWERS, Purpose.VOICE}
    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1


async def test_p4_who_can_not_be_asked_now_is_asked_later_and_nothing_lapses_meanwhile(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    async with centre.database.begin(SERVICE) as session:
        pause(await session.get_one(Returnee, person.id))
    await has_arrived(centre, person)
    for _ in range(3):
        await ticks(centre)
        centre.later(days=31)

    assert await centre.sent(Notice.CONSENT_ANEW) == []
    assert await agreed(centre, person) == ALL


async def test_p5_when_it_is_kept_for_other_days_they_are_asked_anew(centre: Centre) -> None:
    person = await somebody(centre, ALL)
    await ticks(centre)
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        choose_days(session, organisation, {Kind.CHECK_INS: 730})
    await ticks(centre)

    assert await asked_of(centre, person) == [*PURPOSES]


async def test_p12_two_releases_side_by_side_ask_anew_once(centre: Centre) -> None:
    """Each takes the other's notice for a change, until the older one is gone."""
    person = await somebody(centre, ALL)
    await ticks(centre)
    for days in (100, 200, 100, 200):
        centre.later(minutes=1)
        async with centre.database.begin(SERVICE) as session:
            organisation = await session.get_one(Organisation, centre.organisation.id)
            choose_days(session, organisation, {Kind.WORDS: days})
        await ticks(centre)
        await centre.all_arrives()

    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1
    assert await asked_of(centre, person) == [*PURPOSES]


async def test_p5_p12_who_is_with_two_organisations_is_asked_by_the_notice_of_the_newer_one(
    centre: Centre,
) -> None:
    """Each of the two keeps for other days: neither takes the other's notice for a change."""
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person = await somebody(centre, ALL)
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        theirs = await session.get_one(Organisation, elsewhere.organisation.id)
        set_staff_chat(session, theirs, -100500)
        await enrol(session, person, theirs)
    await ticks(centre)
    assert await asked_of(centre, person) == [*PURPOSES]
    for purpose in PURPOSES:
        await says(centre, person, purpose, True)
    await ticks(centre)

    assert await asked_of(centre, person) == []
    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1


async def test_p5_when_what_is_kept_changes_those_who_agreed_are_asked_and_a_no_stands(
    centre: Centre,
) -> None:
    person = await somebody(centre, {**ALL, Purpose.VOICE: False})
    never_asked = await centre.person()
    await ticks(centre)
    assert await asked_of(centre, person) == []
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        before = Facts.of(organisation).version
        set_staff_chat(session, organisation, -100500)
        assert Facts.of(organisation).version != before
    await ticks(centre)
    await ticks(centre)

    assert await asked_of(centre, person) == [*PURPOSES[:3]]
    assert len(await centre.sent(Notice.CONSENT_ANEW)) == 1
    async with centre.database.begin(SERVICE) as session:
        assert await session.get(Renewal, never_asked.id) is None
    for purpose in PURPOSES[:3]:
        await says(centre, person, purpose, True)
    await ticks(centre)
    assert await asked_of(centre, person) == []


async def test_p5_an_organisation_whose_notice_can_not_be_made_holds_up_nobody_of_another(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    broken = await Centre.open(centre.database, centre.clock, "Broken")
    async with centre.database.begin(SERVICE) as session:
        theirs = await session.get_one(Organisation, broken.organisation.id)
        theirs.settings = {"retention": {"words": "many"}}
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, -100500)
    await ticks(centre)

    assert await asked_of(centre, person) == [*PURPOSES[:4]]


async def test_who_said_no_to_everything_is_not_asked_again_by_a_changed_notice(
    centre: Centre,
) -> None:
    person = await somebody(centre, dict.fromkeys(PURPOSES, False))
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await renew(session, returnee, Renewing.CHANGED)
    await ticks(centre)

    assert await centre.sent(Notice.CONSENT_ANEW) == []


async def test_p5_the_day_of_arrival_that_staff_wrote_down_asks_anew_once_it_has_passed(
    centre: Centre,
) -> None:
    worker, person = await centre.colleague(), await somebody(centre, ALL)
    tomorrow = centre_today(centre) + timedelta(days=1)
    async with centre.database.begin(centre.organisation.id) as session:
        await expect_arrival(session, worker, person.id, tomorrow)
    for days, arrived in ((1, False), (1, True)):
        centre.later(days=days)
        await ticks(centre)
        async with centre.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            assert (returnee.arrived_at is not None) is arrived

    assert await asked_of(centre, person) == [*PURPOSES]
    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(TurningPoints))).all() == []


def centre_today(centre: Centre) -> date:
    return (datetime.now(UTC) + centre.clock.offset).date()


async def test_p5_at_eighteen_consent_is_asked_anew_and_what_was_decided_for_the_child_ends(
    centre: Centre,
) -> None:
    supervisor, person = await centre.colleague(Role.SUPERVISOR), await somebody(centre, ALL)
    month = centre_today(centre).replace(day=17)
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, supervisor, person.id, AgeBand.YOUTH)
        await decide(session, supervisor, person.id, supervisor.staff_id, "She asks for it.")
        await expect_majority(session, supervisor, person.id, month)
        assert (await days_of(session, person.id)).turns_18 == month.replace(day=1)
        (await session.get_one(Returnee, person.id)).child_in = uuid4()
    centre.later(days=1)
    await ticks(centre)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).age_band is AgeBand.YOUTH
    centre.later(days=31)
    await ticks(centre)

    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert returnee.age_band is AgeBand.ADULT
        assert not is_child(returnee)
        assert await protecting(session, returnee.id) == set()
        [renewal] = await session.scalars(select(Renewal))
        assert renewal.reason is Renewing.ADULT
    assert await asked_of(centre, person) == [*PURPOSES]


async def test_race_of_a_day_that_has_come_and_one_that_is_written_down(centre: Centre) -> None:
    """Neither waits for the other in a ring, and what passed does not come back."""
    worker, person = await centre.colleague(), await somebody(centre, ALL)
    async with centre.database.begin(centre.organisation.id) as session:
        await expect_arrival(session, worker, person.id, centre_today(centre))
    centre.later(days=1)
    month = date(2031, 4, 1)
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await find_returnee(session, worker, person.id)
        ticking = group.create_task(ticks(centre))
        await stands_still(centre.database, ticking)
        await expect_majority(session, worker, person.id, month)
    centre.later(hours=6)
    await ticks(centre)

    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).arrived_at is not None
        assert await days_of(session, person.id) == Days(turns_18=month)


async def test_p7_days_lie_sealed(centre: Centre) -> None:
    worker, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await expect_majority(session, worker, person.id, date(2031, 4, 1))
        row = await session.get_one(TurningPoints, person.id)
        assert b"2031" not in row.days


async def test_p5_consent_to_one_partner_is_none_to_another(centre: Centre) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await give_consent(
            session,
            person,
            Purpose.PARTNER,
            True,
            "2",
            how=How.ASKED,
            partner_id=elsewhere.organisation.id,
        )
        for partner, told in ((elsewhere.organisation.id, True), (centre.organisation.id, False)):
            assert await has_consent(session, person.id, Purpose.PARTNER, partner) is told
        assert not await has_consent(session, person.id, Purpose.PARTNER)
