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


def race_table(figures):
    """One line a contender: what it made and what it cost."""
    header = ["contender", "requests/s", "p50 ms", "p99 ms", "server us/req", "wrk us/req", "strangers' cores"]
    rows = []
    for name, runs in figures.items():
        column = {key: [run[key] for run in runs] for key in runs[0]}
        rows.append([name, shown(column["per_second"]), f"{statistics.median(column['p50_ms']):.2f}",
                     f"{statistics.median(column['p99_ms']):.2f}", shown(column["server_us"], 1),
                     f"{statistics.median(column['wrk_us']):.1f}", f"{statistics.median(column['strangers']):.2f}"])
    return table(header, rows)


class Goal:
    """A figure with what it should be. `at_least` tells the direction."""

    def __init__(self, name, values, unit, goal, at_least, digits=2):
        self.name, self.values, self.unit = name, values, unit
        self.goal, self.at_least, self.digits = goal, at_least, digits

    @property
    def met(self):
        """Judged by the median."""
        middle = statistics.median(self.values)
        return middle >= self.goal if self.at_least else middle <= self.goal

    def row(self):
        sign = ">=" if self.at_least else "<="
        return [self.name, f"{shown(self.values, self.digits)} {self.unit}".rstrip(),
                f"{sign} {self.goal:g} {self.unit}".rstrip(), "met" if self.met else "MISSED"]

    def data(self):
        middle, least, most = spread(self.values)
        return {"name": self.name, "median": middle, "least": least, "most": most, "unit": self.unit,
                "goal": self.goal, "at_least": self.at_least, "met": self.met}


def goal_table(goals):
    """The figures that the benchmark exists for."""
    return table(["figure", "median (range)", "goal", ""], [goal.row() for goal in goals])
