"""What of the directory may be seen on a phone that others read."""

from dataclasses import replace

import pytest

from domain.directory.hotlines import Answers, Hotline
from domain.directory.needs import Need
from domain.safety.reading_along import (
    card_may_stand,
    line_may_be_named,
    line_may_stand,
    may_be_looked_for,
    need_may_be_named,
)
from storage.kinds import Discretion

DOCTOR = "Clinic at the old port. Open now."
TELLS = "Clinic for victims of trafficking. Open now."
SUPPORT = Hotline("AL", "116 006", "Help line", Answers.SUPPORT, "trafficking", "Our test call")
EMERGENCY = Hotline("AL", "112", "Emergency", Answers.EMERGENCY, "danger", "Our test call")


def test_an_open_phone_hides_nothing() -> None:
    assert all(may_be_looked_for(need, Discretion.OPEN) for need in Need)
    assert all(need_may_be_named(need, Discretion.OPEN) for need in Need)
    assert all(card_may_stand(TELLS, need, Discretion.OPEN) for need in (*Need, None))
    assert all(line_may_stand(line, Discretion.OPEN) for line in (SUPPORT, EMERGENCY))
    assert all(line_may_be_named(line, Discretion.OPEN) for line in (SUPPORT, EMERGENCY))


@pytest.mark.parametrize("discretion", [Discretion.DISCREET, Discretion.WATCHED])
@pytest.mark.parametrize("need", [*Need, None])
def test_p4_where_others_read_no_card_says_what_happened_whatever_was_looked_for(
    need: Need | None, discretion: Discretion
) -> None:
    assert not card_may_stand(TELLS, need, discretion)


@pytest.mark.parametrize("need", [*Need, None])
def test_p4_a_watched_phone_shows_a_card_only_of_what_anybody_may_look_for(
    need: Need | None,
) -> None:
    assert card_may_stand(DOCTOR, need, Discretion.DISCREET)
    shows = card_may_stand(DOCTOR, need, Discretion.WATCHED)
    assert shows is may_be_looked_for(need, Discretion.WATCHED)


@pytest.mark.parametrize(
    "need", [Need.ANTI_TRAFFICKING, Need.SHELTER, Need.LEGAL, Need.PSYCHOSOCIAL, Need.EMERGENCY]
)
def test_p4_on_a_watched_phone_nobody_is_offered_what_tells_of_them(need: Need) -> None:
    assert may_be_looked_for(need, Discretion.DISCREET)
    assert not may_be_looked_for(need, Discretion.WATCHED)


@pytest.mark.parametrize("discretion", [Discretion.DISCREET, Discretion.WATCHED])
def test_p4_where_others_read_neither_a_need_nor_a_line_names_what_happened(
    discretion: Discretion,
) -> None:
    assert not need_may_be_named(Need.ANTI_TRAFFICKING, discretion)
    assert not line_may_be_named(SUPPORT, discretion)
    assert not line_may_be_named(replace(SUPPORT, about="violence"), discretion)
    assert need_may_be_named(Need.HEALTH, discretion)
    assert line_may_be_named(EMERGENCY, discretion)


def test_a_watched_phone_shows_the_emergency_numbers_alone() -> None:
    assert line_may_stand(EMERGENCY, Discretion.WATCHED)
    assert not line_may_stand(SUPPORT, Discretion.WATCHED)
    assert line_may_stand(SUPPORT, Discretion.DISCREET)
