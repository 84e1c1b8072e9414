"""PostgreSQL, as the suite starts and asks it."""

import asyncio
import contextlib
import os
import pathlib
import signal
import time

from faults import processes, wire
from faults.processes import Broken, Missing
from faults.servers import Server


def tools():
    """The folder of initdb and postgres: HYDROGEN_PG_BIN, or the newest of Debian's."""
    if named := os.environ.get("HYDROGEN_PG_BIN"):
        return pathlib.Path(named)
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Missing("no PostgreSQL server here; install the package postgresql, or set HYDROGEN_PG_BIN")
    return found[-1].parent


class Postgres(Server):
    """A postmaster and its children."""

    TITLE, NAME, USER = "PostgreSQL", "postgresql", "postgres"
    SETTINGS = {"fsync": "off", "shared_buffers": "32MB", "listen_addresses": "127.0.0.1", "max_connections": "100",
                "log_min_messages": "log", "log_checkpoints": "off"}
    # A fast shutdown, as `pg_ctl stop -m fast` does; and the immediate one, which takes the server's children along.
    STOP, LAST_RESORT = signal.SIGINT, signal.SIGQUIT

    def __init__(self, templates, name, settings):
        super().__init__(templates, name, settings)
        self._orphans = []

    @classmethod
    def making(cls, data):
        return [tools() / "initdb", "-D", data, "-U", cls.USER, "-A", "trust", "--no-sync", "-E", "UTF8",
                "--locale=C.UTF-8"]

    def command(self):
        options = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        return [tools() / "postgres", "-D", self.data, "-p", self.port, "-k", self.folder, *options]

    async def start(self):
        await self._orphans_gone()
        return await super().start()

    def kill(self):
        """SIGKILL for the postmaster and all its children."""
        self._orphans = processes.children_of(self.process.pid)
        super().kill()
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

    async def connect(self, user=None):
        """A session through the Unix socket, which always trusts."""
        return await wire.Session.open(self.folder / f".s.PGSQL.{self.port}", user or self.USER)

    async def refusal(self):
        try:
            session = await self.connect()
        except (wire.Refused, OSError, EOFError) as error:
            return repr(error)
        await session.close()
        return None

    async def query(self, sql):
        session = await self.connect()
        try:
            return await session.query(sql)
        finally:
            await session.close()
