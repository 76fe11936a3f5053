"""A human's words that nobody may say, or wants to read, by the time they would leave (0081)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.actors import Actor
from domain.casework.reading import read_case
from domain.casework.story import Said
from domain.casework.work import ask_to_talk, resolve, write
from domain.colleagues.leaving import disable_staff
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown
from domain.crisis.answering import ask_for_human
from domain.messages.writers import judge_words_of
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.safeguarding.conflicts import keep_apart, recuse
from domain.safeguarding.handling import answer_complaint
from domain.safeguarding.story import read_complaint
from storage.kinds import (
    CaseEventKind,
    CaseState,
    ConflictKind,
    How,
    OutboxState,
    Outcome,
    Purpose,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.nights import at_night, comes_to_a_safe_hour, what_leaves
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import seen, tells


async def goes(centre: Centre, how: str, vera: Actor, person: Returnee) -> None:
    """The team loses Vera, or this person does."""
    if how == "leaves":
        chief = await centre.colleague(Role.SUPERVISOR, name="Arta")
        async with centre.database.begin(SERVICE) as session:
            await disable_staff(session, chief, vera.staff_id)
    elif how == "steps back":
        async with centre.database.begin(SERVICE) as session:
            await recuse(session, vera, person.id)
    else:
        keeper = await centre.colleague(Role.SAFEGUARDING, name="Ines")
        async with centre.database.begin(SERVICE) as session:
            await keep_apart(session, keeper, person.id, vera.staff_id, ConflictKind.EXCLUDED)


async def plans(centre: Centre, actor: Actor, case: Case) -> Message:
    """For an hour at which they may be written to."""
    async with centre.database.begin(centre.organisation.id) as session:
        in_hours = (session.now + timedelta(days=1)).replace(hour=11, minute=30)
        return await write(session, actor, case.id, "I come at nine.", Conditions(later=in_hours))


async def says_no(centre: Centre, person: Returnee) -> None:
    """Nobody of the team is to read or write any more."""
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await change_consent(session, known, Purpose.CASEWORKER, False, READ, How.PRIVACY)
    centre.later(seconds=1)


async def state_of(centre: Centre, row_id: UUID | None) -> OutboxState:
    async with centre.database.begin(SERVICE) as session:
        return (await session.get_one(OutboxRow, row_id)).state


async def hour_of(centre: Centre, row_id: UUID | None) -> datetime:
    async with centre.database.begin(SERVICE) as session:
        return (await session.get_one(OutboxRow, row_id)).not_before


READ = Shown("1", "What is kept.")
GOING = pytest.mark.parametrize("how", ["leaves", "steps back", "is kept apart"])


@GOING
async def test_p11_words_that_wait_do_not_go_once_their_writer_may_write_no_more(
    centre: Centre, how: str
) -> None:
    person, vera, case = await at_night(centre)
    message = await centre.writes(vera, case, "I come at nine.")
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)

    await goes(centre, how, vera, person)

    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    assert await state_of(centre, message.outbox_id) is OutboxState.FAILED


@GOING
async def test_p11_words_for_later_are_stopped_at_once_and_colleagues_read_them(
    centre: Centre, how: str
) -> None:
    person, vera, case = await at_night(centre)
    await centre.writes(vera, case, "I am here.")
    await centre.all_arrives()
    planned = await plans(centre, vera, case)

    await goes(centre, how, vera, person)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)

    assert await state_of(centre, planned.outbox_id) is OutboxState.FAILED
    ana = await centre.colleague(name="Ana")
    async with centre.database.begin(SERVICE) as session:
        story = (await read_case(session, ana, case.id)).timeline
    said = [entry for entry in story if isinstance(entry, Said)]
    assert [(each.text, each.delivery) for each in said if each.text == "I come at nine."] == [
        ("I come at nine.", OutboxState.FAILED)
    ]


@GOING
async def test_p2_words_that_never_went_were_no_attempt_and_nobody_rests_on_them(
    centre: Centre, how: str
) -> None:
    person, vera, case = await at_night(centre, Severity.URGENT)
    await centre.writes(vera, case, "I come at nine.")

    await goes(centre, how, vera, person)
    await what_leaves(centre)

    back = await centre.fresh(case)
    assert (back.state, back.claimed_by, back.first_action_at) == (CaseState.OPEN, None, None)
    assert back.next_alert_at is not None
    assert CaseEventKind.UNREACHED in await centre.history(case.id)


async def test_what_others_wrote_to_them_and_what_was_written_to_others_goes(
    centre: Centre,
) -> None:
    person, vera, case = await at_night(centre)
    other, _, elsewhere = await at_night(centre)
    ana = await centre.colleague(name="Ana")
    async with centre.database.begin(centre.organisation.id) as session:
        kept = [await session.get_one(Case, each.id) for each in (case, elsewhere)]
        kept[0].claimed_by, kept[1].claimed_by = ana.staff_id, vera.staff_id
    by_ana = await centre.writes(ana, case, "I am Ana.")
    by_vera = await centre.writes(vera, elsewhere, "I am Vera.")

    await goes(centre, "is kept apart", vera, person)
    await what_leaves(centre)

    assert other.id != person.id
    assert await state_of(centre, by_ana.outbox_id) is OutboxState.HELD
    assert await state_of(centre, by_vera.outbox_id) is OutboxState.HELD


async def test_p11_what_was_written_before_the_case_was_closed_does_not_go_either(
    centre: Centre,
) -> None:
    person, vera, case = await at_night(centre)
    message = await centre.writes(vera, case, "I come at nine.")
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)

    await goes(centre, "is kept apart", vera, person)
    await what_leaves(centre)

    assert await state_of(centre, message.outbox_id) is OutboxState.FAILED
    assert (await centre.fresh(case)).state is CaseState.RESOLVED


async def test_p2_p11_an_answer_of_safeguarding_does_not_go_once_they_have_left(
    centre: Centre,
) -> None:
    person, _, _ = await at_night(centre)
    keeper = await centre.colleague(Role.SAFEGUARDING, name="Ines")
    head = await centre.colleague(Role.ADMIN, name="Drita")
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.last_wrote_at = session.now - timedelta(hours=1)
        await answer_complaint(session, keeper, complaint_id, "I come at nine.")
    await what_leaves(centre)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, head, keeper.staff_id)

    assert Notice.SAFEGUARDING_WORDS not in await what_leaves(centre)
    async with centre.database.begin(SERVICE) as session:
        _, told = await read_complaint(session, head, complaint_id)
    assert [each.unreached for each in told if "I come at nine." in each.texts] == [True]


async def test_p5_words_that_wait_do_not_go_once_the_person_wants_nobody_to_write_any_more(
    centre: Centre,
) -> None:
    person, vera, case = await at_night(centre, Severity.URGENT)
    waits = await centre.writes(vera, case, "I come at nine.")
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, case.id)
    await says_no(centre, person)
    async with centre.database.begin(centre.organisation.id) as session:
        vital = await write(session, vera, case.id, "He knows it.", Conditions(vital=True))
    await comes_to_a_safe_hour(centre, person)

    assert await what_leaves(centre) == [Notice.CASEWORKER_WORDS]
    assert await state_of(centre, waits.outbox_id) is OutboxState.FAILED
    assert await state_of(centre, vital.outbox_id) is OutboxState.WAITING


async def test_p5_p2_a_no_said_after_words_for_lifes_sake_stops_them_and_whoever_wrote_decides_anew(
    centre: Centre,
) -> None:
    """Where no emergency is open, the person's last word is newer than what the worker knew."""
    person, vera, case = await at_night(centre, Severity.URGENT)
    await says_no(centre, person)
    async with centre.database.begin(centre.organisation.id) as session:
        stopped = await write(session, vera, case.id, "He knows it.", Conditions(vital=True))
    await says_no(centre, person)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    assert await state_of(centre, stopped.outbox_id) is OutboxState.FAILED
    assert (await centre.fresh(case)).next_alert_at is not None
    assert CaseEventKind.UNREACHED in await centre.history(case.id)

    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await write(session, vera, case.id, "He is on his way.", Conditions(vital=True))
    await comes_to_a_safe_hour(centre, person)
    assert await what_leaves(centre) == [Notice.CASEWORKER_WORDS]


@pytest.mark.parametrize("is_emergency", [False, True])
async def test_p5_words_for_later_are_stopped_as_soon_as_the_person_wants_nobody_to_write(
    centre: Centre, is_emergency: bool
) -> None:
    """In an emergency they go on, and at their own hour."""
    severity = Severity.EMERGENCY if is_emergency else Severity.URGENT
    person, vera, case = await at_night(centre, severity)
    await centre.writes(vera, case, "I am here.")
    await centre.all_arrives()
    planned = await plans(centre, vera, case)
    hour = await hour_of(centre, planned.outbox_id)

    await says_no(centre, person)
    await what_leaves(centre)

    assert (await state_of(centre, planned.outbox_id) is OutboxState.FAILED) is not is_emergency
    assert (await hour_of(centre, planned.outbox_id) == hour) is is_emergency
    assert (CaseEventKind.UNREACHED in await centre.history(case.id)) is not is_emergency


async def test_words_of_somebody_who_may_still_write_keep_their_hour(centre: Centre) -> None:
    """Whoever has them judged."""
    _, vera, case = await at_night(centre)
    await centre.writes(vera, case, "I am here.")
    planned = await plans(centre, vera, case)
    hour = await hour_of(centre, planned.outbox_id)
    async with centre.database.begin(SERVICE) as session:
        await judge_words_of(session, vera.staff_id)

    assert await state_of(centre, planned.outbox_id) is OutboxState.HELD
    assert await hour_of(centre, planned.outbox_id) == hour


async def test_p5_p11_that_nobody_answered_is_not_said_to_whoever_wants_nobody_to_write(
    centre: Centre,
) -> None:
    """It was held over the night, and nobody is to call for them any more."""
    person, _, _ = await at_night(centre, Severity.URGENT)
    centre.later(hours=2)
    await centre.tick()
    assert len(await centre.sent(Notice.NOBODY_YET)) == 1
    await says_no(centre, person)
    await comes_to_a_safe_hour(centre, person)

    assert Notice.NOBODY_YET not in await what_leaves(centre)


async def test_words_go_where_the_person_has_asked_for_somebody_since(centre: Centre) -> None:
    person, vera, case = await at_night(centre, Severity.URGENT)
    await centre.writes(vera, case, "I come at nine.")
    await says_no(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, person.id))
    await comes_to_a_safe_hour(centre, person)

    assert Notice.CASEWORKER_WORDS in await what_leaves(centre)


async def test_in_an_emergency_words_go_on_whatever_was_said(centre: Centre) -> None:
    person, vera, case = await at_night(centre)
    await centre.writes(vera, case, "Leave by the back door.")
    await says_no(centre, person)
    await comes_to_a_safe_hour(centre, person)

    assert Notice.CASEWORKER_WORDS in await what_leaves(centre)
