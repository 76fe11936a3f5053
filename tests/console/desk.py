"""A caseworker at their desk: signed in, in a real browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from console.cookies import SESSION
from domain.casework.work import claim
from storage.kinds import Outcome, Role
from storage.tables.cases import Case
from tests.console.looks import PHONE, window
from tests.console.office import Browser, Colleague, Office


@asynccontextmanager
async def desk(chromium: Chromium, office: Office, me: Colleague) -> AsyncIterator[Page]:
    context = await chromium.new_context(base_url=office.settings.public_url)
    await context.add_cookies(
        [{"name": SESSION, "value": me.cookie, "url": office.settings.public_url}]
    )
    yield await context.new_page()
    await context.close()


async def claimed(office: Office, browser: Browser, language: str = "sq") -> str:
    """The address of a case that the browser's owner has."""
    case = await office.case(await office.person(language), "Hello?")
    await browser.post(f"/cases/{case.id}/claim")
    return f"/cases/{case.id}"


def as_read(page: str) -> str:
    """What a form on the page of a case says that its reader has seen."""
    read = re.search(r'name="read" value="(\w+)"', page)
    assert read is not None
    return read[1]


def as_known(page: str) -> str:
    """What speaks against it being them, as the page of a person says that its reader knows."""
    known = re.search(r'name="against" value="([\w ]*)"', page)
    assert known is not None
    return known[1]


async def closes(browser: Browser, path: str) -> httpx.Response:
    """Having looked at its page."""
    read = as_read((await browser.get(path)).text)
    return await browser.post(f"{path}/resolve", outcome=Outcome.HELPED, read=read)


@asynccontextmanager
async def at_their_case(chromium: Chromium, office: Office) -> AsyncIterator[Page]:
    """The page of a case that they have just claimed."""
    me = await office.colleague(Role.CASEWORKER)
    async with office.browser_of(me) as browser:
        path = await claimed(office, browser)
    async with desk(chromium, office, me) as page:
        await page.goto(path)
        yield page


@asynccontextmanager
async def on_a_phone(
    chromium: Chromium, office: Office
) -> AsyncIterator[tuple[Colleague, Case, Page]]:
    """A caseworker in bed, the case that they have just claimed, and its page."""
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?")
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto(f"/cases/{case.id}")
        yield me, case, page
