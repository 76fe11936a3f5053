"""What the team owes in a case, in the browser."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from tests.console.desk import closes
from tests.console.office import Office


async def test_a_colleague_is_asked_and_answers_in_the_case(office: Office) -> None:
    sara = await office.colleague(Role.SUPERVISOR, "Sara Lleshi")
    case = await office.case(await office.person(), "Hello?")
    path = f"/cases/{case.id}"
    async with office.browser(Role.CASEWORKER) as browser, office.browser_of(sara) as hers:
        await browser.post(f"{path}/claim")
        page = (await browser.get(path)).text
        assert "Sara Lleshi · Supervisor" in page
        await browser.post(f"{path}/consult", staff=str(sara.actor.staff_id), question="Now?")
        queue = (await hers.get("/queue")).text
        assert "Asked for advice" in queue
        assert case.code in queue
        (place,) = re.findall(r'action="([^"]+/answer)"', (await hers.get(path)).text)
        assert re.findall(r"/answer", (await browser.get(path)).text) == []
        await hers.post(place, words="Yes, the shelter has a bed.")
        page = (await browser.get(path)).text
    assert page.index("Asked a colleague") < page.index("Advice of a colleague")
    assert "Yes, the shelter has a bed." in page
    async with office.database.begin(SERVICE) as session:
        asked = (await session.scalars(select(Case))).one()
        assert (asked.first_action_at, asked.claim_deadline_at is None) == (None, False)


async def test_p10_a_task_is_noted_with_its_day_and_ticked_off(office: Office) -> None:
    """The queue, which is nobody's reading of a case, leads to it and shows no words."""
    case = await office.case(await office.person(), "Hello?")
    path = f"/cases/{case.id}"
    day = (datetime.now(UTC).date() + timedelta(days=4)).isoformat()
    async with office.browser(Role.CASEWORKER) as browser:
        me = str(browser.actor.staff_id)
        await browser.post(f"{path}/tasks", task="Papers", due=day, staff=me)
        queue = (await browser.get("/queue")).text
        assert (f"{path}#tasks" in queue, "Papers" in queue) == (True, False)
        (done,) = re.findall(r'action="([^"]+/done)"', (await browser.get(path)).text)
        await browser.post(done)
        assert f"{path}#tasks" not in (await browser.get("/queue")).text
        for wrong in ({"due": "soon"}, {"due": "1999-01-01"}, {"staff": "me"}, {"task": " "}):
            fields = {"task": "Papers", "due": day, "staff": me, **wrong}
            assert (await browser.post(f"{path}/tasks", **fields)).status_code == 409


async def test_after_an_emergency_its_worker_is_asked_how_it_was(office: Office) -> None:
    case = await office.case(await office.person(), "Help", Severity.EMERGENCY)
    path = f"/cases/{case.id}"
    async with (
        office.browser(Role.CASEWORKER) as browser,
        office.browser(Role.SUPERVISOR) as supervisor,
    ):
        await browser.post(f"{path}/claim")
        await closes(browser, path)
        assert "We talked about it" in (await supervisor.get("/queue")).text
        page = (await browser.get("/queue")).text
        assert "what do you need now?" in page
        (done,) = re.findall(r'action="([^"]+/done)"', page)
        answered = await browser.post(done, words="I could not sleep.", back="queue")
        assert answered.headers["location"] == "/queue"
        assert "We talked about it" not in (await supervisor.get("/queue")).text
