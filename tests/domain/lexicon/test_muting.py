"""What is heard no more: by one for a concern, by two for more."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.distress import Assessment, Watch
from domain.distress.lexicon import Rule
from domain.errors import NotAllowed, Refused
from domain.lexicon.adding import NewWords, add_own, put_in_force, trial_of
from domain.lexicon.hearing import hear_as_now
from domain.lexicon.muting import Muted, confirm, lift, list_muted, mute_line, mute_own
from domain.lexicon.reading import list_own
from domain.notices import Notice
from domain.queue.standing import standing_of
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from tests.domain.centre import Centre

SLANG = NewWords("en", "threat", Severity.URGENT, "big aunties", "", ["the big aunties"], [])
WHY = "Our people say it of the weather."


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch.load()


def line_of(watch: Watch, text: str, severity: Severity) -> str:
    """The key of one that speaks there, of that rank."""
    return next(
        entry.key
        for entry in watch.lines_in(text)
        if isinstance(entry.meaning, Rule) and entry.meaning.severity is severity
    )


class Table:
    """Somebody of the organisation at it, and what they find there."""

    def __init__(self, centre: Centre, actor: Actor, watch: Watch) -> None:
        self.centre, self.actor, self.watch = centre, actor, watch

    async def mute(self, text: str, severity: Severity) -> bool:
        key = line_of(self.watch, text, severity)
        async with self.centre.database.begin(self.actor.organisation_id) as session:
            return await mute_line(session, self.actor, key, WHY, self.watch)

    async def listed(self) -> list[Muted]:
        async with self.centre.database.begin(self.actor.organisation_id) as session:
            return await list_muted(session, self.actor, self.watch)

    async def confirm(self, muting: Muted) -> None:
        async with self.centre.database.begin(self.actor.organisation_id) as session:
            await confirm(session, self.actor, muting.id)

    async def lift(self, muting: Muted) -> None:
        async with self.centre.database.begin(self.actor.organisation_id) as session:
            await lift(session, self.actor, muting.id)

    async def hears(self, text: str) -> Assessment:
        async with self.centre.database.begin(self.actor.organisation_id) as session:
            return (await hear_as_now(session, self.actor, text, self.watch)).verdict


@pytest.fixture
async def table(centre: Centre, watch: Watch) -> Table:
    return Table(centre, await centre.colleague(Role.COORDINATOR), watch)


async def test_a_concern_is_muted_by_one_and_heard_again_by_one(table: Table) -> None:
    text = "i feel so lonely"
    before = await table.hears(text)
    assert await table.mute(text, Severity.CONCERN)
    assert "loneliness.alone" not in (await table.hears(text)).reasons
    (muting,) = await table.listed()
    assert (muting.in_force, muting.mine, muting.reason) == (True, True, WHY)
    await table.lift(muting)
    after = await table.hears(text)
    assert (after.severity, after.reasons) == (before.severity, before.reasons)
    assert await table.listed() == []


async def test_p1_what_is_urgent_or_graver_is_heard_until_a_second_person_has_agreed(
    table: Table, centre: Centre, watch: Watch
) -> None:
    text = "my cousin raped me"
    assert not await table.mute(text, Severity.URGENT)
    (muting,) = await table.listed()
    assert not muting.in_force
    with pytest.raises(NotAllowed):
        await table.confirm(muting)
    assert "sexual-violence.assault" in (await table.hears(text)).reasons

    second = Table(centre, await centre.colleague(Role.SUPERVISOR), watch)
    assert [each.mine for each in await second.listed()] == [False]
    await second.confirm(muting)
    assert (await table.listed())[0].in_force
    with pytest.raises(Refused):
        await second.confirm(muting)


async def test_p1_whoever_may_agree_is_told_and_sees_that_it_waits_until_it_is_decided(
    centre: Centre, watch: Watch
) -> None:
    proposer = await centre.colleague(Role.COORDINATOR, name="Ana", chat=701)
    second = await centre.colleague(Role.SUPERVISOR, name="Drita", chat=702)
    worker = await centre.colleague(name="Vera", chat=703)
    table = Table(centre, proposer, watch)
    await table.mute("i feel so lonely", Severity.CONCERN)
    assert await centre.sent(Notice.STAFF_MUTING) == []
    await table.mute("he has a knife", Severity.EMERGENCY)
    [told] = await centre.sent(Notice.STAFF_MUTING)
    assert (told.chat, told.params) == (702, {})
    waiting = {each.staff_id: await mutings_of(centre, each) for each in (proposer, second, worker)}
    assert waiting == {proposer.staff_id: 0, second.staff_id: 1, worker.staff_id: 0}

    await Table(centre, second, watch).confirm((await table.listed())[0])
    assert await mutings_of(centre, second) == 0


async def mutings_of(centre: Centre, actor: Actor) -> int:
    async with centre.database.begin(actor.organisation_id) as session:
        return (await standing_of(session, actor)).mutings


async def test_p1_an_entry_of_the_organisations_own_is_muted_by_the_same_rule(
    table: Table, centre: Centre, watch: Watch
) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        entry_id = await add_own(session, table.actor, SLANG)
        with pytest.raises(Refused):
            await mute_own(session, table.actor, entry_id, WHY)
        await put_in_force(session, table.actor, entry_id, watch)
        assert not await mute_own(session, table.actor, entry_id, WHY)
    assert (await table.hears("the big aunties")).severity is Severity.URGENT
    (muting,) = await table.listed()
    await Table(centre, await centre.colleague(Role.COORDINATOR), watch).confirm(muting)
    assert (await table.hears("the big aunties")).severity is Severity.NONE


async def test_what_is_muted_is_listed_as_such_and_takes_no_room(
    table: Table, centre: Centre, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.lexicon.adding.MOST_ENTRIES", 1)
    slang = replace(SLANG, severity=Severity.CONCERN)
    async with centre.database.begin(table.actor.organisation_id) as session:
        entry_id = await add_own(session, table.actor, slang)
        await put_in_force(session, table.actor, entry_id, watch)
    with pytest.raises(Refused, match="enough entries"):
        async with centre.database.begin(table.actor.organisation_id) as session:
            await add_own(session, table.actor, replace(slang, phrase="small aunties"))

    async with centre.database.begin(table.actor.organisation_id) as session:
        assert await mute_own(session, table.actor, entry_id, WHY)
    async with centre.database.begin(table.actor.organisation_id) as session:
        await add_own(session, table.actor, replace(slang, phrase="small aunties"))
        assert sorted(each.is_muted for each in await list_own(session, table.actor)) == [
            False,
            True,
        ]
        words, _ = await trial_of(session, table.actor, entry_id, watch)
    assert words.is_muted


async def test_nothing_is_muted_twice_or_without_a_reason(table: Table, centre: Centre) -> None:
    await table.mute("i feel so lonely", Severity.CONCERN)
    with pytest.raises(Refused):
        await table.mute("i feel so lonely", Severity.CONCERN)
    key = line_of(table.watch, "he has a knife", Severity.EMERGENCY)
    async with centre.database.begin(centre.organisation.id) as session:
        for wrong, reason in ((key, ""), (key, "x" * 501), ("en:none:of:these", WHY)):
            with pytest.raises(Refused):
                await mute_line(session, table.actor, wrong, reason, table.watch)


async def test_p10_whoever_has_not_the_right_or_is_elsewhere_mutes_nothing(
    table: Table, centre: Centre, watch: Watch
) -> None:
    await table.mute("he has a knife", Severity.EMERGENCY)
    (muting,) = await table.listed()
    with pytest.raises(NotAllowed):
        await Table(centre, await centre.colleague(), watch).confirm(muting)
    stranger = replace(await centre.colleague(Role.SUPERVISOR), organisation_id=UUID(int=1))
    with pytest.raises(Refused):
        await Table(centre, stranger, watch).confirm(muting)


async def test_the_ledger_says_who_muted_what_in_codes(table: Table, centre: Centre) -> None:
    await table.mute("he has a knife", Severity.EMERGENCY)
    async with centre.database.begin(SERVICE) as session:
        query = select(AuditEntry).where(AuditEntry.action == "lexicon.mute-proposed")
        line = (await session.scalars(query)).one()
    assert line.staff_id == table.actor.staff_id
    assert line.detail["rule"] == "en:emergency:weapon.threat"
    assert WHY not in str(line.detail)
