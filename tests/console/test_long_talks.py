"""A case in which a great deal was said."""

from playwright.async_api import Browser, expect

from domain.messages.body import Body
from domain.messages.keeping import keep_message
from storage.kinds import MessageKind, Role
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.console.looks import DESK, window
from tests.console.office import Office

MANY = 60


async def test_whatever_is_done_beside_a_long_talk_comes_into_view_where_it_is_reached(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person = await office.person()
    case = await office.case(person, "The first of many")
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        for number in range(MANY):
            body = Body(text=f"And then, {number}")
            await keep_message(session, returnee, case, MessageKind.TEXT, body, session.now)
    async with office.browser_of(me) as browser:
        await browser.post(f"/cases/{case.id}/claim")
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto(f"/cases/{case.id}")
        last = page.locator(".aside summary").last
        await expect(last).to_have_text("Close the case")
        await last.focus()
        await expect(last).to_be_in_viewport(ratio=1)
