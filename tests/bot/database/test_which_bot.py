"""A token of another bot would have everybody booked as somebody who left."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.database.opening import Urls, opened
from bot.database.which_bot import note_bot, number_in, take_bot
from bot.errors import CannotOpen
from bot.settings import Settings
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from storage.keys.files import make_key_file
from storage.sessions import SERVICE, Database
from tests.postgres import DatabaseUrls
from tests.process import Operator
from tests.simulator_server import RunningSimulator

ANOTHER = "4242424243:of-another-bot"


@pytest.fixture
def operator(tmp_path: Path, urls: DatabaseUrls, telegram: RunningSimulator) -> Operator:
    make_key_file(tmp_path / "key")
    env = {
        "WAYHOME_DATA_DIR": str(tmp_path),
        "WAYHOME_DATABASE_URL": urls.run_url,
        "WAYHOME_BOT_TOKEN": telegram.token,
        "WAYHOME_TELEGRAM_API_URL": telegram.url,
    }
    return Operator(env, tmp_path, 0)


def settings_of(operator: Operator, token: str) -> Settings:
    return Settings(
        bot_token=SecretStr(token),
        data_dir=operator.folder,
        telegram_api_url=operator.env["WAYHOME_TELEGRAM_API_URL"],
    )


async def greet(operator: Operator, urls: DatabaseUrls, token: str) -> None:
    """As `wayhome run` begins."""
    settings = settings_of(operator, token)
    async with opened(settings, urls_of(urls)) as database:
        app = App(settings, database, urls.run_url)
        try:
            await app._greet()
        finally:
            await app.bot.session.close()


async def somebody_writes(operator: Operator, urls: DatabaseUrls) -> None:
    """From then on they can be reached by that bot alone."""
    settings = settings_of(operator, operator.env["WAYHOME_BOT_TOKEN"])
    async with opened(settings, urls_of(urls)) as database, database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre")
        await add_returnee(session, 4711, centre, "en")


def urls_of(urls: DatabaseUrls) -> Urls:
    return Urls(owner=urls.owner_url, run=urls.run_url, embedded=False)


async def test_p3_nothing_begins_with_the_token_of_another_bot(
    operator: Operator, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    await greet(operator, urls, telegram.token)
    await somebody_writes(operator, urls)
    with pytest.raises(CannotOpen, match="another bot than the one that people write to"):
        await greet(operator, urls, ANOTHER)
    # A new token for the same bot is as good as the old one.
    number = telegram.token.partition(":")[0]
    async with opened(settings_of(operator, f"{number}:renewed"), urls_of(urls)) as database:
        assert isinstance(database, Database)


async def test_whoever_tried_it_with_a_bot_of_their_own_before_anybody_wrote_can_take_the_real_one(
    operator: Operator, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    number = number_in(telegram.token)
    async with (
        opened(settings_of(operator, telegram.token), urls_of(urls)) as database,
        database.begin(SERVICE) as session,
    ):
        await take_bot(session, number + 1)
    await greet(operator, urls, telegram.token)
    await somebody_writes(operator, urls)
    await greet(operator, urls, telegram.token)


async def test_race_of_two_replicas_of_which_one_has_another_bot_ends_that_one(
    operator: Operator, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    """Both began before either had been greeted."""
    settings, number = settings_of(operator, telegram.token), number_in(telegram.token)
    async with opened(settings, urls_of(urls)) as database:
        async with database.begin(SERVICE) as session:
            await note_bot(session, number)
        await somebody_writes(operator, urls)
        async with database.begin(SERVICE) as session:
            with pytest.raises(CannotOpen, match="another bot"):
                await note_bot(session, number + 1)


async def test_a_mistyped_token_at_the_first_start_shuts_nobody_out(
    operator: Operator, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    """Telegram did not know it."""
    with pytest.raises(CannotOpen, match="Telegram refuses the token"):
        await greet(operator, urls, ANOTHER)
    await greet(operator, urls, telegram.token)


async def test_where_the_bot_is_gone_for_good_another_takes_its_place(
    operator: Operator, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    number = number_in(telegram.token)
    await greet(operator, urls, telegram.token)
    async with (
        opened(settings_of(operator, telegram.token), urls_of(urls)) as database,
        database.begin(SERVICE) as session,
    ):
        await take_bot(session, number + 1)
        await add_returnee(session, 4711, await add_organisation(session, "Centre"), "en")
    with pytest.raises(CannotOpen, match=f"number {number + 1}"):
        await greet(operator, urls, telegram.token)

    code, _, err = await operator.type("another-bot")
    assert (code, err.strip()) == (
        2,
        "Nobody can be reached until they write to the new bot: say --yes.",
    )
    code, out, err = await operator.type("another-bot", "--yes")
    assert code == 0, err
    assert out.startswith("People write to @")
    await greet(operator, urls, telegram.token)
