"""What opens a case without a word."""

from sqlalchemy import select

from domain.check_ins.outcomes import failed
from storage.kinds import Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee


async def block(database: Database, returnee: Returnee, *, blocked: bool = True) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        person.blocked_at = session.now if blocked else None


async def never_arrives(database: Database, check_in: CheckIn, reason: str = "blocked") -> None:
    async with database.begin(SERVICE) as session:
        await failed(session, check_in.id, reason)


async def signals(database: Database) -> list[tuple[Severity, list[str]]]:
    async with database.begin(SERVICE) as session:
        found = await session.execute(
            select(Case.severity, CaseEvent.reasons)
            .join(CaseEvent, CaseEvent.case_id == Case.id)
            .where(CaseEvent.kind.in_(["opened", "signal"]))
            .order_by(CaseEvent.number)
        )
        return [(severity, reasons) for severity, reasons in found]
