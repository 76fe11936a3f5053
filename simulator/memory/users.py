"""People with a phone, and the bot."""

from dataclasses import dataclass, field

from simulator.wire import Json, present


@dataclass
class User:
    id: int
    first_name: str
    language_code: str = "en"
    last_name: str | None = None
    username: str | None = None
    #: The person has blocked the bot.
    blocked: bool = False
    #: The person has written to the bot; before that, a bot may not write to a person.
    started: bool = False
    deactivated: bool = False

    def view(self) -> Json:
        return present(
            id=self.id,
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language_code,
        ) | {"is_bot": False}


@dataclass
class Bot:
    id: int
    username: str
    name: str
    #: By `scope|language`; see methods/profile.py for the scopes' names.
    commands: dict[str, list[Json]] = field(default_factory=dict)
    #: Name, description and short description, by `field|language`.
    texts: dict[str, str] = field(default_factory=dict)
    #: By chat id; "default" for all others.
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    #: Whether the privacy mode for groups is off.
    reads_all_messages: bool = False

    def view(self) -> Json:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }

    def own_view(self) -> Json:
        """As getMe answers."""
        return self.view() | {
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all_messages,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
