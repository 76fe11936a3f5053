"""What staff record of a person, and what they are not shown."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.calendar import FOR_EVER
from domain.consent import give_consent
from domain.consent.ledger import Shown
from domain.consent.turning_points import days_of
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.notices import Notice
from domain.profiles.wishing import change_partner, wish_for
from domain.referrals.sharing import change_about_partner
from domain.returnees.enrolments import enrol
from domain.returnees.wishes import wishes_of
from storage.kinds import AgeBand, Gender, How, Purpose, Role
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import ChildDecision, Returnee
from storage.tables.staff import Staff
from tests.console.office import Colleague, Office
from tests.documents import content_of


async def invited_by(office: Office, colleague: Colleague) -> Returnee:
    """Somebody who refused check-ins, and came by that colleague's invite."""
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        [new] = await issue_invites(session, office.organisation.id, actor=colleague.actor)
        invite = await redeem_invite(session, new.code)
        await enrol(session, person, office.organisation, invite.id)
        await give_consent(session, person, Purpose.CHECK_INS, False, "notice-1")
    return person


@pytest.mark.parametrize("role", list(Role))
async def test_p5_what_was_refused_is_never_shown_to_who_enrolled_the_person(
    office: Office, role: Role
) -> None:
    colleague = await office.colleague(Role.SUPERVISOR)
    person = await invited_by(office, colleague)
    async with office.browser_of(colleague) as browser:
        assert "notice-1" not in (await browser.look(f"/people/{person.id}")).text
    proves = role in (Role.SUPERVISOR, Role.SAFEGUARDING)
    async with office.browser(role) as browser:
        assert ("notice-1" in (await browser.look(f"/people/{person.id}")).text) is proves


async def agrees(office: Office, person: Returnee, *, to_check_ins: bool) -> None:
    async with office.database.begin(SERVICE) as session:
        await give_consent(session, person, Purpose.CHECK_INS, to_check_ins, "notice-1")


@pytest.mark.parametrize("pause", [False, True])
async def test_p5_a_campaigns_page_does_not_tell_who_agreed_among_those_that_one_invited(
    office: Office, pause: bool
) -> None:
    """Neither the line nor any number of it: with a group of one, that would say the same."""
    colleague = await office.colleague(Role.COORDINATOR)
    person = await invited_by(office, colleague)
    if pause:
        async with office.database.begin(SERVICE) as session:
            (await session.get_one(Returnee, person.id)).paused_until = FOR_EVER
    async with office.browser_of(colleague) as browser:
        plan = {
            "name": "May",
            "questionnaire": "safety-and-needs",
            "local_time": "2030-05-04T11:00",
            "lateness": "24",
        }
        made = await browser.post("/campaigns", **plan)
        # What was done is said once.
        assert "Kept as a draft" in (await browser.get(made.headers["location"])).text
        pages = []
        for agreed in (True, False):
            await agrees(office, person, to_check_ins=agreed)
            page = await browser.get(made.headers["location"])
            pages.append(page.text)

    assert pages[0] == pages[1]
    assert ("only they know" in pages[0]) is not pause
    assert "Did not agree" not in pages[0]


async def test_anybody_may_mark_a_child_but_not_everybody_an_adult(office: Office) -> None:
    person = await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.COORDINATOR) as browser:
        await browser.post(f"{page}/age", age="15-17", month="04", year="2031")
        refused = await browser.post(f"{page}/age", age="adult")
        assert refused.status_code == 403
        shown = (await browser.look(page)).text
        assert '<option value="04" selected>April</option>' in shown
        assert "<option selected>2031</option>" in shown
    async with office.browser(Role.SUPERVISOR) as browser:
        await browser.post(f"{page}/age", age="adult")
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).age_band is AgeBand.ADULT
        assert (await days_of(session, person.id)).turns_18 is None


async def test_the_month_of_a_birth_is_none_in_which_somebody_turns_eighteen_and_marks_no_child(
    office: Office,
) -> None:
    person = await office.person()
    async with office.browser(Role.COORDINATOR) as browser:
        refused = await browser.post(
            f"/people/{person.id}/age", age="15-17", month="03", year="2009"
        )
    assert refused.status_code == 409
    assert "give the one in which they turn 18" in refused.text
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).age_band is AgeBand.UNKNOWN
        assert (await days_of(session, person.id)).turns_18 is None


@pytest.mark.parametrize("half", [{"month": "04"}, {"year": "2031"}, {"month": "2031-04"}])
async def test_half_a_month_of_majority_is_refused_with_what_is_missing(
    office: Office, half: dict[str, str]
) -> None:
    person = await office.person()
    async with office.browser(Role.COORDINATOR) as browser:
        refused = await browser.post(f"/people/{person.id}/age", age="15-17", **half)
    assert refused.status_code == 409
    assert "Choose the month and the year, or neither." in refused.text


async def test_what_a_child_says_holds_while_nobody_knows_their_age(office: Office) -> None:
    """The choice stands at that, and whoever presses Keep has not found out anything."""
    person = await office.person()
    page = f"/people/{person.id}"
    await says_they_are_a_child(office, person)
    async with office.browser(Role.SAFEGUARDING) as browser:
        await browser.post(f"{page}/age", age="unknown", says_child="yes")
        assert "They say that they are a child" in (await browser.look(page)).text
        refused = await browser.post(f"{page}/age", age="unknown", month="04", year="2031")
        assert refused.status_code == 409
    assert await still_says_so(office, person)


async def test_whoever_has_not_read_that_somebody_says_they_are_a_child_makes_no_adult_of_them(
    office: Office,
) -> None:
    person = await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.SUPERVISOR) as browser:
        assert 'name="says_child"' not in (await browser.look(page)).text
        await says_they_are_a_child(office, person)
        refused = await browser.post(f"{page}/age", age="adult")
        assert refused.status_code == 409
        assert await still_says_so(office, person)
        assert 'name="says_child" value="yes"' in (await browser.look(page)).text
        await browser.post(f"{page}/age", age="adult", says_child="yes")
    assert not await still_says_so(office, person)


async def says_they_are_a_child(office: Office, person: Returnee) -> None:
    async with office.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).said_child_at = session.now


async def still_says_so(office: Office, person: Returnee) -> bool:
    async with office.database.begin(SERVICE) as session:
        return (await session.get_one(Returnee, person.id)).said_child_at is not None


async def test_a_childs_worker_and_the_reasons_are_recorded_sealed_and_ended(
    office: Office,
) -> None:
    person = await office.person()
    worker = await office.colleague(Role.CASEWORKER, "Nora")
    page = f"/people/{person.id}"
    async with office.browser(Role.SAFEGUARDING) as browser:
        await browser.post(f"{page}/age", age="under-15")
        assert "No check-ins" in (await browser.look(page)).text
        empty = await browser.post(f"{page}/child", worker=str(worker.actor.staff_id), decision="")
        assert empty.status_code == 409
        await browser.post(
            f"{page}/child", worker=str(worker.actor.staff_id), decision="She <b>wants</b> it."
        )
        shown = (await browser.look(page)).text
        assert "Nora looks after this child" in shown
        assert "She &lt;b&gt;wants&lt;/b&gt; it." in shown
        async with office.database.begin(SERVICE) as session:
            [kept] = await session.scalars(select(ChildDecision))
            assert b"wants" not in kept.decision
        await browser.post(f"{page}/child/end")
    async with office.database.begin(SERVICE) as session:
        assert (await session.scalars(select(ChildDecision))).all() == []


async def test_a_child_whose_worker_has_left_is_listed_for_those_who_decide_for_children(
    office: Office,
) -> None:
    person = await office.person()
    worker = (await office.colleague(Role.CASEWORKER, "Nora")).actor.staff_id
    heading = "Nobody looks after these children"
    async with office.browser(Role.SAFEGUARDING) as browser:
        page = f"/people/{person.id}"
        await browser.post(f"{page}/age", age="15-17")
        await browser.post(f"{page}/child", worker=str(worker), decision="She wants it.")
        assert heading not in (await browser.get("/people")).text
        async with office.database.begin(SERVICE) as session:
            (await session.get_one(Staff, worker)).disabled_at = session.now
        (listed,) = re.findall(
            rf"{heading}.*?<ul>(.*?)</ul>", (await browser.get("/people")).text, re.DOTALL
        )
        assert page in listed
    async with office.browser(Role.CASEWORKER) as browser:
        assert heading not in (await browser.get("/people")).text


async def test_a_colleague_of_elsewhere_can_look_after_no_child_here(
    office: Office, elsewhere: Office
) -> None:
    person = await office.person()
    stranger = await elsewhere.colleague(Role.CASEWORKER)
    async with office.browser(Role.SUPERVISOR) as browser:
        answer = await browser.post(
            f"/people/{person.id}/child", worker=str(stranger.actor.staff_id), decision="Yes"
        )
        focal = await browser.post("/team/child-focal-point", staff=str(stranger.actor.staff_id))
    assert answer.status_code == focal.status_code == 409


async def test_the_child_focal_point_is_named_and_taken_back_on_the_team_page(
    office: Office,
) -> None:
    worker = await office.colleague(Role.CASEWORKER, "Nora")
    async with office.browser(Role.ADMIN) as browser:
        await browser.post("/team/child-focal-point", staff=str(worker.actor.staff_id))
        page = (await browser.get("/team")).text
        assert re.search(rf'value="{worker.actor.staff_id}" selected>Nora', page)
        await browser.post("/team/child-focal-point", staff="")
    async with office.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, office.organisation.id)
        assert organisation.settings["child_focal_point"] is None


async def test_an_expected_arrival_is_kept_and_taken_back(office: Office) -> None:
    person = await office.person()
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/people/{person.id}/arrival", day="2030-01-31")
        assert 'value="2030-01-31"' in (await browser.look(f"/people/{person.id}")).text
        assert (await browser.post(f"/people/{person.id}/arrival", day="soon")).status_code == 409
        await browser.post(f"/people/{person.id}/arrival", day="")
    async with office.database.begin(SERVICE) as session:
        assert (await days_of(session, person.id)).arrives is None


async def test_a_worker_writes_down_any_country_that_is_not_safe_for_them(office: Office) -> None:
    person = await office.person()
    await office.case(person, "He is in Italy")
    async with office.browser(Role.CASEWORKER) as browser:
        assert 'value="IT/"' in (await browser.get(f"/people/{person.id}")).text
        noted = await browser.post(f"/people/{person.id}/wishes", helper="", place="IT/")
        assert noted.status_code == 303
        elsewhere = await browser.post(f"/people/{person.id}/wishes", helper="", place="ZZ/")
        assert elsewhere.status_code == 409
    async with office.database.begin(SERVICE) as session:
        assert (await wishes_of(session, person.id)).avoided == {("IT", "")}


async def test_p5_each_partner_is_asked_about_by_itself_and_the_answer_not_shown_to_who_asked(
    office: Office, elsewhere: Office
) -> None:
    person = await office.person()
    async with office.browser(Role.CASEWORKER) as browser:
        own = await browser.post(
            f"/people/{person.id}/partner", partner=str(office.organisation.id)
        )
        assert own.status_code == 409
        await browser.post(f"/people/{person.id}/partner", partner=str(elsewhere.organisation.id))
        async with office.database.begin(SERVICE) as session:
            [row] = await session.scalars(select(OutboxRow))
            assert content_of(row, session.keys)["notice"] == Notice.PARTNER_ASKED
            await change_about_partner(
                session, person, elsewhere.organisation.id, False, Shown("2", "May we?"), How.ASKED
            )
        assert "when a caseworker asked" not in (await browser.look(f"/people/{person.id}")).text


async def test_p5_a_case_that_nobody_shall_read_says_so_and_asks_for_a_life(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, "It hurts")
    async with office.database.begin(SERVICE) as session:
        session.info["now"] += timedelta(seconds=1)
        returnee = await session.get_one(Returnee, person.id)
        await give_consent(session, returnee, Purpose.CASEWORKER, False, "2")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        assert "want nobody to read along" in (await browser.get(f"/cases/{case.id}")).text
        refused = await browser.post(f"/cases/{case.id}/write", words="Hello?")
        assert refused.status_code == 409
        assert "Hello?" in refused.text
        sent = await browser.post(f"/cases/{case.id}/write", words="Hello?", vital="yes")
    assert sent.status_code == 303


async def test_p10_what_the_person_added_while_the_page_was_open_is_not_taken_away_by_it(
    office: Office, elsewhere: Office
) -> None:
    """Race: of what stood in the page, what is not ticked any more goes, and nothing else."""
    person = await office.person()
    await office.case(person, "He is in Italy")
    path = f"/people/{person.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{path}/wishes", helper="", place="IT/")
        assert 'name="place_before" value="IT/"' in (await browser.get(path)).text
        async with office.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            await change_partner(session, returnee, elsewhere.organisation.id)
            await wish_for(session, person.id, Gender.WOMAN)
        await browser.post(f"{path}/wishes", helper="", helper_before="", place_before="IT/")
        page = (await browser.get(path)).text
        assert f'name="partner_before" value="{elsewhere.organisation.id}"' in page
        assert 'name="helper_before" value="woman"' in page
    async with office.database.begin(SERVICE) as session:
        wishes = await wishes_of(session, person.id)
    assert wishes.helper is Gender.WOMAN
    assert wishes.avoided == frozenset()
    assert wishes.shuts_out(elsewhere.organisation.id)
