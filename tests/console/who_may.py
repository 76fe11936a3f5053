"""Who may open which page of the console: written down by hand, and not read from its routes.

A right that is changed, given to another role, or left off a page makes this page untrue, and its
tests fail. Whoever changes it says so here, too.
"""

from console.routing import Page
from storage.kinds import Role

CASEWORKER, COORDINATOR, SUPERVISOR, SAFEGUARDING, ADMIN = Role


def _routes_in(table: str) -> list[str]:
    return [line.strip() for line in table.strip().splitlines()]


# Those who are not signed in, too.
_ANYBODY = """
    GET /partner/{token}
    POST /partner/{token}
    POST /partner/{token}/accept
    POST /partner/{token}/outcome
    POST /partner/{token}/reject
    GET /set-up/{token}
    POST /set-up/{token}
    POST /set-up/{token}/passkey
    POST /set-up/{token}/passkey/offer
    GET /sign-in
    POST /sign-in
    POST /sign-in/passkey
    POST /sign-in/passkey/offer
"""

_STAFF: dict[tuple[Role, ...], str] = {
    (CASEWORKER, COORDINATOR, SUPERVISOR, SAFEGUARDING, ADMIN): """
        GET /
        GET /account
        POST /account/browsers/others/end
        POST /account/browsers/{id:uuid}/end
        POST /account/gender
        POST /account/language
        POST /account/passkey
        POST /account/passkey/offer
        POST /account/passkeys/{id:uuid}/remove
        POST /account/password
        POST /account/password/new
        POST /account/speaks
        GET /channels
        POST /channels
        POST /channels/{id:uuid}/remove
        POST /channels/{id:uuid}/try
        GET /rota
        POST /sign-out
    """,
    (CASEWORKER, COORDINATOR, SUPERVISOR, SAFEGUARDING): """
        GET /hearing
        GET /people
        POST /people/find
        GET /people/unplanned
        GET /people/{id:uuid}
        POST /people/{id:uuid}/age
        POST /people/{id:uuid}/arrival
        POST /people/{id:uuid}/country
        POST /people/{id:uuid}/file-number
        POST /people/{id:uuid}/identity
        POST /people/{id:uuid}/keep-away
        POST /people/{id:uuid}/moved-on
        POST /people/{id:uuid}/open
        GET /people/{id:uuid}/pathway
        POST /people/{id:uuid}/pathway
        POST /people/{id:uuid}/pathway/rest
        POST /people/{id:uuid}/pictures/forget
        POST /people/{id:uuid}/region
        POST /people/{id:uuid}/silence
        POST /people/{id:uuid}/wishes
        POST /people/{id:uuid}/words
        POST /people/{id:uuid}/words/ask
        POST /people/{id:uuid}/words/compare
        GET /tasks
        POST /tasks/{id:uuid}
        POST /tasks/{id:uuid}/take
    """,
    (COORDINATOR, SUPERVISOR, SAFEGUARDING, ADMIN): """
        GET /figures
        GET /figures.csv
        GET /figures.xlsx
        GET /figures/year
        GET /figures/year.csv
        GET /figures/year.xlsx
    """,
    (CASEWORKER, SUPERVISOR, SAFEGUARDING): """
        GET /cases/{id:uuid}
        POST /cases/{id:uuid}/card
        POST /cases/{id:uuid}/claim
        POST /cases/{id:uuid}/consult
        GET /cases/{id:uuid}/events
        GET /cases/{id:uuid}/hand-over
        POST /cases/{id:uuid}/graver
        POST /cases/{id:uuid}/hand-over
        POST /cases/{id:uuid}/hand-over/accept
        POST /cases/{id:uuid}/hand-over/reject
        POST /cases/{id:uuid}/hand-over/revoke
        POST /cases/{id:uuid}/heard/{event_id:uuid}
        POST /cases/{id:uuid}/messages/{message_id:uuid}/take-back
        POST /cases/{id:uuid}/missed
        POST /cases/{id:uuid}/note
        POST /cases/{id:uuid}/open
        POST /cases/{id:uuid}/phrase
        POST /cases/{id:uuid}/recording
        GET /cases/{id:uuid}/recordings/{message_id:uuid}
        POST /cases/{id:uuid}/recuse
        GET /cases/{id:uuid}/refer
        POST /cases/{id:uuid}/refer
        POST /cases/{id:uuid}/release
        POST /cases/{id:uuid}/reopen
        POST /cases/{id:uuid}/resolve
        POST /cases/{id:uuid}/snooze
        POST /cases/{id:uuid}/talk
        POST /cases/{id:uuid}/tasks
        POST /cases/{id:uuid}/tasks/{task_id:uuid}/answer
        POST /cases/{id:uuid}/tasks/{task_id:uuid}/done
        POST /cases/{id:uuid}/write
        POST /drills/{id:uuid}/answer
        POST /duty
        POST /people/{id:uuid}/case
        POST /people/{id:uuid}/copy
        POST /people/{id:uuid}/partner
        POST /people/{id:uuid}/unfreeze
        GET /queue
        GET /queue/events
        POST /queue/views
        POST /queue/views/{id:uuid}/first
        POST /queue/views/{id:uuid}/remove
        GET /queue/{part}
        GET /referrals
        GET /referrals/{id:uuid}
        POST /referrals/{id:uuid}/accept
        POST /referrals/{id:uuid}/code
        POST /referrals/{id:uuid}/decide
        POST /referrals/{id:uuid}/hand-over
        POST /referrals/{id:uuid}/outcome
        POST /referrals/{id:uuid}/reject
        POST /referrals/{id:uuid}/revoke
        POST /shifts/{id:uuid}/keep
        POST /shifts/{id:uuid}/offer
        POST /shifts/{id:uuid}/take
    """,
    (COORDINATOR, SUPERVISOR, SAFEGUARDING): """
        GET /lexicon
        POST /lexicon
        POST /lexicon/heard
        POST /lexicon/mute
        GET /lexicon/{id:uuid}
        POST /lexicon/{id:uuid}/discard
        POST /lexicon/{id:uuid}/in-force
        POST /lexicon/{id:uuid}/mute
        POST /mutings/{id:uuid}/confirm
        POST /mutings/{id:uuid}/lift
    """,
    (SUPERVISOR, SAFEGUARDING, ADMIN): """
        GET /readings
        POST /readings/{id:uuid}/review
    """,
    (CASEWORKER, COORDINATOR, SUPERVISOR): """
        GET /invites
        POST /invites
        POST /invites/{id:uuid}/withdraw
        POST /people/{id:uuid}/part
        POST /people/{id:uuid}/phone/confirm
        POST /people/{id:uuid}/phone/propose
    """,
    (COORDINATOR, SUPERVISOR, ADMIN): """
        GET /rota/board
        POST /rota/drill
        POST /rota/fallback
        POST /rota/hours
        POST /rota/off
        POST /rota/off/{id:uuid}/end
        POST /rota/once
        POST /rota/terms
        POST /rota/weekly
        POST /rota/weekly/{id:uuid}/end
        POST /shifts/{id:uuid}/call-off
    """,
    (COORDINATOR, ADMIN): """
        GET /partners
        GET /services
        GET /services/lines
        GET /services/{id:uuid}
        POST /partners
        POST /partners/own-telephone
        POST /partners/{id:uuid}/retire
        POST /services/lines
        POST /services/{id:uuid}/looked-at
        POST /services/{id:uuid}/show-again
        POST /services/{id:uuid}/withhold
    """,
    (SUPERVISOR, SAFEGUARDING): """
        GET /people/leaving
        POST /people/{id:uuid}/child
        POST /people/{id:uuid}/child/end
        POST /people/{id:uuid}/forget
        POST /people/{id:uuid}/forget/not
        POST /people/{id:uuid}/forget/now
    """,
    (SAFEGUARDING, ADMIN): """
        GET /complaints/{id:uuid}
        POST /complaints/{id:uuid}/answer
        POST /complaints/{id:uuid}/child
        POST /complaints/{id:uuid}/close
        GET /complaints/{id:uuid}/recordings/{message_id:uuid}
        POST /complaints/{id:uuid}/take
        POST /conflicts/{id:uuid}/end
        GET /people/{id:uuid}/apart
        POST /people/{id:uuid}/apart
        GET /safeguarding
        POST /safeguarding/outside
    """,
    (SUPERVISOR, ADMIN): """
        GET /team
        POST /team
        POST /team/child-focal-point
        POST /team/{id:uuid}/disable
        POST /team/{id:uuid}/set-up
    """,
    (COORDINATOR,): """
        GET /campaigns
        POST /campaigns
        GET /campaigns/new
        GET /campaigns/{id:uuid}
        GET /campaigns/{id:uuid}/change
        POST /campaigns/{id:uuid}/change
        POST /campaigns/{id:uuid}/pause
        GET /campaigns/{id:uuid}/results
        GET /campaigns/{id:uuid}/results.csv
        GET /campaigns/{id:uuid}/results.xlsx
        POST /campaigns/{id:uuid}/start
        POST /campaigns/{id:uuid}/stop
        POST /campaigns/{id:uuid}/try
        POST /campaigns/{id:uuid}/undo
        GET /pathways
        POST /pathways
        POST /pathways/copy
        GET /pathways/edit
        POST /pathways/edit/drop
        POST /pathways/edit/enact
        GET /pathways/edit/stage
        POST /pathways/edit/stage
        POST /pathways/edit/stage/move
        POST /pathways/edit/stage/remove
        GET /pathways/edit/step
        POST /pathways/edit/step
        POST /pathways/edit/step/remove
        GET /pathways/file
        POST /pathways/go-on
        GET /pathways/look
        POST /pathways/move
        GET /pathways/results
        GET /pathways/results.csv
        GET /pathways/results.xlsx
        GET /questionnaires
        POST /questionnaires
        POST /questionnaires/ask-instead
        GET /questionnaires/look
        GET /questionnaires/template
        POST /questionnaires/use
    """,
}

OPEN_TO_ANYBODY = frozenset(_routes_in(_ANYBODY))
ROLES_OF: dict[str, frozenset[Role]] = {
    route: frozenset(roles) for roles, routes in _STAFF.items() for route in _routes_in(routes)
}


def route_of(page: Page) -> str:
    return f"{'POST' if page.form else 'GET'} {page.path}"
