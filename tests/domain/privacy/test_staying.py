"""P2, P3: somebody stays after all, and what their request ended or called back goes on."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.consent import give_consent
from domain.identity.trust import Proof, confirm
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.passing_on import Reason, pass_on, take_back
from domain.returnees.chats import chat_id_of
from domain.returnees.enrolments import add_returnee
from storage.kinds import (
    UNSENT,
    CaseEventKind,
    CaseState,
    CheckInState,
    Discretion,
    Purpose,
    ReferralState,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, invite_in, plan_check_in
from tests.domain.consent.renewing import ALL, agreed, has_arrived, somebody, ticks
from tests.domain.identity.moving import lets_in
from tests.domain.referrals.two import Two
from tests.domain.safeguarding.telling import tells


async def asks_on_a_watched_phone(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        kept.discretion = Discretion.WATCHED
        await ask_to_be_forgotten(session, kept)


async def stays(centre: Centre, person: Returnee, *, is_reached: bool = True) -> None:
    """Safeguarding met them."""
    nina = await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, nina, person.id, Proof.MET)
        assert await take_back(session, nina, person.id) is is_reached


async def on_their_way(centre: Centre, notice: Notice) -> int:
    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).where(OutboxRow.state.in_(UNSENT)))).all()
        return sum(content_of(row, session.keys).get("notice") == notice for row in rows)


@pytest.mark.parametrize("severity", [Severity.CONCERN, Severity.URGENT])
@pytest.mark.parametrize("came", [True, False])
async def test_p2_whom_a_referral_waits_for_is_asked_once_more_and_has_their_days_again(
    centre: Centre, severity: Severity, came: bool
) -> None:
    """Whether it was called back or went with the chat that was emptied."""
    two = await Two.at_work(centre, severity)
    referral = await two.refers()
    if came:
        await centre.all_arrives()
    await two.goes_on(days=12)
    await asks_on_a_watched_phone(centre, two.person)
    assert await on_their_way(centre, Notice.REFERRAL_ASKED) == 0
    await two.goes_on(days=1)
    await stays(centre, two.person)

    assert await on_their_way(centre, Notice.REFERRAL_ASKED) == 1
    await two.goes_on(days=13)
    assert (await two.fresh(referral)).state is ReferralState.ASKED
    await two.answers(referral)
    assert (await two.fresh(referral)).state is ReferralState.OFFERED


async def test_p12_a_question_that_waits_for_them_comes_no_second_time(centre: Centre) -> None:
    """By their own word, while a cry for help is open: nothing was called back."""
    two = await Two.at_work(centre)
    await two.refers()
    async with centre.database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, two.person.id))
    await stays(centre, two.person)

    assert await on_their_way(centre, Notice.REFERRAL_ASKED) == 1


async def test_p12_whoever_said_no_to_a_referral_is_not_asked_once_more(centre: Centre) -> None:
    two = await Two.at_work(centre, Severity.CONCERN)
    referral = await two.refers()
    await centre.all_arrives()
    await two.answers(referral, granted=False)
    await asks_on_a_watched_phone(centre, two.person)
    await stays(centre, two.person)

    assert await on_their_way(centre, Notice.REFERRAL_ASKED) == 0


async def asked_how_they_are(centre: Centre) -> tuple[Returnee, CheckIn]:
    set_clock(centre.clock, MORNING)
    person = await centre.person()
    office = Office(centre.organisation, await centre.colleague(Role.COORDINATOR))
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        await invite_in(session, kept, centre.organisation)
        await give_consent(session, kept, Purpose.CHECK_INS, True, "1")
        check_in = await plan_check_in(session, kept, office)
    async with centre.database.begin(SERVICE) as session:
        assert await send_due(session) == 1
    return person, check_in


async def test_p3_a_check_in_that_is_called_back_is_on_its_way_no_more(centre: Centre) -> None:
    person, check_in = await asked_how_they_are(centre)
    await asks_on_a_watched_phone(centre, person)

    async with centre.database.begin(SERVICE) as session:
        booked = await session.get_one(CheckIn, check_in.id)
        assert (booked.state, booked.reason) == (CheckInState.SKIPPED, "leaving")


async def stays_on_their_phone(centre: Centre, person: Returnee) -> None:
    await asks_on_a_watched_phone(centre, person)
    centre.later(hours=20)
    await stays(centre, person)


async def stays_without_a_phone(centre: Centre, person: Returnee) -> None:
    """Somebody else has begun anew on it."""
    async with centre.database.begin(SERVICE) as session:
        chat = chat_id_of(session, await session.get_one(Returnee, person.id))
    await asks_on_a_watched_phone(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await add_returnee(session, chat, centre.organisation, "en")
    centre.later(hours=20)
    await stays(centre, person, is_reached=False)


async def stays_on_another_phone(centre: Centre, person: Returnee) -> None:
    """By their own word, and a complaint of theirs keeps them until it is heard."""
    await tells(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, person.id))
    centre.later(hours=20)
    await lets_in(centre, person)
    await stays(centre, person)


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(
    "goes_on", [stays_on_their_phone, stays_without_a_phone, stays_on_another_phone]
)
async def test_p3_nobody_is_silent_who_could_not_answer_since_their_chat_was_emptied(
    centre: Centre, goes_on: Callable[[Centre, Returnee], Awaitable[None]], begun: bool
) -> None:
    """What they had begun they may still go on with."""
    person, check_in = await asked_how_they_are(centre)
    async with centre.database.begin(SERVICE) as session:
        sent = await session.get_one(CheckIn, check_in.id)
        sent.state = CheckInState.STARTED if begun else CheckInState.SENT
        sent.sent_at, sent.silent_at = session.now, session.now + timedelta(hours=24)
    await centre.all_arrives()
    await goes_on(centre, person)
    centre.later(hours=5)

    async with centre.database.begin(SERVICE) as session:
        assert await fall_silent(session) == 0
        booked = await session.get_one(CheckIn, check_in.id)
        still = (CheckInState.STARTED, None), (CheckInState.SKIPPED, "leaving")
        assert (booked.state, booked.reason) == still[not begun]


async def asked_anew(centre: Centre) -> Returnee:
    """Whether they still agree: the question stands in their chat."""
    set_clock(centre.clock, MORNING)
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    assert await on_their_way(centre, Notice.CONSENT_ANEW) == 1
    await centre.all_arrives()
    await ticks(centre)
    return person


@pytest.mark.parametrize(("days_before", "waits"), [(0, 3), (29, 48)])
async def test_p3_what_went_with_the_chat_is_asked_once_more_and_is_no_silent_no_meanwhile(
    centre: Centre, days_before: int, waits: int
) -> None:
    """However soon it went, or however little was left of their thirty days."""
    person = await asked_anew(centre)
    centre.later(days=days_before, minutes=1)
    await asks_on_a_watched_phone(centre, person)
    centre.later(hours=waits)
    await ticks(centre)
    await stays(centre, person)
    for _ in range(2):
        await ticks(centre)
        centre.later(days=1)
    await ticks(centre)

    assert await on_their_way(centre, Notice.CONSENT_ANEW) == 1
    await centre.all_arrives()
    for days, lapsed in ((0, False), (29, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed


async def test_p3_nothing_lapses_of_somebody_who_stays_and_has_no_phone(centre: Centre) -> None:
    person = await asked_anew(centre)
    await stays_without_a_phone(centre, person)
    for _ in range(3):
        centre.later(days=14)
        await ticks(centre)
    assert await agreed(centre, person) == ALL


@pytest.mark.parametrize("by_staff", [True, False])
async def test_p2_a_case_that_ended_with_the_request_alone_is_open_again_and_its_team_hears_so(
    centre: Centre, by_staff: bool
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera, person = await centre.colleague(chat=500), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    await centre.all_arrives()
    if by_staff:
        async with centre.database.begin(centre.organisation.id) as session:
            await pass_on(session, chief, person.id, Reason.NOT_THEIRS)
    else:
        await asks_on_a_watched_phone(centre, person)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED
    before = await centre.alerted()
    await stays(centre, person)

    now = await centre.fresh(case)
    assert (now.state, now.severity, now.claimed_by) == (CaseState.OPEN, Severity.CONCERN, None)
    assert (await centre.alerted())[len(before) :] == [500]
    assert CaseEventKind.REOPENED in await centre.history(case.id)
    centre.later(days=4)
    await centre.tick()
    assert await centre.sent(Notice.NOBODY_YET) == []
    await centre.signal(person, Severity.CONCERN)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1
