from domain.campaigns.drafting import draft, list_campaigns
from domain.campaigns.planning import Progress, plan_next, progress
from domain.campaigns.previewing import Line, Preview, preview
from domain.campaigns.results import QuestionResults, Reach, Results, results
from domain.campaigns.running import pause, start, stop

__all__ = [
    "Line",
    "Preview",
    "Progress",
    "QuestionResults",
    "Reach",
    "Results",
    "draft",
    "list_campaigns",
    "pause",
    "plan_next",
    "preview",
    "progress",
    "results",
    "start",
    "stop",
]
