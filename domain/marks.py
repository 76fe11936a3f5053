"""Marks for what people will read, far from where it is read."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which its extractor looks for
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return text
