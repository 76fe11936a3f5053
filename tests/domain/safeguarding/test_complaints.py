"""What is said about staff goes past the team, and is put before somebody until they act."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from bot.delivery.outcome import Taken, failed
from domain.actors import Actor
from domain.cases.finding import find_case
from domain.cases.queue import UNRESOLVED, count_cases
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.people import pseudonym_of
from domain.referrals.making import revoke
from domain.safeguarding.complaints import (
    Ear,
    confide,
    confide_in_answer,
    ear_for,
    hear_in_confidence,
    heard_by,
    is_confided,
    said_all,
)
from domain.safeguarding.conflicts import keep_apart, standing_conflicts
from domain.safeguarding.handling import (
    answer_complaint,
    close_complaint,
    list_complaints,
    pass_on,
    read_complaint,
    take_complaint,
)
from domain.safeguarding.listening import remind
from domain.staff import disable_staff
from storage.cases import Message
from storage.kinds import ComplaintKind, ConflictKind, MessageKind, Role, Severity
from storage.outbox import OutboxRow
from storage.returnees import Returnee
from storage.safeguarding import ComplaintMessage
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two

KEEPER, HEAD, SECOND = 21, 22, 23
WORDS = "Vera asked me for money"


async def tells(
    centre: Centre,
    person: Returnee,
    words: str = WORDS,
    *,
    past_lead: bool = False,
    severity: Severity = Severity.NONE,
    number: int = 7,
    edited: int | None = None,
) -> None:
    body = {"text": words, "number": number} | ({"edited": edited} if edited else {})
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await confide(session, returnee, ComplaintKind.ABOUT_STAFF, past_lead=past_lead)
        await hear_in_confidence(session, returnee, MessageKind.TEXT, body, severity)


async def seen(centre: Centre, actor: Actor) -> list[UUID]:
    """By the rules alone, and with the database beneath: always the same."""
    by_scope = []
    for scope, staff in ((SERVICE, None), (centre.organisation.id, actor.staff_id)):
        async with centre.database.begin(scope, staff) as session:
            by_scope.append([line.id for line in await list_complaints(session, actor)])
    assert by_scope[0] == by_scope[1]
    return by_scope[0]


async def words_in(centre: Centre, actor: Actor, complaint_id: UUID) -> list[str]:
    async with centre.database.begin(SERVICE) as session:
        _, told = await read_complaint(session, actor, complaint_id)
    return [text for each in told for text in each.texts]


async def alerted(centre: Centre) -> list[int]:
    return [alert.chat for alert in await centre.sent(Notice.STAFF_COMPLAINT)]


async def test_p10_a_complaint_reaches_safeguarding_and_nobody_of_the_team(centre: Centre) -> None:
    vera = await centre.colleague(on_duty=True, chat=1)
    chief = await centre.colleague(Role.SUPERVISOR)
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    await tells(centre, await centre.person())

    assert await alerted(centre) == [KEEPER]
    [complaint_id] = await seen(centre, keeper)
    assert await seen(centre, head) == []
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        line, [told] = await read_complaint(session, keeper, complaint_id)
    assert (line.severity, told.texts) == (Severity.URGENT, [WORDS])
    for somebody in (vera, chief):
        async with centre.database.begin(centre.organisation.id, somebody.staff_id) as session:
            for table in ("complaint", "complaint_message"):
                assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
            with pytest.raises(NotAllowed):
                await list_complaints(session, somebody)
            assert await count_cases(session, somebody, *UNRESOLVED) == 0
    async with centre.database.begin(centre.organisation.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM complaint")) == 0
    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 0


async def test_p10_what_is_about_the_lead_goes_to_an_administrator_alone(centre: Centre) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    person = await centre.person()
    await tells(centre, person, past_lead=True)

    assert await alerted(centre) == [HEAD]
    assert await seen(centre, keeper) == []
    assert len(await seen(centre, head)) == 1


async def test_p10_said_afterwards_that_it_is_about_the_lead_it_is_taken_from_them(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    person = await centre.person()
    await tells(centre, person)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await confide(session, returnee, ComplaintKind.ABOUT_STAFF, past_lead=True)

    assert await alerted(centre) == [KEEPER, HEAD]
    assert (await seen(centre, keeper), len(await seen(centre, head))) == ([], 1)


async def test_p10_whoever_it_is_about_loses_it_when_kept_apart_and_another_hears_it(
    centre: Centre,
) -> None:
    accused = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    second = await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, accused)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, second, person.id, accused.staff_id, ConflictKind.COMPLAINT)

    assert await seen(centre, accused) == []
    for act in (take_complaint, close_complaint, read_complaint):
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(Refused, match="no such complaint"):
                await act(session, accused, complaint_id)
    assert await seen(centre, second) == [complaint_id]
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, head, person.id, second.staff_id, ConflictKind.COMPLAINT)
    assert await seen(centre, head) == [complaint_id]
    centre.later(hours=1)
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        assert await remind(session) == 1
    assert (await alerted(centre))[2:] == [HEAD]


@pytest.mark.parametrize("how", ["has left", "is kept apart"])
async def test_p2_what_somebody_looked_after_who_hears_it_no_more_is_heard_by_others_at_once(
    centre: Centre, how: str
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head = await centre.colleague(Role.ADMIN, chat=HEAD)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
    async with centre.database.begin(SERVICE) as session:
        if how == "has left":
            await disable_staff(session, head, keeper.staff_id)
        else:
            kind = ConflictKind.COMPLAINT
            await keep_apart(session, head, person.id, keeper.staff_id, kind)
    async with centre.database.begin(SERVICE) as session:
        await remind(session)
        [line] = await list_complaints(session, head)
    assert await alerted(centre) == [KEEPER, HEAD]
    assert line.taken_by is None


async def test_p2_alerts_of_a_complaint_come_until_somebody_looks_after_it_and_again_after_a_day(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    await tells(centre, person)
    counts = []

    async def later(**span: float) -> None:
        centre.later(**span)
        await centre.all_arrives()
        async with centre.database.begin(SERVICE) as session:
            await remind(session)
        counts.append(len(await alerted(centre)))

    await later(minutes=31)
    await later(minutes=31)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await take_complaint(session, keeper, complaint_id)
    await later(hours=23)
    await later(hours=2)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
    await later(days=9)
    await tells(centre, person, "He did it again", number=8)

    assert counts == [2, 3, 3, 4, 4]
    assert len(await alerted(centre)) == 5
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you again.")
    await later(days=89)
    await later(days=2)
    # Answered and never closed, it comes up again.
    assert counts[-2:] == [5, 6]
    assert len(await centre.sent(Notice.SAFEGUARDING_WORDS)) == 2


@pytest.mark.parametrize("closed", [False, True])
async def test_p2_an_answer_that_never_arrives_stops_no_alerts_unless_it_was_closed(
    centre: Centre, closed: bool
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    await tells(centre, await centre.person())
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        await answer_complaint(session, keeper, complaint_id, "I read you.")
        if closed:
            await close_complaint(session, keeper, complaint_id)
    async with centre.database.begin(SERVICE) as session:
        answer = (
            await session.scalars(
                select(OutboxRow)
                .where(OutboxRow.returnee_id.is_not(None))
                .order_by(OutboxRow.number.desc())
                .limit(1)
            )
        ).one()
        answer.leased_until, answer.fence = session.database_now, 1
        await failed(session, Taken(answer.id, 1), "blocked", blocked=True)
        await session.flush()
        # As by the sweep: what is known of it stays.
        await session.delete(answer)
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        await remind(session)
        line, told = await read_complaint(session, keeper, complaint_id)

    assert [each.unreached for each in told] == [False, True]
    assert await alerted(centre) == [KEEPER, SECOND] * (1 if closed else 2)
    assert (line.taken_by is None) is not closed


async def test_what_is_confided_stays_however_it_is_edited_and_raises_how_urgent_it_is(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await tells(centre, person, severity=Severity.EMERGENCY)
    await tells(centre, person, "all is well", edited=9)
    async with centre.database.begin(SERVICE) as session:
        [complaint] = await list_complaints(session, keeper)
        _, [told] = await read_complaint(session, keeper, complaint.id)

    assert complaint.severity is Severity.EMERGENCY
    assert told.texts == [WORDS, "all is well"]


async def test_an_edit_goes_where_its_original_went(centre: Centre) -> None:
    person = await centre.person()
    await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        edit = {"text": "x", "number": 7}
        assert not await is_confided(session, returnee, edit, edited=False)
    await tells(centre, person, number=7)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert await is_confided(session, returnee, edit, edited=False)
        said_all(returnee)
        assert not await is_confided(session, returnee, {"number": 8}, edited=False)
        assert await is_confided(session, returnee, edit, edited=True)


async def test_an_hour_after_the_last_word_it_is_the_teams_again(centre: Centre) -> None:
    person = await centre.person()
    await tells(centre, person)
    centre.clock.offset += timedelta(minutes=61)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert not await is_confided(session, returnee, {"text": "Hello"}, edited=False)


async def test_p11_it_is_said_who_hears_it_and_that_nobody_does(centre: Centre) -> None:
    person = await centre.person()
    ears = []
    for role in (None, Role.ADMIN, Role.SAFEGUARDING):
        if role is not None:
            await centre.colleague(role)
        async with centre.database.begin(SERVICE) as session:
            ears.append(await ear_for(session, await session.get_one(Returnee, person.id)))

    assert ears == [Ear.NOBODY, Ear.ADMINISTRATOR, Ear.LEAD]


async def test_a_worker_passes_on_whom_somebody_does_not_want(centre: Centre) -> None:
    vera = await centre.colleague()
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger = await other.person()
    async with centre.database.begin(SERVICE) as session:
        await pass_on(session, vera, person.id, "not Maria")
        with pytest.raises(Refused, match="no such person"):
            await pass_on(session, vera, stranger.id, "not Maria")
        with pytest.raises(Refused):
            await pass_on(session, vera, person.id, "  ")
        [line] = await list_complaints(session, keeper)
    assert (line.kind, line.severity) == (ComplaintKind.KEEP_AWAY, Severity.CONCERN)
    assert await alerted(centre) == [KEEPER]
    await tells(centre, person)
    assert len(await seen(centre, keeper)) == 2


async def test_p10_a_complaint_stays_within_its_organisation(centre: Centre) -> None:
    await tells(centre, await centre.person())
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    for role in (Role.SAFEGUARDING, Role.ADMIN):
        assert await seen(other, await other.colleague(role)) == []


@pytest.mark.parametrize("how", ["handed over", "taken back"])
async def test_p2_a_complaint_is_heard_to_its_end_though_the_person_is_with_others_by_now(
    centre: Centre, how: str
) -> None:
    """Whoever it is about may be the one who handed them over, or took that back."""
    two = await Two.at_work(centre)
    hears = centre if how == "handed over" else two.partner
    keeper = await hears.colleague(Role.SAFEGUARDING, chat=KEEPER)
    if how == "handed over":
        await tells(centre, two.person)
        await two.accepts(await two.offered())
    else:
        referral = await two.offered(joint=30)
        await two.accepts(referral)
        await tells(centre, two.person)
        async with centre.database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)
    assert await alerted(centre) == [KEEPER]

    [complaint_id] = await seen(hears, keeper)
    async with centre.database.begin(SERVICE) as session:
        line, [told] = await read_complaint(session, keeper, complaint_id)
        assert await ear_for(session, await session.get_one(Returnee, two.person.id)) is Ear.LEAD
        await answer_complaint(session, keeper, complaint_id, "I look into it.")
        await close_complaint(session, keeper, complaint_id)
    assert told.texts == [WORDS]
    async with centre.database.begin(SERVICE) as session:
        assert line.pseudonym == await pseudonym_of(session, keeper, two.person.id)


async def test_p10_what_they_confide_anew_goes_to_those_who_accompany_them_now(
    centre: Centre,
) -> None:
    """What they had confided before, and what they answer to it, stays where it was said."""
    two = await Two.at_work(centre)
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    theirs = await two.partner.colleague(Role.SAFEGUARDING, chat=SECOND)
    somebody_else = await centre.person()
    await tells(centre, two.person)
    await two.accepts(await two.offered())
    [earlier] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, earlier, "When was that?")
        message_id = await session.scalar(
            select(ComplaintMessage.id).where(ComplaintMessage.staff_id == keeper.staff_id)
        )
        assert message_id is not None

    await tells(centre, two.person, "Samir asked me for money", number=8)
    [newer] = await seen(two.partner, theirs)
    assert await seen(centre, keeper) == [earlier]
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await confide_in_answer(session, person, message_id)
        with pytest.raises(Refused):
            await confide_in_answer(session, somebody_else, message_id)
        body = {"text": "On Monday", "number": 9}
        await hear_in_confidence(session, person, MessageKind.TEXT, body, Severity.NONE)
        assert await heard_by(session, person) == centre.organisation.id
    assert await words_in(centre, keeper, earlier) == [WORDS, "When was that?", "On Monday"]
    assert await words_in(two.partner, theirs, newer) == ["Samir asked me for money"]

    # An hour later nothing of it goes on: whatever the watch hears of staff is about those of now.
    centre.later(hours=2)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        body = {"text": "My caseworker hits me", "number": 10}
        await hear_in_confidence(session, person, MessageKind.TEXT, body, Severity.URGENT)
    assert len(await words_in(two.partner, theirs, newer)) == 2


async def test_p2_what_is_edited_after_a_complaint_was_closed_can_be_read_and_closed_again(
    centre: Centre,
) -> None:
    keeper, person = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER), await centre.person()
    await tells(centre, person)
    [first] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await close_complaint(session, keeper, first)
    for edited, words in enumerate(("He hit me, too", "And he took my papers"), 1):
        async with centre.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            body = {"text": words, "number": 7, "edited": edited}
            await hear_in_confidence(session, returnee, MessageKind.TEXT, body, Severity.NONE)
    newer, _ = await seen(centre, keeper)
    assert await words_in(centre, keeper, newer) == ["He hit me, too", "And he took my papers"]
    assert await words_in(centre, keeper, first) == [WORDS]


async def test_p10_whom_somebody_who_left_complained_of_is_kept_from_what_is_written_of_them(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    keeper = await centre.colleague(Role.SAFEGUARDING)
    await two.accepts(await two.offered())
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, two.person.id, two.vera.staff_id, ConflictKind.COMPLAINT)
        [line] = await standing_conflicts(session, keeper)
        with pytest.raises(Refused, match="no such case"):
            await find_case(session, two.vera, two.case.id)
    assert line.returnee_id == two.person.id
