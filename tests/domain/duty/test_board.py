"""The board counts what waits and what is late, and says who is on."""

from datetime import date, time

import pytest

from domain.duty.board import Load, read_board
from domain.duty.weekly import EveryWeek, plan_weekly
from domain.errors import NotAllowed
from domain.safeguarding.conflicts import keep_apart
from storage.kinds import CaseState, ConflictKind, Role, Severity
from storage.sessions import SERVICE
from tests.domain.centre import Centre


async def test_the_board_says_who_is_on_what_waits_and_what_is_late(centre: Centre) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    vera = await centre.colleague(chat=501, on_duty=True)
    samir = await centre.colleague(name="Samir")
    async with centre.database.begin(centre.organisation.id) as session:
        always = EveryWeek(range(7), time(0), time(0), date(2020, 1, 1))
        await plan_weekly(session, chief, samir.staff_id, always)
    emergency = await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.signal(await centre.person(), Severity.URGENT)
    answered = await centre.signal(await centre.person(), Severity.URGENT)
    await centre.claims(samir, answered)
    await centre.writes(samir, answered)
    await centre.claims(vera, emergency)
    centre.later(minutes=6)
    async with centre.database.begin(centre.organisation.id) as session:
        board = await read_board(session, chief)
        assert [(one.who, one.in_telegram, one.with_emergency) for one in board.on] == [
            ("Vera Hoxha", True, True),
            ("Samir", False, False),
        ]
        assert board.on[0].until is None
        assert board.on[1].until is not None
        assert [one.who for one in board.next] == ["Samir"]
        severe, urgent = board.load
        assert severe == Load(Severity.EMERGENCY, 0, 1, emergency.deadline_at)
        assert (urgent.severity, urgent.waiting, urgent.late) == (Severity.URGENT, 1, 0)
        with pytest.raises(NotAllowed):
            await read_board(session, vera)


async def test_whoever_waits_for_an_answer_in_an_emergency_has_it_still(centre: Centre) -> None:
    """As alerts see it, too."""
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    vera = await centre.colleague(chat=501, on_duty=True)
    emergency = await centre.signal(await centre.person(), Severity.EMERGENCY)
    await centre.claims(vera, emergency)
    await centre.writes(vera, emergency)
    assert (await centre.fresh(emergency)).state is CaseState.WAITING
    async with centre.database.begin(centre.organisation.id) as session:
        assert [one.with_emergency for one in (await read_board(session, chief)).on] == [True]


async def test_p10_the_board_counts_nobody_whom_its_reader_must_not_know_of(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    lead = await centre.colleague(Role.SAFEGUARDING, name="Lind")
    person = await centre.person()
    await centre.signal(person, Severity.URGENT)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, person.id, chief.staff_id, ConflictKind.EXCLUDED)
    centre.later(hours=2)
    async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
        assert (await read_board(session, chief)).load == []
