"""Whoever was let go and needs somebody finds them, and is accompanied again (P1, P6)."""

import pytest

from domain.casework.work import resolve
from domain.codes.handed import InviteUnknown
from domain.crisis.answering import ask_for_human
from domain.enrolment.invites import issue_invites
from domain.enrolment.parting import part
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refused
from domain.notices import Notice
from domain.privacy.passing_on import list_leaving
from domain.profiles.wishing import change_partner
from domain.returnees.chats import chat_id_of, organisation_when_found, returnee_of_chat
from domain.safeguarding.passing_on import call_for_child
from domain.safeguarding.story import list_complaints
from storage.kinds import Outcome, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.bot.nights import what_leaves
from tests.clock import MORNING, set_clock
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import told
from tests.domain.enrolment.leaving import answered_by, is_with, lets_go, name_of
from tests.domain.identity.moving import code_for, moves_in
from tests.domain.privacy.forced import asks_on_a_watched_phone
from tests.domain.retention.passing import days_pass
from tests.domain.safeguarding.telling import confides


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    """Not the one that strangers are with."""
    set_clock(clock, MORNING)
    await Centre.open(database, clock, "Head office")
    return await Centre.open(database, clock)


async def asks(centre: Centre, person: Returnee) -> Case:
    async with centre.database.begin(SERVICE) as session:
        return await ask_for_human(session, await session.get_one(Returnee, person.id))


async def test_p1_who_asks_for_somebody_later_is_with_those_who_know_them_again(
    database: Database, clock: Clock, centre: Centre
) -> None:
    vera, person = await centre.colleague(chat=7, on_duty=True), await centre.person()
    await lets_go(centre, vera, person)
    await days_pass(database, clock, 380)
    case = await asks(centre, person)
    assert case.organisation_id == centre.organisation.id
    assert await centre.alerted() == [7]
    assert await is_with(centre, person)
    await days_pass(database, clock, 30)

    assert await how_many(database, Returnee) == 1


async def test_p1_what_they_write_is_heard_with_the_words_of_those_who_would_answer(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await lets_go(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        chat_id = chat_id_of(session, await session.get_one(Returnee, person.id))
    async with centre.database.begin(SERVICE) as session:
        found = await returnee_of_chat(session, chat_id)
        assert found is not None
        assert organisation_when_found(session, found) == centre.organisation.id


async def test_whoever_wants_those_kept_away_since_is_with_whoever_strangers_are_with(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await lets_go(centre, vera, person)
    assert await answered_by(centre, person) == "Tirana"
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await change_partner(session, returnee, centre.organisation.id)

    assert await answered_by(centre, person) == "Head office"


async def test_p11_a_talk_that_was_closed_lately_opens_again_by_their_word_as_they_were_told(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await lets_go(centre, vera, person)
    centre.later(days=3)
    heard = await centre.hears(person, "Are you still there?")

    assert heard is not None
    assert heard.case_id == case.id
    assert await is_with(centre, person)


async def test_p6_the_days_begin_with_the_last_time_that_they_left(
    database: Database, clock: Clock, centre: Centre
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await lets_go(centre, vera, person)
    await days_pass(database, clock, 300)
    case = await centre.claims(vera, await asks(centre, person))
    await centre.writes(vera, case)
    async with database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    await lets_go(centre, vera, person)
    for days in (100, 100):
        await days_pass(database, clock, days)
    assert await how_many(database, Returnee) == 1
    for days in (155, 20):
        await days_pass(database, clock, days)

    assert await how_many(database, Returnee) == 0


async def test_p2_a_page_from_before_they_came_back_lets_nobody_go(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    pseudonym = await name_of(centre, vera, person)
    await lets_go(centre, vera, person)
    case = await centre.claims(vera, await asks(centre, person))
    await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    with pytest.raises(Refused, match="Somebody changed this meanwhile"):
        async with centre.database.begin(SERVICE) as session:
            await part(session, vera, person.id, pseudonym)

    assert await is_with(centre, person)


@pytest.mark.parametrize("back", [False, True])
async def test_p11_nobody_is_told_that_they_are_let_go_who_is_back_before_it_could_leave(
    centre: Centre, back: bool
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    await lets_go(centre, vera, person)
    if back:
        await asks(centre, person)

    assert (Notice.PARTED in await what_leaves(centre)) is not back


async def test_an_invite_that_brought_them_once_brings_nobody_back_by_itself(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        [new] = await issue_invites(session, centre.organisation.id)
        person = await enrol_with_invite(session, 4711, new.code, "sq")
    await lets_go(centre, vera, person)
    centre.later(days=30)
    async with centre.database.begin(SERVICE) as session:
        assert (await enrol_with_invite(session, 4711, new.code, "sq")).id == person.id

    assert not await is_with(centre, person)


async def test_whoever_was_perhaps_forced_to_ask_for_the_end_of_it_all_is_looked_after_again(
    centre: Centre,
) -> None:
    vera, lead = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING, chat=9)
    person = await centre.person()
    await lets_go(centre, vera, person)
    await asks_on_a_watched_phone(centre, person)

    assert len(await told(centre.database, Notice.STAFF_FORGET)) == 1
    async with centre.database.begin(centre.organisation.id, lead.staff_id) as session:
        assert [each.returnee_id for each in await list_leaving(session, lead)] == [person.id]


async def test_a_child_that_confided_and_was_let_go_unknown_is_called_for_all_the_same(
    centre: Centre,
) -> None:
    vera, lead = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await confides(centre, person)
    await lets_go(centre, vera, person)
    async with centre.database.begin(SERVICE) as session:
        [line] = await list_complaints(session, lead)
        await call_for_child(session, lead, line.id)

    assert await how_many(centre.database, Case) == 1
    assert await is_with(centre, person)


@pytest.mark.parametrize("back", [False, True])
async def test_p10_the_chat_of_somebody_who_was_let_go_takes_nobodys_place(
    centre: Centre, back: bool
) -> None:
    """Whose brother's link is opened there is no second phone of his."""
    vera, ana, brother = await centre.colleague(), await centre.colleague(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        [new] = await issue_invites(session, centre.organisation.id)
        person = await enrol_with_invite(session, 4711, new.code, "sq")
    await lets_go(centre, vera, person)
    if back:
        await asks(centre, person)
    code = await code_for(centre, brother, vera, ana)
    with pytest.raises(InviteUnknown):
        await moves_in(centre, code, 4711)

    async with centre.database.begin(SERVICE) as session:
        there = await returnee_of_chat(session, 4711)
        assert there is not None
        assert there.id == person.id
