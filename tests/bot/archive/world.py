"""A small world with something in every sealed column, and the words by which to find it again."""

import json
import time
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.opening import Urls, keys_in, opened
from bot.settings import Settings
from domain.campaigns import Outline, draft
from domain.cases.topics import set_topic
from domain.casework.tasks import add_task
from domain.casework.work import claim, note, write
from domain.channels.keeping import add_channel
from domain.check_ins.answering import answer
from domain.crisis.answering import answer_signal
from domain.distress.assessment import Assessment
from domain.duty import go_on_duty
from domain.enrolment.invites import issue_invites
from domain.identity import pictures
from domain.identity.agreed_words import agree_on_words
from domain.messages.keeping import keep_message
from domain.organisations import add_organisation, set_staff_chat
from domain.profiles.wishing import change_place
from domain.returnees.file_numbers import set_file_number
from domain.returnees.keys import data_key
from domain.returnees.wishes import Place
from domain.safeguarding.complaints import new_complaint
from domain.safeguarding.messages import keep_told
from domain.safety.silence_plan import name_other
from domain.safety.window import Window, choose_window
from domain.staff import add_staff, join_by_telegram
from domain.staff.accounts import actor_of
from domain.staff.browsers import open_session
from domain.staff.one_time import keep_secret
from storage.inbox.arrivals import take_in
from storage.inbox.handled import mark_handled
from storage.keys.keyring import Keyring
from storage.kinds import CampaignState, ComplaintKind, MessageKind, ReferralState, Role, Severity
from storage.seals.columns import open_all
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.campaigns import Campaign, CampaignTally
from storage.tables.cases import Case
from storage.tables.directory import DirectoryWithheld
from storage.tables.inbox import InboxRow
from storage.tables.lexicon import LexiconEntry, LexiconMuting
from storage.tables.organisations import Organisation
from storage.tables.partners import MailLink, MailPartner
from storage.tables.pathways import OnPathway
from storage.tables.privacy import Erasure
from storage.tables.recent_words import RecentWords
from storage.tables.referrals import Referral
from storage.tables.returnees import ChildDecision, ChildProtection, Returnee, TurningPoints
from storage.tables.safeguarding import Reading
from storage.tables.service import DialogState
from storage.tables.staff import Staff
from storage.tables.traces import Trace
from storage.tables.views import SavedView
from storage.wakes import Wakes
from tests.domain.checking_in import Office, add_person, plan_check_in
from tests.postgres import DatabaseUrls

SECRET = b"canary key of thirty-two bytes!!"
NAME = "Zamirakanaria"
CHAT = 7315550199
GROUP = -1007315550123
STAFF_CHAT = 7315550100
TOTP = "CANARYSECRETCANARYSECRETCANARYAA"
CRY = "he locked me in the canarycellar and took my passport"
REPLY = "I am here with you, canarycaseworker"
NOTE = "canarynote: call her sister first"
WAITING = "canarywaiting in the inbox"
CANARIES = (
    *(NAME, str(CHAT), str(GROUP), str(STAFF_CHAT), TOTP, CRY, REPLY, NOTE, WAITING),
    *("canarylantern", "canaryboat", "canarysister", "canaryconfided", "canarychannel"),
    *("canaryslang", "canarymuted", "canarywithheld", "canaryfile"),
    *("canaryroom", "canaryfull", "canarybox", "canaryana", "canarylink", "canarysigned"),
)


@dataclass(frozen=True, slots=True)
class World:
    organisation: Organisation
    staff_id: UUID
    returnee: Returnee
    case_id: UUID
    cookie: str


def settings_in(folder: Path, url: str) -> Settings:
    """An installation of this world's key."""
    folder.mkdir(exist_ok=True)
    kept = {"epochs": {"1": b64encode(SECRET).decode()}}
    (folder / "key").write_text(json.dumps(kept))
    return Settings.model_validate({"data_dir": folder, "database_url": url})


def at(urls: DatabaseUrls) -> Urls:
    return Urls(owner=urls.owner_url, run=urls.run_url, embedded=False)


async def fill(settings: Settings, urls: DatabaseUrls) -> World:
    async with opened(settings, at(urls)) as database:
        async with database.begin(SERVICE) as session:
            organisation = await add_organisation(session, "Return Centre", country="AL")
            set_staff_chat(session, organisation, GROUP)
            staff_id = await _caseworker(session, organisation)
            cookie = await open_session(session, await session.get_one(Staff, staff_id))
            returnee = await add_person(session, organisation, CHAT)
            await choose_window(session, returnee.id, Window())
            await _check_in(session, organisation, returnee)
            await _who_is_there(session, await session.get_one(Staff, staff_id), returnee)
        await _cry(database, organisation, returnee)
        case_id = await _case(database, organisation, staff_id)
        await _traffic(database)
        async with database.begin(SERVICE) as session:
            await _papers(session, organisation, returnee, staff_id)
    return World(organisation, staff_id, returnee, case_id, cookie)


async def _caseworker(session: Session, organisation: Organisation) -> UUID:
    new = await add_staff(session, NAME, organisation, Role.CASEWORKER)
    staff = await join_by_telegram(session, new.telegram_code, STAFF_CHAT)
    keep_secret(session, staff, TOTP)
    await go_on_duty(session, actor_of(staff))
    address = "mailto://u:canarychannel@example.org"
    await add_channel(session, actor_of(staff), address, shared=False)
    return staff.id


async def _check_in(session: Session, organisation: Organisation, returnee: Returnee) -> None:
    coordinator = await add_staff(session, "Jon", organisation, Role.COORDINATOR)
    actor = actor_of(await session.get_one(Staff, coordinator.id))
    tomorrow = (session.now + timedelta(days=1)).replace(tzinfo=None)
    outline = Outline(name="A week", questionnaire="safety-and-needs", local_time=tomorrow)
    campaign = await draft(session, actor, outline)
    campaign.state = CampaignState.RUNNING
    check_in = await plan_check_in(session, returnee, Office(organisation, actor))
    check_in.campaign_id = campaign.id
    await answer(session, returnee, check_in.id, "safety", "safe")


async def _who_is_there(session: Session, staff: Staff, returnee: Returnee) -> None:
    """Agreed words and file numbers, also with an invite, pictures, and somebody they named."""
    actor, here = actor_of(staff), staff.organisation_id
    await agree_on_words(session, actor, returnee.id, "canarylantern", "river")
    words = ("canaryboat", "cloud")
    await issue_invites(session, here, actor=actor, words=words, file_number="canaryfile 2")
    await set_file_number(session, actor, returnee.id, "canaryfile 1")
    await pictures.choose_row(session, returnee, (0, 1, 2, 3))
    await pictures.ask(session, returnee, {})
    until = session.now + timedelta(days=30)
    await name_other(session, actor, returnee.id, "canarysister", "by telephone", until)
    await change_place(session, returnee, Place("AL", "canarytown", "canarytown"))


async def _papers(
    session: Session, organisation: Organisation, returnee: Returnee, staff_id: UUID
) -> None:
    """What few people have: each sealed as its own module seals it."""
    await _of_the_organisation(session, organisation)
    await _of_the_person(session, organisation, returnee, staff_id)
    await _referrals(session, organisation, returnee)
    kind = ComplaintKind.ABOUT_STAFF
    complaint = await new_complaint(session, returnee.id, organisation.id, kind)
    await keep_told(session, complaint, MessageKind.TEXT, {"text": "canaryconfided"})


async def _of_the_organisation(session: Session, organisation: Organisation) -> None:
    campaign = (await session.scalars(select(Campaign))).one()
    session.add_all(
        [
            CampaignTally(
                campaign_id=campaign.id,
                organisation_id=organisation.id,
                counts=session.keys.seal("{}", "campaign tally"),
            ),
            LexiconEntry(
                organisation_id=organisation.id,
                language="en",
                category="threat",
                severity=Severity.URGENT,
                body=session.keys.seal('{"phrase": "canaryslang"}', "lexicon entry"),
                added_at=session.now,
            ),
            LexiconMuting(
                organisation_id=organisation.id,
                built_in="en:danger.words:danger",
                severity=Severity.NONE,
                reason=session.keys.seal("canarymuted", "lexicon muting"),
                proposed_at=session.now,
            ),
            DirectoryWithheld(
                organisation_id=organisation.id,
                source="list",
                hsds_id="clinic",
                reason=session.keys.seal("canarywithheld", "withheld reason"),
                since=session.now,
            ),
        ]
    )


async def _of_the_person(
    session: Session, organisation: Organisation, returnee: Returnee, staff_id: UUID
) -> None:
    key = await data_key(session, returnee.id)
    session.add_all(
        [
            OnPathway(
                returnee_id=returnee.id,
                organisation_id=organisation.id,
                pathway="care-and-tact@1",
                days=key.seal("{}", "journey"),
                since=session.now,
            ),
            TurningPoints(
                returnee_id=returnee.id,
                days=key.seal("{}", "turning points"),
                looked_at=session.now,
            ),
            ChildDecision(
                returnee_id=returnee.id,
                organisation_id=organisation.id,
                worker_id=staff_id,
                decision=key.seal("in her best interests", "best interests"),
                decided_at=session.now,
            ),
            ChildProtection(
                returnee_id=returnee.id,
                worker_id=staff_id,
                decision=key.seal("in her best interests", "best interests"),
                decided_at=session.now,
            ),
            Erasure(
                returnee_id=returnee.id,
                organisation_id=organisation.id,
                asked_at=session.now,
                not_before=session.now + timedelta(days=3),
                chat=session.keys.seal(str(CHAT), "erasure chat"),
            ),
            Reading(
                organisation_id=organisation.id,
                returnee_id=returnee.id,
                staff_id=staff_id,
                at=session.now,
                reason=key.seal("she rang", "reading reason"),
            ),
        ]
    )


async def _referrals(session: Session, organisation: Organisation, returnee: Returnee) -> None:
    """One that an organisation would not take up, and one that a partner took up by mail."""
    key = await data_key(session, returnee.id)
    case = (await session.scalars(select(Case))).one()
    shelter = await _mail_partner(session, organisation)
    both: dict[str, Any] = {
        "case_id": case.id,
        "returnee_id": returnee.id,
        "organisation_id": organisation.id,
        "fields": [],
        "joint_days": 0,
        "made_at": session.now,
    }
    by_mail = Referral(**both, mail_partner_id=shelter.id, state=ReferralState.ACCEPTED)
    rejected = Referral(
        **both,
        partner_id=organisation.id,
        state=ReferralState.REJECTED,
        letter=key.seal(json.dumps({"need": "canaryroom"}), "referral letter"),
        reason=key.seal("canaryfull", "referral reason"),
    )
    session.add_all([rejected, by_mail])
    await session.flush()
    session.add(
        MailLink(
            referral_id=by_mail.id,
            token_hash=b"hash",
            token=session.keys.seal("canarylink", "mail link"),
            accepted_as=session.keys.seal("canarysigned", "accepted as"),
        )
    )


async def _mail_partner(session: Session, organisation: Organisation) -> MailPartner:
    card = {"mail": "canarybox", "person": "canaryana", "telephone": "1"}
    shelter = MailPartner(
        organisation_id=organisation.id,
        name="Shelter",
        language="sq",
        card=session.keys.seal(json.dumps(card), "partner card"),
        added_at=session.now,
    )
    session.add(shelter)
    await session.flush()
    return shelter


async def _cry(database: Database, organisation: Organisation, returnee: Returnee) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        heard = Assessment(Severity.EMERGENCY, ask=False, reasons=("threat",))
        await answer_signal(session, person, organisation.id, heard)
        await keep_message(session, person, None, MessageKind.TEXT, {"text": CRY}, session.now)


async def _case(database: Database, organisation: Organisation, staff_id: UUID) -> UUID:
    async with database.begin(organisation.id) as session:
        actor = actor_of(await session.get_one(Staff, staff_id))
        case = (await session.scalars(select(Case))).one()
        set_topic(session, case, 12)
        await claim(session, actor, case.id)
        await write(session, actor, case.id, REPLY)
        await note(session, actor, case.id, NOTE)
        day = session.now.date() + timedelta(days=5)
        await add_task(session, actor, case.id, NOTE, day, actor.staff_id)
        session.add(
            SavedView(
                organisation_id=organisation.id,
                staff_id=staff_id,
                body=session.keys.seal('{"name": "canaryview"}', "saved view"),
                first=False,
                saved_at=session.now,
            )
        )
    return case.id


async def _traffic(database: Database) -> None:
    """One update handled and one that waits, a dialog and a message that can be deleted."""
    async with database.begin(SERVICE) as session:
        await take_in(session, [_update(1, "hello"), _update(2, WAITING)])
        first = (await session.scalars(select(InboxRow).where(InboxRow.update_id == 1))).one()
        await mark_handled(session, [first.number])
        chat = session.keys.look_up(CHAT, "chat")
        session.add(Trace(chat_key=chat, message_id=5, sent_at=session.now))
        words = session.keys.seal(CRY, "recent words")
        session.add(RecentWords(chat_key=chat, message_id=5, said_at=session.now, words=words))
        session.add(
            DialogState(
                key=session.keys.look_up("1", "dialog"),
                data=session.keys.seal(json.dumps({"stack": CRY}), "dialog state"),
                changed_at=session.now,
            )
        )


def _update(number: int, words: str) -> dict[str, object]:
    chat = {"id": CHAT, "type": "private", "first_name": NAME}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": int(time.time()),
            "text": words,
            "chat": chat,
            "from": {"id": CHAT, "is_bot": False, "first_name": NAME},
        },
    }


def database_at(urls: DatabaseUrls, settings: Settings) -> Database:
    return Database(urls.run_url, keys_in(settings), Clock(), Wakes())


async def opens(database: Database, keys: Keyring) -> Counter[bool]:
    """How many of all sealed values these keys open, and how many not."""
    async with database.begin(SERVICE) as session:
        return await open_all(await session.connection(), keys)


async def fingerprints(owner_url: str) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash over all of them, look-up hashes included."""
    found = {}
    engine = create_async_engine(owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        for name in names:
            query = (
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t"
            )
            row = (await connection.execute(text(query))).one()
            found[name] = (row[0], row[1])
    await engine.dispose()
    return found
