"""The files of one embedded PostgreSQL and the server on them."""

import os
import shlex
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.embedded.programs import (
    INSTEAD,
    Account,
    EmbeddedError,
    Programs,
    complaint_in,
    installation,
)

PORT = 5432  # names the socket; nothing listens on TCP
LONGEST_SOCKET = 103  # bytes; macOS allows the fewest
PATIENCE_S = 60

# What people wrote is in statements, parameters, DETAIL lines and even in the first line of an
# ERROR: the client gets them all, the log none.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Cluster:
    """PostgreSQL's files in `folder`. Who starts or stops it holds the launcher's lock."""

    folder: Path
    log: Path
    options: Mapping[str, str] = field(default_factory=dict)

    def start(self, again_in: Path | None = None) -> Path:
        """The folder of its socket, once it welcomes connections; at once if it runs already.

        `again_in`: where its users look for it.
        """
        if not self.socket_folder():
            self._refuse_other_version()
            socket_folder = again_in or self._new_socket_folder()
            self._forget_the_dead(socket_folder)
            if not self._launch(socket_folder) and again_in is None:
                self._leave(socket_folder)
        return self._await_ready()

    def stop(self) -> None:
        """Cuts connections, finishes writing, returns when the server is gone."""
        socket_folder = self.socket_folder()
        if not socket_folder:
            return
        stopped = self._programs().run(
            "pg_ctl", "stop", "--mode=fast", "--silent", f"--timeout={PATIENCE_S}"
        )
        if self.socket_folder():
            raise EmbeddedError(f"PostgreSQL did not stop: {complaint_in(stopped.stdout)}.")
        self._leave(socket_folder)

    def socket_folder(self) -> Path | None:
        """Where the running server answers.

        A noted process id may be anybody's after a reboot; a socket that answers is ours.
        """
        lines = self._pid_file()
        if len(lines) < 5 or lines[1] != str(self.folder):  # half-written, or of a copied folder
            return None
        folder = Path(lines[4])
        with socket.socket(socket.AF_UNIX) as probe:
            return folder if probe.connect_ex(str(_socket_in(folder))) == 0 else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_the_dead(self, socket_folder: Path) -> None:
        """PostgreSQL takes any living process with the noted id, common in containers, for itself.

        Its interlock in shared memory still keeps a second server off the same files.
        """
        lock = f"{_socket_in(socket_folder).name}.lock"
        for note in (self.folder / "postmaster.pid", socket_folder / lock):
            note.unlink(missing_ok=True)

    def _launch(self, socket_folder: Path) -> bool:
        self.log.touch(mode=0o600)
        with self.log.open("a") as log:
            launched = self._programs().run(
                "pg_ctl",
                "start",
                "--silent",
                f"--timeout={PATIENCE_S}",
                f"--options={shlex.join(self._settings(socket_folder))}",
                log=log,
            )
        return launched.returncode == 0

    def _leave(self, socket_folder: Path) -> None:
        if socket_folder != self.folder:
            with suppress(OSError):
                socket_folder.rmdir()

    def _await_ready(self) -> Path:
        deadline = time.monotonic() + PATIENCE_S
        while (folder := self.socket_folder()) and time.monotonic() < deadline:
            if self._pid_file()[7:8] == ["ready   "]:
                return folder
            time.sleep(0.05)
        said = complaint_in(self.log.read_text(errors="replace"))
        raise EmbeddedError(f"PostgreSQL did not start: {said} (more in {self.log}).")

    def _programs(self) -> Programs:
        return Programs(installation(), self.folder, Account.for_cluster(self.folder))

    def _refuse_other_version(self) -> None:
        ours = installation().name.removeprefix("pginstall")
        theirs = (self.folder / "PG_VERSION").read_text().strip()
        if theirs != ours:
            raise EmbeddedError(
                f"The database in {self.folder} was made by PostgreSQL {theirs} and this Wayhome "
                f"brings {ours}: go back to the Wayhome that made it and take a backup, {INSTEAD}."
            )

    def _new_socket_folder(self) -> Path:
        """The cluster's own, unless a socket's path or a database URL cannot say it."""
        if _can_be_said(self.folder):
            return self.folder
        elsewhere = Path(tempfile.mkdtemp(prefix="wayhome-"))
        if not _can_be_said(elsewhere):
            elsewhere.rmdir()
            raise EmbeddedError(
                f"PostgreSQL's socket can lie neither in {self.folder} nor in {elsewhere.parent}:"
                " a path of it is too long, not in Unicode, or holds a comma or colon. Choose"
                " another TMPDIR."
            )
        Account.for_cluster(self.folder).adopt(elsewhere)
        return elsewhere

    def _settings(self, socket_folder: Path) -> Iterator[str]:
        quoted = str(socket_folder).replace('"', '""')
        settings = {**SETTINGS, "unix_socket_directories": f'"{quoted}"', **self.options}
        for name, value in settings.items():
            yield "-c"
            yield f"{name}={value}"


def _can_be_said(folder: Path) -> bool:
    path = str(_socket_in(folder))
    short = len(os.fsencode(path)) <= LONGEST_SOCKET
    return short and is_unicode(folder) and not set(path) & set(",:")


def is_unicode(folder: Path) -> bool:
    """As what says where it is must be: statements, addresses, what PostgreSQL notes down."""
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        return False
    return True


def _socket_in(folder: Path) -> Path:
    return folder / f".s.PGSQL.{PORT}"
