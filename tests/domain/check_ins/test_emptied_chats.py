"""A prompt that went off their phone before they answered it: nobody answers what is not there."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from domain.campaigns.running import stop
from domain.check_ins.asking import ask_check_in
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.consent import give_consent
from domain.privacy import emptied
from domain.returnees.chats import chat_id_of
from domain.stop_word.freezing import freeze
from storage.kinds import CampaignState, CheckInState, Purpose, Role
from storage.sessions import SERVICE
from storage.tables.cases import CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, asked_by, invite_in, kept, plan_check_in
from tests.domain.identity.moving import code_for, moves_in
from tests.handlers.covering import comes

pytestmark = pytest.mark.usefixtures("morning")

Empties = Callable[[Centre, Returnee], Awaitable[None]]


@pytest.fixture
async def person(centre: Centre) -> Returnee:
    """Who did not allow a second prompt."""
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await invite_in(session, person, centre.organisation)
        await give_consent(session, person, Purpose.CHECK_INS, True, "1")
    return person


@pytest.fixture
async def check_in(centre: Centre, person: Returnee) -> CheckIn:
    """Whose prompt stands on their phone."""
    office = Office(centre.organisation, await centre.colleague(Role.COORDINATOR))
    async with centre.database.begin(SERVICE) as session:
        check_in = await plan_check_in(session, person, office)
    await is_asked(centre, 77)
    return check_in


async def is_asked(centre: Centre, number: int) -> None:
    async with centre.database.begin(SERVICE) as session:
        assert await send_due(session) == 1
    await comes(centre.database, number)


async def hides(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await emptied.ask_again(session, returnee, chat_id_of(session, returnee))


async def has_a_new_phone(centre: Centre, person: Returnee) -> None:
    code = await code_for(centre, person, await centre.colleague(), await centre.colleague())
    await moves_in(centre, code)


async def freezes(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await freeze(session, returnee, chat_id_of(session, returnee), 99)


async def silent(centre: Centre) -> list[list[str]]:
    """For what cases there are, once who has not answered by now is silent."""
    async with centre.database.begin(SERVICE) as session:
        await send_due(session)
        await fall_silent(session)
        reasons = await session.scalars(select(CaseEvent.reasons).where(CaseEvent.kind == "opened"))
        return list(reasons)


@pytest.mark.parametrize("empties", [hides, has_a_new_phone])
async def test_p3_a_prompt_that_went_off_their_phone_comes_once_more_before_it_is_their_silence(
    centre: Centre, person: Returnee, check_in: CheckIn, empties: Empties
) -> None:
    """However often it is hidden, it does not come a third time (P12)."""
    centre.later(hours=4)
    await empties(centre, person)
    centre.later(hours=21)
    assert await silent(centre) == []
    centre.later(hours=4)
    await is_asked(centre, 78)
    await hides(centre, person)
    assert (await kept(centre.database, check_in.id)).state is CheckInState.SENT

    centre.later(hours=25)
    assert await silent(centre) == [["check-in.silence", "silence.write-once"]]


@pytest.mark.parametrize("is_the_second", [False, True])
async def test_p3_what_nobody_can_answer_in_a_frozen_chat_is_not_their_silence(
    centre: Centre, person: Returnee, check_in: CheckIn, is_the_second: bool
) -> None:
    if is_the_second:
        await hides(centre, person)
        centre.later(days=1, hours=1)
        await is_asked(centre, 78)
    await freezes(centre, person)
    for _ in range(3):
        centre.later(days=1)
        assert await silent(centre) == [["stop-word.used"]]

    row = await kept(centre.database, check_in.id)
    assert (row.state, row.reason) == (CheckInState.SKIPPED, "frozen")
    async with centre.database.begin(SERVICE) as session:
        heard = await session.scalars(select(CaseEvent.reasons))
        assert not any("check-in.silence" in reasons for reasons in heard if reasons)


async def test_what_they_hid_before_they_answered_it_is_there_when_they_ask_for_it(
    centre: Centre, person: Returnee, check_in: CheckIn
) -> None:
    await hides(centre, person)
    async with centre.database.begin(SERVICE) as session:
        following = await ask_check_in(session, await session.get_one(Returnee, person.id))

    assert following is not None
    assert following.check_in_id == check_in.id


async def test_p3_p12_what_was_hidden_and_whose_campaign_was_stopped_comes_no_more(
    centre: Centre, person: Returnee, check_in: CheckIn
) -> None:
    office = Office(centre.organisation, await centre.colleague(Role.COORDINATOR))
    async with centre.database.begin(SERVICE) as session:
        asked = await session.get_one(CheckIn, check_in.id)
        campaign = await asked_by(session, office, asked, CampaignState.RUNNING)
        await session.flush()
        await stop(session, office.coordinator, campaign.id)
    await hides(centre, person)
    assert (await kept(centre.database, check_in.id)).state is CheckInState.SENT

    centre.later(days=2)
    assert await silent(centre) == []
