"""Whom somebody wishes to be helped by, and what is kept away from them."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from domain.casework.reading import read_case
from domain.errors import Refused
from domain.profiles.wishing import (
    Stood,
    change_partner,
    change_place,
    others_than_ours,
    others_than_theirs,
    wish_for,
    write_down,
)
from domain.referrals.partners import Card, add_mail_partner
from domain.referrals.sharing import ask_about_partner
from domain.returnees.chats import chat_id_of, know_returnees, returnee_of_chat
from domain.returnees.enrolments import enrol
from domain.returnees.wishes import Partner, Place, wishes_of
from domain.staff import be
from storage.kinds import Discretion, Gender, Identity, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import CaseAccess
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.racing import stands_still

DURRES = Place("AL", "durres", "Durrës")


async def two_on_duty(centre: Centre) -> None:
    """A woman by chat 701, and by chat 702 somebody who would rather not say."""
    woman = await centre.colleague(chat=701, on_duty=True)
    await centre.colleague(chat=702, on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        await be(session, woman.staff_id, Gender.WOMAN)


async def wishing_for(centre: Centre, helper: Gender) -> Returnee:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await wish_for(session, person.id, helper)
    return person


async def test_those_who_are_as_wished_are_alerted_first_and_then_everybody(
    centre: Centre,
) -> None:
    await two_on_duty(centre)
    await centre.signal(await wishing_for(centre, Gender.WOMAN))
    await centre.tick()
    assert set(await centre.alerted()) == {701}
    centre.later(minutes=31)
    await centre.tick()
    assert set(await centre.alerted()) == {701, 702}


@pytest.mark.parametrize(
    ("helper", "severity"),
    [(Gender.MAN, Severity.URGENT), (Gender.WOMAN, Severity.EMERGENCY)],
    ids=["nobody on duty is as wished", "a life is at stake"],
)
async def test_p2_no_wish_leaves_anybody_waiting(
    centre: Centre, helper: Gender, severity: Severity
) -> None:
    await two_on_duty(centre)
    await centre.signal(await wishing_for(centre, helper), severity)
    await centre.tick()
    assert set(await centre.alerted()) == {701, 702}


async def test_whoever_claims_reads_what_they_wish_and_avoid_and_is_not_refused(
    centre: Centre,
) -> None:
    person = await wishing_for(centre, Gender.WOMAN)
    actor = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        await write_down(session, actor, person.id, Gender.WOMAN, [DURRES], [])
    case = await centre.claims(actor, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        wishes = (await read_case(session, actor, case.id)).contact.wishes
    assert wishes is not None
    assert (wishes.helper, wishes.places) == (Gender.WOMAN, frozenset({DURRES}))


async def test_p10_a_partner_that_must_not_be_told_gets_no_offer_and_loses_its_access(
    centre: Centre,
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    other = await Centre.open(centre.database, centre.clock, "Harbour")
    await other.colleague()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        partner = other.organisation.id
        session.add(CaseAccess(case_id=case.id, organisation_id=partner, scope="all"))
        await session.flush()
        await change_partner(session, await session.get_one(Returnee, person.id), partner)
    async with centre.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(CaseAccess)) == 0
        with pytest.raises(Refused, match="must not be told"):
            await ask_about_partner(session, actor, person.id, partner)


@pytest.mark.parametrize(
    ("identity", "discretion", "goes"),
    [
        (Identity.CONFIRMED, Discretion.OPEN, True),
        (Identity.UNCONFIRMED, Discretion.OPEN, False),
        (Identity.CONFIRMED, Discretion.WATCHED, False),
    ],
)
async def test_p13_only_somebody_who_is_surely_themselves_takes_away_what_they_avoid(
    centre: Centre, identity: Identity, discretion: Discretion, goes: bool
) -> None:
    person = await centre.person()
    for avoided in (True, False):
        async with centre.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            returnee.identity, returnee.discretion = identity, discretion
            await change_place(session, returnee, DURRES, avoided=avoided)
    async with centre.database.begin(SERVICE) as session:
        assert (await wishes_of(session, person.id)).places == (set() if goes else {DURRES})


async def test_a_place_that_a_worker_wrote_down_in_their_language_is_one_with_the_persons_own(
    centre: Centre,
) -> None:
    """So what the person takes away is gone, whoever else named it."""
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        await write_down(session, actor, person.id, None, [replace(DURRES, name="Дуррес")], [])
    for avoided in (True, False):
        async with centre.database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            known.identity = Identity.CONFIRMED
            await change_place(session, known, DURRES, avoided=avoided)
            left = (await wishes_of(session, person.id)).places
        assert len(left) == avoided


async def test_nobody_writes_down_wishes_of_somebody_elses_person(centre: Centre) -> None:
    other = await Centre.open(centre.database, centre.clock, "Harbour")
    person, actor = await centre.person(), await other.colleague()
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused):
            await write_down(session, actor, person.id, None, [DURRES], [])


async def test_p10_no_list_of_whom_to_keep_away_tells_a_worker_who_else_accompanies_somebody(
    centre: Centre,
) -> None:
    """Whoever was missing there was known to be with them; so was a mailbox of theirs."""
    other = await Centre.open(centre.database, centre.clock, "Harbour")
    person, actor = await centre.person(), await centre.colleague()
    partner = other.organisation.id
    keeper = await other.colleague(Role.COORDINATOR)
    async with centre.database.begin(SERVICE) as session:
        card = Card("hope@example.org", "Lule", "+355 1")
        await add_mail_partner(session, keeper, "Hope", "sq", card, no_authority=True)
        before = await others_than_ours(session, actor)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await enrol(session, known, await session.get_one(Organisation, partner))
    async with centre.database.begin(SERVICE) as session:
        assert await others_than_ours(session, actor) == before == [Partner("Harbour", partner)]
        await write_down(session, actor, person.id, None, [], [partner])


async def test_p13_nor_does_the_list_in_the_chat_tell_whoever_holds_the_phone(
    centre: Centre,
) -> None:
    """And a partner that accompanies them can be kept away like any other."""
    other = await Centre.open(centre.database, centre.clock, "Harbour")
    person = await centre.person()
    partner = other.organisation.id
    centre.later(days=1)
    async with centre.database.begin(SERVICE) as session:
        before = await others_than_theirs(session, person.id)
        known = await session.get_one(Returnee, person.id)
        await enrol(session, known, await session.get_one(Organisation, partner))
    async with centre.database.begin(SERVICE) as session:
        assert (
            await others_than_theirs(session, person.id) == before == [Partner("Harbour", partner)]
        )
        await change_partner(session, await session.get_one(Returnee, person.id), partner)
        assert (await wishes_of(session, person.id)).shuts_out(partner)


async def test_p10_whoever_must_not_be_told_does_not_read_that_it_must_not(centre: Centre) -> None:
    person, actor = await centre.person(), await centre.colleague()
    other = await Centre.open(centre.database, centre.clock, "Harbour")
    colleague = await other.colleague()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await enrol(session, known, await session.get_one(Organisation, other.organisation.id))
    ours, theirs = centre.organisation.id, other.organisation.id
    for worker, kept_away in ((actor, theirs), (colleague, ours)):
        async with centre.database.begin(SERVICE) as session:
            await write_down(session, worker, person.id, None, [], [kept_away])
    async with centre.database.begin(centre.organisation.id) as session:
        read = (await read_case(session, actor, case.id)).contact.wishes

    assert read is not None
    assert [each.name for each in read.partners] == ["Harbour"]


async def test_race_of_a_worker_and_the_person_who_both_write_down_a_place(centre: Centre) -> None:
    """What one of them adds is not lost where the other waited."""
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        chat_id = chat_id_of(session, person)

    async def presses() -> None:
        async with centre.database.begin(SERVICE) as session:
            await know_returnees(session, [chat_id], locked=True)
            known = await returnee_of_chat(session, chat_id)
            assert known is not None
            await change_place(session, known, Place("IT"))

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await write_down(session, actor, person.id, None, [DURRES], [])
        pressing = group.create_task(presses())
        await stands_still(centre.database, pressing)
    async with centre.database.begin(SERVICE) as session:
        assert (await wishes_of(session, person.id)).places == {DURRES, Place("IT")}


@pytest.mark.parametrize(
    ("seen", "chosen", "kept"),
    [
        (None, None, Gender.WOMAN),
        (None, Gender.MAN, Gender.MAN),
        (Gender.WOMAN, None, None),
        (Gender.MAN, Gender.MAN, Gender.WOMAN),
    ],
)
async def test_whom_the_person_wished_for_since_the_worker_looked_stays_where_they_chose_nobody(
    centre: Centre, seen: Gender | None, chosen: Gender | None, kept: Gender | None
) -> None:
    """Race: they say so in the chat, while the page stands open for the sake of a place."""
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        await wish_for(session, person.id, Gender.WOMAN)
        await write_down(session, actor, person.id, chosen, [DURRES], [], Stood(seen))
        assert (await wishes_of(session, person.id)).helper is kept


async def test_p10_what_the_person_added_since_the_worker_looked_stays(centre: Centre) -> None:
    """Race: the page was open for a while. What stood there is taken away, and nothing else."""
    other = await Centre.open(centre.database, centre.clock, "Harbour")
    person, actor = await centre.person(), await centre.colleague()
    partner = other.organisation.id
    async with centre.database.begin(SERVICE) as session:
        await write_down(session, actor, person.id, None, [DURRES], [])
    stood = Stood(places=frozenset({("AL", "durres")}))
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await change_partner(session, known, partner)
        await change_place(session, known, Place("IT"))
    async with centre.database.begin(SERVICE) as session:
        await write_down(session, actor, person.id, Gender.WOMAN, [], [], stood)
    async with centre.database.begin(SERVICE) as session:
        wishes = await wishes_of(session, person.id)
    assert wishes.helper is Gender.WOMAN
    assert wishes.avoided == {("IT", "")}
    assert wishes.shuts_out(partner)
