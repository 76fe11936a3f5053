import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from tests.model.machinery import Machinery
from tests.postgres import create_database, drop_database

_NAME = "test_model"

Found = TypeVar("Found")


@dataclass(frozen=True)
class Bench:
    """The machinery on a database of its own, and the loop that drives it step by step."""

    machinery: Machinery
    runner: asyncio.Runner

    def do(self, work: Coroutine[Any, Any, Found]) -> Found:
        return self.runner.run(work)


@pytest.fixture(scope="package")
def bench(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[Bench]:
    with asyncio.Runner() as runner:
        urls = runner.run(create_database(postgres, _NAME, migrated_template))
        machinery = runner.run(Machinery.build(urls))
        yield Bench(machinery, runner)
        runner.run(machinery.close())
        runner.run(drop_database(postgres, _NAME))


@pytest.fixture(scope="package")
def share(request: pytest.FixtureRequest) -> float:
    """How much of all examples: a twentieth, unless `--faults-share` says otherwise."""
    found: float = request.config.getoption("--faults-share", 0.05)
    return found
