"""Numbers and moments as the templates write them."""

from datetime import UTC, datetime


def mark(points: float) -> str:
    """Points without the noise of floats: 16.5, 20, 0.33."""
    return f"{round(points, 2):g}" if abs(points) < 1e5 else f"{points:.0f}"  # noqa: PLR2004 - where :g would turn to 1e+05


def given(value: float) -> str:
    """A given value as the exercise says it: 0.05, -1, 4."""
    return f"{value:.10g}".replace("-", "\N{MINUS SIGN}")


def utc(moment: datetime) -> str:
    """A moment for readers without scripts; with them it is shown in their own time zone."""
    return f"{moment.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def computed(value: float) -> str:
    """A value that came out of a computation: six significant digits."""
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")
