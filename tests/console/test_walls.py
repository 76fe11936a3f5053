"""Who may see and do what, walked over every route that there is."""

from uuid import uuid4

import httpx
import pytest
from starlette.routing import Mount

from console.app import create_console
from console.cookies import SESSION, cookie_name
from console.pages import PAGES, campaigns, cases, lexicon, pathways, questionnaires
from console.routing import Access, Page
from domain.actors import Right, roles_with
from storage.kinds import Role
from tests.console.everything import STAFF_PAGES, address, everything_of, looked_at, may, named
from tests.console.office import Browser, Office
from tests.console.who_may import OPEN_TO_ANYBODY, ROLES_OF, route_of


def test_p10_every_route_of_the_console_says_who_may_see_it(office: Office) -> None:
    routes = create_console(office.database, office.settings).routes
    assert [route for route in routes if not isinstance(route, Page | Mount)] == []
    assert [route.path for route in routes if isinstance(route, Mount)] == ["/static"]


def test_p10_every_route_stands_in_the_table_of_who_may_and_the_table_names_no_other() -> None:
    routes = sorted(map(route_of, PAGES))
    assert routes == sorted([*OPEN_TO_ANYBODY, *ROLES_OF])
    assert OPEN_TO_ANYBODY.isdisjoint(ROLES_OF)


def test_p10_the_rights_of_the_pages_are_those_that_are_written_down() -> None:
    asked_of = {
        route_of(page): roles_with(page.needs) for page in PAGES if isinstance(page.needs, Right)
    }
    whole_staff = {route_of(page): frozenset(Role) for page in PAGES if page.needs is Access.STAFF}
    assert asked_of | whole_staff == ROLES_OF


@pytest.mark.parametrize("role", list(Role))
async def test_p10_a_role_reaches_its_own_pages_and_no_others(office: Office, role: Role) -> None:
    async with office.browser(role) as browser:
        for page in STAFF_PAGES:
            # The streams never end, and signing out would; their walls are the same function.
            if page.path.endswith("/events") or page.path == "/sign-out":
                continue
            path = address(page)
            answer = await (browser.post(path) if page.form else browser.get(path))
            forbidden = answer.status_code == 403
            assert forbidden is not may(role, page), (page.path, answer.status_code)


async def test_no_page_breaks_over_what_no_database_keeps(office: Office) -> None:
    asked = dict.fromkeys(("of", "pathway", "in", "quarter", "week", "language", "after"), "\0")
    async with office.browser(Role.SUPERVISOR) as browser:
        for page in STAFF_PAGES:
            if page.form or page.path.endswith("/events"):
                continue
            answer = await browser.get(address(page), **asked)
            assert answer.status_code in (403, 404), (page.path, answer.status_code)


@pytest.mark.parametrize("role", list(Role))
async def test_p10_a_live_page_is_closed_to_roles_without_its_right(
    office: Office, role: Role
) -> None:
    allowed = role in ROLES_OF["GET /queue/events"]
    async with (
        office.browser(role) as browser,
        browser.client.stream("GET", "/queue/events") as answer,
    ):
        assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    "page",
    [
        Page("/cases/{id:uuid}/claim", cases.claim, Access.STAFF, form=True),
        Page("/lexicon/{id:uuid}", lexicon.show_one, Access.STAFF),
        Page("/campaigns/{id:uuid}", campaigns.show_one, Access.STAFF),
        Page("/campaigns/{id:uuid}/stop", campaigns.end, Access.STAFF, form=True),
        Page("/pathways/move", pathways.move, Access.STAFF, form=True),
        Page("/questionnaires/use", questionnaires.use, Access.STAFF, form=True),
    ],
    ids=lambda page: page.path,
)
async def test_p10_behind_a_route_that_asks_too_little_the_rules_forbid_it_all_the_same(
    office: Office, page: Page
) -> None:
    console = create_console(office.database, office.settings)
    console.router.routes.insert(0, page)
    things, admin = await everything_of(office), await office.colleague(Role.ADMIN)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(console),
        base_url=office.settings.public_url,
        cookies={cookie_name(SESSION, office.settings): admin.cookie},
        headers={"Origin": office.settings.origin},
    ) as client:
        browser = Browser(client, admin.actor)
        answers = [
            await looked_at(browser, page, thing)
            for thing in (things.get(named(page), uuid4()), uuid4())
        ]
    # The same for what is there, so a role learns nothing of it.
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


async def test_nobody_gets_past_the_sign_in_page(office: Office) -> None:
    async with httpx.AsyncClient(
        base_url=office.settings.public_url, headers={"Origin": office.settings.origin}
    ) as stranger:
        for page in STAFF_PAGES:
            method = "POST" if page.form else "GET"
            answer = await stranger.request(method, address(page))
            assert answer.status_code == 303, page.path
            assert answer.headers["location"].startswith("/sign-in"), page.path


@pytest.mark.parametrize("origin", ["https://example.org", "null", None])
async def test_forms_of_other_sites_are_refused(office: Office, origin: str | None) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        token = browser.form_token()
        del browser.client.headers["Origin"]
        headers = {"Origin": origin} if origin else {}
        for page in PAGES:
            if page.form:
                answer = await browser.client.post(
                    address(page), data={"form_token": token}, headers=headers
                )
                assert answer.status_code == 403, page.path


async def test_forms_without_this_sessions_own_token_are_refused(office: Office) -> None:
    async with office.browser(Role.ADMIN) as other, office.browser(Role.ADMIN) as browser:
        foreign = other.form_token()
        for page in STAFF_PAGES:
            if page.form:
                for token in ("", foreign):
                    answer = await browser.client.post(address(page), data={"form_token": token})
                    assert answer.status_code == 403, page.path


async def test_pages_are_bound_to_their_own_origin_and_kept_by_no_cache(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        for path in ("/queue", "/sign-in", "/static/wayhome.css", "/nothing"):
            headers = (await browser.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
        assert (await browser.get("/queue")).headers["cache-control"] == "no-store"


async def test_a_body_that_is_far_too_large_is_refused_untaken(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        answer = await browser.post("/duty", duty="x" * 600_000)
        assert answer.status_code == 413
