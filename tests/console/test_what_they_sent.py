"""Pictures and recordings of a person, as they stand on a page."""

from playwright.async_api import Browser

from domain.messages.body import Body
from domain.safeguarding.complaints import hear_in_confidence
from storage.kinds import MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.console.looks import window
from tests.console.office import Office


async def test_what_to_do_with_a_picture_is_read_on_the_narrowest_phone(
    office: Office, chromium: Browser
) -> None:
    """No line of it lies upon another."""
    keeper, person = await office.colleague(Role.SAFEGUARDING), await office.person()
    picture = Body(file_id="it")
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        complaint = await hear_in_confidence(
            session, returnee, MessageKind.PHOTO, picture, Severity.NONE
        )
    async with window(chromium, office, keeper, "light", 320) as page:
        await page.goto(f"/complaints/{complaint.id}")
        first, second = await page.get_by_role("link", name="Look at the picture").evaluate(
            """link => {
                const range = document.createRange();
                range.selectNodeContents(link);
                return [...range.getClientRects()].map(({top, bottom}) => ({top, bottom}));
            }"""
        )
    assert second["top"] >= first["bottom"] - 2
