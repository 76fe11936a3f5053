"""Whoever is killed in the middle leaves no half backup and no half database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from errno import ENOSPC
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.archive import drilling
from bot.archive.restoring import restore
from bot.archive.taking import take_backup
from bot.database.opening import keys_in, opened
from bot.embedded.postgres import PASSWORDS, EmbeddedPostgres, embedded_postgres
from bot.embedded.roles import OWNER
from bot.errors import CannotOpen
from bot.keys.looking import look
from bot.keys.rotating import rotate
from bot.settings import Settings
from storage.archive.sealed_files import SealedWriter
from tests.bot.archive.breaking_off import stuck_in
from tests.bot.archive.world import World, at, fingerprints
from tests.postgres import DatabaseUrls, drop_database, execute_alone, set_for_database

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("name", ["SealedWriter.finish", "os.fsync"])
async def test_a_backup_that_is_killed_leaves_the_earlier_one_or_none(
    world: World, settings: Settings, tmp_path: Path, name: str
) -> None:
    module = "bot.archive.taking" if name.startswith("Sealed") else "storage.whole_files"
    for earlier in (None, b"wayhome sealed, the earlier one"):
        file = tmp_path / "backup"
        if earlier is not None:
            file.write_bytes(earlier)
        async with stuck_in(module, name, settings, "backup", str(file)):
            pass

        assert (file.read_bytes() if file.exists() else None) == earlier


async def test_a_rotation_that_has_no_room_for_its_backup_says_how_far_it_is_and_goes_on(
    world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(SealedWriter, "finish", full)
        with pytest.raises(CannotOpen, match="under the new key already"):
            await rotate(settings, backup=tmp_path / "new.backup")
    assert keys_in(settings).fingerprints().keys() == {1, 2}
    done = await rotate(settings, backup=tmp_path / "new.backup")
    assert done.epoch == 2
    assert keys_in(settings).fingerprints().keys() == {2}


@pytest.mark.parametrize("name", ["load", "open_all", "recover"])
async def test_a_restore_that_is_killed_leaves_an_empty_database_and_the_next_one_ends_well(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    empty_database: DatabaseUrls,
    tmp_path: Path,
    name: str,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    async with stuck_in("bot.archive.restoring", name, elsewhere, "restore", str(backup.file)):
        assert await fingerprints(empty_database.owner_url) == {}

    with pytest.raises(CannotOpen, match="no tables yet"):
        async with opened(elsewhere, at(empty_database)):
            pass
    restored = await restore(elsewhere, backup.file)
    assert restored.rows == backup.rows
    async with opened(elsewhere, at(empty_database)):
        pass


async def test_a_restore_that_can_only_not_measure_its_tables_has_ended_well(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    monkeypatch.setattr("bot.archive.restoring.text", lambda _: text("SELECT 1 / 0"))
    restored = await restore(elsewhere, backup.file)
    assert (restored.measured, restored.rows) == (False, backup.rows)


async def test_what_a_killed_drill_left_goes_with_the_next_one_and_nothing_else(
    world: World,
    settings: Settings,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It holds all that the backup holds, and a server."""
    place = tmp_path_factory.mktemp("short")
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr("tempfile.tempdir", str(place))
    backup = await take_backup(settings, tmp_path / "backup")
    drill = ("restore", str(backup.file), "--drill")
    async with stuck_in("bot.archive.restoring", "is_empty", settings, *drill):
        assert [each.name[:14] for each in place.iterdir()] == ["wayhome-drill-"]
    another = tmp_path / "another"
    another.mkdir()
    (place / "wayhome-drill-link").symlink_to(another)
    async with embedded_postgres(place / "wayhome-drill-used"):
        await restore(settings, backup.file, drill=True)

        assert {each.name for each in place.iterdir()} == {
            "wayhome-drill-link",
            "wayhome-drill-used",
        }
    assert another.exists()


@pytest.mark.parametrize("theirs", [0, 1])
def test_what_lies_there_of_somebody_else_is_left_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: int
) -> None:
    """Root could remove it, too, and anybody may give a folder there such a name."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / "wayhome-drill-left"
    folder.mkdir()
    (folder / PASSWORDS).touch()
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + theirs)

    assert [*drilling._left_by_killed_ones()] == [folder][theirs:]


async def test_of_two_drills_that_begin_at_once_none_takes_the_others_folder_for_left(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("short")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    begins = place / "wayhome-drill-begins"
    begins.mkdir(0o700)
    async with drilling.thrown_away():
        assert begins in place.iterdir()
        async with embedded_postgres(begins):
            pass
    async with drilling.thrown_away():
        # Now it is one that was killed.
        assert begins not in place.iterdir()
    assert [*place.iterdir()] == []


async def test_a_servers_impatience_breaks_off_neither_a_backup_nor_a_restore(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    urls: DatabaseUrls,
    empty_database: DatabaseUrls,
    postgres: EmbeddedPostgres,
    tmp_path: Path,
) -> None:
    for each in (urls, empty_database):
        await set_for_database(postgres, each, "statement_timeout = '1ms'")
    backup = await take_backup(settings, tmp_path / "backup")
    assert (await restore(elsewhere, backup.file)).rows == backup.rows


async def test_a_backup_goes_into_no_database_that_takes_few_scripts(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    await execute_alone(
        postgres, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    )

    @asynccontextmanager
    async def latin(_: Settings) -> AsyncIterator[str]:
        yield postgres.url(OWNER, "latin")

    monkeypatch.setattr("bot.archive.restoring._owned", latin)
    with pytest.raises(CannotOpen, match="not in Unicode"):
        await restore(elsewhere, backup.file)
    await drop_database(postgres, "latin")


async def test_p6_the_key_file_that_a_killed_rotation_was_writing_is_named_and_goes_with_the_next(
    world: World, settings: Settings
) -> None:
    async with stuck_in("storage.whole_files", "put_on_disk", settings, "keys", "rotate"):
        pass
    [draft] = settings.data_dir.glob(".key.*")
    assert str(draft) in str((await look(settings)).problem)

    await rotate(settings)
    assert not draft.exists()
    assert (await look(settings)).problem is None
