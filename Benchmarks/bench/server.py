"""A server process that the driver started: its output, its CPU and memory, its end."""

import collections
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1_000_000


class Broken(Exception):
    """A contender did not start, answered wrongly, or did not end as it should."""


def free_port():
    """A TCP port of the loopback address that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def machine_cpu_seconds():
    """CPU seconds that all processes of the machine have used since it started."""
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _idle, _iowait, irq, softirq = map(int, stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / CLOCK_TICKS


def _tree(root):
    """{id: CPU seconds} of a process and all below it; what ended and was waited for is part of its parent's."""
    used, children = {}, {}
    # In the order of their ids: a parent, which is older, is read before its children.
    for process in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        used[process] = sum(map(int, fields[11:15])) / CLOCK_TICKS
        children.setdefault(int(fields[1]), []).append(process)
    tree, pending = {}, [root] if root in used else []
    while pending:
        process = pending.pop()
        tree[process] = used[process]
        pending += children.get(process, [])
    return tree


def tree_cpu_seconds(root):
    """User and system CPU seconds of a process and all below it so far, ended ones included; 0 if it is gone."""
    before, tree = None, _tree(root)
    # One that ends while the tree is read could be missed there and not be its parent's yet.
    while tree.keys() != before:
        before, tree = tree.keys(), _tree(root)
    return sum(tree.values())


class Server:
    """Starts a command, waits for its readiness, and ends that very process on leaving the `with` block."""

    def __init__(self, name, command, port, environment=None, folder=None):
        self.name = name
        self.port = port
        self.lines = collections.deque(maxlen=400)
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        self._changed = threading.Condition()
        self._finished = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self.lines.append((time.monotonic() - self.started, line.rstrip("\n")))
                self._changed.notify_all()
        with self._changed:
            self._finished = True
            self._changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def line_with(self, text, count=1):
        """The `count`th (seconds since start, line) that holds `text`, or None."""
        found = [entry for entry in list(self.lines) if text in entry[1]]
        return found[count - 1] if len(found) >= count else None

    def wait_for_line(self, text, limit, count=1):
        """Waits until the output holds `text`, `count` times; returns the seconds from start to that line."""
        deadline = time.monotonic() + limit
        with self._changed:
            while (entry := self.line_with(text, count)) is None:
                left = deadline - time.monotonic()
                if left <= 0 or self._finished:
                    raise Broken(f"{self.name}: no line {text!r} within {limit} s\n{self.tail()}")
                self._changed.wait(left)
        return entry[0]

    def wait_for_answer(self, path, limit):
        """Asks `path` until it answers at all, for servers without a readiness line."""
        deadline = time.monotonic() + limit
        while True:
            try:
                return self.get(path)
            except (OSError, urllib.error.URLError) as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise Broken(f"{self.name}: no answer within {limit} s: {error}\n{self.tail()}") from error
                time.sleep(0.02)

    def get(self, path, limit=10):
        """The body of a GET, as text; an HTTP error raises."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=limit) as answer:
            return answer.read().decode()

    def cpu_seconds(self):
        """User and system CPU seconds of the process so far, all its threads and workers."""
        return tree_cpu_seconds(self.process.pid)

    def resident_megabytes(self):
        """Resident memory now, in MB of 1,000,000 bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024 / MEGABYTE
        raise Broken(f"{self.name}: its process is gone\n{self.tail()}")

    def end(self, limit=40):
        """SIGTERM, then SIGKILL after `limit` seconds; returns (exit code, seconds it took)."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(limit)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        took = time.monotonic() - begun
        self._reader.join(2)
        return self.process.returncode, took

    def tail(self, count=25):
        """The last lines of its output, for messages."""
        return "\n".join("    " + line for _, line in list(self.lines)[-count:])
