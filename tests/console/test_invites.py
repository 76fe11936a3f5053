"""Invites that were given out, as those who made them see and withdraw them."""

import re

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from console.files.cards import invite_sheet
from domain.enrolment.invites import InviteExpired, issue_invites, redeem_invite
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


@pytest.mark.parametrize(
    ("language", "scan"), [("en", "Scan to open the chat"), ("ar", "يرجى المسح")]
)
async def test_a_card_of_the_console_says_the_same_as_one_of_the_command_line(
    office: Office, language: str, scan: str
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        sent = {"count": "1", "emergency": "112", "card_language": language}
        page = (await browser.post("/invites", **sent)).text
        async with office.database.begin(SERVICE) as session:
            invites = await issue_invites(session, office.organisation.id, 1)
            sheet = invite_sheet(invites, "homewaybot", "112", session.now, language=language)

    card = page.partition('<ul class="invites">')[2].partition("</li>")[0]
    (scanned, _, call), on_paper = said_on(card), said_on(sheet)
    assert scan in scanned
    assert [scanned, call] == [on_paper[0], on_paper[2]]


def said_on(card: str) -> list[str]:
    return re.findall(r"<p>(?:<strong>)?([^<]+)", card)
