"""Getting into the console, never through Telegram. Everything here needs the service's scope.

A wrong attempt is counted in the account's row, so it is returned and not raised: the count must
be committed. Nothing tells apart a wrong code, a wrong password, an unknown account and a locked
one.
"""

from datetime import timedelta

from sqlalchemy import select

from domain import audit
from domain.codes.handed import as_issued
from domain.staff import browsers, one_time, passwords
from storage.sessions import Session
from storage.tables.staff import Staff

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


async def sign_in(
    session: Session, sign_in_code: str, password: str, one_time_code: str
) -> Staff | None:
    """Whoever these three belong to. Five failures lock the account for 15 minutes.

    The row is held from the look to the count, so that guessing in parallel gains nothing.
    """
    staff = await session.scalar(
        select(Staff)
        .where(Staff.sign_in_code == as_issued(sign_in_code))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    right_password = await passwords.matches(staff.password_hash if staff else None, password)
    if staff is None or _is_locked(session, staff):
        return None
    if right_password and one_time.use_up(session, staff, one_time_code):
        staff.failed_sign_ins = 0
        audit.record(session, staff.organisation_id, "staff.signed-in", staff_id=staff.id)
        return staff
    _count_failure(session, staff)
    return None


async def change_password(
    session: Session, staff: Staff, old: str, one_time_code: str, new: str
) -> bool:
    """Ends every browser session of theirs. False when the old one or the code is wrong.

    Raises Refused for a new one that is not good enough.
    """
    passwords.ensure_good(new, staff.sign_in_code)
    if await sign_in(session, staff.sign_in_code, old, one_time_code) is None:
        return False
    staff.password_hash = await passwords.hash_of(new)
    await browsers.sign_out_everywhere(session, staff.id)
    audit.record(session, staff.organisation_id, "staff.password-changed", staff_id=staff.id)
    return True


async def hear_of_lock(session: Session, staff: Staff) -> bool:
    """Whether wrong tries closed the account of somebody who comes in now, by whatever way, since
    they need not have been theirs. Heard again while it is closed still, and once afterwards.
    """
    await session.flush()
    await session.refresh(staff, ["locked_until"], with_for_update={"key_share": True})
    was_closed = staff.locked_until is not None
    if not _is_locked(session, staff):
        staff.locked_until = None
    return was_closed


def _is_locked(session: Session, staff: Staff) -> bool:
    locked = staff.locked_until is not None and staff.locked_until > session.database_now
    return locked or staff.disabled_at is not None


def _count_failure(session: Session, staff: Staff) -> None:
    staff.failed_sign_ins += 1
    audit.record(session, staff.organisation_id, "staff.sign-in-failed", subject=staff.id)
    if staff.failed_sign_ins >= MOST_FAILURES:
        staff.failed_sign_ins = 0
        staff.locked_until = session.database_now + LOCKED_FOR
        audit.record(session, staff.organisation_id, "staff.locked", subject=staff.id)
