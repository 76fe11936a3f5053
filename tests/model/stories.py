"""What the tests of the judge tell: somebody who is known, what they say, and what goes wrong."""

from typing import Any

from sqlalchemy import Executable

from simulator.memory.users import User
from tests.model.conftest import Bench
from tests.model.house import House


async def known(bench: Bench) -> tuple[House, User]:
    house = await House.open(bench.machinery)
    return house, await house.enrolled()


async def say(house: House, person: User, **content: Any) -> None:
    """And it is dealt with; nothing goes out yet."""
    house.simulator.phones.send(person.id, content)
    await house.hand_over(house.waiting())
    await house.work(0, "handle", 1000)


async def change(house: House, statement: Executable) -> None:
    """Something goes wrong, as no code of ours would have it."""
    async with house.machinery.owner.begin() as connection:
        await connection.execute(statement)
