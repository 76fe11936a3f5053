"""Check-ins that are due all at once: how fast they are asked, and never above the limit."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update

from benchmarks.bots import bare_sends
from benchmarks.effort import Effort
from benchmarks.people import Centre, enrol_people, open_centre
from benchmarks.results import Result, Rounds
from benchmarks.service import Service
from benchmarks.telegram import Call
from benchmarks.waiting import until
from domain.check_ins.spacing import APART
from storage.kinds import NOT_SENT_YET, CheckInState
from storage.sessions import SERVICE
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from tests.process import Started

_HIGHEST, _USUAL = 1000, 30
_SIDE_BY_SIDE = 50


@dataclass(frozen=True, slots=True)
class Pass:
    per_second: float
    #: The most that arrived within any one second.
    busiest_second: int


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    size, few = effort.of(3000, 30), effort.of(600, 30)
    ours, loop, crowd = Rounds(), Rounds(), Rounds()
    highest = []
    centre = await open_centre(wayhome.database)
    people = await enrol_people(wayhome.database, centre, wayhome.new_chats(size))
    # One process for all passes, as the loop is beside it: the first warms it up.
    async with _at(wayhome, _HIGHEST, effort.profile):
        await one_pass(wayhome, centre, people)
        for _ in range(effort.of(3, 1)):
            highest.append(await one_pass(wayhome, centre, people))
            ours.add(highest[-1].per_second)
            loop.add(await bare_sends(wayhome.telegram, size, 1))
            crowd.add(await bare_sends(wayhome.telegram, size, _SIDE_BY_SIDE))
    async with _at(wayhome, _USUAL):
        usual = await one_pass(wayhome, centre, people[:few])
    return [
        Result(
            name=f"check-ins at a limit of {_HIGHEST}/s",
            figure=ours.median,
            unit="sends/s",
            peer="the lower of the limit and a bare aiogram loop",
            peer_figure=min(_HIGHEST, loop.median),
            at_least=0.8,
            note=f"{size} due at once; {ours.spread}; loop {loop.spread},"
            f" {_SIDE_BY_SIDE} side by side {crowd.spread}",
        ),
        _busiest(_HIGHEST, highest),
        Result(
            name=f"check-ins at a limit of {_USUAL}/s",
            figure=usual.per_second,
            unit="sends/s",
            peer="limit",
            peer_figure=_USUAL,
            at_least=0.8,
            note=f"{few} due at once",
        ),
        _busiest(_USUAL, [usual]),
    ]


def _busiest(limit: int, passes: Sequence[Pass]) -> Result:
    return Result(
        name=f"busiest second at {limit}/s",
        figure=max(each.busiest_second for each in passes),
        unit="sends",
        peer="limit",
        peer_figure=limit,
        at_most=1,
    )


def _at(
    wayhome: Service, limit: int, profile: Path | None = None
) -> AbstractAsyncContextManager[Started]:
    return wayhome.running(profile=profile, WAYHOME_TELEGRAM_RATE=str(limit))


async def one_pass(wayhome: Service, centre: Centre, people: Sequence[UUID]) -> Pass:
    """From the first prompt that arrives to the last one that is booked as asked."""
    await _an_hour_passes(wayhome)
    await wayhome.telegram.forget(wayhome.token)
    await _plan(wayhome, centre, people)

    async def asked() -> bool:
        return not await _unsent(wayhome)

    await until(asked)
    sends = [
        call
        for call in (await wayhome.telegram.seen(wayhome.token)).calls
        if call.method == "sendmessage"
    ]
    return Pass(len(sends) / (sends[-1].at - sends[0].at), busiest_second(sends))


def busiest_second(calls: Sequence[Call]) -> int:
    """The most calls within any second, wherever it begins."""
    first = most = 0
    for last, call in enumerate(calls):
        while calls[first].at <= call.at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


async def _an_hour_passes(wayhome: Service) -> None:
    """Nobody is asked twice within it, and every pass asks the same people."""
    async with wayhome.database.begin(SERVICE) as session:
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.check_in_id.is_not(None))
            .values(finished_at=OutboxRow.finished_at - APART)
        )


async def _plan(wayhome: Service, centre: Centre, people: Sequence[UUID]) -> None:
    async with wayhome.database.begin(SERVICE) as session:
        session.add_all(
            CheckIn(
                organisation_id=centre.organisation.id,
                returnee_id=person,
                version=1,
                questionnaire="safety-and-needs@1",
                state=CheckInState.PLANNED,
                due_at=session.now,
                expires_at=session.now + timedelta(hours=24),
            )
            for person in people
        )


async def _unsent(wayhome: Service) -> int:
    async with wayhome.database.begin(SERVICE) as session:
        return (
            await session.scalar(
                select(func.count()).select_from(CheckIn).where(CheckIn.state.in_(NOT_SENT_YET))
            )
            or 0
        )
