"""The passwords of the embedded database's two roles that may log in."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.embedded.programs import EmbeddedError
from storage.whole_files import whole_file


@dataclass(frozen=True)
class Passwords:
    owner: str = field(repr=False)
    run: str = field(repr=False)

    @classmethod
    def kept_in(cls, file: Path) -> "Passwords":
        """Read from the file, or made and written there first, for its owner's eyes only.

        Raises EmbeddedError.
        """
        if not file.exists():
            new = cls(owner=secrets.token_hex(32), run=secrets.token_hex(32))
            with whole_file(file) as out:
                out.write(json.dumps(asdict(new)).encode())
        try:
            kept = json.loads(file.read_text())
            return cls(owner=str(kept["owner"]), run=str(kept["run"]))
        except (ValueError, TypeError, KeyError):
            raise EmbeddedError(
                f"{file} is damaged, so nobody can open the database beside it."
            ) from None
