"""That a talk has ended, said to a phone once it goes on again or was ended anew."""

import pytest

from dialogs.notices import render
from dialogs.texts import Texts
from domain.actors import Actor
from domain.notices import Notice, tell
from storage.kinds import Discretion, Severity
from storage.outbox.contents import Notification
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.bot.nights import at_night, comes_to_a_safe_hour, what_leaves
from tests.dialogs.revealing import CATALOGUES
from tests.domain.centre import Centre

pytestmark = pytest.mark.usefixtures("morning")

OPENED = Notification(Notice.REVEALED, {"notice": Notice.CASE_CLOSED, "params": {"opened": True}})


async def closed_by_night(centre: Centre) -> tuple[Returnee, Actor, Case]:
    """The person is to hear of it in the morning."""
    person, actor, case = await at_night(centre, Severity.URGENT)
    await centre.closes(actor, case)
    assert Notice.CASE_CLOSED not in await what_leaves(centre)
    return person, actor, case


@pytest.mark.parametrize("cries", [None, Severity.URGENT, Severity.EMERGENCY])
async def test_p11_that_a_talk_has_ended_is_not_said_once_they_talk_again(
    centre: Centre, cries: Severity | None
) -> None:
    person, _, case = await closed_by_night(centre)
    if cries is not None:
        assert (await centre.signal(person, cries)).id == case.id

    await comes_to_a_safe_hour(centre, person)
    assert (Notice.CASE_CLOSED in await what_leaves(centre)) is (cries is None)


async def test_p12_that_it_was_ended_twice_in_one_night_is_said_once(centre: Centre) -> None:
    person, actor, case = await closed_by_night(centre)
    await centre.claims(actor, await centre.signal(person))
    await centre.closes(actor, case)

    await comes_to_a_safe_hour(centre, person)
    assert await what_leaves(centre) == [Notice.CASE_CLOSED]


@pytest.mark.parametrize("ended", [False, True])
async def test_p11_p12_nor_is_it_said_once_another_case_of_theirs_is_open_or_was_ended(
    centre: Centre, ended: bool
) -> None:
    """They paused what is sent first, for weeks."""
    person, actor, case = await closed_by_night(centre)
    centre.later(days=15)
    another = await centre.signal(person)
    assert another.id != case.id
    if ended:
        await centre.closes(actor, await centre.claims(actor, another))

    await comes_to_a_safe_hour(centre, person)
    assert await what_leaves(centre) == [Notice.CASE_CLOSED] * ended


async def test_what_the_release_before_put_and_said_no_time_of_goes_all_the_same(
    centre: Centre,
) -> None:
    person, actor, case = await at_night(centre, Severity.URGENT)
    await centre.closes(actor, case)
    await centre.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        params = {"case": str(case.id)}
        await tell(session, known, Notice.CASE_CLOSED, params, case_id=case.id)

    await comes_to_a_safe_hour(centre, person)
    assert await what_leaves(centre) == [Notice.CASE_CLOSED]


@pytest.mark.parametrize("staffed", [False, True])
async def test_p11_what_lay_covered_says_when_it_is_opened_that_they_talk_again(
    centre: Centre, staffed: bool
) -> None:
    person, actor = await centre.person(language="en"), await centre.colleague(on_duty=staffed)
    await centre.closes(actor, await centre.claims(actor, await centre.signal(person)))
    assert "has ended this talk" in await shown(centre, person)

    await centre.signal(person)
    said = await shown(centre, person)
    assert "has ended this talk" not in said
    assert "Until they have ended this talk" in said
    assert ("Somebody is on duty and should write to you" in said) is staffed
    assert ("nobody is on duty right now" in said) is not staffed


async def shown(centre: Centre, person: Returnee) -> str:
    """What their discreet phone shows once they have pressed the button below the neutral line."""
    texts = Texts("en", Discretion.DISCREET, CATALOGUES.of("en"))
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        return (await render(session, OPENED, texts, known)).text
