"""What the phone answers to the gentle question. It may not be its owner who taps that."""

from collections.abc import Sequence

import pytest

from domain.casework.reading import read_case
from domain.crisis.gentle_question import note_answer
from domain.notices import Notice
from storage.kinds import CaseEventKind, CaseState, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.signals.waiting import clocks

LINES = {
    Notice.HELP_OKAY: CaseEventKind.OKAY_SAID,
    Notice.HELP_DECLINED: CaseEventKind.NOT_NOW_SAID,
}


async def answers(centre: Centre, person: Returnee, notice: Notice) -> None:
    async with centre.database.begin(SERVICE) as session:
        await note_answer(session, await session.get_one(Returnee, person.id), notice)


@pytest.mark.parametrize("notice", LINES)
@pytest.mark.parametrize("severity", [Severity.CONCERN, Severity.URGENT, Severity.EMERGENCY])
async def test_p13_an_answer_is_a_line_of_the_case_and_lowers_and_stops_nothing(
    centre: Centre, severity: Severity, notice: Notice
) -> None:
    vera = await centre.colleague(chat=1, on_duty=True)
    person = await centre.person()
    case = await centre.signal(person, severity)
    before, alerts = clocks(await centre.fresh(case)), await centre.sent(Notice.STAFF_ALERT)
    await answers(centre, person, notice)

    assert (await centre.history(case.id)).count(LINES[notice]) == 1
    assert clocks(await centre.fresh(case)) == before
    assert await centre.sent(Notice.STAFF_ALERT) == alerts
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    before = clocks(await centre.fresh(case))
    centre.later(hours=2)
    await answers(centre, person, notice)
    # Whoever waits for the person's words goes on waiting for them.
    assert clocks(await centre.fresh(case)) == before
    assert (await centre.fresh(case)).state is CaseState.WAITING


async def test_tapping_an_answer_again_and_again_is_one_line_an_hour(centre: Centre) -> None:
    person = await centre.person()
    case = await centre.signal(person)
    for _ in range(3):
        await answers(centre, person, Notice.HELP_OKAY)
    await answers(centre, person, Notice.HELP_DECLINED)
    centre.later(hours=2)
    await answers(centre, person, Notice.HELP_OKAY)

    history = await centre.history(case.id)
    assert history.count(CaseEventKind.OKAY_SAID) == 2
    assert history.count(CaseEventKind.NOT_NOW_SAID) == 1


@pytest.mark.parametrize("notice", LINES)
async def test_p13_an_answer_hides_no_reason_for_which_the_case_is_there(
    centre: Centre, notice: Notice
) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))

    async def why() -> Sequence[str]:
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            return (await read_case(session, vera, case.id)).why

    before = await why()
    await answers(centre, person, notice)
    assert await why() == before == ("threat.threatened",)


@pytest.mark.parametrize("notice", LINES)
async def test_without_an_open_case_no_answer_is_kept(centre: Centre, notice: Notice) -> None:
    await answers(centre, await centre.person(), notice)
