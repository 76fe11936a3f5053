"""What was lost between a backup and its restore harms nobody more than it must."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.cases.work import note, snooze
from domain.check_ins.answering import answer
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.consent.renewal import renew, renew_all
from domain.consent.spans import TIME_TO_ANSWER
from domain.duty import is_staffed
from domain.hours_again import ask_about_hours
from domain.notices import Notice, tell
from domain.pathways.telling import tell_due
from domain.pathways.waiting import let_go_on, wait_since
from domain.recovery import Recovered, recover
from domain.referrals.following import follow_up
from domain.referrals.handing_over import ASK_AGAIN
from domain.retention.forgetting import forget_old
from domain.returnees import HOURS_LAST
from domain.staff.browsers import open_session, whose
from storage.cases import Case
from storage.check_ins import Campaign, CheckIn
from storage.consent import Renewal
from storage.kinds import (
    CampaignState,
    CaseState,
    CheckInState,
    NoticeClass,
    OutboxState,
    ReferralState,
    Renewing,
    Role,
    Severity,
)
from storage.outbox import Delivery, OutboxRow, put
from storage.pathways import Information, OnPathway
from storage.returnees import Returnee
from storage.sessions import SERVICE, Database, Session
from storage.staff import Staff, StaffCode
from tests.domain.centre import Centre
from tests.domain.checking_in import MORNING, Office, add_person, plan_check_in, set_clock
from tests.domain.referrals.two import Two
from tests.postgres import DatabaseUrls

Recover = Callable[[], Awaitable[Recovered]]
Tick = Callable[[Session], Awaitable[int]]


@pytest.fixture
def restored(urls: DatabaseUrls, database: Database) -> Recover:
    """As if all that is in the database had just been restored."""

    async def run() -> Recovered:
        engine = create_async_engine(urls.owner_url, poolclass=NullPool)
        async with database.begin(SERVICE) as session:
            now = session.now
        async with engine.begin() as connection:
            recovered = await recover(connection, database.keys, now)
        await engine.dispose()
        return recovered

    return run


async def test_p12_what_was_on_its_way_may_have_arrived_and_is_not_sent_again(
    centre: Centre, restored: Recover
) -> None:
    person = await centre.person()
    actor = await centre.colleague(chat=500, on_duty=True)
    case = await centre.signal(person)
    await centre.claims(actor, case)
    await centre.writes(actor, case)

    recovered = await restored()

    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow))).all()
        assert {row.state for row in rows} == {OutboxState.CANCELLED}
        assert {row.content for row in rows} == {None}
    assert recovered.messages_called_back == len(rows) > 1


async def test_p4_what_takes_words_off_a_screen_still_goes(
    centre: Centre, restored: Recover
) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await tell(session, returnee, Notice.HIDDEN)
        await put(session, 5, {"delete": [1, 2]}, Delivery(NoticeClass.REPLY))
        await tell(session, returnee, Notice.SERVICE)

    assert (await restored()).messages_called_back == 1


@pytest.fixture
async def office(centre: Centre) -> Office:
    return Office(centre.organisation, await centre.colleague())


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


async def put_on_its_way(centre: Centre, notice: Notice, tick: Tick) -> int:
    """How often, by the tick alone; what was called back before is not counted."""
    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    async with centre.database.begin(SERVICE) as session:
        await tick(session)
    return len(await centre.sent(notice))


async def test_p4_hours_are_not_asked_about_while_a_frozen_chat_may_be_forgotten(
    centre: Centre, restored: Recover
) -> None:
    await centre.person()
    centre.clock.offset += HOURS_LAST
    await restored()

    assert await put_on_its_way(centre, Notice.HOURS_STILL_RIGHT, ask_about_hours) == 0
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.HOURS_STILL_RIGHT, ask_about_hours) == 1


async def test_p4_nobody_is_told_that_something_goes_while_a_frozen_chat_may_be_forgotten(
    centre: Centre, restored: Recover
) -> None:
    """And nothing goes until they were."""
    person = await centre.person()
    case = await centre.signal(person)
    await centre.hears(person)
    async with centre.database.begin(SERVICE) as session:
        closed = await session.get_one(Case, case.id)
        closed.state, closed.resolved_at = CaseState.RESOLVED, session.now - timedelta(days=179)
    await restored()

    assert await put_on_its_way(centre, Notice.RETENTION, forget_old) == 0
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.RETENTION, forget_old) == 1
    assert (await centre.fresh(case)).words_forgotten_at is None


async def test_p4_whether_a_referral_helped_is_asked_of_the_partner_and_not_of_the_phone(
    centre: Centre, restored: Recover
) -> None:
    two = await Two.at_work(centre)
    await two.accepts(await two.offered())
    centre.clock.offset += ASK_AGAIN
    await restored()

    assert await put_on_its_way(centre, Notice.REFERRAL_RECEIVED, follow_up) == 0
    [asked] = await centre.sent(Notice.STAFF_REFERRAL)
    assert asked.params["what"] == "outcome"


async def test_p5_both_accompany_somebody_until_they_could_take_a_referral_back_anew(
    centre: Centre, restored: Recover
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    centre.later(days=8)
    await restored()

    assert await put_on_its_way(centre, Notice.REFERRAL_DONE, follow_up) == 0
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.REFERRAL_DONE, follow_up) == 1
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER


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


async def test_a_check_in_that_is_not_due_yet_stays_planned(
    database: Database, office: Office, restored: Recover
) -> None:
    async with database.begin(SERVICE) as session:
        tomorrow = session.now + timedelta(days=1)
    check_in = await in_state(database, office, CheckInState.PLANNED, due_at=tomorrow)

    assert (await restored()).check_ins_missed_by_us == 0
    assert (await fresh(database, check_in)).state is CheckInState.PLANNED


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


async def test_p2_an_open_case_is_alerted_at_once_and_the_gravest_first(
    centre: Centre, restored: Recover
) -> None:
    await centre.colleague(chat=500)
    for severity in (Severity.CONCERN, Severity.EMERGENCY, Severity.URGENT):
        await centre.signal(await centre.person(), severity)

    assert (await restored()).cases_alerted == 3
    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    await centre.tick()
    alerts = [sent.params["severity"] for sent in await centre.sent(Notice.STAFF_ALERT)]
    assert alerts == [Severity.EMERGENCY, Severity.URGENT, Severity.CONCERN]


async def test_p2_whoever_has_a_case_is_told_and_must_act_or_it_is_everybodys(
    centre: Centre, restored: Recover
) -> None:
    actor = await centre.colleague(chat=500)
    case = await centre.signal(await centre.person())
    await centre.claims(actor, case)
    await centre.writes(actor, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, actor, case.id, "tomorrow")
        await snooze(session, actor, case.id, session.now + timedelta(days=30))
    await restored()
    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    await centre.tick()

    assert [sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)] == [500]
    assert (await centre.fresh(case)).state is CaseState.CLAIMED
    centre.later(hours=1)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p2_what_a_person_answers_after_a_restore_has_a_deadline_as_ever(
    centre: Centre, restored: Recover
) -> None:
    actor = await centre.colleague(chat=500)
    person = await centre.person()
    case = await centre.claims(actor, await centre.signal(person))
    await restored()
    await centre.tick()
    await centre.writes(actor, case)
    await centre.hears(person, "He is here again")

    owed = await centre.fresh(case)
    assert (owed.state, owed.claimed_by) == (CaseState.CLAIMED, actor.staff_id)
    centre.later(hours=1, minutes=1)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_a_closed_case_stays_closed(centre: Centre, restored: Recover) -> None:
    case = await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Case, case.id)).state = CaseState.RESOLVED

    assert (await restored()).cases_alerted == 0


async def test_p10_nobody_is_signed_in_and_no_code_works_a_second_time(
    centre: Centre, restored: Recover
) -> None:
    actor = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        cookie = await open_session(session, await session.get_one(Staff, actor.staff_id))

    assert (await restored()).staff_signed_out == 1
    async with centre.database.begin(SERVICE) as session:
        assert await whose(session, cookie) is None
        assert (await session.scalars(select(StaffCode))).all() == []


async def test_p11_nobody_is_said_to_be_on_duty_until_they_say_so_again(
    centre: Centre, restored: Recover
) -> None:
    await centre.colleague(on_duty=True)

    assert (await restored()).shifts_ended == 1
    async with centre.database.begin(SERVICE) as session:
        assert not await is_staffed(session, centre.organisation.id)


async def test_a_restore_is_on_record_with_every_organisation(
    centre: Centre, restored: Recover
) -> None:
    await restored()

    async with centre.database.begin(centre.organisation.id) as session:
        actions = await session.scalars(text("SELECT action FROM audit_entry ORDER BY number"))
        assert list(actions)[-1] == "restored"
