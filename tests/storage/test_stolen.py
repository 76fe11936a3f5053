"""Trial 22: the database is stolen, files and all, and the key is not.

A thousand phrases, telephone numbers and Telegram ids go in. Then a thief looks for them: in every
file of the database and in its log of writes, as they are and in the usual disguises; and by
computing the hash of every id that there can be.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator

from sqlalchemy import LargeBinary, select, text

from bot.embedded.postgres import EmbeddedPostgres
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.organisations import add_organisation
from storage.inbox.arrivals import take_in
from storage.inbox.handled import mark_handled
from storage.kinds import MessageKind, NoticeClass
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Database
from storage.tables.every import Base
from storage.tables.inbox import InboxRow
from storage.tables.service import KeyEpoch
from tests.documents import put
from tests.domain.checking_in import add_person
from tests.postgres import execute_alone
from tests.statements import caught

SEEDED = 1000
KNOWN = 40
# All of them begin alike, so that one look finds any of them.
PHRASE, PHONE, ID = "canaryphrase", "+355690", 7315550000
ID_BEGINS = "731555"
HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")
IN_THE_CLEAR = "An organisation in the clear"


def update(number: int) -> dict[str, object]:
    chat = {"id": ID + number, "type": "private", "first_name": f"{PHRASE} name {number}"}
    words = f"{PHRASE} {number}: call me on {PHONE}{number:06}"
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 0, "text": words, "chat": chat, "from": chat},
    }


def disguised(word: str) -> Iterator[bytes]:
    """As it is, as hexadecimal, in the wide characters of some systems, and as base64, which looks
    different for each place that it can begin at.
    """
    plain = word.encode()
    yield from (plain, plain.hex().encode(), plain.hex().upper().encode())
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"))
    for shift in range(3):
        encoded = b64encode(b"\0" * shift + plain)
        # The letters at the ends depend on what stands before and after.
        yield encoded[(4 if shift else 0) : -4]


async def lived(database: Database) -> None:
    """Half of what came is handled and gone, half waits; some are known, talk, and are answered."""
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, IN_THE_CLEAR, country="AL")
        await take_in(session, [update(number) for number in range(SEEDED)])
        numbers = await session.scalars(select(InboxRow.number).limit(SEEDED // 2))
        await mark_handled(session, numbers.all())
    async with database.begin(SERVICE) as session:
        for number in range(KNOWN):
            person = await add_person(session, organisation, ID + number, invited=False)
            body = Body(text=f"{PHRASE} said {number}", number=number)
            await keep_message(session, person, None, MessageKind.VOICE, body, session.now)
            content = {"text": f"{PHRASE} answered {PHONE}{number:06}"}
            await put(session, ID + number, content, Delivery(NoticeClass.REPLY))


async def writes_in(database: Database) -> str:
    """The file of the log of writes that is written now."""
    async with database.begin(SERVICE) as session:
        name = await session.scalar(text("SELECT pg_walfile_name(pg_current_wal_insert_lsn())"))
    return str(name)


async def files_of(database: Database, postgres: EmbeddedPostgres, since: str) -> bytes:
    """Tables, indexes and temporary files of this database, the log, and of the log of writes what
    was written since that file. Before it stand other tests, and after it what is written over.
    """
    async with database.begin(SERVICE) as session:
        oid = await session.scalar(
            text("SELECT oid::int FROM pg_database WHERE datname = current_database()")
        )
    await execute_alone(postgres, "CHECKPOINT")
    until = await writes_in(database)
    folder = postgres.cluster.folder
    places = [folder / "base" / str(oid), folder / "base" / "pgsql_tmp"]
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    writes = [file for file in (folder / "pg_wal").iterdir() if since <= file.name <= until]
    assert writes
    return b"".join(file.read_bytes() for file in (*files, *writes, postgres.cluster.log))


async def kept_bytes(database: Database) -> set[bytes]:
    """All that is sealed or hashed, of all tables."""
    found: set[bytes] = set()
    async with database.begin(SERVICE) as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    found.update(await session.scalars(select(column).where(column.is_not(None))))
    return found


async def test_p7_no_file_of_a_stolen_database_says_a_phrase_a_number_or_an_id(
    database: Database, postgres: EmbeddedPostgres
) -> None:
    since = await writes_in(database)
    await lived(database)
    stolen = await files_of(database, postgres, since)

    assert IN_THE_CLEAR.encode() in stolen
    for word in (PHRASE, PHONE, ID_BEGINS):
        for disguise in disguised(word):
            assert disguise not in stolen, f"{word} as {disguise!r}"
    # In eight bytes it would end in these five.
    assert all((ID + number).to_bytes(5) not in stolen for number in range(0, SEEDED, 50))


async def test_p7_no_statement_holds_a_word_so_no_statistics_of_statements_do(
    database: Database,
) -> None:
    """What pg_stat_statements, pg_stat_activity or a log of slow statements would keep of us: their
    text. The embedded database does not bring the extension along; a database of one's own may.
    """
    with caught(database) as said:
        await lived(database)
    statements = "\n".join(each.sql for each in said).encode()

    assert b"INSERT INTO message" in statements
    for word in (PHRASE, PHONE, ID_BEGINS, IN_THE_CLEAR):
        for disguise in disguised(word):
            assert disguise not in statements, f"{word} as {disguise!r}"


async def test_p7_without_the_key_no_hash_of_any_id_is_one_that_is_kept(
    database: Database,
) -> None:
    await lived(database)
    kept = await kept_bytes(database)
    async with database.begin(SERVICE) as session:
        fingerprints = list(await session.scalars(select(KeyEpoch.fingerprint)))
    guesses = [b"", b"\0" * 32, b"wayhome", b"wayhome look-up", *fingerprints, *sorted(kept)[:20]]

    for number in range(ID, ID + SEEDED):
        for plain in (f"{number}", f"chat:{number}", f"dialog:{number}"):
            for name in HASHES:
                assert hashlib.new(name, plain.encode(), usedforsecurity=False).digest() not in kept
            for guess in guesses:
                assert hmac.digest(guess, plain.encode(), "sha256") not in kept
    # With the key, whoever searches finds them all: so the search would have.
    found = [n for n in range(ID, ID + SEEDED) if database.keys.look_up(n, "chat") in kept]
    assert len(found) == SEEDED
