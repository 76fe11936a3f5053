import re
import threading
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from console.pages import pathways
from domain.campaigns import Outline, draft, start
from domain.campaigns.schedule import After
from domain.consent.turning_points import days_of
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.pathways.reading import read_pathway
from domain.pathways.values import Anchor, Pathway
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.pathways import OnPathway
from storage.tables.returnees import Invite
from tests.console.campaigning import invited
from tests.console.days import NEXT_YEAR
from tests.console.everything import a_task
from tests.console.office import Office
from tests.domain.checking_in import add_person, invite_in
from tests.domain.directory.samples import clinic, json_file


async def test_a_pathway_is_chosen_on_the_persons_page_and_nothing_changes_before_it_is_confirmed(
    office: Office,
) -> None:
    person = await office.person()
    page = f"/people/{person.id}/pathway"
    fields = {"pathway": "care-and-tact", "arrival": f"{NEXT_YEAR}-03-01", "departure": ""}
    async with office.browser(Role.CASEWORKER) as browser:
        assert "They are on no pathway." in (await browser.look(f"/people/{person.id}")).text
        shown = (await browser.get(page, **fields)).text
        assert shown.count(">New<") == 16
        assert "Assess the risks together" in shown
        async with office.database.begin(SERVICE) as session:
            assert (await session.scalars(select(OnPathway))).all() == []

        confirmed = await browser.post(page, **fields)

        assert confirmed.headers["location"] == f"/people/{person.id}"
        person_page = (await browser.get(f"/people/{person.id}")).text
        assert "After CARE and TACT" in person_page
        assert person_page.count("Still to come") == 16
        moved = (await browser.get(page, **(fields | {"arrival": f"{NEXT_YEAR}-04-01"}))).text
        assert moved.count(">Moved<") == 16
        off = (await browser.get(page, **(fields | {"pathway": ""}))).text
        assert "16 steps that were planned are dropped" in off
        assert (await browser.get(page, **(fields | {"arrival": "soon"}))).status_code == 409
        assert (await browser.post(page, **(fields | {"arrival": "0001-01-01"}))).status_code == 409
    async with office.database.begin(SERVICE) as session:
        asked = await session.scalars(select(CheckIn.step))
        assert len(asked.all()) == 6


async def test_p5_what_is_kept_from_an_older_page_leaves_the_day_that_was_written_down_since(
    office: Office,
) -> None:
    person = await office.person()
    page, first, since = (
        f"/people/{person.id}/pathway",
        f"{NEXT_YEAR}-03-01",
        date(NEXT_YEAR, 4, 1),
    )
    fields = {"pathway": "care-and-tact", "arrival": first}
    older = fields | {"arrival_before": first, "chosen": "month-18"}
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.look(f"/people/{person.id}")
        await browser.post(page, **fields)
        before = f'name="arrival_before" value="{first}"'
        assert (await browser.get(page)).text.count(before) == 1
        await browser.post(page, **(older | {"arrival": since.isoformat()}))
        # What it shows, and what confirms it.
        assert (await browser.get(page, **older)).text.count(before) == 2
        await browser.post(page, **older)
    async with office.database.begin(SERVICE) as session:
        assert (await days_of(session, person.id)).arrives == since


async def test_check_ins_that_count_from_a_changed_day_are_shown_with_it_and_follow(
    office: Office, elsewhere: Office
) -> None:
    """Those of another organisation that accompanies them follow unseen."""
    me = await office.colleague(Role.COORDINATOR)
    other = await elsewhere.colleague(Role.COORDINATOR)
    async with office.database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_001)
        await invite_in(session, person, elsewhere.organisation)
        today = session.now.date()
        asked = Outline(
            name="A week before",
            questionnaire="safety-and-needs",
            local_time=datetime.combine(today, time(18)),
            schedule=After(-7, Anchor.DEPARTURE),
        )
    days = {"pathway": "", "arrival": "", "departure": f"{today + timedelta(days=9):%Y-%m-%d}"}
    later = days | {"departure": f"{today + timedelta(days=20):%Y-%m-%d}"}
    page = f"/people/{person.id}/pathway"
    async with office.browser_of(me) as browser:
        await browser.look(f"/people/{person.id}")
        await browser.post(page, **days)
        async with office.database.begin(SERVICE) as session:
            for whose, name in ((me, "A week before"), (other, "Theirs")):
                campaign = await draft(session, whose.actor, replace(asked, name=name))
                await start(session, whose.actor, campaign.id)
        shown = (await browser.get(page, **later)).text
        assert "Check-ins that are counted from these days" in shown
        assert "A week before" in shown
        assert "Theirs" not in shown
        await browser.post(page, **later)
        assert "A week before" not in (await browser.get(page, **later)).text
    async with office.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(CheckIn))).all()
    assert [row.due_at.date() for row in rows] == [today + timedelta(days=13)] * 2


async def test_p14_a_region_is_kept_only_with_a_tick_that_they_agree(office: Office) -> None:
    async with office.database.begin(SERVICE) as session:
        await import_directory(session, read_directory([json_file([clinic()])]), "t", session.now)
        person = await add_person(session, office.organisation, 700_001)
    page = f"/people/{person.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        assert "<option>Durrës</option>" in (await browser.look(page)).text
        refused = await browser.post(f"{page}/region", region="Durrës")
        assert refused.status_code == 409
        await browser.post(f"{page}/region", region="Durrës", agreed="yes")
        assert ", <bdi>Durrës</bdi>" in (await browser.get(page)).text
        await browser.post(f"{page}/region", region="")
        assert ", <bdi>Durrës</bdi>" not in (await browser.get(page)).text


async def test_without_a_reason_or_an_open_case_a_pathway_is_not_shown(office: Office) -> None:
    person = await office.person()
    async with office.browser(Role.CASEWORKER) as browser:
        answer = await browser.get(f"/people/{person.id}/pathway")
        assert answer.headers["location"] == f"/people/{person.id}"


async def test_an_invite_can_lead_to_a_pathway(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.get("/invites")).text
        assert re.search(r'<option value="three-months">Three months, in short</option>', page)
        form = {"count": "1", "emergency": "112", "pathway": "three-months"}
        await browser.post("/invites", **form)
        assert (await browser.post("/invites", **(form | {"pathway": "x"}))).status_code == 409
    async with office.database.begin(SERVICE) as session:
        assert (await session.scalars(select(Invite.pathway))).all() == ["three-months"]


async def test_a_pathways_file_is_read_beside_what_people_write(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = []

    def noted(*said: Any, **more: Any) -> Pathway:
        readers.append(threading.current_thread())
        return read_pathway(*said, **more)

    monkeypatch.setattr(pathways, "read_pathway", noted)
    async with office.browser(Role.COORDINATOR) as browser:
        file = (await browser.get("/pathways/file", of="three-months")).text
        assert (await browser.post("/pathways", text=file)).status_code == 303
    assert len(readers) == 1
    assert threading.main_thread() not in readers


async def test_a_pathway_is_saved_changed_and_brought_back_as_a_new_version(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        assert "After CARE and TACT" in (await browser.get("/pathways")).text
        file = (await browser.get("/pathways/file", of="three-months")).text
        assert 'fr = "Arrivée"' in file
        changed = file.replace('due = "1 month"', 'due = "5 weeks"', 1)

        taken = await browser.post("/pathways", of="three-months", text=changed)

        assert taken.headers["location"] == "/pathways/look?of=three-months"
        page = (await browser.get("/pathways/look", of="three-months")).text
        assert "Version 2" in page
        assert "5 weeks" in page
        wrong = await browser.post("/pathways", of="three-months", text=changed[:-9])
        assert wrong.status_code == 409
        assert "This is no TOML" in wrong.text
        faulty = await browser.post("/pathways", text=changed.replace("arrival", "birth"))
        assert (faulty.status_code, "Choose departure or arrival" in faulty.text) == (409, True)
        assert (await browser.get("/pathways/look", of="nothing")).status_code == 404


async def test_a_pathway_written_as_its_file_undoes_no_change_that_a_colleague_made_meanwhile(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        page = {"of": "three-months", "seen": "1"}
        file = (await browser.get("/pathways/file", of="three-months")).text
        ours, theirs = (file.replace('"1 month"', due) for due in ('"5 days"', '"6 days"'))
        await browser.post("/pathways", **page, text=theirs)
        wrong = await browser.post("/pathways", **page, text=ours[:-9])
        assert 'name="seen" value="1"' in wrong.text.partition('action="/pathways"')[2]

        came = {"Referer": f"{office.settings.public_url}/pathways/look?of=three-months"}
        sent = {"form_token": browser.form_token(), **page, "text": ours}
        late = await browser.client.post("/pathways", data=sent, headers=came)

        assert (late.status_code, "changed this meanwhile" in late.text) == (409, True)
        assert "5 days" in late.text
        # Sent twice, it is one; and under a key of its own it is nobody else's.
        assert (await browser.post("/pathways", **page, text=theirs)).status_code == 303
        other = ours.replace('key = "three-months"', 'key = "own"', 1)
        assert (await browser.post("/pathways", **page, text=other)).status_code == 303


async def test_people_on_an_older_version_are_moved_to_the_one_that_was_looked_at(
    office: Office,
) -> None:
    person = await office.person()
    fields = {"pathway": "three-months", "arrival": f"{NEXT_YEAR}-03-01", "departure": ""}
    async with office.browser(Role.COORDINATOR) as browser:
        await browser.post(f"/people/{person.id}/pathway", **fields)
        file = (await browser.get("/pathways/file", of="three-months")).text
        await browser.post("/pathways", text=file.replace('due = "1 month"', 'due = "5 weeks"'))
        page = (await browser.get("/pathways/look", of="three-months")).text
        assert "1 person is on an older version" in page
        await browser.post("/pathways", text=file.replace('due = "1 month"', 'due = "6 weeks"'))
        await browser.post("/pathways/move", of="three-months", seen="2")
        assert "Somebody changed this meanwhile" in (await browser.get("/pathways")).text
        page = (await browser.get("/pathways/look", of="three-months")).text
        assert "1 person is on an older version" in page
        await browser.post("/pathways/move", of="three-months", seen="3")
        page = (await browser.get("/pathways/look", of="three-months")).text
        assert "on an older version" not in page


async def test_a_task_is_done_from_the_list(office: Office) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        tomorrow = (session.now + timedelta(days=1)).date()
    fields = {"pathway": "three-months", "arrival": tomorrow.isoformat(), "departure": ""}
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/people/{person.id}/pathway", **fields)
        page = (await browser.get("/tasks")).text
        assert "Make sure with them that they have arrived" in page
        address = re.search(r"/tasks/[\w-]+", page)
        assert address
        await browser.post(address[0], done="yes")
        assert "Not done after all" in (await browser.get("/tasks")).text


async def test_a_task_is_taken_by_one_and_the_queue_says_what_is_overdue(office: Office) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        task = await a_task(session, office, person)
    ana = await office.colleague(Role.CASEWORKER, "Ana Kola")
    async with office.browser(Role.CASEWORKER) as browser, office.browser_of(ana) as hers:
        page = (await browser.get("/tasks")).text
        assert ("Nobody yet" in page, "late by" in page) == (True, True)
        assert "1 task is overdue" in (await browser.get("/queue")).text
        await hers.post(f"/tasks/{task}/take", mine="yes")
        page = (await browser.get("/tasks")).text
        assert ("Ana Kola" in page, f"/tasks/{task}/take" in page) == (True, False)
        assert (await browser.post(f"/tasks/{task}/take", mine="yes")).status_code == 409
        assert (await browser.post(f"/tasks/{task}/take", mine="no")).status_code == 403
        assert "is overdue" not in (await browser.get("/queue")).text
        assert "1 task is overdue" in (await hers.get("/queue")).text
        await hers.post(f"/tasks/{task}/take", mine="no")
        assert "Nobody yet" in (await hers.get("/tasks")).text


async def test_a_pathway_rests_while_somebody_moves_on_and_goes_on_afterwards(
    office: Office,
) -> None:
    person = await office.person()
    address = f"/people/{person.id}"
    fields = {"pathway": "three-months", "arrival": f"{NEXT_YEAR}-03-01", "departure": ""}
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.look(address)
        await browser.post(f"{address}/pathway", **fields)
        await browser.post(f"{address}/moved-on", country="PT")
        page = (await browser.get(address)).text
        assert "they moved on to another country" in page
        assert "Portugal" in page
        await browser.post(f"{address}/pathway/rest", rests="no")
        assert "Let it rest" in (await browser.get(address)).text
        assert (await browser.post(f"{address}/moved-on", country="ZZ")).status_code == 409


async def test_who_is_in_another_country_is_written_down_there_and_the_pathway_goes_on(
    office: Office,
) -> None:
    person = await office.person()
    address = f"/people/{person.id}"
    fields = {"pathway": "three-months", "arrival": f"{NEXT_YEAR}-03-01", "departure": ""}
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.look(address)
        await browser.post(f"{address}/pathway", **fields)
        await browser.post(f"{address}/country", country="PT")
        page = (await browser.get(address)).text
        assert "<dd>Portugal</dd>" in page
        assert "Let it rest" in page
        assert (await browser.post(f"{address}/country", country="ZZ")).status_code == 409


async def test_who_has_no_next_check_in_is_listed(office: Office) -> None:
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.get("/people/unplanned")).text
        assert "On no pathway, and nothing else is planned" in page


async def test_after_a_restore_pathways_wait_until_a_coordinator_lets_them_go_on(
    office: Office,
) -> None:
    async with office.database.begin(SERVICE) as session:
        here = await session.get_one(Organisation, office.organisation.id)
        here.pathways_wait_since = session.now
    async with office.browser(Role.COORDINATOR) as browser:
        for page in ("/campaigns", "/pathways"):
            assert "All pathways wait" in (await browser.look(page)).text

        await browser.post("/pathways/go-on")

        for page in ("/campaigns", "/pathways"):
            assert "All pathways wait" not in (await browser.look(page)).text


async def test_a_pathway_of_a_name_that_no_database_keeps_is_none(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        assert (await browser.post("/pathways", of="\0", text="x")).status_code == 409
