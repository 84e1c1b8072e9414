"""Figures as tables: medians with the range, and ratios beside their goals."""

import statistics


def spread(values):
    """(median, least, most)."""
    return statistics.median(values), min(values), max(values)


def ratios(figures, upper, lower):
    """Requests per second of `upper` over those of `lower`, round by round."""
    return [a["per_second"] / b["per_second"] for a, b in zip(figures[upper], figures[lower])]


def shown(values, digits=0):
    """`median (least-most)`, with thousands separated; a single value stands alone."""
    middle, least, most = (f"{value:,.{digits}f}" for value in spread(values))
    return f"{middle} ({least}-{most})" if len(values) > 1 else middle


def table(header, rows):
    """Rows of text in columns; the first column to the left, the others to the right."""
    rows = [header, ["-" * len(cell) for cell in header], *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


# Heading, figure, digits, and whether the range is shown.
POINT_READ = (("requests/s", "per_second", 0, True), ("p50 ms", "p50_ms", 2, False), ("p99 ms", "p99_ms", 2, False),
              ("server us/req", "server_us", 1, True), ("database us/req", "database_us", 1, True),
              ("wrk us/req", "wrk_us", 1, False), ("strangers' cores", "strangers", 2, False))
MANY_ROWS = (*POINT_READ[:3], ("MB/s", "megabytes_per_second", 1, True), *POINT_READ[3:])


def race_table(figures, columns=POINT_READ):
    """One line a contender: what it made and what it cost. Columns that nobody has are left out."""
    columns = [column for column in columns if any(column[1] in runs[0] for runs in figures.values())]
    rows = []
    for name, runs in figures.items():
        cells = []
        for _, key, digits, with_range in columns:
            values = [run[key] for run in runs if key in run]
            cells.append(shown(values if with_range else [statistics.median(values)], digits) if values else "-")
        rows.append([name, *cells])
    return table(["contender", *(column[0] for column in columns)], rows)


class Goal:
    """A figure with what it should be, or without a `goal`. `at_least` tells the direction."""

    def __init__(self, name, values, unit, goal=None, at_least=True, digits=2):
        self.name, self.values, self.unit = name, values, unit
        self.goal, self.at_least, self.digits = goal, at_least, digits

    @property
    def met(self):
        """Judged by the median; None without a goal."""
        if self.goal is None:
            return None
        middle = statistics.median(self.values)
        return middle >= self.goal if self.at_least else middle <= self.goal

    def row(self):
        measured = [self.name, f"{shown(self.values, self.digits)} {self.unit}".rstrip()]
        if self.goal is None:
            return [*measured, "", ""]
        sign = ">=" if self.at_least else "<="
        return [*measured, f"{sign} {self.goal:g} {self.unit}".rstrip(), "met" if self.met else "MISSED"]

    def data(self):
        middle, least, most = spread(self.values)
        return {"name": self.name, "median": middle, "least": least, "most": most, "unit": self.unit,
                "goal": self.goal, "at_least": self.at_least, "met": self.met}


def goal_table(goals):
    """The figures that the benchmark exists for."""
    return table(["figure", "median (range)", "goal", ""], [goal.row() for goal in goals])
