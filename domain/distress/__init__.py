from domain.distress.assessment import Assessment
from domain.distress.ear import Ear, Later, Said
from domain.distress.own import Own
from domain.distress.watch import Watch
from storage.kinds import Severity

__all__ = ["Assessment", "Ear", "Later", "Own", "Said", "Severity", "Watch"]
