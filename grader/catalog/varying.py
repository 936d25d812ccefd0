"""[vary]: from ranges as an author writes them to values that can be counted and drawn."""

from collections.abc import Mapping
from decimal import Decimal

from grader.catalog.format import ExerciseIn, RangeIn
from grader.catalog.problems import Complaints
from grader.checking.vary import Range, Vary

MOST = 1_000_000
"""Values that one range may have."""


def vary_of(raw: ExerciseIn, values: Mapping[str, float], complaints: Complaints) -> Vary | None:
    """What is drawn, with complaints about ranges that can't be."""
    if raw.vary is None:
        return None
    ranges: dict[str, Range] = {}
    for name, span in raw.vary.values.items():
        key = f"vary.values.{name}"
        if name not in values:
            complaints.add(key, "is no given value; what is drawn replaces the printed value, so give that too")
        reason = _reason(span)
        if reason:
            complaints.add(key, reason)
        else:
            ranges[name] = _range(span)
    return Vary(ranges, raw.vary.margin, raw.vary.saturation)


def _reason(span: RangeIn) -> str | None:
    bounds = (span.low, span.high, span.step)
    if span.choices is not None:
        return "gives both choices and a range" if any(bound is not None for bound in bounds) else None
    if span.low is None or span.high is None or span.step is None:
        return "needs `from`, `to` and `step`, or `choices`"
    if span.low > span.high:
        return "`from` is greater than `to`"
    return f"has more than {MOST} values; take a larger step" if (span.high - span.low) / span.step >= MOST else None


def _range(span: RangeIn) -> Range:
    if span.choices is not None:
        return Range(count=len(span.choices), choices=tuple(span.choices))
    low, high, step = (Decimal(str(bound)) for bound in (span.low, span.high, span.step))
    return Range(low, step, int((high - low) / step) + 1)
