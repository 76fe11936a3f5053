"""What caseworkers say of the watch: marks on a case's page, and the figures of them."""

import re

from bot.commands.hearing import _line
from domain.casework.marking import mark_signal, report_missed, signals_of
from domain.distress.lexicon import Rule
from domain.lexicon.accuracy import heard_by_the_watch, hearing, hearing_everywhere
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from tests.console.office import Office
from tests.lexicons import entries


async def test_a_caseworker_says_how_grave_a_signal_was_and_can_change_their_mind(
    office: Office,
) -> None:
    case = await office.case(await office.person("sq"), "words that nobody else may read")
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
        action = re.search(r'action="(/cases/[\w-]+/heard/[\w-]+)"', page)
        assert action
        for meant in ("concern", "none"):
            assert (await browser.post(action[1], meant=meant)).status_code == 303
        await browser.post(f"/cases/{case.id}/missed", meant="emergency")
        figures = (await browser.get("/hearing")).text
    assert "words that nobody" not in figures

    async with office.database.begin(SERVICE) as session:
        [(name, line)] = await hearing_everywhere(session)
    assert name == "Tirana"
    assert _line(line) == {
        "language": "sq",
        "right": 0,
        "too_high": 0,
        "too_low": 0,
        "false": 1,
        "missed": 1,
        "real": {"times": 0, "of": 1, "interval": [0.0, 0.793]},
        "grave_signalled": {"times": 0, "of": 1, "interval": [0.0, 0.793]},
    }


async def test_a_caseworker_raises_a_case_that_the_watch_did_not_hear_so_grave(
    office: Office,
) -> None:
    case = await office.case(await office.person(), "I can't go out", Severity.CONCERN)
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        page = (await browser.get(path)).text
        offered = page[page.index('id="graver"') :].partition("</select>")[0]
        assert re.findall(r'value="(\w*)"', offered) == ["", "emergency", "urgent"]
        assert (await browser.post(f"{path}/graver", severity="perhaps")).status_code == 409
        assert (await browser.post(f"{path}/graver", severity="emergency")).status_code == 303
        page = (await browser.get(path)).text
        assert "Raised: your colleagues are alerted." in page
        assert "Somebody of the team says that it is this grave" in page
        assert 'id="graver"' not in page, "nothing is graver"
        assert (await browser.post(f"{path}/graver", severity="urgent")).status_code == 409
        await browser.post(f"{path}/claim")
        assert 'id="first-words"' in (await browser.get(path)).text


async def test_p10_another_organisation_neither_marks_nor_counts_it(
    office: Office, elsewhere: Office
) -> None:
    case = await office.case(await office.person())
    worker = (await office.colleague(Role.CASEWORKER)).actor
    async with office.database.begin(office.organisation.id, worker.staff_id) as session:
        [signal] = await signals_of(session, worker, case.id)
        await mark_signal(session, worker, case.id, signal.event_id, Severity.URGENT)
        [line] = await hearing(session, worker)
        assert line.right == 1

    stranger = (await elsewhere.colleague(Role.CASEWORKER)).actor
    async with elsewhere.database.begin(elsewhere.organisation.id, stranger.staff_id) as session:
        assert await hearing(session, stranger) == []
    async with elsewhere.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}/heard/{signal.event_id}"
        assert (await browser.post(path, meant="none")).status_code == 404
        graver = await browser.post(f"/cases/{case.id}/graver", severity="emergency")
        assert graver.status_code == 404
    async with office.database.begin(office.organisation.id, worker.staff_id) as session:
        assert (await signals_of(session, worker, case.id))[0].meant is Severity.URGENT


async def test_what_a_person_pressed_is_no_signal_of_the_watch(office: Office) -> None:
    case = await office.case(await office.person(), reason="asked.human")
    worker = (await office.colleague(Role.CASEWORKER)).actor
    async with office.database.begin(office.organisation.id, worker.staff_id) as session:
        assert await signals_of(session, worker, case.id) == []
        await report_missed(session, worker, case.id, Severity.URGENT)
        [line] = await hearing(session, worker)
    assert (line.missed, line.grave, line.grave_signalled) == (1, 1, 0)


def test_every_category_of_the_lexicons_is_known_as_one_of_the_watch() -> None:
    for entry in entries():
        if isinstance(entry.meaning, Rule):
            assert heard_by_the_watch([entry.meaning.code]), entry.meaning.code
    assert heard_by_the_watch(["likeness.words"])
    assert not heard_by_the_watch(["asked.human", "check-in.safety.danger"])
