"""Figures as tables, and marks that are met or missed."""

import collections
import dataclasses
import math


def percentile(values, percent):
    """The nearest-rank percentile; NaN of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(values, unit="s", scale=1, digits=3):
    """`p50 … p99 … max …` of values, multiplied by `scale`."""
    if not values:
        return "none"
    parts = (("p50", percentile(values, 50)), ("p99", percentile(values, 99)), ("max", max(values)))
    return "  ".join(f"{name} {value * scale:.{digits}f}" for name, value in parts) + f" {unit}"


def table(header, rows):
    """Rows of text in columns, the last one not padded."""
    rows = [header, ["-" * len(cell) for cell in header], *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    return "\n".join("    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in rows)


@dataclasses.dataclass(frozen=True)
class Mark:
    """What must hold: a figure beside its limit."""

    name: str
    value: str
    limit: str
    met: bool


class Report:
    """What one scenario found."""

    def __init__(self, name, seed, patience=1):
        """`patience` multiplies every limit of time: noisy machines are given more."""
        self.name, self.seed, self.patience = name, seed, patience
        self.figures, self.marks, self.notes = [], [], []
        self.seconds = 0.0

    @property
    def met(self):
        """Whether every mark is met."""
        return bool(self.marks) and all(mark.met for mark in self.marks)

    def figure(self, name, value):
        """A figure without a limit."""
        self.figures.append((name, str(value)))

    def at_most(self, name, value, limit, unit=""):
        """A mark: `value` may be no more than `limit`; NaN is a miss."""
        if unit in ("s", "ms"):
            limit *= self.patience
        self._mark(name, value, "<=", limit, unit, value <= limit)

    def at_least(self, name, value, limit, unit=""):
        """A mark: `value` may be no less than `limit`; NaN is a miss."""
        self._mark(name, value, ">=", limit, unit, value >= limit)

    def none(self, name, found):
        """A mark: nothing may be in `found`; its first three items are shown."""
        self.marks.append(Mark(name, str(len(found)), "0", not found))
        for item in list(found)[:3]:
            self.figure(f"  {name}", item)

    def holds(self, name, is_so, otherwise=""):
        """A mark: something must be so; `otherwise` tells what was instead, its first line within the table."""
        first, _, more = str(otherwise).partition("\n")
        self.marks.append(Mark(name, "yes" if is_so else f"no: {first}" if first else "no", "yes", is_so))
        if more and not is_so:
            self.notes.append(f"{name}:\n{more}")

    def outcomes(self, name, calls):
        """Figures: how many calls ended how."""
        counts = collections.Counter(call.outcome for call in calls)
        self.figure(f"{name}: calls", f"{len(calls):,}")
        for outcome, count in sorted(counts.items()):
            self.figure(f"{name}: {outcome}", f"{count:,}")

    def _mark(self, name, value, sign, limit, unit, met):
        shown = f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
        self.marks.append(Mark(name, f"{shown} {unit}".rstrip(), f"{sign} {limit:g} {unit}".rstrip(), met))

    def text(self):
        """Both tables, and the lines of logs that explain what was missed."""
        parts = []
        if self.figures:
            parts.append(table(["figure", "value"], self.figures))
        rows = [[mark.name, mark.value, mark.limit, "met" if mark.met else "MISSED"] for mark in self.marks]
        parts.append(table(["mark", "value", "limit", ""], rows))
        return "\n\n".join(parts + [f"    {note}" for note in self.notes])

    def data(self):
        """The same for a file."""
        return {"name": self.name, "seed": self.seed, "met": self.met, "seconds": round(self.seconds, 3),
                "figures": [list(figure) for figure in self.figures],
                "marks": [dataclasses.asdict(mark) for mark in self.marks], "notes": self.notes}
