from datetime import UTC, datetime, timedelta

from domain.distress.recent import MOST_CHATS, SHORT, WITHIN, RecentWords

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHAT, OTHER = b"chat", b"other"


def test_p1_the_last_two_short_messages_of_the_same_chat_are_remembered() -> None:
    recent = RecentWords()
    assert recent.before(CHAT, 1, "one", NOW) == []
    assert recent.before(OTHER, 1, "elsewhere", NOW) == []
    assert recent.before(CHAT, 2, "two", NOW) == ["one"]
    assert recent.before(CHAT, 3, "three", NOW) == ["one", "two"]
    assert recent.before(CHAT, 4, "four", NOW) == ["two", "three"]


def test_what_is_old_or_long_is_not_remembered() -> None:
    recent = RecentWords()
    recent.before(CHAT, 1, "one", NOW)
    assert recent.before(CHAT, 2, "two", NOW + WITHIN) == []
    recent.before(CHAT, 3, "x" * (SHORT + 1), NOW + WITHIN)
    assert recent.before(CHAT, 4, "four", NOW + WITHIN) == ["two"]


def test_a_message_that_is_tried_anew_or_edited_does_not_precede_itself() -> None:
    recent = RecentWords()
    recent.before(CHAT, 1, "one", NOW)
    assert recent.before(CHAT, 2, "two", NOW) == ["one"]
    assert recent.before(CHAT, 2, "two!", NOW) == ["one"]
    assert recent.before(CHAT, 1, "one edited", NOW) == []


def test_memory_stays_small_whoever_writes() -> None:
    recent = RecentWords()
    recent.before(CHAT, 1, "first", NOW)
    for number in range(MOST_CHATS):
        recent.before(str(number).encode(), 1, "hello", NOW + timedelta(seconds=1))
    assert recent.before(CHAT, 2, "again", NOW + timedelta(seconds=2)) == []
