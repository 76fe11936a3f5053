"""Making leased rows ready: all that must be known of their people is asked in a few questions."""

import asyncio
from datetime import timedelta

import pytest
from aiogram.methods import EditMessageText
from sqlalchemy import select, text, update

from bot.delivery import outcome
from bot.delivery.claiming import claim
from bot.delivery.courier import Courier
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.packing import Packing, pack_alone
from bot.delivery.sending import Sent
from domain.campaigns.missed import missed_lately
from domain.casework.work import ask_to_talk, resolve
from domain.notices import Notice, tell
from domain.pathways.placing import Place, put
from domain.pathways.telling import tell_due
from domain.pathways.values import Anchor
from domain.privacy.passing_on import Reason, pass_on
from domain.referrals.by_mail import accept_by_mail
from domain.referrals.making import revoke
from domain.returnees.enrolments import enrol
from domain.safety.covers import LINES
from domain.safety.phones import choose_discretion
from domain.safety.rejudging import count_as_written, judge_all, judge_anew
from domain.safety.screens import show
from domain.signals.opening import open_or_append
from locales.catalogues import Catalogues
from storage.kinds import CheckInState, Discretion, Identity, OutboxState, Outcome, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.service import SendBudget
from tests.bot.delivering import ask
from tests.bot.nights import at_night, what_leaves
from tests.bot.outgoing import HURRIED, row
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.checking_in import add_person, open_office
from tests.domain.referrals.mailing import key_of, known, mailed
from tests.domain.referrals.two import Two
from tests.statements import caught


async def pack(database: Database) -> None:
    """The one that may go now."""
    async with database.begin(SERVICE) as session:
        (leased,) = (await claim(session, HURRIED, 10)).rows
        packing = await Packing.of(session, Catalogues.load(), [leased])
        assert await packing.pack(packing.rows[0]) is None


@pytest.mark.parametrize("count", [1, 4])
async def test_prompts_are_made_ready_in_four_questions_however_many_they_are(
    database: Database, clock: Clock, count: int
) -> None:
    """Which are still to go, what was asked of them, whether of health too, and whether they may be
    written to now.
    """
    set_clock(clock, MORNING)
    await ask(database, range(701, 701 + count))
    async with database.begin(SERVICE) as session:
        rows = (await claim(session, HURRIED, 10)).rows
    catalogues = Catalogues.load()

    async with database.begin(SERVICE) as session:
        with caught(database) as statements:
            packing = await Packing.of(session, catalogues, rows)
            parcels = [await packing.pack(each) for each in packing.rows]
            await session.flush()

    assert len(parcels) == count
    assert all(parcels)
    assert len(statements) == 4, [statement.sql for statement in statements]


@pytest.mark.parametrize("alone", [False, True])
async def test_p12_what_another_has_sent_is_not_judged_again(
    database: Database, clock: Clock, alone: bool
) -> None:
    """Race: a taker stands still until it is taken for dead; another sends what it had in hand."""
    set_clock(clock, MORNING)
    await ask(database, [701])
    async with database.begin(SERVICE) as session:
        (leased,) = (await claim(session, HURRIED, 10)).rows
    async with database.begin(SERVICE) as session:
        await session.execute(text("UPDATE outbox SET leased_until = now() - '1s'::interval"))
    async with database.begin(SERVICE) as session:
        (again,) = (await claim(session, HURRIED, 10)).rows
        await outcome.sent(session, HURRIED, [(Taken(again.id, again.fence), Sent(5))])
    clock.offset += timedelta(hours=14)

    async with database.begin(SERVICE) as session:
        if alone:
            assert await pack_alone(session, Catalogues.load(), leased) is None
        else:
            packing = await Packing.of(session, Catalogues.load(), [leased])
            assert packing.rows == []
    assert (await row(database, leased)).state is OutboxState.SENT


async def test_what_is_held_uses_up_nothing_of_the_limit(
    database: Database, clock: Clock, courier: Courier
) -> None:
    set_clock(clock, MORNING)
    await ask(database, [701])
    clock.offset += timedelta(hours=14)
    courier.pace = Pace(1)
    async with asyncio.TaskGroup() as group:
        await courier.deliver_some(group)

    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(OutboxRow.held)) == "window"
        assert await session.scalar(select(SendBudget.tokens)) == courier.pace.most


async def test_p4_somebody_who_was_put_on_hold_meanwhile_is_held_before_the_send(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    await ask(database, [701])
    async with database.begin(SERVICE) as session:
        (leased,) = (await claim(session, HURRIED, 10)).rows
    clock.offset += timedelta(hours=14)

    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, Catalogues.load(), [leased])
        (held,) = packing.rows
        assert await packing.pack(held) is None

    assert held.held == "window"


@pytest.mark.parametrize(("held_by", "told"), [(None, 1), ("a night", 1), ("an emergency", 0)])
async def test_p3_what_telegram_kept_from_going_is_told_to_the_coordinator(
    database: Database, clock: Clock, held_by: str | None, told: int
) -> None:
    """So is what could have gone after the night that held it. What an open emergency held to the
    end is not: they would learn of it.
    """
    set_clock(clock, MORNING)
    office = await ask(database, [701])
    if held_by == "a night":
        set_clock(clock, MORNING + timedelta(hours=14))
        await pack(database)
    if held_by == "an emergency":
        async with database.begin(SERVICE) as session:
            person = (await session.scalars(select(Returnee))).one()
            await open_or_append(
                session, person, office.organisation.id, Severity.EMERGENCY, ["asked-for-help"]
            )
        await pack(database)
    set_clock(clock, MORNING + timedelta(hours=25))
    await pack(database)

    async with database.begin(office.organisation.id) as session:
        missed = await missed_lately(session, office.coordinator)
    assert sum(each.people for each in missed) == told


@pytest.mark.parametrize(
    ("paused_for", "booked"),
    [
        (timedelta(days=9), (CheckInState.SKIPPED, "paused")),
        (timedelta(hours=3), (CheckInState.MISSED_BY_US, "late")),
    ],
)
async def test_p3_what_a_persons_pause_held_to_the_end_on_its_way_is_skipped_and_not_missed_by_us(
    database: Database, clock: Clock, paused_for: timedelta, booked: tuple[CheckInState, str]
) -> None:
    """Of a pause that ended in time the rest was ours: we were down."""
    set_clock(clock, MORNING)
    await ask(database, [701])
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(paused_until=MORNING + paused_for))
    await pack(database)
    set_clock(clock, MORNING + timedelta(hours=25))
    await pack(database)

    async with database.begin(SERVICE) as session:
        check_in = (await session.scalars(select(CheckIn))).one()
        assert (check_in.state, check_in.reason) == booked


@pytest.mark.parametrize("answered", [False, True])
async def test_p11_that_nobody_has_answered_is_not_said_any_more_once_somebody_has(
    database: Database, clock: Clock, answered: bool
) -> None:
    """It was held over the night."""
    centre = await Centre.open(database, clock)
    person, actor, case = await at_night(centre, Severity.URGENT)
    centre.later(hours=2)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1
    if answered:
        await centre.writes(actor, await centre.claims(actor, case))

    await _may_be_written_to(centre, person)
    assert (Notice.NOBODY_YET in await what_leaves(centre)) is not answered


@pytest.mark.parametrize("closed", [False, True])
async def test_p11_whether_it_is_safe_to_talk_is_not_asked_any_more_once_the_case_is_closed(
    database: Database, clock: Clock, closed: bool
) -> None:
    centre = await Centre.open(database, clock)
    person, actor, case = await at_night(centre, Severity.URGENT)
    async with database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, actor, case.id)
    assert Notice.SAFE_TO_TALK not in await what_leaves(centre)
    if closed:
        async with database.begin(centre.organisation.id) as session:
            await resolve(session, actor, case.id, Outcome.HELPED)

    await _may_be_written_to(centre, person)
    assert (Notice.SAFE_TO_TALK in await what_leaves(centre)) is not closed


@pytest.mark.parametrize("over", [False, True])
async def test_p12_nobody_is_asked_about_a_referral_that_came_to_nothing_meanwhile(
    database: Database, clock: Clock, over: bool
) -> None:
    """They would read a question whose answer does nothing."""
    set_clock(clock, MORNING)
    two = await Two.at_work(await Centre.open(database, clock))
    referral = await two.refers()
    assert Notice.REFERRAL_ASKED not in await what_leaves(two.giver)
    if over:
        async with database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)

    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        person.identity, person.confirmed_at = Identity.CONFIRMED, session.now
    await _may_be_written_to(two.giver, two.person)
    assert (Notice.REFERRAL_ASKED in await what_leaves(two.giver)) is not over


@pytest.mark.parametrize("over", [False, True])
async def test_p5_nobody_is_asked_whether_help_came_that_they_have_taken_back_meanwhile(
    database: Database, clock: Clock, over: bool
) -> None:
    set_clock(clock, MORNING)
    two = await Two.at_work(await Centre.open(database, clock))
    await known(two)
    referral, token = await mailed(two)
    key = await key_of(two, referral, token)
    async with database.begin(SERVICE) as session:
        await accept_by_mail(session, token, key, "Ana Marku")
        await resolve(session, two.vera, two.case.id, Outcome.REFERRED)
    await two.goes_on(days=14, minutes=1)
    assert len(await two.giver.sent(Notice.REFERRAL_RECEIVED)) == 1
    if over:
        await two.answers(referral, granted=False)
    await _may_be_written_to(two.giver, two.person)
    assert (Notice.REFERRAL_RECEIVED in await what_leaves(two.giver)) is not over


async def test_p12_that_two_help_is_not_said_any_more_once_one_does(
    database: Database, clock: Clock
) -> None:
    """It waited, as what came of it did."""
    set_clock(clock, MORNING)
    two = await Two.at_work(await Centre.open(database, clock))
    await two.accepts(await two.offered(joint=7))
    await two.goes_on(days=7, minutes=1)
    assert len(await two.giver.sent(Notice.REFERRAL_DONE)) == 2
    await _may_be_written_to(two.giver, two.person)
    assert (await what_leaves(two.giver)).count(Notice.REFERRAL_DONE) == 1


@pytest.mark.parametrize("forgets", [False, True])
async def test_p6_what_a_pathway_tells_waits_where_its_organisation_forgets_them_meanwhile(
    database: Database, clock: Clock, forgets: bool
) -> None:
    """Though another one goes on with them, whose words these are not."""
    set_clock(clock, MORNING)
    office = await open_office(database)
    other = await Centre.open(database, clock, "Rabat")
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 701)
        await enrol(session, person, await session.get_one(Organisation, other.organisation.id))
        there = Place("three-months", {Anchor.ARRIVAL: MORNING.date()})
        await put(session, office.coordinator, person.id, there, {})
    set_clock(clock, MORNING + timedelta(days=1, seconds=1))
    async with database.begin(SERVICE) as session:
        await tell_due(session)
    if forgets:
        here = Centre(database, clock, office.organisation)
        lead = await here.colleague(Role.SAFEGUARDING)
        async with database.begin(SERVICE) as session:
            await pass_on(session, lead, person.id, Reason.ASKED_IN_PERSON)

    assert (Notice.INFORMATION in await what_leaves(other)) is not forgets


async def _may_be_written_to(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).last_wrote_at = session.now
        await session.execute(update(OutboxRow).values(state=OutboxState.WAITING))


@pytest.mark.parametrize(
    ("discretion", "minutes", "is_shown"),
    [
        (Discretion.WATCHED, 2, True),
        (Discretion.WATCHED, 4, False),
        (Discretion.WATCHED, 20, False),
        (Discretion.DISCREET, 14, True),
        (Discretion.DISCREET, 20, False),
    ],
)
async def test_p4_what_was_opened_and_could_not_be_shown_in_time_lies_covered_when_it_goes(
    database: Database, clock: Clock, discretion: Discretion, minutes: int, is_shown: bool
) -> None:
    """Telegram was out of reach. Who holds the phone when they write again did not open it, and
    what was to cover it again may have gone before.
    """
    centre = await Centre.open(database, clock)
    person = await centre.person()
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await choose_discretion(session, known, discretion)
        await show(session, known, Notice.NUMBERS, {"country": "AL"}, edit=5)
    centre.later(minutes=minutes)
    if not is_shown:
        await what_leaves(centre)
        async with database.begin(SERVICE) as session:
            count_as_written(session, await session.get_one(Returnee, person.id))
            await judge_all(session)

    [said] = await words_that_leave(centre)
    cover = Catalogues.load().of(person.language).gettext(LINES[discretion])
    assert (said == cover) is not is_shown
    assert ("112" in said) is is_shown


@pytest.mark.parametrize("before", [Discretion.OPEN, Discretion.DISCREET])
async def test_p13_what_comes_late_on_an_open_phone_stays_shut_to_who_knows_whom(
    database: Database, clock: Clock, before: Discretion
) -> None:
    """As a yes to those who help no more is answered; and though it was a guarded one before."""
    two = await Two.at_work(await Centre.open(database, clock))
    referral = await two.refers()
    about = {"notice": Notice.REFERRAL_ASKED, "params": {"referral": str(referral.id)}}
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, two.person.id)
        known.discretion = before
        await tell(session, known, Notice.REVEALED, about, edit=5)
    two.giver.later(minutes=20)
    await what_leaves(two.giver)
    await _may_be_written_to(two.giver, two.person)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, two.person.id)).discretion = Discretion.OPEN
        await judge_anew(session, two.person.id)

    [said] = await words_that_leave(two.giver)
    assert "Harbour" not in said


async def words_that_leave(centre: Centre) -> list[str]:
    """What messages are changed to."""
    async with centre.database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING
        rows = await session.scalars(select(OutboxRow).where(waiting).order_by(OutboxRow.number))
        packing = await Packing.of(session, Catalogues.load(), rows.all())
        parcels = [await packing.pack(each) for each in packing.rows]
    calls = [call for parcel in parcels if parcel for call in parcel.wire.calls]
    return [call.text or "" for call in calls if isinstance(call, EditMessageText)]
