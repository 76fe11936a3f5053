from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.cases.reading import Happening, Said, queue, read_case
from domain.cases.work import note, resolve, write
from domain.errors import NotAllowed, Refused
from storage.audit import AuditEntry
from storage.kinds import (
    CaseEventKind,
    CaseState,
    Direction,
    Identity,
    MessageKind,
    OutboxState,
    Outcome,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from tests.domain.centre import Centre


async def test_the_queue_shows_the_most_dangerous_first_then_who_is_due_first(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    concern = await centre.signal(await centre.person(), Severity.CONCERN)
    first = await centre.signal(await centre.person(), Severity.URGENT)
    second = await centre.signal(await centre.person(), Severity.URGENT)
    emergency = await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with centre.database.begin(centre.organisation.id) as session:
        lines = await queue(session, vera)

    assert [line.id for line in lines] == [emergency.id, first.id, second.id, concern.id]


async def test_a_line_says_who_has_the_case_and_why_it_is_there(centre: Centre) -> None:
    vera, ana = await centre.colleague(name="Vera Hoxha"), await centre.colleague()
    person = await centre.person(language="ar")
    case = await centre.signal(person)
    await centre.signal(person, Severity.CONCERN, ["money.none"])
    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        (hers,) = await queue(session, vera)
        (seen,) = await queue(session, ana)

    assert (hers.claimed_by, hers.mine, seen.mine) == ("Vera Hoxha", True, False)
    assert (hers.signals, hers.reasons) == (2, ("money.none",))
    assert (hers.language, hers.state) == ("ar", CaseState.CLAIMED)
    assert hers.pseudonym


async def test_resolved_cases_are_shown_only_when_asked_for(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
        assert await queue(session, vera) == []
        (line,) = await queue(session, vera, all_states=True)

    assert line.state is CaseState.RESOLVED


async def test_p10_the_queue_holds_one_organisations_cases_whatever_the_scope(
    centre: Centre,
) -> None:
    await centre.signal(await centre.person())
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger = await other.colleague()
    for scope in (SERVICE, other.organisation.id):
        async with centre.database.begin(scope) as session:
            assert await queue(session, stranger) == []


async def test_p10_a_coordinator_sees_no_queue(centre: Centre) -> None:
    coordinator = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await queue(session, coordinator)


async def test_a_case_tells_its_story_in_order_with_words_opened(centre: Centre) -> None:
    vera = await centre.colleague(name="Vera Hoxha")
    person = await centre.person()
    case = await centre.signal(person)
    await centre.hears(person, "He took my passport")
    await centre.hears(person, "file-1", MessageKind.VOICE)
    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, vera, case.id, "Speaks Albanian.")
    await centre.writes(vera, case, "I read you.")
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)

    assert [entry.at for entry in file.timeline] == sorted(entry.at for entry in file.timeline)
    said = [entry for entry in file.timeline if isinstance(entry, Said)]
    assert [(each.direction, each.text, each.file_id) for each in said] == [
        (Direction.FROM_RETURNEE, "He took my passport", None),
        (Direction.FROM_RETURNEE, None, "file-1"),
        (Direction.TO_RETURNEE, "I read you.", None),
    ]
    assert [each.delivery for each in said] == [None, None, OutboxState.WAITING]
    assert said[1].listen_by is not None
    assert said[2].by == "Vera Hoxha"
    notes = [each for each in file.timeline if isinstance(each, Happening) and each.note]
    assert [(each.kind, each.note) for each in notes] == [(CaseEventKind.NOTE, "Speaks Albanian.")]
    assert file.claimed_by == "Vera Hoxha"


async def test_a_case_says_first_how_the_person_may_be_contacted(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    async with centre.database.begin(centre.organisation.id) as session:
        contact = (await read_case(session, vera, case.id)).contact

    assert contact.identity is Identity.UNCONFIRMED
    assert contact.time_zone == "Europe/Tirane"
    assert not contact.frozen


async def test_p10_every_reading_is_recorded(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    for _ in range(2):
        async with centre.database.begin(centre.organisation.id) as session:
            await read_case(session, vera, case.id)
    async with centre.database.begin(SERVICE) as session:
        readings = await session.scalar(
            select(func.count()).where(
                AuditEntry.action == "case.read",
                AuditEntry.subject == case.id,
                AuditEntry.staff_id == vera.staff_id,
            )
        )

    assert readings == 2


async def test_p10_reading_anothers_case_is_refused_as_if_it_were_not_there(
    centre: Centre,
) -> None:
    case = await centre.signal(await centre.person())
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger = await other.colleague()
    for scope in (SERVICE, other.organisation.id):
        for case_id in (case.id, uuid4()):
            async with centre.database.begin(scope) as session:
                with pytest.raises(Refused, match=r"^There is no such case\.$"):
                    await read_case(session, stranger, case_id)


async def test_words_written_from_telegram_show_their_delivery_in_the_console(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(SERVICE) as session:
        await write(session, vera, case.id, "I am here.")
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)

    assert [each.delivery for each in file.timeline if isinstance(each, Said)] == [
        OutboxState.WAITING
    ]
