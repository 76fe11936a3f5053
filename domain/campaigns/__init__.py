from domain.campaigns.counting import count_next
from domain.campaigns.drafting import Outline, draft, list_campaigns
from domain.campaigns.editing import edit
from domain.campaigns.planning import Progress, plan_next, progress
from domain.campaigns.previewing import Line, Preview, preview
from domain.campaigns.results import Results, reach, results
from domain.campaigns.running import pause, start, stop, undo
from domain.figures.reach import Reach

__all__ = [
    "Line",
    "Outline",
    "Preview",
    "Progress",
    "Reach",
    "Results",
    "count_next",
    "draft",
    "edit",
    "list_campaigns",
    "pause",
    "plan_next",
    "preview",
    "progress",
    "reach",
    "results",
    "start",
    "stop",
    "undo",
]
