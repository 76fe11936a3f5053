import pytest

from domain.children.ages import says_only_a_childs_age


@pytest.mark.parametrize(
    "text",
    [
        "I am 15", "im 15!!", "I'm only 9 years old", "Unë jam 15 vjeç", "عمري ١٥", "عندي ١٥ عام",
        "J’ai 15 ans.", "Мені 15", "мне 15 лет", "Tengo 15 años", "Ho 15 anni", "Tenho 15 anos",
        "3ndi 15 3am", "ana 3andi ghir 16 sna", "3omri 14", "f 3mri 9 snin", "Kam 15 vjet",
        "ICH BIN 15", "Είμαι 15 χρονών", "eimai 15", "Mam 15 lat", "  I AM 17 🙂 ",
    ],
)  # fmt: skip
def test_an_age_under_eighteen_is_heard_in_every_language(text: str) -> None:
    assert says_only_a_childs_age(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "15", "I am 18", "I am 151", "I am 15 minutes late", "My son is 15", "Tengo 15 euros",
        "Tengo 15", "Ho 15", "j'ai 15 cartons", "мне 15 минут", "Ich bin 15 km weit", "عندي ١٥",
        "3ndi 15", "3ndi 15 dh", "Kam 15", "Kam 15 minuta", "I am 15²", "I am 15" * 700, "\ud83d",
    ],
)  # fmt: skip
def test_other_numbers_are_no_age(text: str) -> None:
    assert not says_only_a_childs_age(text)
