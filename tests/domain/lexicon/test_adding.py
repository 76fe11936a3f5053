"""An organisation's own words, from a coordinator's idea to a signal."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, text

from domain.distress import Watch
from domain.errors import NotAllowed, Refused
from domain.lexicon.adding import NewWords, add_own, discard, put_in_force, trial_of
from domain.lexicon.cache import Lexicons
from domain.lexicon.explaining import decided, owns_by
from domain.lexicon.reading import list_own, own_in
from storage.kinds import Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.audit import AuditEntry
from storage.tables.lexicon import LexiconEntry
from tests.domain.centre import Centre

AUNTIES = NewWords(
    language="en",
    category="threat",
    severity=Severity.URGENT,
    phrase="big aunties",
    note="The women who collect debts",
    hears=["the big aunties came again"],
    ignores=["my aunties are well"],
)


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch.load()


async def added(centre: Centre, new: NewWords = AUNTIES) -> UUID:
    actor = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(actor.organisation_id, actor.staff_id) as session:
        return await add_own(session, actor, new)


async def in_force(centre: Centre, watch: Watch, new: NewWords = AUNTIES) -> UUID:
    entry_id = await added(centre, new)
    actor = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(actor.organisation_id, actor.staff_id) as session:
        await put_in_force(session, actor, entry_id, watch)
    return entry_id


async def test_p1_what_is_put_in_force_is_heard_and_what_is_only_tried_is_not(
    centre: Centre, watch: Watch
) -> None:
    lexicons = Lexicons()
    await added(centre, replace(AUNTIES, phrase="small uncles", hears=["small uncles"]))
    async with centre.database.begin(SERVICE) as session:
        await lexicons.refresh(session)
    assert lexicons.of(centre.organisation.id) is None

    await in_force(centre, watch)
    async with centre.database.begin(SERVICE) as session:
        await lexicons.refresh(session)
    own = lexicons.of(centre.organisation.id)
    assert watch.assess("THE BIG AUNTIES are outside", own=own).severity is Severity.URGENT
    assert watch.assess("small uncles", own=own).severity is Severity.NONE
    # Whoever is with nobody is the default organisation's.
    assert lexicons.of(None) is own


async def test_a_version_stands_as_it_was(centre: Centre, watch: Watch) -> None:
    await in_force(centre, watch)
    await in_force(centre, watch, replace(AUNTIES, phrase="red house", hears=["the red house"]))
    async with centre.database.begin(SERVICE) as session:
        first = await own_in(session, centre.organisation.id, 1)
        second = await own_in(session, centre.organisation.id, 2)
    assert watch.assess("the red house", own=first).severity is Severity.NONE
    assert watch.assess("the red house", own=second).severity is Severity.URGENT
    assert watch.assess("big aunties", own=second).severity is Severity.URGENT


@pytest.mark.parametrize(
    "wrong",
    [
        replace(AUNTIES, hears=["the aunties came"]),
        replace(AUNTIES, ignores=["big aunties, how nice"]),
        replace(AUNTIES, phrase="the course", hears=["the course"]),
    ],
)
async def test_what_hears_too_little_or_too_much_is_not_put_in_force(
    centre: Centre, watch: Watch, wrong: NewWords
) -> None:
    entry_id = await added(centre, wrong)
    actor = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(actor.organisation_id, actor.staff_id) as session:
        _, trial = await trial_of(session, actor, entry_id, watch)
        assert not trial.passed
        with pytest.raises(Refused):
            await put_in_force(session, actor, entry_id, watch)
        await discard(session, actor, entry_id)
        assert await list_own(session, actor) == []


async def test_whoever_only_looks_waits_for_nobody_who_puts_it_in_force(
    centre: Centre, watch: Watch
) -> None:
    entry_id = await added(centre)
    actor = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(centre.organisation.id) as changing:
        await put_in_force(changing, actor, entry_id, watch)
        async with centre.database.begin(centre.organisation.id) as looking:
            await looking.execute(text("SET LOCAL lock_timeout = '1ms'"))
            words, trial = await trial_of(looking, actor, entry_id, watch)
    assert (words.since, trial.passed) == (None, True)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(AUNTIES, language="xx"),
        replace(AUNTIES, category="weather"),
        replace(AUNTIES, phrase="big|small aunties"),
        replace(AUNTIES, phrase="aunt*"),
        replace(AUNTIES, phrase="go"),
        replace(AUNTIES, hears=[]),
        replace(AUNTIES, hears=["x"] * 21),
        replace(AUNTIES, note="x" * 501),
    ],
)
async def test_what_cannot_be_an_entry_is_refused(centre: Centre, wrong: NewWords) -> None:
    with pytest.raises(Refused):
        await added(centre, wrong)


async def test_p10_only_those_who_keep_the_lexicon_add_to_it_and_only_to_their_own(
    centre: Centre, watch: Watch
) -> None:
    entry_id = await added(centre)
    worker = await centre.colleague()
    stranger = replace(await centre.colleague(Role.COORDINATOR), organisation_id=UUID(int=1))
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await add_own(session, worker, AUNTIES)
        with pytest.raises(NotAllowed):
            await list_own(session, worker)
        with pytest.raises(Refused):
            await put_in_force(session, stranger, entry_id, watch)


async def test_p7_the_words_are_sealed_and_the_ledger_has_codes_only(
    centre: Centre, database: Database, watch: Watch
) -> None:
    await in_force(centre, watch)
    async with database.begin(SERVICE) as session:
        row = (await session.scalars(select(LexiconEntry))).one()
        assert b"aunties" not in row.body
        lines = await session.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("lexicon."))
        )
        written = {line.action: line.detail for line in lines}
    assert set(written) == {"lexicon.added", "lexicon.in-force"}
    assert written["lexicon.in-force"]["version"] == 1
    assert "aunties" not in str(written)


async def test_a_past_signal_tells_by_which_words_and_version_it_was_decided(
    centre: Centre, watch: Watch
) -> None:
    await in_force(centre, watch)
    code = f"{AUNTIES.category}.own-"
    async with centre.database.begin(SERVICE) as session:
        own = await own_in(session, centre.organisation.id, 1)
        heard = watch.assess("the big aunties came", own=own)
        assert heard.reasons[0].startswith(code)
    await in_force(centre, watch, replace(AUNTIES, phrase="red house", hears=["the red house"]))
    async with centre.database.begin(SERVICE) as session:
        owns = await owns_by(session, centre.organisation.id, [heard.version, "00000000"])
    told = decided(owns[1], heard.version, heard.reasons)
    older = decided(owns[0], "00000000", ["threat.threatened"])
    assert (told.current, told.own, told.phrases) == (True, 1, ["big aunties"])
    assert (older.current, older.own, older.phrases) == (False, 0, [])
