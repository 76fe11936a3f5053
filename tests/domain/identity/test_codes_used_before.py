"""A code for a new phone that comes a second time: somebody else may have been the first. And one
that is out, and that nobody has come by yet.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.codes.handed import InviteUnknown
from domain.enrolment.invites import issue_invites
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refused
from domain.identity import new_phone
from domain.notices import Notice
from domain.safeguarding.conflicts import recuse
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.domain.centre import Centre
from tests.domain.identity.moving import code_for, holder, moves_in
from tests.racing import stands_still

FIRST, SECOND, PROPOSER, CONFIRMER = 4242, 4343, 501, 502


class LetIn:
    """A person with a new phone, and the two of the staff who let it in."""

    def __init__(self, centre: Centre, person: Returnee, one: Actor, other: Actor) -> None:
        self.centre, self.person, self.one, self.other = centre, person, one, other
        self.code = ""

    async def opens(self, chat: int) -> None:
        async with self.centre.database.begin(SERVICE) as session:
            with suppress(InviteUnknown):
                await new_phone.move_in(session, chat, self.code)

    async def told(self) -> list[int]:
        return sorted(sent.chat for sent in await self.centre.sent(Notice.INVITE_REUSED))


@pytest.fixture
async def let_in(centre: Centre) -> LetIn:
    one = await centre.colleague(chat=PROPOSER)
    other = await centre.colleague(chat=CONFIRMER)
    found = LetIn(centre, await centre.person(), one, other)
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, one, found.person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        found.code = await new_phone.confirm(session, other, found.person.id)
    await found.opens(FIRST)
    return found


async def test_p13_a_code_for_a_new_phone_opened_again_alerts_both_who_let_it_in(
    let_in: LetIn,
) -> None:
    await let_in.opens(SECOND)

    assert await let_in.told() == [PROPOSER, CONFIRMER]
    async with let_in.centre.database.begin(SERVICE) as session:
        assert "new-phone.opened-again" in set(await session.scalars(select(AuditEntry.action)))


async def test_p13_also_where_it_is_opened_from_the_chat_of_somebody_known(let_in: LetIn) -> None:
    centre = let_in.centre
    async with centre.database.begin(SERVICE) as session:
        [invite] = await issue_invites(session, centre.organisation.id)
        await enrol_with_invite(session, SECOND, invite.code, "en")
    await let_in.opens(SECOND)

    assert await let_in.told() == [PROPOSER, CONFIRMER]


async def test_p12_they_hear_of_it_once_an_hour_however_often_it_is_opened(let_in: LetIn) -> None:
    for _ in range(3):
        await let_in.opens(SECOND)
        await let_in.centre.all_arrives()
    assert await let_in.told() == [PROPOSER, CONFIRMER]
    let_in.centre.later(hours=1, seconds=1)
    await let_in.opens(SECOND)

    assert await let_in.told() == [PROPOSER, PROPOSER, CONFIRMER, CONFIRMER]


async def test_whoever_came_with_a_code_may_open_it_again_unnoticed(let_in: LetIn) -> None:
    await let_in.opens(FIRST)

    assert await let_in.told() == []


async def test_p10_whoever_has_left_or_stepped_back_since_is_not_told(let_in: LetIn) -> None:
    async with let_in.centre.database.begin(SERVICE) as session:
        await recuse(session, let_in.one, let_in.person.id)
        left = await session.get_one(Staff, let_in.other.staff_id)
        left.disabled_at = session.now
    await let_in.opens(SECOND)

    assert await let_in.told() == []


async def test_p13_a_code_that_is_out_lets_the_person_in_whoever_says_it_once_more(
    centre: Centre,
) -> None:
    person, one, other = await centre.person(), await centre.colleague(), await centre.colleague()
    code = await code_for(centre, person, one, other)
    for said in (new_phone.propose, new_phone.confirm):
        with pytest.raises(Refused, match="Look at it again"):
            async with centre.database.begin(centre.organisation.id) as session:
                await said(session, await centre.colleague(), person.id)
    await moves_in(centre, code, FIRST)

    assert await holder(centre, FIRST) is not None


async def test_p13_whoever_knows_that_a_code_is_out_may_put_an_end_to_it(centre: Centre) -> None:
    person, one, other = await centre.person(), await centre.colleague(), await centre.colleague()
    lost = await code_for(centre, person, one, other)
    async with centre.database.begin(centre.organisation.id) as session:
        out = await new_phone.waiting(session, one, person.id)
        assert out is not None
        await new_phone.propose(session, one, person.id, instead_of=str(out.id))
    with pytest.raises(InviteUnknown):
        await moves_in(centre, lost, FIRST)
    async with centre.database.begin(centre.organisation.id) as session:
        code = await new_phone.confirm(session, other, person.id)
    await moves_in(centre, code, FIRST)

    assert await holder(centre, FIRST) is not None


async def confirms(centre: Centre, actor: Actor, person: Returnee) -> str:
    async with centre.database.begin(centre.organisation.id) as session:
        return await new_phone.confirm(session, actor, person.id)


async def in_vain(why: type[Exception], attempt: Awaitable[object]) -> None:
    with pytest.raises(why):
        await attempt


async def test_p13_whoever_confirmed_and_never_saw_the_code_has_another_instead_of_it(
    centre: Centre,
) -> None:
    person, one, other = await centre.person(), await centre.colleague(), await centre.colleague()
    lost = await code_for(centre, person, one, other)
    code = await confirms(centre, other, person)
    with pytest.raises(InviteUnknown):
        await moves_in(centre, lost, FIRST)
    await moves_in(centre, code, FIRST)

    assert await holder(centre, FIRST) is not None
    with pytest.raises(Refused):
        await confirms(centre, other, person)


async def test_p13_of_two_who_confirm_at_once_one_has_a_code_and_it_lets_the_person_in(
    centre: Centre,
) -> None:
    person = await centre.person()
    one, other, third = [await centre.colleague() for _ in range(3)]
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, one, person.id)
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        code = await new_phone.confirm(session, other, person.id)
        late = group.create_task(in_vain(Refused, confirms(centre, third, person)))
        await stands_still(centre.database, late)
    await moves_in(centre, code, FIRST)

    assert await holder(centre, FIRST) is not None


async def test_p13_nobody_comes_by_a_code_while_another_is_made_instead_of_it(
    centre: Centre,
) -> None:
    person, one, other = await centre.person(), await centre.colleague(), await centre.colleague()
    lost = await code_for(centre, person, one, other)
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        code = await new_phone.confirm(session, other, person.id)
        late = group.create_task(in_vain(InviteUnknown, moves_in(centre, lost, SECOND)))
        await stands_still(centre.database, late)
    await moves_in(centre, code, FIRST)

    assert await holder(centre, SECOND) is None
    assert await holder(centre, FIRST) is not None
