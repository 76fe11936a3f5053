"""One look at one replica, or at whatever answers for all of them."""

import json

import aiohttp

from bot.guard.noticing import GUARD

# A little longer than /readyz lets the database think.
_PATIENCE = aiohttp.ClientTimeout(total=7)
_MOST_BYTES = 4096
_MOST_WORDS = 200


def dialling() -> aiohttp.ClientSession:
    """Dials anew for every look, so that a name which stands for many leads to each in turn."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, use_dns_cache=False),
        headers={"User-Agent": GUARD},
        timeout=_PATIENCE,
    )


async def look(client: aiohttp.ClientSession, url: str) -> str | None:
    """What is wrong there, in a few words; None when it is ready."""
    try:
        async with client.get(f"{url}/readyz", allow_redirects=False) as answer:
            problems = _problems(await answer.content.read(_MOST_BYTES))
            if problems is None:
                return f"something else answers there ({answer.status})"
            return "; ".join(problems)[:_MOST_WORDS] or None
    except TimeoutError:
        return "it does not answer"
    except (aiohttp.ClientError, OSError):
        return "it can't be reached"


async def ping(client: aiohttp.ClientSession, url: str) -> bool:
    """Whether the other end took it."""
    try:
        async with client.get(url) as answer:
            return answer.ok
    except (TimeoutError, aiohttp.ClientError, OSError):
        return False


def _problems(body: bytes) -> list[str] | None:
    """As /readyz says them; None when this is not one."""
    try:
        said = json.loads(body)
        problems = [str(problem) for problem in said["problems"]]
    except (ValueError, TypeError, KeyError):
        return None
    return problems or ([] if said.get("ready") else ["it is not ready"])
