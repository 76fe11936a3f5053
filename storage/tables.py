"""Every table, for those who need them all: migrations, and the tests that walk over them."""

from storage import (
    audit,
    cases,
    check_ins,
    directory,
    duty,
    inbox,
    organisations,
    outbox,
    partners,
    pathways,
    privacy,
    questionnaires,
    referrals,
    returnees,
    safeguarding,
    service,
    staff,
)
from storage.base import Base

__all__ = [
    "Base",
    "audit",
    "cases",
    "check_ins",
    "directory",
    "duty",
    "inbox",
    "organisations",
    "outbox",
    "partners",
    "pathways",
    "privacy",
    "questionnaires",
    "referrals",
    "returnees",
    "safeguarding",
    "service",
    "staff",
]
