"""The form of an assignment: from what is stored to texts, and from texts to what will be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from grader.catalog.load import Catalog
from grader.checking.policy import Counting, Late, Policy, Shown
from grader.services.assign import Setting
from grader.services.wall_clock import shown
from grader.web.pages.courses.typed import Typed

MOST_DAYS, MOST_ATTEMPTS, MOST_POINTS = 365, 1000, 10_000
PERCENT = 100


class LateWork(StrEnum):
    """Whether late work is accepted."""

    NO = "no"
    DAYS = "days"
    EVER = "ever"


BLANK: Mapping[str, str] = {"late_days": "7", "late_percent": "10", "late_cap": "50"}
"""What is proposed where late work is not accepted yet."""


@dataclass(frozen=True, slots=True)
class Where:
    """What a form of an assignment is read by: the course's time zone, the exercises there are, the one it has by now.

    The one that it has may be served no more; it can be kept, so that everything else can be changed.
    """

    zone: str
    catalog: Catalog
    kept: str | None = None

    def has(self, slug: str) -> bool:
        """Whether an assignment may have the exercise."""
        return slug == self.kept or slug in self.catalog.published


def filled(setting: Setting, zone: str) -> dict[str, str]:
    """The texts of the form for what is stored."""
    policy, late = setting.policy, setting.policy.late
    texts = {
        "slug": setting.slug,
        "title": setting.title,
        "opens": shown(setting.opens_at, zone),
        "due": shown(setting.due_at, zone),
        "late": LateWork.NO if late.days == 0 else LateWork.EVER if late.days is None else LateWork.DAYS,
        "attempts": "" if policy.attempts is None else str(policy.attempts),
        "counting": policy.counting,
        "variants": "on" if policy.variants else "",
        "marks": policy.marks,
        "mistakes": policy.mistakes,
        "solution": policy.solution,
        "points": "" if policy.points is None else f"{policy.points:g}",
    }
    if late.days == 0:
        return {**texts, **BLANK}
    costs = {"late_percent": f"{late.per_day * PERCENT:g}", "late_cap": f"{late.cap * PERCENT:g}"}
    return {**texts, **costs, "late_days": str(late.days or BLANK["late_days"])}


def read(typed: Typed, where: Where) -> Setting:
    """What a form says; what is wrong with it is noted there."""
    slug = typed.form.get("slug", "")
    if not where.has(slug):
        typed.problems["slug"] = _("Choose an exercise.")
    elif not typed.form.get("title", "").strip() and slug in where.catalog.published:
        typed = Typed({**typed.form, "title": where.catalog.find(slug).title}, typed.problems)
    opens_at, due_at = typed.moment("opens", where.zone), typed.moment("due", where.zone)
    if opens_at and due_at and due_at <= opens_at:
        typed.problems["due"] = _("It would be due before it opens.")
    return Setting(slug, typed.text("title"), opens_at, due_at, _policy(typed))


def _policy(typed: Typed) -> Policy:
    defaults = Policy()
    return Policy(
        attempts=typed.whole("attempts", 1, MOST_ATTEMPTS),
        counting=typed.choice("counting", Counting, defaults.counting),
        late=_late(typed),
        variants=bool(typed.form.get("variants")),
        marks=typed.choice("marks", Shown, defaults.marks),
        mistakes=typed.choice("mistakes", Shown, defaults.mistakes),
        solution=typed.choice("solution", Shown, defaults.solution),
        points=typed.number("points", 0, MOST_POINTS),
    )


def _late(typed: Typed) -> Late:
    accepted = typed.choice("late", LateWork, LateWork.NO)
    if accepted is LateWork.NO:
        return Late()
    per_day, cap = typed.percent("late_percent"), typed.percent("late_cap")
    days = None
    if accepted is LateWork.DAYS:
        days = typed.whole("late_days", 1, MOST_DAYS)
        if days is None:
            typed.problems.setdefault("late_days", _("Say for how many days."))
    return Late((per_day or 0) / PERCENT, 1.0 if cap is None else cap / PERCENT, days)
