"""A complaint of somebody who is with another organisation by now, or whose complaint is closed."""

import pytest
from sqlalchemy import select

from domain.cases.finding import find_case
from domain.errors import Refused
from domain.messages.body import Body
from domain.referrals.making import revoke
from domain.returnees.enrolments import pseudonym_of
from domain.safeguarding.complaints import (
    Confidant,
    confidant_of,
    confide_in_answer,
    hear_in_confidence,
    organisation_confided_in,
)
from domain.safeguarding.conflicts import keep_apart, standing_conflicts
from domain.safeguarding.handling import answer_complaint, close_complaint
from domain.safeguarding.story import read_complaint
from storage.kinds import ConflictKind, MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two
from tests.domain.safeguarding.telling import KEEPER, SECOND, WORDS, alerted, seen, tells, words_in


@pytest.mark.parametrize("how", ["handed over", "taken back"])
async def test_p2_a_complaint_is_heard_to_its_end_though_the_person_is_with_others_by_now(
    centre: Centre, how: str
) -> None:
    """Whoever it is about may be the one who handed them over, or took that back."""
    two = await Two.at_work(centre)
    hears = centre if how == "handed over" else two.partner
    keeper = await hears.colleague(Role.SAFEGUARDING, chat=KEEPER)
    if how == "handed over":
        await tells(centre, two.person)
        await two.accepts(await two.offered())
    else:
        referral = await two.offered(joint=30)
        await two.accepts(referral)
        await tells(centre, two.person)
        async with centre.database.begin(SERVICE) as session:
            await revoke(session, two.vera, referral.id)
    assert await alerted(centre) == [KEEPER]

    [complaint_id] = await seen(hears, keeper)
    async with centre.database.begin(SERVICE) as session:
        line, [told] = await read_complaint(session, keeper, complaint_id)
        assert (
            await confidant_of(session, await session.get_one(Returnee, two.person.id))
            is Confidant.LEAD
        )
        await answer_complaint(session, keeper, complaint_id, "I look into it.")
        await close_complaint(session, keeper, complaint_id)
    assert told.texts == [WORDS]
    async with centre.database.begin(SERVICE) as session:
        assert line.pseudonym == await pseudonym_of(session, keeper, two.person.id)


async def test_p10_what_they_confide_anew_goes_to_those_who_accompany_them_now(
    centre: Centre,
) -> None:
    """What they had confided before, and what they answer to it, stays where it was said."""
    two = await Two.at_work(centre)
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    theirs = await two.partner.colleague(Role.SAFEGUARDING, chat=SECOND)
    somebody_else = await centre.person()
    await tells(centre, two.person)
    await two.accepts(await two.offered())
    [earlier] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, earlier, "When was that?")
        message_id = await session.scalar(
            select(ComplaintMessage.id).where(ComplaintMessage.staff_id == keeper.staff_id)
        )
        assert message_id is not None

    await tells(centre, two.person, "Samir asked me for money", number=8)
    [newer] = await seen(two.partner, theirs)
    assert await seen(centre, keeper) == [earlier]
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        await confide_in_answer(session, person, message_id)
        with pytest.raises(Refused):
            await confide_in_answer(session, somebody_else, message_id)
        body = Body(text="On Monday", number=9)
        await hear_in_confidence(session, person, MessageKind.TEXT, body, Severity.NONE)
        assert await organisation_confided_in(session, person) == centre.organisation.id
    assert await words_in(centre, keeper, earlier) == [WORDS, "When was that?", "On Monday"]
    assert await words_in(two.partner, theirs, newer) == ["Samir asked me for money"]

    # An hour later nothing of it goes on: whatever the watch hears of staff is about those of now.
    centre.later(hours=2)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        body = Body(text="My caseworker hits me", number=10)
        await hear_in_confidence(session, person, MessageKind.TEXT, body, Severity.URGENT)
    assert len(await words_in(two.partner, theirs, newer)) == 2


async def test_p2_what_is_edited_after_a_complaint_was_closed_can_be_read_and_closed_again(
    centre: Centre,
) -> None:
    keeper, person = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER), await centre.person()
    await tells(centre, person)
    [first] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await close_complaint(session, keeper, first)
    for edited, words in enumerate(("He hit me, too", "And he took my papers"), 1):
        async with centre.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            body = Body(text=words, number=7, edited=edited)
            await hear_in_confidence(session, returnee, MessageKind.TEXT, body, Severity.NONE)
    newer, _ = await seen(centre, keeper)
    assert await words_in(centre, keeper, newer) == ["He hit me, too", "And he took my papers"]
    assert await words_in(centre, keeper, first) == [WORDS]


async def test_p10_whom_somebody_who_left_complained_of_is_kept_from_what_is_written_of_them(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    keeper = await centre.colleague(Role.SAFEGUARDING)
    await two.accepts(await two.offered())
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, two.person.id, two.vera.staff_id, ConflictKind.COMPLAINT)
        [line] = await standing_conflicts(session, keeper)
        with pytest.raises(Refused, match="no such case"):
            await find_case(session, two.vera, two.case.id)
    assert line.returnee_id == two.person.id
