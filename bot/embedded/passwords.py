"""The passwords of the embedded database's two roles that may log in."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Passwords:
    owner: str = field(repr=False)
    run: str = field(repr=False)

    @classmethod
    def kept_in(cls, file: Path) -> "Passwords":
        """Read from the file, or made and written there first, for its owner's eyes only."""
        if not file.exists():
            new = cls(owner=secrets.token_hex(32), run=secrets.token_hex(32))
            draft = file.with_suffix(".new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                json.dump(asdict(new), out)
            draft.rename(file)
        return cls(**json.loads(file.read_text()))
