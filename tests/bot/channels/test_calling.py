"""Alerts reach staff through a real mail server and a real webhook, and say nothing of anybody."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, update

from bot.channels.caller import Caller
from bot.channels.reaching import reach
from bot.delivery.taking_over import Heir
from bot.replica.replica import Replica
from domain.actors import Actor
from domain.channels import keeping
from domain.channels.keeping import ChannelLine
from domain.duty import drills
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.queue.standing import standing_of
from domain.safeguarding.conflicts import keep_apart
from locales.catalogues import Catalogues
from storage.kinds import ConflictKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.channels import ChannelCall
from tests.bot.channels.calling import call_all, call_some
from tests.bot.channels.mailbox import Mailbox, mailbox
from tests.bot.guard.hearing import Hearing, somebody_hears
from tests.bot.replicas import living, new_replica
from tests.domain.centre import Centre
from tests.postgres import DatabaseUrls

# Of Apprise, as long as a dependency of its own needs it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

CONSOLE = "https://wayhome.example.org"


@pytest.fixture
async def hearing() -> AsyncIterator[Hearing]:
    async with somebody_hears() as hearing:
        yield hearing


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box


@pytest.fixture
def caller(centre: Centre) -> Caller:
    return speaker(centre)


def speaker(centre: Centre, replica: Replica | None = None) -> Caller:
    taker = replica.number if replica else None
    return Caller(centre.database, Catalogues.load(), CONSOLE, ["127.0.0.1"], taker)


async def has(centre: Centre, actor: Actor, address: str, *, shared: bool = False) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await keeping.add_channel(session, actor, address, shared=shared)


async def seen(centre: Centre, actor: Actor) -> list[ChannelLine]:
    async with centre.database.begin(centre.organisation.id) as session:
        return list(await keeping.list_channels(session, actor))


async def all_due_again(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(ChannelCall).values(next_try_at=session.database_now))


async def test_p8_an_alert_comes_by_mail_and_webhook_and_says_nothing_of_the_person(
    centre: Centre, caller: Caller, hearing: Hearing, box: Mailbox
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    vera = await centre.colleague(on_duty=True)
    await has(centre, vera, box.address)
    await has(centre, chief, hearing.address, shared=True)
    await call_all(caller)
    assert [line.worked_at is not None for line in await seen(centre, vera)] == [True]
    case = await centre.signal(await centre.person(language="uk"), Severity.EMERGENCY)
    await call_all(caller)
    expected = f"Emergency · case {case.code}\nLanguage: Ukrainian. Waiting 0 minutes.\n{CONSOLE}"
    (test, words), (_, alert) = hearing.alarms
    assert (test, "test" in words) == ("Wayhome", True)
    assert expected in alert
    mail = box.mails[-1].get_body(("plain", "html"))
    assert mail is not None
    assert case.code in mail.get_content()
    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(ChannelCall))).all() == []


async def test_a_drill_calls_through_channels_too(
    centre: Centre, caller: Caller, hearing: Hearing
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    await has(centre, await centre.colleague(on_duty=True), hearing.address)
    async with centre.database.begin(centre.organisation.id) as session:
        await drills.start(session, chief)
    await call_all(caller)
    assert any("This is a drill." in words for _, words in hearing.alarms)


async def test_p2_a_channel_that_fails_is_tried_again_and_itself_alerted(
    centre: Centre, caller: Caller, hearing: Hearing, box: Mailbox
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita", chat=502)
    vera = await centre.colleague(chat=501, on_duty=True)
    await has(centre, vera, box.address)
    await call_all(caller)
    await has(centre, chief, hearing.address, shared=True)
    hearing.deaf = True
    await call_all(caller)
    [line] = await seen(centre, chief)
    assert line.failing_since is not None
    assert await centre.sent(Notice.STAFF_CHANNEL_FAILS) == []
    for _ in range(3):
        await all_due_again(centre)
        await call_all(caller)
    told = await centre.sent(Notice.STAFF_CHANNEL_FAILS)
    assert {sent.chat for sent in told} == {501, 502}
    assert len(told) == 2
    mail = box.mails[-1].get_body(("plain", "html"))
    assert mail is not None
    assert "A channel for alerts fails: json" in mail.get_content()
    async with centre.database.begin(centre.organisation.id) as session:
        assert (await standing_of(session, chief)).channel_fails
    hearing.deaf = False
    await all_due_again(centre)
    await call_all(caller)
    assert len(hearing.alarms) == 1
    [line] = await seen(centre, chief)
    assert (line.failing_since, line.worked_at is not None) == (None, True)


async def test_p2_what_a_dead_replica_was_about_to_say_another_says_and_a_living_ones_it_does_not(
    centre: Centre, urls: DatabaseUrls, hearing: Hearing, box: Mailbox
) -> None:
    """Within seconds: a lease lasts for a minute, in which nobody was alerted there."""
    dead, alive, heir = (new_replica(centre.database, urls) for _ in range(3))
    moment = [0.0]
    heirs = Heir(heir, lambda: moment[0])
    for address, taker in ((hearing.address, dead), (box.address, alive)):
        await has(centre, await centre.colleague(on_duty=True), address)
        assert len(await speaker(centre, taker).take_some()) == 1
    async with living(centre.database, alive):
        for moment[0] in (0.0, 4.0):
            async with centre.database.begin(SERVICE) as session:
                await heirs.take_over(session)
        await call_all(speaker(centre, heir))

    assert (len(hearing.alarms), len(box.mails)) == (1, 0)


async def test_what_was_not_heard_waits_its_time_though_whoever_said_it_dies(
    centre: Centre, urls: DatabaseUrls, hearing: Hearing
) -> None:
    dead, heir = (new_replica(centre.database, urls) for _ in range(2))
    moment = [0.0]
    heirs = Heir(heir, lambda: moment[0])
    await has(centre, await centre.colleague(on_duty=True), hearing.address)
    hearing.deaf = True
    await call_all(speaker(centre, dead))
    for moment[0] in (0.0, 4.0):
        async with centre.database.begin(SERVICE) as session:
            await heirs.take_over(session)

    assert await speaker(centre, heir).take_some() == []


async def test_p2_what_this_release_can_t_word_silences_no_other_channel(
    centre: Centre, caller: Caller, hearing: Hearing, box: Mailbox
) -> None:
    vera = await centre.colleague(on_duty=True)
    await has(centre, vera, box.address)
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(ChannelCall).values(notice="of-a-newer-release"))
    await has(centre, vera, hearing.address)
    await call_all(caller)
    assert (len(box.mails), len(hearing.alarms)) == (0, 1)
    async with centre.database.begin(SERVICE) as session:
        [left] = await session.scalars(select(ChannelCall))
        assert left.notice == "of-a-newer-release"


async def test_what_nobody_takes_is_given_up_after_an_hour(
    centre: Centre, caller: Caller, hearing: Hearing
) -> None:
    await has(centre, await centre.colleague(), hearing.address)
    hearing.deaf = True
    await call_all(caller)
    centre.later(hours=1, minutes=1)
    await all_due_again(centre)
    await call_all(caller)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(ChannelCall))).all() == []


async def test_a_call_of_a_dead_caller_is_made_by_another_once_its_lease_is_over(
    centre: Centre, caller: Caller, hearing: Hearing
) -> None:
    await has(centre, await centre.colleague(), hearing.address)
    async with centre.database.begin(SERVICE) as session:
        assert len(await caller._take(session)) == 1
    assert not await call_some(caller)
    async with centre.database.begin(SERVICE) as session:
        leased = (await session.scalars(select(ChannelCall.next_try_at))).one()
        assert timedelta(seconds=50) < leased - session.database_now
    await all_due_again(centre)
    await call_all(caller)
    assert len(hearing.alarms) == 1


async def test_p10_no_shared_channel_hears_of_somebody_who_is_kept_from_a_colleague(
    centre: Centre, caller: Caller, hearing: Hearing
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita", chat=502, on_duty=True)
    lead = await centre.colleague(Role.SAFEGUARDING, name="Lind")
    vera = await centre.colleague()
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, lead, person.id, vera.staff_id, ConflictKind.EXCLUDED)
    await has(centre, chief, hearing.address, shared=True)
    await has(centre, vera, hearing.address)
    await call_all(caller)
    before = len(hearing.alarms)
    await centre.signal(person, Severity.EMERGENCY)
    await call_all(caller)
    assert len(hearing.alarms) == before


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("apart", [True, False])
async def test_p10_what_is_tried_again_tells_nobody_who_is_kept_apart_meanwhile(
    centre: Centre, caller: Caller, hearing: Hearing, shared: bool, apart: bool
) -> None:
    lead = await centre.colleague(Role.SAFEGUARDING, name="Lind")
    chief = await centre.colleague(Role.SUPERVISOR, on_duty=True)
    await has(centre, chief, hearing.address, shared=shared)
    await call_all(caller)
    hearing.deaf = True
    person = await centre.person()
    case = await centre.signal(person, Severity.EMERGENCY)
    await call_all(caller)
    async with centre.database.begin(SERVICE) as session:
        if apart:
            await keep_apart(session, lead, person.id, chief.staff_id, ConflictKind.EXCLUDED)
    hearing.deaf = False
    await all_due_again(centre)
    await call_all(caller)
    assert any(case.code in words for _, words in hearing.alarms) is not apart


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "syslog://",
        "exec://x",
        "dbus://",
        "http://example.org",
        "",
        "mailto",
        "json://[",
        "json://" + "a" * 2000,
    ],
)
async def test_what_is_no_address_for_people_is_refused(centre: Centre, address: str) -> None:
    vera = await centre.colleague()
    with pytest.raises(Refused, match="no address"):
        await has(centre, vera, address)
    assert not await reach(address, "words", ["localhost", "127.0.0.1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]"])
async def test_nothing_within_our_own_walls_is_spoken_to(
    hearing: Hearing, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not await reach(f"json://{host}:{hearing.port}/alarm", "words")
    mail = f"mailto://u:p@example.org?smtp={host.strip('[]')}&to=a@example.org"
    assert not await reach(mail, "words")
    assert hearing.alarms == []
    asked: list[object] = []
    monkeypatch.setattr("requests.post", lambda *_, **__: asked.append(host))
    assert not await reach(f"workflows://{host}/flow/signature", "words")
    assert asked == []


def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that is asked for from now on, and that never answers."""
    asked: list[str] = []

    def nobody_answers(_: requests.Session, method: str, url: str, **__: object) -> None:
        asked.append(url)
        raise requests.ConnectionError(method)

    monkeypatch.setattr(requests.Session, "request", nobody_answers)
    return asked


@pytest.mark.parametrize(
    "added",
    ["template={}", "TEMPLATE={}", "%74emplate={}", "to=a;template={}", "redirect=yes", "retry=9"],
)
@pytest.mark.parametrize(
    "address",
    ["slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "workflow://HOST/flow/signature/"],
)
async def test_no_address_has_us_fetch_or_read_anything(
    hearing: Hearing, address: str, added: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_for(monkeypatch)
    secret = f"http%3A%2F%2F127.0.0.1%3A{hearing.port}%2Fsecret"
    written = f"{address}?{added.format(secret)}".replace("HOST", "127.0.0.1")
    assert not await reach(written, "words", ["127.0.0.1"])
    assert asked == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("jsons://example.org/?to=a;Template=http://10.0.0.1/", "Leave out template"),
        ("ntfys://example.org/nights?redirect", "Leave out redirect"),
        ("mailto://vera:half?a-password@example.org", "no address that alerts can go to"),
    ],
)
async def test_what_an_address_may_not_add_is_named_when_it_is_added(
    centre: Centre, address: str, said: str
) -> None:
    vera = await centre.colleague()
    with pytest.raises(Refused, match=said):
        await has(centre, vera, address)
    assert await seen(centre, vera) == []


async def test_a_host_of_matrix_has_no_say_in_where_we_go(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_for(monkeypatch)
    assert not await reach("matrixs://user:password@127.0.0.1/!room", "words", ["127.0.0.1"])
    assert asked
    assert not any("well-known" in url for url in asked)


async def test_p10_channels_are_their_owners_and_the_organisations_the_planners(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    vera = await centre.colleague()
    with pytest.raises(NotAllowed):
        await has(centre, vera, "ntfys://example.org/a", shared=True)
    await has(centre, chief, "ntfys://example.org/a", shared=True)
    await has(centre, chief, "ntfys://example.org/b")
    assert await seen(centre, vera) == []
    own, shared = sorted(await seen(centre, chief), key=lambda line: line.shared)
    for line in (own, shared):
        async with centre.database.begin(centre.organisation.id) as session:
            with pytest.raises(Refused, match="no such channel"):
                await keeping.remove_channel(session, vera, line.id)
            await keeping.remove_channel(session, chief, line.id)


async def test_two_channels_of_a_kind_are_told_apart_and_nothing_secret_is_shown(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    for address in (
        "mailto://vera:secret@example.org?to=night@example.net",
        "json://token:secret@alerts.example.com/hook/secret",
        "ntfy://secret-topic",
        "slack://secretA/secretB/secretC",
    ):
        await has(centre, vera, address)
    lines = [(line.scheme, line.host) for line in await seen(centre, vera)]
    assert sorted(lines) == [
        ("json", "alerts.example.com"),
        ("mailto", "example.org"),
        ("ntfy", ""),
        ("slack", ""),
    ]
