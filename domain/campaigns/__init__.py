from domain.campaigns.drafting import draft, list_campaigns
from domain.campaigns.previewing import Line, Preview, preview
from domain.campaigns.results import QuestionResults, Reach, Results, results
from domain.campaigns.running import pause, start, stop

__all__ = [
    "Line",
    "Preview",
    "QuestionResults",
    "Reach",
    "Results",
    "draft",
    "list_campaigns",
    "pause",
    "preview",
    "results",
    "start",
    "stop",
]
