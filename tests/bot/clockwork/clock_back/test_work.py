"""PostgreSQL's clock was ahead and is right again: no deadline of the staff waits for that time."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.channels.postman import MailService, Postman
from domain.cases import clock
from domain.casework.work import resolve, snooze
from domain.colleagues.consulting import consult
from domain.messages.body import Body
from domain.messages.keeping import LISTEN_WITHIN
from domain.notices import Notice
from domain.referrals.climbing import climb
from domain.referrals.handing_over import hand_over_now
from domain.referrals.making import decide
from domain.safeguarding.complaints import hear_in_confidence
from domain.staff.sign_in import LOCKED_FOR
from locales.catalogues import Catalogues
from storage.kinds import CaseState, MessageKind, Outcome, Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint
from storage.tables.staff import Staff
from tests.bot.clockwork.clock_back.ahead import A_DAY, VERA, ahead, look
from tests.domain.centre import Centre
from tests.domain.checking_in import open_office, plan_check_in
from tests.domain.referrals.mailing import known, mailed
from tests.domain.referrals.three import with_a_third
from tests.domain.referrals.two import Two, cases_of
from tests.model.time import Time
from tests.statements import caught


async def alerts(centre: Centre) -> int:
    return len(await centre.sent(Notice.STAFF_ALERT))


async def test_p2_an_open_emergency_is_alerted_again_within_the_usual_minutes(
    database: Database, centre: Centre, time: Time
) -> None:
    await centre.colleague(chat=VERA)
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with ahead(database, time):
        await centre.tick()
    before = await alerts(centre)
    await look(database)
    await centre.tick()
    assert await alerts(centre) == before

    await time.pass_by(timedelta(minutes=11))
    await centre.tick()
    assert await alerts(centre) == before + 1


@pytest.mark.parametrize("number", [1, 5])
async def test_holidays_are_asked_for_once_however_many_cases_are_brought_back(
    database: Database, centre: Centre, time: Time, number: int
) -> None:
    async with ahead(database, time):
        for _ in range(number):
            await centre.signal(await centre.person(), Severity.CONCERN)
        await centre.tick()
    with caught(database) as statements:
        async with database.begin(SERVICE) as session:
            await clock.bring_back(session)

    assert sum("FROM time_off" in each.sql for each in statements) == 1


async def test_p2_an_emergency_that_began_meanwhile_has_its_deadline_from_now_on(
    database: Database, centre: Centre, time: Time
) -> None:
    await centre.colleague(chat=VERA)
    async with ahead(database, time):
        await centre.signal(await centre.person(), Severity.EMERGENCY)
    await look(database)
    counts = []
    for _ in range(2):
        await time.pass_by(timedelta(minutes=3))
        await centre.tick()
        counts.append((await alerts(centre), len(await centre.sent(Notice.NOBODY_YET))))
    assert counts == [(2, 0), (3, 1)]
    (first, *others) = await centre.sent(Notice.STAFF_ALERT)
    assert all(alert.params["minutes"] == 0 for alert in (first, *others))


async def test_p2_a_claim_that_was_made_meanwhile_falls_back_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    case = await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with ahead(database, time):
        await centre.claims(vera, case)
    await look(database)
    await time.pass_by(timedelta(minutes=6))
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.OPEN


async def test_p2_what_was_locked_or_written_too_late_is_brought_back_within_a_minute(
    database: Database, centre: Centre, time: Time
) -> None:
    await centre.colleague(chat=VERA)
    case = await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with ahead(database, time):
        await centre.tick()
    async with database.begin(SERVICE) as slow:
        late = await slow.get_one(Case, case.id, with_for_update=True)
        await look(database)
        late.next_alert_at = slow.now + A_DAY
    await time.pass_by(timedelta(seconds=2))
    await look(database)
    soon = (await centre.fresh(case)).next_alert_at
    assert soon is not None
    assert soon < time.now + timedelta(minutes=11)


async def test_p2_a_case_that_can_not_be_reckoned_anew_keeps_no_other_one_back(
    database: Database, centre: Centre, time: Time
) -> None:
    broken = await Centre.open(database, centre.clock, "Nowhere")
    cases = [
        await each.signal(await each.person(), Severity.EMERGENCY) for each in (broken, centre)
    ]
    async with ahead(database, time):
        await centre.tick()
    async with database.begin(SERVICE) as session:
        await session.execute(
            text(
                'UPDATE organisation SET settings = \'{"deadlines": {"emergency": "soon"}}\''
                " WHERE name = 'Nowhere'"
            )
        )
    await look(database)
    for case in cases:
        soon = (await centre.fresh(case)).next_alert_at
        assert soon is not None
        assert soon < time.now + timedelta(minutes=11)


async def test_p2_a_referral_in_danger_to_life_climbs_and_is_decided_alone_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    two = await Two.at_work(centre, Severity.EMERGENCY)
    await centre.colleague(Role.SUPERVISOR, name="Drita", chat=702)
    async with ahead(database, time):
        referral = await two.refers(vital=True)
    before = len(await centre.sent(Notice.STAFF_REFERRAL))
    await look(database)
    for _ in range(2):
        await time.pass_by(timedelta(minutes=6))
        async with database.begin(SERVICE) as session:
            await climb(session)
    assert len(await centre.sent(Notice.STAFF_REFERRAL)) > before
    async with database.begin(SERVICE) as session:
        await decide(session, two.vera, referral.id)


async def test_p2_a_mail_that_was_to_go_again_meanwhile_goes_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    two = await Two.at_work(centre)
    await known(two)
    nowhere = MailService.at("smtp://127.0.0.1:1?from=desk@example.org")
    postman = Postman(database, Catalogues.load(), nowhere, "https://wayhome.example.org")
    async with ahead(database, time):
        await mailed(two)
        assert await postman.send_one()
    await look(database)

    await time.pass_by(timedelta(minutes=6))
    assert await postman.send_one()


async def test_p2_who_took_over_meanwhile_begins_once_a_thirds_case_is_closed(
    database: Database, centre: Centre, time: Time
) -> None:
    """Though by the hand-over it seems to have been closed before."""
    two = await Two.at_work(centre)
    together = await two.offered(joint=30)
    await two.accepts(together)
    _, lule, theirs = await with_a_third(two)
    async with ahead(database, time), database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, together.id)
    await look(database)
    async with database.begin(SERVICE) as session:
        await resolve(session, lule, theirs.id, Outcome.HELPED)
    await two.goes_on(days=1, hours=2)

    assert len(await cases_of(two, two.partner)) == 1


async def test_p2_a_case_rests_no_longer_than_it_should_on_what_a_supervisor_was_asked(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    sara = await centre.colleague(Role.SUPERVISOR)
    case = await centre.signal(await centre.person())
    async with ahead(database, time):
        await centre.claims(vera, case)
        async with database.begin(SERVICE) as session:
            await consult(session, vera, case.id, sara.staff_id, "What would you do?")
    await look(database)

    soon = (await centre.fresh(case)).next_alert_at
    assert soon is not None
    assert soon <= time.now + timedelta(minutes=16)


async def test_what_is_meant_for_later_stays_where_it_is(
    database: Database, centre: Centre, time: Time
) -> None:
    vera = await centre.colleague(chat=VERA)
    office = await open_office(database, "Durres")
    case = await centre.signal(await centre.person())
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    until = time.now + 3 * A_DAY
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, case.returnee_id)
        check_in = await plan_check_in(session, person, office)
        check_in.due_at = until
    async with ahead(database, time), database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, until)
    await look(database)

    snoozed = await centre.fresh(case)
    assert (snoozed.snoozed_until, snoozed.next_alert_at) == (until, until)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(CheckIn.due_at)) == until


async def test_p2_a_complaint_that_nobody_has_taken_is_alerted_again_in_time(
    database: Database, centre: Centre, time: Time
) -> None:
    person = await centre.person()
    async with ahead(database, time), database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        body = Body(number=1, file_id="voice")
        await hear_in_confidence(session, returnee, MessageKind.VOICE, body, Severity.URGENT)
    await look(database)
    async with database.begin(SERVICE) as session:
        soon = await session.scalar(select(Complaint.next_alert_at))
        listen_by = await session.scalar(select(Complaint.listen_by))
        confides_until = (await session.get_one(Returnee, person.id)).confides_until
        assert soon is not None
        assert soon <= session.now + timedelta(minutes=30)
        assert listen_by is not None
        assert listen_by <= session.now + LISTEN_WITHIN
        assert confides_until is not None
        assert confides_until <= session.now + timedelta(hours=1)


async def test_a_lock_after_wrong_passwords_ends_on_the_databases_clock(
    database: Database, centre: Centre, time: Time
) -> None:
    """Whatever the clock of the rules says, which a demo moves."""
    vera = await centre.colleague(chat=VERA)
    centre.later(days=40)
    async with ahead(database, time), database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.staff_id)
        staff.locked_until = session.database_now + LOCKED_FOR
    await look(database)
    async with database.begin(SERVICE) as session:
        locked_until = (await session.get_one(Staff, vera.staff_id)).locked_until
        assert locked_until is not None
        assert locked_until <= session.database_now + LOCKED_FOR
