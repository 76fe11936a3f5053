"""Mails to partners that have a mailbox only: neutral, with a link that shows nothing by itself.

Nothing is sent within a transaction: a mail is taken out under a lease, sent, and then booked.
"""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import structlog

from bot.aside import aside
from bot.errors import code_of
from bot.stopping import Stopping
from domain.marks import N_
from domain.referrals.mailing import LINK, MOST_MAILS, due_mail, find_link, give_up_mail
from domain.referrals.partners import card_of
from locales.catalogues import Catalogues
from storage.away import AWAY
from storage.sessions import SERVICE, Database, Session
from storage.tables.partners import MailLink, MailPartner

log = structlog.get_logger()

_LOOK_AGAIN = 5.0
_PATIENCE = 30.0
# For what is being sent when it is time to stop: another would send it once more, seconds later.
_LAST_WORDS = 10.0
#: Whoever took a mail out and stands still leaves it to be taken again.
LEASE = timedelta(minutes=5)
_TITLE = N_("A message waits for you")
_WORDS = N_(
    "Hello. A message waits for you. You are called and told a code, with which you read it "
    "here: {link}"
)


@dataclass(frozen=True, slots=True)
class MailService:
    """smtps://user:password@host:port?from=desk@example.org, or smtp:// with STARTTLS."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str
    sender: str

    @classmethod
    def at(cls, address: str) -> Self:
        parts = urlsplit(address)
        encrypted = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if encrypted else 587),
            encrypted=encrypted,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=parse_qs(parts.query).get("from", [""])[0],
        )

    def send(self, message: EmailMessage) -> None:
        """Takes a while. A password is told only to whom nobody listens to."""
        if self.encrypted:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=_PATIENCE, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)
        with server:
            server.ehlo()
            if not self.encrypted and (self.password or server.has_extn("starttls")):
                server.starttls(context=ssl.create_default_context())
            if self.password:
                server.login(self.user, self.password)
            server.send_message(message)


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    title: str
    words: str


@dataclass(slots=True)
class Postman:
    database: Database
    catalogues: Catalogues
    service: MailService
    public_url: str
    #: The replica that this is, so that others know whose mails are nobody's when it is dead.
    taker: int | None = None

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop; a mail that still hangs a while later is left to others."""
        while not stopping.is_set():
            try:
                if await stopping.unless_stopped(self.send_one(), last_seconds=_LAST_WORDS):
                    continue
            except AWAY as error:
                log.warning("the database is away", action="post.wait", error=code_of(error))
            await stopping.pause(_LOOK_AGAIN)

    async def send_one(self) -> bool:
        """The next mail that is due. False where there is none."""
        async with self.database.begin(SERVICE) as session:
            due = await due_mail(session)
            if due is None:
                return False
            link, partner = due
            link.mail_at = session.now + LEASE
            link.mail_tries += 1
            link.taker = self.taker
            mail = self._written(session, link, partner)
        arrived = mail is not None and await self._send(mail)
        async with self.database.begin(SERVICE) as session:
            await _book(session, link.id, arrived)
        return True

    def _written(self, session: Session, link: MailLink, partner: MailPartner) -> Mail | None:
        """None where the keys open link or card no more: the others' mails don't wait for it."""
        texts = self.catalogues.of(partner.language)
        try:
            assert link.token is not None
            address = f"{self.public_url}/partner/{session.keys.open(link.token, LINK)}"
            to = card_of(session, partner).mail
        except Exception as error:
            log.error("a mail can't be written", action="post.unsent", error=code_of(error))
            return None
        return Mail(to, texts.gettext(_TITLE), texts.gettext(_WORDS).format(link=address))

    async def _send(self, mail: Mail) -> bool:
        """Whatever is odd about it, or about the mail service, is a try that went wrong."""
        try:
            message = EmailMessage()
            message["From"], message["To"] = self.service.sender, mail.to
            message["Subject"] = mail.title
            message.set_content(mail.words)
            await aside(partial(self.service.send, message))
        except Exception as error:
            log.error("a mail did not go", action="post.unsent", error=type(error).__name__)
            return False
        return True


async def _book(session: Session, link_id: UUID, arrived: bool) -> None:
    link = await find_link(session, MailLink.id == link_id)
    if link is None or link.mailed_at is not None:
        # Whoever took it for a dead one's has sent it meanwhile.
        return
    link.taker = None
    if arrived:
        link.mailed_at = session.now
        link.mail_at = link.token = None
        return
    if link.mail_tries >= MOST_MAILS:
        await give_up_mail(session, link)
