from domain.staff.accounts import (
    NewStaff,
    actor_of,
    add_staff,
    be,
    manages,
    name_by_id,
    name_of,
    renew_set_up,
    speak,
    speak_with_people,
)
from domain.staff.telegram import chat_of_staff, join_by_telegram, know_staff, staff_of_chat

__all__ = [
    "NewStaff",
    "actor_of",
    "add_staff",
    "be",
    "chat_of_staff",
    "join_by_telegram",
    "know_staff",
    "manages",
    "name_by_id",
    "name_of",
    "renew_set_up",
    "speak",
    "speak_with_people",
    "staff_of_chat",
]
