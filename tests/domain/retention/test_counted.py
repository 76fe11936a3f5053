"""Rota, drills and past waits stay for as long as figures are counted from them."""

from datetime import timedelta

from domain.retention.forgetting import forget_old
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.duty import Drill, Shift, TimeOff
from storage.tables.waits import PastWait
from tests.clock import MORNING, set_clock
from tests.counting import how_many
from tests.domain.centre import Centre


async def test_two_years_after_it_was_over_a_rota_goes_with_drills_and_what_is_left_of_waits(
    centre: Centre,
) -> None:
    set_clock(centre.clock, MORNING)
    chief = await centre.colleague(Role.SUPERVISOR)
    await centre.colleague(on_duty=True)
    organisation_id, tables = centre.organisation.id, (Shift, TimeOff, Drill, PastWait)
    async with centre.database.begin(SERVICE) as session:
        session.add_all(
            [
                Shift(
                    organisation_id=organisation_id,
                    staff_id=chief.staff_id,
                    starts_at=session.now,
                    ends_at=session.now + timedelta(hours=8),
                ),
                TimeOff(
                    organisation_id=organisation_id,
                    first_day=MORNING.date(),
                    last_day=MORNING.date(),
                ),
                Drill(
                    organisation_id=organisation_id, started_at=session.now, answer_by=session.now
                ),
                PastWait(
                    organisation_id=organisation_id,
                    severity=Severity.URGENT,
                    day=MORNING.date(),
                    in_time=False,
                ),
            ]
        )
    left = []
    for days in (729, 732):
        set_clock(centre.clock, MORNING + timedelta(days=days))
        async with centre.database.begin(SERVICE) as session:
            await forget_old(session)
        left.append([await how_many(centre.database, table) for table in tables])

    # Whoever has been on duty ever since is.
    assert left == [[2, 1, 1, 1], [1, 0, 0, 0]]
