"""A TCP proxy on 127.0.0.1 that can fall silent, as a firewall that drops every packet does."""

import asyncio
import contextlib


class Proxy:
    """Forwards to a port until `silence()`: then sockets stay open, new ones are accepted, and nothing goes through.

    What was sent meanwhile goes through after `resume()`, as TCP sends it again.
    """

    def __init__(self, target):
        self.target = target
        self.port = None
        self.accepted = 0
        self._open = asyncio.Event()
        self._open.set()
        self._server = None
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def silence(self):
        """From now on nothing goes through."""
        self._open.clear()

    def resume(self):
        """From now on everything goes through, what was held first."""
        self._open.set()

    async def _serve(self, reader, writer):
        self.accepted += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        writers = [writer]
        try:
            await self._open.wait()
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target)
            writers.append(server_writer)
            await asyncio.gather(self._pump(reader, server_writer), self._pump(server_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for each in writers:
                with contextlib.suppress(OSError):
                    each.transport.abort()

    async def _pump(self, reader, writer):
        while data := await reader.read(65536):
            await self._open.wait()
            writer.write(data)
            await writer.drain()
        await self._open.wait()
        if writer.can_write_eof():
            writer.write_eof()
