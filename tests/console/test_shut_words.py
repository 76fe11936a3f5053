"""What no key opens any more, as after a restore: pages say so, and all else is there (P1)."""

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.profiles.wishing import wish_for
from domain.returnees.wishes import wishes_of
from domain.safety.silence_plan import name_other
from domain.safety.window import Window, choose_window
from storage.kinds import Gender, OutboxState, Role
from storage.seals.columns import BY_EPOCH, BY_PERSON
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Safety, WrappedKey
from tests.console.office import Office
from tests.console.pages import addresses, whoever_may
from tests.console.referring import NEED, at_work, refers, says_yes
from tests.postgres import DatabaseUrls

_NOISE = b"no key opens it"
_A_WEEK = timedelta(days=7)
_HOURS, _WISHES = "Safe hours: can&#39;t be read any more", "What they avoid can't be read any more"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(update(Safety).values(wishes=_NOISE), [_WISHES], id="wishes"),
        pytest.param(update(Safety).values(window=_NOISE), [_HOURS], id="hours"),
        pytest.param(update(WrappedKey).values(wrapped=_NOISE), [_WISHES, _HOURS], id="key"),
    ],
)
async def test_p1_a_case_opens_though_no_key_opens_what_stands_around_it(
    office: Office, broken: Any, said: list[str]
) -> None:
    person = await office.person()
    case = await office.case(person, "Hello?")
    async with office.database.begin(SERVICE) as session:
        await wish_for(session, person.id, Gender.WOMAN)
        await choose_window(session, person.id, Window())
        await session.execute(broken)
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        page = await browser.get(f"/cases/{case.id}", service="food")

        assert page.status_code == 200
        assert [words for words in (_WISHES, _HOURS) if words in page.text] == said
        assert (await browser.get(f"/people/{person.id}")).status_code == 200


async def test_p1_whoever_has_hours_that_no_key_opens_is_written_to_and_it_waits(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, "Hello?")
    async with office.database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(wishes=_NOISE, window=_NOISE))
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        assert (await browser.post(f"/cases/{case.id}/write", words="I am here")).status_code == 303
        page = await browser.get(f"/cases/{case.id}")
    assert "I am here" in page.text
    async with office.database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.case_id == case.id))
        assert {row.state for row in rows} == {OutboxState.HELD}


async def test_what_they_avoid_is_written_down_anew_where_no_key_opens_it(office: Office) -> None:
    person = await office.person()
    await office.case(person, "Hello?")
    async with office.database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(wishes=_NOISE))
    async with office.browser(Role.CASEWORKER) as browser:
        kept = await browser.post(f"/people/{person.id}/wishes", helper=Gender.WOMAN, place="")
        assert kept.status_code == 303
    async with office.database.begin(SERVICE) as session:
        assert (await wishes_of(session, person.id)).helper is Gender.WOMAN


async def test_a_referral_opens_though_no_key_opens_what_travelled(
    office: Office, elsewhere: Office
) -> None:
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with office.browser_of(vera) as ours, elsewhere.browser_of(samir) as theirs:
        page = await refers(ours, case, elsewhere, joint="7")
        await says_yes(office, case)
        for browser in (ours, theirs):
            assert NEED in (await browser.get(page)).text
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(WrappedKey).values(wrapped=_NOISE))
            await session.execute(update(Safety).values(wishes=_NOISE, window=_NOISE))
        for browser in (ours, theirs):
            shown = await browser.get(page)
            assert (shown.status_code, ">?</blockquote>" in shown.text) == (200, True)
        # Nor are they referred to anybody whom they may avoid.
        assert "What they avoid can" in (await ours.get(f"/cases/{case.id}/refer")).text


async def test_p1_no_page_falls_over_what_no_key_opens(office: Office, urls: DatabaseUrls) -> None:
    """Whatever it is, of whomever, all of it at once."""
    staff = {role: await office.colleague(role) for role in Role}
    pages = await addresses(office, staff[Role.CASEWORKER])
    async with office.database.begin(SERVICE) as session:
        person = (await session.scalars(select(Case.returnee_id))).first()
        assert person is not None
        await name_other(
            session, staff[Role.CASEWORKER].actor, person, "Ana", "+355 4", session.now + _A_WEEK
        )
        await wish_for(session, person, Gender.WOMAN)
        await choose_window(session, person, Window())
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.begin() as connection:
        for column in (*BY_EPOCH, *BY_PERSON, WrappedKey.wrapped):
            there = update(column.class_).where(column.is_not(None))
            await connection.execute(there.values({column: _NOISE}))
    await engine.dispose()
    fell = []
    async with AsyncExitStack() as stack:
        browsers = {
            role: await stack.enter_async_context(office.browser_of(me))
            for role, me in staff.items()
        }
        for page, path in pages:
            answer = await browsers[whoever_may(page) or Role.ADMIN].get(path)
            if answer.status_code >= 500:
                fell.append(path)
    assert fell == []
