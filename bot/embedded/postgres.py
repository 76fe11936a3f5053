"""PostgreSQL inside the data folder, shared by all our processes on this machine."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from sqlalchemy import URL

from bot.embedded.cluster import PORT, Cluster, is_unicode
from bot.embedded.making import make_cluster
from bot.embedded.passwords import Passwords
from bot.embedded.programs import EmbeddedError
from bot.embedded.roles import DATABASE, OWNER, RUN

#: Written before anything else, and only by whoever starts it.
PASSWORDS: Final = "postgres.passwords"


@dataclass(frozen=True)
class EmbeddedPostgres:
    """One process's hold on the database: the first starts it, the last to let go stops it.

    Every user keeps a shared lock on one file. The kernel drops it with the process, however that
    ended, so a killed user never keeps PostgreSQL alive beyond the next one's leaving.

    Everything stays in the data folder: `postgres/` (with the socket), `postgres.log`,
    `postgres.passwords` and two locks. Only where that path is too long for a socket (or holds
    a comma or colon), the socket is in a private temporary folder while the server runs.

    As root, PostgreSQL runs as `nobody`, with the one capability to pass closed folders if it or
    its files lie behind any. No parent folder's owner or mode is ever changed.
    """

    cluster: Cluster
    passwords: Passwords
    socket_folder: Path
    _data_dir: Path
    _hold: int = field(repr=False)

    @classmethod
    def start(cls, data_dir: Path, options: Mapping[str, str] | None = None) -> Self:
        """Attach to the running server, or start it with `options` as settings; made if new.

        Raises EmbeddedError with one sentence for the operator. Blocks for a second or two.
        """
        try:
            data_dir = data_dir.resolve()
            _ensure_unicode(data_dir)
            # Closed folders are crossed at a price (see Programs): root's new one lets others pass.
            data_dir.mkdir(0o700 if os.geteuid() else 0o711, parents=True, exist_ok=True)
            with _alone(data_dir):
                return cls._attached(data_dir, options or {})
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {data_dir} cannot be used: {error.strerror}."
            ) from error
        except RuntimeError:
            # Nothing else comes of looking where a link leads.
            raise EmbeddedError(
                f"The data folder {data_dir} cannot be used: its link leads to itself."
            ) from None

    @classmethod
    def _attached(cls, data_dir: Path, options: Mapping[str, str]) -> Self:
        folder, kept = data_dir / "postgres", data_dir / PASSWORDS
        if folder.exists() and not kept.exists():
            raise EmbeddedError(f"{kept} is missing, so nobody can open the database beside it.")
        passwords = Passwords.kept_in(kept)
        if not folder.exists():
            make_cluster(folder, passwords)
        cluster = Cluster(folder, data_dir / "postgres.log", options)
        hold = _open(data_dir / "postgres.users")
        try:
            fcntl.flock(hold, fcntl.LOCK_SH)
            socket_folder = cluster.start()
        except BaseException:
            os.close(hold)
            raise
        return cls(cluster, passwords, socket_folder, data_dir, hold)

    def start_again(self) -> bool:
        """Where its users know it, if it is gone, however that came; whether it was.

        Raises EmbeddedError.
        """
        with _alone(self._data_dir):
            if self.cluster.socket_folder() is not None:
                return False
            self.cluster.start(again_in=self.socket_folder)
            return True

    def stop(self) -> None:
        """Let go; the last one out stops the server."""
        with _alone(self._data_dir):
            try:
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self.cluster.stop()
            finally:
                os.close(self._hold)

    @property
    def owner_url(self) -> str:
        """For migrations: the owner of all tables, whom no policy binds."""
        return self.url(OWNER, DATABASE)

    @property
    def run_url(self) -> str:
        """For everything else."""
        return self.url(RUN, DATABASE)

    def url(self, role: str, database: str) -> str:
        return URL.create(
            "postgresql+asyncpg",
            username=role,
            password=self.passwords.owner if role == OWNER else self.passwords.run,
            database=database,
            query={"host": str(self.socket_folder), "port": str(PORT)},
        ).render_as_string(hide_password=False)


@asynccontextmanager
async def embedded_postgres(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    starting = asyncio.ensure_future(asyncio.to_thread(EmbeddedPostgres.start, data_dir))
    try:
        yield await asyncio.shield(starting)
    finally:
        # Whoever gives up while it starts leaves it to nobody.
        await asyncio.wait((starting,))
        if starting.exception() is None:
            await asyncio.to_thread(starting.result().stop)


def forget(data_dir: Path) -> None:
    """Removes the folder with all that is in it. A server that a killed process left there is
    stopped first: once it misses its files it would end, and take the next one's socket with it.

    Raises EmbeddedError, also where anybody uses the database.
    """
    data_dir = data_dir.resolve()
    try:
        with _alone(data_dir):
            users = _open(data_dir / "postgres.users")
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                Cluster(data_dir / "postgres", data_dir / "postgres.log").stop()
                shutil.rmtree(data_dir)
            finally:
                os.close(users)
    except BlockingIOError:
        raise EmbeddedError(
            f"The database in {data_dir} is in use: stop what uses it first."
        ) from None
    except OSError as error:
        raise EmbeddedError(f"{data_dir} can't be removed: {error.strerror}.") from None


def _ensure_unicode(data_dir: Path) -> None:
    """Raises EmbeddedError."""
    if not is_unicode(data_dir):
        raise EmbeddedError(
            f"The data folder {data_dir} cannot be used: its name can't be read as Unicode in this"
            " locale. Choose one that is written in A-Z, or a locale of UTF-8."
        )


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Nobody else starts, stops or removes it meanwhile."""
    file = data_dir / "postgres.lock"
    while True:
        lock = _open(file)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Whoever had it may have removed it with the folder: then it keeps nobody out.
            if _lies_there(lock, file):
                yield
                return
        finally:
            os.close(lock)


def _lies_there(opened: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(opened), file.stat())
    except FileNotFoundError:
        return False


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
