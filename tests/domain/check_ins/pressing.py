"""Somebody presses the buttons of their check-in, and what becomes of it."""

from sqlalchemy import select

from domain.casework.closing import close
from domain.check_ins.answering import Next, answer, choose
from domain.check_ins.answers import answers_of
from domain.questionnaires.importing import take_in
from storage.kinds import Outcome
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.checking_in import Office
from tests.domain.questionnaires.forms.sheets import SETTINGS, form


async def press(
    database: Database, returnee: Returnee, check_in: CheckIn, question: str, choice: str | None
) -> Next:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        return await answer(session, person, check_in.id, question, choice)


async def tick(
    database: Database, returnee: Returnee, check_in: CheckIn, question: str, choices: str
) -> Next:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        return await choose(session, person, check_in.id, question, choices, first=False)


async def take_form(database: Database, office: Office, check_in: CheckIn, table: str) -> None:
    """The check-in asks a form that the organisation imported."""
    async with database.begin(SERVICE) as session:
        questionnaire = form(table + SETTINGS)
        await take_in(session, office.organisation.id, questionnaire)
        (await session.get_one(CheckIn, check_in.id)).questionnaire = questionnaire.edition


async def answered(database: Database, check_in: CheckIn) -> dict[str, str | None]:
    async with database.begin(SERVICE) as session:
        return await answers_of(session, check_in)


async def the_case(database: Database) -> Case | None:
    async with database.begin(SERVICE) as session:
        return (await session.scalars(select(Case))).one_or_none()


async def closes(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await close(session, (await session.scalars(select(Case))).one(), Outcome.HELPED)


async def reasons(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        found = await session.scalars(select(CaseEvent.reasons).order_by(CaseEvent.number))
        return [reason for listed in found for reason in listed]
