import re
import unicodedata


def slug(name: str, longest: int) -> str:
    """A name in small letters, digits and hyphens; "" where no letter of it is Latin."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:longest].strip("-")
