"""A process beside the suite's own, for load that one Python cannot make: `python3 -m faults.worker NAME JSON`.

It does what NAME says until it is done or is sent SIGTERM, and prints one line of JSON.
"""

import asyncio
import json
import pathlib
import signal
import subprocess
import sys

from faults import processes
from faults.processes import Broken

PACKAGE = pathlib.Path(__file__).resolve().parent


class Worker:
    """The other process, seen from the suite."""

    def __init__(self, name, **settings):
        self._process = processes.start(
            [sys.executable, "-B", "-m", "faults.worker", name, json.dumps(settings)],
            cwd=PACKAGE.parent, stdout=subprocess.PIPE, text=True)

    def stop(self):
        """Asks it to come to an end."""
        self._process.send_signal(signal.SIGTERM)

    async def result(self, limit):
        """Waits at most `limit` seconds for what it found."""
        try:
            output, _ = await asyncio.to_thread(self._process.communicate, timeout=limit)
        except asyncio.CancelledError:
            # Else the thread that waits for it would hold up the end of the suite.
            self._process.kill()
            raise
        except subprocess.TimeoutExpired as error:
            raise Broken(f"a worker does not end within {limit} s") from error
        if self._process.returncode != 0:
            raise Broken(f"a worker ended with code {self._process.returncode}")
        return json.loads(output)


async def _main(name, settings):
    from faults import flood, nonce  # noqa: PLC0415: they import this module
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    work = {"nonce": nonce.work, "flood": flood.work}[name]
    print(json.dumps(await work(stop, **settings)))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], json.loads(sys.argv[2])))
