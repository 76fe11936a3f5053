import pytest

from tests.domain.centre import Centre
from tests.domain.referrals.two import Two


@pytest.fixture
async def two(centre: Centre) -> Two:
    return await Two.at_work(centre)
