"""Every measurement of a running service still works. What it finds here says nothing."""

from collections.abc import AsyncIterator
from types import ModuleType

import pytest

from benchmarks import alerting, console, dispatch, inbound, memory, replicas
from benchmarks.effort import Effort
from benchmarks.results import markdown
from benchmarks.service import Service, service
from tests.forking.nursery import Nursery

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
async def wayhome(nursery: Nursery) -> AsyncIterator[Service]:
    async with service(nursery) as installed:
        yield installed


@pytest.mark.parametrize(
    "benchmark",
    [inbound, alerting, dispatch, replicas, memory, console],
    ids=lambda each: each.__name__,
)
async def test_a_benchmark_measures_and_prints_its_rows(
    benchmark: ModuleType, wayhome: Service
) -> None:
    results = await benchmark.measure_on(wayhome, Effort(quick=True))

    assert results
    assert len(markdown(results).splitlines()) == 2 + len(results)
