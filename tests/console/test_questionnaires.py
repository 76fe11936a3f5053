"""A coordinator brings a form, tries it, and switches it off."""

import httpx

from domain.questionnaires import shelf
from domain.questionnaires.forms.reading import read_form
from domain.staff import speak
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.questionnaires import QuestionnaireUse
from tests.console.office import Browser, Office
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, excel


async def bring(
    browser: Browser, content: bytes, *, called: str = "form.xlsx", **said: str
) -> httpx.Response:
    return await browser.client.post(
        "/questionnaires",
        data={"form_token": browser.form_token(), **said},
        files={"file": (called, content)},
    )


async def test_a_form_is_brought_tried_and_switched_off(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        taken = await bring(browser, excel(HEALTH))
        assert taken.headers["location"] == "/questionnaires/look?of=first-days"
        assert "First days" in (await browser.get("/questionnaires")).text
        first = (await browser.get("/questionnaires/look?of=first-days")).text
        assert "Do you sleep well?" in first
        assert "How many children?" not in first
        tried = await browser.get("/questionnaires/look?of=first-days&in=ar&q1=no&q2=school&q3=99")
        assert 'dir="rtl"' in tried.text
        assert "كم طفلا؟" in tried.text
        assert "Restless" not in tried.text
        assert "قلق" in tried.text
        assert "severity concern" in tried.text
        assert "Nobody reads points or what was ticked" in tried.text
        assert 'value="99"' in tried.text
        offered = '<option value="first-days"'
        assert offered in (await browser.get("/campaigns/new")).text
        await browser.post("/questionnaires/use", key="first-days", on="no")
        assert offered not in (await browser.get("/campaigns/new")).text


async def test_a_form_is_first_looked_at_in_the_readers_language_where_it_speaks_that(
    office: Office,
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    async with office.browser_of(me) as browser:
        await bring(browser, excel(HEALTH))
        for language, asked in (("ar", "هل تنام جيدا؟"), ("uk", "Do you sleep well?")):
            async with office.database.begin(SERVICE) as session:
                await speak(session, me.actor.staff_id, language)
            assert asked in (await browser.get("/questionnaires/look?of=first-days")).text


async def test_what_is_wrong_is_shown_by_its_place_and_nothing_is_kept(office: Office) -> None:
    faulty = "| survey |\n| | type | name | label::English (en) |\n| | geopoint | home | Where? |"
    async with office.browser(Role.COORDINATOR) as browser:
        refused = await bring(browser, excel(faulty + SETTINGS))
        assert refused.status_code == 409
        assert "Wayhome does not know the type geopoint." in refused.text
        damaged = await bring(browser, b"PK\x03\x04 no archive")
        assert "no Excel file" in damaged.text
        large = await bring(browser, b"x" * 3_000_000)
        assert large.status_code == 413
    async with office.database.begin(SERVICE) as session:
        kept = await shelf.newest_of_each(session, office.organisation.id)
        assert [each.key for each in kept] == ["safety-and-needs", "phq-4", "k6"]


async def test_languages_in_which_nobody_is_asked_are_said_where_the_form_is_looked_at(
    office: Office,
) -> None:
    form = """
| survey |
| | type | name | label::English (en) | label::Dari (prs) | label::Pashto (ps) |
| | integer | rooms | How many rooms? | Dari? | Pashto? |
"""
    said = "Nobody is asked in these languages of the file"
    async with office.browser(Role.COORDINATOR) as browser:
        await bring(browser, excel(form + SETTINGS))
        looked = (await browser.get("/questionnaires/look?of=first-days")).text
        assert f"{said}, which Wayhome does not speak: Dari, Pashto." in looked
        await bring(browser, excel(HEALTH))
        assert said not in (await browser.get("/questionnaires/look?of=first-days")).text


async def test_what_a_file_does_not_say_is_chosen_beside_it(office: Office) -> None:
    saved = excel("| survey |\n| | type | name | label |\n| | integer | rooms | Sa dhoma? |")
    async with office.browser(Role.COORDINATOR) as browser:
        refused = await bring(browser, saved, name="Shtëpia")
        assert refused.status_code == 409
        assert "choose it with the file" in refused.text
        assert 'value="Shtëpia"' in refused.text
        taken = await bring(browser, saved, name="Shtëpia", language="sq")
        assert taken.headers["location"] == "/questionnaires/look?of=shtepia"
        named_after_the_file = await bring(browser, saved, language="sq")
        assert named_after_the_file.headers["location"] == "/questionnaires/look?of=form"
        await bring(browser, saved, language="sq", called="Month%20one.xlsx")
        assert "<bdi>Month one</bdi>" in (await browser.get("/questionnaires")).text
        preview = (await browser.get("/questionnaires/look?of=shtepia")).text
        assert 'href="/campaigns/new?asks=shtepia"' in preview
        planned = (await browser.get("/campaigns/new", asks="shtepia")).text
        assert '<option value="shtepia" selected>' in planned


async def test_the_file_to_begin_from_is_a_form_itself(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        offered = await browser.get("/questionnaires/template")
    family = read_form(offered.content)
    assert [question.name for question in family.questions] == [
        "sleeps", "children", "needs", "other",
    ]  # fmt: skip


async def test_a_form_that_was_put_right_is_asked_where_it_was_planned_already(
    office: Office,
) -> None:
    button, look = "Use this version there, too", "/questionnaires/look?of=first-days"
    corrected = HEALTH.replace("Do you sleep well?", "Do you sleep?")
    async with office.browser(Role.COORDINATOR) as browser:
        await bring(browser, excel(HEALTH))
        assert button not in (await browser.get(look)).text
        await bring(browser, excel(corrected))
        assert button in (await browser.get(look)).text
        stale = {"key": "first-days", "version": "1"}
        refused = await browser.post("/questionnaires/ask-instead", **stale)
        assert "There is a newer version by now" in refused.text
        done = await browser.post("/questionnaires/ask-instead", key="first-days", version="2")
        assert (done.status_code, done.headers["location"]) == (303, look)
        page = (await browser.get(look)).text
        assert "From now on this version is used wherever nobody has begun" in page
        assert button not in page
    async with office.database.begin(SERVICE) as session:
        use = await session.get_one(QuestionnaireUse, (office.organisation.id, "first-days"))
        assert (use.asked_instead, use.is_on) == ("first-days@2", True)


async def test_what_is_switched_off_stays_so_when_it_is_put_right(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        await bring(browser, excel(HEALTH))
        await bring(browser, excel(HEALTH.replace("Do you sleep well?", "Do you sleep?")))
        await browser.post("/questionnaires/use", key="first-days", on="no")
        await browser.post("/questionnaires/ask-instead", key="first-days", version="2")
        assert "Switched off" in (await browser.get("/questionnaires")).text
        offered = '<option value="first-days"'
        assert offered not in (await browser.get("/campaigns/new")).text
