"""What pops cost that wait for messages which do not come."""

import socket
import time

from bench.server import Broken

# The database's counters follow within this time.
SETTLE_SECONDS = 3
# What asking for the counter itself adds to it: the question, and what psql's session asks before.
OWN = 1


def parked_rate(contender, server, count, seconds):
    """(transactions a second without, with `count` waiting pops, the count). Each waits at a queue of its own."""
    idle = _rate(contender, seconds)
    sockets = [_park(server.port, number, 2 * SETTLE_SECONDS + 2 * seconds) for number in range(count)]
    try:
        time.sleep(SETTLE_SECONDS)
        parked = _rate(contender, seconds)
        _still_waiting(sockets)
    finally:
        for connection in sockets:
            connection.close()
    return idle, parked, count


def _park(port, number, seconds):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"GET /api/v1/pop/queue/parked-{number}?wait=true&timeout={seconds * 1000} HTTP/1.1\r\n"
                       "Host: 127.0.0.1\r\n\r\n".encode())
    return connection


def _rate(contender, seconds):
    time.sleep(SETTLE_SECONDS)
    before, begun = contender.transactions(), time.monotonic()
    time.sleep(seconds)
    ended = contender.transactions() - OWN
    return (ended - before) / (time.monotonic() - begun)


def _still_waiting(sockets):
    for connection in sockets:
        connection.setblocking(False)
        try:
            raise Broken(f"a pop that should wait was answered: {connection.recv(300)!r}")
        except BlockingIOError:
            pass
