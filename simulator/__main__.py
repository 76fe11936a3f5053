"""A Telegram on this machine: `python -m simulator --token 42:secret`."""

import argparse
import asyncio
import signal
from pathlib import Path

from simulator.server import serving
from simulator.simulator import Simulator


async def serve(token: str, port: int, state: Path | None) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    simulator = Simulator(token, world=Simulator.load(state) if state else None)
    async with serving(simulator, port=port, state=state) as url:
        print(url, flush=True)
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--token", required=True, help="the bot's token, as number:secret")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="a file that keeps the chats")
    given = parser.parse_args()
    asyncio.run(serve(given.token, given.port, given.state))


if __name__ == "__main__":
    main()
