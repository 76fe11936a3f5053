"""New keys in place of old ones, under traffic, whoever is killed, and what is left of the old."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.archive.restoring import restore
from bot.archive.taking import Backup, take_backup
from bot.database.opening import keys_in, opened
from bot.errors import CannotOpen
from bot.keys import rotating
from bot.keys.looking import look
from bot.keys.rotating import rotate
from bot.settings import Settings
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.messages.edits import message_id
from domain.messages.sealing import body_of
from domain.organisations import organisation_of_chat
from domain.returnees.chats import returnee_of_chat
from domain.returnees.file_numbers import find_by_file_number
from domain.returnees.keys import data_key
from domain.staff import actor_of, staff_of_chat
from domain.staff.browsers import whose
from storage.inbox.arrivals import take_in
from storage.keys.files import add_key, read_key_file
from storage.keys.keyring import Keyring
from storage.schema import migrate
from storage.seals import rotation
from storage.seals.resealing import Table, tables
from storage.sessions import SERVICE, Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, WrappedKey
from storage.tables.service import DialogState
from storage.tables.staff import Staff
from storage.tables.traces import Trace
from tests.bot.archive.breaking_off import stuck_in
from tests.bot.archive.world import CHAT, CRY, GROUP, STAFF_CHAT, World, at, database_at, opens
from tests.newer_migrations import bring_next
from tests.postgres import DatabaseUrls

pytestmark = pytest.mark.timeout(180)


async def test_p6_everything_is_under_the_new_key_and_the_old_one_opens_nothing(
    world: World, settings: Settings, urls: DatabaseUrls
) -> None:
    old = keys_in(settings)
    done = await rotate(settings)

    new = keys_in(settings)
    assert new.fingerprints().keys() == {2}
    assert settings.key_path.stat().st_mode & 0o777 == 0o600
    assert (done.epoch, done.unreadable, done.in_place) == (2, 0, True)
    database = database_at(urls, settings)
    assert (await opens(database, new))[False] == 0
    found = await opens(database, old)
    assert found[True] == 0
    assert found[False] >= done.resealed > 0
    async with database.begin(SERVICE) as session:
        assert [await rotation.left(session, table) for table in tables()] == [0] * len(tables())
        assert set(await session.scalars(select(WrappedKey.epoch))) == {2}
    await database.close()
    assert (await look(settings)).problem is None


async def test_what_was_found_before_is_found_afterwards(
    world: World, settings: Settings, urls: DatabaseUrls
) -> None:
    async with opened(settings, at(urls)) as database, database.begin(SERVICE) as session:
        (invite,) = await issue_invites(session, world.organisation.id)
        chat_key = session.keys.look_up(CHAT, "dialog")
        session.add(
            DialogState(
                key=chat_key,
                data=session.keys.seal("{}", "dialog state"),
                changed_at=session.now,
            )
        )
        returnee = await returnee_of_chat(session, CHAT)
        assert returnee is not None
        key = await data_key(session, returnee.id)
        name = message_id(key, CHAT, {"number": 7})
    await rotate(settings)

    database = database_at(urls, settings)
    async with database.begin(SERVICE) as session:
        found = await returnee_of_chat(session, CHAT)
        assert found is not None
        assert found.id == world.returnee.id
        assert await staff_of_chat(session, STAFF_CHAT) is not None
        assert await organisation_of_chat(session, GROUP) is not None
        assert await whose(session, world.cookie) is not None
        assert (await redeem_invite(session, invite.code)).used_at is not None
        said = [await body_of(session, each) for each in await session.scalars(select(Message))]
        assert CRY in [body.get("text") for body in said]
        key = await data_key(session, found.id)
        assert message_id(key, CHAT, {"number": 7}) == name
        vera = actor_of(await session.get_one(Staff, world.staff_id))
        assert await find_by_file_number(session, vera, "CANARYFILE-1") == found.id
        assert await session.get(DialogState, session.keys.look_up(CHAT, "dialog")) is not None
        assert set(await session.scalars(select(Trace.chat_key))) == {found.chat_key}
    await database.close()


async def test_p6_a_backup_from_before_an_erasure_gives_no_word_of_that_person_any_more(
    world: World, settings: Settings, urls: DatabaseUrls, elsewhere: Settings, tmp_path: Path
) -> None:
    before = await take_backup(settings, tmp_path / "before")
    database = database_at(urls, settings)
    async with database.begin(SERVICE) as session:
        of_hers = WrappedKey.id == Returnee.data_key_id
        rows = select(WrappedKey.wrapped, Returnee.chat, Returnee.chat_key).where(of_hers)
        copy = (await session.execute(rows)).one()
        await session.execute(delete(Returnee))
        await session.execute(delete(WrappedKey))
    await database.close()
    done = await rotate(settings, backup=tmp_path / "after")
    elsewhere.key_path.write_bytes(settings.key_path.read_bytes())

    with pytest.raises(CannotOpen, match="the key of epoch 1, which the key file does not hold"):
        await restore(elsewhere, before.file)
    # And a copy of the rows, had somebody made one past the backup, is noise.
    new = keys_in(settings)
    assert new.look_up(CHAT, "chat") != copy.chat_key
    for sealed in (copy.wrapped, copy.chat):
        assert int.from_bytes(sealed[:2]) not in new.fingerprints()
    restored = await restore(elsewhere, done.backup.file)
    assert (restored.rows["returnee"], restored.rows["message"], restored.unreadable) == (0, 0, 0)


async def ends_well(world: World, settings: Settings, urls: DatabaseUrls, old: Keyring) -> None:
    """All can be read, found and taken in as it was left; and the next run finishes."""
    async with opened(settings, at(urls)) as database:
        assert (await opens(database, keys_in(settings)))[False] == 0
        async with database.begin(SERVICE) as session:
            found = await returnee_of_chat(session, CHAT)
            assert found is not None
            assert found.id == world.returnee.id
            await take_in(session, [{"update_id": 77}])
    assert (await look(settings)).problem is not None
    done = await rotate(settings)

    assert done.epoch == 2
    assert (await look(settings)).problem is None
    assert keys_in(settings).fingerprints().keys() == {2}
    async with opened(settings, at(urls)) as database:
        assert (await opens(database, keys_in(settings)))[False] == 0
        assert (await opens(database, old))[True] == 0
        async with database.begin(SERVICE) as session:
            on_record = select(AuditEntry.detail).where(AuditEntry.action == "keys.rotated")
            organisations = await session.scalar(select(func.count()).select_from(Organisation))
            assert (await session.scalars(on_record)).all() == [{"epoch": 2}] * (organisations or 0)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("bot.keys.rotating", "announce"),
        ("bot.keys.rotating", "change_over"),
        ("storage.seals.rotation", "_reseal_all"),
        ("bot.keys.rotating", "left"),
        ("bot.keys.rotating", "end_older_keys"),
        ("bot.keys.rotating", "take_backup"),
        ("bot.keys.rotating", "ensure_opens_with"),
        ("bot.keys.rotating", "keep_keys_since"),
    ],
)
async def test_p1_killed_anywhere_nothing_is_unreadable_and_the_next_run_finishes(
    world: World, settings: Settings, urls: DatabaseUrls, module: str, name: str
) -> None:
    """With SIGKILL, as the last one on a machine that runs out of memory."""
    old = keys_in(settings)
    async with stuck_in(module, name, settings, "keys", "rotate"):
        pass

    await ends_well(world, settings, urls, old)


async def test_a_key_file_that_can_t_be_written_is_replaced_by_the_operator_twice(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    new = tmp_path / "new-key"
    before = settings.key_path.read_bytes()

    with pytest.raises(CannotOpen, match="let every replica have it"):
        await rotate(settings, key_to=new)
    assert settings.key_path.read_bytes() == before
    settings.key_path.write_bytes(new.read_bytes())
    done = await rotate(settings, key_to=new)

    assert (done.epoch, done.key_file, done.in_place) == (2, new, False)
    assert read_key_file(new).fingerprints().keys() == {2}
    assert "still holds a key that is over" in str((await look(settings)).problem)
    # Their copies open nothing that is written now.
    assert "both custodians" in str((await look(settings)).problem)
    settings.key_path.write_bytes(new.read_bytes())
    assert (await look(settings)).problem is None


async def test_whoever_asks_for_the_new_key_file_once_more_gets_the_same_one(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    """Some replicas may have it already, and two keys under one number would open half each."""
    new = tmp_path / "new-key"
    written = []
    for _ in range(2):
        with pytest.raises(CannotOpen, match="let every replica have it"):
            await rotate(settings, key_to=new)
        written.append(new.read_bytes())
    assert written[0] == written[1]
    # What lies there from another rotation holds other keys, and is none of these.
    new.write_bytes(settings.key_path.read_bytes())
    with pytest.raises(CannotOpen, match="let every replica have it"):
        await rotate(settings, key_to=new)
    assert read_key_file(new).fingerprints().keys() == {1, 2}


async def test_a_value_that_no_key_opens_holds_nothing_up_and_is_told(
    world: World, settings: Settings, urls: DatabaseUrls
) -> None:
    database = database_at(urls, settings)
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(chat=b"\0\1noise"))
    done = await rotate(settings)

    assert done.unreadable == 1
    assert keys_in(settings).fingerprints().keys() == {2}
    await database.close()


async def test_two_can_t_rotate_at_once(world: World, settings: Settings) -> None:
    done = await asyncio.gather(rotate(settings), rotate(settings), return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["CannotOpen", "Rotated"]


@pytest.mark.parametrize("named", [True, False])
async def test_where_no_backup_can_be_written_no_key_is_changed(
    world: World, settings: Settings, tmp_path: Path, named: bool
) -> None:
    settings = settings.model_copy(
        update={"key_file": settings.key_path, "data_dir": tmp_path / "gone"}
    )
    before = keys_in(settings)
    with pytest.raises(
        CannotOpen, match=r"gone/keys-2\.backup can't be written: No such file.* --backup"
    ):
        await rotate(settings, backup=tmp_path / "gone" / "keys-2.backup" if named else None)

    assert keys_in(settings).fingerprints() == before.fingerprints()
    assert (await look(settings)).problem is None


async def test_p1_nothing_is_rotated_by_a_version_that_does_not_know_all_of_the_tables(
    world: World, settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    """An operator went back to it: what the newer one sealed would open for nobody any more."""
    await migrate_to_next(urls, tmp_path)
    before = settings.key_path.read_bytes()

    with pytest.raises(CannotOpen, match="the tables of a newer version"):
        await rotate(settings)
    assert settings.key_path.read_bytes() == before
    async with opened(settings, at(urls)) as database, database.begin(SERVICE) as session:
        assert await rotation.key_state(session) == rotation.KeyState(1, 1, None)


async def test_p1_tables_that_grow_while_keys_are_rotated_keep_the_older_key(
    world: World,
    settings: Settings,
    urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def take_backup_of_newer(settings: Settings, file: Path) -> Backup:
        await migrate_to_next(urls, tmp_path)
        return await take_backup(settings, file)

    monkeypatch.setattr(rotating, "take_backup", take_backup_of_newer)
    with pytest.raises(CannotOpen, match="the tables of a newer version"):
        await rotate(settings)
    assert keys_in(settings).fingerprints().keys() == {1, 2}


async def migrate_to_next(urls: DatabaseUrls, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        bring_next(folder, patch)
        await migrate(urls.owner_url)


async def test_p1_what_an_earlier_run_left_under_the_older_key_is_brought_over_by_the_next(
    world: World, settings: Settings, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the older keys for ended, and read the backup back: there was something left."""

    async def passed_by(*_: object) -> tuple[int, int]:
        return 0, 1000

    with monkeypatch.context() as patch:
        patch.setattr(rotating, "_reseal", passed_by)
        with pytest.raises(CannotOpen, match="don't open with the new key: the older one is kept"):
            await rotate(settings)
    assert keys_in(settings).fingerprints().keys() == {1, 2}
    done = await rotate(settings)

    assert done.resealed > 0
    assert done.unreadable == 0
    async with opened(settings, at(urls)) as database:
        assert (await opens(database, keys_in(settings)))[False] == 0
        async with database.begin(SERVICE) as session:
            assert await returnee_of_chat(session, CHAT) is not None


async def test_p1_a_key_file_that_is_brought_back_meanwhile_is_not_emptied(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = settings.key_path.read_bytes()
    both = b""

    async def bring_back_the_older(settings: Settings, file: Path) -> Backup:
        nonlocal both
        taken = await take_backup(settings, file)
        both = settings.key_path.read_bytes()
        settings.key_path.write_bytes(older)
        return taken

    with monkeypatch.context() as patch:
        patch.setattr(rotating, "take_backup", bring_back_the_older)
        with pytest.raises(CannotOpen, match="lost its new key meanwhile"):
            await rotate(settings)
    assert settings.key_path.read_bytes() == older
    settings.key_path.write_bytes(both)

    assert (await rotate(settings)).epoch == 2
    assert keys_in(settings).fingerprints().keys() == {2}


async def test_another_key_than_was_announced_is_taken_since_nothing_is_written_with_either(
    world: World, settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    """The run on one machine was broken off, and the next one made a key of its own on another."""
    new = tmp_path / "new-key"
    database = database_at(urls, settings)
    add_key(settings.key_path, 2, into=new)
    async with database.begin(SERVICE) as session:
        await rotation.announce(session, 2, read_key_file(new).fingerprint)
    await database.close()
    add_key(settings.key_path, 2)

    async with opened(settings, at(urls)) as again, again.begin(SERVICE) as session:
        assert await returnee_of_chat(session, CHAT) is not None
    assert (await rotate(settings)).epoch == 2
    assert keys_in(settings).fingerprints().keys() == {2}


async def test_p1_a_row_that_somebody_has_locked_is_not_taken_for_noise(
    world: World, settings: Settings, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside one in which two values are."""
    async with database_at(urls, settings).begin(SERVICE) as session:
        noisy, locked = (await session.scalars(select(OutboxRow.id).limit(2))).all()
        which = update(OutboxRow).where(OutboxRow.id == noisy)
        await session.execute(which.values(chat=b"\0\1noise", content=b"\0\1noise"))
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.connect() as holder:
        row = select(OutboxRow.id).where(OutboxRow.id == locked)
        await holder.execute(row.with_for_update())

        async def let_go(session: Session, table: Table) -> int:
            found = await rotation.left(session, table)
            if table is OutboxRow:
                await holder.rollback()
            return found

        monkeypatch.setattr(rotating, "left", let_go)
        done = await rotate(settings)
    await engine.dispose()

    assert done.unreadable == 2
    assert keys_in(settings).fingerprints().keys() == {2}
    async with database_at(urls, settings).begin(SERVICE) as session:
        assert sum([await rotation.left(session, table) for table in tables()]) == 1
