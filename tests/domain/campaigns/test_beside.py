"""The preview says who is asked something else within the hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.campaigns import preview
from domain.campaigns.previewing import Preview
from domain.campaigns.schedule import After, Every, Schedule, Unit
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.pathways.values import Anchor
from domain.returnees.enrolments import add_returnee, enrol
from storage.sessions import SERVICE, Database
from tests.clock import MORNING
from tests.domain.campaigns.campaigning import AT_SIX, begun, drafted, started
from tests.domain.checking_in import Office, add_person, plan_check_in


@pytest.fixture(autouse=True)
async def _three_people(database: Database, office: Office) -> None:
    async with database.begin(SERVICE) as session:
        for number, country in enumerate(("AL", "AL", "GB")):
            place = {"AL": "Europe/Tirane", "GB": "Europe/London"}[country]
            await add_person(
                session, office.organisation, 700_000 + number, country=country, time_zone=place
            )


async def seen(database: Database, office: Office, **changed: Any) -> Preview:
    campaign = await drafted(database, office.coordinator, name="Second", **changed)
    async with database.begin(office.organisation.id) as session:
        return await preview(session, office.coordinator, campaign.id)


@pytest.mark.parametrize(("minutes", "beside"), [(0, 2), (59, 2), (-59, 2), (60, 0), (-60, 0)])
async def test_whoever_is_asked_by_another_campaign_within_the_hour_is_marked_and_counted(
    database: Database, office: Office, minutes: int, beside: int
) -> None:
    """On their own clock: London's six is not Tirana's."""
    await started(database, office, countries=("AL",))
    found = await seen(database, office, local_time=AT_SIX + timedelta(minutes=minutes))

    assert found.included == 3
    assert found.beside == sum(line.beside for line in found.page.lines) == beside


async def test_a_check_in_of_a_pathway_counts_as_well_and_whoever_gets_none_does_not(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        asked = await add_person(session, office.organisation, 700_100)
        refuses = await add_person(session, office.organisation, 700_101, agrees_to=())
        for person in (asked, refuses):
            (await plan_check_in(session, person, office)).due_at = datetime(
                2026, 5, 5, 16, 30, tzinfo=UTC
            )
    found = await seen(database, office)

    assert found.beside == 1
    assert [line.id for line in found.page.lines if line.beside] == [asked.id]


async def test_p5_it_does_not_tell_whoever_invited_somebody_that_they_agreed(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        (new,) = await issue_invites(session, office.organisation.id, actor=office.coordinator)
        invite = await redeem_invite(session, new.code)
        person = await add_returnee(session, 700_200, office.organisation, "en")
        await enrol(session, person, office.organisation, invite.id)
        (await plan_check_in(session, person, office)).due_at = datetime(2026, 5, 5, 16, tzinfo=UTC)
    found = await seen(database, office)

    (line,) = [line for line in found.page.lines if line.id == person.id]
    assert not line.beside


@pytest.mark.parametrize(
    ("schedule", "meets"),
    [
        (Every(Unit.WEEK), True),
        (Every(Unit.WEEK, until=AT_SIX.date() + timedelta(days=13)), False),
        (Every(Unit.DAY, 4), False),
        (After(30), True),
    ],
    ids=["weekly", "weekly and over by then", "on other days", "after each return"],
)
async def test_others_that_come_again_into_the_same_hour_are_named(
    database: Database, office: Office, schedule: Schedule, meets: bool
) -> None:
    """Two weeks ahead nothing of theirs is planned."""
    await begun(database, office, name="Again", schedule=schedule)
    in_two_weeks = AT_SIX + timedelta(days=14, minutes=30)

    found = await seen(database, office, local_time=in_two_weeks)
    assert list(found.that_come_again) == (["Again"] if meets else [])
    elsewhen = await drafted(
        database, office.coordinator, name="Third", local_time=in_two_weeks + timedelta(hours=1)
    )
    async with database.begin(office.organisation.id) as session:
        there = await preview(session, office.coordinator, elsewhen.id)
    assert not there.that_come_again


async def test_before_a_departure_the_hour_is_reckoned_from_each_persons_day(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        leaves = await add_person(
            session, office.organisation, 700_300, departs_on=AT_SIX.date() + timedelta(days=7)
        )
        (await plan_check_in(session, leaves, office)).due_at = MORNING + timedelta(days=1, hours=7)
    found = await seen(database, office, schedule=After(-7, Anchor.DEPARTURE))
    assert [line.id for line in found.page.lines if line.beside] == [leaves.id]
