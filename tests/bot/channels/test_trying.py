"""The operator learns which channels take alerts, by what is known and by a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.database.opening import opened
from bot.health.check import Check
from bot.health.doctor import examine
from bot.settings import Settings
from domain.channels.keeping import add_channel
from domain.organisations import add_organisation
from domain.staff import actor_of, add_staff
from storage.keys.files import make_key_file
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.channels import AlertChannel
from storage.tables.staff import Staff
from tests.bot.archive.world import at
from tests.bot.guard.hearing import Hearing, somebody_hears
from tests.postgres import DatabaseUrls

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
async def here(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    make_key_file(tmp_path / "key")
    settings = Settings(data_dir=tmp_path, database_url=SecretStr(urls.run_url))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_DATABASE_URL", urls.run_url)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WAYHOME_ALERT_HOSTS", "localhost, 127.0.0.1")
    async with opened(settings, at(urls)) as database:
        yield database


async def has(database: Database, *addresses: str) -> None:
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Tirana", country="AL")
        new = await add_staff(session, "Drita", organisation, Role.SUPERVISOR)
        actor = actor_of(await session.get_one(Staff, new.id))
        for address in addresses:
            await add_channel(session, actor, address, shared=True)


async def doctors(*, by_test: bool = False) -> list[Check]:
    checks = await examine(try_channels=by_test)
    return [each for each in checks if each.name.startswith("channel")]


async def test_the_doctor_sends_a_test_alert_only_if_asked_to(here: Database) -> None:
    async with somebody_hears() as hearing:
        await has(here, hearing.address, "json://127.0.0.1:1/alarm")
        assert await doctors() == [
            Check("channels", True, "2 for alerts besides Telegram, none fails")
        ]
        assert hearing.alarms == []
        assert await doctors(by_test=True) == [
            Check("channels", True, "2 for alerts besides Telegram, none fails"),
            Check("channel json of Tirana", True, "took a test alert"),
            Check("channel json of Tirana", False, "took no test alert"),
        ]
        assert_is_a_test(hearing)


def assert_is_a_test(hearing: Hearing) -> None:
    [(_, words)] = hearing.alarms
    assert "test" in words


async def test_the_doctor_minds_a_channel_that_fails(here: Database) -> None:
    await has(here, "json://127.0.0.1:1/alarm")
    async with here.begin(SERVICE) as session:
        failing = {"failing_since": session.now, "told_at": session.now}
        await session.execute(update(AlertChannel).values(**failing))
    [check] = await doctors()
    assert not check.ok
    assert check.detail.startswith("fail: json of Tirana since ")
