"""How long before or after a day a step is, in words."""

from babel import Locale
from babel.units import format_unit

from domain.pathways.values import Offset


def offset_said(offset: Offset, locale: Locale) -> str:
    """Such as "2 weeks" or "-3 days"."""
    unit = f"duration-{offset.unit.removesuffix('s')}"
    said = format_unit(offset.number, unit, locale=locale)
    # Of some languages Unicode writes down the short form alone, which is the long one there.
    return format_unit(offset.number, unit, length="short", locale=locale) if unit in said else said
