"""On a person's page: we no longer accompany them."""

from collections.abc import Awaitable, Callable

import pytest

from domain.notices import Notice
from domain.privacy.passing_on import Reason, pass_on
from domain.returnees.enrolments import enrol, pseudonym_of
from domain.safeguarding.complaints import new_complaint
from storage.kinds import AgeBand, ComplaintKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.console.office import Browser, Office
from tests.domain.checking_in import told

FORM = 'action="/people/{}/part"'


async def known_as(office: Office, browser: Browser, person: Returnee) -> str:
    async with office.database.begin(SERVICE) as session:
        return await pseudonym_of(session, browser.actor, person.id)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR, Role.SUPERVISOR])
async def test_p6_somebody_is_let_go_on_their_page_and_told_once_though_it_is_sent_twice(
    office: Office, role: Role
) -> None:
    person = await office.person()
    async with office.browser(role) as browser:
        page, pseudonym = f"/people/{person.id}", await known_as(office, browser, person)
        shown = (await browser.look(page)).text
        assert FORM.format(person.id) in shown
        assert f'name="pseudonym" value="{pseudonym}"' in shown
        for _ in range(2):
            done = await browser.post(f"{page}/part", pseudonym=pseudonym)
            assert (done.status_code, done.headers["location"]) == (303, "/people")
            assert pseudonym not in (await browser.get("/people")).text
        assert (await browser.get(page)).status_code == 404

    assert len(await told(office.database, Notice.PARTED)) == 1


async def test_p2_somebody_whose_case_is_open_stays_and_whoever_presses_reads_why(
    office: Office,
) -> None:
    person = await office.person()
    await office.case(person, "Hello?", Severity.CONCERN)
    async with office.browser(Role.CASEWORKER) as browser:
        pseudonym = await known_as(office, browser, person)
        refused = await browser.post(f"/people/{person.id}/part", pseudonym=pseudonym)
        assert refused.status_code == 409
        assert "A case or a referral of theirs is still open" in refused.text
        assert (await browser.get(f"/people/{person.id}")).status_code == 200


async def test_p10_nobody_lets_go_of_somebody_whom_another_organisation_accompanies(
    office: Office, elsewhere: Office
) -> None:
    person = await elsewhere.person()
    async with office.browser(Role.CASEWORKER) as browser:
        answer = await browser.post(f"/people/{person.id}/part", pseudonym="Bolana")
        assert answer.status_code == 404


async def complains(office: Office, _: Office, person: Returnee) -> None:
    async with office.database.begin(SERVICE) as session:
        about = ComplaintKind.ABOUT_STAFF
        await new_complaint(session, person.id, office.organisation.id, about)


async def cries_elsewhere(office: Office, elsewhere: Office, person: Returnee) -> None:
    async with office.database.begin(SERVICE) as session:
        there = await session.get_one(Organisation, elsewhere.organisation.id)
        await enrol(session, await session.get_one(Returnee, person.id), there)
    await elsewhere.case(person, "He found me")


@pytest.mark.parametrize("held_up_by", [complains, cries_elsewhere])
async def test_p10_what_holds_up_a_deletion_shows_to_nobody_who_passed_it_on(
    office: Office, elsewhere: Office, held_up_by: Callable[..., Awaitable[None]]
) -> None:
    """They are not there any more, as whoever is really deleted."""
    person = await office.person()
    await held_up_by(office, elsewhere, person)
    async with office.browser(Role.SUPERVISOR) as browser:
        pseudonym, actor = await known_as(office, browser, person), browser.actor
        async with office.database.begin(office.organisation.id, actor.staff_id) as session:
            await pass_on(session, actor, person.id, Reason.ASKED_IN_PERSON)
        answer = await browser.post(f"/people/{person.id}/part", pseudonym=pseudonym)

    assert answer.status_code == 404


async def test_a_child_is_let_go_only_by_those_who_decide_for_children(office: Office) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).age_band = AgeBand.YOUTH
    page = f"/people/{person.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        assert FORM.format(person.id) not in (await browser.look(page)).text
        pseudonym = await known_as(office, browser, person)
        answer = await browser.post(f"{page}/part", pseudonym=pseudonym)
        assert answer.status_code == 403
    async with office.browser(Role.SUPERVISOR) as browser:
        assert FORM.format(person.id) in (await browser.look(page)).text
