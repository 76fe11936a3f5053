"""Planning duty and handing shifts on, as a browser without scripts does it."""

import re
from datetime import timedelta

from domain.duty import go_on_duty, on_duty
from storage.kinds import Role
from storage.sessions import SERVICE, Clock
from tests.clock import MORNING, set_clock
from tests.console.office import Office

MONDAY_TO_SUNDAY = {"day": [str(number) for number in range(7)]}
ALL_DAY = {"begins": "00:00", "ends": "00:00"}


async def test_a_coordinator_plans_and_two_caseworkers_swap(office: Office, clock: Clock) -> None:
    # In the last hour of a Sunday it is another week already where they work.
    set_clock(clock, MORNING)
    vera = await office.colleague(Role.CASEWORKER, "Vera Hoxha")
    samir = await office.colleague(Role.CASEWORKER, "Samir Kola")
    async with office.database.begin(SERVICE) as session:
        today = session.now.date()
    async with office.browser(Role.COORDINATOR) as browser:
        hours = {f"{edge}-{day}": "00:00" for edge in ("begins", "ends") for day in range(7)}
        await browser.post("/rota/hours", **hours)
        assert "nobody is planned" in (await browser.get("/rota")).text
        done = await browser.client.post(
            "/rota/weekly",
            data={
                "form_token": browser.form_token(),
                "staff": str(vera.actor.staff_id),
                "first_day": str(today),
                **MONDAY_TO_SUNDAY,
                **ALL_DAY,
            },
        )
        assert done.status_code == 303
        assert "one person, and nobody to fall back on" in (await browser.get("/rota")).text
        await browser.post("/rota/fallback", staff=str(samir.actor.staff_id))
        page = (await browser.get("/rota")).text
        assert "Every declared hour of the week ahead has somebody" in page
        assert "all day" in page
        assert "00:00–00:00" not in page
    next_week = {"week": str(today + timedelta(days=7))}
    async with office.browser_of(vera) as browser:
        page = (await browser.get("/rota", **next_week)).text
        assert "/rota/weekly" not in page
        found = re.search(r"/shifts/([\w-]+)/offer", page)
        assert found
        await browser.post(f"/shifts/{found[1]}/offer")
    async with office.browser_of(samir) as browser:
        page = (await browser.get("/rota", **next_week)).text
        assert f"/shifts/{found[1]}/take" in page
        done = await browser.post(f"/shifts/{found[1]}/take")
        assert done.status_code == 303
        assert f"/shifts/{found[1]}/offer" in (await browser.get("/rota", **next_week)).text
    async with office.database.begin(SERVICE) as session:
        assert [each.id for each in await on_duty(session, office.organisation.id)] == [
            vera.actor.staff_id
        ]


async def test_the_rota_speaks_of_who_is_planned_and_not_of_who_is_on_until_they_say_otherwise(
    office: Office,
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    async with office.database.begin(office.organisation.id) as session:
        await go_on_duty(session, vera.actor)
    async with office.browser_of(vera) as browser:
        page = (await browser.get("/rota")).text
    columns = re.findall(r'<th scope="col">([\w ]+)</th>', page)
    cells = re.findall(r'<td data-label="([\w ]+)">\s*<span class="quiet">Nobody</span>', page)
    assert (columns[-1], cells) == ("Planned for duty", ["Planned for duty"] * 7)


async def test_what_is_no_day_or_time_is_refused_in_one_sentence(office: Office) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    async with office.browser(Role.SUPERVISOR) as browser:
        assert (await browser.get("/rota", week="-1")).status_code == 200
        assert (await browser.get("/rota", week="9999-12-31")).status_code == 200
        for day, begins in (("2099-13-01", "09:00"), ("9999-12-31", "09:00"), ("2099-01-01", "x")):
            refused = await browser.post(
                "/rota/once",
                staff=str(vera.actor.staff_id),
                first_day=day,
                begins=begins,
                ends="10:00+01:00",
            )
            assert refused.status_code == 409
            assert "Choose" in refused.text


async def test_the_organisation_sets_how_soon_somebody_acts_and_how_long_a_case_opens_again(
    office: Office,
) -> None:
    terms = {"emergency": "3", "urgent": "30", "reopens": "28", "working_day": ["0", "6"]}
    async with office.browser(Role.COORDINATOR) as browser:
        form = {"form_token": browser.form_token()}
        done = await browser.client.post("/rota/terms", data={**form, **terms})
        assert done.status_code == 303
        page = (await browser.get("/rota")).text
        for name, value in (("emergency", 3), ("urgent", 30), ("reopens", 28)):
            assert re.search(f'name="{name}" type="number" [^>]*value="{value}"', page)
        working = re.findall(r'name="working_day" value="(\d)" checked', page)
        assert working == ["0", "6"]
        for name, wrong in (
            ("emergency", "16"),
            ("emergency", "0"),
            ("urgent", "61"),
            ("reopens", "0"),
            ("reopens", "31"),
            ("reopens", "many"),
            ("working_day", "7"),
        ):
            fields = {**form, **terms, name: wrong}
            answer = await browser.client.post("/rota/terms", data=fields)
            assert answer.status_code == 409, (name, wrong)
    async with office.browser(Role.CASEWORKER) as browser:
        assert "/rota/terms" not in (await browser.get("/rota")).text
        form = {"form_token": browser.form_token()}
        assert (await browser.client.post("/rota/terms", data={**form, **terms})).status_code == 403
    case = await office.case(await office.person(), "Hello?")
    assert case.deadline_at == case.opened_at + timedelta(minutes=30)


async def test_what_a_colleague_declared_meanwhile_is_not_undone_from_an_older_page(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        chief = await office.colleague(Role.SUPERVISOR)
        terms = {"emergency": "4", "urgent": "30", "reopens": "28", "working_day": "0"}
        monday, tuesday = ({f"begins-{day}": "09:00", f"ends-{day}": "17:00"} for day in (0, 1))
        ways = (
            ("hours", monday, tuesday),
            ("fallback", {"staff": str(chief.actor.staff_id)}, {"staff": ""}),
            ("terms", terms, {**terms, "emergency": "9"}),
        )
        for form, theirs, ours in ways:
            page = (await browser.get("/rota")).text
            ours_only = page.partition(f'action="/rota/{form}">')[2]
            seen = ours_only.partition('name="seen" value="')[2].partition('"')[0]
            # Sent twice, it is one.
            for _ in range(2):
                assert (await browser.post(f"/rota/{form}", seen=seen, **theirs)).status_code == 303
            refused = await browser.post(f"/rota/{form}", seen=seen, **ours)
            assert refused.status_code == 409
            assert "Somebody changed this meanwhile." in refused.text
            assert (await browser.post(f"/rota/{form}", seen="", **theirs)).status_code == 303
