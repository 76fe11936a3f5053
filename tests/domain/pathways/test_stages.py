"""Which stage of their pathway somebody has come to: by the clock alone, and by a changed day."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import zone
from domain.pathways.planning import stage_at, wanted
from domain.pathways.shelf import ours
from domain.pathways.stages import pass_stages
from domain.pathways.values import Anchor
from storage.sessions import SERVICE, Clock, Database
from storage.tables.pathways import OnPathway
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.checking_in import Office
from tests.domain.pathways.placing import CARE, THERE, place


async def stage(database: Database, office: Office, person: Returnee) -> str | None:
    async with database.begin(SERVICE) as session:
        on = await session.get_one(OnPathway, (person.id, office.organisation.id))
        return on.stage


async def pass_(database: Database, clock: Clock, moment: datetime) -> int:
    set_clock(clock, moment)
    async with database.begin(SERVICE) as session:
        return await pass_stages(session)


async def test_everybody_comes_to_the_next_stage_when_its_first_step_is_due(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    assert await stage(database, office, person) == "before-departure"
    seen = []
    for day in (date(2026, 5, 11), date(2026, 5, 15), date(2026, 6, 12), date(2027, 6, 1)):
        await pass_(database, clock, datetime(day.year, day.month, day.day, 20, tzinfo=UTC))
        seen.append(await stage(database, office, person))
    assert seen == ["arrival", "first-days", "month-1", "month-12"]
    assert await pass_(database, clock, datetime(2029, 1, 1, tzinfo=UTC)) == 0


async def test_a_changed_day_takes_them_to_the_stage_of_that_day(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    for arrival, expected in ((date(2026, 3, 1), "month-1"), (date(2026, 8, 1), None)):
        there = type(THERE)(CARE.key, {Anchor.ARRIVAL: arrival})
        await place(database, office, person, there)
        assert await stage(database, office, person) == expected


@given(st.integers(-60, 900))
def test_of_all_that_has_begun_it_is_the_stage_that_began_last(days: int) -> None:
    now = datetime(2026, 5, 11, tzinfo=UTC) + timedelta(days=days)
    for pathway in ours():
        steps = list(wanted(pathway, THERE.days, [], zone("Europe/Tirane")))
        key, until = stage_at(steps, now)
        begins = {
            each.stage.key: min(
                other.due_at for other in steps if other.stage == each.stage and other.due_at
            )
            for each in steps
        }
        assert (key is None) is all(at > now for at in begins.values())
        assert key is None or begins[key] == max(at for at in begins.values() if at <= now)
        assert until == min((at for at in begins.values() if at > now), default=None)
