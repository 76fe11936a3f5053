"""What people said did not work, as whoever keeps the directory sees it."""

import re
from datetime import date, timedelta

from sqlalchemy import select

from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.directory.reports import report
from domain.directory.withholding import withhold
from domain.returnees.enrolments import enrol
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.directory import DirectoryService
from storage.tables.returnees import Returnee
from tests.console.everything import did_not_work
from tests.console.office import Office
from tests.domain.directory.samples import clinic, json_file

_LAST_ON = re.compile(r'name="last_on" value="([^"]*)"')


async def test_a_coordinator_sees_what_did_not_work_calls_there_and_is_done_with_it(
    office: Office,
) -> None:
    async with office.database.begin(SERVICE) as session:
        reading = read_directory([json_file([clinic(name="Clinic <b>North</b>")])])
        await import_directory(session, reading, "test", session.now)
        service = (await session.scalars(select(DirectoryService.id))).one()
        await report(session, service, office.organisation.id)
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.get("/services")).text
        assert "Clinic &lt;b&gt;North&lt;/b&gt;" in page
        assert "Port Friends" in page
        assert "+355 4 555 0101" in page
        assert "1 day ·" in page
        assert re.search(r'href="/services".*?figures">1<', page, re.DOTALL)
        [last_on] = _LAST_ON.findall(page)
        done = await browser.post(f"/services/{service}/looked-at", last_on=last_on)
        assert (done.status_code, done.headers["location"]) == (303, "/services")
        page = (await browser.get("/services")).text
        assert "Nobody has said so of any service." in page
        assert "Clinic" not in page
        assert not re.search(r'href="/services"[^/]*figures">', page)


async def test_whoever_presses_on_a_page_of_earlier_is_told_of_what_was_said_since(
    office: Office,
) -> None:
    async with office.database.begin(SERVICE) as session:
        service = await did_not_work(session, office)
    async with office.browser(Role.COORDINATOR) as browser:
        [last_on] = _LAST_ON.findall((await browser.get("/services")).text)
        earlier = date.fromisoformat(last_on) - timedelta(days=1)
        for pressed_on, sentence in (
            (f"{earlier}", "Somebody said so again after you opened this page."),
            ("", "Look once more, and send it again."),
        ):
            answer = await browser.client.post(
                f"/services/{service}/looked-at",
                data={"form_token": browser.form_token(), "last_on": pressed_on},
                headers={"Referer": f"{office.settings.public_url}/services"},
            )
            assert answer.status_code == 409
            assert sentence in answer.text
            assert _LAST_ON.findall(answer.text) == [last_on]


async def test_a_coordinator_finds_a_service_takes_it_off_the_phones_and_shows_it_again(
    office: Office,
) -> None:
    async with office.database.begin(SERVICE) as session:
        service = await did_not_work(session, office)
    async with office.browser(Role.COORDINATOR) as browser:
        page = f"/services/{service}"
        assert f'href="{page}"' in (await browser.get("/services", service="old port")).text
        assert "Nothing found" in (await browser.get("/services", service="xyzzy")).text
        assert (await browser.post(f"{page}/withhold", reason="")).status_code == 409
        done = await browser.post(f"{page}/withhold", reason="They take the <b>passports</b>.")
        assert (done.status_code, done.headers["location"]) == (303, page)
        for path in (page, "/services"):
            shown = (await browser.get(path)).text
            assert "Not shown" in shown
            assert "They take the &lt;b&gt;passports&lt;/b&gt;." in shown
        assert "Nobody has said so of any service." in shown
        assert "Not shown" in (await browser.get("/services", service="old port")).text
        late = await browser.client.post(
            f"{page}/withhold",
            data={"form_token": browser.form_token(), "reason": "They are <closed> on Sundays."},
            headers={"Referer": f"{office.settings.public_url}{page}"},
        )
        assert (late.status_code, "changed this meanwhile" in late.text) == (409, True)
        assert "They are &lt;closed&gt; on Sundays." in late.text
        await browser.post(f"{page}/show-again")
        assert "Not shown" not in (await browser.get(page)).text


async def test_a_caseworker_finds_what_is_not_shown_reads_why_and_does_not_send_it(
    office: Office,
) -> None:
    coordinator = await office.colleague(Role.COORDINATOR)
    case = await office.case(await office.person(), "I need a doctor")
    async with office.database.begin(SERVICE) as session:
        service = await did_not_work(session, office)
        await withhold(session, coordinator.actor, service, "They take the passports.")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        page = (await browser.get(path, service="clinic")).text
        assert "Clinic of the Old Port" in page
        assert "They take the passports." in page
        assert f"{path}/card" not in page
        refused = await browser.post(f"{path}/card", service=str(service))
        assert refused.status_code == 409
        assert "It is shown no more." in refused.text


async def test_p10_nobody_sends_what_another_that_accompanies_them_withholds_nor_reads_who_does(
    office: Office, elsewhere: Office
) -> None:
    coordinator, person = await elsewhere.colleague(Role.COORDINATOR), await office.person()
    case = await office.case(person, "I need a doctor")
    async with office.database.begin(SERVICE) as session:
        await enrol(session, await session.get_one(Returnee, person.id), elsewhere.organisation)
        service = await did_not_work(session, office)
        await withhold(session, coordinator.actor, service, "They take the passports.")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        found = await browser.get(path, service="clinic")
        refused = await browser.post(f"{path}/card", service=str(service))
    assert (refused.status_code, "It is shown no more." in refused.text) == (409, True)
    for page in (found.text, refused.text):
        assert "passports" not in page
        assert elsewhere.organisation.name not in page


async def test_a_coordinator_says_that_a_line_answers_or_does_not_and_of_no_emergency_number(
    office: Office,
) -> None:
    line = {"country": "AL", "number": "116 111"}
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.get("/services/lines")).text
        assert page.index("Albania") < page.index("Austria") < page.index("Morocco")
        assert '"number" value="116 111"' in page
        assert '"number" value="112"' not in page
        for answered, shown in (("no", "did not answer on"), ("yes", "answered on")):
            done = await browser.post("/services/lines", **line, answered=answered)
            assert (done.status_code, done.headers["location"]) == (303, "/services/lines")
            page = (await browser.get("/services/lines")).text
            assert shown in page
        assert "did not answer on" not in page
        for nonsense in ({"answered": ""}, {"answered": "no", "number": "112"}):
            refused = await browser.post("/services/lines", **{**line, **nonsense})
            assert refused.status_code == 409
