"""A case is handed over between two browsers."""

import pytest
from playwright.async_api import Browser

from domain.casework.work import claim
from domain.colleagues.handing_over import offer
from domain.duty import go_on_duty
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from tests.console.looks import DESK, PHONE, barriers, window
from tests.console.office import Office
from tests.console.referring import picture


async def test_a_colleague_accepts_on_a_phone_what_another_offers(
    office: Office, chromium: Browser
) -> None:
    vera = await office.colleague(Role.CASEWORKER, "Vera Hoxha")
    samir = await office.colleague(Role.CASEWORKER, "Samir Berisha")
    case = await office.case(await office.person(), "He is at the door")
    async with office.database.begin(SERVICE) as session:
        await claim(session, vera.actor, case.id)
        await go_on_duty(session, samir.actor)
    async with (
        window(chromium, office, vera, "light", DESK) as ours,
        window(chromium, office, samir, "dark", PHONE) as theirs,
    ):
        await ours.goto(f"/cases/{case.id}")
        await ours.get_by_role("link", name="Hand over to a colleague").click()
        await ours.get_by_label("Who is on duty now").select_option(label="Samir Berisha")
        assert await barriers(ours) == []
        await picture(ours, "hand-over")
        await ours.get_by_role("button", name="Offer it").click()
        await ours.get_by_text("Until they accept, the case is yours").wait_for()

        await theirs.goto("/referrals")
        await theirs.get_by_role("link", name="Vera Hoxha").click()
        assert await barriers(theirs) == []
        await picture(theirs, "offered")
        await theirs.get_by_role("button", name="Accept").click()
        await theirs.get_by_text("This case is yours").wait_for()


async def test_a_reason_is_read_as_it_was_typed(office: Office) -> None:
    vera = await office.colleague(Role.CASEWORKER, "Vera Hoxha")
    samir = await office.colleague(Role.CASEWORKER, "Samir Berisha")
    case = await office.case(await office.person(), "He is at the door")
    async with office.database.begin(SERVICE) as session:
        await claim(session, vera.actor, case.id)
        await go_on_duty(session, samir.actor)
    page = f"/cases/{case.id}/hand-over"
    async with office.browser_of(vera) as ours, office.browser_of(samir) as theirs:
        await ours.post(page, staff=str(samir.actor.staff_id))
        await theirs.post(f"{page}/reject", reason="<b>No time</b>")
        story = (await ours.get(f"/cases/{case.id}")).text
    assert "&lt;b&gt;No time&lt;/b&gt;" in story
    assert "The offer to a colleague ended" in story
    assert "Sent at any hour" not in story


@pytest.mark.parametrize("how", ["claimed", "accepted"])
async def test_whoever_takes_an_emergency_reads_what_went_back_to_their_colleagues_for_it(
    office: Office, how: str
) -> None:
    vera = await office.colleague(Role.CASEWORKER, "Vera Hoxha")
    samir = await office.colleague(Role.CASEWORKER, "Samir Berisha")
    other = await office.case(await office.person(), "I need advice")
    emergency = await office.case(await office.person(), "Help", Severity.EMERGENCY)
    async with office.database.begin(SERVICE) as session:
        await claim(session, samir.actor, other.id)
        await go_on_duty(session, samir.actor)
        if how == "accepted":
            await claim(session, vera.actor, emergency.id)
            await offer(session, vera.actor, emergency.id, samir.actor.staff_id)
    async with office.browser_of(samir) as theirs:
        takes = "claim" if how == "claimed" else "hand-over/accept"
        await theirs.post(f"/cases/{emergency.id}/{takes}")
        page = (await theirs.get(f"/cases/{emergency.id}")).text
    assert f"These went back to your colleagues: {other.code}." in page
