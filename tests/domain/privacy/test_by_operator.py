"""`wayhome erase`, beside what colleagues and safeguarding have in hand."""

from sqlalchemy import select

from domain.notices import Notice
from domain.privacy.passing_on import Reason, erase_by_operator, pass_on
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.returnees import Enrolment
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.enrolment.leaving import lets_go, name_of
from tests.domain.privacy.erasing import erase
from tests.domain.privacy.passing_on import complained, is_there


async def test_p6_what_a_colleague_passed_on_before_does_not_hold_up_the_operators_word(
    centre: Centre,
) -> None:
    """A complaint does, which that colleague might have hidden. The operator was told that nothing
    more is to be typed.
    """
    chief, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    await complained(centre, person)
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)
    await erase(centre.database)
    assert await is_there(centre.database) == 1

    async with centre.database.begin(SERVICE) as session:
        named = select(Enrolment.pseudonym).where(Enrolment.returnee_id == person.id)
        await erase_by_operator(session, (await session.scalars(named)).one(), None)
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p4_nobody_hears_of_it_on_their_phone_whom_the_operator_has_erased_once_let_go(
    centre: Centre,
) -> None:
    """Nobody accompanies them any more, and still it was not they who asked for it."""
    set_clock(centre.clock, MORNING)
    vera, person = await centre.colleague(), await centre.person()
    pseudonym = await name_of(centre, vera, person)
    await lets_go(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        await erase_by_operator(session, pseudonym, None)
    await erase(centre.database)

    assert await is_there(centre.database) == 0
    assert await centre.sent(Notice.FORGOTTEN) == []
