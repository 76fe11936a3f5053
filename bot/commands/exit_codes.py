"""How a command ends that neither succeeded nor failed."""

from typing import Final

#: After Ctrl-C, and after SIGTERM before a service has begun.
BROKEN_OFF: Final = 130
