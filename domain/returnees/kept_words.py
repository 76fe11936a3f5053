"""What is kept of a stop word: hashes under the key of whoever chose it.

Of one that was chosen on a phone before anybody knew whose it is, that key is kept beside them,
sealed under the person's own: by any other the word would be known no more.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Iterator

from storage.keys.keyring import DataKey

_KIND = "stop word"
_BROUGHT = "stop words brought"
# What is kept is as long for every word, so that it tells nothing of it.
_HASH = 16
_HASHES = 96
_LENGTH = _HASH * _HASHES


def kept_of(key: DataKey, known_by: Iterable[str]) -> bytes:
    hashes = [each[:_HASH] for each in key.look_ups(known_by, _KIND)]
    filled = hashes + [secrets.token_bytes(_HASH) for _ in range(_HASHES - len(hashes))]
    return b"".join(sorted(filled))


def with_brought(key: DataKey, kept: bytes | None, other: DataKey, kept_there: bytes) -> bytes:
    """Both are known from now on: their own, if there is one, and the one from there."""
    own = kept or kept_of(key, ())
    words = [*_brought(key, own), (other, kept_there)]
    told = json.dumps([(each.secret.hex(), word.hex()) for each, word in words])
    return own[:_LENGTH] + key.seal(told, _BROUGHT)


def is_known(key: DataKey, kept: bytes, looked_for: Collection[str]) -> bool:
    """Whether any of this is what the word is known by, or one that was brought along."""
    found = key.look_ups(looked_for, _KIND)
    known = {kept[start : start + _HASH] for start in range(0, _LENGTH, _HASH)}
    if any(each[:_HASH] in known for each in found):
        return True
    return any(is_known(other, word, looked_for) for other, word in _brought(key, kept))


def _brought(key: DataKey, kept: bytes) -> Iterator[tuple[DataKey, bytes]]:
    sealed = kept[_LENGTH:]
    if sealed:
        for secret, word in json.loads(key.open(sealed, _BROUGHT)):
            yield DataKey(bytes.fromhex(secret)), bytes.fromhex(word)
