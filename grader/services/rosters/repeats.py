"""The same person on two lines: said again, it is passed over; said otherwise, it is refused."""

from collections.abc import Sequence

from grader.services.rosters.addresses import mailbox
from grader.services.rosters.entry import Entry
from grader.services.rosters.findings import Flaw, Nobody, PassedOver, Wrong


def without_repeats(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], list[Flaw | PassedOver]]:
    """Return each person once, and what became of the lines that repeat or contradict an earlier one."""
    once: list[Entry] = []
    said: list[Flaw | PassedOver] = []
    by_email: dict[str, Entry] = {}
    by_number: dict[str, Entry] = {}
    for entry in entries:
        found = _repeat(entry, by_email, by_number)
        if found is not None:
            said.append(found)
            continue
        once.append(entry)
        if entry.email:
            by_email[mailbox(entry.email)] = entry
        if entry.number:
            by_number[entry.number.casefold()] = entry
    return tuple(once), said


def _repeat(entry: Entry, by_email: dict[str, Entry], by_number: dict[str, Entry]) -> Flaw | PassedOver | None:
    first = by_email.get(mailbox(entry.email)) if entry.email else None
    if first is not None:
        if says_otherwise(entry, first):
            return Flaw(entry.line, Wrong.TWICE, entry.email, first.line)
        return PassedOver(entry.line, Nobody.SAME, entry.email, first.line)
    holder = by_number.get(entry.number.casefold()) if entry.number else None
    if holder is None:
        return None
    if not entry.email and entry.login in {"", holder.login} and not says_otherwise(entry, holder):
        return PassedOver(entry.line, Nobody.SAME, entry.number or "", holder.line)
    return Flaw(entry.line, Wrong.NUMBER_TWICE, entry.number or "", holder.line)


def says_otherwise(entry: Entry, first: Entry) -> bool:
    """Tell whether a line says of a person what an earlier one does not."""
    pairs = (
        (entry.name.casefold(), first.name.casefold()),
        ((entry.number or "").casefold(), (first.number or "").casefold()),
        (entry.role, first.role),
    )
    return any(mine and mine != theirs for mine, theirs in pairs)
