"""What is sealed can't be changed, taken away, slipped in or put in another order unnoticed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from domain import audit
from domain.audit.chain import Broken, Chain, Fault, check, head_of, is_in_a_chain, seal
from domain.errors import Refused
from domain.organisations import add_organisation
from domain.retention.shortening import shorten
from storage.keys.keyring import Keyring
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry, AuditSeal
from storage.tables.organisations import Organisation
from storage.wakes import Wakes
from tests.examples import examples
from tests.postgres import DatabaseUrls

LINES = 12


async def write_lines(database: Database, count: int) -> None:
    async with database.begin(SERVICE) as session:
        organisations = (await session.scalars(select(Organisation.id))).all()
        for number in range(count):
            audit.record(
                session, organisations[number % len(organisations)], "case.read", number=number
            )
            await session.flush()


async def sealed(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await seal(session)


async def chains(database: Database) -> list[Chain]:
    async with database.begin(SERVICE) as session:
        return await check(session)


@pytest.fixture
async def ledger(database: Database) -> Database:
    """Of two organisations, sealed."""
    async with database.begin(SERVICE) as session:
        for name in ("Tirana", "Rabat"):
            await add_organisation(session, name)
    await write_lines(database, LINES)
    assert await sealed(database) == LINES
    return database


@pytest.fixture
async def owner(ledger: Database, urls: DatabaseUrls) -> AsyncIterator[Database]:
    """Somebody who may do everything to the tables."""
    owner = Database(urls.owner_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    yield owner
    await owner.close()


async def test_p10_an_untouched_ledger_is_whole_and_shows_its_heads(ledger: Database) -> None:
    found = await chains(ledger)
    assert [(chain.name, chain.sealed, chain.waiting) for chain in found] == [
        ("Rabat", LINES // 2, 0),
        ("Tirana", LINES // 2, 0),
    ]
    assert [chain.broken for chain in found] == [None, None]
    async with ledger.begin(SERVICE) as session:
        for chain in found:
            assert chain.head == await head_of(session, chain.organisation_id)
            assert chain.head is not None
            assert await is_in_a_chain(session, chain.head)
        assert not await is_in_a_chain(session, "3-" + "0" * 64)
        with pytest.raises(Refused):
            await is_in_a_chain(session, "head")


_EDITS = (
    "UPDATE audit_entry SET action = 'case.note' WHERE number = :line",
    "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE number = :line",
    "UPDATE audit_entry SET staff_id = gen_random_uuid() WHERE number = :line",
    "UPDATE audit_entry SET subject = gen_random_uuid() WHERE number = :line",
    'UPDATE audit_entry SET detail = \'{"number": "1"}\' WHERE number = :line',
    """UPDATE audit_entry SET organisation_id =
    (SELECT id FROM organisation o WHERE o.id <> organisation_id) WHERE number = :line""",
    "UPDATE audit_seal SET hash = sha256(hash) WHERE number = :line",
)
_REMOVE = "DELETE FROM audit_entry WHERE number = :line"
_UNSEAL = "DELETE FROM audit_seal WHERE number = :line"
_MAKE_ROOM = "UPDATE audit_entry SET number = DEFAULT WHERE number = :line"
_INSERT = (
    "INSERT INTO audit_entry (number, organisation_id, at, action) OVERRIDING SYSTEM VALUE"
    " SELECT :line, organisation_id, at, action FROM audit_entry WHERE number <> :line LIMIT 1"
)
_SWAP = """
UPDATE audit_entry a SET (organisation_id, at, detail) = (b.organisation_id, b.at, b.detail)
FROM audit_entry b
WHERE (a.number = :line AND b.number = :other) OR (a.number = :other AND b.number = :line)
"""
_DONE = st.sampled_from(
    [*([edit] for edit in _EDITS), [_REMOVE], [_UNSEAL], [_REMOVE, _INSERT], [_MAKE_ROOM]]
)
# Each line once, lest something is done and undone.
_TAMPERING = st.lists(
    st.tuples(_DONE, st.integers(1, LINES)),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each[1],
    # Without its newest seal a chain is as it was before that line was sealed.
).filter(lambda done: ([_UNSEAL], LINES) not in done)


@settings(
    max_examples=examples(0.6),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(done=_TAMPERING)
async def test_p10_whatever_an_owner_does_to_what_is_sealed_is_found_at_its_first_line(
    owner: Database, done: list[tuple[list[str], int]]
) -> None:
    found = await after(owner, [(each, line) for each_of, line in done for each in each_of])

    assert found, done
    assert min(each.line for each in found) == min(line for _, line in done)


@pytest.mark.parametrize(("line", "other"), [(1, 2), (1, 3), (5, LINES)])
async def test_p10_two_lines_that_changed_places_are_found(
    owner: Database, line: int, other: int
) -> None:
    assert min(each.line for each in await after(owner, [(_SWAP, line)], other=other)) == line


async def after(owner: Database, done: list[tuple[str, int]], other: int = 0) -> list[Broken]:
    """What the check says once that was done to those lines; then all is as it was."""
    async with owner.begin(SERVICE) as session:
        await session.execute(text("RESET ROLE"))
        for statement, line in done:
            await session.execute(
                text(statement), {"line": line} | ({"other": other} if other else {})
            )
        found = await check(session)
        await session.rollback()
    return [chain.broken for chain in found if chain.broken is not None]


@pytest.mark.parametrize("tables", [("audit_entry", "audit_seal"), ("audit_seal",)])
async def test_p10_a_ledger_whose_end_was_cut_off_no_longer_has_the_head_that_was_kept(
    ledger: Database, owner: Database, tables: Sequence[str]
) -> None:
    [chain, _] = await chains(ledger)
    assert chain.head is not None
    async with owner.begin(SERVICE) as session:
        await session.execute(text("RESET ROLE"))
        for table in tables:
            await session.execute(text(f"DELETE FROM {table} WHERE number > 4"))
    async with ledger.begin(SERVICE) as session:
        assert not await is_in_a_chain(session, chain.head)
    assert [chain.broken for chain in await chains(ledger)] == [None, None]


async def test_p10_a_line_slipped_in_before_the_head_is_found_though_the_tick_goes_on(
    ledger: Database, owner: Database
) -> None:
    async with owner.begin(SERVICE) as session:
        await session.execute(text("RESET ROLE"))
        for statement in (_REMOVE, _UNSEAL, _INSERT):
            await session.execute(text(statement), {"line": LINES - 1})
    await write_lines(ledger, 2)
    assert await sealed(ledger) == 2

    faults = [chain.broken.fault for chain in await chains(ledger) if chain.broken]
    assert faults == [Fault.UNSEALED] or Fault.INSERTED in faults


async def test_a_line_still_being_written_is_waited_for_so_that_none_comes_too_late(
    ledger: Database,
) -> None:
    async with asyncio.TaskGroup() as group, ledger.begin(SERVICE) as session:
        organisation_id = await session.scalar(select(Organisation.id))
        assert organisation_id is not None
        audit.record(session, organisation_id, "case.read")
        await session.flush()
        # A higher number is committed before it.
        await write_lines(ledger, 1)
        sealing = group.create_task(sealed(ledger))
        assert await chains(ledger) is not None
        assert not sealing.done()
    assert sealing.result() == 2
    assert [chain.broken for chain in await chains(ledger)] == [None, None]


async def test_of_many_replicas_one_seals_and_each_line_once(ledger: Database) -> None:
    await write_lines(ledger, 30)
    assert sum(await asyncio.gather(*(sealed(ledger) for _ in range(4)))) == 30
    async with ledger.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(AuditSeal)) == LINES + 30
    assert [chain.sealed for chain in await chains(ledger)] == [21, 21]


async def test_a_long_ledger_is_sealed_in_batches(
    ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.audit.chain._BATCH", 7)
    await write_lines(ledger, 20)
    assert [await sealed(ledger) for _ in range(4)] == [7, 7, 6, 0]
    assert [chain.broken for chain in await chains(ledger)] == [None, None]


async def test_a_chain_can_be_checked_by_anybody_with_the_lines_alone(ledger: Database) -> None:
    """As docs/decisions says it: by hand, without any code of ours."""
    async with ledger.begin(SERVICE) as session:
        organisation_id = (await chains(ledger))[0].organisation_id
        lines = await session.scalars(
            select(AuditEntry)
            .where(AuditEntry.organisation_id == organisation_id)
            .order_by(AuditEntry.number)
        )
        last = b""
        for line in lines:
            written = (
                f'[{line.number},"{line.organisation_id}","{line.at:%Y-%m-%dT%H:%M:%S.%f}+00:00",'
                f'null,"case.read",null,{{"number":{line.detail["number"]}}}]'
            )
            last = hashlib.sha256(last + written.encode()).digest()
        head = await head_of(session, organisation_id)

    assert head == f"{LINES // 2}-{last.hex()}"


@pytest.fixture
async def old(database: Database, clock: Clock) -> Organisation:
    """Whose ledger has six lines of six years ago, and six of today."""
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Tirana")
    clock.offset = timedelta(days=-6 * 365)
    await write_lines(database, 6)
    clock.offset = timedelta()
    await write_lines(database, 6)
    await sealed(database)
    return organisation


async def shortened(database: Database, organisation: Organisation) -> int:
    async with database.begin(SERVICE) as session:
        gone = await shorten(session, organisation)
    await sealed(database)
    return gone


async def test_p10_old_lines_go_from_the_beginning_and_the_rest_is_whole_from_an_anchor(
    database: Database, old: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        anchor = await session.scalar(select(AuditSeal).where(AuditSeal.position == 6))
        assert anchor is not None
        kept = f"6-{anchor.hash.hex()}"
    # The organisation's own beginning is a line, too.
    assert await shortened(database, old) == 6
    assert await shortened(database, old) == 0
    [chain] = await chains(database)
    assert (chain.shortened, chain.sealed, chain.broken) == (6, 13, None)
    assert chain.shortened_at is not None
    async with database.begin(SERVICE) as session:
        assert await is_in_a_chain(session, kept)


async def test_p10_a_beginning_that_is_not_whole_is_not_taken_away(
    database: Database, old: Organisation, urls: DatabaseUrls
) -> None:
    owner = Database(urls.owner_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    async with owner.engine.begin() as connection:
        await connection.execute(text("UPDATE audit_entry SET action = 'x' WHERE number = 3"))
    await owner.close()
    assert await shortened(database, old) == 0
    [chain] = await chains(database)
    assert chain.broken == Broken(3, Fault.EDITED)


async def test_p10_a_beginning_cut_off_by_hand_shows(
    database: Database, old: Organisation, urls: DatabaseUrls
) -> None:
    await shortened(database, old)
    owner = Database(urls.owner_url, Keyring({1: b"k" * 32}), Clock(), Wakes())
    async with owner.engine.begin() as connection:
        for cut in (
            """UPDATE audit_anchor a SET position = s.position, number = s.number, hash = s.hash
            FROM audit_seal s WHERE s.position = 8""",
            "DELETE FROM audit_entry WHERE number <= (SELECT number FROM audit_anchor)",
            "DELETE FROM audit_seal WHERE position <= 8",
        ):
            await connection.execute(text(cut))
    await owner.close()
    [chain] = await chains(database)
    assert chain.broken is not None
    assert chain.broken.fault is Fault.CUT_OFF


async def test_p10_nothing_younger_than_a_year_can_be_taken_away_whoever_asks(
    database: Database, old: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        row = await session.scalar(select(AuditSeal).where(AuditSeal.position == 9))
        assert row is not None
        take = func.wayhome_shorten_audit(old.id, row.position, row.hash)
        assert await session.scalar(select(take)) == 0
        old_ones = await session.scalar(select(AuditSeal).where(AuditSeal.position == 3))
        assert old_ones is not None
        take = func.wayhome_shorten_audit(old.id, old_ones.position, old_ones.hash)
    async with database.begin(old.id) as session:
        assert await session.scalar(select(take)) == 0
