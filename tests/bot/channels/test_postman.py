"""A mail that is odd waits for nobody, and nobody waits for it."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.app import App
from bot.channels.postman import MailService, Postman
from bot.delivery.taking_over import Heir
from bot.replica.replica import Replica
from bot.settings import Settings
from bot.stopping import Stopping
from bot.web import listen
from domain.notices import Notice
from domain.referrals.mailing import MOST_MAILS, free_mails
from locales.catalogues import Catalogues
from storage.kinds import CaseState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.partners import MailLink, MailPartner
from tests.bot.replicas import alive, new_replica, until_alive
from tests.domain.centre import Centre
from tests.domain.referrals.mailing import known, mailed
from tests.domain.referrals.two import Two
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator
from tests.smtp import mail_server

# So often it is looked whether a replica lives, in which whatever else it does has long ended.
_LOOKS = 20
BROKEN = b"\x00\x01of a lost key, or damaged"


class Odd(MailService):
    """What smtplib raises for a password that is not ASCII."""

    def send(self, message: EmailMessage) -> None:
        "ä".encode("ascii")


def postman(database: Database, service: MailService, replica: Replica | None = None) -> Postman:
    taker = replica.number if replica else None
    return Postman(database, Catalogues.load(), service, "https://wayhome.example.org", taker)


@pytest.fixture
async def two(database: Database, clock: Clock) -> Two:
    two = await Two.at_work(await Centre.open(database, clock))
    await known(two)
    await mailed(two)
    return two


async def the_link(two: Two) -> MailLink:
    async with two.giver.database.begin(SERVICE) as session:
        return (await session.scalars(select(MailLink))).one()


async def test_whatever_a_mail_service_ends_in_is_a_try_that_went_wrong(two: Two) -> None:
    odd = postman(two.giver.database, Odd.at("smtp://127.0.0.1:1?from=desk@example.org"))
    assert await odd.send_one()
    assert not await odd.send_one()

    link = await the_link(two)
    assert (link.mail_tries, link.mailed_at) == (1, None)


async def test_p2_whoever_gave_it_hears_that_its_mail_can_not_be_sent(
    database: Database, clock: Clock
) -> None:
    two = await Two.at_work(await Centre.open(database, clock), vera_reads=700)
    await known(two)
    await mailed(two)
    await two.giver.writes(two.vera, two.case)
    odd = postman(database, Odd.at("smtp://127.0.0.1:1?from=desk@example.org"))
    for tried in range(MOST_MAILS):
        assert [each.chat for each in await two.giver.sent(Notice.STAFF_REFERRAL)] == []
        assert await odd.send_one(), tried
        two.giver.later(minutes=6)
    [told] = await two.giver.sent(Notice.STAFF_REFERRAL)
    assert (told.chat, told.params["what"]) == (700, "unanswered")
    # It is theirs to act again.
    assert (await two.case_now(two.case.id)).state is CaseState.CLAIMED


class Hanging(MailService):
    """It takes the mail, and says nothing."""

    begun, goes_on = Event(), Event()

    def send(self, message: EmailMessage) -> None:
        self.begun.set()
        self.goes_on.wait()


async def test_a_mail_service_that_hangs_holds_up_nobody_who_stops(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.postman._LAST_WORDS", 0.1)
    stopping, service = Stopping(), Hanging.at("smtp://127.0.0.1:1?from=desk@example.org")
    try:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(postman(two.giver.database, service).run(stopping))
            await asyncio.to_thread(service.begun.wait)
            stopping.set()
    finally:
        service.goes_on.set()
    assert (await the_link(two)).mail_tries == 1


class Late(Hanging):
    """And then it says that it has it."""

    begun, goes_on = Event(), Event()


async def test_p12_a_replica_that_is_asked_to_stop_lives_until_its_mail_is_booked(
    two: Two,
    urls: DatabaseUrls,
    telegram: RunningSimulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another one would send it once more."""
    monkeypatch.setattr("bot.app.MailService", Late)
    monkeypatch.setattr("bot.channels.postman._LAST_WORDS", 60.0)
    database = two.giver.database
    settings = Settings(
        bot_token=SecretStr(telegram.token),
        telegram_api_url=telegram.url,
        database_url=SecretStr(urls.run_url),
        data_dir=tmp_path,
        mail=SecretStr("smtp://127.0.0.1:1?from=desk@example.org"),
    )
    app = App(settings, database, urls.run_url)
    with listen("127.0.0.1", 0) as listening:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(app.run(listening))
            try:
                await asyncio.to_thread(Late.begun.wait, 30)
                await until_alive(database, app.replica)
                app.stopping.set()
                for _ in range(_LOOKS):
                    assert app.replica.number in await alive(database)
            finally:
                app.stopping.set()
                Late.goes_on.set()
    link = await the_link(two)
    assert (link.mail_tries, link.mailed_at is not None) == (1, True)


class Slow(MailService):
    """In the end it does not take the mail."""

    begun, fails = Event(), Event()

    def send(self, message: EmailMessage) -> None:
        self.begun.set()
        self.fails.wait()
        raise OSError


class Killed(BaseException):
    """Nothing catches it."""


class Deadly(MailService):
    def send(self, message: EmailMessage) -> None:
        raise Killed


async def test_p2_what_a_dead_replica_was_about_to_send_another_sends_within_seconds(
    two: Two, urls: DatabaseUrls
) -> None:
    database = two.giver.database
    dead, other = (new_replica(database, urls) for _ in range(2))
    with pytest.raises(Killed):
        await postman(database, Deadly.at("smtp://127.0.0.1:1"), dead).send_one()
    moments = iter((0.0, 4.0))
    heir = Heir(other, lambda: next(moments))
    async with mail_server() as server:
        service = MailService.at(f"smtp://127.0.0.1:{server.port}?from=desk@example.org")
        for is_missed in (False, True):
            async with database.begin(SERVICE) as session:
                await heir.take_over(session)
            assert await postman(database, service, other).send_one() is is_missed
        assert len(server.taken) == 1
    assert (await the_link(two)).taker is None


async def test_p12_what_an_older_replica_beside_has_sent_is_sent_by_nobody_else(two: Two) -> None:
    """It knows nothing of takers, and leaves the one of before."""
    dead = 7
    async with two.giver.database.begin(SERVICE) as session:
        sent = {"mail_at": None, "token": None, "mailed_at": session.now}
        await session.execute(update(MailLink).values(taker=dead, **sent))
    async with two.giver.database.begin(SERVICE) as session:
        await free_mails(session, [dead])
    assert (await the_link(two)).mail_at is None


async def test_nobody_hears_that_a_mail_did_not_go_which_another_has_sent_meanwhile(
    database: Database, clock: Clock
) -> None:
    """Its taker was taken for dead, and says in the end that it failed."""
    two = await Two.at_work(await Centre.open(database, clock), vera_reads=700)
    await known(two)
    await mailed(two)
    slow = Slow.at("smtp://127.0.0.1:1?from=desk@example.org")
    async with mail_server() as server, asyncio.TaskGroup() as group:
        try:
            sending = group.create_task(postman(database, slow).send_one())
            await asyncio.to_thread(slow.begun.wait)
            async with database.begin(SERVICE) as session:
                await session.execute(update(MailLink).values(mail_tries=MOST_MAILS - 1))
            two.giver.later(minutes=6)
            service = MailService.at(f"smtp://127.0.0.1:{server.port}?from=desk@example.org")
            assert await postman(database, service).send_one()
        finally:
            slow.fails.set()
        await sending
        assert len(server.taken) == 1
    assert await two.giver.sent(Notice.STAFF_REFERRAL) == []


@pytest.mark.parametrize(("table", "column"), [(MailLink, "token"), (MailPartner, "card")])
async def test_a_mail_that_no_key_opens_is_given_up_in_the_end_and_holds_up_no_other(
    two: Two, table: type[MailLink | MailPartner], column: str
) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        await session.execute(update(table).values({column: BROKEN}))
    async with mail_server() as server:
        service = MailService.at(f"smtp://127.0.0.1:{server.port}?from=desk@example.org")
        sending = postman(two.giver.database, service)
        for _ in range(MOST_MAILS):
            assert await sending.send_one()
            # What is due besides has its turn.
            assert not await sending.send_one()
            two.giver.later(minutes=6)
        assert not await sending.send_one()

    assert server.taken == []
    link = await the_link(two)
    assert (link.mail_at, link.mailed_at) == (None, None)
