"""A client of PostgreSQL's protocol, version 3: simple queries, and no authentication but trust."""

import asyncio
import struct

PROTOCOL = 196608


class Refused(Exception):
    """The server answered with an error. `fields` has it by letter, `sqlstate` its code."""

    def __init__(self, fields):
        super().__init__(f"{fields.get('C')}: {fields.get('M')}")
        self.fields = fields
        self.sqlstate = fields.get("C")


class Session:
    """One connection. One query at a time."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, socket_path, user="postgres", database="postgres", application="faults"):
        """Connects through a Unix socket. Raises Refused, OSError or EOFError."""
        session = cls(*await asyncio.open_unix_connection(str(socket_path)))
        try:
            pairs = ("user", user, "database", database, "application_name", application)
            body = struct.pack("!i", PROTOCOL) + b"".join(text.encode() + b"\0" for text in pairs) + b"\0"
            session._writer.write(struct.pack("!i", len(body) + 4) + body)
            await session._answer()
        except BaseException:
            session.abort()
            raise
        return session

    async def query(self, sql):
        """Runs SQL, perhaps several statements. Returns the rows of all, as tuples of text or None."""
        body = sql.encode() + b"\0"
        self._writer.write(b"Q" + struct.pack("!i", len(body) + 4) + body)
        return await self._answer()

    async def value(self, sql):
        """The first column of the first row, as text or None."""
        return (await self.query(sql))[0][0]

    async def _answer(self):
        rows, error = [], None
        while True:
            kind, length = struct.unpack("!ci", await self._reader.readexactly(5))
            body = await self._reader.readexactly(length - 4)
            match kind:
                case b"D":
                    rows.append(_columns(body))
                case b"E":
                    error = Refused(_fields(body))
                    # FATAL and PANIC end the connection: nothing follows.
                    if error.fields.get("V") in ("FATAL", "PANIC"):
                        raise error
                case b"R" if struct.unpack("!i", body[:4])[0] != 0:
                    raise Refused({"C": "28000", "M": "the server wants a password, this client has none"})
                case b"Z":
                    if error:
                        raise error
                    return rows

    async def close(self):
        """Says goodbye and waits until the server has closed its side."""
        try:
            self._writer.write(b"X" + struct.pack("!i", 4))
            await asyncio.wait_for(self._reader.read(), 5)
        except OSError:
            pass
        self.abort()

    def abort(self):
        """Closes at once."""
        self._writer.transport.abort()


def _columns(body):
    (count,), at, columns = struct.unpack("!h", body[:2]), 2, []
    for _ in range(count):
        (length,) = struct.unpack("!i", body[at:at + 4])
        at += 4
        columns.append(None if length < 0 else body[at:at + length].decode())
        at += max(length, 0)
    return tuple(columns)


def _fields(body):
    return {part[:1].decode(): part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
