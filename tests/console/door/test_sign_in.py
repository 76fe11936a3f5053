import asyncio
import re
from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select, update

from domain.staff import NewStaff, add_staff, renew_set_up
from domain.staff.accounts import speak
from domain.staff.browsers import sign_out_everywhere
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.channels import AlertChannel
from storage.tables.staff import Staff, StaffSession
from tests.console.door.signing_in import PASSWORD, client_of, code_of, set_up, sets_up, shown
from tests.console.looks import PHONE
from tests.console.office import Office
from tests.racing import stands_still


@pytest.fixture
async def nora(office: Office) -> NewStaff:
    """A caseworker with a set-up link that she has not opened."""
    async with office.database.begin(SERVICE) as session:
        return await add_staff(session, "Nora Berisha", office.organisation, Role.CASEWORKER)


async def test_a_set_up_link_leads_in_once_and_then_the_three_do(
    office: Office, nora: NewStaff
) -> None:
    async with client_of(office) as client:
        secret = await set_up(client, nora)
        assert "Nora Berisha" in (await client.get("/account")).text
    async with client_of(office) as client:
        over = await client.get(f"/set-up/{nora.setup_token}")
        assert over.status_code == 410
        assert "used already" in over.text
        form = {
            "sign_in_code": nora.sign_in_code,
            "password": PASSWORD,
            "one_time_code": code_of(secret, 1),
            "next": "/account",
        }
        wrong = await client.post("/sign-in", data=form | {"password": "wrong"})
        assert wrong.status_code == 422
        assert "set-cookie" not in wrong.headers or "wayhome=" not in wrong.headers["set-cookie"]
        right = await client.post("/sign-in", data=form)
        assert (right.status_code, right.headers["location"]) == (303, "/account")
        assert "Nora Berisha" in (await client.get("/account")).text


async def test_p10_who_only_looked_at_a_set_up_link_does_not_know_what_its_owner_signs_in_with(
    office: Office, nora: NewStaff
) -> None:
    async with client_of(office) as client:
        looked, hers = [(await client.get(f"/set-up/{nora.setup_token}")).text for _ in range(2)]
        assert shown(looked)[0] != shown(hers)[0]
        wrong = await sets_up(client, nora, hers, code_of(shown(looked)[0], 0))
        assert wrong.status_code == 422
        # She has scanned it by now.
        assert shown(wrong.text)[0] == shown(hers)[0]
        assert (await sets_up(client, nora, wrong.text)).status_code == 303


async def test_on_a_phone_its_own_authenticator_opens_with_one_tap(
    office: Office, chromium: Browser, nora: NewStaff
) -> None:
    """No phone photographs its own screen."""
    for has_touch in (True, False):
        context = await chromium.new_context(
            base_url=office.settings.public_url, has_touch=has_touch, is_mobile=has_touch
        )
        page = await context.new_page()
        await page.goto(f"/set-up/{nora.setup_token}")
        link = page.locator("a[href^='otpauth:']")
        found = pyotp.parse_uri(await link.get_attribute("href") or "")
        assert found.secret in (await page.locator("code").inner_text()).replace(" ", "")
        assert await link.is_visible() is has_touch
        await context.close()


async def test_an_unknown_account_a_wrong_password_and_a_lock_look_the_same(
    office: Office, nora: NewStaff
) -> None:
    async with client_of(office) as client:
        await set_up(client, nora)
    async with client_of(office) as client:
        pages = set()
        for sign_in_code in ("nobody00", *[nora.sign_in_code] * 7):
            form = {"sign_in_code": sign_in_code, "password": "wrong", "one_time_code": "000000"}
            answer = await client.post("/sign-in", data=form)
            pages.add((answer.status_code, answer.text.replace(sign_in_code, "")))
        assert len(pages) == 1


async def test_the_cookie_is_kept_from_scripts_and_other_sites_and_only_hashed_by_us(
    office: Office, nora: NewStaff
) -> None:
    async with client_of(office) as client:
        await client.get("/sign-in")
        page = (await client.get(f"/set-up/{nora.setup_token}")).text
        answer = await sets_up(client, nora, page)
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        token = client.cookies["wayhome"]
    async with office.database.begin(SERVICE) as session:
        hashes = await session.scalars(select(StaffSession.token_hash))
        assert token.encode() not in set(hashes)


async def test_signing_out_ends_the_session_on_our_side_too(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        kept = browser.client.cookies["wayhome"]
        answer = await browser.post("/sign-out")
        assert answer.headers["location"] == "/sign-in"
        browser.client.cookies.set("wayhome", kept)
        again = await browser.get("/account")
        assert again.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/account", "/account"),
        ("/pathways/look?of=care-and-tact", "/pathways/look?of=care-and-tact"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
async def test_signing_in_leads_only_to_pages_of_ours(
    office: Office, wanted: str, leads_to: str
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        answer = await browser.client.get("/sign-in", params={"next": wanted})
        assert answer.headers["location"] == leads_to


@pytest.mark.parametrize("chosen", ["sq", "en"])
async def test_whoever_sets_up_reads_on_in_the_language_of_that_page_until_they_choose(
    office: Office, nora: NewStaff, chosen: str
) -> None:
    async with client_of(office) as client:
        client.headers["Accept-Language"] = "el-GR,el;q=0.9"
        await set_up(client, nora)
        assert '<html lang="el"' in (await client.get("/account")).text
    async with office.database.begin(SERVICE) as session:
        colleague = await add_staff(session, "Ana", office.organisation, Role.CASEWORKER)
        await speak(session, colleague.id, chosen)
    async with client_of(office) as client:
        client.headers["Accept-Language"] = "el-GR,el;q=0.9"
        await set_up(client, colleague)
        assert f'<html lang="{chosen}"' in (await client.get("/account")).text


async def with_authenticator(page: Page) -> None:
    """A device with a passkey store whose owner is there and says yes."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


async def at_the_account(office: Office, nora: NewStaff, chromium: Browser) -> Page:
    """On a phone, with a passkey that was made there from the set-up link."""
    context = await chromium.new_context(
        base_url=office.settings.public_url, viewport={"width": PHONE, "height": 640}
    )
    page = await context.new_page()
    await with_authenticator(page)
    await page.goto(f"/set-up/{nora.setup_token}")
    await page.get_by_role("button", name="Make a passkey").click()
    await page.wait_for_url("**/account")
    return page


async def test_a_passkey_made_from_the_set_up_link_signs_in_by_one_press(
    office: Office, nora: NewStaff, chromium: Browser
) -> None:
    page = await at_the_account(office, nora, chromium)
    async with page.expect_request_finished(lambda each: each.method == "POST"):
        await page.get_by_role("button", name="Sign out").click()
    await page.goto("/sign-in?next=/account")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url("**/account")
    await page.get_by_text("Nora Berisha").wait_for()
    await page.get_by_role("button", name="Remove").click()
    # Said far down a page that begins as it was, it would not be seen.
    await expect(page.get_by_text("your only way in")).to_be_in_viewport()
    await page.context.close()


async def test_under_another_address_no_passkey_is_offered_and_the_page_says_where(
    office: Office, nora: NewStaff, chromium: Browser
) -> None:
    ours = office.settings.public_url
    context = await chromium.new_context(base_url=ours.replace("localhost", "127.0.0.1"))
    page = await context.new_page()
    for path in ("/sign-in", f"/set-up/{nora.setup_token}"):
        await page.goto(path)
        await expect(page.get_by_text("Passkeys work only")).to_be_visible()
        await expect(page.get_by_role("button", name="passkey")).to_be_hidden()
        await page.get_by_role("link", name=ours).click()
        await page.wait_for_url(f"{ours}{path}")
        await expect(page.get_by_role("button", name="passkey")).to_be_visible()
        await expect(page.get_by_text("Passkeys work only")).to_be_hidden()
    await context.close()


async def test_a_device_that_has_a_passkey_already_says_so_and_which_one_it_is(
    office: Office, nora: NewStaff, chromium: Browser
) -> None:
    page = await at_the_account(office, nora, chromium)
    await expect(page.locator("li", has_text="Made")).to_contain_text("Chrome · Linux")
    await page.get_by_role("button", name="Make a passkey on this device").click()
    await page.get_by_text("This passkey is known already.").wait_for()
    await page.context.close()


async def test_whoever_was_signed_out_elsewhere_is_led_to_the_door_and_back_to_their_passkeys(
    office: Office, nora: NewStaff, chromium: Browser
) -> None:
    page = await at_the_account(office, nora, chromium)
    async with office.database.begin(SERVICE) as session:
        await sign_out_everywhere(session, nora.id)
    await page.get_by_role("button", name="Make a passkey on this device").click()
    await page.wait_for_url("**/sign-in?next=/account")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url(f"{office.settings.public_url}/account")
    await page.context.close()


async def test_p10_a_browser_that_was_left_open_makes_and_takes_no_way_in(
    office: Office, nora: NewStaff, chromium: Browser
) -> None:
    page = await at_the_account(office, nora, chromium)
    await page.goto("/account")
    async with office.database.begin(SERVICE) as session:
        long_ago = session.database_now - timedelta(minutes=16)
        await session.execute(update(StaffSession).values(created_at=long_ago))
    for button in ("Make a passkey on this device", "Remove"):
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("alert")).to_contain_text("sign in again first")
    await expect(page.get_by_role("button", name="Remove")).to_be_hidden()
    await page.get_by_role("button", name="Sign in again").click()
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url("**/account")
    await page.get_by_role("button", name="Make a passkey on this device").click()
    await page.get_by_text("This passkey is known already.").wait_for()
    await page.context.close()


async def test_p10_no_first_password_is_added_in_a_browser_that_was_left_open(
    office: Office,
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with office.browser_of(me) as browser:
        await browser.get("/account")
        async with office.database.begin(SERVICE) as session:
            long_ago = session.database_now - timedelta(minutes=16)
            await session.execute(update(StaffSession).values(created_at=long_ago))
        assert "Add password" not in (await browser.get("/account")).text
        tried = await browser.post("/account/password/new", new=PASSWORD, one_time_code="000000")
        assert tried.status_code == 409
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Staff, me.actor.staff_id)).password_hash is None


@pytest.mark.parametrize("shared", ["", "yes"])
async def test_p10_no_alerts_are_led_elsewhere_from_a_browser_that_was_left_open(
    office: Office, shared: str
) -> None:
    async with office.browser(Role.SUPERVISOR) as browser:
        assert "Add and try it" in (await browser.get("/channels")).text
        async with office.database.begin(SERVICE) as session:
            long_ago = session.database_now - timedelta(minutes=16)
            await session.execute(update(StaffSession).values(created_at=long_ago))
        page = (await browser.get("/channels")).text
        assert ("Add and try it" in page, "Sign in again" in page) == (False, True)
        address = "jsons://thief.example.org"
        tried = await browser.post("/channels", address=address, shared=shared)
        assert (tried.status_code, "sign in again first" in tried.text) == (409, True)
    async with office.database.begin(SERVICE) as session:
        assert await session.scalar(select(AlertChannel.id)) is None


async def test_p2_no_alerts_are_kept_from_somebody_by_whoever_finds_their_browser_open(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.get("/channels")
        await browser.post("/channels", address="ntfys://example.org/hers")
        page = (await browser.get("/channels")).text
        found = re.search(r"/channels/[0-9a-f-]+/remove", page)
        assert found
        async with office.database.begin(SERVICE) as session:
            long_ago = session.database_now - timedelta(minutes=16)
            await session.execute(update(StaffSession).values(created_at=long_ago))
        page = (await browser.get("/channels")).text
        assert (found[0] in page, "Sign in again" in page) == (False, True)
        tried = await browser.post(found[0])
        assert (tried.status_code, "sign in again first" in tried.text) == (409, True)
    async with office.database.begin(SERVICE) as session:
        assert await session.scalar(select(AlertChannel.scheme)) == "ntfys"


async def test_race_of_a_new_way_in_and_whoever_holds_the_lost_browser(office: Office) -> None:
    """A password that they choose at that moment opens nothing afterwards."""
    lost, head = await office.colleague(Role.CASEWORKER), await office.colleague(Role.ADMIN)
    async with office.browser_of(lost) as browser:
        page = (await browser.get("/account")).text
        found = re.search(r"type:</span> <code dir=\"ltr\">([A-Z2-7 ]+)</code>", page)
        assert found
        chosen = {
            "form_token": browser.form_token(),
            "new": PASSWORD,
            "one_time_code": code_of(found[1].replace(" ", ""), 0),
        }
        async with asyncio.TaskGroup() as group, office.database.begin(SERVICE) as session:
            await renew_set_up(session, head.actor, lost.actor.staff_id)
            await session.flush()
            adding = group.create_task(browser.client.post("/account/password/new", data=chosen))
            await stands_still(office.database, adding)
        assert adding.result().status_code == 403
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Staff, lost.actor.staff_id)).password_hash is None


async def test_race_of_a_new_way_in_and_a_channel_that_whoever_holds_the_lost_browser_adds(
    office: Office,
) -> None:
    lost, head = await office.colleague(Role.CASEWORKER), await office.colleague(Role.ADMIN)
    async with office.browser_of(lost) as browser:
        async with asyncio.TaskGroup() as group, office.database.begin(SERVICE) as session:
            await renew_set_up(session, head.actor, lost.actor.staff_id)
            await session.flush()
            address = "jsons://thief.example.org"
            adding = group.create_task(browser.post("/channels", address=address))
            await stands_still(office.database, adding)
        assert adding.result().status_code == 403
    async with office.database.begin(SERVICE) as session:
        assert await session.scalar(select(AlertChannel.id)) is None
