"""Somebody comes back on another phone, from which they may have written before."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.cases.clock import unheard_by
from domain.cases.events import are_signals
from domain.cases.topics import set_topic
from domain.casework.tasks import add_task
from domain.casework.work import note, resolve
from domain.codes.handed import InviteUnknown
from domain.enrolment.invites import PhoneTaken, issue_invites
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refusal, Refused
from domain.identity import new_phone
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.sealing import body_of
from domain.notices import Notice, tell
from domain.organisations import set_staff_chat
from domain.returnees.chats import chat_id_of
from domain.safeguarding.confided import is_confided
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.story import list_complaints, read_complaint
from domain.staff.colleagues import is_kept_from_somebody
from storage.kinds import (
    UNSENT,
    CaseState,
    ConflictKind,
    Identity,
    MessageKind,
    NoticeClass,
    Outcome,
    Role,
    Severity,
)
from storage.outbox.letters import Delivery, chat_of
from storage.outbox.traces import leave_traces
from storage.seals.columns import open_all
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent, CaseTask, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, WrappedKey
from tests.documents import content_of, put
from tests.domain.centre import Centre
from tests.domain.identity.moving import NEW_CHAT, Stray, code_for, holder, lets_in, moves_in


async def test_p13_two_of_the_staff_let_a_new_phone_in_and_the_old_one_is_told_nothing(
    centre: Centre,
) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        old = chat_id_of(session, person)
        await leave_traces(session, [(person.chat_key, 7)])
        await tell(session, person, Notice.CASE_CLOSED, {})
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    await moves_in(centre, code)

    assert await holder(centre, old) is None
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    assert (moved.id, moved.identity) == (person.id, Identity.DOUBTED)
    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()
        sent = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    assert [content for chat, content in sent if chat == old] == [{"delete": [7]}]
    said = [content for chat, content in sent if chat == NEW_CHAT]
    assert [each.get("notice", "commands") for each in said] == ["case-closed", "commands"]


async def test_p13_nobody_lets_a_phone_in_alone_nor_twice_nor_late(centre: Centre) -> None:
    person, one, other = await centre.person(), await centre.colleague(), await centre.colleague()
    for actor, proposed in ((one, False), (one, True)):
        with pytest.raises(Refused):
            async with centre.database.begin(centre.organisation.id) as session:
                if proposed:
                    await new_phone.propose(session, actor, person.id)
                await new_phone.confirm(session, actor, person.id)
    code = await code_for(centre, person, one, other)
    await moves_in(centre, code)
    with pytest.raises(InviteUnknown):
        await moves_in(centre, code, 777)
    late = await code_for(centre, person, one, other)
    centre.clock.offset += new_phone.LIFE
    with pytest.raises(InviteUnknown):
        await moves_in(centre, late, 777)
    assert await holder(centre, 777) is None


async def test_p10_another_organisation_and_other_roles_propose_nothing(centre: Centre) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person = await centre.person()
    for scope, actor in (
        (elsewhere.organisation.id, await elsewhere.colleague()),
        (centre.organisation.id, await centre.colleague(Role.ADMIN)),
    ):
        with pytest.raises(Refusal):
            async with centre.database.begin(scope) as session:
                await new_phone.propose(session, actor, person.id)


async def own_case(centre: Centre, person: Returnee) -> Case:
    async with centre.database.begin(SERVICE) as session:
        case = await session.scalar(
            select(Case).where(Case.returnee_id == person.id, Case.state == CaseState.OPEN)
        )
    assert case is not None
    return case


async def test_p1_a_cry_from_the_new_phone_goes_on_in_the_persons_own_case(centre: Centre) -> None:
    person, stray = await centre.person(), await Stray.of(centre)
    await centre.signal(stray.returnee, Severity.EMERGENCY)
    await stray.writes(1, {"text": "He found me"})
    await stray.writes(2, {"file_id": "voice"}, MessageKind.VOICE)
    await lets_in(centre, person)

    case = await own_case(centre, person)
    assert case.severity is Severity.EMERGENCY
    async with centre.database.begin(SERVICE) as session:
        rows = await session.scalars(select(Message).order_by(Message.number))
        words, voice = rows.all()
        assert (await body_of(session, words))["text"] == "He found me"
        assert (await body_of(session, voice))["file_id"] == "voice"
        assert await unheard_by(session, case.id) == voice.listen_by
        reasons = await session.scalars(
            select(CaseEvent.reasons)
            .where(CaseEvent.case_id == case.id, are_signals())
            .order_by(CaseEvent.number)
        )
    assert (words.case_id, voice.case_id, voice.heard_at) == (case.id, case.id, None)
    assert reasons.all() == [["identity.new-phone"], ["threat.threatened"], ["unread.voice"]]


async def test_p1_a_recording_from_the_new_phone_is_alerted_of_until_somebody_hears_it(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await Stray.of(centre)
    worker = await centre.colleague(chat=7, on_duty=True)
    own = await centre.claims(worker, await centre.signal(person))
    await centre.writes(worker, own)
    await stray.writes(1, {"file_id": "voice"}, MessageKind.VOICE)
    await lets_in(centre, person)
    async with centre.database.begin(SERVICE) as session:
        listen_by = await unheard_by(session, own.id)

    look_at = (await centre.fresh(own)).next_alert_at
    assert listen_by is not None
    assert look_at is not None
    assert look_at <= listen_by


async def test_p6_nobody_is_left_of_the_new_phone_beside_the_person_who_has_it(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await Stray.of(centre)
    worker = await centre.colleague()
    cried = await centre.signal(stray.returnee)
    await stray.writes(1, {"text": "He found me"})
    await centre.claims(worker, cried)
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, worker, cried.id, "She sounds afraid")
        soon = (session.now + timedelta(days=3)).date()
        await add_task(session, worker, cried.id, "Call her", soon, worker.staff_id)
    await centre.writes(worker, cried)
    await lets_in(centre, person)

    case = await own_case(centre, person)
    async with centre.database.begin(SERVICE) as session:
        assert set(await session.scalars(select(Returnee.id))) == {person.id}
        assert await session.scalar(select(func.count(WrappedKey.id))) == 1
        for owned in (Case, Message, CaseTask, OutboxRow):
            whose = await session.scalars(select(owned.returnee_id))
            assert set(whose) <= {person.id, None}
        assert set(await session.scalars(select(CaseTask.case_id))) == {case.id}
        [noted] = await session.scalars(select(CaseEvent).where(CaseEvent.body.is_not(None)))
        assert (noted.case_id, noted.staff_id) == (case.id, worker.staff_id)
        opened = await open_all(await session.connection(), session.keys)
    assert opened[False] == 0


async def test_an_edit_of_what_was_written_from_the_new_phone_before_finds_it(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await Stray.of(centre)
    await centre.signal(stray.returnee)
    await stray.writes(1, {"text": "He found me"})
    await lets_in(centre, person)
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    edit = Body(text="He found us", number=1, edited=2)
    async with centre.database.begin(SERVICE) as session:
        await keep_message(session, moved, None, MessageKind.TEXT, edit, session.now)

    async with centre.database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        assert (await body_of(session, kept))["text"] == "He found us"


async def test_an_edit_finds_the_newest_of_what_was_kept_twice_of_a_message_from_the_new_phone(
    centre: Centre,
) -> None:
    """Once in a case that was closed for good when the first edit came."""
    vera, person, stray = await centre.colleague(), await centre.person(), await Stray.of(centre)
    closed = await centre.claims(vera, await centre.signal(stray.returnee))
    await stray.writes(1, {"text": "Good morning"})
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, closed.id, Outcome.HELPED)
        (await session.get_one(Case, closed.id)).resolved_at = session.now - timedelta(days=15)
    await centre.signal(stray.returnee)
    await stray.writes(1, {"text": "He found me", "edited": 1})
    await lets_in(centre, person)
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    edit = Body(text="He found us", number=1, edited=2)
    async with centre.database.begin(SERVICE) as session:
        await keep_message(session, moved, None, MessageKind.TEXT, edit, session.now)

    async with centre.database.begin(SERVICE) as session:
        kept = await session.scalars(select(Message).order_by(Message.number))
        said = [(await body_of(session, each))["text"] for each in kept]
    assert said == ["Good morning", "He found us"]


async def test_p10_what_was_confided_from_the_new_phone_stays_with_safeguarding(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await Stray.of(centre)
    lead, vera = await centre.colleague(Role.SAFEGUARDING), await centre.colleague()
    own = await centre.claims(vera, await centre.signal(person))
    await stray.confides(1, "Vera asks me for money")
    async with centre.database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, centre.organisation.id), -100)
        set_topic(session, await session.get_one(Case, own.id), 7)
        await keep_apart(session, lead, stray.returnee.id, vera.staff_id, ConflictKind.COMPLAINT)
    await lets_in(centre, person)

    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    async with centre.database.begin(SERVICE) as session:
        [line] = await list_complaints(session, lead)
        _, [told] = await read_complaint(session, lead, line.id)
        edit = Body(text="It is nothing", number=1, edited=2)
        assert await is_confided(session, moved, edit, edited=True)
        assert await is_kept_from_somebody(session, centre.organisation.id, person.id)
        rows = (await session.scalars(select(OutboxRow))).all()
        gone = [content_of(row, session.keys).get("delete_topic") for row in rows]
        assert 7 in gone
    assert (line.returnee_id, list(told.texts)) == (person.id, ["Vera asks me for money"])
    assert (await centre.fresh(own)).claimed_by is None


async def test_p1_a_complaint_goes_to_safeguarding_of_the_persons_own_organisation(
    centre: Centre,
) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    person, stray = await elsewhere.person(), await Stray.of(centre)
    lead = await elsewhere.colleague(Role.SAFEGUARDING)
    await centre.signal(stray.returnee, Severity.EMERGENCY)
    await stray.writes(1, {"text": "He found me"})
    await stray.confides(2, "Vera asks me for money")
    await lets_in(elsewhere, person)

    case = await own_case(elsewhere, person)
    async with centre.database.begin(SERVICE) as session:
        [line] = await list_complaints(session, lead)
        [words] = await session.scalars(select(Message))
    assert line.returnee_id == person.id
    assert case.organisation_id == elsewhere.organisation.id
    assert (words.case_id, words.organisation_id) == (case.id, elsewhere.organisation.id)


async def test_one_chat_is_for_one_person_and_a_second_invite_stays_good(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        first, second = await issue_invites(session, centre.organisation.id, 2)
        await enrol_with_invite(session, 5, first.code, "en")
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(PhoneTaken):
            await enrol_with_invite(session, 5, second.code, "en")
    async with centre.database.begin(SERVICE) as session:
        assert await enrol_with_invite(session, 5, first.code, "en")
        other = await enrol_with_invite(session, 6, second.code, "en")
    me = await holder(centre, 5)
    assert me is not None
    assert other.id != me.id


async def test_p1_whoever_took_their_account_along_loses_nothing_by_the_code(
    centre: Centre,
) -> None:
    """Their chat is the same on the new phone, and nobody invited them: they cried for help."""
    person = await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        chat = chat_id_of(session, person)
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    with pytest.raises(InviteUnknown):
        await moves_in(centre, code, chat)

    assert (await holder(centre, chat)) is not None
    assert (await centre.fresh(case)).state is CaseState.OPEN
    # On another one it still lets them in.
    await moves_in(centre, code)
    assert (await holder(centre, NEW_CHAT)) is not None


async def test_a_chat_that_is_somebody_elses_takes_nobodys_place(centre: Centre) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        (invite,) = await issue_invites(session, centre.organisation.id)
        await enrol_with_invite(session, NEW_CHAT, invite.code, "en")
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    with pytest.raises(InviteUnknown):
        await moves_in(centre, code)
    await moves_in(centre, code, 99)
    assert await holder(centre, 99) is not None


async def test_p4_what_was_to_go_from_the_old_phone_goes_from_it_and_what_waits_goes_to_the_new(
    centre: Centre,
) -> None:
    person = await centre.person()
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    async with centre.database.begin(SERVICE) as session:
        old = chat_id_of(session, person)
        await put(session, old, {"delete": [7]}, Delivery(NoticeClass.REPLY))
        await tell(session, person, Notice.RESUMED)
        lost = await tell(session, person, Notice.HIDDEN)
        lost.content = b"no key opens it"
    await moves_in(centre, code)

    async with centre.database.begin(SERVICE) as session:
        readable = OutboxRow.state.in_(UNSENT), OutboxRow.id != lost.id
        rows = await session.scalars(select(OutboxRow).where(*readable))
        said = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    assert [(chat, each["delete"]) for chat, each in said if "delete" in each] == [(old, [7])]
    assert [(chat, each["notice"]) for chat, each in said if "notice" in each] == [
        (NEW_CHAT, Notice.RESUMED)
    ]
