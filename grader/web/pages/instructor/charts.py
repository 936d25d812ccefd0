"""Charts and stacked bars as numbers for templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from grader.analytics.distribution import Bin, Span
from grader.analytics.filters import Marked, Needed, Selection, SentBetween
from grader.analytics.records import LONG, AttemptCounts
from grader.judging.exercise import Exercise, Field
from grader.judging.verdict import Verdict
from grader.web.pages.formatting import BADGES, Badge, axis_day, axis_hour, mark


@dataclass(frozen=True, slots=True)
class VerdictPiece:
    """One verdict's share of a bar, in percent of its length."""

    verdict: Verdict
    badge: Badge
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class VerdictBar:
    """One field; `counts` in the order of verdicts, `full` is the percentage that earns all points."""

    name: str
    label: str
    counts: tuple[int, ...]
    full: int
    pieces: tuple[VerdictPiece, ...]

    @property
    def words(self) -> str:
        """The bar as text, for screen readers."""
        return ", ".join(f"{piece.count} {piece.badge.word}" for piece in self.pieces)


def verdict_badges() -> tuple[Badge, ...]:
    """Return the legend of the colours, in the order of the pieces."""
    return tuple(BADGES[verdict] for verdict in Verdict)


def verdict_bars(exercise: Exercise, verdicts: Mapping[str, Mapping[Verdict, int]]) -> tuple[VerdictBar, ...]:
    """Return a bar for each field that was judged at least once, in order of computation."""
    return tuple(
        _verdict_bar(field, verdicts[field.name], exercise.credit)
        for field in exercise.fields
        if field.name in verdicts
    )


def _verdict_bar(field: Field, counted: Mapping[Verdict, int], credit: Mapping[Verdict, float]) -> VerdictBar:
    counts = {verdict: counted.get(verdict, 0) for verdict in Verdict}
    total = sum(counts.values())
    pieces: list[VerdictPiece] = []
    start = 0.0
    for verdict, count in counts.items():
        if count:
            width = 100 * count / total
            pieces.append(VerdictPiece(verdict, BADGES[verdict], count, round(start, 2), round(width, 2)))
            start += width
    full = sum(count for verdict, count in counts.items() if credit[verdict] >= 1)
    return VerdictBar(field.name, field.label, tuple(counts.values()), round(100 * full / total), tuple(pieces))


WIDTH, HEIGHT, FLOOR = 520.0, 190.0, 158.0
TOP = 22.0
EDGE = 8.0
WIDEST = 46.0
MARGIN, SHORT = 30.0, 3
MOST_LABELS = 5

SelectionUrl = Callable[[Selection | None], str]


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One column; `text` names it, `label` is printed below it if there is room, `words` are for screen readers."""

    x: float
    y: float
    width: float
    height: float
    count: int
    text: str
    label: str
    words: str
    url: str

    @property
    def middle(self) -> float:
        """The position of its label."""
        return round(self.x + self.width / 2, 1)

    @property
    def anchor(self) -> str:
        """The text anchor of its label: at the edge it would be cut off."""
        return "start" if self.middle < MARGIN and len(self.label) > SHORT else ""


@dataclass(frozen=True, slots=True)
class ChartMoment:
    """A marked moment."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns on a common baseline."""

    columns: tuple[ChartColumn, ...]
    lines: tuple[ChartMoment, ...] = ()
    shows_counts: bool = True

    @property
    def words(self) -> str:
        """The whole chart in one sentence of figures."""
        return "; ".join(column.words for column in self.columns if column.count)


@dataclass(frozen=True, slots=True)
class ChartBar:
    """The content of a column, before it is placed."""

    count: int
    text: str
    words: str
    url: str
    label: str | None = None


def marks_chart(bins: Sequence[Bin], address: SelectionUrl) -> Chart:
    """Chart the frequency of each mark."""
    return Chart(_columns([_mark_bar(one, address) for one in bins], gap=3))


def time_chart(spans: Sequence[Span], now: datetime, due_at: datetime | None, address: SelectionUrl) -> Chart:
    """Chart when submissions were sent; the current time and the due time are marked if they are in range."""
    if not spans:
        return Chart(())
    columns = _columns([_span_bar(one, address) for one in spans], gap=1)
    marked = ((now, _("now")), (due_at, _("due time")))
    lines = tuple(_line(spans, moment, text) for moment, text in marked if moment and _within(spans, moment))
    return Chart(columns, lines, shows_counts=False)


def attempts_chart(tries: AttemptCounts, address: SelectionUrl) -> Chart:
    """Chart the number of attempts to full marks."""
    bars = [_attempts_bar(number, count, address) for number, count in tries.needed]
    if tries.not_yet:
        words = ngettext(
            "%(num)s student without full marks yet", "%(num)s students without full marks yet", tries.not_yet
        )
        bars.append(ChartBar(tries.not_yet, _("not yet"), words, address(Needed(0))))
    return Chart(_columns(bars, gap=8, every=1))


def _mark_bar(one: Bin, address: SelectionUrl) -> ChartBar:
    value = mark(one.value)
    words = ngettext("%(num)s student with %(mark)s", "%(num)s students with %(mark)s", one.count, mark=value)
    return ChartBar(one.count, value, words, address(Marked(one.start, one.end)))


def _span_bar(one: Span, address: SelectionUrl) -> ChartBar:
    start = start_of(one)
    words = ngettext("%(num)s submission from %(start)s", "%(num)s submissions from %(start)s", one.count, start=start)
    return ChartBar(one.count, start, words, address(SentBetween(one.start, one.end)), axis_day(one.start))


def _attempts_bar(number: int, count: int, address: SelectionUrl) -> ChartBar:
    text = _("%(number)s or more", number=number) if number == LONG else str(number)
    words = ngettext(
        "%(num)s student reached full marks after %(tries)s",
        "%(num)s students reached full marks after %(tries)s",
        count,
        tries=text,
    )
    return ChartBar(count, text, words, address(Needed(number)), f"{number}+" if number == LONG else None)


def start_of(span: Span) -> str:
    """Format the beginning of a span: the day, and the hour if a day has several spans."""
    return axis_day(span.start) if (span.end - span.start).days else axis_hour(span.start)


def _columns(bars: Sequence[ChartBar], gap: float, every: int = 0) -> tuple[ChartColumn, ...]:
    pitch = (WIDTH - 2 * EDGE) / max(1, len(bars))
    width = min(pitch - gap, WIDEST)
    highest = max((bar.count for bar in bars), default=0) or 1
    labels = [bar.text if bar.label is None else bar.label for bar in bars]
    shown = _labelled(labels, every)
    return tuple(
        ChartColumn(
            x=round(EDGE + k * pitch + (pitch - width) / 2, 1),
            y=round(FLOOR - (FLOOR - TOP) * bar.count / highest, 1),
            width=round(width, 1),
            height=round((FLOOR - TOP) * bar.count / highest, 1),
            count=bar.count,
            text=bar.text,
            label=labels[k] if k in shown else "",
            words=bar.words,
            url=bar.url,
        )
        for k, bar in enumerate(bars)
    )


def _labelled(labels: Sequence[str], every: int) -> set[int]:
    """Select the columns with a label below: a few, evenly spaced, each text once."""
    first = [k for k, label in enumerate(labels) if k == 0 or label != labels[k - 1]]
    return set(first[:: every or max(1, -(-len(first) // MOST_LABELS))])


def _within(spans: Sequence[Span], moment: datetime) -> bool:
    return spans[0].start <= moment <= spans[-1].end


def _line(spans: Sequence[Span], moment: datetime, text: str) -> ChartMoment:
    share = (moment - spans[0].start) / (spans[-1].end - spans[0].start)
    x = EDGE + share * (WIDTH - 2 * EDGE)
    return ChartMoment(round(x, 1), text, "end" if x > WIDTH / 2 else "start")
