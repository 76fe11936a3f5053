"""A draft is changed piece by piece, says what a file may say, and asks nobody twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.check_ins.sending import send_due
from domain.errors import NotAllowed, Refused
from domain.pathways import editing
from domain.pathways.bringing import bring, copy, move_next
from domain.pathways.drafting import change, draft_of, drop, put_in_force, still_to_come
from domain.pathways.placing import Place, put
from domain.pathways.reading import read_pathway
from domain.pathways.shelf import ours
from domain.pathways.values import Anchor, Kind, Offset, Pathway, Stage, Step
from domain.pathways.writing import write_pathway
from domain.questionnaires.values import Words
from storage.kinds import CheckInState, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.checking_in import Office

SHORT = ours()[1]
ASKED = ["safety-and-needs"]
Edit = Callable[[Pathway], Pathway]


def a_step(pathway: Pathway, stage: Stage, kind: Kind, due: int) -> Step:
    key = f"{stage.key}.{editing.fresh_key(pathway, kind)}"
    text = None if kind is Kind.CHECK_IN else Words("Tea", {"en": "Tea", "fr": "Thé"})
    hours = 0 if kind is Kind.TASK else 48
    asked = ASKED[0] if kind is Kind.CHECK_IN else ""
    at = time(17) if kind is Kind.TASK else time(9, 30)
    return Step(key, kind, Offset(due), at, hours, text, asked)


def edited(pathway: Pathway, what: tuple[str, int, Kind, int]) -> Pathway:
    """What a coordinator does next, wherever the number points."""
    action, number, kind, due = what
    stage = pathway.stages[number % len(pathway.stages)]
    match action:
        case "step":
            return editing.with_step(pathway, stage, a_step(pathway, stage, kind, due))
        case "unstep" if stage.steps:
            return editing.without_step(pathway, stage.steps[number % len(stage.steps)].key)
        case "stage":
            key = editing.fresh_key(pathway, "stage")
            return editing.with_stage(pathway, Stage(key, Words("Later"), Anchor.DEPARTURE))
        case "unstage" if len(pathway.stages) > 1:
            return editing.without_stage(pathway, stage.key)
        case "earlier":
            return editing.earlier(pathway, stage.key)
        case _:
            return pathway


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["step", "unstep", "stage", "unstage", "earlier"]),
            st.integers(0, 20),
            st.sampled_from(list(Kind)),
            st.integers(-30, 400),
        ),
        max_size=12,
    )
)
def test_whatever_is_changed_the_file_says_the_same_and_no_old_key_comes_back(
    changes: list[tuple[str, int, Kind, int]],
) -> None:
    pathway = SHORT
    for each in changes:
        pathway = edited(pathway, each)

    file = write_pathway(pathway, (), lambda _, text: text).encode()
    read = read_pathway(file, languages=["en", "fr"], questionnaires=ASKED)

    assert replace(read, version=pathway.version) == pathway
    new = {step.key for _, step in pathway.steps} - {step.key for _, step in SHORT.steps}
    assert all(f"-{SHORT.version + 1}-" in key.partition(".")[2] for key in new)


def at(due: str) -> Edit:
    """The check-in of the first week on another day."""

    def edit(pathway: Pathway) -> Pathway:
        offset = Offset.parse(due)
        assert offset is not None
        stage, step = editing.step_of(pathway, "first-days.week-1")
        return editing.with_step(pathway, stage, replace(step, due=offset))

    return edit


def asking(step_key: str, questionnaire: str) -> Edit:
    def edit(pathway: Pathway) -> Pathway:
        stage, step = editing.step_of(pathway, step_key)
        return editing.with_step(pathway, stage, replace(step, questionnaire=questionnaire))

    return edit


async def mark(database: Database, office: Office) -> str:
    async with database.begin(office.organisation.id) as session:
        return (await draft_of(session, office.coordinator, SHORT.key)).mark


async def changed(database: Database, office: Office, edit: Edit, seen: str | None = None) -> None:
    """By whoever saw it as it is, unless said otherwise."""
    seen = seen or await mark(database, office)
    async with database.begin(office.organisation.id) as session:
        me = office.coordinator
        await change(session, me, SHORT.key, seen, edit, languages=(), questionnaires=ASKED)


async def test_who_was_asked_is_not_asked_again_and_the_rest_is_planned_anew(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    async with database.begin(office.organisation.id) as session:
        there = Place(SHORT.key, {Anchor.ARRIVAL: date(2026, 5, 4)})
        await put(session, office.coordinator, person.id, there, {})
        assert (await still_to_come(session, office.coordinator, SHORT.key))[
            "first-days.week-1"
        ] == 1
    set_clock(clock, datetime(2026, 5, 11, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    await changed(database, office, at("9 days"))
    await changed(database, office, lambda it: editing.without_stage(it, "month-3"))

    seen = await mark(database, office)
    async with database.begin(office.organisation.id) as session:
        await put_in_force(session, office.coordinator, SHORT.key, seen, for_those_on_it=True)
    async with database.begin(SERVICE) as session:
        await move_next(session)

    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(CheckIn).order_by(CheckIn.due_at))).all()
    assert [(row.step, row.version) for row in rows if row.state is CheckInState.PLANNED] == [
        ("month-1.check-in", 2)
    ]
    assert len([row for row in rows if row.step == "first-days.week-1"]) == 1


async def test_a_draft_that_another_version_overtook_says_so(
    database: Database, office: Office
) -> None:
    await changed(database, office, at("9 days"))
    async with database.begin(office.organisation.id) as session:
        await bring(session, office.coordinator, at("2 weeks")(SHORT))
    async with database.begin(office.organisation.id) as session:
        draft = await draft_of(session, office.coordinator, SHORT.key)
        assert (draft.overtaken, draft.in_force.version, draft.pathway.version) == (True, 2, 2)
        taken = await put_in_force(
            session, office.coordinator, SHORT.key, draft.mark, for_those_on_it=False
        )
        assert (taken.version, str(editing.step_of(taken, "first-days.week-1")[1].due)) == (
            3,
            "9 days",
        )


async def test_only_who_runs_campaigns_and_saw_the_last_change_may_change_it(
    database: Database, office: Office
) -> None:
    before = await mark(database, office)
    await changed(database, office, at("9 days"))
    with pytest.raises(Refused, match="meanwhile"):
        await changed(database, office, at("10 days"), before)
    worker = replace(office.coordinator, role=Role.CASEWORKER)
    with pytest.raises(NotAllowed):
        await changed(database, replace(office, coordinator=worker), at("10 days"), before)


async def test_whoever_drops_a_draft_saw_all_of_it(database: Database, office: Office) -> None:
    before = await mark(database, office)
    await changed(database, office, at("9 days"))
    seen = await mark(database, office)
    async with database.begin(office.organisation.id) as session:
        with pytest.raises(Refused, match="meanwhile"):
            await drop(session, office.coordinator, SHORT.key, before)
        await drop(session, office.coordinator, SHORT.key, seen)
        assert (await draft_of(session, office.coordinator, SHORT.key)).revision == 0


async def test_what_was_seen_of_a_draft_that_was_dropped_is_none_of_the_next(
    database: Database, clock: Clock, office: Office
) -> None:
    await changed(database, office, at("9 days"))
    seen = await mark(database, office)
    async with database.begin(office.organisation.id) as session:
        await drop(session, office.coordinator, SHORT.key, seen)
    clock.offset += timedelta(seconds=1)
    await changed(database, office, at("10 days"))
    async with database.begin(office.organisation.id) as session:
        with pytest.raises(Refused, match="meanwhile"):
            await put_in_force(session, office.coordinator, SHORT.key, seen, for_those_on_it=True)


async def test_what_was_seen_before_a_draft_came_into_force_is_none_of_the_next_draft(
    database: Database, office: Office
) -> None:
    """Both begin without a change."""
    before = await mark(database, office)
    await changed(database, office, at("9 days"))
    seen = await mark(database, office)
    async with database.begin(office.organisation.id) as session:
        await put_in_force(session, office.coordinator, SHORT.key, seen, for_those_on_it=False)
    with pytest.raises(Refused, match="meanwhile"):
        await changed(database, office, at("10 days"), before)


async def test_what_a_pathway_asks_it_may_ask_on_once_the_form_is_switched_off(
    database: Database, office: Office
) -> None:
    """Else nothing else of it could be changed, not even step by step to another form."""
    async with database.begin(office.organisation.id) as session:
        me = office.coordinator
        for edit in (at("9 days"), asking("month-1.check-in", "k6")):
            seen = (await draft_of(session, me, SHORT.key)).mark
            await change(session, me, SHORT.key, seen, edit, languages=(), questionnaires=["k6"])
        with pytest.raises(Refused, match="There is no questionnaire phq-4"):
            another = asking("month-1.check-in", "phq-4")
            seen = (await draft_of(session, me, SHORT.key)).mark
            await change(session, me, SHORT.key, seen, another, languages=(), questionnaires=())


async def test_a_pathway_of_ones_own_that_is_asked_for_twice_is_one(
    database: Database, office: Office
) -> None:
    """P12: on a bad connection."""
    async with database.begin(office.organisation.id) as session:
        one, two, other = [
            await copy(session, office.coordinator, SHORT.key, name)
            for name in ("Ours", "Ours", "Yours")
        ]
    assert one.key == two.key != other.key
