#!/usr/bin/env python3
"""A MySQL server that lets everybody in, has no TLS and no data, and answers some words as a real one would not.

    fake_server.py

Says "ready PORT", and serves 127.0.0.1 until it is killed. What a statement is answered with:

    … read_only …   one whole number: 0, as of a server that is read-only
    … broken …      a row whose text claims to be longer than what was sent
    … length_ff …   a row whose text has a length of 255, which means nothing; length_fb: of 251, which means NULL elsewhere
    … short_row …   a row that ends before its first value
    … surplus …     a row with a text, and one packet more than that
    … more_error …  a row with a text, of which the last packet says that more results follow, and an error
    … endless …     descriptions of columns that do not end
    … silent …      nothing
    … error_zero …  an error without a number and without words
    … cut_column …  a description of a column that ends too soon
    … seen          one whole number: how many bytes clients have sent that are gone by now
    INSERT …        error 1290, as of a server that is read-only
    anything else   that it was done

The user "endless" is asked over and over to log in by another method.
"""
import os
import socket
import struct
import threading
import time

WORDS = (
    "broken", "length_ff", "length_fb", "short_row", "surplus", "more_error", "endless", "silent", "error_zero", "cut_column",
)
SEEN = []
SERVED = []


class Client:
    def __init__(self, connection):
        self.connection = connection
        self.count = 0
        self.sequence = 0
        self.statements = {}

    def take(self, size):
        data = b""
        while len(data) < size:
            more = self.connection.recv(size - len(data))
            if not more:
                raise EOFError
            self.count += len(more)
            data += more
        return data

    def packet(self):
        head = self.take(4)
        self.sequence = head[3] + 1
        return self.take(int.from_bytes(head[:3], "little"))

    def send(self, *packets):
        data = b""
        for payload in packets:
            data += len(payload).to_bytes(3, "little") + bytes([self.sequence & 255]) + payload
            self.sequence += 1
        self.connection.sendall(data)

    def greet(self):
        abilities = 1 | 8 | 0x200 | 0x2000 | 0x8000 | 1 << 17 | 1 << 19
        self.send(
            b"\x0a8.0.0-fake\0" + struct.pack("<I", 7) + b"12345678\0" + struct.pack("<H", abilities & 0xFFFF)
            + b"\x2d" + struct.pack("<HH", 2, abilities >> 16) + b"\x15" + b"\0" * 10 + b"123456789012\0"
            + b"mysql_native_password\0"
        )

    def serve(self):
        self.greet()
        login = self.packet()
        while b"endless\0" in login:
            self.send(b"\xfemysql_native_password\0" + b"12345678901234567890\0")
            self.packet()
            time.sleep(0.001)
        self.send(OK)
        while True:
            self.sequence = 0
            request = self.packet()
            command, rest = request[0], request[1:]
            if command == 1:
                return
            if command == 22:
                self.prepare(rest.decode())
            elif command == 23:
                self.execute(self.statements[struct.unpack("<I", rest[:4])[0]])
            elif command != 25:
                self.send(OK)

    def prepare(self, sql):
        number = len(self.statements) + 1
        self.statements[number] = sql
        column = self.column(sql)
        head = b"\0" + struct.pack("<IHHBH", number, 1 if column else 0, sql.count("?"), 0, 0)
        parameters = [definition(253)] * sql.count("?")
        self.send(head, *(parameters + [EOF] if parameters else []), *([column, EOF] if column else []))

    @staticmethod
    def column(sql):
        if any(word in sql for word in WORDS):
            return definition(253)
        return definition(8) if "read_only" in sql or "seen" in sql else None

    def execute(self, sql):
        if sql.startswith("INSERT"):
            words = "The MySQL server is running with the --read-only option so it cannot execute this statement"
            return self.send(b"\xff" + struct.pack("<H", 1290) + b"#HY000" + words.encode())
        if "error_zero" in sql:
            return self.send(b"\xff\0\0#HY000")
        column = self.column(sql)
        if not column:
            return self.send(OK)
        if "silent" in sql:
            return None
        if "endless" in sql:
            self.send(b"\xfd\xff\xff\xff")
            while True:
                self.send(column)
                time.sleep(0.001)
        if "more_error" in sql:
            more = b"\xfe" + struct.pack("<HH", 0, 10)
            return self.send(b"\x01", column, EOF, b"\0\0" + text(b"a"), more, b"\xff\x15\x04#HY000no")
        if "surplus" in sql:
            return self.send(b"\x01", column, EOF, b"\0\0" + text(b"a"), EOF, OK)
        if "cut_column" in sql:
            return self.send(b"\x01", column[:9], EOF, b"\0\0" + text(b"a"), EOF)
        if "short_row" in sql:
            return self.send(b"\x01", column, EOF, b"\0", EOF)
        if "broken" in sql:
            # A length of 2^63 - 16 bytes, and ten of them.
            value = b"\xfe" + struct.pack("<Q", (1 << 63) - 16) + b"0123456789"
        elif "length_f" in sql:
            value = (b"\xff" if "length_ff" in sql else b"\xfb") + b"x"
        elif "seen" in sql:
            for other in SERVED:
                if other is not threading.current_thread():
                    other.join()
            value = struct.pack("<q", sum(SEEN))
        else:
            value = struct.pack("<q", 0)
        self.send(b"\x01", column, EOF, b"\0\0" + value, EOF)


def text(value):
    return bytes([len(value)]) + value


def definition(kind):
    return (
        text(b"def") + text(b"") + text(b"") + text(b"") + text(b"a") + text(b"a")
        + b"\x0c" + struct.pack("<HIBHB", 63 if kind == 8 else 45, 20, kind, 0, 0) + b"\0\0"
    )


OK = b"\0\0\0" + struct.pack("<HH", 2, 0)
EOF = b"\xfe" + struct.pack("<HH", 0, 2)


def run(connection):
    client = Client(connection)
    try:
        client.serve()
    except (EOFError, OSError):
        pass
    finally:
        SEEN.append(client.count)
        connection.close()


# Connections of other tests, inherited by chance, would not end when those close them.
os.closerange(3, 65536)
listener = socket.create_server(("127.0.0.1", 0))
print("ready", listener.getsockname()[1], flush=True)
while True:
    accepted, _ = listener.accept()
    worker = threading.Thread(target=run, args=(accepted,), daemon=True)
    SERVED.append(worker)
    worker.start()
