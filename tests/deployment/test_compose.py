"""The compose file and the image, as far as they can be judged without an engine."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.delivery.reporting import PAUSES
from bot.embedded.cluster import SETTINGS
from bot.settings import Settings
from bot.telegram.connection import PATIENCE
from tests.deployment.conftest import HOUSE

COMPOSE = (HOUSE / "docker-compose.yml").read_text()
DOCKERFILE = (HOUSE / "Dockerfile").read_text()


def section(name: str) -> dict[str, str]:
    """The blocks of a top-level section, by name."""
    text = COMPOSE.split(f"\n{name}:\n")[1]
    text = re.split(r"^(?=\S)", text, maxsplit=1, flags=re.MULTILINE)[0]
    parts = re.split(r"^  ([\w-]+):", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


SERVICES = section("services")


def compose() -> list[str]:
    """The command, where one is installed that knows today's files; it needs no engine."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            asked = [*command, "version", "--short"]
            said = subprocess.run(asked, capture_output=True, text=True, check=False)
            if said.returncode == 0 and int(said.stdout.lstrip("v").split(".")[0]) >= 2:
                return command
    pytest.skip("needs Docker's compose, version 2")


def test_compose_understands_the_file(installation: Path) -> None:
    read = subprocess.run(
        [*compose(), "config", "--quiet"],
        cwd=installation,
        capture_output=True,
        text=True,
        check=False,
    )

    assert read.returncode == 0, read.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_gives_up_what_it_does_not_need(name: str) -> None:
    merged = SERVICES[name]
    if "<<: *wayhome" in merged:
        merged += COMPOSE.split("x-wayhome:")[1].split("\nservices:")[0]
    hardened = COMPOSE.split("x-hardened:")[1].split("\nx-wayhome:")[0]

    assert "<<: *hardened" in merged
    assert "limits:" in merged
    for line in (
        "restart: unless-stopped",
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "stop_grace_period: 30s",
    ):
        assert line in hardened


def test_p12_a_replica_that_is_stopped_has_time_for_a_send_and_for_what_became_of_it() -> None:
    block = COMPOSE.split("x-wayhome:")[1].split("\nservices:")[0]
    given = re.search(r"stop_grace_period: (\d+)s", block)

    assert given is not None
    assert int(given[1]) > PATIENCE + sum(PAUSES)


def test_only_the_proxy_is_reached_from_outside_and_the_database_reaches_nobody() -> None:
    networks = {
        name: set(re.findall(r"networks: \[(.*)\]", block)[0].split(", "))
        for name, block in SERVICES.items()
    }

    assert [name for name, block in SERVICES.items() if "ports:" in block] == ["proxy"]
    assert networks["postgres"] == networks["migrate"] == {"database"}
    assert "database" not in networks["proxy"]
    assert {name for name, block in section("networks").items() if "internal: true" in block} == {
        "database",
        "inside",
    }


def test_each_service_gets_only_the_secrets_that_it_uses(installation: Path) -> None:
    given = {
        name: set(re.findall(r"    secrets: \[(.*)\]", block)[0].split(", "))
        for name, block in SERVICES.items()
        if "secrets:" in block
    }
    made = {path.name for path in (installation / "secrets").iterdir() if path.is_file()}

    assert set.union(*given.values()) == set(section("secrets")) == made
    assert given["migrate"] == {"owner_database_url"}
    assert "owner_database_url" not in given["wayhome"]
    for name, secrets in given.items():
        assert set(re.findall(r"/run/secrets/(\w+)", SERVICES[name])) <= secrets


def test_only_those_who_open_what_people_wrote_see_the_key_and_one_alone_may_replace_it() -> None:
    mounted = {
        name: "rw" if '"./secrets/keys:/keys"' in block else "ro"
        for name, block in SERVICES.items()
        if "./secrets/keys:/keys" in block
    }

    assert mounted == {"wayhome": "ro", "backup": "ro", "restore": "ro", "keys": "rw"}
    assert {name for name, block in SERVICES.items() if "/keys/key" in block} == set(mounted)


def test_no_setting_is_one_that_wayhome_does_not_know() -> None:
    known = {f"WAYHOME_{name.upper()}" for name in Settings.model_fields}
    for_compose = {f"WAYHOME_{name}" for name in ("DOMAIN", "UID", "GID", "VERSION", "REPLICAS")}
    named = set(re.findall(r"WAYHOME_[A-Z_]+", COMPOSE + DOCKERFILE))

    assert {name.removesuffix("_FILE") for name in named - {"WAYHOME_KEY_FILE"}} <= (
        known | for_compose
    )


def test_p2_the_guard_reaches_the_replicas_and_the_world_but_no_database_and_no_key() -> None:
    guard = SERVICES["guard"]

    assert "networks: [inside, alarms]" in guard
    assert "command: [guard]" in guard
    assert "/keys" not in guard


def test_p8_the_database_logs_as_little_as_the_embedded_one() -> None:
    wanted = {f"--{name}={value}" for name, value in SETTINGS.items() if name.startswith("log_")}

    assert wanted - {"--log_checkpoints=off"} <= set(re.findall(r"- (--\S+)", SERVICES["postgres"]))


def test_the_image_holds_what_the_wheel_holds_and_nothing_else() -> None:
    packages = re.search(r"packages = \[(.*)\]", (HOUSE / "pyproject.toml").read_text())
    assert packages is not None
    wheel = set(re.findall(r'"(\w+)"', packages[1]))
    allowed = set(re.findall(r"^!(.+)$", (HOUSE / ".dockerignore").read_text(), re.MULTILINE))

    assert allowed == wheel | {"pyproject.toml", "README.md", "requirements/run.txt"}


def test_the_image_runs_as_nobody_special_and_is_asked_how_it_is() -> None:
    final = DOCKERFILE.split("\nFROM ")[-1]

    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "/healthz" in final
    assert "apt-get" not in DOCKERFILE


def test_the_operators_page_lists_every_setting() -> None:
    page = (HOUSE / "docs/deployment.md").read_text()
    listed = re.findall(r"^\| `(WAYHOME_\w+)` \|", page, re.MULTILINE)

    assert sorted(listed) == sorted(f"WAYHOME_{name.upper()}" for name in Settings.model_fields)


def test_the_tables_are_migrated_before_any_replica_is_stopped() -> None:
    """Compose stops what it replaces before it starts what comes first."""
    page = (HOUSE / "docs/deployment.md").read_text()
    _, block, _ = page.partition("## Upgrade")[2].split("```", 2)
    build, migrate, up, proxy = block.strip().splitlines()[-4:]

    assert build.endswith("build")
    assert migrate.endswith("run --rm migrate")
    assert up.endswith("up --detach")
    # Which reads its file again only then.
    assert proxy.endswith("restart proxy")


def test_the_number_of_replicas_outlives_the_next_start() -> None:
    assert "replicas: ${WAYHOME_REPLICAS:-2}" in SERVICES["wayhome"]


@pytest.mark.parametrize("profiles", ["", "guard"])
def test_whoever_stops_the_guard_need_not_know_whether_there_is_one(
    installation: Path, profiles: str
) -> None:
    """Some versions of compose know no service whose profile is off, and stop nothing then."""
    page = (HOUSE / "docs/deployment.md").read_text()
    stops = re.findall(r"sudo docker compose (.*)stop wayhome guard", page)
    assert stops
    for options in stops:
        known = subprocess.run(
            [*compose(), *options.split(), "config", "--services"],
            cwd=installation,
            env={**os.environ, "COMPOSE_PROFILES": profiles},
            capture_output=True,
            text=True,
            check=True,
        )
        assert {"wayhome", "guard"} <= set(known.stdout.split())
