#!/usr/bin/env python3
"""Lets IBM's client library (libdb2) talk to Apache Derby's network server, for tests.

    drda_relay.py LISTEN_PORT DERBY_PORT

Both speak DRDA, but Derby serves clients that call themselves "DNC" alone, and refuses two parameters that libdb2
always sends. The relay edits these and one length in the answers; SQL and data pass as they are:

  ACCRDB     PRDID "SQLvvrrm" becomes "DNC10010"     Derby: "Invalid client product id"
  ACCRDB     TRGDFTRT becomes false                  libdb2: SQL0901N on the TYPDEFOVR that answers it
  DSCSQLSTT  loses QRYINSID                          Derby: SYNTAXRM 0x1D
  answers    SQLERRMC is cut to 70 bytes             libdb2: SQL30020N, as a SQLCA has no more

It listens on 127.0.0.1, on any free port when LISTEN_PORT is 0, and prints "ready PORT" then. It ends with SIGTERM.
Source of the names and numbers: Open Group, DRDA V5, Volume 3: Distributed Data Management (DDM) Architecture.
"""

import asyncio
import struct
import sys

# Code points of commands and replies.
ACCRDB, DSCSQLSTT = 0x2001, 0x2008
SQLCARD, SQLDARD, QRYDTA = 0x2408, 0x2411, 0x241B
# Code points of parameters.
PRDID, TRGDFTRT, QRYINSID = 0x112E, 0x213B, 0x215B
# Kinds of DSS: a request, an answer, an object of data; a request that is answered by nothing.
REQUEST, REPLY_DATA, REQUEST_WITHOUT_REPLY = 1, 3, 5

LONGEST_SEGMENT = 0x7FFF
SQLERRMC_LIMIT = 70


def edited_request(code_point: int, body: bytes) -> bytes:
    """A command's parameters, as Derby takes them."""
    if code_point not in (ACCRDB, DSCSQLSTT):
        return body
    edited, offset = b"", 0
    while offset + 4 <= len(body):
        length, parameter = struct.unpack(">HH", body[offset : offset + 4])
        if length < 4:
            return body
        value = body[offset + 4 : offset + length]
        offset += length
        if code_point == DSCSQLSTT and parameter == QRYINSID:
            continue
        if code_point == ACCRDB and parameter == PRDID:
            value = b"DNC10010" if value[:3] == b"SQL" else "DNC10010".encode("cp500")
        if code_point == ACCRDB and parameter == TRGDFTRT:
            value = b"\xf0"
        edited += struct.pack(">HH", len(value) + 4, parameter) + value
    return edited


def edited_answer(code_point: int, body: bytes) -> bytes:
    """An answer whose SQLCAs have at most 70 bytes of tokens.

    A SQLCA is found by its SQLERRPROC, Derby's "CSSvvrrm": it stands behind SQLCODE and SQLSTATE, and before a null
    indicator, six SQLERRD, eleven SQLWARN, the name of the database and then SQLERRMC.
    """
    if code_point not in (SQLCARD, SQLDARD, QRYDTA):
        return body
    start = 0
    while (start := body.find(b"CSS1", start)) >= 0:
        offset = start + 8
        if start >= 10 and body[start - 10] == 0 and offset + 38 <= len(body) and body[offset] == 0:
            offset += 36
            offset += 2 + struct.unpack(">H", body[offset : offset + 2])[0]
            if offset + 2 <= len(body):
                length = struct.unpack(">H", body[offset : offset + 2])[0]
                if length > SQLERRMC_LIMIT and offset + 2 + length <= len(body):
                    cut = body[offset + 2 : offset + 2 + SQLERRMC_LIMIT].decode("utf8", "ignore").encode()
                    body = body[:offset] + struct.pack(">H", len(cut)) + cut + body[offset + 2 + length :]
        start += 8
    return body


async def pump(reader, writer, edit, kinds) -> None:
    """Passes one direction on, DSS by DSS: a length, 0xD0, a kind, a correlation identifier, and one object."""
    try:
        while True:
            header = await reader.readexactly(6)
            length = struct.unpack(">H", header[:2])[0]
            if length > LONGEST_SEGMENT:
                await pass_segments(header, reader, writer)
            else:
                body = await reader.readexactly(length - 6)
                if header[3] & 15 in kinds and len(body) >= 4:
                    object_length, code_point = struct.unpack(">HH", body[:4])
                    if object_length == len(body):
                        edited = edit(code_point, body[4:])
                        body = struct.pack(">HH", len(edited) + 4, code_point) + edited
                writer.write(struct.pack(">H", len(body) + 6) + header[2:] + body)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def pass_segments(header: bytes, reader, writer) -> None:
    """Passes a DSS of several segments on as it is."""
    writer.write(header + await reader.readexactly(LONGEST_SEGMENT - 6))
    is_continued = True
    while is_continued:
        prefix = await reader.readexactly(2)
        length = struct.unpack(">H", prefix)[0]
        is_continued = length > LONGEST_SEGMENT
        writer.write(prefix + await reader.readexactly((length & LONGEST_SEGMENT) - 2))


async def main(listen_port: int, derby_port: int) -> None:
    async def serve(reader, writer) -> None:
        try:
            derby_reader, derby_writer = await asyncio.open_connection("127.0.0.1", derby_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            pump(reader, derby_writer, edited_request, (REQUEST, REQUEST_WITHOUT_REPLY)),
            pump(derby_reader, writer, edited_answer, (REPLY_DATA,)),
        )

    server = await asyncio.start_server(serve, "127.0.0.1", listen_port)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
