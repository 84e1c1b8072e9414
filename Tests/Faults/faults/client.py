"""A small, fast HTTP/1.1 client that can also behave badly: one request at a time on kept-alive connections."""

import asyncio
import functools
import json
import socket
import struct

# SO_LINGER on, for 0 seconds: closing then sends RST.
RESET = struct.pack("ii", 1, 0)


class Failed(Exception):
    """No whole answer came. `kind` is one word that tables count."""

    def __init__(self, kind, detail=""):
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


class Response:
    """Status, headers by small name, and body."""

    __slots__ = ("status", "headers", "body")

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        """The body as JSON; raises ValueError."""
        return json.loads(self.body)


@functools.lru_cache(maxsize=64)
def _status_of(line):
    """The status of `HTTP/1.1 200 OK`."""
    version, _, rest = line.partition(b" ")
    if version not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise ValueError(f"not a status line: {line[:60]!r}")
    return int(rest[:3])


class Connection(asyncio.Protocol):
    """One connection. Open it with `open_to`."""

    def __init__(self):
        self.is_open = False
        self.transport = None
        self._received = bytearray()
        self._head = None
        self._answer = None
        self._requests = 0
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open_to(cls, port, limit=5):
        """Connects to 127.0.0.1, within `limit` seconds. Raises Failed: refused, hung."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit):
                return (await loop.create_connection(cls, "127.0.0.1", port))[1]
        except TimeoutError as error:
            raise Failed("hung", "connecting") from error
        except OSError as error:
            raise Failed("refused", str(error)) from error

    # Requests

    def send(self, method, path, body=None, request_id=None):
        """Sends a request. Returns the future of its Response; it may raise Failed: cut, reset, malformed, left."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
        if request_id:
            lines.append(f"X-Request-ID: {request_id}")
        content = b""
        if body is not None:
            content = json.dumps(body).encode()
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        self._answer = self._loop.create_future()
        if not self.is_open:
            self._fail(Failed("cut", "the connection was closed before the request"))
        else:
            self._requests += 1
            self.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode() + content)
        return self._answer

    async def request(self, method, path, body=None, request_id=None, limit=30):
        """Sends a request and waits at most `limit` seconds. Raises Failed; then the connection is of no more use."""
        answer = self.send(method, path, body, request_id)
        timer = self._loop.call_later(limit, self._give_up, answer, limit)
        try:
            return await answer
        finally:
            timer.cancel()

    def send_part(self, text):
        """Sends bytes that are no whole request."""
        if self.is_open:
            self.transport.write(text.encode())

    def _give_up(self, answer, limit):
        if not answer.done():
            answer.set_exception(Failed("hung", f"no answer within {limit} s"))
            self.leave("reset")

    # Leaving

    def leave(self, how="close"):
        """Disconnects: `close` with FIN, `reset` with RST, `half` closes the sending side alone."""
        if self.is_open:
            match how:
                case "close":
                    self.transport.close()
                case "half":
                    self.transport.write_eof()
                    # Hydrogen closes the rest; a server that does not shall not keep the socket.
                    self._loop.call_later(1, self.transport.abort)
                case "reset":
                    raw = self.transport.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    self.transport.abort()
        self.is_open = False
        self._fail(Failed("left"))

    # asyncio.Protocol

    def connection_made(self, transport):
        self.transport = transport
        self.is_open = True

    def eof_received(self):
        return False

    def connection_lost(self, error):
        self.is_open = False
        place = "within the answer" if self._received or self._head else "without an answer"
        if self._requests > 1:
            place += ", on a connection that had answered before"
        self._fail(Failed("reset" if error else "cut", place))

    def data_received(self, data):
        self._received += data
        if self._answer is None or self._answer.done():
            # Nobody asked: what comes is kept, and the next answer is then not the one to the next question.
            return
        try:
            response = self._parse()
        except ValueError as error:
            self._fail(Failed("malformed", str(error)))
            self.leave("reset")
            return
        if response is None:
            return
        if response.headers.get("connection", "").lower() == "close":
            self.is_open = False
            self.transport.close()
        self._answer.set_result(response)

    def _parse(self):
        """The answer, once it is whole."""
        if self._head is None:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return None
            first, *lines = bytes(self._received[:end]).split(b"\r\n")
            headers = {}
            for line in lines:
                name, colon, value = line.partition(b":")
                if not colon:
                    raise ValueError(f"not a header: {line[:60]!r}")
                headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
            status = _status_of(first)
            if status == 204:
                headers.setdefault("content-length", "0")
            if "content-length" not in headers:
                raise ValueError("an answer without Content-Length")
            self._head = status, headers, int(headers["content-length"])
            del self._received[:end + 4]
        status, headers, length = self._head
        if len(self._received) < length:
            return None
        body = bytes(self._received[:length])
        del self._received[:length]
        self._head = None
        if self._received:
            raise ValueError(f"{len(self._received)} bytes after the end of an answer")
        return Response(status, headers, body)

    def _fail(self, failure):
        if self._answer and not self._answer.done():
            self._answer.set_exception(failure)
            # Whoever sent and left does not look at it.
            self._answer.exception()


class Pool:
    """Kept-alive connections to one port, the one used last given out first."""

    def __init__(self, port):
        self.port = port
        self._free = []

    async def take(self):
        """A connection nobody else uses. Raises Failed."""
        while self._free:
            connection = self._free.pop()
            if connection.is_open:
                return connection
        return await Connection.open_to(self.port)

    def give(self, connection):
        """Takes a connection back."""
        if connection.is_open:
            self._free.append(connection)

    def close(self):
        """Closes those that are not in use."""
        for connection in self._free:
            connection.leave()
        self._free.clear()


async def get(port, path, limit=5):
    """One GET on a connection of its own. Returns the Response, or raises Failed."""
    connection = await Connection.open_to(port, limit)
    try:
        return await connection.request("GET", path, limit=limit)
    finally:
        connection.leave()
