"""Services are found on a real database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.directory.distance import Point
from domain.directory.files.reading import read_directory
from domain.directory.finding import FoundService, Search, find_services, get_service
from domain.directory.freshness import HIDDEN_AFTER, Age
from domain.directory.importing import check_directory, export_directory, import_directory
from domain.directory.listing import countries, places
from domain.directory.needs import Need
from storage.sessions import SERVICE, Database, Session
from tests.domain.directory.samples import clinic, files_in, json_file, translated

NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)  # a Monday, half past ten in Tirana
OPEN = Search(open_now=True)
SEARCH_OF_LINES = Search(words="counselling")
ARABIC = {"name": "عيادة الميناء القديم", "description": "طبيب للجميع"}


def place(identity: str, city: str, country: str, latitude: float, longitude: float) -> Any:
    return {
        "id": f"at-{identity}",
        "location": {
            "id": identity,
            "location_type": "physical",
            "latitude": latitude,
            "longitude": longitude,
            "addresses": [{"city": city, "country": country, "address_type": "physical"}],
        },
    }


CLINIC = clinic(attributes=translated(ARABIC))
LAWYERS = clinic(
    id="lawyers",
    name="Правова допомога",
    description="Адвокат",
    assured_date="2025-06-01",
    schedules=[],
    service_at_locations=[place("kyiv", "Київ", "UA", 50.45, 30.52)],
)
SHELTER = clinic(
    id="shelter",
    name="Night shelter",
    description="A bed",
    assured_date="2020-01-01",
    service_at_locations=[place("tirana", "Tirana", "AL", 41.33, 19.82)],
)
LINE = clinic(
    id="line",
    name="Telephone counselling",
    description="Somebody to talk to",
    assured_date="",
    schedules=[],
    service_at_locations=[],
    service_areas=[{"name": "Albania", "extent": "AL", "extent_type": "country"}],
)
CLOSED = clinic(id="closed", name="Closed clinic", status="defunct")
DAY = [{"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}]
NIGHT = [{"freq": "WEEKLY", "byday": "MO", "opens_at": "20:00", "closes_at": "23:00"}]
TIRANA = place("tirana", "Tirana", "AL", 41.33, 19.82) | {"schedules": DAY}
LVIV = place("lviv", "Львів", "UA", 49.84, 24.03) | {"schedules": NIGHT}


def two_doors(*doors: Any, **changes: Any) -> dict[str, Any]:
    own = {"id": "two", "name": "Two doors", "schedules": [], "service_at_locations": list(doors)}
    return clinic(**(own | changes))


async def load(session: Session, *services: dict[str, Any]) -> None:
    await import_directory(session, read_directory([json_file(list(services))]), "test", NOW)


async def find(session: Session, search: Search, **options: Any) -> list[FoundService]:
    return await find_services(session, search, now=NOW, **options)


async def names(session: Session, search: Search, **options: Any) -> list[str]:
    return [found.service.id for found in await find(session, search, **options)]


async def open_then(session: Session, then: datetime) -> list[str]:
    return [found.service.id for found in await find_services(session, OPEN, now=then)]


@pytest.fixture
async def session(database: Database) -> Any:
    async with database.begin(SERVICE) as session:
        await load(session, CLINIC, LAWYERS, SHELTER, LINE, CLOSED)
        yield session


async def test_services_are_found_by_need_and_country(session: Session) -> None:
    assert await names(session, Search(need=Need.HEALTH)) == ["clinic"]
    assert await names(session, Search(country="UA")) == ["lawyers"]
    assert await names(session, Search(need=Need.LEGAL, country="AL")) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("CLÍNIC", "clinic"),
        ("عياده", "clinic"),
        ("العيادة", "clinic"),
        ("durres", "clinic"),
        ("правова", "lawyers"),
        ("pravova dopomoha", "lawyers"),
        ("Kyiv lawyer", "lawyers"),
        ("counselling please", "line"),
    ],
)
async def test_words_find_in_any_language_script_and_accent(
    session: Session, words: str, expected: str
) -> None:
    assert await names(session, Search(words=words)) == [expected]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Centre d'hébergement", "hébergement"),
        ("Maison de l'enfance", "enfance"),
        ("Hébergement", "centre d'hébergement"),
        ("Centro per l'infanzia", "infanzia"),
        ("مركز للنساء", "نساء"),
        ("مركز النساء", "للنساء"),
    ],
)
async def test_words_are_found_with_and_without_what_is_written_onto_them(
    session: Session, name: str, words: str
) -> None:
    await load(session, clinic(id="written", name=name, description="x"))

    assert "written" in await names(session, Search(words=words))


@pytest.mark.parametrize(
    "words", ["'", "a & b | !", ":*", "\\", "' | 'x", "(((", "\x00", "x" * 5000]
)
async def test_words_that_look_like_a_query_are_only_words(session: Session, words: str) -> None:
    await find(session, Search(words=words))


async def test_the_nearest_service_comes_first_with_its_distance(session: Session) -> None:
    tirana = Point(41.33, 19.82)
    found = await find(session, Search(near=tirana))

    assert [each.service.id for each in found] == ["clinic", "lawyers", "line"]
    assert found[0].distance_km == pytest.approx(31, abs=1)
    assert found[0].nearest is not None
    assert found[0].nearest.city == "Durrës"
    assert await names(session, Search(near=tirana, within_km=50)) == ["clinic"]


async def test_what_is_in_no_place_is_found_in_all_of_them_behind_what_is_there(
    session: Session,
) -> None:
    nowhere = clinic(
        id="online", name="Doctor on the screen", service_at_locations=[], assured_date="2026-02-01"
    )
    await load(session, nowhere)
    [durres] = await places(session, now=NOW, need=Need.HEALTH, country="AL")
    for search in (Search(country="AL"), Search(country="AL", place=durres.key)):
        health = replace(search, need=Need.HEALTH)
        assert await names(session, health) == ["clinic", "online"]
        assert await names(session, health, limit=1, offset=1) == ["online"]
    assert await names(session, Search(need=Need.HEALTH, country="UA")) == ["online"]
    assert await names(session, Search(need=Need.LEGAL, country="UA")) == ["lawyers"]


async def test_a_place_also_has_what_serves_its_whole_country(session: Session) -> None:
    (durres,) = [place for place in await places(session, now=NOW) if place.country == "AL"]

    assert (durres.name, durres.services) == ("Durrës", 1)
    assert set(await names(session, Search(place=durres.key))) == {"clinic", "line"}
    assert await countries(session, now=NOW) == {"AL": 2, "UA": 1}


async def test_open_now_goes_by_the_clocks_of_the_place(session: Session) -> None:
    evening = NOW + timedelta(hours=6, minutes=15)  # 16:45 in Tirana

    assert await names(session, OPEN) == ["clinic"]
    assert await open_then(session, evening) == ["clinic"]
    assert await open_then(session, evening + timedelta(minutes=15)) == []


async def test_p11_open_now_finds_what_had_other_hours_last_summer(session: Session) -> None:
    summer = {"freq": "WEEKLY", "opens_at": "17:00", "closes_at": "20:00"}
    door = place("quay", "Durrës", "AL", 41.31, 19.45)
    door["schedules"] = [summer | {"valid_to": "2025-09-30"}]
    await load(session, clinic(service_at_locations=[door]))

    assert await names(session, OPEN) == ["clinic"]


async def test_of_a_place_its_own_doors_come_first_and_say_whether_it_is_open(
    session: Session,
) -> None:
    vlora = place("vlora", "Vlorë", "AL", 40.47, 19.49) | {"schedules": NIGHT}
    await load(session, two_doors(TIRANA, vlora))
    keys = {each.name: each.key for each in await places(session, now=NOW)}
    for city, is_open in (("Tirana", True), ("Vlorë", False)):
        [found] = await find(session, Search(place=keys[city], words="two doors"))
        assert (found.service.locations[0].city, found.is_open) == (city, is_open)
    assert "two" not in await names(session, Search(place=keys["Vlorë"], open_now=True))


@pytest.mark.parametrize("doors", [(TIRANA, LVIV), (LVIV, TIRANA)])
async def test_p11_of_a_country_its_own_doors_come_first_and_say_whether_it_is_open(
    session: Session, doors: tuple[Any, Any]
) -> None:
    await load(session, two_doors(*doors))

    for country, city, is_open in (("AL", "Tirana", True), ("UA", "Львів", False)):
        [found] = await find(session, Search(country=country, words="two doors"))
        assert (found.service.locations[0].city, found.is_open) == (city, is_open)
        assert len(found.doors) == 2
    assert "two" in await names(session, Search(country="AL", open_now=True))
    assert "two" not in await names(session, Search(country="UA", open_now=True))


async def test_p11_of_a_place_without_a_door_those_of_its_country_come_first(
    session: Session,
) -> None:
    everywhere = {"name": "Ukraine", "extent": "UA", "extent_type": "country"}
    await load(session, two_doors(TIRANA, LVIV, service_areas=[everywhere]))
    (kyiv,) = [each for each in await places(session, now=NOW) if each.name == "Київ"]

    search = Search(country="UA", place=kyiv.key, words="two doors")
    [found] = await find(session, search)

    assert (found.service.locations[0].city, found.is_open) == ("Львів", False)
    assert await names(session, replace(search, open_now=True)) == []


async def test_pages_of_what_is_open_neither_repeat_nor_skip(session: Session) -> None:
    await load(session, CLINIC, LINE, clinic(id="second", assured_date="2025-12-01"))
    pages = [await names(session, OPEN, limit=1, offset=page) for page in range(3)]

    assert pages == [["clinic"], ["second"], []]


async def test_old_services_are_marked_then_hidden_and_undated_ones_say_so(
    session: Session,
) -> None:
    ages = {found.service.id: found.age for found in await find(session, Search())}
    everything = await names(session, Search(include_hidden=True))

    assert ages == {"clinic": Age.FRESH, "lawyers": Age.STALE, "line": Age.UNKNOWN}
    assert set(everything) == {"clinic", "lawyers", "line", "shelter"}


async def test_what_nobody_dated_is_hidden_once_its_source_has_not_named_it_for_as_long(
    session: Session,
) -> None:
    undated = replace(SEARCH_OF_LINES, include_hidden=True)
    last_day, after = (NOW + timedelta(days=days) for days in (HIDDEN_AFTER, HIDDEN_AFTER + 1))

    (still,) = await find_services(session, SEARCH_OF_LINES, now=last_day)
    assert await find_services(session, SEARCH_OF_LINES, now=after) == []
    (gone,) = await find_services(session, undated, now=after)
    assert (still.age, gone.age) == (Age.UNKNOWN, Age.HIDDEN)


async def test_a_slip_in_a_date_to_come_is_as_no_date(session: Session) -> None:
    await load(session, LINE | {"assured_date": "2062-01-01"})
    later = NOW + timedelta(days=HIDDEN_AFTER + 1)

    (found,) = await find(session, SEARCH_OF_LINES)
    assert found.age is Age.UNKNOWN
    assert await find_services(session, SEARCH_OF_LINES, now=later) == []


async def test_a_service_speaks_the_persons_language_where_it_can(session: Session) -> None:
    (found,) = await find(session, Search(need=Need.HEALTH), language="ar-MA")

    assert found.service.name == ARABIC["name"]
    assert found.service.locations[0].city == "Durrës"


async def test_pages_neither_repeat_nor_skip(session: Session) -> None:
    either = Search(words="clinic counselling")
    pages = [await names(session, either, limit=1, offset=page) for page in range(3)]

    assert sorted(pages) == [[], ["clinic"], ["line"]]
    assert pages[-1] == []


async def test_one_service_is_shown_until_it_closes(session: Session) -> None:
    (found,) = await find(session, Search(need=Need.HEALTH))
    await load(session, clinic(status="temporarily closed"))

    assert await get_service(session, found.id, now=NOW) is None


async def test_importing_again_replaces_and_says_so(session: Session) -> None:
    reading = read_directory([json_file([clinic(name="Clinic, moved"), clinic(id="new")])])

    assert (await check_directory(session, reading, "test")).updated == 1
    report = await import_directory(session, reading, "test", NOW)

    assert (report.loaded, report.updated, report.rejected) == (1, 1, [])
    assert await names(session, Search(words="moved")) == ["clinic"]


async def test_two_sources_may_use_the_same_id(session: Session) -> None:
    await import_directory(session, read_directory([json_file([clinic()])]), "other", NOW)

    assert await names(session, Search(need=Need.HEALTH)) == ["clinic", "clinic"]


async def test_what_is_exported_reads_back_as_the_same_services(session: Session) -> None:
    first = read_directory([json_file([CLINIC, LAWYERS, SHELTER, LINE, CLOSED])]).services
    exported = read_directory(files_in("out.zip", await export_directory(session, "test")))

    assert exported.rejected == []
    assert sorted(exported.services, key=lambda s: s.id) == sorted(first, key=lambda s: s.id)


async def test_two_sources_that_use_the_same_ids_are_exported_side_by_side(
    session: Session,
) -> None:
    other = clinic(
        name="Another clinic",
        phones=[{"number": "+355 4 555 0199"}],
        service_at_locations=[place("quay", "Shkodër", "AL", 42.07, 19.51)],
    )
    await import_directory(session, read_directory([json_file([other])]), "other", NOW)

    exported = read_directory(files_in("out.zip", await export_directory(session)))

    assert exported.rejected == []
    clinics = {each.name: each for each in exported.services if "linic" in each.name}
    shkodra, durres = clinics["Another clinic"], clinics["Clinic of the Old Port"]
    assert [each.number for each in shkodra.phones] == ["+355 4 555 0199"]
    assert [each.number for each in durres.phones] == ["+355 4 555 0101"]
    assert (shkodra.locations[0].city, durres.locations[0].city) == ("Shkodër", "Durrës")
