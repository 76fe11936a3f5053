"""How the bot hears of things: polling here, webhooks set up here."""

import re
from urllib.parse import urlsplit

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request, conflict
from simulator.memory.pending import WebhookSettings
from simulator.telegram import Telegram
from simulator.wire import Json, present

LIMITS = range(1, 101)
LONGEST_WAIT = 50
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


async def get_updates(telegram: Telegram, parameters: Parameters) -> list[Json]:
    if telegram.world.webhook:
        raise conflict(
            "can't use getUpdates method while webhook is active;"
            " use deleteWebhook to delete the webhook first"
        )
    limit = parameters.integer("limit", LIMITS[-1])
    telegram.updates.allow(parameters.words("allowed_updates"))
    return await telegram.updates.take(
        offset=parameters.integer("offset"),
        limit=min(max(limit, LIMITS[0]), LIMITS[-1]),
        patience=min(max(parameters.integer("timeout"), 0), LONGEST_WAIT),
    )


def set_webhook(telegram: Telegram, parameters: Parameters) -> bool:
    url = parameters.text("url")
    if not url:
        return delete_webhook(telegram, parameters)
    secret = parameters.text("secret_token")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = parameters.integer("max_connections", 40)
    settings = WebhookSettings(_checked_url(url), secret, min(max(connections, 1), 100))
    telegram.updates.allow(parameters.words("allowed_updates"))
    _drop_pending(telegram, parameters)
    telegram.world.webhook = settings
    telegram.updates.interrupt(conflict("terminated by setWebhook request"))
    return True


def delete_webhook(telegram: Telegram, parameters: Parameters) -> bool:
    _drop_pending(telegram, parameters)
    telegram.world.webhook = None
    return True


def get_webhook_info(telegram: Telegram, parameters: Parameters) -> Json:
    webhook = telegram.world.webhook
    always = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(telegram.updates.waiting),
    }
    details = webhook and present(
        max_connections=webhook.max_connections,
        last_error_date=webhook.last_error_date,
        last_error_message=webhook.last_error_message,
    )
    return always | (details or {}) | present(allowed_updates=telegram.world.allowed_updates)


def _checked_url(url: str) -> str:
    """Encrypted, except on one's own machine, where Telegram would never look."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    return url


def _drop_pending(telegram: Telegram, parameters: Parameters) -> None:
    if parameters.flag("drop_pending_updates"):
        telegram.updates.clear()
