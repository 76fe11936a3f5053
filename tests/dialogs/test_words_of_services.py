"""What stands on a service's card: it is true of every door, and fits into one message."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest

from dialogs.texts import Texts
from dialogs.words.services import card_text
from domain.directory.files.cells import MAX_TEXT
from domain.directory.finding import FoundService, View
from domain.directory.values import Location, Organization, Phone, Schedule, Service
from domain.names import isolated
from locales.catalogues import Catalogues
from storage.kinds import Discretion

TEXTS = Texts("en", Discretion.OPEN, Catalogues.load().of("en"))
MONDAY = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)  # half past ten in Tirana
MORNING = Schedule(byday="MO,TU", opens_at=time(9), closes_at=time(12))
EVENING = Schedule(byday="MO,TU", opens_at=time(17), closes_at=time(20))
QUAY = Location("quay", name="The quay house", city="Durrës", country="AL")
SQUARE = Location("square", name="The square", city="Tirana", country="AL")
DAYS = ("MO", "TU", "WE")
CLINIC = Service("clinic", "Clinic", assured_date=date(2026, 1, 10), locations=(QUAY,))


def found(service: Service) -> FoundService:
    return View(MONDAY, "en").seen(uuid4(), service, MONDAY)


def card(service: Service) -> list[str]:
    return card_text(TEXTS, found(service)).split("\n")


def test_whatever_a_directory_holds_its_card_fits_into_one_message() -> None:
    long = "<&" * (MAX_TEXT // 2)
    place = replace(QUAY, name=long, address_1=long, address_2=long[1:], city=long[2:])
    service = Service(
        "long",
        long,
        organization=Organization("long", long),
        description=long,
        eligibility_description=long,
        fees_description=long,
        alert=long,
        application_process=long,
        interpretation_services=long,
        required_documents=(long, long),
        languages=("sq",) * 50,
        wait_time=long,
        url=long,
        phones=tuple(
            Phone(f"+355 4 555 {number:04}", extension=long, languages=("sq",) * 50)
            for number in range(500)
        ),
        schedules=tuple(replace(MORNING, description=long + str(n), byday="") for n in range(500)),
        locations=(place, place, place),
    )

    text = card_text(TEXTS, found(service))
    shown = text.replace("&lt;", "<").replace("&amp;", "&")
    assert len(shown.encode("utf-16-le")) // 2 <= 3800
    assert "+355 4 555 0000" in text


def test_an_address_is_divided_by_the_comma_of_the_language() -> None:
    arabic = replace(TEXTS, language="ar", catalogue=Catalogues.load().of("ar"))

    assert "📍 The quay house، Durrës" in card_text(arabic, found(CLINIC)).split("\n")


def test_an_address_in_the_web_keeps_its_end_at_its_end_beside_arabic() -> None:
    arabic = replace(TEXTS, language="ar", catalogue=Catalogues.load().of("ar"))
    text = card_text(arabic, found(replace(CLINIC, url="https://example.org/")))

    assert f"🌐 {isolated('https://example.org/')}" in text.split("\n")


def test_how_old_it_is_always_stands_there() -> None:
    assert card(CLINIC)[-1] == "Last checked on January 10, 2026."
    old = card(replace(CLINIC, assured_date=date(2025, 6, 1)))[-1]
    assert old == "⚠️ Last checked on June 1, 2025. Call before you go."
    assert "Nobody has told us how old" in card(replace(CLINIC, assured_date=None))[-1]
    # A slip of the pen is no day.
    assert "Nobody has told us how old" in card(replace(CLINIC, assured_date=date(2062, 1, 10)))[-1]


def test_hours_stand_under_each_door_where_they_differ() -> None:
    doors = (replace(QUAY, schedules=(MORNING,)), replace(SQUARE, schedules=(EVENING,)))
    lines = card(replace(CLINIC, locations=doors))

    quay = lines.index("📍 The quay house, Durrës")
    assert lines[quay + 1 : quay + 3] == ["🕒 Mon, Tue 09:00–12:00", "Open now"]
    square = lines.index("📍 The square, Tirana")
    assert lines[square + 1 : square + 3] == ["🕒 Mon, Tue 17:00–20:00", "Closed now"]


def test_a_door_with_hours_of_its_own_shows_those() -> None:
    door = replace(QUAY, schedules=(EVENING,))
    lines = card(replace(CLINIC, schedules=(MORNING,), locations=(door,)))

    assert "🕒 Mon, Tue 17:00–20:00" in lines
    assert "🕒 Mon, Tue 09:00–12:00" not in lines
    assert "Closed now" in lines


def test_doors_with_the_same_hours_say_them_once() -> None:
    lines = card(replace(CLINIC, schedules=(MORNING,), locations=(QUAY, SQUARE)))

    assert lines.count("🕒 Mon, Tue 09:00–12:00") == 1
    assert lines.count("Open now") == 1


@pytest.mark.parametrize(
    "schedule",
    [
        replace(MORNING, freq="MONTHLY", byday="1MO"),
        replace(MORNING, interval=2, dtstart=date(2026, 2, 2)),
        replace(MORNING, freq="MONTHLY", byday="", bymonthday="-1"),
        replace(MORNING, count=3),
    ],
    ids=["the first Monday", "every second week", "the last day", "three times"],
)
def test_hours_that_do_not_hold_every_week_are_not_shown_as_if_they_did(
    schedule: Schedule,
) -> None:
    assert not any("🕒" in line for line in card(replace(CLINIC, schedules=(schedule,))))

    described = replace(schedule, description="Only now and then")
    assert "🕒 Only now and then" in card(replace(CLINIC, schedules=(described,)))


def test_hours_that_are_over_are_not_shown() -> None:
    summer = replace(EVENING, valid_to=date(2025, 9, 30))
    lines = card(replace(CLINIC, schedules=(summer, MORNING)))

    assert [line for line in lines if "🕒" in line] == ["🕒 Mon, Tue 09:00–12:00"]


@pytest.mark.parametrize(
    ("others", "said"),
    [((MORNING,), ["🕒 Mon, Tue 09:00–12:00", "Open now"]), ((), [])],
    ids=["the service has others", "nobody knows others"],
)
def test_p11_hours_that_are_over_close_no_door(
    others: tuple[Schedule, ...], said: list[str]
) -> None:
    last_summer = replace(QUAY, schedules=(replace(EVENING, valid_to=date(2025, 9, 30)),))
    lines = card(replace(CLINIC, schedules=others, locations=(last_summer,)))

    assert [line for line in lines if "🕒" in line or line.endswith(" now")] == said


@pytest.mark.parametrize(
    ("days", "closes", "said"),
    [
        ("MO,TU,WE,TH,FR,SA,SU", 0, "24/7"),
        ("", 0, "24/7"),
        ("SA,SU", 0, "Sat, Sun 00:00–24:00"),
        ("", 6, "00:00–06:00"),
    ],
)
def test_what_is_open_day_and_night_says_so_in_a_word(days: str, closes: int, said: str) -> None:
    schedule = Schedule(byday=days, opens_at=time(0), closes_at=time(closes))

    assert f"🕒 {said}" in card(replace(CLINIC, schedules=(schedule,)))


def test_a_card_says_what_somebody_would_else_learn_only_at_the_door() -> None:
    door = replace(QUAY, transportation="Bus 4 to the harbour", accessibility="A ramp at the back")
    lines = card(
        replace(
            CLINIC,
            locations=(door,),
            alert="Closed until the tenth",
            eligibility_description="Everybody",
            minimum_age=18,
            application_process="Come with a letter of a doctor",
            required_documents=("Passport", "Birth certificate"),
            languages=("sq", "ar"),
            interpretation_services="Ukrainian by telephone",
            fees_description="Free",
            wait_time="About two weeks",
        )
    )

    assert lines == [
        "<b>Clinic</b>",
        "❗ Closed until the tenth",
        "📍 The quay house, Durrës",
        "🚌 Bus 4 to the harbour",
        "♿ A ramp at the back",
        "For: Everybody",
        f"Age: {isolated('18+')}",
        "What to do first: Come with a letter of a doctor",
        "Papers to bring: Passport, Birth certificate",
        "Languages: Albanian, Arabic",
        "Interpreters: Ukrainian by telephone",
        "Cost: Free",
        "Waiting time: About two weeks",
        "Last checked on January 10, 2026.",
    ]


@pytest.mark.parametrize(
    ("youngest", "oldest", "said"),
    [(12, 17, "12–17"), (None, 17, "0–17"), (0, 25, "0–25"), (18, None, "18+")],
)
def test_the_age_for_which_a_service_is_stands_in_figures(
    youngest: int | None, oldest: int | None, said: str
) -> None:
    assert f"Age: {isolated(said)}" in card(
        replace(CLINIC, minimum_age=youngest, maximum_age=oldest)
    )


def test_a_service_for_every_age_says_none() -> None:
    assert not any("Age" in line for line in card(replace(CLINIC, minimum_age=0)))


def test_languages_are_those_behind_the_doors_where_they_are_the_same_behind_each() -> None:
    quay, square = replace(QUAY, languages=("uk",)), replace(SQUARE, languages=("uk",))
    assert "Languages: Ukrainian" in card(replace(CLINIC, locations=(quay, square)))
    assert not any("Languages" in line for line in card(replace(CLINIC, locations=(quay, SQUARE))))


def test_a_number_says_its_extension_and_languages_and_no_fax_is_to_be_called() -> None:
    lines = card(
        replace(
            CLINIC,
            phones=(
                Phone("+355 4 555 0101", extension="12", languages=("sq", "en")),
                Phone("+355 4 555 0102", type="Fax"),
                Phone("+355 4 555 0103"),
            ),
        )
    )

    number, extension = isolated("+355 4 555 0101"), isolated("12")
    assert [line for line in lines if "📞" in line] == [
        f"📞 {number} (extension {extension}, Albanian, English)",
        f"📞 {isolated('+355 4 555 0103')}",
    ]


def test_that_a_service_is_closed_stands_there_however_little_room_is_left() -> None:
    long = "x" * MAX_TEXT
    place = replace(QUAY, name=long, schedules=(replace(MORNING, description=long, byday=""),))
    doors = tuple(replace(place, schedules=(replace(EVENING, byday=day),)) for day in DAYS)
    full = replace(
        CLINIC,
        name=long,
        alert=long,
        description=long,
        organization=Organization("long", long),
        eligibility_description=long,
        application_process=long,
        interpretation_services=long,
        required_documents=(long,),
        fees_description=long,
        wait_time=long,
        locations=doors,
    )

    assert any(line.startswith("❗ xxx") for line in card(full))
