"""Invites that were given out, as those who made them see and withdraw them."""

import re

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from domain.enrolment.invites import InviteExpired, redeem_invite
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.looks import PHONE, window
from tests.console.office import Office


async def test_an_invite_whose_card_was_lost_is_withdrawn_and_its_code_lets_nobody_in(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto("/invites")
        await page.get_by_role("button", name="Make invites").click()
        code = await page.get_by_text(re.compile(r"^r-\w{16}$")).inner_text()
        await page.locator("summary", has_text="Withdraw").click()
        await page.get_by_role("button", name="Withdraw it").click()
        await expect(page.get_by_role("status")).to_contain_text("nobody comes in by it any more")
        await expect(page.get_by_role("cell", name="withdrawn on")).to_be_visible()
        await expect(page.locator("summary", has_text="Withdraw")).to_have_count(0)
    async with office.database.begin(SERVICE) as session:
        with pytest.raises(InviteExpired):
            await redeem_invite(session, code)
