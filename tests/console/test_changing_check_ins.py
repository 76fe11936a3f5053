"""Changing a check-in: whatever nobody touches in the form stays as it is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select, update

from domain.campaigns import Outline, draft
from domain.pathways.bringing import bring
from domain.pathways.shelf import ours
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from storage.kinds import CampaignState, Role
from storage.sessions import SERVICE
from storage.tables.campaigns import Campaign
from storage.tables.questionnaires import QuestionnaireUse
from tests.console.campaigning import invited
from tests.console.looks import window
from tests.console.office import Colleague, Office
from tests.domain.checking_in import Office as AtWork
from tests.domain.checking_in import shelve

CARE = ours()[0]
GONE = CARE.stages[-1]


async def drafted(office: Office, me: Colleague, **chosen: Any) -> Campaign:
    """As a file may say it."""
    async with office.database.begin(SERVICE) as session:
        tomorrow = (session.now + timedelta(days=1)).replace(tzinfo=None, second=0, microsecond=0)
        facts = {"name": "First month", "questionnaire": "safety-and-needs"}
        outline = Outline(**{**facts, "local_time": tomorrow, **chosen})
        return await draft(session, me.actor, outline)


async def saved_untouched(office: Office, me: Colleague, chromium: Chromium, it: Campaign) -> str:
    """What the form read before it was sent as it stood."""
    async with window(chromium, office, me, "light", 1280) as page:
        await page.goto(f"/campaigns/{it.id}/change")
        read = await page.locator("form.card").inner_text()
        await page.locator("form.card button.first").click()
        await page.wait_for_url(f"**/campaigns/{it.id}")
    return read


async def stands(office: Office, it: Campaign) -> tuple[Any, ...]:
    async with office.database.begin(SERVICE) as session:
        row = (await session.scalars(select(Campaign).where(Campaign.id == it.id))).one()
        return row.questionnaire, row.group, row.max_lateness_hours, row.local_time, row.schedule


@pytest.mark.parametrize("there", [0, 1])
@pytest.mark.parametrize("hours", [36, 168])
async def test_what_is_chosen_stays_though_nobody_there_has_it(
    office: Office, chromium: Chromium, there: int, hours: int
) -> None:
    """Not even where the form would have nothing to choose from."""
    for _ in range(there):
        await office.person("sq")
    me = await office.colleague(Role.COORDINATOR)
    chosen = {"countries": ["MA"], "languages": ["ary"], "regions": ["MA/Rabat"]}
    it = await drafted(office, me, max_lateness_hours=hours, **chosen)
    before = await stands(office, it)
    await saved_untouched(office, me, chromium, it)

    assert await stands(office, it) == before


async def test_the_only_country_that_is_there_stays_chosen(
    office: Office, chromium: Chromium
) -> None:
    await office.person("sq")
    me = await office.colleague(Role.COORDINATOR)
    it = await drafted(office, me, countries=["AL"], languages=["sq"])
    before = await stands(office, it)
    await saved_untouched(office, me, chromium, it)

    assert await stands(office, it) == before


async def test_a_stage_that_its_pathway_has_no_more_stays_chosen_by_its_name(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    it = await drafted(office, me, stages=[f"{CARE.key}/{GONE.key}"])
    async with office.database.begin(office.organisation.id) as session:
        await bring(session, me.actor, replace(CARE, stages=CARE.stages[:-1]))
    before = await stands(office, it)
    read = await saved_untouched(office, me, chromium, it)

    assert GONE.name.text in read
    assert await stands(office, it) == before


async def test_the_page_of_a_check_in_names_a_stage_that_its_pathway_has_no_more(
    office: Office,
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    it = await drafted(office, me, stages=[f"{CARE.key}/{GONE.key}"])
    async with office.database.begin(office.organisation.id) as session:
        await bring(session, me.actor, replace(CARE, stages=CARE.stages[:-1]))

    async with office.browser_of(me) as browser:
        page = (await browser.get(f"/campaigns/{it.id}")).text
    assert GONE.name.text in page


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.RUNNING])
async def test_a_form_that_was_switched_off_since_is_still_what_it_asks(
    office: Office, chromium: Chromium, state: CampaignState
) -> None:
    form = replace(SAFETY_AND_NEEDS, key="first-days")
    me = await office.colleague(Role.COORDINATOR)
    await shelve(office.database, AtWork(office.organisation, me.actor), form)
    it = await drafted(office, me, questionnaire=form.key)
    async with office.database.begin(SERVICE) as session:
        here = office.organisation.id
        session.add(
            QuestionnaireUse(
                organisation_id=here, key=form.key, is_on=False, changed_at=session.now
            )
        )
        await session.execute(update(Campaign).values(state=state))
    before = await stands(office, it)
    await saved_untouched(office, me, chromium, it)

    assert await stands(office, it) == before


async def test_a_page_that_was_open_while_a_colleague_changed_it_starts_nothing(
    office: Office, chromium: Chromium
) -> None:
    await invited(office)
    me = await office.colleague(Role.COORDINATOR)
    it = await drafted(office, me)
    async with window(chromium, office, me, "light", 1280) as page:
        await page.goto(f"/campaigns/{it.id}")
        await saved_untouched(office, await office.colleague(Role.COORDINATOR), chromium, it)
        await page.get_by_role("button", name="Start for 1 person").click()
        await expect(page.get_by_text("Somebody changed this meanwhile.")).to_be_visible()
        # Now they have looked at it.
        await page.get_by_role("button", name="Start for 1 person").click()
        await expect(page.get_by_text("It runs: everybody is asked")).to_be_visible()
