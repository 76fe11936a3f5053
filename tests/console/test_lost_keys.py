"""Whoever's own key is lost is looked after all the same: what opens no more is said, and the rest
is there.
"""

from datetime import time
from uuid import uuid4

import pytest
from sqlalchemy import update

from domain.errors import Refused
from domain.returnees.wishes import Place, ensure_may_be_told, wishes_of
from domain.safety.window import Window, choose_window
from storage.kinds import Gender, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee, Safety, WrappedKey
from tests.console.office import Office


async def lost(office: Office) -> Case:
    """A case of somebody who had chosen hours and wishes."""
    person = await office.person()
    case = await office.case(person, "He found me")
    async with office.database.begin(SERVICE) as session:
        await choose_window(session, person.id, Window(opens=time(8)))
        await session.execute(update(Safety).values(wishes=b"sealed once"))
        await session.execute(update(WrappedKey).values(wrapped=b"nothing that opens"))
        await session.execute(update(Returnee).values(chat=b"nothing that opens"))
    return case


async def test_p1_a_case_whose_words_no_key_opens_is_read_and_says_what_is_not_known(
    office: Office,
) -> None:
    case = await lost(office)
    async with office.browser(Role.CASEWORKER) as browser:
        page = await browser.get(f"/cases/{case.id}")

    assert page.status_code == 200
    assert "can&#39;t be read any more" in page.text
    assert "What they avoid can't be read any more" in page.text


async def test_p6_staff_can_still_have_them_forgotten(office: Office) -> None:
    case = await lost(office)
    async with office.browser(Role.SAFEGUARDING) as browser:
        page = await browser.look(f"/people/{case.returnee_id}")

    assert page.status_code == 200
    assert "Nothing gets to them before they write" in page.text
    assert f'action="/people/{case.returnee_id}/forget"' in page.text


async def test_what_they_avoid_is_written_down_anew_and_no_partner_is_told_before(
    office: Office,
) -> None:
    case = await lost(office)
    async with office.database.begin(SERVICE) as session:
        _, wrapped = session.keys.new_data_key()
        await session.execute(update(WrappedKey).values(wrapped=wrapped))
    person = case.returnee_id
    async with office.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="ask them"):
            await ensure_may_be_told(session, person, uuid4())
    async with office.browser(Role.SUPERVISOR) as browser:
        await browser.look(f"/people/{person}")
        await browser.post(f"/people/{person}/wishes", helper="woman", place="AL/")
    async with office.database.begin(SERVICE) as session:
        wishes = await wishes_of(session, person)
        await ensure_may_be_told(session, person, uuid4())

    assert (wishes.helper, wishes.places) == (Gender.WOMAN, frozenset({Place("AL")}))
