"""What time it is for Telegram, as every web server says."""

from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp

_PATIENCE = aiohttp.ClientTimeout(total=10)


async def telegrams_time(api_url: str) -> datetime | None:
    """None where nobody says."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as client,
            client.head(api_url, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, LookupError, ValueError):
        return None
