"""People whom a campaign can ask."""

from domain.actors import Actor
from domain.consent import give_consent
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.returnees.enrolments import enrol
from storage.kinds import Purpose
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.console.office import Office


async def invited(office: Office, consents: bool = True, by: Actor | None = None) -> Returnee:
    person = await office.person("sq")
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        organisation = await session.get_one(Organisation, office.organisation.id)
        (invite,) = await issue_invites(session, organisation.id, actor=by)
        used = await redeem_invite(session, invite.code)
        await enrol(session, returnee, organisation, used.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, consents, "notice-1")
    return person
