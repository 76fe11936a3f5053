"""What `wayhome doctor` finds in the database."""

from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import exists, func, select, text

from bot.archive.noticing import unsaved_since
from bot.database.room import has_room
from bot.guard.noticing import last_look
from bot.health.check import Check
from bot.keys.looking import unfinished
from domain.channels.reaching import is_out_of_reach
from domain.duty import is_staffed, on_duty
from domain.duty.readiness import is_ready
from domain.organisations import has_no_clock
from domain.staff import chat_of_staff
from domain.staff.accounts import name_of
from storage.inbox.failed import MENDABLE
from storage.keys.keyring import SealError
from storage.kinds import Role
from storage.sessions import SERVICE, Database, Session
from storage.tables.inbox import InboxRow
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff, works_for

# What that many days brought would be lost with the database.
_BACKUP_DAYS = 2
_LATELY = timedelta(minutes=5)
# What must be on, or a power cut takes what Telegram has forgotten by then.
_KEEPING = ("fsync", "full_page_writes")
_SERVER = text(
    "SELECT current_setting('transaction_read_only')::boolean,"
    " current_setting('synchronous_commit') IN ('on', 'remote_apply'),"
    " current_setting('fsync')::boolean, current_setting('full_page_writes')::boolean,"
    " current_setting('server_encoding') = 'UTF8'"
)


async def checks_of_database(database: Database) -> AsyncIterator[Check]:
    yield await _keys(database)
    yield await _disk(database)
    async with database.begin(SERVICE) as session:
        yield await _server(session)
        yield await _role(session)
        yield await _walls(session)
        yield await _organisations(session)
        yield await _duty(session)
        yield await _addresses(session)
        yield await _reached(session)
        yield await _complaints(session)
        yield await _set_aside(session)
        yield await _guard(session)
        yield await _backup(session)


async def _keys(database: Database) -> Check:
    async with database.begin(SERVICE) as session:
        problem = await unfinished(session, database.keychain.held)
        epoch = session.keys.current
    return Check("keys", problem is None, problem or f"epoch {epoch}, and nothing older")


async def _disk(database: Database) -> Check:
    if await has_room(database):
        return Check("disk", True, "the database's takes more")
    return Check("disk", False, "the database's disk takes no more: make room")


async def _server(session: Session) -> Check:
    """Whether it keeps what it takes, also when the power is cut."""
    only_reads, waits, *keeping, takes_any_script = (await session.execute(_SERVER)).one()
    if only_reads:
        return Check("server", False, "only reads: a standby, or one that led until a fail-over")
    if not takes_any_script:
        found = "not in Unicode: some scripts that people write in are refused"
        return Check("server", False, found)
    if off := [name for name, is_on in zip(_KEEPING, keeping, strict=True) if not is_on]:
        found = f"{' and '.join(off)} off: a power cut loses or damages what was taken"
        return Check("server", False, found)
    if not waits:
        # We ask for it with each connection (storage/connections.py).
        found = "synchronous_commit off, though we ask for it: a pooler keeps that to itself"
        return Check("server", False, found)
    return Check("server", True, "can be written to, and keeps what it took")


async def _role(session: Session) -> Check:
    row = (
        await session.execute(
            text(
                "SELECT current_user, r.rolsuper, r.rolbypassrls, EXISTS ("
                " SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r')"
                " FROM pg_roles r WHERE r.rolname = current_user"
            )
        )
    ).one()
    name, is_superuser, bypasses, owns = row
    if is_superuser or bypasses or owns:
        return Check("role", False, f"{name} is not bound by row-level security")
    return Check("role", True, f"{name} is bound by row-level security")


async def _walls(session: Session) -> Check:
    """As a transaction that forgot its scope would see it."""
    await session.execute(text("SELECT set_config('wayhome.scope', '', true)"))
    seen = await session.scalar(select(func.count()).select_from(Organisation))
    await session.execute(text("SELECT set_config('wayhome.scope', 'service', true)"))
    return Check("walls", seen == 0, f"{seen} organisations are seen without a scope")


async def _organisations(session: Session) -> Check:
    found = await session.scalar(select(func.count()).select_from(Organisation))
    default = await session.scalar(select(Organisation.id).where(Organisation.is_default))
    if default is None:
        return Check("organisations", False, "none yet: add one with 'wayhome org add NAME'")
    everyone = await session.scalars(select(Organisation))
    if unclear := [each.name for each in everyone if has_no_clock(each)]:
        which = ", ".join(unclear)
        why = f"by which clock works {which}? Say it with 'wayhome org change NAME --time-zone'"
        return Check("organisations", False, why)
    return Check("organisations", True, f"{found}, one of them receives strangers")


async def _duty(session: Session) -> Check:
    organisations = (await session.scalars(select(Organisation))).all()
    empty = [each.name for each in organisations if not await is_staffed(session, each.id)]
    if empty or not organisations:
        where = f" at {', '.join(empty)}" if empty else ""
        unready = [each.name for each in organisations if not is_ready(each, session.now)]
        why = (
            f"; rota or drill do not suffice yet at {', '.join(unready)}: see Duty in the console"
            if unready
            else ""
        )
        return Check("duty", False, f"nobody is on duty{where}{why}")
    return Check("duty", True, "somebody is on duty everywhere")


async def _addresses(session: Session) -> Check:
    """Of those who joined: known to fail already, or at the next alert."""
    joined = Staff.telegram_chat.is_not(None) & Staff.disabled_at.is_(None)
    staff = (await session.scalars(select(Staff).where(joined))).all()
    cut_off = sum(
        each.telegram_fails_since is not None or _is_shut(session, each) for each in staff
    )
    if cut_off:
        found = f"alerts don't reach {cut_off} of {len(staff)}: let them write to the bot"
        return Check("telegram of staff", False, f"{found}, or join it anew")
    return Check("telegram of staff", True, f"alerts reach all {len(staff)} who joined")


async def _reached(session: Session) -> Check:
    """Others are called in their place, so nobody waits for it; but they may not know."""
    cut_off = [
        f"{name_of(session, staff)} ({organisation.name})"
        for organisation in (await session.scalars(select(Organisation))).all()
        for staff in await on_duty(session, organisation.id)
        if await is_out_of_reach(session, staff)
    ]
    if cut_off:
        how = "let them join with their code, add a channel, or keep the console open"
        found = f"nothing reaches, though they are on duty, {', '.join(cut_off)}: {how}"
        return Check("alerts", False, found)
    return Check("alerts", True, "reach everybody who is on duty")


def _is_shut(session: Session, staff: Staff) -> bool:
    try:
        chat_of_staff(session, staff)
    except SealError:
        return True
    return False


async def _complaints(session: Session) -> Check:
    """An administrator may always, also what is about whoever does the safeguarding; and a
    supervisor can add nobody who may.
    """
    hears = works_for(Organisation.id) & (Staff.role == Role.ADMIN)
    deaf = select(Organisation.name).where(~exists().where(hears)).order_by(Organisation.name)
    names = (await session.scalars(deaf)).all()
    if names:
        how = "'wayhome staff add NAME --org ORG --role admin'"
        where = ", ".join(names)
        return Check("complaints", False, f"no administrator may read them at {where}: {how}")
    return Check("complaints", True, "somebody may read them everywhere")


async def _set_aside(session: Session) -> Check:
    found = await session.scalar(select(func.count()).select_from(InboxRow).where(*MENDABLE))
    return Check("updates", not found, f"{found} set aside because their handler failed")


async def _guard(session: Session) -> Check:
    """None at all is a choice; one that stopped looking is a fault."""
    looked = await last_look(session)
    if looked is None:
        return Check("guard", True, "none yet: should alerts stop, nobody outside would notice")
    if session.database_now - looked > _LATELY:
        return Check("guard", False, f"none has looked since {looked:%Y-%m-%d %H:%M} UTC")
    return Check("guard", True, "one has looked within the last five minutes")


async def _backup(session: Session) -> Check:
    """A new installation has as long to take its first."""
    since = await unsaved_since(session)
    days = (session.database_now - since).days
    found = f"what came after {since:%Y-%m-%d %H:%M} UTC is in no backup"
    if days >= _BACKUP_DAYS:
        return Check("backup", False, f"{found}: run 'wayhome backup FILE', best by the hour")
    return Check("backup", True, found)
