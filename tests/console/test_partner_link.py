"""The way of a partner with only a mailbox: a real mail, a code on the telephone, a browser."""

import re
from email import message_from_string
from email.policy import default
from typing import Any

import httpx
import pytest
from lxml import html
from playwright.async_api import Browser
from sqlalchemy import select

from bot.channels.postman import MailService, Postman
from console.pages import PAGES
from domain.casework.work import claim
from domain.identity.trust import Proof, confirm
from domain.referrals.mailing import MOST_MAILS, make_code
from domain.referrals.making import Plan, refer
from domain.referrals.partners import Card, add_mail_partner, partners_for
from locales.catalogues import Catalogues
from storage.kinds import ReferralState, Role
from storage.sessions import SERVICE, Clock
from storage.tables.partners import MailLink
from storage.tables.referrals import Referral
from tests.console.looks import DESK, PHONE, barriers, window
from tests.console.office import PATIENCE, Colleague, Office
from tests.console.referring import NEED, picture, says_yes
from tests.smtp import MailServer, mail_server

NUMBER = "+355 69 111"


async def referred(office: Office) -> tuple[Colleague, Referral]:
    """To a shelter with a mailbox; the person has said yes."""
    vera = await office.colleague(Role.CASEWORKER)
    coordinator = await office.colleague(Role.COORDINATOR)
    person = await office.person()
    case = await office.case(person, "He is at the door")
    card = Card("intake@shelter.example.org", "Ana Marku", "+355 4 000 000")
    async with office.database.begin(SERVICE) as session:
        await add_mail_partner(session, coordinator.actor, "Shelter", "en", card, no_authority=True)
        await confirm(session, vera.actor, person.id, Proof.MET)
        await claim(session, vera.actor, case.id)
    async with office.database.begin(SERVICE) as session:
        [choice] = await partners_for(session, vera.actor, person.id)
        plan = Plan(choice.id, NEED, reach_at=NUMBER)
        referral = await refer(session, vera.actor, case.id, plan)
    await says_yes(office, case)
    return vera, referral


def postman(office: Office, server: MailServer) -> Postman:
    service = MailService.at(f"smtp://127.0.0.1:{server.port}?from=desk@example.org")
    return Postman(office.database, Catalogues.load(), service, office.settings.public_url)


async def link_in_the_mail(office: Office) -> str:
    """Sent by a real mail service, and read from what arrived there."""
    async with mail_server() as server:
        assert await postman(office, server).send_one()
        assert not await postman(office, server).send_one()
    [mail] = server.taken
    message = message_from_string(mail, policy=default)
    assert message["To"] == "intake@shelter.example.org"
    body = message.get_body(("plain",))
    assert body is not None
    words = f"{message['Subject']} {body.get_content()}"
    for told in (NEED, NUMBER, "Tirana", "Wayhome", "Ana"):
        assert told not in words
    found = re.search(r"/partner/\w+", words)
    assert found
    return found[0]


async def everything(office: Office) -> list[tuple[object, ...]]:
    async with office.database.begin(SERVICE) as session:
        rows = []
        for table in (Referral.__table__, MailLink.__table__):
            rows += [tuple(row) for row in await session.execute(select(table))]
        return rows


async def test_the_way_of_a_partner_from_the_mail_to_the_outcome(
    office: Office, chromium: Browser
) -> None:
    vera, referral = await referred(office)
    link = await link_in_the_mail(office)
    async with (
        window(chromium, office, vera, "light", DESK) as ours,
        window(chromium, office, None, "light", PHONE) as theirs,
    ):
        await theirs.goto(link)
        assert NEED not in await theirs.content()
        assert await barriers(theirs) == []
        await picture(theirs, "link")
        await ours.goto(f"/referrals/{referral.id}")
        await ours.get_by_role("button", name="Make a code to tell them").click()
        code = await ours.locator(".words strong").inner_text()
        await picture(ours, "code")
        assert await barriers(ours) == []

        await theirs.get_by_label("The code").fill(code)
        await theirs.get_by_role("button", name="Open").click()
        assert NEED in await theirs.inner_text("main")
        text = await theirs.inner_text("main")
        assert text.index("How to contact this person safely") < text.index(NUMBER)
        assert await barriers(theirs) == []
        await picture(theirs, "opened")
        await theirs.get_by_label("Who accepts it").fill("Ana Marku")
        await theirs.get_by_role("button", name="Accept").click()
        later = await theirs.locator(".words strong").inner_text()

        await theirs.goto(link)
        await theirs.get_by_label("The code").fill(later)
        await theirs.get_by_role("button", name="Open").click()
        assert NEED not in await theirs.inner_text("main")
        await theirs.get_by_role("button", name="Not yet").click()
        await theirs.get_by_text("It is noted").wait_for()

        await ours.goto(f"/referrals/{referral.id}")
        seen = await ours.inner_text("main")
        assert "Ana Marku" in seen
        assert "Not yet" in seen
        await picture(ours, "by-mail")


async def test_p10_a_scanner_that_opens_the_link_a_hundred_times_changes_nothing(
    office: Office,
) -> None:
    await referred(office)
    link = await link_in_the_mail(office)
    before = await everything(office)
    async with httpx.AsyncClient(base_url=office.settings.public_url, timeout=PATIENCE) as scanner:
        pages = {(await scanner.get(link)).text for _ in range(100)}
        assert len(pages) == 1
        assert (await scanner.head(link)).status_code == 200
        other = await scanner.get("/partner/nosuchlink")
        assert pages == {other.text.replace("nosuchlink", link.rpartition("/")[2])}
        for page in PAGES:
            if page.path.startswith("/partner/{token}/"):
                step = page.path.rpartition("/")[2]
                assert (await scanner.get(f"{link}/{step}")).headers["location"] == link
                # A form that comes from no page of ours.
                assert (await scanner.post(f"{link}/{step}")).status_code == 403
    assert await everything(office) == before


async def test_a_mail_that_is_refused_is_tried_again_and_then_seen_by_whoever_has_the_case(
    office: Office, clock: Clock
) -> None:
    vera, referral = await referred(office)
    async with mail_server(refuses=True) as server:
        for _ in range(MOST_MAILS):
            assert await postman(office, server).send_one()
            assert not await postman(office, server).send_one()
            clock.move_to(clock.offset.total_seconds() + 301)
        assert not await postman(office, server).send_one()
    async with office.browser_of(vera) as browser:
        assert "could not be sent" in (await browser.get(f"/referrals/{referral.id}")).text


async def test_no_mail_goes_about_what_was_taken_back_meanwhile(office: Office) -> None:
    _, referral = await referred(office)
    async with office.database.begin(SERVICE) as session:
        (await session.get_one(Referral, referral.id)).state = ReferralState.REVOKED
    async with mail_server() as server:
        assert not await postman(office, server).send_one()
    assert server.taken == []


@pytest.mark.parametrize("key", ["", "x" * 16])
async def test_p10_nothing_is_answered_without_the_key_of_an_opened_page(
    office: Office, key: str
) -> None:
    await referred(office)
    link = await link_in_the_mail(office)
    before = await everything(office)
    headers = {"Origin": office.settings.origin}
    fields = {"key": key, "name": "Eve", "reason": "No", "received": "yes", "code": "12345678"}
    async with httpx.AsyncClient(
        base_url=office.settings.public_url, timeout=PATIENCE, headers=headers
    ) as stranger:
        for step in ("/accept", "/reject", "/outcome", ""):
            answer = await stranger.post(f"{link}{step}", data=fields)
            assert answer.status_code == 422
            assert NEED not in answer.text
    assert await everything(office) == before


async def posts(office: Office, path: str, **fields: str) -> httpx.Response:
    headers = {"Origin": office.settings.origin}
    async with httpx.AsyncClient(
        base_url=office.settings.public_url, timeout=PATIENCE, headers=headers
    ) as partner:
        return await partner.post(path, data=fields)


async def code_for(office: Office, vera: Colleague, referral: Referral) -> str:
    async with office.database.begin(SERVICE) as session:
        return await make_code(session, vera.actor, referral.id)


def typed_into(page: str, form: str) -> dict[str, str]:
    """Whatever stands in the fields of that form."""
    forms: Any = html.fromstring(page).xpath(f"//form[@action='{form}']")
    return dict(forms[0].fields)


@pytest.mark.parametrize(("form", "field"), [("accept", "name"), ("reject", "reason")])
async def test_what_a_partner_leaves_empty_is_asked_for_on_the_same_page(
    office: Office, form: str, field: str
) -> None:
    vera, referral = await referred(office)
    link = await link_in_the_mail(office)
    opened = await posts(office, link, code=await code_for(office, vera, referral))
    sent = typed_into(opened.text, f"{link}/{form}")
    once_more = await posts(office, f"{link}/{form}", **(sent | {field: " "}))
    assert once_more.status_code == 422
    assert NEED in once_more.text
    sent = typed_into(once_more.text, f"{link}/{form}")
    done = await posts(office, f"{link}/{form}", **(sent | {field: "Ana Marku"}))
    assert done.status_code == 200


async def test_what_a_partner_typed_too_long_is_still_in_its_field(office: Office) -> None:
    vera, referral = await referred(office)
    link = await link_in_the_mail(office)
    opened = await posts(office, link, code=await code_for(office, vera, referral))
    sent = typed_into(opened.text, f"{link}/reject") | {"reason": "We are full. " * 50}
    once_more = await posts(office, f"{link}/reject", **sent)
    assert typed_into(once_more.text, f"{link}/reject")["reason"] == sent["reason"].strip()


@pytest.mark.parametrize(("form", "field"), [("accept", "name"), ("reject", "reason")])
async def test_what_a_partner_typed_on_a_page_that_was_open_too_long_waits_for_the_new_code(
    office: Office, clock: Clock, form: str, field: str
) -> None:
    vera, referral = await referred(office)
    link = await link_in_the_mail(office)
    opened = await posts(office, link, code=await code_for(office, vera, referral))
    sent = typed_into(opened.text, f"{link}/{form}") | {field: 'Ana "Ani" Marku'}
    clock.move_to(clock.offset.total_seconds() + 31 * 60)
    late = await posts(office, f"{link}/{form}", **sent)
    assert late.status_code == 422
    assert NEED not in late.text
    for code in ("1", await code_for(office, vera, referral)):
        late = await posts(office, link, **(typed_into(late.text, link) | {"code": code}))
    assert NEED in late.text
    assert typed_into(late.text, f"{link}/{form}")[field] == sent[field]


async def test_whoever_does_not_choose_whether_the_help_came_may_still_choose(
    office: Office,
) -> None:
    vera, referral = await referred(office)
    link = await link_in_the_mail(office)
    opened = await posts(office, link, code=await code_for(office, vera, referral))
    sent = typed_into(opened.text, f"{link}/accept") | {"name": "Ana Marku"}
    await posts(office, f"{link}/accept", **sent)
    opened = await posts(office, link, code=await code_for(office, vera, referral))
    key = typed_into(opened.text, f"{link}/outcome")
    once_more = await posts(office, f"{link}/outcome", **key)
    assert once_more.status_code == 422
    key = typed_into(once_more.text, f"{link}/outcome")
    assert (await posts(office, f"{link}/outcome", **key, received="yes")).status_code == 200


async def test_p1_a_mail_that_nobody_can_send_is_not_said_to_be_on_its_way(
    office: Office,
) -> None:
    """This console's operator has set up no mail."""
    vera, referral = await referred(office)
    async with office.browser_of(vera) as browser:
        page = (await browser.get(f"/referrals/{referral.id}")).text
    assert "It could not be sent: call them, and tell your operator" in page
    assert "On its way" not in page
