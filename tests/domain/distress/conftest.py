import pytest

from domain.distress import Watch


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch.load()
