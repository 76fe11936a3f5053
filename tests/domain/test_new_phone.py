import pytest
from sqlalchemy import select

from domain import new_phone
from domain.actors import Actor
from domain.enrolment import enrol_with_invite
from domain.errors import Refusal, Refused
from domain.invites import InviteUnknown, PhoneTaken, issue_invites
from domain.notices import Notice, tell
from domain.returnees import add_returnee, chat_id_of, returnee_of_chat
from storage.cases import Case
from storage.kinds import CaseState, Identity, Role, Severity
from storage.outbox import OutboxRow, chat_of, content_of
from storage.returnees import Returnee
from storage.sessions import SERVICE
from storage.traces import leave_traces
from tests.domain.centre import Centre

NEW_CHAT = 4242


async def code_for(centre: Centre, person: Returnee, one: Actor, other: Actor) -> str:
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, one, person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        return await new_phone.confirm(session, other, person.id)


async def moves_in(centre: Centre, code: str, chat: int = NEW_CHAT) -> None:
    async with centre.database.begin(SERVICE) as session:
        await new_phone.move_in(session, chat, code)


async def holder(centre: Centre, chat: int) -> Returnee | None:
    async with centre.database.begin(SERVICE) as session:
        return await returnee_of_chat(session, chat)


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
    assert [content["notice"] for chat, content in sent if chat == NEW_CHAT] == ["case-closed"]


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


async def test_p1_a_cry_from_the_new_phone_goes_on_in_the_persons_own_case(centre: Centre) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        stray = await add_returnee(session, NEW_CHAT, centre.organisation, "sq")
    cried = await centre.signal(stray, Severity.EMERGENCY)
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    await moves_in(centre, code)

    assert (await centre.fresh(cried)).state is CaseState.RESOLVED
    async with centre.database.begin(SERVICE) as session:
        case = await session.scalar(
            select(Case).where(Case.returnee_id == person.id, Case.state == CaseState.OPEN)
        )
    assert case is not None
    assert case.severity is Severity.EMERGENCY


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
