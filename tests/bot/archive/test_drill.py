"""The restore drill: a world is backed up beside open transactions and restored on a new server."""

import asyncio
import json
from base64 import b64encode
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.archive import restoring
from bot.archive.restoring import restore
from bot.archive.taking import take_backup
from bot.embedded.postgres import EmbeddedPostgres
from bot.errors import CannotOpen
from bot.keys.rotating import rotate
from bot.settings import Settings
from domain.recovery.restored import Recovered
from domain.returnees.chats import returnee_of_chat
from storage.inbox.arrivals import take_in
from storage.keys.files import make_key_file
from storage.schema import migrate, revision
from storage.seals.columns import BY_EPOCH, BY_HASH, BY_PERSON
from storage.sessions import SERVICE
from storage.tables.returnees import WrappedKey
from tests.bot.archive.world import (
    CANARIES,
    CHAT,
    SECRET,
    World,
    database_at,
    fill,
    fingerprints,
    settings_in,
)
from tests.domain.checking_in import add_person
from tests.newer_migrations import NEXT, bring_next
from tests.postgres import DatabaseUrls

pytestmark = pytest.mark.timeout(180)


async def as_it_was(*_: object) -> Recovered:
    return Recovered(*(0 for _ in fields(Recovered)))


async def test_p1_the_drill_everything_comes_back_on_a_new_server_and_opens(
    world: World,
    settings: Settings,
    urls: DatabaseUrls,
    new_server: EmbeddedPostgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Trial 10: rows and hashes equal, no error of decryption, RPO and RTO printed."""
    monkeypatch.setattr(restoring, "recover", as_it_was)
    before = await fingerprints(urls.owner_url)
    database = database_at(urls, settings)
    async with database.begin(SERVICE) as unfinished:
        # What is not committed is not in it, and does not hold it up.
        await take_in(unfinished, [{"update_id": 99}])
        backup = await take_backup(settings, tmp_path / "backup")
    await database.close()
    restored = await restore(settings_in(tmp_path / "there", new_server.owner_url), backup.file)

    assert await fingerprints(new_server.owner_url) == before
    assert restored.rows == backup.rows
    assert restored.rows == {
        name: count for name, (count, _) in before.items() if name != "alembic_version"
    }
    assert restored.unreadable == 0
    assert restored.opened >= len([*BY_EPOCH, *BY_PERSON, *BY_HASH, WrappedKey.wrapped])
    with capsys.disabled():
        print(f"\nThe drill lost {restored.lost} (RPO) and took {restored.took} (RTO).")


async def test_every_sealed_column_has_something_in_it_when_the_drill_opens_them(
    world: World, urls: DatabaseUrls
) -> None:
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        for column in (*BY_EPOCH, *BY_PERSON, *BY_HASH):
            table = column.class_.__tablename__
            query = f'SELECT count("{column.key}") FROM "{table}"'
            assert await connection.scalar(text(query)), f"{table}.{column.key}"
    await engine.dispose()


async def test_what_is_restored_works_and_numbers_go_on_where_they_ended(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    empty_database: DatabaseUrls,
    tmp_path: Path,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    await restore(elsewhere, backup.file)

    database = database_at(empty_database, elsewhere)
    async with database.begin(SERVICE) as session:
        found = await returnee_of_chat(session, CHAT)
        assert found is not None
        assert found.id == world.returnee.id
        await take_in(session, [{"update_id": 1}, {"update_id": 3}])
        numbers = await session.scalars(text("SELECT number FROM inbox ORDER BY number"))
        assert len(set(numbers)) == 3
    await database.close()


async def test_p7_a_backup_names_nobody_and_holds_no_key(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    content = backup.file.read_bytes()
    keys = (SECRET, b64encode(SECRET), SECRET.hex().encode(), settings.key_path.read_bytes())

    for canary in (*(words.encode() for words in CANARIES), *keys, b"organisation"):
        assert canary not in content
        assert b64encode(canary) not in content
        assert canary.hex().encode() not in content
    assert backup.file.stat().st_mode & 0o777 == 0o600
    assert backup.bytes == len(content)


async def test_people_who_come_while_it_is_taken_are_in_it_whole_or_not_at_all(
    world: World, settings: Settings, urls: DatabaseUrls, elsewhere: Settings, tmp_path: Path
) -> None:
    """Foreign keys hold only if every table is of the same instant."""
    database = database_at(urls, settings)
    going_on = asyncio.Event()

    async def people_come() -> None:
        chat = 1000
        while not going_on.is_set():
            async with database.begin(SERVICE) as session:
                await add_person(session, world.organisation, chat)
            chat += 1

    async with asyncio.TaskGroup() as group:
        group.create_task(people_come())
        for number in range(5):
            backup = await take_backup(settings, tmp_path / f"backup{number}")
        going_on.set()
    await database.close()
    restored = await restore(elsewhere, backup.file)

    assert restored.rows["returnee"] == restored.rows["data_key"] == restored.rows["safety"] > 1
    assert restored.unreadable == 0


async def test_the_same_can_be_tried_any_day_without_touching_a_database(
    world: World, settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    before = await fingerprints(urls.owner_url)
    restored = await restore(settings, backup.file, drill=True)

    assert restored.rows == backup.rows
    assert restored.unreadable == 0
    assert restored.lost > timedelta(0)
    assert await fingerprints(urls.owner_url) == before


async def test_a_backup_of_older_tables_is_restored_and_brought_up_to_date(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    empty_database: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    bring_next(tmp_path, monkeypatch)
    restored = await restore(elsewhere, backup.file)

    assert restored.heading.schema == backup.schema < NEXT
    assert restored.rows == backup.rows
    engine = create_async_engine(empty_database.owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(revision) == NEXT
    await engine.dispose()


async def test_a_backup_of_newer_tables_is_refused_and_says_what_restores_it(
    world: World, settings: Settings, urls: DatabaseUrls, elsewhere: Settings, tmp_path: Path
) -> None:
    """And an older version takes it all the same, with what it does not know."""
    with pytest.MonkeyPatch.context() as patch:
        bring_next(tmp_path, patch)
        await migrate(urls.owner_url)
    backup = await take_backup(settings, tmp_path / "backup")

    assert "yet_to_come" in backup.rows
    with pytest.raises(CannotOpen, match="made by a newer Wayhome"):
        await restore(elsewhere, backup.file)


async def test_a_key_file_that_lacks_an_older_key_is_refused(
    settings: Settings, urls: DatabaseUrls, elsewhere: Settings, tmp_path: Path
) -> None:
    both = {"epochs": {n: b64encode(n.encode() * 32).decode() for n in ("1", "2")}}
    settings.key_path.write_text(json.dumps(both))
    await fill(settings, urls)
    backup = await take_backup(settings, tmp_path / "backup")
    assert backup.epoch == 2
    del both["epochs"]["1"]
    elsewhere.key_path.write_text(json.dumps(both))

    with pytest.raises(CannotOpen, match="lacks a key"):
        await restore(elsewhere, backup.file)


async def test_a_drill_on_a_machine_without_postgresql_s_programs_says_where_to_go(
    world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    monkeypatch.setattr("bot.embedded.programs.find_spec", lambda _: None)

    with pytest.raises(CannotOpen, match="make venv"):
        await restore(settings, backup.file, drill=True)


async def test_values_that_no_key_opens_are_counted_and_keep_nothing_else_from_coming_back(
    world: World, settings: Settings, urls: DatabaseUrls, elsewhere: Settings, tmp_path: Path
) -> None:
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE message SET body = 'noise'"))
    await engine.dispose()
    backup = await take_backup(settings, tmp_path / "backup")
    restored = await restore(elsewhere, backup.file)

    assert restored.unreadable == backup.rows["message"] > 0


async def test_a_database_that_is_not_empty_is_left_as_it_is(
    world: World, settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    before = await fingerprints(urls.owner_url)
    settings_of_owner = settings_in(tmp_path / "owner", urls.owner_url)

    with pytest.raises(CannotOpen, match="goes into an empty one"):
        await restore(settings_of_owner, backup.file)
    assert await fingerprints(urls.owner_url) == before


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.9, 0.999])
async def test_a_changed_or_cut_off_backup_is_refused_and_leaves_the_database_empty(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    empty_database: DatabaseUrls,
    tmp_path: Path,
    place: float,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    content = backup.file.read_bytes()
    at = int(len(content) * place)
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    for name, broken in {"changed": changed, "cut": content[:at]}.items():
        (tmp_path / name).write_bytes(broken)

        with pytest.raises(CannotOpen, match=r"This (backup|file)"):
            await restore(elsewhere, tmp_path / name)
        assert await fingerprints(empty_database.owner_url) == {}


async def test_another_key_is_refused_in_one_sentence(
    world: World, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    elsewhere.key_path.unlink()
    make_key_file(elsewhere.key_path)

    with pytest.raises(CannotOpen, match="sealed with another key"):
        await restore(elsewhere, backup.file)


async def test_without_the_owner_s_address_nothing_is_restored_and_the_sentence_says_why(
    world: World, settings: Settings, empty_database: DatabaseUrls, tmp_path: Path
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")

    with pytest.raises(CannotOpen, match="the address that 'wayhome migrate' has"):
        await restore(settings_in(tmp_path / "run", empty_database.run_url), backup.file)


async def test_a_backup_that_can_t_be_written_is_one_sentence(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    for file in (tmp_path / "no" / "such", tmp_path):
        with pytest.raises(CannotOpen, match="can't be written"):
            await take_backup(settings, file)
    assert not list(tmp_path.parent.glob(f".{tmp_path.name}.*"))


async def test_a_backup_with_a_key_that_is_not_the_database_s_is_refused(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.key_path.unlink()
    make_key_file(settings.key_path)

    with pytest.raises(CannotOpen, match="does not belong to this database"):
        await take_backup(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


async def test_there_is_nothing_to_back_up_without_tables(
    elsewhere: Settings, tmp_path: Path
) -> None:
    with pytest.raises(CannotOpen, match="nothing to back up"):
        await take_backup(elsewhere, tmp_path / "backup")


async def test_only_a_backup_or_an_empty_file_is_replaced_by_one_and_never_the_key(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    key = settings.key_path.read_bytes()
    with pytest.raises(CannotOpen, match="is no backup and is left as it is"):
        await take_backup(settings, settings.key_path)
    with pytest.raises(CannotOpen, match="is no backup and is left as it is"):
        await rotate(settings, backup=settings.key_path)
    for odd in (Path("/"), tmp_path):
        with pytest.raises(CannotOpen, match="can't be written: it is no file"):
            await take_backup(settings, odd)
    assert settings.key_path.read_bytes() == key

    (tmp_path / "backup").touch()
    for _ in range(2):
        await take_backup(settings, tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_size > 1000
