"""Words of an organisation's own."""

from uuid import uuid4

ID = uuid4()
