"""P10: a deletion that staff passed on and an open complaint holds up looks to them as if it had
been carried out, wherever they look.
"""

import pytest

from domain.actors import Actor
from domain.campaigns import planning, preview, progress
from domain.errors import Refused
from domain.privacy.passing_on import Reason, pass_on
from domain.profiles.reading import countries_and_languages, list_people, read_person
from domain.returnees.regions import regions_there
from domain.safeguarding import passing_on
from domain.safeguarding.conflicts import keep_apart, known_here, standing_conflicts
from domain.safeguarding.readings import readings_to_review, review, say_why
from storage.kinds import ConflictKind, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from storage.tables.returnees import Returnee
from tests.domain.campaigns.campaigning import begun, drafted, rows
from tests.domain.centre import Centre
from tests.domain.checking_in import Office, add_person, leave
from tests.domain.privacy.erasing import erase
from tests.domain.privacy.passing_on import complained


async def forgotten(centre: Centre, by: Actor, *people: Returnee) -> None:
    """As far as whoever passed it on can tell."""
    for person in people:
        async with centre.database.begin(centre.organisation.id, by.staff_id) as session:
            await pass_on(session, by, person.id, Reason.ASKED_IN_PERSON)
    await erase(centre.database)


async def test_p10_no_campaign_is_for_somebody_whom_staff_had_forgotten(
    database: Database, office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "BATCH", 1)
    centre = Centre(database, clock, office.organisation)
    chief, mira = await centre.colleague(Role.SUPERVISOR), office.coordinator
    async with database.begin(SERVICE) as session:
        held, stays = [await add_person(session, office.organisation, chat) for chat in (1, 2)]
    await complained(centre, held)
    await forgotten(centre, chief, held)

    draft = await drafted(database, mira)
    async with database.begin(office.organisation.id, mira.staff_id) as session:
        seen = await preview(session, mira, draft.id)
    assert ([line.id for line in seen.page.lines], seen.people) == ([stays.id], 1)

    campaign = await begun(database, office, name="Second month")
    async with database.begin(SERVICE) as session:
        far = await progress(session, await session.get_one(Campaign, campaign.id))
    assert far == planning.Progress(1, 1)
    assert [row.returnee_id for row in await rows(database)] == [stays.id]


async def test_p10_no_choice_is_theirs_alone_whom_staff_had_forgotten(centre: Centre) -> None:
    chief, mira = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.COORDINATOR)
    held = await centre.person(language="uk")
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, held.id)
        known.country, known.region = "UA", "Lviv"
    await complained(centre, held)
    await forgotten(centre, chief, held)

    async with centre.database.begin(centre.organisation.id, mira.staff_id) as session:
        assert await countries_and_languages(session, mira) == ([], [])
        assert await regions_there(session, mira) == []


async def test_p10_what_colleagues_read_of_them_is_no_supervisors_to_review(centre: Centre) -> None:
    """Of whom the organisation merely accompanies no more, it stays."""
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    vera = await centre.colleague()
    held, gone, has_left = [await centre.person() for _ in range(3)]
    for person in (held, gone, has_left):
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            await say_why(session, vera, person.id, "An appointment")
    async with centre.database.begin(SERVICE) as session:
        await leave(session, has_left, centre.organisation)
    await complained(centre, held)
    await forgotten(centre, chief, held, gone)

    async with centre.database.begin(SERVICE) as session:
        lines = {line.returnee_id: line.id for line in await readings_to_review(session, nina)}
        assert set(lines) == {held.id, has_left.id}
        [line] = await readings_to_review(session, chief)
        assert line.returnee_id == has_left.id
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        with pytest.raises(Refused, match="no such reading"):
            await review(session, chief, lines[held.id])


async def test_p10_a_lead_whom_a_complaint_goes_past_cannot_tell_whose_deletion_it_holds_up(
    centre: Centre,
) -> None:
    nina, vera = await centre.colleague(Role.SAFEGUARDING), await centre.colleague()
    held, gone = await centre.person(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        for person in (held, gone):
            await keep_apart(session, nina, person.id, vera.staff_id, ConflictKind.RECUSED)
    await complained(centre, held, past_lead=True)
    await forgotten(centre, nina, held, gone)

    async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
        assert (await list_people(session, nina)).lines == []
        assert await standing_conflicts(session, nina) == []
        for person in (held, gone):
            for reached in (read_person, known_here):
                with pytest.raises(Refused, match="no such person"):
                    await reached(session, nina, person.id)
            with pytest.raises(Refused, match="no such person"):
                await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)


async def test_p10_a_lead_goes_on_with_a_complaint_of_somebody_whom_staff_had_forgotten(
    centre: Centre,
) -> None:
    """A colleague's doing leaves the person with her; her own leaves what the complaint needs."""
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    by_colleague, by_herself = await centre.person(), await centre.person()
    for person in (by_colleague, by_herself):
        await complained(centre, person)
    await forgotten(centre, chief, by_colleague)
    await forgotten(centre, nina, by_herself)

    async with centre.database.begin(SERVICE) as session:
        assert [line.id for line in (await list_people(session, nina)).lines] == [by_colleague.id]
        for person in (by_colleague, by_herself):
            assert await known_here(session, nina, person.id)
            await keep_apart(session, nina, person.id, chief.staff_id, ConflictKind.COMPLAINT)
        apart = {each.returnee_id for each in await standing_conflicts(session, nina)}
    assert apart == {by_colleague.id, by_herself.id}


async def test_p10_an_administrator_still_reviews_what_the_lead_read_whom_it_goes_past(
    centre: Centre,
) -> None:
    root, nina = await centre.colleague(Role.ADMIN), await centre.colleague(Role.SAFEGUARDING)
    held = await centre.person()
    await complained(centre, held, past_lead=True)
    async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
        await say_why(session, nina, held.id, "Nothing in particular")
    await forgotten(centre, nina, held)

    async with centre.database.begin(SERVICE) as session:
        [line] = await readings_to_review(session, root)
    assert line.returnee_id == held.id


async def test_p10_whom_staff_had_forgotten_nobody_can_be_kept_away_from(centre: Centre) -> None:
    """From a page that is still open: it would tell which deletion waits."""
    chief = await centre.colleague(Role.SUPERVISOR)
    held, gone = await centre.person(), await centre.person()
    await complained(centre, held)
    await forgotten(centre, chief, held, gone)

    async with centre.database.begin(SERVICE) as session:
        for person in (held, gone):
            with pytest.raises(Refused, match="no such person"):
                await passing_on.pass_on(session, chief, person.id, "Not Vera")
