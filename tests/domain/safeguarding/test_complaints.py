"""What is said about staff goes past the team, and is put before somebody until they act."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from domain.errors import NotAllowed, Refused
from domain.messages.body import Body
from domain.queue.lines import UNRESOLVED, count_cases
from domain.queue.standing import standing_of
from domain.retention.without_consent import forget
from domain.safeguarding.complaints import (
    Confidant,
    confidant_of,
    confide,
    hear_in_confidence,
)
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import close_complaint, take_complaint
from domain.safeguarding.listening import remind
from domain.safeguarding.passing_on import pass_on
from domain.safeguarding.story import list_complaints, read_complaint
from storage.kinds import UNREADABLE, ComplaintKind, ConflictKind, MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Message
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import (
    HEAD,
    KEEPER,
    SECOND,
    WORDS,
    alerted,
    opens,
    seen,
    tells,
)


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


async def test_whoever_hears_a_complaint_is_told_on_every_page_until_somebody_looks_after_it(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head = await centre.colleague(Role.ADMIN)
    await tells(centre, await centre.person())

    async def waiting() -> list[int]:
        counts = []
        for each in (vera, keeper, head):
            async with centre.database.begin(centre.organisation.id, each.staff_id) as session:
                counts.append((await standing_of(session, each)).complaints)
        return counts

    assert await waiting() == [0, 1, 0]
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await take_complaint(session, keeper, complaint_id)
    assert await waiting() == [0, 0, 0]
    centre.later(days=2)
    async with centre.database.begin(SERVICE) as session:
        await remind(session)
    assert await waiting() == [0, 1, 0]
    async with centre.database.begin(SERVICE) as session:
        await close_complaint(session, keeper, complaint_id)
    assert await waiting() == [0, 0, 0]


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


async def test_p11_it_is_said_who_hears_it_and_that_nobody_does(centre: Centre) -> None:
    person = await centre.person()
    confidants = []
    for role in (None, Role.ADMIN, Role.SAFEGUARDING):
        if role is not None:
            await centre.colleague(role)
        async with centre.database.begin(SERVICE) as session:
            confidants.append(
                await confidant_of(session, await session.get_one(Returnee, person.id))
            )

    assert confidants == [Confidant.NOBODY, Confidant.ADMINISTRATOR, Confidant.LEAD]


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


@pytest.mark.parametrize("kind", sorted(UNREADABLE))
async def test_p1_a_recording_told_in_confidence_is_urgent_until_somebody_has_heard_it(
    centre: Centre, kind: MessageKind
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, name="Ilir", chat=KEEPER)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await confide(session, returnee, ComplaintKind.KEEP_AWAY)
        body = Body(file_id="file", number=7)
        complaint = await hear_in_confidence(session, returnee, kind, body, Severity.NONE)
        assert complaint.severity is Severity.URGENT
    async with centre.database.begin(SERVICE) as session:
        _, [told] = await read_complaint(session, keeper, complaint.id)
        assert (told.unheard, told.listen_by) == (True, told.at + timedelta(hours=1))
        with pytest.raises(Refused, match="nobody has opened yet"):
            await close_complaint(session, keeper, complaint.id)
    await opens(centre, keeper, complaint.id)
    async with centre.database.begin(SERVICE) as session:
        _, [told] = await read_complaint(session, keeper, complaint.id)
        assert (told.unheard, told.heard_by) == (False, "Ilir")
        await close_complaint(session, keeper, complaint.id)


@pytest.mark.parametrize("how", ["said to be about them", "kept apart"])
async def test_p1_what_only_somebody_heard_who_may_hear_it_no_more_is_kept_until_somebody_else_did(
    centre: Centre, how: str
) -> None:
    """Whom it is about must not be able to let it go by hearing it."""
    accused = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    head, person = await centre.colleague(Role.ADMIN, chat=HEAD), await centre.person()
    await tells(centre, person, "file", kind=MessageKind.VOICE)
    [complaint_id] = await seen(centre, accused)
    await opens(centre, accused, complaint_id)
    if how == "kept apart":
        async with centre.database.begin(SERVICE) as session:
            await keep_apart(session, head, person.id, accused.staff_id, ConflictKind.COMPLAINT)
    else:
        async with centre.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            await confide(session, returnee, ComplaintKind.ABOUT_STAFF, past_lead=True)
    for is_kept in (True, False):
        centre.later(hours=25)
        async with centre.database.begin(SERVICE) as session:
            await forget(session)
        async with centre.database.begin(SERVICE) as session:
            _, [told] = await read_complaint(session, head, complaint_id)
            assert (told.file_id is not None, told.unheard) == (is_kept, is_kept)
        await opens(centre, head, complaint_id)


async def test_p1_words_of_a_complaint_that_no_key_opens_keep_nobody_from_reading_the_others(
    centre: Centre,
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await tells(centre, person)
    async with centre.database.begin(SERVICE) as session:
        (await session.scalars(select(ComplaintMessage))).one().body = b"damaged"
    await tells(centre, person, "He did it again", number=8)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        _, told = await read_complaint(session, keeper, complaint_id)

    assert [(each.kind, each.texts) for each in told] == [
        (MessageKind.OTHER, []),
        (MessageKind.TEXT, ["He did it again"]),
    ]
