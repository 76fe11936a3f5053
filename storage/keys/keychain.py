"""The keys that this process has at hand, while others may come and go."""

from collections.abc import Callable

from storage.keys.files import KeyFileError
from storage.keys.keyring import KeyMissing, Keyring


class Keychain:
    """All keys of the key file, and those of them that the database is written with."""

    def __init__(self, held: Keyring, reread: Callable[[], Keyring] | None = None) -> None:
        self.held = held
        #: As the newest transaction used them.
        self.keys = held
        self._reread = reread

    def in_use(self, fingerprint: bytes | None, oldest: int) -> Keyring:
        """Those that a transaction finds, which names the newest by its fingerprint and the oldest
        by its number; a database that names none takes what there is. Raises KeyMissing.
        """
        if fingerprint is None:
            return self.keys
        if (fingerprint, oldest) != (self.keys.fingerprint, self.keys.oldest):
            self.keys = self._since(oldest, fingerprint)
        return self.keys

    def look_again(self) -> bool:
        """Reads the file anew; whether other keys are in it now. Raises KeyFileError."""
        if self._reread is None:
            return False
        found = self._reread()
        changed = found.fingerprints() != self.held.fingerprints()
        self.held = found
        return changed

    def _since(self, oldest: int, fingerprint: bytes) -> Keyring:
        try:
            return self.held.since(oldest, fingerprint)
        except KeyMissing:
            self._look_once_more()
            return self.held.since(oldest, fingerprint)

    def _look_once_more(self) -> None:
        try:
            self.look_again()
        except KeyFileError:
            raise KeyMissing from None
