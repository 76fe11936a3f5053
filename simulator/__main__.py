"""A Telegram on this machine: `python -m simulator --token 42:secret`."""

import argparse
import asyncio
import re
import signal
from pathlib import Path

from simulator.server import serving
from simulator.simulator import Simulator
from simulator.telegram import NotSaved, NoWorld


async def serve(token: str, port: int, state: Path | None) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    simulator = Simulator(token, world=Simulator.load(state) if state else None)
    async with serving(simulator, port=port, state=state) as url:
        print(url, flush=True)
        await stopped.wait()


def _token(given: str) -> str:
    if not re.fullmatch(r"[0-9]+:[\w-]+", given):
        raise argparse.ArgumentTypeError("a token looks like 42:secret")
    return given


def _port(given: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", given) or int(given) > 65535:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return int(given)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--token", type=_token, required=True, help="the bot's, as number:secret")
    parser.add_argument("--port", type=_port, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="a file that keeps the chats")
    given = parser.parse_args()
    try:
        asyncio.run(serve(given.token, given.port, given.state))
    except OSError as error:
        about = f": {error.filename}" if error.filename else ""
        parser.exit(1, f"{error.strerror}{about}.\n")
    except NotSaved as error:
        parser.exit(1, f"{error}\n")
    except NoWorld:
        parser.exit(1, f"{given.state} holds no chats of a simulator.\n")


if __name__ == "__main__":
    main()
