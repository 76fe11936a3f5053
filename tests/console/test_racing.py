"""Two caseworkers and a supervisor at their browsers, who press at the same moment."""

import asyncio
from contextlib import AsyncExitStack

from playwright.async_api import Browser, Page, expect
from sqlalchemy import func, select

from storage.kinds import CaseEventKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent
from tests.console.looks import window
from tests.console.office import Office


async def claims(page: Page, case: Case) -> None:
    await page.locator(f'[data-case="{case.id}"] button').click()
    await page.wait_for_load_state()


async def test_of_three_who_claim_the_same_case_at_once_one_has_it_and_the_others_are_told(
    office: Office, chromium: Browser
) -> None:
    cases = [
        await office.case(await office.person(), severity=severity)
        for severity in (Severity.EMERGENCY, Severity.URGENT)
    ]
    staff = [
        await office.colleague(role, name)
        for role, name in (
            (Role.CASEWORKER, "Vera Hoxha"),
            (Role.CASEWORKER, "Samir Alami"),
            (Role.SUPERVISOR, "Drita Leka"),
        )
    ]
    async with AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(window(chromium, office, me, "light", 1280))
            for me in staff
        ]
        for case in cases:
            for page in pages:
                await page.goto("/queue")
                await expect(page.locator(f'[data-case="{case.id}"] button')).to_be_visible()
            await asyncio.gather(*(claims(page, case) for page in pages))
            told = [await page.get_by_text("has this case already.").count() for page in pages]
            assert sorted(told) == [0, 1, 1]
            async with office.database.begin(SERVICE) as session:
                owner = (await session.get_one(Case, case.id)).claimed_by
                claimed = await session.scalar(
                    select(func.count()).where(
                        CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.CLAIMED
                    )
                )
            assert owner == staff[told.index(0)].actor.staff_id
            assert claimed == 1
