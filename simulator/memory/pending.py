"""What waits to be told to the bot, as it is kept between two starts."""

from dataclasses import dataclass

from simulator.wire import Json


@dataclass
class Pending:
    update: Json
    #: Updates of one chat stay in order; None: of no chat.
    lane: int | None
    date: int
    injected: bool = False
    delivered: bool = False

    def confirmed_by(self, offset: int) -> bool:
        """An injected update may carry any id, so that it goes only once it was delivered."""
        if self.injected:
            return self.delivered
        return bool(self.update["update_id"] < offset)


@dataclass
class WebhookSettings:
    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None
