from domain.campaigns.counting import count_next
from domain.campaigns.drafting import Outline, draft, list_campaigns
from domain.campaigns.editing import edit
from domain.campaigns.planning import plan_next, progress
from domain.campaigns.previewing import preview
from domain.campaigns.results import reach, results
from domain.campaigns.running import pause, start, stop, undo

__all__ = [
    "Outline",
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
