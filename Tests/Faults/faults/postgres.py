"""A PostgreSQL server of the suite's own: an unprivileged user's, on 127.0.0.1, never synced to disk."""

import asyncio
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

from faults import processes, wire
from faults.processes import Broken

USER = "postgres"
SETTINGS = {"fsync": "off", "shared_buffers": "32MB", "listen_addresses": "127.0.0.1", "max_connections": "100",
            "log_min_messages": "log", "log_checkpoints": "off"}


def _as_user():
    """What runs a command as somebody other than root: PostgreSQL refuses to be root's."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []


def tools():
    """The folder of initdb and postgres: HYDROGEN_PG_BIN, or the newest of Debian's."""
    if named := os.environ.get("HYDROGEN_PG_BIN"):
        return pathlib.Path(named)
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Broken("no PostgreSQL server here; install the package postgresql, or set HYDROGEN_PG_BIN")
    return found[-1].parent


class Cluster:
    """A data folder that initdb has made once; every server begins with a copy of it."""

    def __init__(self, folder):
        """`folder` is new and empty; it becomes the server's user's."""
        self.folder = folder
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        done = subprocess.run(
            [*_as_user(), tools() / "initdb", "-D", folder / "template", "-U", USER, "-A", "trust", "--no-sync",
             "-E", "UTF8", "--locale=C.UTF-8"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, check=False)
        if done.returncode != 0:
            raise Broken(f"initdb failed:\n{done.stdout}")

    def copy(self, name):
        """A new data folder."""
        data = self.folder / name
        subprocess.run([*_as_user(), "cp", "-a", self.folder / "template", data], check=True)
        return data


class Postgres:
    """One server. It can be killed, stopped and started again on the same port."""

    def __init__(self, cluster, name, settings):
        self.folder = cluster.folder
        self.data = cluster.copy(name)
        self.port = processes.free_port()
        self.settings = {**SETTINGS, **settings}
        self.process = None
        self._orphans = []
        self._log = self.folder / f"{name}.log"

    # Starting

    def launch(self):
        """Starts the postmaster, whose parent is the suite: it can be killed and reaped by id."""
        options = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        with open(self._log, "ab") as log:
            self.process = processes.start(
                [*_as_user(), tools() / "postgres", "-D", self.data, "-p", self.port, "-k", self.folder, *options],
                # The immediate shutdown, which takes the server's children along.
                last_resort=signal.SIGQUIT, stdout=log, stderr=log)

    async def accepting(self, limit=30):
        """Waits until the server lets a client in. Returns that moment, on the monotonic clock."""
        deadline = time.monotonic() + limit
        while True:
            try:
                session = await self.connect()
            except (wire.Refused, OSError, EOFError) as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise Broken(f"PostgreSQL does not accept connections: {error}\n{self.tail()}") from error
                await asyncio.sleep(0.01)
                continue
            accepted = time.monotonic()
            await session.close()
            return accepted

    async def start(self):
        """Starts, and waits until it accepts. Returns that moment, on the monotonic clock."""
        await self._orphans_gone()
        self.launch()
        return await self.accepting()

    # Ending

    async def stop(self):
        """A fast shutdown, as `pg_ctl stop -m fast` does: sessions are ended, then the server."""
        await asyncio.to_thread(processes.end, self.process, signal.SIGINT, 20)

    def kill(self):
        """SIGKILL for the postmaster and all its children."""
        self._orphans = processes.children_of(self.process.pid)
        processes.end(self.process, signal.SIGKILL)
        for child in self._orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    async def _orphans_gone(self):
        """A new postmaster refuses the data folder while children of a killed one hold it."""
        deadline = time.monotonic() + 10
        while any(map(processes.is_alive, self._orphans)):
            if time.monotonic() > deadline:
                raise Broken("children of the killed postmaster do not end")
            await asyncio.sleep(0.005)

    # Asking

    async def connect(self, user=USER):
        """A session through the Unix socket, which always trusts."""
        return await wire.Session.open(self.folder / f".s.PGSQL.{self.port}", user)

    async def query(self, sql):
        """Runs SQL in a session of its own; returns the rows."""
        session = await self.connect()
        try:
            return await session.query(sql)
        finally:
            await session.close()

    async def count(self, sql):
        """The number that a query returns."""
        return int((await self.query(sql))[0][0])

    def log(self):
        """All that the server has logged."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def tail(self, count=15):
        """The last lines of its log, for messages."""
        return "\n".join("    " + line for line in self.log().splitlines()[-count:])
