"""P6: the case of somebody who is to be forgotten, where it is no cry for help, ends with them."""

from datetime import timedelta

from sqlalchemy import func, select, update

from domain.actors import Actor
from domain.casework.tasks import owed_by
from domain.casework.work import write
from domain.colleagues.consulting import consult
from domain.identity.trust import Proof, confirm
from domain.privacy.passing_on import Reason, pass_on, take_back
from domain.replies.sending import Conditions
from storage.kinds import UNSENT, Discretion, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import ask, erase


async def test_p6_a_question_to_a_colleague_ends_with_the_case_and_is_not_there_again(
    centre: Centre,
) -> None:
    """Should they stay after all."""
    nina, vera = await centre.colleague(Role.SAFEGUARDING), await centre.colleague()
    ana, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    async with centre.database.begin(SERVICE) as session:
        await consult(session, vera, case.id, ana.staff_id, "What would you do?")
        (await session.get_one(Returnee, person.id)).discretion = Discretion.WATCHED
    await ask(centre.database, person)
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, nina, person.id, Proof.MET)
        assert await take_back(session, nina, person.id)

    async with centre.database.begin(centre.organisation.id, ana.staff_id) as session:
        assert await owed_by(session, ana) == []


async def plans(centre: Centre, actor: Actor, case: Case) -> None:
    """Words for tomorrow, to somebody whom they have reached."""
    await centre.writes(actor, case)
    await centre.all_arrives()
    async with centre.database.begin(centre.organisation.id) as session:
        later = session.now + timedelta(days=1)
        await write(session, actor, case.id, "Good morning", Conditions(later=later))


async def test_p6_words_for_later_that_do_not_open_any_more_keep_nobody_from_being_forgotten(
    centre: Centre,
) -> None:
    nina, vera = await centre.colleague(Role.SAFEGUARDING), await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    await plans(centre, vera, case)
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(content=b"damaged"))
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)
    await erase(centre.database)

    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Returnee)) == 0


async def test_p6_words_that_were_to_leave_later_stay_here_once_staff_passed_it_on(
    centre: Centre,
) -> None:
    """However long safeguarding has something that the person told it."""
    nina, vera = await centre.colleague(Role.SAFEGUARDING), await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
    await plans(centre, vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)

    async with centre.database.begin(SERVICE) as session:
        rows = await session.scalars(
            select(OutboxRow.state).where(OutboxRow.returnee_id == person.id)
        )
        assert set(rows.all()).isdisjoint(UNSENT)
