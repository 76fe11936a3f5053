"""deploy/prepare makes what an installation keeps secret, once."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings, read_settings
from storage.keys.files import read_key_file
from tests.deployment.conftest import HOUSE, TOKEN, prepare


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(HOUSE / "deploy", tmp_path / "deploy")
    return tmp_path


def test_wayhome_takes_every_secret_as_it_was_made(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = installation / "secrets"
    monkeypatch.chdir(installation)
    monkeypatch.setenv("WAYHOME_BOT_TOKEN_FILE", str(secrets / "bot_token"))
    monkeypatch.setenv("WAYHOME_DATABASE_URL_FILE", str(secrets / "run_database_url"))
    monkeypatch.setenv("WAYHOME_WEBHOOK_SECRET_FILE", str(secrets / "webhook_secret"))
    monkeypatch.setenv("WAYHOME_KEY_FILE", str(secrets / "keys" / "key"))
    monkeypatch.setenv("WAYHOME_WEBHOOK_URL", "https://wayhome.example.org")

    settings: Settings = read_settings()

    assert settings.bot_token == SecretStr(TOKEN)
    assert settings.webhook_secret is not None
    assert read_key_file(settings.key_path).current == 1


def test_only_its_owner_may_open_the_folder_of_secrets_and_read_the_key(
    installation: Path,
) -> None:
    def mode(name: str) -> int:
        return stat.S_IMODE((installation / name).stat().st_mode)

    assert mode("secrets") == mode("secrets/keys") == 0o700
    assert mode("secrets/keys/key") == mode("secrets/bot_token") == 0o400
    assert mode(".env") == 0o600


def test_what_containers_read_is_theirs_to_read_however_closely_it_was_cloned(
    checkout: Path,
) -> None:
    roles = checkout / "deploy" / "roles.sql"
    roles.chmod(0o600)
    assert prepare(checkout, "wayhome.example.org").returncode == 0
    assert stat.S_IMODE(roles.stat().st_mode) == 0o644


def test_a_guard_is_started_where_alarms_have_somewhere_to_go(
    checkout: Path, installation: Path
) -> None:
    assert prepare(checkout, "wayhome.example.org", token=f"{TOKEN}\njson://example.org").stdout

    assert (checkout / "secrets/guard_alarms").read_text() == "json://example.org\n"
    assert "COMPOSE_PROFILES=guard" in (checkout / ".env").read_text()
    assert "COMPOSE_PROFILES" not in (installation / ".env").read_text()


def test_no_two_passwords_are_the_same(installation: Path) -> None:
    passwords = {path.read_text() for path in (installation / "secrets").glob("*_password")}

    assert len(passwords) == 3


def test_a_second_time_changes_nothing(installation: Path) -> None:
    before = (installation / "secrets/keys/key").read_bytes()

    again = prepare(installation, "elsewhere.example.org")

    assert again.returncode == 1
    assert "prepared already" in again.stderr
    assert (installation / "secrets/keys/key").read_bytes() == before


@pytest.mark.parametrize("token", ["", "nonsense", "123456:"])
def test_what_is_no_token_leaves_nothing_behind(checkout: Path, token: str) -> None:
    refused = prepare(checkout, "wayhome.example.org", token=token)

    assert refused.returncode == 1
    assert "no bot token" in refused.stderr
    assert [path.name for path in checkout.iterdir()] == ["deploy"]


@pytest.mark.parametrize("domain", [(), ("",), ("https://wayhome.example.org",), ("--help",)])
def test_without_a_domain_it_says_how_it_is_called(checkout: Path, domain: tuple[str]) -> None:
    refused = prepare(checkout, *domain)

    assert refused.returncode == 2
    assert refused.stderr.startswith("Usage: deploy/prepare DOMAIN")


@pytest.mark.parametrize("broken", ["base64", "chmod"])
def test_what_is_broken_off_leaves_nothing_half_made_and_can_be_begun_anew(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """As with a full disk: the next time it would say that all is prepared."""
    program = checkout / "programs" / broken
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        assert prepare(checkout, "wayhome.example.org").returncode != 0

    assert {path.name for path in checkout.iterdir()} == {"deploy", "programs"}
    assert prepare(checkout, "wayhome.example.org").returncode == 0
    assert read_key_file(checkout / "secrets/keys/key").current == 1
