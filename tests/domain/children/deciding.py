"""A child, one or two organisations that accompany it, and what they decide for it."""

from typing import Any
from uuid import UUID

from domain.actors import Actor
from domain.children.deciding import decide, protecting
from domain.profiles.care import read_care
from domain.returnees.enrolments import enrol
from domain.returnees.keys import data_key
from storage.kinds import Role
from storage.sessions import SERVICE, Database, Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import ChildProtection, Returnee
from storage.tables.staff import Staff
from tests.domain.checking_in import Office, add_person, invite_in, open_office, plan_check_in


async def a_child(database: Database, office: Office, **facts: Any) -> tuple[Returnee, CheckIn]:
    async with database.begin(SERVICE) as session:
        await _is_led(session, office)
        person = await add_person(session, office.organisation, 4711, **facts)
        return person, await plan_check_in(session, person, office)


async def also_with(database: Database, child: Returnee) -> tuple[Office, CheckIn]:
    """A second organisation, and what it would ask them."""
    other = await open_office(database, "Rabat")
    async with database.begin(SERVICE) as session:
        there = await session.get_one(Returnee, child.id)
        await _is_led(session, other)
        await enrol(session, there, other.organisation)
        await invite_in(session, there, other.organisation)
        return other, await plan_check_in(session, there, other)


async def _is_led(session: Session, office: Office) -> None:
    """Somebody there decides for children."""
    (await session.get_one(Staff, office.coordinator.staff_id)).role = Role.SUPERVISOR


def supervisor_of(office: Office) -> Actor:
    return Actor(office.coordinator.staff_id, office.organisation.id, Role.SUPERVISOR)


async def decides(database: Database, office: Office, child: Returnee, why: str) -> None:
    actor = supervisor_of(office)
    async with database.begin(office.organisation.id, actor.staff_id) as session:
        await decide(session, actor, child.id, actor.staff_id, why)


async def decides_as_before(database: Database, worker_id: UUID, child: Returnee, why: str) -> None:
    """As an earlier release wrote it, for all organisations."""
    async with database.begin(SERVICE) as session:
        sealed = (await data_key(session, child.id)).seal(why, "best interests")
        session.add(
            ChildProtection(
                returnee_id=child.id,
                worker_id=worker_id,
                decision=sealed,
                decided_at=session.now,
            )
        )


async def reasons_shown(database: Database, office: Office, child: Returnee) -> str | None:
    """As the person's page shows them there."""
    actor = supervisor_of(office)
    async with database.begin(office.organisation.id, actor.staff_id) as session:
        decision = (await read_care(session, actor, child)).decision
    return decision.reasons if decision else None


async def may_ask(database: Database, child: Returnee) -> set[UUID]:
    async with database.begin(SERVICE) as session:
        return await protecting(session, child.id)
