"""The organisations that share one installation, each behind its own walls."""

from collections.abc import Collection
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import func, select, update

from domain.countries import code_of, zone_of, zones_of
from domain.errors import Refused
from domain.names import as_name
from storage.batches import at_most
from storage.outbox.letters import move_chat
from storage.sessions import Session
from storage.tables.organisations import Organisation

# Any constant of ours: whoever holds this advisory lock adds an organisation.
_ADDS = 0x77617968_6F7267


async def add_organisation(
    session: Session,
    name: str,
    *,
    country: str | None = None,
    time_zone: str | None = None,
    staff_chat: int | None = None,
    default: bool = False,
    gated: bool = False,
) -> Organisation:
    """Raises Refused when the name or the staff chat is taken, the country is no ISO 3166 code, or
    it has several clocks and `time_zone`, an IANA name, does not say which.

    The first one added becomes the default, which receives everyone without an enrolment. `gated`:
    it promises nothing before its rota and a drill suffice (domain/duty/readiness.py).
    """
    name = as_name(name)
    if not name:
        raise Refused("An organisation needs a name.")
    code = _country(country)
    await session.execute(select(func.pg_advisory_xact_lock(_ADDS)))
    await _ensure_new(session, name, staff_chat)
    first = await session.scalar(select(Organisation.id).limit(at_most(1))) is None
    if default:
        await session.execute(update(Organisation).values(is_default=False))
    organisation = Organisation(
        name=name,
        country=code,
        time_zone=as_zone(time_zone) if time_zone else _only_zone(code),
        is_default=default or first,
        settings={},
        created_at=session.now,
        gated_at=session.now if gated else None,
    )
    if staff_chat is not None:
        set_staff_chat(session, organisation, staff_chat)
    session.add(organisation)
    await session.flush()
    return organisation


def _country(written: str | None) -> str | None:
    code = code_of(written) if written and len(written) == 2 else None
    if written is not None and code is None:
        raise Refused("{code} is no country: use the two letters of ISO 3166.", code=written)
    return code


def as_zone(written: str) -> str:
    """Raises Refused for what is no IANA time zone."""
    if written not in available_timezones():
        raise Refused("There is no time zone {zone}: use a name like Europe/Tirane.", zone=written)
    return written


def _only_zone(country: str | None) -> str:
    """Nobody's messages come at night since a country's clock was guessed."""
    known = zone_of(country)
    if country is not None and known is None and (several := zones_of(country)):
        raise Refused(
            "{country} has several time zones: say which, as with --time-zone {example}.",
            country=country,
            example=several[0],
        )
    return known or "UTC"


def has_no_clock(organisation: Organisation) -> bool:
    """An earlier release gave one in a country of several the time of none."""
    return organisation.time_zone == "UTC" and len(zones_of(organisation.country)) > 1


async def _ensure_new(session: Session, name: str, staff_chat: int | None) -> None:
    if await session.scalar(select(Organisation.id).where(Organisation.name == name)):
        raise Refused("There is an organisation called {name} already.", name=name)
    if staff_chat is not None and (whose := await organisation_of_chat(session, staff_chat)):
        raise Refused("This is the staff group of {name} already.", name=whose.name)


def set_staff_chat(session: Session, organisation: Organisation, chat_id: int) -> None:
    """Switches the staff group on: alerts go there, too. It is never the store."""
    organisation.staff_chat = session.keys.seal(str(chat_id), "staff chat")
    organisation.staff_chat_key = session.keys.look_up(chat_id, "chat")
    organisation.staff_chat_fails_since = None


async def group_moved(session: Session, chat_id: int, moved_to: int) -> None:
    """A group that became a supergroup has a new number, and what waits for it goes there.

    Whoever hears of it a second time changes nothing.
    """
    organisation = await organisation_of_chat(session, chat_id)
    if organisation is not None:
        set_staff_chat(session, organisation, moved_to)
    await move_chat(session, chat_id, moved_to)


def staff_chat_of(session: Session, organisation: Organisation) -> int | None:
    if organisation.staff_chat is None:
        return None
    return int(session.keys.open(organisation.staff_chat, "staff chat"))


async def organisation_of_chat(session: Session, chat_id: int) -> Organisation | None:
    """Whose staff group this chat is."""
    keys = session.keys.look_ups(chat_id, "chat")
    return await session.scalar(select(Organisation).where(Organisation.staff_chat_key.in_(keys)))


async def default_organisation(session: Session) -> Organisation:
    """Raises Refused while there is none."""
    organisation = await session.scalar(select(Organisation).where(Organisation.is_default))
    if organisation is None:
        raise Refused("There is no organisation yet: add one with 'wayhome org add NAME'.")
    return organisation


async def find_organisation(
    session: Session, id_or_name: str, *, lock: bool = False
) -> Organisation:
    """By id or exact name; locked, nobody else changes its settings meanwhile. Raises Refused."""
    try:
        condition = Organisation.id == UUID(id_or_name)
    except ValueError:
        condition = Organisation.name == as_name(id_or_name)
    query = select(Organisation).where(condition)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    organisation = await session.scalar(query)
    if organisation is None:
        there = await session.scalars(select(Organisation.name).order_by(Organisation.name))
        raise Refused(
            "There is no organisation {name}: there is {known}.",
            name=id_or_name,
            known=", ".join(there) or "none yet",
        )
    return organisation


async def lock_organisation(session: Session, organisation_id: UUID) -> Organisation:
    """As it is now. Whoever else would change it, or who is on duty there when, waits."""
    return await session.get_one(
        Organisation,
        organisation_id,
        with_for_update={"key_share": True},
        populate_existing=True,
    )


async def lock_groups(session: Session, chats: Collection[int]) -> None:
    """Whoever else would change an organisation whose staff group is among these waits. It comes
    before any person: whoever holds an organisation may wait for its people, and never the other
    way round.
    """
    keys = session.keys.all_look_ups(chats, "chat")
    if keys:
        await session.execute(
            select(Organisation.id)
            .where(Organisation.staff_chat_key.in_(keys))
            .order_by(Organisation.id)
            .with_for_update(key_share=True)
        )
