"""A form that was put right while it is in use: what nobody has begun asks what is right (0094)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.check_ins.answering import Next, answer, start_answering
from domain.errors import NotAllowed, Refused
from domain.questionnaires.correcting import ask_instead, may_be_older
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Choice, Question, Questionnaire, Words
from storage.kinds import CheckInState, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office, kept, open_office, send_what_is_due, shelve

HELD = Choice("held", Words("I am held"), Severity.NONE)
ASKS = Question("home", Words("How is your new home?"), (HELD,))
AND_THEN = Question("more", Words("What else?"), (HELD,))
FAULTY = Questionnaire("first-days", 1, Words("First days"), (ASKS, AND_THEN))
RAISES = replace(ASKS, choices=(replace(HELD, alert=Severity.EMERGENCY),))
RIGHT = replace(FAULTY, version=2, questions=(RAISES, AND_THEN))


@pytest.fixture
async def check_in(database: Database, office: Office, check_in: CheckIn) -> CheckIn:
    """Planned with the faulty form, which was put right since."""
    for each in (FAULTY, RIGHT):
        await shelve(database, office, each)
    async with database.begin(SERVICE) as session:
        planned = await session.get_one(CheckIn, check_in.id)
        planned.questionnaire = FAULTY.edition
        return planned


async def corrects(database: Database, office: Office, version: int = 2) -> None:
    async with database.begin(office.organisation.id) as session:
        await ask_instead(session, office.coordinator, "first-days", version)


async def begins(database: Database, returnee: Returnee, check_in: CheckIn) -> Next:
    async with database.begin(SERVICE) as session:
        return await start_answering(
            session, await session.get_one(Returnee, returnee.id), check_in.id
        )


async def test_what_was_planned_keeps_its_version_until_somebody_says_otherwise(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await send_what_is_due(database)
    assert (await begins(database, returnee, check_in)).question == ASKS
    assert (await kept(database, check_in.id)).questionnaire == FAULTY.edition


async def test_what_nobody_has_begun_asks_the_corrected_form_and_its_alert_is_heard(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await corrects(database, office)
    await send_what_is_due(database)
    assert (await kept(database, check_in.id)).questionnaire == RIGHT.edition
    assert (await begins(database, returnee, check_in)).question == RAISES


async def test_a_prompt_that_was_sent_leads_to_the_corrected_form(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await send_what_is_due(database)
    await corrects(database, office)
    assert (await begins(database, returnee, check_in)).question == RAISES


async def test_who_has_begun_goes_on_with_what_they_began(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await begins(database, returnee, check_in)
    await corrects(database, office)
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        following = await answer(session, person, check_in.id, "home", "held")
    assert following.question == AND_THEN
    assert (await begins(database, returnee, check_in)).question == AND_THEN
    assert (await kept(database, check_in.id)).questionnaire == FAULTY.edition


async def test_a_language_that_the_corrected_form_speaks_is_asked(
    database: Database, clock: Clock, office: Office, check_in: CheckIn
) -> None:
    """It is looked at when it is due: a correction is often a language that was missing."""
    await shelve(database, office, replace(FAULTY, version=3, languages=("uk",)))
    await shelve(database, office, replace(FAULTY, version=4, languages=("uk", "en")))
    async with database.begin(SERVICE) as session:
        planned = await session.get_one(CheckIn, check_in.id)
        planned.questionnaire = "first-days@3"
    await corrects(database, office, version=4)
    set_clock(clock, MORNING + timedelta(minutes=1))
    await send_what_is_due(database)
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING


async def test_what_was_planned_with_a_later_version_stays_with_it(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    await corrects(database, office)
    await shelve(database, office, replace(FAULTY, version=3))
    async with database.begin(SERVICE) as session:
        (await session.get_one(CheckIn, check_in.id)).questionnaire = "first-days@3"
    await begins(database, returnee, check_in)
    assert (await kept(database, check_in.id)).questionnaire == "first-days@3"


async def test_no_other_organisation_s_check_ins_are_changed(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    other = await open_office(database, "Rabat")
    for each in (FAULTY, RIGHT):
        await shelve(database, other, each)
    await corrects(database, other)
    assert (await begins(database, returnee, check_in)).question == ASKS


async def test_only_the_newest_version_is_asked_instead_and_only_by_a_coordinator(
    database: Database, office: Office, check_in: CheckIn
) -> None:
    with pytest.raises(Refused, match="newer version"):
        await corrects(database, office, version=1)
    async with database.begin(office.organisation.id) as session:
        with pytest.raises(Refused):
            await ask_instead(session, office.coordinator, SAFETY_AND_NEEDS.key, 1)
        caseworker = replace(office.coordinator, role=Role.CASEWORKER)
        with pytest.raises(NotAllowed):
            await ask_instead(session, caseworker, "first-days", 2)


async def test_it_is_offered_where_an_older_version_may_still_be_asked(
    database: Database, office: Office, check_in: CheckIn
) -> None:
    async def offered(questionnaire: Questionnaire) -> bool:
        async with database.begin(office.organisation.id) as session:
            return await may_be_older(session, office.coordinator, questionnaire)

    assert (await offered(RIGHT), await offered(FAULTY)) == (True, False)
    assert not await offered(SAFETY_AND_NEEDS)
    await corrects(database, office)
    assert not await offered(RIGHT)
    assert await offered(replace(RIGHT, version=3))
