"""What is only to be read: whoever leaves it unread owes nothing, and is not taken for silent."""

from datetime import timedelta

import pytest

from domain.check_ins.answering import start_answering
from domain.check_ins.sending import AVOIDED
from domain.check_ins.silence import give_up_waiting
from domain.consent import give_consent
from domain.notices import Notice
from domain.profiles.wishing import change_place
from domain.returnees.wishes import Place
from storage.kinds import CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING
from tests.domain.check_ins.pressing import take_form, the_case
from tests.domain.check_ins.silent import confirm, tick_at
from tests.domain.checking_in import Office, kept, send_what_is_due, told

NOTES = """
| survey |
| | type | name | label::English (en) | wayhome_sensitive |
| | note | closed | Our office in Durrësi is closed. | {private} |
"""


@pytest.fixture
async def unread(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> CheckIn:
    """It stands on the phone of somebody who allowed a second prompt."""
    await take_form(database, office, check_in, NOTES.format(private=""))
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, returnee.id)).second_prompt = True
    await send_what_is_due(database)
    await confirm(database, check_in)
    return check_in


async def test_p3_whoever_leaves_information_unread_is_not_silent_and_may_read_it_weeks_later(
    database: Database, clock: Clock, returnee: Returnee, unread: CheckIn
) -> None:
    for days in (1, 2, 9):
        await tick_at(database, clock, MORNING + timedelta(days=days, hours=1))
        await send_what_is_due(database)
    assert len(await told(database, Notice.CHECK_IN_PROMPT)) == 1
    assert await the_case(database) is None
    assert (await kept(database, unread.id)).state is CheckInState.SENT
    async with database.begin(SERVICE) as session:
        assert await give_up_waiting(session) == 1
    assert (await kept(database, unread.id)).state is CheckInState.MISSED
    assert await the_case(database) is None

    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        following = await start_answering(session, person, unread.id)
    assert following.question is not None
    assert (await kept(database, unread.id)).state is CheckInState.ANSWERED


@pytest.mark.parametrize("private", ["yes", ""])
async def test_p5_information_about_health_goes_to_nobody_who_keeps_that_to_themselves(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn, private: str
) -> None:
    await take_form(database, office, check_in, NOTES.format(private=private))
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await give_consent(session, person, Purpose.ANSWERS, False, "1")
    await send_what_is_due(database)

    state = CheckInState.SKIPPED if private else CheckInState.SENDING
    assert (await kept(database, check_in.id)).state is state


@pytest.mark.parametrize("avoided", ["Durrës", "Shkodër"])
async def test_nobody_is_given_to_read_what_leads_where_it_is_not_safe_for_them(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn, avoided: str
) -> None:
    await take_form(database, office, check_in, NOTES.format(private=""))
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await change_place(session, person, Place("AL", "0123456789ab", avoided))
    await send_what_is_due(database)

    told_of = await kept(database, check_in.id)
    spared = (CheckInState.SKIPPED, AVOIDED)
    expected = spared if avoided == "Durrës" else (CheckInState.SENDING, None)
    assert (told_of.state, told_of.reason) == expected


@pytest.mark.parametrize("avoided", ["Durrës", "Shkodër"])
async def test_nobody_opens_what_leads_where_it_is_not_safe_for_them_as_was_said_since_it_came(
    database: Database, returnee: Returnee, unread: CheckIn, avoided: str
) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await change_place(session, person, Place("AL", "0123456789ab", avoided))
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        following = await start_answering(session, person, unread.id)

    is_safe = avoided != "Durrës"
    assert (following.for_them, following.question is not None) == (is_safe, is_safe)
