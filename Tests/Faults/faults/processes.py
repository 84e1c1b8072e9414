"""Processes that the suite starts: each is ended by its own id, and none outlives the suite."""

import pathlib
import random
import signal
import socket
import subprocess
import time

_started = []


class Broken(Exception):
    """The suite cannot go on with a scenario; the message says why."""


class Missing(Broken):
    """Something that the suite needs is not on this machine; the message names it."""


def free_port():
    """A TCP port of 127.0.0.1 that is free now and never the source port of an outgoing connection."""
    lowest = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    for _ in range(1000):
        port = random.SystemRandom().randrange(min(20_000, lowest - 1000), lowest)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Broken("no free port on 127.0.0.1")


def start(command, last_resort=signal.SIGKILL, **options):
    """Starts a process in a session of its own, so that Ctrl-C reaches the suite alone.

    `last_resort` is the signal that `end_all` sends first.
    """
    process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, start_new_session=True, **options)
    _started.append((process, last_resort))
    return process


def end(process, how=signal.SIGTERM, limit=40):
    """Sends a signal, and SIGKILL after `limit` seconds. Returns (exit code, seconds it took). Blocks."""
    begun = time.monotonic()
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode, time.monotonic() - begun


def end_all():
    """Ends whatever still runs, at once: the last resort of an interrupted run. Blocks."""
    for process, last_resort in reversed(_started):
        end(process, last_resort, 3)


def children_of(parent):
    """The ids of the processes whose parent has the id `parent`."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit() and _state_and_parent(folder.name)[1] == parent:
            found.append(int(folder.name))
    return found


def is_alive(process_id):
    """Whether a process of this id runs; one that only waits to be reaped does not."""
    return _state_and_parent(process_id)[0] not in ("", "Z", "X")


def _state_and_parent(process_id):
    try:
        stat = pathlib.Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", 0
    fields = stat.rpartition(")")[2].split()
    return fields[0], int(fields[1])
