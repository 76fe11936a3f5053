"""A form that comes slowly counts from when it is there, and not from its first bytes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from console import members
from console.cookies import SESSION, cookie_name
from console.forms.limits import LARGEST
from domain.actors import Actor
from domain.casework.work import claim
from domain.colleagues.leaving import disable_staff
from domain.staff import renew_set_up
from domain.staff.browsers import forgery_token, whose
from storage.kinds import CaseEventKind, Role
from storage.sessions import SERVICE, Session
from storage.tables.cases import CaseEvent
from storage.tables.privacy import Erasure
from storage.tables.staff import Staff
from tests.console.office import Colleague, Office

_WORDS = "He took her passport"
_Ending = Callable[[Session, Actor, object], Awaitable[object]]
_ends = pytest.mark.parametrize("ending", [renew_set_up, disable_staff])


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once the console has looked at who comes."""
    looked = asyncio.Event()

    async def watched(session: Session, token: str, *, using: bool = True) -> Staff | None:
        staff = await whose(session, token, using=using)
        looked.set()
        return staff

    monkeypatch.setattr(members, "whose", watched)
    return looked


@pytest.fixture
async def boss(office: Office) -> Colleague:
    return await office.colleague(Role.ADMIN, "Boss")


@asynccontextmanager
async def _sending(
    office: Office, seen: asyncio.Event, thief: Colleague, path: str, **fields: str
) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """All of a form but its last byte; that one is sent by what is given, which has the answer."""
    place = urlsplit(office.settings.public_url)
    body = urlencode({"form_token": forgery_token(thief.cookie), **fields}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {office.settings.origin}\r\n"
        f"Cookie: {cookie_name(SESSION, office.settings)}={thief.cookie}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reading, writing = await asyncio.open_connection(place.hostname, place.port)
    writing.write(head.encode() + body[:-1])

    async def last_byte() -> str:
        writing.write(body[-1:])
        return (await reading.read()).decode()

    try:
        await seen.wait()
        yield last_byte
    finally:
        writing.close()


async def _end(office: Office, boss: Colleague, thief: Colleague, ending: _Ending) -> None:
    async with office.database.begin(SERVICE) as session:
        await ending(session, boss.actor, thief.actor.staff_id)


@_ends
async def test_p10_whoever_was_signed_out_meanwhile_makes_nobody_an_administrator(
    office: Office, seen: asyncio.Event, boss: Colleague, ending: _Ending
) -> None:
    thief = await office.colleague(Role.ADMIN, "Lost")
    new = {"name": "Friend", "role": "admin"}
    async with _sending(office, seen, thief, "/team", **new) as last_byte:
        await _end(office, boss, thief, ending)
        answer = await last_byte()
    assert "/set-up/" not in answer
    async with office.database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(Staff)) == 2


@_ends
async def test_p10_whoever_was_signed_out_meanwhile_has_nobody_forgotten(
    office: Office, seen: asyncio.Event, boss: Colleague, ending: _Ending
) -> None:
    thief, person = await office.colleague(Role.SUPERVISOR, "Lost"), await office.person()
    path, sure = f"/people/{person.id}/forget", {"reason": "never-agreed", "sure": "yes"}
    async with _sending(office, seen, thief, path, **sure) as last_byte:
        await _end(office, boss, thief, ending)
        await last_byte()
    async with office.database.begin(SERVICE) as session:
        assert await session.get(Erasure, person.id) is None


@_ends
@pytest.mark.parametrize("note", ["Met her", "", "x" * LARGEST], ids=["note", "none", "too long"])
async def test_p10_whoever_was_signed_out_meanwhile_neither_writes_nor_reads_in_a_case(
    office: Office, seen: asyncio.Event, boss: Colleague, ending: _Ending, note: str
) -> None:
    thief, person = await office.colleague(Role.CASEWORKER, "Lost"), await office.person()
    case = await office.case(person, _WORDS)
    async with office.database.begin(SERVICE) as session:
        await claim(session, thief.actor, case.id)
    async with _sending(office, seen, thief, f"/cases/{case.id}/note", note=note) as last_byte:
        await _end(office, boss, thief, ending)
        assert _WORDS not in await last_byte()
    async with office.database.begin(SERVICE) as session:
        kinds = await session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id))
        assert CaseEventKind.NOTE not in kinds.all()
