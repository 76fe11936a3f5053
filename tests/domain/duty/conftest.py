import pytest

from domain.actors import Actor
from storage.kinds import Role
from tests.domain.centre import Centre


@pytest.fixture
async def chief(centre: Centre) -> Actor:
    return await centre.colleague(Role.SUPERVISOR, name="Drita")


@pytest.fixture
async def vera(centre: Centre) -> Actor:
    return await centre.colleague(chat=501)
