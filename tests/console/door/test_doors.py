"""The doors of the console, tried from outside: cookies that were had before, and crowds."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select, update

from console import members
from console.admission import Door, DoorIsFull
from console.app import create_console
from console.cookies import SESSION
from console.door.browsers import browser_named
from domain.casework.work import claim
from domain.staff import NewStaff, add_staff, passwords
from domain.staff.browsers import IDLE, browsers_of, open_session, whose
from domain.staff.sign_in import MOST_FAILURES
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.staff import Staff, StaffSession
from storage.wakes import Wakes
from tests.console.door.signing_in import PASSWORD, client_of, code_of, set_up
from tests.console.looks import DESK, window
from tests.console.office import Office
from tests.postgres import DatabaseUrls

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@pytest.fixture
async def nora(office: Office) -> NewStaff:
    async with office.database.begin(SERVICE) as session:
        return await add_staff(session, "Nora Berisha", office.organisation, Role.CASEWORKER)


def three(nora: NewStaff, secret: str) -> dict[str, str]:
    return {
        "sign_in_code": nora.sign_in_code,
        "password": PASSWORD,
        "one_time_code": code_of(secret, 1),
    }


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/account")).status_code == 200


async def test_a_cookie_that_was_there_before_signing_in_never_becomes_a_session(
    office: Office, nora: NewStaff
) -> None:
    async with client_of(office) as client:
        secret = await set_up(client, nora)
    async with client_of(office) as client:
        client.cookies.set(SESSION, "planted", domain="localhost.local")
        answer = await client.post("/sign-in", data=three(nora, secret))
        assert answer.status_code == 303
        assert "planted" not in answer.headers["set-cookie"]
    async with client_of(office) as attacker:
        attacker.cookies.set(SESSION, "planted")
        assert not await is_in(attacker)


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b'{"answer":' * 6_000, b"", b"[]", b'{"answer": {}, "sealed": 1}', b"\xff"],
)
async def test_what_is_no_answer_of_a_passkey_is_refused_however_deep_it_is(
    office: Office, body: bytes
) -> None:
    async with client_of(office) as client:
        answered = await client.post("/sign-in/passkey", content=body)
        assert answered.status_code == 400
    async with office.browser(Role.CASEWORKER) as browser:
        assert (await browser.post("/account/passkey", answer="[]")).status_code == 400


async def test_signing_in_again_ends_the_session_that_this_browser_had(office: Office) -> None:
    async with office.database.begin(SERVICE) as session:
        nora = await add_staff(session, "Nora", office.organisation, Role.CASEWORKER)
    async with client_of(office) as client:
        secret = await set_up(client, nora)
        earlier = client.cookies[SESSION]
        await client.post("/sign-in", data=three(nora, secret))
        assert client.cookies[SESSION] != earlier
    async with client_of(office) as replay:
        replay.cookies.set(SESSION, earlier)
        assert not await is_in(replay)


async def test_a_changed_password_ends_every_cookie_that_was_out(
    office: Office, nora: NewStaff
) -> None:
    async with client_of(office) as phone, client_of(office) as desk:
        secret = await set_up(phone, nora)
        # A code of the half minute after works, too: each once, and in their order.
        await desk.post("/sign-in", data=three(nora, secret))
        stolen = dict(phone.cookies)
        page = (await phone.get("/account")).text
        found = re.search(r'name="form_token" value="(\w+)"', page)
        assert found
        # The sign-in of the desk took the code of the next half minute: the old one is gone, and
        # an authenticator has no other yet. So the account forgets which it saw last.
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(Staff).values(totp_step=None))
        changed = await phone.post(
            "/account/password",
            data={
                "form_token": found[1],
                "old": PASSWORD,
                "new": "seven geese over harbour",
                "one_time_code": code_of(secret, 0),
            },
        )
        assert changed.headers["location"] == "/sign-in"
        assert not await is_in(desk)
        phone.cookies.update(stolen)
        assert not await is_in(phone)


async def test_the_account_page_lists_browsers_and_ends_them(office: Office) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with office.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, me.actor.staff_id)
        lost = await open_session(session, staff, browser_named(FIREFOX))
        await open_session(session, staff)
    async with office.browser_of(me) as browser:
        page = (await browser.get("/account")).text
        assert "Firefox · Android" in page
        addresses = re.findall(r'action="(/account/browsers/[0-9a-f-]+/end)"', page)
        assert len(addresses) == 2
        for address in addresses:
            assert (await browser.post(address)).status_code == 303
            assert (await browser.post(address)).status_code == 409
        assert "Firefox" not in (await browser.get("/account")).text
        browser.client.cookies.set(SESSION, lost)
        assert not await is_in(browser.client)


async def test_signing_out_the_others_leaves_this_one(office: Office) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with office.database.begin(SERVICE) as session:
        other = await open_session(session, await session.get_one(Staff, me.actor.staff_id))
    async with office.browser_of(me) as browser:
        await browser.post("/account/browsers/others/end")
        assert await is_in(browser.client)
        browser.client.cookies.set(SESSION, other)
        assert not await is_in(browser.client)


@pytest.mark.parametrize("by_itself", [True, False])
async def test_a_case_that_is_only_open_goes_idle_and_one_that_is_used_does_not(
    office: Office, by_itself: bool
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "He is at the door")
    async with office.database.begin(SERVICE) as session:
        long_ago = session.database_now - IDLE / 2
        await session.execute(update(StaffSession).values(seen_at=long_ago))
    async with office.browser_of(me) as browser:
        page = f"/cases/{case.id}"
        if by_itself:
            await browser.get(f"{page}?by-itself")
            async with browser.client.stream("GET", f"{page}/events?by-itself") as answer:
                await anext(answer.aiter_lines())
        else:
            await browser.get(page)
    async with office.database.begin(SERVICE) as session:
        seen_at = await session.scalar(select(StaffSession.seen_at))
    assert (seen_at == long_ago) is by_itself


async def test_a_page_that_follows_a_case_says_that_it_is_signed_out_and_shows_no_words(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "He is at the door")
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
    async with window(chromium, office, me, "light", DESK) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"/cases/{case.id}")
        await page.get_by_label("Note for colleagues").fill("Rang the shelter")
        await office.case(await office.person(), "wakes the page")
        await page.get_by_role("link", name="Somebody new is waiting").wait_for()
        async with office.database.begin(SERVICE) as session:
            idle_since = session.database_now - IDLE
            await session.execute(update(StaffSession).values(seen_at=idle_since))
        await office.case(await office.person(), "wakes the page again")
        await expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
        await expect(page.get_by_text("He is at the door")).to_have_count(0)
        await expect(page.get_by_label("Note for colleagues")).to_have_value("Rang the shelter")
        assert [url for url in asked if url.endswith("/events?by-itself")]


async def test_a_browser_of_somebody_else_is_not_there_to_be_ended(
    office: Office, elsewhere: Office
) -> None:
    theirs = await elsewhere.colleague(Role.ADMIN)
    async with elsewhere.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, theirs.actor.staff_id)
        [listed] = await browsers_of(session, staff, theirs.cookie)
    async with office.browser(Role.ADMIN) as browser:
        assert (await browser.post(f"/account/browsers/{listed.id}/end")).status_code == 409
    async with elsewhere.browser_of(theirs) as browser:
        assert await is_in(browser.client)


@asynccontextmanager
async def restarted(office: Office, urls: DatabaseUrls) -> AsyncIterator[httpx.AsyncClient]:
    """The same service in a new process: nothing is left of the old one but the database."""
    database = Database(urls.run_url, office.database.keys, Clock(), Wakes())
    console = create_console(database, office.settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(console),
        base_url=office.settings.public_url,
        headers={"Origin": office.settings.origin},
    ) as client:
        yield client
    await database.close()


async def test_the_sixth_try_is_refused_even_after_a_restart_and_even_with_the_right_three(
    office: Office, nora: NewStaff, urls: DatabaseUrls
) -> None:
    async with client_of(office) as client:
        secret = await set_up(client, nora)
    async with client_of(office) as client:
        for _ in range(MOST_FAILURES - 1):
            await client.post("/sign-in", data=three(nora, secret) | {"password": "wrong"})
    async with restarted(office, urls) as client:
        wrong = await client.post("/sign-in", data=three(nora, secret) | {"password": "wrong"})
        assert wrong.status_code == 422
    async with restarted(office, urls) as client:
        right = await client.post("/sign-in", data=three(nora, secret))
        assert right.status_code == 422
        assert SESSION not in client.cookies


async def test_who_comes_in_after_a_lock_is_told_of_it_once(office: Office, nora: NewStaff) -> None:
    """The five wrong tries may have been somebody else's."""
    told = []
    async with client_of(office) as client:
        wrong = three(nora, await set_up(client, nora)) | {"password": "wrong"}
    async with client_of(office) as client:
        for _ in range(MOST_FAILURES):
            await client.post("/sign-in", data=wrong)
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(Staff).values(locked_until=session.database_now))
        for _ in range(2):
            async with office.database.begin(SERVICE) as session:
                await session.execute(update(Staff).values(totp_step=None))
            await client.post("/sign-in", data=wrong | {"password": PASSWORD})
            told.append("were not yours" in (await client.get("/account")).text)
    assert told == [True, False]


async def test_p1_a_crowd_at_the_door_leaves_the_database_to_those_who_cry_for_help(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_inside, open_again = asyncio.Barrier(4), asyncio.Event()

    async def slow(password_hash: str | None, password: str) -> bool:
        if not open_again.is_set():
            await three_inside.wait()
            await open_again.wait()
        return False

    monkeypatch.setattr(passwords, "matches", slow)
    me = await office.colleague(Role.CASEWORKER)
    guess = {"sign_in_code": "nobody00", "password": "x", "one_time_code": "000000"}
    async with client_of(office) as crowd, office.browser_of(me) as browser:
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(crowd.post("/sign-in", data=guess)) for _ in range(30)]
            await three_inside.wait()
            for _ in range(5):
                assert (await browser.get("/queue")).status_code == 200
                assert office.database.connections <= 3
            open_again.set()
        assert {each.result().status_code for each in tries} == {422}


async def test_who_sends_a_form_slowly_takes_nobodys_turn(office: Office) -> None:
    place = urlsplit(office.settings.public_url)
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {office.settings.origin}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\npass"
    )
    slow = [await asyncio.open_connection(place.hostname, place.port) for _ in range(5)]
    for _, writing in slow:
        writing.write(head.encode())
        await writing.drain()
    guess = {"sign_in_code": "nobody00", "password": "x", "one_time_code": "000000"}
    async with client_of(office) as client:
        assert (await client.post("/sign-in", data=guess)).status_code == 422
        assert (await client.get("/sign-in")).status_code == 200
    for _, writing in slow:
        writing.close()


async def test_who_waits_too_long_at_the_door_is_turned_away() -> None:
    door = Door(at_once=1, patience=0)
    async with door.passing():
        with pytest.raises(DoorIsFull):
            async with door.passing():
                pass
    async with door.passing():
        pass


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537", "Chrome · Linux"),
        ("<script>alert(1)</script>", "? · ?"),
        ("", "? · ?"),
    ],
)
def test_of_a_browsers_name_only_make_and_system_are_kept(agent: str, name: str) -> None:
    assert browser_named(agent) == name


async def test_p1_a_crowd_with_made_up_cookies_leaves_the_database_to_others_as_well(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, three_inside, open_again = [], asyncio.Event(), asyncio.Event()

    async def slow(session: Session, token: str, *, using: bool = True) -> Staff | None:
        if token.startswith("made-up"):
            inside.append(token)
            if len(inside) == 3:
                three_inside.set()
            await open_again.wait()
        return await whose(session, token, using=using)

    me = await office.colleague(Role.CASEWORKER)
    async with client_of(office) as crowd, office.browser_of(me) as browser:
        assert (await browser.get("/queue")).status_code == 200
        monkeypatch.setattr(members, "whose", slow)
        async with asyncio.TaskGroup() as group:
            tries = [
                group.create_task(crowd.get(path, headers={"Cookie": f"{SESSION}=made-up-{each}"}))
                for each in range(4)
                for path in ("/sign-in", "/queue", "/nowhere")
            ]
            await three_inside.wait()
            answers = [(await browser.get("/queue")).status_code for _ in range(5)]
            in_use = office.database.connections
            open_again.set()
        assert answers == [200] * 5
        assert in_use <= 3
        assert {each.result().status_code for each in tries} == {200, 303, 404}


async def test_who_comes_with_an_unseen_cookie_where_too_many_do_is_told_to_try_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    console = create_console(office.database, office.settings)
    full = console.state.desk.unseen
    monkeypatch.setattr(full, "_patience", 0)
    async with (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(console), base_url=office.settings.public_url
        ) as client,
        AsyncExitStack() as others,
    ):
        client.cookies.set(SESSION, me.cookie)
        for _ in range(3):
            await others.enter_async_context(full.passing())
        assert (await client.get("/queue")).status_code == 429
        assert (await client.get("/nowhere")).status_code == 404
        await others.aclose()
        assert (await client.get("/queue")).status_code == 200
