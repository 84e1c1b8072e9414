"""MariaDB, as the suite starts and asks it."""

import asyncio
import os
import shutil

from faults.processes import Broken, Missing
from faults.servers import Server

# The version of the protocol in the first packet of a server that lets a client in.
GREETING = 10


def tool(name):
    """The path of one of MariaDB's programs; the server is outside an ordinary user's PATH on Debian."""
    if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        return found
    raise Missing(f"no MariaDB server here ({name}); install the package mariadb-server")


class MariaDB(Server):
    """One mariadbd."""

    TITLE, NAME, USER = "MariaDB", "mariadb", "mysql"
    # A commit is in the system's hands when it is acknowledged: that is enough where only the process dies.
    SETTINGS = {"bind-address": "127.0.0.1", "character-set-server": "utf8mb4", "skip-name-resolve": "ON",
                "innodb-flush-log-at-trx-commit": "2", "innodb-buffer-pool-size": "64M", "innodb-log-file-size": "48M",
                "performance-schema": "OFF", "max-connections": "100"}

    @classmethod
    def making(cls, data):
        return [tool("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
                "--auth-root-authentication-method=normal", "--skip-name-resolve"]

    def command(self):
        options = [f"--{key}={value}" for key, value in self.settings.items()]
        return [tool("mariadbd"), "--no-defaults", f"--datadir={self.data}", f"--port={self.port}",
                f"--socket={self._socket}", f"--pid-file={self.data}.pid", *options]

    @property
    def _socket(self):
        return f"{self.data}.socket"

    async def refusal(self):
        """Its port is open before it lets anybody in: it does when it greets."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as error:
            return repr(error)
        try:
            first = (await asyncio.wait_for(reader.readexactly(5), 5))[4]
        except (OSError, EOFError, TimeoutError) as error:
            return repr(error)
        finally:
            writer.close()
        return None if first == GREETING else f"it greets with {first}"

    async def query(self, sql):
        """Runs SQL as root, who needs no password on the socket."""
        client = await asyncio.create_subprocess_exec(
            tool("mariadb"), "--no-defaults", "--user=root", f"--socket={self._socket}", "--batch",
            "--skip-column-names", "--default-character-set=utf8mb4", "--execute", sql,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        output, errors = (text.decode() for text in await client.communicate())
        if client.returncode != 0:
            raise Broken(f"{self.TITLE}: {errors.strip()}")
        return [tuple(line.split("\t")) for line in output.splitlines()]
