"""An edit of what somebody wrote to another team, or in a case that is closed for good."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from sqlalchemy import select

from domain.cases.clock import unheard_by
from domain.casework.work import claim, resolve
from domain.crisis.answering import answer_signal
from domain.distress.assessment import Assessment
from domain.errors import Refused
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.sealing import body_of
from domain.privacy.copying import copy_of
from domain.privacy.correcting import correctable
from storage.kinds import CaseState, MessageKind, Outcome, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two

CALM, CRY = "Good morning", "He found me, he has a knife"


async def writes(
    centre: Centre, person: Returnee, body: Body, kind: MessageKind = MessageKind.TEXT
) -> None:
    """What the watch hears nothing in."""
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await keep_message(session, returnee, None, kind, {"number": 7, **body}, session.now)


async def cries(centre: Centre, person: Returnee, text: str, edited: int) -> Case:
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        heard = Assessment(Severity.EMERGENCY, ask=False, reasons=("danger.weapon",))
        body = Body(text=text, number=7, edited=edited)
        where = centre.organisation.id
        case = await answer_signal(session, returnee, where, heard, original=body)
    assert case is not None
    return case


async def said_in(centre: Centre, case: Case) -> list[Body]:
    async with centre.database.begin(SERVICE) as session:
        messages = await session.scalars(
            select(Message).where(Message.case_id == case.id).order_by(Message.number)
        )
        return [await body_of(session, each) for each in messages]


def words(bodies: Sequence[Body]) -> list[str]:
    return [body["text"] for body in bodies]


async def open_one(centre: Centre, person: Returnee) -> Case:
    theirs = Case.returnee_id == person.id, Case.state != CaseState.RESOLVED
    async with centre.database.begin(SERVICE) as session:
        return (await session.scalars(select(Case).where(*theirs))).one()


@pytest.fixture
async def handed_over(centre: Centre) -> Two:
    """After they wrote a message to the giver."""
    two = await Two.at_work(centre)
    await writes(centre, two.person, {"text": CALM})
    await two.accepts(await two.offered())
    return two


async def test_p1_a_cry_by_an_edit_lies_with_those_who_have_the_person_now(
    handed_over: Two, centre: Centre
) -> None:
    raised = await cries(centre, handed_over.person, CRY, edited=1)

    assert raised.organisation_id == handed_over.partner.organisation.id
    [cry] = await said_in(centre, raised)
    assert (cry["text"], cry["cry"]) == (CRY, True)
    assert words(await said_in(centre, handed_over.case)) == [CALM]


async def test_p1_a_cry_by_an_edit_lies_in_the_new_case_where_the_old_one_stays_closed(
    centre: Centre,
) -> None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        organisation.settings = {**organisation.settings, "reopens_days": 1}
    vera, person = await centre.colleague(), await centre.person()
    old = await centre.claims(vera, await centre.signal(person))
    await writes(centre, person, {"text": CALM})
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, old.id, Outcome.HELPED)
    centre.later(hours=47)
    new = await cries(centre, person, CRY, edited=1)

    assert new.id != old.id
    assert words(await said_in(centre, new)) == [CRY]
    assert words(await said_in(centre, old)) == [CALM]


@pytest.mark.parametrize("order", [*permutations((1, 2)), (1, 2, 2), (2, 1, 2)])
async def test_p1_of_its_edits_there_the_latest_stands_once_in_whatever_order_they_come(
    handed_over: Two, centre: Centre, order: Sequence[int]
) -> None:
    edits = {1: CRY, 2: f"{CRY}, come"}
    for edited in order:
        theirs = await cries(centre, handed_over.person, edits[edited], edited)

    [kept] = await said_in(centre, theirs)
    assert kept["text"] == edits[2]
    assert CALM not in [cry["text"] for cry in kept.get("earlier", ())]


async def test_p1_an_edit_that_is_edited_on_there_is_found_though_the_first_case_is_gone(
    handed_over: Two, centre: Centre
) -> None:
    theirs = await cries(centre, handed_over.person, CRY, edited=1)
    async with centre.database.begin(SERVICE) as session:
        first = await session.scalars(select(Message).where(Message.case_id == handed_over.case.id))
        for message in first:
            await session.delete(message)
    await writes(centre, handed_over.person, {"text": "All is well", "edited": 2})

    [kept] = await said_in(centre, theirs)
    assert kept["text"] == "All is well"
    assert [cry["text"] for cry in kept["earlier"]] == [CRY]


async def test_p1_a_picture_put_in_anothers_place_is_looked_at_by_those_who_have_them_now(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    await writes(centre, two.person, {"text": CALM})
    await two.accepts(await two.offered())
    await writes(centre, two.person, {"file_id": "second", "edited": 1}, MessageKind.PHOTO)

    theirs = await open_one(centre, two.person)
    async with centre.database.begin(SERVICE) as session:
        assert await unheard_by(session, two.case.id) is None
        assert await unheard_by(session, theirs.id) is not None
        await claim(session, two.samir, theirs.id)
        with pytest.raises(Refused):
            await resolve(session, two.samir, theirs.id, Outcome.HELPED)


async def test_the_persons_copy_and_what_they_can_correct_show_what_each_team_has_of_it(
    handed_over: Two, centre: Centre
) -> None:
    await cries(centre, handed_over.person, CRY, edited=1)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, handed_over.person.id)
        copied = [said.text for said in (await copy_of(session, person)).said]
        offered = [said.text for said in (await correctable(session, person, None)).said]
    assert (copied, offered) == ([CALM, CRY], [CRY, CALM])
