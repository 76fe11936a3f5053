"""What the service does by itself, and how many seconds lie between."""

from bot.clockwork.clock_back import bring_back
from bot.clockwork.clockwork import Tick
from bot.clockwork.sweeping import sweep
from domain.alerts.telling import escalate
from domain.audit.chain import seal
from domain.campaigns import count_next, plan_next
from domain.check_ins.hours_again import ask_about_hours
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent, give_up_waiting
from domain.colleagues.handing_over import take_back_unheard
from domain.colleagues.nobody_left import go_on_elsewhere
from domain.consent.renewal import renew_all
from domain.consent.turning_points import pass_turning_points
from domain.duty.readiness import reckon_all
from domain.duty.time_off import end_as_time_off_begins
from domain.duty.weekly import plan_ahead
from domain.figures.quarter.counting import count_next_quarter
from domain.figures.year.counting import count_next_year
from domain.messages.recent_words import forget_recent
from domain.pathways.bringing import move_next
from domain.pathways.reminding import remind as remind_of_tasks
from domain.pathways.stages import pass_stages
from domain.pathways.telling import tell_due
from domain.privacy.erasing import erase_next
from domain.referrals.climbing import climb
from domain.referrals.following import follow_up
from domain.retention.forgetting import forget_old
from domain.retention.reviewing import ask_for_reviews
from domain.retention.without_consent import forget
from domain.safeguarding.listening import remind
from domain.safeguarding.reachable import look_who_is_reached
from domain.safeguarding.sampling import draw_readings

ESCALATION = "escalate"
#: Those that tell staff again of complaints and referrals that nobody has looked at.
REMINDING = ("complaints", "referral alerts")
#: Those that tell staff of somebody.
ALERTING = (ESCALATION, *REMINDING)

TICKS = (
    Tick(ESCALATION, 5, escalate),
    Tick("clock", 2, bring_back),
    Tick("planning", 5, plan_next),
    Tick("figures", 600, count_next),
    Tick("year", 3600, count_next_year),
    Tick("quarter", 3600, count_next_quarter),
    Tick("check-ins", 5, send_due, planned_once=True),
    Tick("silence", 30, fall_silent),
    Tick("missed", 600, give_up_waiting),
    Tick("information", 30, tell_due),
    Tick("pathways", 5, move_next),
    Tick("stages", 600, pass_stages),
    Tick("tasks", 60, remind_of_tasks),
    Tick("erasure", 5, erase_next),
    Tick("retention", 600, forget_old),
    Tick("reviews", 600, ask_for_reviews),
    Tick("hours", 600, ask_about_hours),
    Tick("sweep", 600, sweep),
    Tick("recent words", 30, forget_recent),
    Tick("consent", 600, renew_all),
    Tick("turning points", 600, pass_turning_points),
    Tick("forgetting", 60, forget),
    Tick("audit", 30, seal),
    Tick("complaints", 30, remind),
    Tick("safeguarding", 600, look_who_is_reached),
    Tick("rota", 600, plan_ahead),
    Tick("time off", 30, end_as_time_off_begins),
    Tick("readings", 600, draw_readings),
    Tick("referrals", 30, follow_up),
    Tick("referral alerts", 10, climb),
    Tick("hand-overs", 30, take_back_unheard),
    Tick("deserted", 60, go_on_elsewhere),
    Tick("readiness", 60, reckon_all),
)
