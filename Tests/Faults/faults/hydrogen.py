"""The server under test: its configuration, its process, its log."""

import asyncio
import json
import os
import signal
import subprocess
import threading
import time

from faults import calls, client, processes
from faults.client import Failed
from faults.processes import Broken

READY = "READY FOR REQUESTS"


def configuration(engine, port, database_port, *, databases=None, server=None, sections=None, **connection):
    """The whole configuration for a database of that engine.

    `databases`, `server` and `connection` replace keys of those sections, None removes one; `sections` are more of them.
    """
    own = {
        "Name": calls.DATABASE, **engine.connection, "Host": "127.0.0.1", "Port": database_port,
        "Queues": {"Slow": {"Min": 1, "Max": 2}, "Medium": {"Min": 1, "Max": 2},
                   "Fast": {"Min": 1, "Max": 2}, "Cache": {"Min": 1, "Max": 1}},
        "MaxQueueDepth": 1000, "QueryTimeoutSeconds": 5, "Queries": "queries",
        **connection,
    }
    return {
        "Server": {"ShutdownTimeoutSeconds": 15, **(server or {})},
        "WebServer": {"Host": "127.0.0.1", "Port": port},
        "Databases": {
            "HeartbeatIntervalSeconds": 1,
            **(databases or {}),
            "Connections": [{key: value for key, value in own.items() if value is not None}],
        },
        **(sections or {}),
    }


class Hydrogen:
    """One process. `lines` has its output with the monotonic time of each line."""

    def __init__(self, binary, folder, engine, database_port, environment=None, queries=None, **changes):
        """`queries` come beside the engine's."""
        self.port = processes.free_port()
        self.lines = []
        folder.mkdir()
        calls.write_queries(folder / "queries", {**engine.queries, **(queries or {})})
        self._file = folder / "hydrogen.json"
        self._file.write_text(json.dumps(configuration(engine, self.port, database_port, **changes)), encoding="utf-8")
        self._binary = binary
        self._environment = environment or {}
        self.process = None
        self._reader = None
        self._started = 0.0

    def start(self):
        """Starts the process, perhaps not for the first time; `ready` waits for it."""
        self._started = time.monotonic()
        strangers = ("LOG_LEVEL", "HYDROGEN_", "PG", "MYSQL_", "MARIADB_")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(strangers)}
        self.process = processes.start(
            [self._binary, "run", "--config", self._file], env={**environment, **self._environment},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line.rstrip("\n")))

    @property
    def is_alive(self):
        """Whether the process runs."""
        return self.process.poll() is None

    async def line(self, text, limit=15):
        """Waits until this process has logged `text`. Returns the moment of that line, on the monotonic clock."""
        deadline = time.monotonic() + limit
        while True:
            for moment, line in reversed(list(self.lines)):
                if moment < self._started:
                    break
                if text in line:
                    return moment
            if time.monotonic() > deadline or not self.is_alive:
                raise Broken(f"no line {text!r} within {limit} s\n{self.tail()}")
            await asyncio.sleep(0.01)

    async def ready(self):
        """Waits for READY FOR REQUESTS."""
        return await self.line(READY)

    async def json(self, path, limit=5):
        """(status, JSON) of a GET; raises Broken without an answer."""
        try:
            response = await client.get(self.port, path, limit)
            return response.status, response.json()
        except (Failed, ValueError) as error:
            raise Broken(f"GET {path}: {error}\n{self.tail()}") from error

    async def readiness(self):
        """(status, JSON) of the readiness."""
        return await self.json("/api/system/readiness")

    async def reasons(self):
        """The reasons that the readiness gives, as one text."""
        _, body = await self.readiness()
        absences = [*body.get("starting", []), *body.get("degraded", []), *body.get("no_go", [])]
        return "; ".join(str(absence.get("reason")) for absence in absences)

    async def queues(self):
        """The DQMs of the database, as /api/system/queues lists them."""
        _, body = await self.json("/api/system/queues")
        return body["databases"][0]["queues"]

    async def kill(self):
        """SIGKILL; it can be started again on the same port."""
        await asyncio.to_thread(processes.end, self.process, signal.SIGKILL)
        await asyncio.to_thread(self._reader.join, 2)

    async def end(self, limit=40):
        """SIGTERM; returns (exit code, seconds it took)."""
        ended = await asyncio.to_thread(processes.end, self.process, signal.SIGTERM, limit)
        await asyncio.to_thread(self._reader.join, 2)
        return ended

    def log(self):
        """All of its output."""
        return "\n".join(line for _, line in list(self.lines))

    def tail(self, count=20):
        """The last lines of its output, for messages."""
        return "\n".join("    " + line for _, line in list(self.lines)[-count:])
