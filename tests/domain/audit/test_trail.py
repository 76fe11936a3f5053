from datetime import timedelta

import pytest

from domain.actors import Actor
from domain.audit.trail import Trail, trail
from domain.casework.reading import read_case
from domain.errors import Refused
from domain.privacy.erasing import remove_person
from domain.profiles.reading import read_person
from domain.referrals.reading import read_referral
from domain.safeguarding.readings import readings_to_review, review, say_why
from domain.safeguarding.story import list_complaints, read_complaint
from domain.staff.accounts import renew_set_up
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import ask, erase
from tests.domain.referrals.two import Two
from tests.domain.safeguarding.telling import tells


async def seen(centre: Centre, code: str | None = None) -> Trail:
    async with centre.database.begin(SERVICE) as session:
        since = session.now - timedelta(hours=1)
        return await trail(session, centre.organisation.id, since, session.now, code)


async def code_of(centre: Centre, actor: Actor) -> str:
    async with centre.database.begin(SERVICE) as session:
        return (await session.get_one(Staff, actor.staff_id)).sign_in_code


async def test_p10_what_one_colleague_saw_is_found_again_with_the_people_it_was_about(
    centre: Centre,
) -> None:
    thief, other = await centre.colleague(name="Ilir"), await centre.colleague(name="Vera")
    one, two = await centre.person(), await centre.person()
    case, unseen = await centre.signal(one), await centre.signal(two)
    code = await code_of(centre, thief)
    for actor, read in ((thief, case), (other, unseen)):
        async with centre.database.begin(centre.organisation.id) as session:
            await read_case(session, actor, read.id)

    found = await seen(centre, code=code)
    assert {step.by for step in found.steps} == {code}
    assert [step.subject for step in found.steps if step.action == "case.read"] == [case.code]
    assert found.people == [one.id]
    everything = await seen(centre)
    assert (set(everything.people), everything.gone) == ({one.id, two.id}, [])


async def test_p10_what_was_on_a_screen_already_when_the_device_was_taken_is_found_too(
    centre: Centre,
) -> None:
    thief = await centre.colleague(name="Ilir")
    before, open_still = [await centre.signal(await centre.person()) for _ in range(2)]
    taken = MORNING + timedelta(hours=1)
    for case, minutes in ((before, 11), (open_still, 9)):
        set_clock(centre.clock, taken - timedelta(minutes=minutes))
        async with centre.database.begin(centre.organisation.id) as session:
            await read_case(session, thief, case.id)
    async with centre.database.begin(SERVICE) as session:
        found = await trail(
            session, centre.organisation.id, taken, taken + timedelta(hours=1), None
        )

    assert [(step.action, step.subject) for step in found.steps] == [("case.read", open_still.code)]


async def test_p10_whose_the_referral_the_complaint_and_the_look_were_is_found_again_too(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered()
    confided, looked_at = await centre.person(), await centre.person()
    keeper = await centre.colleague(Role.SAFEGUARDING)
    await tells(centre, confided)
    async with centre.database.begin(SERVICE) as session:
        await say_why(session, two.vera, looked_at.id, "She called the office")
    async with centre.database.begin(SERVICE) as session:
        await read_referral(session, two.samir, referral.id)
        [complaint] = await list_complaints(session, keeper)
        await read_complaint(session, keeper, complaint.id)
        [look] = await readings_to_review(session, keeper)
        await review(session, keeper, look.id)

    ours = await seen(centre, await code_of(centre, keeper))
    theirs = await seen(two.partner, await code_of(centre, two.samir))
    assert ours.people == sorted([confided.id, looked_at.id])
    assert theirs.people == [two.person.id]


async def test_p10_whoever_was_read_and_is_deleted_since_is_not_left_out(centre: Centre) -> None:
    """Nobody can say any more whose that was; what was done to a colleague is of no person, and
    whom the service deleted nobody has read by that.
    """
    vera, ana = await centre.colleague(), await centre.colleague(Role.ADMIN, name="Ana")
    gone, stays, unread = [await centre.person() for _ in range(3)]
    case, other = await centre.signal(gone), await centre.signal(stays)
    await ask(centre.database, unread)
    await erase(centre.database)
    for read in (case, other):
        async with centre.database.begin(centre.organisation.id) as session:
            await read_case(session, vera, read.id)
    async with centre.database.begin(SERVICE) as session:
        await read_person(session, vera, gone.id)
        await remove_person(session, await session.get_one(Returnee, gone.id))
        await renew_set_up(session, ana, vera.staff_id)

    found = await seen(centre)
    assert (found.people, found.gone) == ([stays.id], sorted([gone.id, case.id]))


async def test_p10_lines_of_another_time_and_organisation_are_not_shown(centre: Centre) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    await elsewhere.signal(await elsewhere.person())
    await centre.colleague()
    assert len((await seen(centre)).steps) == 1
    centre.later(hours=3)
    assert (await seen(centre)).steps == []


async def test_an_unknown_code_is_refused(centre: Centre) -> None:
    with pytest.raises(Refused, match="Nobody"):
        await seen(centre, code="nobody00")
