"""All pages of the console, and who may see each."""

from collections.abc import Iterable, Sequence

from console.pages import PAGES
from console.routing import Access, Page
from domain.casework.work import claim
from storage.kinds import Role
from tests.console.everything import everything_of, may, named
from tests.console.office import Colleague, Office

# Nothing that is looked at: streams, recordings, and what is saved as a file.
_NO_PAGE = ("/events", "/{message_id:uuid}", ".csv", ".xlsx", "/file", "/template")


SEEN = [page for page in PAGES if not page.form and not page.path.endswith(_NO_PAGE)]


def opens(page: Page, path: str) -> bool:
    return page.path_regex.match(path.partition("?")[0]) is not None


async def addresses(office: Office, worker: Colleague) -> list[tuple[Page, str]]:
    """Of every page, about things that there are; the case among them is the worker's. To be asked
    first, while the office has one of each.
    """
    things = await everything_of(office)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, worker.actor, things["cases"])
    return [
        (page, page.path.replace("{id:uuid}", str(things.get(named(page)))).replace("{token}", "x"))
        for page in SEEN
    ]


def left_over(
    pages: Iterable[tuple[Page, str]], elsewhere: Sequence[str]
) -> list[tuple[Page, str]]:
    """What is not opened elsewhere."""
    return [
        (page, path) for page, path in pages if not any(opens(page, other) for other in elsewhere)
    ]


def whoever_may(page: Page) -> Role | None:
    if page.needs is Access.ANYBODY:
        return None
    return next(role for role in Role if may(role, page))
