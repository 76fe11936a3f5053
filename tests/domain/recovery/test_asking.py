"""What people were asked, or would be, when a backup is restored."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.check_ins.answering import answer
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.consent.renewal import renew, renew_all
from domain.pathways.restored import let_go_on, wait_since
from domain.pathways.telling import tell_due
from domain.retention_periods import TIME_TO_ANSWER
from storage.kinds import CampaignState, CheckInState, Renewing, Role
from storage.sessions import SERVICE, Database
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.consent import Renewal
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information, OnPathway
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, add_person, plan_check_in
from tests.domain.recovery.restoring import Recover


async def in_state(
    database: Database, office: Office, state: CheckInState, **facts: object
) -> CheckIn:
    async with database.begin(SERVICE) as session:
        people = await session.scalar(select(func.count()).select_from(Returnee)) or 0
        returnee = await add_person(session, office.organisation, 7000 + people)
        check_in = await plan_check_in(session, returnee, office)
        check_in.state = state
        for name, value in facts.items():
            setattr(check_in, name, value)
    return check_in


async def fresh(database: Database, check_in: CheckIn) -> CheckIn:
    async with database.begin(SERVICE) as session:
        return await session.get_one(CheckIn, check_in.id)


@pytest.mark.parametrize(
    "state",
    [CheckInState.PLANNED, CheckInState.HELD, CheckInState.SENDING, CheckInState.SENT],
)
async def test_p3_a_check_in_that_may_have_been_answered_since_is_missed_by_us_and_not_asked_again(
    database: Database, office: Office, restored: Recover, centre: Centre, state: CheckInState
) -> None:
    check_in = await in_state(database, office, state)

    assert (await restored()).check_ins_missed_by_us == 1
    after = await fresh(database, check_in)
    assert (after.state, after.reason, after.silent_at) == (
        CheckInState.MISSED_BY_US,
        "restored",
        None,
    )
    centre.later(days=3)
    async with database.begin(SERVICE) as session:
        assert await send_due(session) == await fall_silent(session) == 0


async def test_p3_a_late_answer_still_counts_after_a_restore(
    database: Database, office: Office, restored: Recover
) -> None:
    check_in = await in_state(database, office, CheckInState.SENT)
    await restored()

    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, check_in.returnee_id)
        await answer(session, returnee, check_in.id, "safety", "safe")
    assert (await fresh(database, check_in)).state is CheckInState.STARTED


async def test_p3_a_half_given_answer_is_kept_and_its_silence_is_nobodys(
    database: Database, office: Office, restored: Recover, centre: Centre
) -> None:
    async with database.begin(SERVICE) as session:
        soon = session.now + timedelta(hours=1)
    check_in = await in_state(database, office, CheckInState.STARTED, silent_at=soon)
    await restored()
    centre.later(days=3)

    async with database.begin(SERVICE) as session:
        assert await fall_silent(session) == 0
    assert (await fresh(database, check_in)).state is CheckInState.STARTED


async def test_a_check_in_that_is_not_due_yet_stays_planned(
    database: Database, office: Office, restored: Recover
) -> None:
    async with database.begin(SERVICE) as session:
        tomorrow = session.now + timedelta(days=1)
    check_in = await in_state(database, office, CheckInState.PLANNED, due_at=tomorrow)

    assert (await restored()).check_ins_missed_by_us == 0
    assert (await fresh(database, check_in)).state is CheckInState.PLANNED


async def test_p5_pathways_wait_for_a_human_too(
    database: Database, office: Office, restored: Recover, centre: Centre
) -> None:
    """Somebody may have said no since, or frozen their chat; campaigns are let go by themselves."""
    set_clock(centre.clock, MORNING)
    async with database.begin(SERVICE) as session:
        now = session.now
        person = await add_person(session, office.organisation, 7100)
        session.add(
            OnPathway(
                returnee_id=person.id,
                organisation_id=office.organisation.id,
                pathway="care-and-tact@1",
                since=now,
            )
        )
        tomorrow = now + timedelta(days=1)
        check_in = await plan_check_in(session, person, office)
        check_in.campaign_id, check_in.pathway = None, "care-and-tact"
        check_in.due_at, check_in.expires_at = tomorrow, tomorrow + timedelta(days=2)
        told = [
            Information(
                organisation_id=office.organisation.id,
                returnee_id=person.id,
                pathway="care-and-tact",
                version=1,
                step=step,
                state=CheckInState.PLANNED,
                planned_for=at,
                due_at=at,
                expires_at=tomorrow + timedelta(days=2),
            )
            for step, at in (("arrival.welcome", now), ("first-days.places", tomorrow))
        ]
        session.add_all(told)
    assert (await restored()).pathways_waiting == 1

    centre.later(days=1, minutes=1)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await tell_due(session)
    async with database.begin(SERVICE) as session:
        left = [await session.get_one(Information, each.id) for each in told]
        assert [each.state for each in left] == [CheckInState.MISSED_BY_US, CheckInState.HELD]
        assert (await session.get_one(CheckIn, check_in.id)).reason == "restored"
        assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0

    coordinator = await centre.colleague(Role.COORDINATOR)
    async with database.begin(office.organisation.id) as session:
        assert await wait_since(session, coordinator) is not None
        await let_go_on(session, coordinator)
    centre.later(minutes=11)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    assert (await fresh(database, check_in)).state is CheckInState.SENDING


async def test_p3_a_yes_that_was_lost_does_not_lapse(
    database: Database, office: Office, restored: Recover
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 7200)
        await renew(session, person, Renewing.ARRIVED)
        renewal = await session.get_one(Renewal, person.id)
        renewal.asked_at, renewal.look_at = session.now - TIME_TO_ANSWER, session.now
    assert (await restored()).questions_put_off == 1

    async with database.begin(SERVICE) as session:
        assert await renew_all(session) == 0


async def test_p5_consent_may_be_taken_back_since_so_campaigns_wait_for_a_human(
    database: Database, office: Office, restored: Recover
) -> None:
    async with database.begin(SERVICE) as session:
        for state in CampaignState:
            session.add(
                Campaign(
                    organisation_id=office.organisation.id,
                    name=state,
                    questionnaire="safety-and-needs",
                    group={},
                    local_time="2026-01-01T10:00",
                    state=state,
                    created_at=session.now,
                )
            )

    assert (await restored()).campaigns_paused == 1
    async with database.begin(SERVICE) as session:
        rows = await session.execute(select(Campaign.name, Campaign.state))
        changed = {row[0]: row[1] for row in rows if row[0] != row[1]}
    assert changed == {"running": CampaignState.PAUSED}
