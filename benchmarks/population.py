"""People in the hundred thousands within minutes, with all that a year leaves behind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.actors import Actor
from domain.consent.facts import Facts
from domain.organisations import add_organisation
from domain.staff import add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database

_SQL = Path(__file__).with_suffix(".sql")
_SEED = """
CREATE TEMP TABLE seed AS SELECT
    CAST(:people AS bigint) AS people, CAST(:open_cases AS bigint) AS open_cases,
    CAST(:helped_one_in AS bigint) AS helped_one_in, CAST(:organisation AS uuid) AS organisation_id,
    CAST(:staff AS uuid) AS staff_id, CAST(:colleague AS uuid) AS colleague_id,
    CAST(:wrapped AS bytea) AS wrapped, CAST(:notice AS text) AS notice,
    CAST(:chat AS bytea) AS chat, CAST(:body AS bytea) AS body
"""


@dataclass(frozen=True, slots=True)
class Population:
    """One organisation that has everybody: the hardest case for every list."""

    organisation: UUID
    supervisor: Actor
    coordinator: Actor
    #: Somebody in the middle, a case that waits, a referral of old, and a campaign that has run.
    person: UUID
    case: UUID
    referral: UUID
    campaign: UUID


async def populate(
    database: Database,
    owner_url: str,
    people: int,
    *,
    open_cases: int | None = None,
    helped_one_in: int = 5,
) -> Population:
    """Into an empty database with every table. Leaves statistics, as autovacuum would.

    One in a hundred has an open case unless it is said how many, but the queue is longer than its
    page everywhere; of the others, one in so many had one that is closed.
    """
    if open_cases is None:
        open_cases = max(people // 100, min(people, 300))
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "The whole world", country="AL")
        staff = [
            Actor((await add_staff(session, "Vera", organisation, role)).id, organisation.id, role)
            for role in (Role.SUPERVISOR, Role.COORDINATOR)
        ]
    supervisor, coordinator = staff
    seed = {
        "people": people,
        "open_cases": open_cases,
        "helped_one_in": helped_one_in,
        "notice": Facts.of(organisation).version,
    }
    await _fill(database, owner_url, seed, supervisor, coordinator)
    return Population(
        organisation.id,
        supervisor,
        coordinator,
        person=_id("person", people // 2),
        case=_id("case", 1),
        referral=_id("referral", people // 2 // helped_one_in * helped_one_in),
        campaign=_id("campaign", 0),
    )


def _id(kind: str, number: int) -> UUID:
    """As in the SQL."""
    return UUID(md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest())


async def _fill(
    database: Database,
    owner_url: str,
    how: Mapping[str, object],
    holder: Actor,
    colleague: Actor,
) -> None:
    """By the owner, whom no policy binds, and past all triggers: what is made here fits."""
    key, wrapped = database.keys.new_data_key()
    seed = {
        **how,
        "organisation": holder.organisation_id,
        "staff": holder.staff_id,
        "colleague": colleague.staff_id,
        "wrapped": wrapped,
        "chat": database.keys.seal("1", "returnee chat"),
        "body": key.seal(json.dumps({"text": "I need somebody."}), "message body"),
    }
    engine = create_async_engine(owner_url, hide_parameters=True)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text(_SEED), seed)
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(_SQL.read_text())
    await engine.dispose()
