"""Any order of events leaves a case that somebody will be told of (P2)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.cases import states
from domain.cases.clock import next_look
from domain.cases.deadlines import deadline
from storage.kinds import CaseState, Outcome, Severity
from storage.tables.cases import AT_WORK, Case

PLACE = ZoneInfo("Europe/Tirane")
SEVERITIES = st.sampled_from([Severity.CONCERN, Severity.URGENT, Severity.EMERGENCY])
STAFF = st.uuids(version=4)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 23, 9, tzinfo=UTC)
        self.case = Case(
            state=CaseState.OPEN,
            severity=Severity.CONCERN,
            deadline_at=self.due(Severity.CONCERN),
            alerts_sent=0,
        )
        self.gravest = self.case.severity
        self.owed: datetime | None = self.case.deadline_at

    def due(self, severity: Severity) -> datetime:
        return deadline(severity, self.now, PLACE, {})

    @property
    def resolved(self) -> bool:
        return self.case.state is CaseState.RESOLVED

    @rule(minutes=st.integers(0, 5000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: not self.resolved)
    @rule(severity=SEVERITIES)
    def signal(self, severity: Severity) -> None:
        rose = states.raise_to(self.case, severity, self.now, self.due(severity))
        assert rose == (severity.rank > self.gravest.rank)
        self.gravest = max(self.gravest, severity, key=lambda each: each.rank)
        if rose:
            assert self.case.alerts_sent == 0
            assert self.case.first_action_at is None
            self.owed = min(self.owed or self.due(severity), self.due(severity))

    @precondition(lambda self: not self.resolved)
    @rule()
    def alerted(self) -> None:
        self.case.alerts_sent += 1

    @precondition(lambda self: not self.resolved)
    @rule(staff=STAFF)
    def claim(self, staff: UUID) -> None:
        states.take(self.case, staff, self.now)

    @precondition(lambda self: not self.resolved)
    @rule(widened=st.booleans())
    def back_to_queue(self, widened: bool) -> None:
        states.back_to_queue(self.case, widened=widened)

    @precondition(lambda self: self.case.claimed_by is not None and not self.resolved)
    @rule()
    def write(self) -> None:
        states.acted(self.case, self.now)
        self.owed = None

    @precondition(lambda self: self.case.first_action_at is not None and not self.resolved)
    @rule(hours=st.integers(1, 72))
    def snooze(self, hours: int) -> None:
        states.put_off(self.case, self.now + timedelta(hours=hours))

    @precondition(lambda self: self.case.state is CaseState.CLAIMED)
    @rule()
    def ask_a_supervisor(self) -> None:
        states.consulted(self.case)

    @precondition(lambda self: self.case.state is CaseState.WAITING)
    @rule(before=st.sampled_from([CaseState.CLAIMED, CaseState.SNOOZED]))
    def take_words_back(self, before: CaseState) -> None:
        if self.case.snoozed_until is None:
            before = CaseState.CLAIMED
        states.go_on(self.case, before)

    @precondition(lambda self: states.stands_still(self.case))
    @rule()
    def person_writes(self) -> None:
        states.return_to_work(self.case, self.due(self.case.severity))

    @precondition(lambda self: self.case.state is CaseState.OPEN)
    @precondition(lambda self: self.case.first_action_at is not None)
    @rule()
    def person_writes_to_nobody(self) -> None:
        states.owe_anew(self.case, self.due(self.case.severity))
        self.owed = self.case.deadline_at

    @precondition(lambda self: not self.resolved)
    @rule()
    def resolve(self) -> None:
        states.close(self.case, Outcome.HELPED, self.now)

    @precondition(lambda self: self.resolved)
    @rule()
    def reopen(self) -> None:
        states.reopen(self.case, self.due(self.case.severity))
        self.owed = self.case.deadline_at

    @invariant()
    def p13_severity_never_lowers(self) -> None:
        assert self.case.severity is self.gravest

    @invariant()
    def a_deadline_that_is_owed_never_moves_later(self) -> None:
        if self.owed is not None:
            assert self.case.deadline_at == self.owed

    @invariant()
    def p2_the_tick_looks_again_until_somebody_acted(self) -> None:
        look = next_look(self.case, self.now, None, None)
        assert (look is None) == (self.resolved or self.case.state is CaseState.WAITING)

    @invariant()
    def p1_an_unheard_recording_is_looked_for_in_every_open_state(self) -> None:
        look = next_look(self.case, self.now, self.now - timedelta(minutes=1), None)
        assert (look is None) == self.resolved

    @invariant()
    def claimed_means_claimed_by_somebody(self) -> None:
        if self.case.claim_deadline_at is not None:
            assert self.case.state in AT_WORK
        if self.case.state is CaseState.CLAIMED:
            assert self.case.claimed_by is not None
        if self.case.state is CaseState.OPEN:
            assert self.case.claimed_by is None

    @invariant()
    def a_snoozed_case_has_a_time_to_come_back_and_one_that_runs_has_none(self) -> None:
        if self.case.state is CaseState.SNOOZED:
            assert self.case.snoozed_until is not None
        elif self.case.state is not CaseState.WAITING:
            assert self.case.snoozed_until is None


TestLife = Life.TestCase
