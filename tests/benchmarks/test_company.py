from benchmarks.company import in_company
from benchmarks.examples import Example

HARMLESS = [Example("a", "N", f"good morning {number}") for number in range(50)]
GRAVE = [Example("a", "E", f"he beats me {number}") for number in range(100)]


def test_a_message_in_company_is_as_grave_as_it_was_and_stands_beside_a_harmless_one() -> None:
    found = [*in_company([[*HARMLESS, *GRAVE]])]
    harmless = {each.text for each in HARMLESS}
    labels = {each.text: each.label for each in (*HARMLESS, *GRAVE)}
    assert {each.label for each in found} == {"N", "E"}
    for each in found:
        assert any(text in each.text for text in harmless)
        grave = any(text in each.text for text, label in labels.items() if label == "E")
        assert (each.label == "E") is grave


def test_the_same_pages_are_always_in_the_same_company() -> None:
    assert [*in_company([[*HARMLESS, *GRAVE]])] == [*in_company([[*HARMLESS, *GRAVE]])]


def test_where_hardly_anything_is_harmless_nothing_is_put_beside() -> None:
    assert [*in_company([[*HARMLESS[:2], *GRAVE]])] == []
