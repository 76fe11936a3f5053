"""A person is handed over from one organisation to another, in two browsers and a chat."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser as Chromium

from domain.casework.tasks import add_task
from domain.identity.trust import distrust
from domain.names import isolated
from domain.profiles.wishing import change_partner
from domain.referrals.withdrawing import Ending, end_and_say_so
from domain.staff import speak
from storage.kinds import ReferralState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.console.looks import DESK, PHONE, barriers, window
from tests.console.office import Office
from tests.console.referring import NEED, at_work, picture, refers, says_yes


async def test_a_person_is_handed_over_from_one_organisation_to_another(
    office: Office, elsewhere: Office, chromium: Chromium
) -> None:
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with (
        window(chromium, office, vera, "light", DESK) as ours,
        window(chromium, elsewhere, samir, "dark", PHONE) as theirs,
    ):
        await ours.goto(f"/cases/{case.id}")
        await ours.get_by_role("link", name="Ask another organisation to help").click()
        assert await barriers(ours) == []
        await ours.get_by_label("Whom to ask").select_option(label="Rabat")
        await ours.get_by_label("What they need").fill(NEED)
        await ours.get_by_label("How to contact them safely").check()
        assert await ours.locator("[name=travels]:checked").count() == 1
        await picture(ours, "new")
        await ours.get_by_role("button", name="Ask").click()
        await ours.get_by_text("They are asked in the chat").first.wait_for()

        await theirs.goto("/referrals")
        assert await theirs.get_by_text("Tirana").count() == 0
        await says_yes(office, case)

        await theirs.goto("/referrals")
        await picture(theirs, "list")
        assert await barriers(theirs) == []
        await theirs.get_by_text("Waits for your answer").wait_for()
        await ours.goto("/referrals")
        await ours.get_by_text("Waiting for an answer").wait_for()
        await theirs.get_by_role("link", name="Tirana").click()
        assert NEED in await theirs.inner_text("main")
        assert "He is at the door" not in await theirs.inner_text("main")
        assert await barriers(theirs) == []
        await picture(theirs, "offer")
        await theirs.get_by_role("button", name="Accept").click()
        await theirs.get_by_text("You accompany this person now").wait_for()

        await theirs.goto("/queue")
        assert "Handed over by another organisation" in await theirs.inner_text("main")
        # From their own case to what they were told, and the code by which both sides call it.
        await theirs.locator("a.who").click()
        await theirs.get_by_role("link", name=f"From {isolated('Tirana')} · {case.code}").click()
        assert NEED in await theirs.inner_text("main")
        assert "Once it is accepted" not in await theirs.inner_text("main")
        await theirs.get_by_role("button", name="Yes, it came").click()
        await theirs.get_by_text("Noted.").wait_for()
        await picture(theirs, "accepted")

        await ours.goto("/referrals")
        await ours.get_by_role("link", name="Rabat").click()
        assert "Yes, it came" in await ours.inner_text("main")
        await picture(ours, "given")
        async with office.database.begin(SERVICE) as session:
            await speak(session, vera.actor.staff_id, "ar")
        await ours.reload()
        await picture(ours, "given-ar")


async def test_a_rejection_is_read_by_the_giver_as_it_was_typed(
    office: Office, elsewhere: Office
) -> None:
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with office.browser_of(vera) as ours, elsewhere.browser_of(samir) as theirs:
        page = await refers(ours, case, elsewhere, joint="0")
        await says_yes(office, case)
        empty = await theirs.post(f"{page}/reject", reason="")
        assert empty.status_code == 409
        await theirs.post(f"{page}/reject", reason="<b>No bed</b>")
        assert (await theirs.get(page)).status_code == 404
        assert "&lt;b&gt;No bed&lt;/b&gt;" in (await ours.get(page)).text


async def test_what_travelled_with_a_closed_case_opens_with_a_reason(
    office: Office, elsewhere: Office
) -> None:
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with (
        office.browser_of(vera) as ours,
        elsewhere.browser_of(samir) as theirs,
        office.browser(Role.SUPERVISOR) as chief,
    ):
        page = await refers(ours, case, elsewhere, joint="0")
        await says_yes(office, case)
        await theirs.post(f"{page}/accept")
        shut = (await chief.get(page)).text
        assert NEED not in shut
        assert "This case is closed. Say first why" in shut
        assert f'href="/cases/{case.id}"' in shut
        await chief.post(f"/cases/{case.id}/open", reason="They called us")
        assert NEED in (await chief.get(page)).text


@pytest.mark.parametrize("gone", ["the claim", "the only partner"])
async def test_what_was_typed_for_a_partner_is_still_there_where_nobody_can_be_asked_any_more(
    office: Office, elsewhere: Office, gone: str
) -> None:
    vera, case = await at_work(office)
    path = f"/cases/{case.id}"
    async with office.browser_of(vera) as ours:
        if gone == "the claim":
            await ours.post(f"{path}/release")
        else:
            async with office.database.begin(SERVICE) as session:
                person = await session.get_one(Returnee, case.returnee_id)
                await change_partner(session, person, elsewhere.organisation.id)
        asked = {"partner": str(elsewhere.organisation.id), "joint": "0"}
        told = {"need": NEED, "reach_at": "+355 69 123 4567, mornings"}
        refused = await ours.post(f"{path}/refer", **asked, **told)
    assert refused.status_code == 409
    assert [words for words in told.values() if words not in refused.text] == []


@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.EMERGENCY])
async def test_only_in_an_emergency_can_it_go_without_asking_and_then_two_decide(
    office: Office, elsewhere: Office, severity: Severity
) -> None:
    vera, case = await at_work(office, severity)
    async with office.browser_of(vera) as ours, office.browser(Role.SUPERVISOR) as second:
        form = (await ours.get(f"/cases/{case.id}/refer")).text
        assert ('name="vital"' in form) is (severity is Severity.EMERGENCY)
        begun = await ours.post(
            f"/cases/{case.id}/refer",
            partner=str(elsewhere.organisation.id),
            need=NEED,
            joint="0",
            vital="yes",
        )
        if severity is Severity.URGENT:
            assert begun.status_code == 409
            return
        page = begun.headers["location"]
        assert "Send it now" not in (await ours.get(page)).text
        assert "Send it now" in (await second.get(page)).text
        waits = (await second.get("/referrals")).text
        assert "waiting for you" in waits
        assert waits.index("We ask others to help") < waits.index("Others ask us to help")
        await second.post(f"{page}/decide")
        calm = (await second.get("/referrals")).text
        assert "waiting for you" not in calm
        assert calm.index("Others ask us to help") < calm.index("We ask others to help")
    async with elsewhere.browser(Role.CASEWORKER) as theirs:
        assert re.search(NEED, (await theirs.get(page)).text)


async def test_p13_those_who_are_asked_see_that_nobody_has_made_sure_who_holds_the_phone(
    office: Office, elsewhere: Office
) -> None:
    """In danger to life nobody waits for that."""
    vera, case = await at_work(office, Severity.EMERGENCY)
    async with office.database.begin(SERVICE) as session:
        await distrust(session, vera.actor, case.returnee_id)
    async with office.browser_of(vera) as ours, office.browser(Role.SUPERVISOR) as second:
        page = await refers(ours, case, elsewhere, joint="0", vital="yes")
        await second.post(f"{page}/decide")
    async with elsewhere.browser(Role.CASEWORKER) as theirs:
        assert '<span class="tag warn">In doubt</span>' in (await theirs.get(page)).text


async def test_what_was_typed_stays_where_it_is_refused(
    office: Office, elsewhere: Office, chromium: Chromium
) -> None:
    vera, case = await at_work(office)
    async with window(chromium, office, vera, "light", DESK) as page:
        await page.goto(f"/cases/{case.id}/refer")
        await page.get_by_label("What they need").fill(NEED)
        await page.get_by_label("Language").check()
        await page.get_by_label("For how long").select_option("14")
        # To whom it can go was true when the page was opened.
        await page.locator("#joint option[value='14']").evaluate("each => each.value = '13'")
        await page.get_by_role("button", name="Ask").click()
        assert "Choose for how long" in await page.get_by_role("alert").inner_text()
        assert await page.get_by_label("What they need").input_value() == NEED
        assert await page.get_by_label("Language").is_checked()
        assert not await page.get_by_label("Country").is_checked()
        await page.get_by_label("For how long").select_option("14")
        await page.get_by_role("button", name="Ask").click()
        await page.get_by_text("They are asked in the chat").first.wait_for()


async def test_the_giver_finds_it_from_the_case_and_sees_that_nobody_was_asked_yet(
    office: Office, elsewhere: Office, chromium: Chromium
) -> None:
    vera, case = await at_work(office)
    async with office.database.begin(SERVICE) as session:
        await distrust(session, vera.actor, case.returnee_id)
    async with window(chromium, office, vera, "light", PHONE) as page:
        await page.goto(f"/cases/{case.id}/refer")
        await page.get_by_text("Nobody has made sure yet who holds the phone").wait_for()
        await page.get_by_label("What they need").fill(NEED)
        await page.get_by_role("button", name="Ask").click()
        await page.get_by_text("They are not asked yet").wait_for()
        await page.goto(f"/cases/{case.id}")
        await page.get_by_role("link", name="Rabat").click()
        await page.get_by_role("link", name="Person and consent").click()
        async with page.expect_request_finished(lambda each: each.method == "POST"):
            await page.get_by_role("button", name="I met them").click()
        await page.goto(f"/cases/{case.id}")
        await page.get_by_role("link", name="Rabat").click()
        assert await page.get_by_text("They are not asked yet").count() == 0
        await says_yes(office, case)
        await page.reload()
        await page.get_by_text("If no answer has come by then, it is yours again").wait_for()
        assert await barriers(page) == []


async def test_those_who_help_together_with_the_giver_find_the_persons_page_from_the_referral(
    office: Office, elsewhere: Office
) -> None:
    """By the name that they know them by nobody could tell whom it is about."""
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with office.browser_of(vera) as ours, elsewhere.browser_of(samir) as theirs:
        page = await refers(ours, case, elsewhere, joint="7")
        await says_yes(office, case)
        person = f"/people/{case.returnee_id}"
        assert person not in (await theirs.get(page)).text
        await theirs.post(f"{page}/accept")
        assert person in (await theirs.get(page)).text
        assert (await theirs.get(person)).status_code == 200


async def test_what_was_accepted_and_has_ended_is_no_referral_that_nobody_answered(
    office: Office, elsewhere: Office
) -> None:
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with office.browser_of(vera) as ours, elsewhere.browser_of(samir) as theirs:
        page = await refers(ours, case, elsewhere, joint="7")
        await says_yes(office, case)
        await theirs.post(f"{page}/accept")
        async with office.database.begin(SERVICE) as session:
            referral = await session.get_one(Referral, UUID(page.rpartition("/")[2]))
            await end_and_say_so(session, referral, Ending(ReferralState.LAPSED))
        for read in ("/referrals", page, f"/cases/{case.id}", "/queue"):
            text = (await ours.get(read)).text
            assert "o answer came" not in text
            assert "help no longer" in text


async def test_before_it_is_handed_over_the_giver_sees_that_tasks_are_left(
    office: Office, elsewhere: Office
) -> None:
    """They do not go along: the partner was told what was picked, and nothing else."""
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    left = "There are tasks in this case"
    async with office.browser_of(vera) as ours, elsewhere.browser_of(samir) as theirs:
        page = await refers(ours, case, elsewhere, joint="7")
        assert left not in (await ours.get(page)).text
        async with office.database.begin(office.organisation.id) as session:
            day = session.now.date() + timedelta(days=3)
            await add_task(session, vera.actor, case.id, "Papers", day, vera.actor.staff_id)
        assert left in (await ours.get(page)).text
        await says_yes(office, case)
        await theirs.post(f"{page}/accept")
        assert left in (await ours.get(page)).text
        assert left not in (await theirs.get(page)).text
        await ours.post(f"{page}/hand-over")
        assert left not in (await ours.get(page)).text


async def test_whoever_is_asked_reads_by_which_number_to_call_whoever_asks(
    office: Office, elsewhere: Office
) -> None:
    async with office.browser(Role.COORDINATOR) as coordinator:
        said = await coordinator.post("/partners/own-telephone", telephone="+355 4 <111>")
        assert said.headers["location"] == "/partners"
        assert 'value="+355 4 &lt;111&gt;"' in (await coordinator.get("/partners")).text
    vera, case = await at_work(office)
    samir = await elsewhere.colleague(Role.CASEWORKER, "Samir")
    async with office.browser_of(vera) as ours, elsewhere.browser_of(samir) as theirs:
        page = await refers(ours, case, elsewhere, joint="7")
        assert "Telephone of" not in (await ours.get(page)).text
        await says_yes(office, case)
        offer = (await theirs.get(page)).text
    assert f"Telephone of {isolated('Tirana')}</dt><dd><bdi>+355 4 &lt;111&gt;</bdi>" in offer
