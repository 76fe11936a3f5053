from domain.distress.assessment import Assessment
from domain.distress.watch import Watch
from storage.kinds import Severity

__all__ = ["Assessment", "Severity", "Watch"]
