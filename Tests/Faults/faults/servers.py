"""A database server of the suite's own: an unprivileged user's, on 127.0.0.1, never synced to disk."""

import asyncio
import os
import shutil
import signal
import subprocess
import time

from faults import processes
from faults.processes import Broken


class Templates:
    """Data folders that are made once, when the first server of a kind needs one; every server begins with a copy."""

    def __init__(self, folder):
        """`folder` is one that every server's user may pass through."""
        self._folder = folder

    def copy(self, kind, name):
        """A new data folder for a server of that class, beside which its user may write."""
        folder = self._folder / kind.NAME
        if not folder.exists():
            folder.mkdir()
            if os.geteuid() == 0:
                shutil.chown(folder, kind.USER, kind.USER)
            done = subprocess.run(
                kind.as_user(*kind.making(folder / "template")), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, cwd=folder, text=True, check=False)
            if done.returncode != 0:
                raise Broken(f"no data folder for {kind.TITLE}:\n{done.stdout}")
        data = folder / name
        subprocess.run(kind.as_user("cp", "-a", folder / "template", data), check=True)
        return data


class Server:
    """One server. It can be killed, stopped and started again on the same port.

    A kind of server says how its data folder and its process are made, and how one asks it.
    """

    TITLE = NAME = USER = ""
    SETTINGS = {}
    # The signals that end its sessions and then itself: in good order, and when the suite is interrupted.
    STOP, LAST_RESORT = signal.SIGTERM, signal.SIGKILL

    def __init__(self, templates, name, settings):
        self.data = templates.copy(type(self), name)
        self.folder = self.data.parent
        self.port = processes.free_port()
        self.settings = {**self.SETTINGS, **settings}
        self.process = None
        self._log = self.folder / f"{name}.log"

    @classmethod
    def as_user(cls, *command):
        """The command, run by somebody other than root: servers refuse to be root's."""
        ids = ["setpriv", f"--reuid={cls.USER}", f"--regid={cls.USER}", "--clear-groups"]
        return [*(ids if os.geteuid() == 0 else []), *map(str, command)]

    # What a kind of server supplies

    @classmethod
    def making(cls, data):
        """The command that makes a data folder. Raises Missing without the programs for it."""
        raise NotImplementedError

    def command(self):
        """The command of the server's process."""
        raise NotImplementedError

    async def refusal(self):
        """Tries to get in as a client. Returns why that fails, None when it does not."""
        raise NotImplementedError

    async def query(self, sql):
        """Runs SQL in a session of its own; returns the rows, all values as text."""
        raise NotImplementedError

    # What all have

    def launch(self):
        """Starts the process, whose parent is the suite: it can be killed and reaped by id."""
        with open(self._log, "ab") as log:
            self.process = processes.start(self.as_user(*self.command()), last_resort=self.LAST_RESORT,
                                           cwd=self.folder, stdout=log, stderr=log)

    async def accepting(self, limit=30):
        """Waits until the server lets a client in. Returns that moment, on the monotonic clock."""
        deadline = time.monotonic() + limit
        while why := await self.refusal():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Broken(f"{self.TITLE} does not accept connections: {why}\n{self.tail()}")
            await asyncio.sleep(0.01)
        return time.monotonic()

    async def start(self):
        """Starts, and waits until it accepts. Returns that moment, on the monotonic clock."""
        self.launch()
        return await self.accepting()

    async def stop(self):
        """A shutdown in good order, which does not wait for clients."""
        await asyncio.to_thread(processes.end, self.process, self.STOP, 20)

    def kill(self):
        """SIGKILL."""
        processes.end(self.process, signal.SIGKILL)

    async def count(self, sql):
        """The number that a query returns."""
        return int((await self.query(sql))[0][0])

    def log(self):
        """All that the server has logged."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def tail(self, count=15):
        """The last lines of its log, for messages."""
        return "\n".join("    " + line for line in self.log().splitlines()[-count:])
