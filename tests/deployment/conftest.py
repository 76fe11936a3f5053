import shutil
import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TOKEN = "123456:made-up"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which an operator has run deploy/prepare."""
    folder = tmp_path_factory.mktemp("installation")
    shutil.copytree(HOUSE / "deploy", folder / "deploy")
    shutil.copy(HOUSE / "docker-compose.yml", folder)
    prepared = prepare(folder, "wayhome.example.org")
    assert prepared.returncode == 0, prepared.stderr
    return folder


def prepare(folder: Path, *arguments: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "deploy/prepare", *arguments],
        cwd=folder,
        input=token,
        capture_output=True,
        text=True,
        check=False,
    )
