"""The team is told of tasks, within working hours: before they are due, where nobody took them; and
once they are overdue, whoever took them or is there, and who stands behind.

Each once. It says how many, and nothing of whom (P8).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from domain.calendar import FOR_EVER, zone
from domain.cases.deadlines import is_working_time, next_working_morning
from domain.cases.holidays import holidays_from
from domain.channels.reaching import reach_staff
from domain.duty import on_duty
from domain.duty.team import fallback_of
from domain.notices import Notice
from domain.one_by_one import if_possible
from domain.pathways.tasks import OPEN, tasks
from storage.batches import at_most
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.pathways import Task
from storage.tables.privacy import gone_for_the_team
from storage.tables.safeguarding import Conflict
from storage.tables.staff import Staff, works_for

_BATCH = 1000
#: Nobody is called for what was due before that and never told of: the list has it all the same. A
#: summer's holiday lies within it.
_LONG_AGO = timedelta(days=60)
_BEHIND = (Role.SUPERVISOR, Role.COORDINATOR)


async def remind(session: Session) -> int:
    """The tick: tells of what is due before the team is there the next time, and of what is
    overdue; of how many tasks.

    Any number of replicas may call it at once. Needs the service's scope.
    """
    number = 0
    organisations = await session.scalars(select(Organisation).order_by(Organisation.id))
    for organisation in organisations.all():
        async with if_possible(session, "tasks.failed"):
            number += await _remind(session, organisation)
    return number


async def _remind(session: Session, organisation: Organisation) -> int:
    now, place, settings = session.now, zone(organisation.time_zone), organisation.settings
    off = await holidays_from(session, organisation.id, now.astimezone(place).date())
    if not is_working_time(now, place, settings, off):
        return 0
    morning = next_working_morning(now, place, settings, off)
    never_told = Task.tell_again_at.is_(None)
    found = await session.scalars(
        tasks(Task)
        .where(
            Task.organisation_id == organisation.id,
            OPEN,
            Task.due_at <= morning,
            or_(never_told & (Task.due_at > now - _LONG_AGO), Task.tell_again_at <= now),
            ~gone_for_the_team(Task.organisation_id, Task.returnee_id),
        )
        .order_by(Task.due_at)
        .limit(at_most(_BATCH))
        .with_for_update(of=Task, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = found.all()
    late = [task for task in due if task.due_at <= now]
    soon = [task for task in due if task.due_at > now]
    for task in soon:
        task.tell_again_at = morning
    for task in late:
        task.tell_again_at = FOR_EVER
    await _tell(session, organisation, soon, late=False)
    await _tell(session, organisation, late, late=True)
    return len(due)


async def _tell(
    session: Session, organisation: Organisation, due: Sequence[Task], *, late: bool
) -> None:
    """Each how many there are for them; of people whom they must not know of, none (P10)."""
    if not due:
        return
    team = (await session.scalars(select(Staff).where(works_for(organisation.id)))).all()
    unseen = await _unseen(session, team)
    # Who is called for what nobody took: the first of these in which somebody may know of whom.
    circles = (
        await on_duty(session, organisation.id),
        await fallback_of(session, organisation),
        [staff for staff in team if staff.role in (Role.CASEWORKER, Role.SUPERVISOR)],
    )

    def called(task: Task) -> set[UUID]:
        def clear(circle: Iterable[Staff]) -> set[UUID]:
            return {staff.id for staff in circle} - unseen[task.returnee_id]

        behind = (each for each in team if each.role in _BEHIND or each.id == task.staff_id)
        there = next(filter(None, map(clear, circles)), set()) if task.staff_id is None else set()
        return there | clear(behind) if late else there

    numbers = Counter(staff_id for task in due for staff_id in called(task))
    for staff in team:
        if number := numbers[staff.id]:
            said = {"number": number, "late": late}
            await reach_staff(session, organisation.id, [staff], Notice.STAFF_TASKS, said)


async def _unseen(session: Session, team: Sequence[Staff]) -> defaultdict[UUID, set[UUID]]:
    """By person, who of them must see nothing of them."""
    found = await session.execute(
        select(Conflict.returnee_id, Conflict.staff_id).where(
            Conflict.staff_id.in_([staff.id for staff in team]), Conflict.ended_at.is_(None)
        )
    )
    unseen = defaultdict[UUID, set[UUID]](set)
    for returnee_id, staff_id in found:
        unseen[returnee_id].add(staff_id)
    return unseen
