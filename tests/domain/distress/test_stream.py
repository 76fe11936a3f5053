from domain.distress import Watch
from domain.distress.stream import judge_lines


def test_each_line_is_judged_in_order_and_a_bad_one_says_what_is_wrong(watch: Watch) -> None:
    lines = ['{"id": 7, "text": "I want to die"}', "{", "[]", '{"id": "b", "text": "good morning"}']
    first, broken, not_an_object, last = judge_lines(lines, watch)
    assert (first["id"], first["severity"], first["ask"]) == (7, "emergency", False)
    assert first["reasons"] == ["suicide.intent"]
    assert broken == {"id": None, "error": "Line 2: this is not JSON."}
    assert not_an_object["error"].startswith("Line 3: a JSON object")
    assert last == {"id": "b", "severity": "none", "ask": False, "reasons": []}
