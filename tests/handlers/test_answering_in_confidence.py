"""What answers, by the gesture for that, words between somebody and safeguarding."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clockwork.sweeping import sweep
from domain.safeguarding.handling import answer_complaint, close_complaint
from domain.safeguarding.story import list_complaints
from domain.staff import actor_of, add_staff
from storage.kinds import OutboxState, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import ComplaintMessage
from storage.tables.staff import Staff
from tests.handlers.cries import cases, heard, texts
from tests.handlers.phone import OURS, Phone, handling

TOLD, MORE, ANSWER = (
    "Vera asks me for money",
    "She did it again today",
    "I look into it.",
)


@pytest.fixture
async def keeper(database: Database, organisation: Organisation) -> Staff:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.SAFEGUARDING)
        return await session.get_one(Staff, new.id)


@pytest.fixture
async def confided(phone: Phone, keeper: Staff) -> dict[str, Any]:
    """What they wrote, as it stands in their chat."""
    await phone.write("/help")
    await phone.press("About somebody who helps me")
    message = phone.message(text=TOLD)
    await phone.send(message=message)
    await phone.press("That is all")
    return message


async def _answered(phone: Phone, keeper: Staff) -> dict[str, Any]:
    """Safeguarding's words, as they stand there."""
    actor = actor_of(keeper)
    async with phone.database.begin(SERVICE) as session:
        [line] = await list_complaints(session, actor)
        await answer_complaint(session, actor, line.id, ANSWER)
        went = select(OutboxRow).join(ComplaintMessage, ComplaintMessage.outbox_id == OutboxRow.id)
        row = (await session.scalars(went)).one()
        row.state, row.message_id, row.finished_at = OutboxState.SENT, 700, session.now
    return phone.message(text="…") | {"message_id": 700, "from": OURS}


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("whose", ["safeguarding's", "their own"])
async def test_p10_what_answers_words_told_in_confidence_by_the_gesture_stays_there_for_days(
    phone: Phone,
    database: Database,
    clock: Clock,
    keeper: Staff,
    confided: dict[str, Any],
    whose: str,
    closed: bool,
) -> None:
    answered = await _answered(phone, keeper)
    if closed:
        async with database.begin(SERVICE) as session:
            [line] = await list_complaints(session, actor_of(keeper))
            await close_complaint(session, actor_of(keeper), line.id)
    clock.offset = timedelta(days=3)
    async with database.begin(SERVICE) as session:
        await sweep(session)
    await phone.write(MORE, reply_to_message=confided if whose == "their own" else answered)

    assert [MORE] in await heard(database, keeper)
    assert await texts(database) == []


async def test_p10_what_answers_them_and_our_own_code_fails_at_is_for_safeguarding_too(
    phone: Phone, database: Database, keeper: Staff, confided: dict[str, Any]
) -> None:
    update = {"update_id": 1, "message": phone.message(text=MORE, reply_to_message=confided)}
    async with database.begin(SERVICE) as session:
        await handling(phone.watch).give_up(session, update, watched=False, deadly=False)

    assert [MORE] in await heard(database, keeper)
    assert await texts(database) == []


async def test_what_answers_words_of_the_team_is_for_the_team(
    phone: Phone, database: Database, keeper: Staff, confided: dict[str, Any]
) -> None:
    words = phone.message(text="When do you open?")
    await phone.send(message=words)
    await phone.write("On Monday, too?", reply_to_message=words)

    assert await texts(database) == ["When do you open?", "On Monday, too?"]
    assert await heard(database, keeper) == [[TOLD]]


async def test_p10_a_stranger_who_tells_of_staff_is_offered_a_way_past_them(
    phone: Phone, database: Database, keeper: Staff
) -> None:
    [offered] = await phone.write("My caseworker hits me")
    assert offered.notice == "help-offered"
    [asks] = await phone.press("About somebody who helps me")
    assert "Only the person in charge of protection reads it" in asks.text
    await phone.write("It was Vera")

    assert await heard(database, keeper) == [["It was Vera"]]
    assert await texts(database) == []
    assert await cases(database) == []


async def test_a_stranger_who_tells_of_others_is_offered_the_team_alone(phone: Phone) -> None:
    [offered] = await phone.write("he beat me years ago")

    assert len(offered.buttons) == 3
