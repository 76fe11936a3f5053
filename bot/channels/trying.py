"""All channels of the installation, as the operator sees them: where they lead, and no address."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.channels.reaching import reach
from bot.channels.saying import said
from bot.settings import Settings
from domain.channels.keeping import address_of
from domain.notices import Notice
from domain.staff.team import language_of_team
from locales.catalogues import Catalogues
from storage.keys.keyring import SealError
from storage.sessions import SERVICE, Database, Session
from storage.tables.channels import AlertChannel
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Known:
    #: Such as "mailto of Tirana".
    name: str
    #: None where the keys open it no more.
    address: str | None
    language: str
    #: Since when, if others were told that it fails.
    failing_since: datetime | None


async def known_channels(session: Session) -> Sequence[Known]:
    """Needs the service's scope."""
    rows = await session.execute(
        select(AlertChannel, Organisation.name, Staff.language)
        .join(Organisation, Organisation.id == AlertChannel.organisation_id)
        .outerjoin(Staff, Staff.id == AlertChannel.staff_id)
        .order_by(Organisation.name, AlertChannel.created_at)
    )
    return [
        Known(
            f"{channel.scheme} of {name}",
            _address(session, channel),
            language or await language_of_team(session, channel.organisation_id),
            channel.failing_since if channel.told_at else None,
        )
        for channel, name, language in rows.all()
    ]


async def try_all(
    database: Database, settings: Settings, channels: Sequence[Known]
) -> Sequence[bool]:
    """Says through each that it is a test; whether it was taken."""
    catalogues = Catalogues.load()
    async with database.begin(SERVICE) as session:
        words = [
            await said(
                session,
                catalogues,
                Notice.STAFF_CHANNEL_TRIED,
                {},
                channel.language,
                settings.address,
            )
            for channel in channels
        ]

    async def taken(channel: Known, test: str) -> bool:
        if channel.address is None:
            return False
        return await reach(channel.address, test, settings.vouched_for)

    return await asyncio.gather(*map(taken, channels, words))


def _address(session: Session, channel: AlertChannel) -> str | None:
    try:
        return address_of(session, channel)
    except SealError:
        return None
