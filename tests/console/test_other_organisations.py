"""What is another organisation's, on every route that names something."""

from contextlib import AsyncExitStack
from uuid import uuid4

from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.directory import DirectoryReport
from storage.tables.safeguarding import Conflict
from storage.tables.staff import Passkey, StaffSession
from tests.console.everything import NAMING_SOMETHING, everything_of, looked_at, named, role_for
from tests.console.office import Browser, Office

# What is not there is as good as removed: the page says that it is done.
GONE_ALREADY = ("passkeys", "browsers", "services")
# Of what is published, and so nobody's: each withholds it from their own people.
PUBLISHED = ("/services/{id:uuid}", "/services/{id:uuid}/withhold")


async def test_p10_what_is_another_organisations_is_on_every_page_as_if_it_were_not_there(
    office: Office, elsewhere: Office
) -> None:
    theirs = await everything_of(elsewhere)
    browsers: dict[Role, Browser] = {}
    async with AsyncExitStack() as stack:
        for role in Role:
            browsers[role] = await stack.enter_async_context(office.browser(role))
        for page in NAMING_SOMETHING:
            if page.path in PUBLISHED:
                continue
            browser = browsers[role_for(page)]
            answers = [
                await looked_at(browser, page, thing) for thing in (theirs[named(page)], uuid4())
            ]
            assert answers[0] == answers[1], page.path
            assert answers[0][0] in (404, 409) or named(page) in GONE_ALREADY, page.path
        assert "The door is locked" not in (await browsers[Role.SUPERVISOR].get("/queue")).text
    async with elsewhere.database.begin(SERVICE) as session:
        assert await session.get(Passkey, theirs["passkeys"]) is not None
        assert await session.get(StaffSession, theirs["browsers"]) is not None
        said = (elsewhere.organisation.id, theirs["services"])
        assert await session.get(DirectoryReport, said) is not None
        standing = await session.get_one(Conflict, theirs["conflicts"])
        assert standing.ended_at is None
