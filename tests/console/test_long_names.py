"""Names of as many letters as there may be, and no space among them."""

from contextlib import AsyncExitStack

from playwright.async_api import Browser, Page
from sqlalchemy import text

from domain.names import LONGEST
from domain.referrals.partners import Card, add_mail_partner
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.looks import window
from tests.console.office import Office
from tests.console.pages import addresses, whoever_may

LONG = ("Wolfeschlegelsteinhausenbergerdorff" * 4)[:LONGEST]
# The narrowest window in which a table is one.
_WIDE = 961


async def test_a_name_without_a_space_makes_no_table_wider_than_the_page(
    office: Office, chromium: Browser
) -> None:
    staff = {role: await office.colleague(role, LONG) for role in Role}
    pages = await addresses(office, staff[Role.CASEWORKER])
    coordinator = staff[Role.COORDINATOR].actor
    async with office.database.begin(SERVICE) as session:
        card = Card(f"{LONG[:60]}@{LONG[:60]}.example.org", LONG, "+355 4")
        await add_mail_partner(session, coordinator, LONG, "sq", card, no_authority=True)
        for table in ("organisation", "campaign"):
            await session.execute(
                text(f"UPDATE {table} SET name = left(left(name, 3) || :long, :most)"),
                {"long": LONG, "most": LONGEST},
            )
    async with AsyncExitStack() as stack:
        windows: dict[Role | None, Page] = {}
        for page, path in pages:
            role = whoever_may(page)
            if role not in windows:
                me = staff[role] if role else None
                windows[role] = await stack.enter_async_context(
                    window(chromium, office, me, "light", _WIDE)
                )
            await windows[role].goto(path)
            wide = await windows[role].evaluate("document.documentElement.scrollWidth")
            assert wide <= _WIDE, path
