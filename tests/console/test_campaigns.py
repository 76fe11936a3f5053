import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select

from storage.kinds import CampaignState, CheckInState, Role
from storage.sessions import SERVICE, Clock
from storage.tables.campaigns import Campaign, CampaignFigures
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.clock import MORNING, set_clock
from tests.console.campaigning import invited
from tests.console.keyboard import Hands
from tests.console.looks import PHONE, window
from tests.console.office import Browser, Office


async def planned(office: Office, browser: Browser, **fields: str) -> str:
    """The address of a new draft."""
    async with office.database.begin(SERVICE) as session:
        tomorrow = (session.now + timedelta(days=1)).strftime("%Y-%m-%dT18:00")
    form = {
        "name": "First month",
        "questionnaire": "safety-and-needs",
        "local_time": tomorrow,
        "lateness": "24",
    }
    answer = await browser.post("/campaigns", **(form | fields))
    assert answer.status_code == 303
    return answer.headers["location"]


async def starts(browser: Browser, address: str, **fields: str) -> str:
    """Where the button of its page leads."""
    seen = re.findall(r'name="seen" value="(\d+)"', (await browser.get(address)).text)
    answer = await browser.post(f"{address}/start", seen="".join(seen[:1]), **fields)
    return answer.headers["location"]


async def state(office: Office) -> CampaignState:
    async with office.database.begin(SERVICE) as session:
        return (await session.scalars(select(Campaign.state))).one()


async def test_a_draft_shows_everybody_with_their_time_or_the_reason_before_it_starts(
    office: Office,
) -> None:
    await invited(office)
    await invited(office, consents=False)
    await office.person()
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser)
        page = (await browser.get(address)).text
        assert "Start for 1 person" in page
        assert "Too few have been asked here to know. We assume that 60% answer" in page
        assert "Alerts to be expected" in page
        assert "Did not agree to check-ins" in page
        assert "Came without an invite" in page
        assert len(re.findall(r"18:00</time>", page)) >= 3
    assert await state(office) is CampaignState.DRAFT


async def test_a_start_says_no_number_where_more_may_get_it_than_whoever_starts_it_may_know(
    office: Office,
) -> None:
    await invited(office)
    jon = await office.colleague(Role.COORDINATOR)
    await invited(office, by=jon.actor)
    async with office.browser_of(jon) as browser:
        page = (await browser.get(await planned(office, browser))).text
        assert "You invited them: only they know" in page
        assert ">Start</button>" in page
        assert "Start for" not in page


async def test_every_hour_that_asks_too_much_is_marked_on_the_page_however_late_it_is(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(clock, MORNING)
    monkeypatch.setattr("domain.campaigns.outlook.FALLBACK", 0.0001)
    for days in range(13):
        person = await invited(office)
        async with office.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            returnee.arrived_at = session.now - timedelta(days=days)
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser, kind="after", days="30")
        page = (await browser.get(address)).text
    assert "it does not start like this. The hours are marked below." in page
    # Each is answered in the four hours from then on.
    assert len(re.findall(r"tag warn.>too many<", page)) == 13 * 4


async def test_whoever_hears_the_page_is_told_whose_row_it_is_and_no_share_that_nobody_knows(
    office: Office, chromium: Chromium
) -> None:
    people = [await invited(office) for _ in range(5)]
    me = await office.colleague(Role.COORDINATOR)
    async with office.browser_of(me) as browser:
        address = await planned(office, browser)
        async with window(chromium, office, me, "light", 1280) as page:
            await page.goto(address)
            listed = page.get_by_role("table").first.get_by_role("rowheader")
            await expect(listed).to_have_count(len(people))
            await starts(browser, address)
            await page.goto(address)
            await expect(page.get_by_text("too few to show").first).to_be_visible()
            await expect(page.locator("progress").first).to_be_visible()
            await expect(page.get_by_role("progressbar")).to_have_count(0)


async def test_a_campaign_is_started_paused_and_stopped_from_its_page(office: Office) -> None:
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser)
        for verb, expected in (
            ("start", CampaignState.RUNNING),
            ("pause", CampaignState.PAUSED),
            ("start", CampaignState.RUNNING),
            ("stop", CampaignState.STOPPED),
        ):
            if verb == "start":
                await starts(browser, address)
            else:
                await browser.post(f"{address}/{verb}")
            assert await state(office) is expected
            page = (await browser.get(address)).text
            # It stands by itself, with what it means: nothing starts one again that was stopped.
            can_stop = "to wait for a while, pause it" in page
            assert can_stop is (expected is not CampaignState.STOPPED)
        assert "How far it came" in page
        assert "Nowhere are there five yet" in page


@pytest.mark.parametrize("left", [CampaignState.RUNNING, CampaignState.PAUSED])
@pytest.mark.parametrize("rhythm", [{}, {"kind": "every", "unit": "week", "interval": "1"}])
async def test_one_that_asks_nobody_any_more_is_called_over_and_goes_on_only_if_it_came_again(
    office: Office, left: CampaignState, rhythm: dict[str, str]
) -> None:
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser, **rhythm)
        await starts(browser, address)
        async with office.database.begin(SERVICE) as session:
            campaign = (await session.scalars(select(Campaign))).one()
            campaign.state, campaign.counted_at = left, session.now
            session.add(
                CampaignFigures(
                    campaign_id=campaign.id,
                    step=campaign.local_time if rhythm else "once",
                    organisation_id=office.organisation.id,
                    asked_at=session.now,
                    counted_at=session.now,
                    figures={},
                )
            )
        page = (await browser.get(address)).text
        for each in (page, (await browser.get("/campaigns")).text):
            assert '<span class="tag">Over</span>' in each
            assert not re.search(r'class="tag[^>]*>(Running|Paused)<', each)
        verbs = set(re.findall(rf'action="{re.escape(address)}/(\w+)"', page))
        assert not verbs & {"start", "pause", "stop"}
        assert (f"{address}/change" in page) is bool(rhythm)


async def test_a_start_is_taken_back_and_a_draft_changed_on_its_page(office: Office) -> None:
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser, kind="every", unit="week", interval="2")
        await starts(browser, address)
        assert (
            "nothing is sent, and you can take the start back" in (await browser.get(address)).text
        )
        assert "every 2 weeks, from" in (await browser.get("/campaigns")).text
        await browser.post(f"{address}/undo")
        assert await state(office) is CampaignState.DRAFT
        form = (await browser.get(f"{address}/change")).text
        assert 'value="every" checked' in form
        assert 'name="interval" type="number" min="1" max="52" value="2"' in form
        changed = {"name": "Half-year", "questionnaire": "safety-and-needs", "lateness": "24"}
        changed |= {"local_time": "2001-01-01T10:00", "kind": "after", "days": "180"}
        (seen,) = re.findall(r'name="seen" value="(\d+)"', form)
        answer = await browser.post(f"{address}/change", **changed, seen=seen)
        assert answer.headers["location"] == address
        late = await browser.post(f"{address}/change", **changed | {"name": "Late"}, seen=seen)
        assert (late.status_code, "Somebody changed this meanwhile" in late.text) == (409, True)
        assert 'value="Late"' in late.text
        assert "180 days after the return" in (await browser.get(address)).text
        answer = await browser.post(f"{address}/change", **changed | {"local_time": "soon"})
        assert answer.status_code == 409


async def test_a_campaign_for_nobody_does_not_start_and_says_why(office: Office) -> None:
    await office.person()
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser)
        assert "Nobody would get this check-in" in (await browser.get(address)).text
        answer = await browser.post(f"{address}/start", seen="1")
        assert answer.headers["location"] == address
        assert "Nobody would get this check-in: the preview" in (await browser.get(address)).text
    assert await state(office) is CampaignState.DRAFT


async def test_one_that_asks_only_without_the_ten_minutes_says_whom_and_is_started_so(
    office: Office, clock: Clock
) -> None:
    set_clock(clock, MORNING - timedelta(hours=1))
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        # By the clock in Tirana, where it may come until five past eleven.
        address = await planned(office, browser, local_time="2026-05-04T10:05", lateness="1")
        set_clock(clock, MORNING)
        page = (await browser.get(address)).text
        assert "Nobody would get this check-in" not in page
        assert "The time has passed there" in page
        assert re.search(r'class="tag on">\s*Without the ten minutes: Yes<', page)
        (box,) = re.findall(r'<label[^>]*><input[^>]*name="at_once".*?</label>', page)
        assert " required>" in box
        assert re.sub(r"<[^>]+>", "", box) == "Without the ten minutes: 1 / 1"
        await starts(browser, address, at_once="yes")
    assert await state(office) is CampaignState.RUNNING


@pytest.mark.parametrize(
    "rhythm", [{}, {"kind": "every", "unit": "week", "interval": "1", "until": "2026-05-13"}]
)
async def test_one_that_goes_on_after_its_time_says_so_and_never_that_everybody_is_asked(
    office: Office, clock: Clock, rhythm: dict[str, str]
) -> None:
    set_clock(clock, MORNING)
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser, **rhythm)
        await starts(browser, address)
        await browser.post(f"{address}/pause")
    set_clock(clock, MORNING + timedelta(days=12))
    async with office.browser(Role.COORDINATOR) as later:
        await starts(later, address)
        page = (await later.get(address)).text
        assert page.count("The last time has passed.") == 2
        assert "everybody is asked at their own time" not in page


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        ({"kind": "every", "unit": "month", "interval": "3"}, "every 3 months, from"),
        ({"kind": "after", "days": "30"}, "30 days after the return, from"),
    ],
)
async def test_one_that_comes_again_says_how_often(
    office: Office, rhythm: dict[str, str], said: str
) -> None:
    await invited(office)
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser, since="month", **rhythm)
        page = (await browser.get(address)).text
        assert said in page
        assert "Less than a month" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"local_time": "2001-01-01T10:00"},
        {"local_time": "soon"},
        {"local_time": "2099-01-01T10:00+02:00"},
        {"lateness": "9000"},
        {"questionnaire": "another"},
        {"countries": "Albania"},
        {"since": "yesterday"},
        {"kind": "every", "unit": "month", "interval": "many"},
        {"kind": "every", "unit": "hour", "interval": "1"},
        {"kind": "every", "unit": "day", "interval": "1", "until": "soon"},
        {"kind": "every", "unit": "day", "interval": "1", "until": "2098-12-31"},
        {"kind": "after", "days": "-1"},
    ],
)
async def test_a_form_with_a_mistake_says_so_and_keeps_what_was_typed(
    office: Office, wrong: dict[str, str]
) -> None:
    await office.person()
    form = {
        "name": "Half-year",
        "questionnaire": "safety-and-needs",
        "local_time": "2099-01-01T10:00",
        "lateness": "24",
    }
    async with office.browser(Role.COORDINATOR) as browser:
        answer = await browser.post("/campaigns", **(form | wrong))
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text
        assert "name" in wrong or "Half-year" in answer.text


async def test_p10_anothers_campaign_is_as_if_it_were_not_there(
    office: Office, elsewhere: Office
) -> None:
    await invited(elsewhere)
    async with elsewhere.browser(Role.COORDINATOR) as browser:
        address = await planned(elsewhere, browser)
    async with office.browser(Role.COORDINATOR) as browser:
        assert (await browser.get(address)).status_code == 404
        assert (await browser.get(f"{address}/change")).status_code == 404
        for verb in ("start", "pause", "stop", "undo", "change"):
            assert (await browser.post(f"{address}/{verb}")).status_code == 404


async def missed(office: Office, reason: str, **asked_by: Any) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        session.add(
            CheckIn(
                organisation_id=office.organisation.id,
                returnee_id=person.id,
                version=1,
                questionnaire="safety-and-needs@1",
                state=CheckInState.MISSED_BY_US,
                reason=reason,
                due_at=session.now - timedelta(days=2),
                expires_at=session.now - timedelta(days=1),
                **asked_by,
            )
        )


async def test_p3_a_coordinator_is_told_whom_we_failed_to_ask_and_not_who_has_an_emergency(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        address = await planned(office, browser)
        await missed(office, "emergency", campaign_id=UUID(address.rpartition("/")[2]))
        assert "We did not ask in time" not in (await browser.get("/campaigns")).text
        await missed(office, "late", campaign_id=UUID(address.rpartition("/")[2]))
        for step in ("month-1.check-in", "month-3.check-in"):
            await missed(office, "restored", pathway="care-and-tact", step=step)
        page = (await browser.get("/campaigns")).text

    (listed,) = re.findall(r"We did not ask in time.*?<ul>(.*?)</ul>", page, re.DOTALL)
    told = re.sub(r"<[^>]+>", "", listed.replace("</li>", "\n"))
    assert re.findall(r"(.+): (\d+) (?:person|people)", told) == [
        ("After CARE and TACT", "2"),
        ("First month", "1"),
    ]


async def test_a_coordinator_reads_that_a_clinician_has_left_and_nobody_is_asked(
    office: Office,
) -> None:
    clinician = (await office.colleague(Role.CASEWORKER, "Dr Leka")).actor.staff_id
    async with office.browser(Role.COORDINATOR) as browser:
        use = {"key": "phq-4", "on": "yes", "clinician": str(clinician)}
        assert (await browser.post("/questionnaires/use", **use)).status_code == 303
        assert "Nobody looks after" not in (await browser.get("/campaigns")).text
        async with office.database.begin(SERVICE) as session:
            (await session.get_one(Staff, clinician)).disabled_at = session.now
        page = (await browser.get("/campaigns")).text
    (listed,) = re.findall(r"Nobody looks after.*?<ul>(.*?)</ul>", page, re.DOTALL)
    assert "PHQ-4" in listed


async def test_on_a_phone_the_days_on_which_somebody_is_asked_stand_below_each_other(
    office: Office, chromium: Chromium
) -> None:
    await invited(office)
    jon = await office.colleague(Role.COORDINATOR)
    async with office.browser_of(jon) as browser:
        address = await planned(office, browser)
    async with window(chromium, office, jon, "light", PHONE) as page:
        await page.goto(address)
        days = page.locator(".calendar td").filter(visible=True)
        await expect(days).to_have_count(1)
        # In one line, whose words are not broken.
        box = await days.bounding_box()
        assert box is not None
        assert box["height"] < 48
        assert box["width"] > PHONE / 2


async def test_why_a_check_in_is_refused_has_the_focus_above_what_was_typed(
    office: Office, chromium: Chromium
) -> None:
    jon = await office.colleague(Role.COORDINATOR)
    async with window(chromium, office, jon, "light", PHONE) as page:
        hands = Hands(page)
        await page.goto("/campaigns/new")
        await hands.write(page.locator("#name"), "First month")
        await page.locator("#time").fill("2020-01-01T10:00")
        await hands.go(page.get_by_role("button", name="See who would get it"))
        await expect(page.get_by_role("alert")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator("#name")).to_be_focused()
        await expect(page.locator("#name")).to_have_value("First month")
