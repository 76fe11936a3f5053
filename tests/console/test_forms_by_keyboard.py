"""Every form that there is, filled in and sent with a keyboard alone.

What is sent is held back before it reaches the console, so that no form takes the next one's ground
away, and is handed in afterwards: whatever it says to made-up values, it knows the form.
"""

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, FileChooser, Locator, Request, Route
from playwright.async_api import Page as Window

import console
from console.cookies import SESSION
from console.pages import PAGES
from console.routing import Page
from storage.kinds import Role
from tests.console.keyboard import Hands
from tests.console.looks import DESK, busy, window
from tests.console.office import PATIENCE, Colleague, Office
from tests.console.pages import addresses, whoever_may
from tests.console.stages import Seen, stages_of

FORMS = [page for page in PAGES if page.form]
_FIELDS = "input:not([type=hidden]), select, textarea"
_SEND = "button:not([type=button])"
_CONSOLE = Path(console.__file__).parent
# What a mouse alone can press, in a page and in its scripts; what has the focus at once is read.
_NO_KEYS_IN_A_PAGE = re.compile(
    r"""\son[a-z]+=|role=["']?(?:button|link|checkbox|switch|tab|menuitem)"""
    r"""|tabindex=["']?-(?!1" autofocus)"""
    r"|draggable|contenteditable"
)
_NO_KEYS_IN_A_SCRIPT = re.compile(r"""["'](?:mouse\w+|dblclick|drag\w*|drop|touch\w+)["']""")
_A_DAY = datetime(2099, 5, 4, 9, 30, tzinfo=UTC)
# None of our forms, or nothing that a form may say.
_UNKNOWN = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
}

#: A button begins it, which the walk by Tab reaches; then the browser itself asks its owner.
ASKED_BY_THE_BROWSER = {
    "/sign-in/passkey/offer",
    "/sign-in/passkey",
    "/set-up/{token}/passkey/offer",
    "/set-up/{token}/passkey",
    "/account/passkey/offer",
    "/account/passkey",
}
#: Not sent here: no page of this office is at their stage. Each holds what other forms hold too.
AT_NO_STAGE = {
    "/account/password",
    "/cases/{id:uuid}/card",
    "/lexicon/mute",
    "/partner/{token}/accept",
    "/partner/{token}/outcome",
    "/partner/{token}/reject",
    "/pathways/move",
    "/people/{id:uuid}/forget/not",
    "/people/{id:uuid}/forget/now",
    "/people/{id:uuid}/pictures/forget",
    "/referrals/{id:uuid}/accept",
    "/referrals/{id:uuid}/code",
    "/referrals/{id:uuid}/decide",
    "/referrals/{id:uuid}/hand-over",
    "/referrals/{id:uuid}/outcome",
    "/referrals/{id:uuid}/reject",
}


@dataclass(frozen=True, slots=True)
class Sent:
    by: Colleague | None
    request: Request


@pytest.mark.timeout(1800)
async def test_every_form_is_filled_in_and_sent_by_keyboard_alone(
    office: Office, chromium: Browser
) -> None:
    walks = await walks_of(office)
    sent: dict[str, Sent] = {}
    async with AsyncExitStack() as stack:
        windows: dict[str | None, Window] = {}
        for me, path in walks:
            cookie = me.cookie if me else None
            if cookie not in windows:
                windows[cookie] = await stack.enter_async_context(
                    window(chromium, office, me, "light", DESK)
                )
                await windows[cookie].route("**/*", hold_back)
                windows[cookie].on("filechooser", give_a_file)
            hands = Hands(windows[cookie])
            await hands.page.goto(path)
            for number, page in await forms_on(hands.page):
                form = hands.page.locator("form[method=post]").nth(number)
                if page.path not in sent and await form.locator(_SEND).count():
                    sent[page.path] = Sent(me, await send_by_keys(hands, form))
    left = {page.path for page in FORMS} - set(sent)
    assert left == ASKED_BY_THE_BROWSER | AT_NO_STAGE
    answers = {path: await hand_in(office, each) for path, each in sent.items()}
    assert {path: said for path, said in answers.items() if said in _UNKNOWN} == {}


async def walks_of(office: Office) -> Seen:
    """Who opens which page, so that every form is met that a page can show."""
    another = await Office.open(office.database, office.settings, "Where things are further on")
    # A drill runs there, for a few minutes.
    walks = await stages_of(another)
    staff = {role: await office.colleague(role) for role in Role}
    for page, path in await addresses(office, staff[Role.CASEWORKER]):
        role = whoever_may(page)
        walks.append((staff[role] if role else None, path))
    for role in (Role.SUPERVISOR, Role.COORDINATOR):
        me, paths = await busy(office, role, "en")
        walks += [(me, path) for path in paths]
    return walks


async def hold_back(route: Route) -> None:
    if route.request.method == "POST":
        await route.fulfill(status=HTTPStatus.NO_CONTENT)
    else:
        await route.continue_()


async def give_a_file(chooser: FileChooser) -> None:
    await chooser.set_files({"name": "x", "mimeType": "text/plain", "buffer": b"x"})


async def forms_on(window: Window) -> list[tuple[int, Page]]:
    actions = await window.locator("form[method=post]").evaluate_all(
        "forms => forms.map(form => new URL(form.getAttribute('action') ?? '', location).pathname)"
    )
    return [
        (number, page)
        for number, action in enumerate(actions)
        for page in FORMS
        if page.path_regex.match(action)
    ]


async def send_by_keys(hands: Hands, form: Locator) -> Request:
    await unfold(hands, form.locator("xpath=ancestor::details[not(@open)]/summary"))
    await unfold(hands, form.locator("details:not([open]) > summary"))
    for each in await form.locator(_FIELDS).all():
        if await each.is_visible() and await each.is_enabled():
            await fill(hands, each)
    await hands.reach(form.locator(_SEND).first)
    async with hands.page.expect_request(lambda request: request.method == "POST") as sending:
        await hands.page.keyboard.press("Enter")
    return await sending.value


async def unfold(hands: Hands, folded: Locator) -> None:
    """From the outermost inwards."""
    for _ in range(await folded.count()):
        await hands.press(folded.first)


async def fill(hands: Hands, wanted: Locator) -> None:
    kind: str = await wanted.evaluate("node => node.type")
    if kind == "file":
        await hands.press(wanted)
        await hands.page.wait_for_function(
            "node => node.files.length", arg=await wanted.element_handle()
        )
    elif kind == "radio":
        # Tab leads to one of them, and only where none is chosen that is the first.
        if not await wanted.evaluate("node => new FormData(node.form).has(node.name)"):
            await hands.press(wanted, "Space")
    elif kind == "checkbox":
        await hands.press(wanted, "Space")
    elif kind.startswith("select"):
        await hands.press(wanted, "ArrowDown")
    elif await wanted.evaluate("node => node.required || node.type === 'text' && !node.value"):
        await hands.write(wanted, await fitting(wanted, kind))


async def fitting(wanted: Locator, kind: str) -> str:
    typed = {
        "date": f"{_A_DAY:%m%d%Y}",
        "time": f"{_A_DAY:%I%M%p}",
        "datetime-local": f"{_A_DAY:%m%d%Y}\t{_A_DAY:%I%M%p}",
        "number": await wanted.get_attribute("min") or "3",
        "email": "intake@shelter.example.org",
        "password": "a long enough secret",
    }
    return typed.get(kind, "Hello there")


async def hand_in(office: Office, sent: Sent) -> int:
    cookies = {SESSION: sent.by.cookie} if sent.by else {}
    headers = {
        "Origin": office.settings.origin,
        "Content-Type": sent.request.headers["content-type"],
    }
    async with httpx.AsyncClient(cookies=cookies, headers=headers, timeout=PATIENCE) as client:
        body = sent.request.post_data_buffer or b""
        return (await client.post(sent.request.url, content=body)).status_code


def test_whatever_can_be_pressed_is_a_button_a_link_or_a_field() -> None:
    """So a page at a stage that nothing here reaches goes by keyboard, too."""
    pages = [*_CONSOLE.glob("templates/*.html")]
    scripts = [*_CONSOLE.glob("static/*.js")]
    assert pages
    assert scripts
    found = {each.name: _NO_KEYS_IN_A_PAGE.findall(each.read_text("utf-8")) for each in pages}
    found |= {each.name: _NO_KEYS_IN_A_SCRIPT.findall(each.read_text("utf-8")) for each in scripts}
    assert {name: those for name, those in found.items() if those} == {}
