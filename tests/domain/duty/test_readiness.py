"""The gate: nothing is promised before a rota and a drill show that somebody comes."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.actors import Actor
from domain.check_ins.asking import ask_check_in
from domain.check_ins.sending import send_due
from domain.colleagues.leaving import disable_staff
from domain.duty import drills, go_off_duty, is_staffed
from domain.duty.declaring import declare_hours, name_fallback
from domain.duty.readiness import Missing, is_ready, reckon_all, what_is_missing
from domain.duty.time_off import take_off
from domain.duty.weekly import plan_ahead
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.queue.standing import standing_of
from domain.stop_word.choosing import propose
from storage.kinds import CheckInState
from storage.sessions import SERVICE
from storage.tables.duty import Drill
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, add_person, kept, plan_check_in
from tests.domain.duty.planning import ALL_DAY, passes_a_drill, plans


async def ready(centre: Centre) -> bool:
    async with centre.database.begin(SERVICE) as session:
        await reckon_all(session)
        organisation = await session.get_one(Organisation, centre.organisation.id)
        return is_ready(organisation, session.now)


async def missing(centre: Centre) -> Missing | None:
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        return await what_is_missing(session, organisation)


async def test_an_organisation_from_before_goes_on_until_it_declares_hours(
    centre: Centre, chief: Actor
) -> None:
    assert await ready(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await declare_hours(session, chief, {0: ALL_DAY})
    assert not await ready(centre)


async def test_an_organisation_that_can_not_be_reckoned_holds_up_no_other(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    await passes_a_drill(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        broken = await add_organisation(session, "Broken", gated=True)
        broken.settings = {"duty_hours": "always"}
        await session.flush()
        now = session.now
        session.add(Drill(organisation_id=broken.id, started_at=now, answer_by=now, passed_at=now))
        ours = await session.get_one(Organisation, centre.organisation.id)
        ours.ready_until = None
    assert await ready(centre)


async def test_a_new_organisation_is_under_the_gate_from_the_first_day(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        new = await add_organisation(session, "New", gated=True)
        assert await what_is_missing(session, new) == Missing(hours=True, rota=False, drill=True)


async def test_p11_until_rota_and_drill_suffice_nobody_is_said_to_be_on_duty(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    assert await missing(centre) == Missing(hours=False, rota=False, drill=True)
    async with centre.database.begin(SERVICE) as session:
        assert not await is_staffed(session, centre.organisation.id)
    # Cries for help are alerted all the same.
    await centre.signal(await centre.person())
    assert [sent.chat for sent in await centre.sent(Notice.STAFF_ALERT)] == [501]
    await passes_a_drill(centre, chief, vera)
    assert await missing(centre) is None
    async with centre.database.begin(SERVICE) as session:
        assert await is_staffed(session, centre.organisation.id)


async def test_check_ins_wait_for_the_gate_and_go_when_it_opens(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        returnee = await add_person(session, centre.organisation, 700_001)
        check_in = await plan_check_in(session, returnee, Office(centre.organisation, chief))
    async with centre.database.begin(SERVICE) as session:
        await send_due(session)
    found = await kept(centre.database, check_in.id)
    assert (found.state, found.reason) == (CheckInState.HELD, "not-ready")
    await passes_a_drill(centre, chief, vera)
    for _ in range(24):
        centre.later(hours=1)
        async with centre.database.begin(SERVICE) as session:
            await send_due(session)
        found = await kept(centre.database, check_in.id)
        if found.state is CheckInState.SENDING:
            return
    pytest.fail(f"it never went: {found.reason}")


async def begins(centre: Centre, returnee: Returnee) -> UUID | None:
    """The check-in that they have by asking for one."""
    async with centre.database.begin(SERVICE) as session:
        begun = await ask_check_in(session, await session.get_one(Returnee, returnee.id))
    return begun.check_in_id if begun else None


async def test_p11_nobody_begins_a_check_in_before_the_gate_opens_nor_loses_one_as_it_shuts(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        returnee = await add_person(session, centre.organisation, 700_001)
        held = await plan_check_in(session, returnee, Office(centre.organisation, chief))
        await send_due(session)
    assert (await kept(centre.database, held.id)).state is CheckInState.HELD
    assert await begins(centre, returnee) is None
    await passes_a_drill(centre, chief, vera)
    assert await begins(centre, returnee) == held.id
    centre.later(days=31)
    assert not await ready(centre)
    assert await begins(centre, returnee) == held.id


async def test_nobody_chooses_a_stop_word_before_the_gate_opens(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="just now"):
            await propose(session, person, "lanternfish")
    await passes_a_drill(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        assert await propose(session, person, "lanternfish")


async def test_the_gate_shuts_a_month_after_the_drill(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    await passes_a_drill(centre, chief, vera)
    centre.later(days=29)
    async with centre.database.begin(SERVICE) as session:
        await plan_ahead(session)
    assert await ready(centre)
    centre.later(days=1, minutes=1)
    assert not await ready(centre)
    await passes_a_drill(centre, chief, vera)
    assert await ready(centre)


@pytest.mark.parametrize(
    "loss", ["a shift", "the second", "the second's days", "the colleague", "the hour"]
)
async def test_whatever_leaves_an_hour_of_the_week_uncovered_shuts_the_gate(
    centre: Centre, chief: Actor, vera: Actor, loss: str
) -> None:
    await plans(centre, chief, vera)
    await passes_a_drill(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        today = session.now.date()
        if loss == "a shift":
            await take_off(
                session, chief, vera.staff_id, today + timedelta(days=3), today + timedelta(days=3)
            )
        elif loss == "the second":
            await name_fallback(session, chief, [])
        elif loss == "the second's days":
            day = today + timedelta(days=3)
            await take_off(session, chief, chief.staff_id, day, day)
        elif loss == "the colleague":
            await disable_staff(session, chief, vera.staff_id)
        else:
            await go_off_duty(session, vera)
    assert not await ready(centre)


async def test_a_gap_weeks_ahead_shuts_nothing_yet(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    await passes_a_drill(centre, chief, vera)
    async with centre.database.begin(SERVICE) as session:
        day = session.now.date() + timedelta(days=20)
        await take_off(session, chief, vera.staff_id, day, day)
    assert await ready(centre)
    centre.later(days=14)
    assert not await ready(centre)


async def test_a_drill_calls_everyone_on_duty_and_is_passed_with_the_last_answer(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    await plans(centre, chief, vera)
    samir = await centre.colleague(name="Samir", chat=502, on_duty=True)
    await centre.colleague(name="Nora", chat=503)
    async with centre.database.begin(centre.organisation.id) as session:
        await drills.start(session, chief)
        with pytest.raises(Refused, match="already"):
            await drills.start(session, chief)
    assert {sent.chat for sent in await centre.sent(Notice.STAFF_DRILL)} == {501, 502}
    for actor, waits in ((vera, ["Samir"]), (samir, [])):
        async with centre.database.begin(centre.organisation.id) as session:
            drill = (await standing_of(session, actor)).drill
            assert drill is not None
            await drills.answer(session, actor, drill)
            seen = await drills.last_drill(session, chief)
            assert seen is not None
            assert (list(seen.waits_for), seen.passed_at is not None) == (waits, not waits)


async def test_a_late_answer_passes_no_drill(centre: Centre, chief: Actor, vera: Actor) -> None:
    await plans(centre, chief, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        await drills.start(session, chief)
    async with centre.database.begin(centre.organisation.id) as session:
        drill = (await standing_of(session, vera)).drill
        assert drill is not None
    centre.later(minutes=5)
    async with centre.database.begin(centre.organisation.id) as session:
        assert (await standing_of(session, vera)).drill is None
        with pytest.raises(Refused, match="too late"):
            await drills.answer(session, vera, drill)
    assert not await ready(centre)


async def test_p10_only_planners_start_a_drill_and_only_the_called_answer(
    centre: Centre, chief: Actor, vera: Actor
) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="Nobody is on duty"):
            await drills.start(session, chief)
        with pytest.raises(NotAllowed):
            await drills.start(session, vera)
    await plans(centre, chief, vera)
    async with centre.database.begin(centre.organisation.id) as session:
        await drills.start(session, chief)
        drill = (await standing_of(session, vera)).drill
        assert drill is not None
        with pytest.raises(Refused, match="no such drill"):
            await drills.answer(session, chief, drill)
