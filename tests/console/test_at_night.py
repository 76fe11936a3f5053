"""03:10, a phone, one hand: from the alert to the first words."""

from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select, update

from console.cookies import SESSION
from domain.replies.phrases import PHRASES, Phrase
from storage.kinds import CaseState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.console.office import Office


async def test_p2_an_emergency_is_answered_with_three_taps_on_a_phone(
    office: Office, chromium: Chromium
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    urgent = await office.case(await office.person(), "No bed tonight")
    async with office.browser_of(vera) as browser:
        await browser.post(f"/cases/{urgent.id}/claim")
    person = await office.person("uk")
    async with office.database.begin(SERVICE) as session:
        values = {"country": "AL", "last_wrote_at": session.now}
        await session.execute(update(Returnee).where(Returnee.id == person.id).values(**values))
    case = await office.case(person, "Він біля дверей", Severity.EMERGENCY, "danger.emergency.x")
    context = await chromium.new_context(
        base_url=office.settings.public_url, viewport={"width": 375, "height": 667}, has_touch=True
    )
    await context.add_cookies(
        [{"name": SESSION, "value": vera.cookie, "url": office.settings.public_url}]
    )
    page = await context.new_page()
    await page.goto("/queue")
    await page.locator(f'[data-case="{case.id}"]').get_by_role("button").tap()
    await expect(page.get_by_role("status").first).to_contain_text(urgent.code)
    first = page.get_by_role("button", name=PHRASES[Phrase.A_PERSON])
    await expect(page.get_by_role("heading", name="How to contact")).to_be_in_viewport()
    await page.get_by_role("link", name="First words").tap()
    await expect(first).to_be_in_viewport()
    await expect(page.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    await first.tap()
    await expect(page.get_by_role("button", name="Take back")).to_be_visible()
    await expect(page.locator("#first-words")).to_have_count(0)
    await context.close()
    async with office.database.begin(SERVICE) as session:
        answered = await session.get_one(Case, case.id)
        assert (answered.state, answered.first_action_at is None) == (CaseState.WAITING, False)
        assert (await session.get_one(Case, urgent.id)).state is CaseState.OPEN
        ours = Message.outbox_id == OutboxRow.id
        rows = await session.scalars(select(OutboxRow.case_id).join(Message, ours))
        assert list(rows) == [case.id]


async def test_who_can_act_there_is_on_the_card_of_an_emergency_and_no_other(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, "Help", Severity.EMERGENCY, "danger.emergency.x")
    other = await office.case(await office.person(), "Help")
    async with office.browser(Role.CASEWORKER) as browser:
        asks = "Nobody knows which country they are in now"
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(Returnee).values(country=None))
        assert asks in (await browser.get(f"/cases/{case.id}")).text
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(Returnee).values(country="AL"))
        page = (await browser.get(f"/cases/{case.id}")).text
        assert page.index("tel:112") < page.index("people who help children")
        assert "not tested lately" in page
        assert "only from inside the country" in page
        assert "tel:" not in (await browser.get(f"/cases/{other.id}")).text
