"""Telegram's ids have ten digits: with the key, whoever steals a database could try them all."""

import base64
import hashlib
import hmac
from collections.abc import Iterator

from sqlalchemy import select

from storage.keys.keyring import Keyring
from storage.sessions import SERVICE
from storage.tables.every import Base
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

CHAT, STAFF_CHAT = 4_815_162_342, 7_766_554_433
WORDS = "The heron stands over the quarry"


def guesses(chat: int, salts: list[bytes]) -> Iterator[bytes]:
    """What a thief can compute of an id with all that lies in the dump."""
    forms = [str(chat).encode(), chat.to_bytes(8), chat.to_bytes(8, "little"), b"chat%d" % chat]
    for form in (
        *forms,
        *(b"chat:" + form for form in forms),
        *(b"chat\0" + form for form in forms),
    ):
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
            yield hashlib.new(name, form).digest()
            for salt in salts:
                yield hmac.digest(salt, form, name)
                yield hashlib.new(name, salt + form).digest()


async def dump(centre: Centre) -> list[object]:
    """Every value of every column of every row."""
    async with centre.database.begin(SERVICE) as session:
        return [
            value
            for table in Base.metadata.sorted_tables
            for row in await session.execute(select(table))
            for value in row
        ]


async def test_p7_with_the_database_alone_no_id_is_found_by_trying_it(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        person = await centre.person()
        known = await session.get_one(Returnee, person.id)
        known.chat_key = session.keys.look_up(CHAT, "chat")
    await centre.colleague(chat=STAFF_CHAT)
    values = await dump(centre)
    held = {value for value in values if isinstance(value, bytes)}
    salts = [b"", *(value for value in held if len(value) <= 64)]

    assert session.keys.look_up(CHAT, "chat") in held
    for chat in (CHAT, STAFF_CHAT):
        for guess in guesses(chat, salts):
            assert not any(guess[: len(value)] == value for value in held if len(value) >= 8)


async def test_p7_a_stolen_dump_shows_no_word_and_no_id_in_any_spelling(centre: Centre) -> None:
    actor, person = (
        await centre.colleague(chat=STAFF_CHAT, name="Mirembe Okot"),
        await centre.person(),
    )
    case = await centre.signal(person)
    await centre.hears(person, WORDS)
    await centre.claims(actor, case)
    await centre.writes(actor, case, WORDS)
    kept = b"\n".join(
        value if isinstance(value, bytes) else repr(value).encode() for value in await dump(centre)
    )
    for secret in (WORDS, "stands over", "Mirembe Okot", str(STAFF_CHAT)):
        plain = secret.encode()
        assert plain.lower() not in kept.lower()
        for spelt in (
            plain.hex().encode(),
            secret.encode("utf-16-le"),
            plain[::-1],
            *in_base64(plain),
        ):
            assert spelt not in kept


def in_base64(plain: bytes) -> Iterator[bytes]:
    """As it would look at each of the three places that it can begin at."""
    for shift in range(3):
        spelt = base64.b64encode(b"\0" * shift + plain)
        yield spelt[4 if shift else 0 : -4]


def test_p7_two_installations_know_the_same_person_by_different_hashes() -> None:
    one, other = Keyring({1: b"a" * 32}), Keyring({1: b"b" * 32})

    assert one.look_up(CHAT, "chat") != other.look_up(CHAT, "chat")
