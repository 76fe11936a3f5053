"""A disk that takes no more, as far as a query knows."""

from bot.embedded.postgres import EmbeddedPostgres
from tests.postgres import DatabaseUrls, execute_alone


async def fill(postgres: EmbeddedPostgres, urls: DatabaseUrls) -> None:
    """What may be used of it is used up, for connections to come."""
    await _allow(postgres, urls, "1MB")


async def empty(postgres: EmbeddedPostgres, urls: DatabaseUrls) -> None:
    await _allow(postgres, urls, "-1")


async def _allow(postgres: EmbeddedPostgres, urls: DatabaseUrls, most: str) -> None:
    name = urls.run_url.split("?")[0].rsplit("/", 1)[1]
    await execute_alone(postgres, f"ALTER DATABASE \"{name}\" SET temp_file_limit = '{most}'")
