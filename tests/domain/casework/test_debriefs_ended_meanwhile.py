"""Somebody writes how an emergency was, while a supervisor ends that: they talked about it."""

import pytest

from domain.actors import Actor
from domain.casework.tasks import finish, owed_by, tasks_of
from domain.casework.work import resolve
from domain.errors import Refused
from storage.kinds import Outcome, Role, Severity
from storage.tables.cases import Case
from tests.domain.centre import Centre


async def ended_by_a_supervisor(centre: Centre) -> tuple[Actor, Case]:
    """Who owed it, and of which case."""
    vera, sara = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    case = await centre.claims(vera, await centre.signal(await centre.person(), Severity.EMERGENCY))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
        (owed,) = await owed_by(session, sara)
        await finish(session, sara, case.id, owed.id)
    return vera, case


async def writes(centre: Centre, actor: Actor, case: Case, words: str) -> str | None:
    """Returns what stands there then."""
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        (owed,) = await tasks_of(session, actor, case)
        await finish(session, actor, case.id, owed.id, words)
        (owed,) = await tasks_of(session, actor, case)
    return owed.words


async def test_what_somebody_wrote_is_kept_though_a_supervisor_ended_it_meanwhile(
    centre: Centre,
) -> None:
    vera, case = await ended_by_a_supervisor(centre)
    assert await writes(centre, vera, case, "I could not sleep.") == "I could not sleep."


async def test_what_is_written_once_is_not_written_over_and_a_repeat_says_nothing(
    centre: Centre,
) -> None:
    vera, case = await ended_by_a_supervisor(centre)
    for words in ("I could not sleep.", "I could not sleep. ", ""):
        assert await writes(centre, vera, case, words) == "I could not sleep."
    with pytest.raises(Refused, match="meanwhile"):
        await writes(centre, vera, case, "I sleep again.")


async def test_nobody_else_writes_into_what_is_ended(centre: Centre) -> None:
    _, case = await ended_by_a_supervisor(centre)
    assert await writes(centre, await centre.colleague(Role.SUPERVISOR), case, "Fine.") is None
