"""What pops cost that wait for messages which do not come."""

import selectors
import socket
import time

from bench.server import Broken

SETTLE_SECONDS = 3
# Pops whose answers are timed: how many, how long each waits, and how much later the next comes, in seconds.
TIMED, PATIENCE, DISTANCE = 200, 0.5, 0.005


class StatementCount:
    """The database's own count of statements, inside a `with`; afterwards it counts no more, which costs a little."""

    def __init__(self, postgresql):
        self._postgresql = postgresql

    def __enter__(self):
        self._postgresql.psql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        return self

    def __exit__(self, *_):
        self._postgresql.psql("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
        self._postgresql.psql("SELECT pg_reload_conf()")

    def rate(self, seconds):
        """Statements a second for so long, those that ask for it left out."""
        before, begun = self._count(), time.monotonic()
        time.sleep(seconds)
        after = self._count()
        return (after - before) / (time.monotonic() - begun)

    def _count(self):
        return int(self._postgresql.psql(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"))


def parked_rates(postgresql, server, count, seconds):
    """Statements a second (without waiting pops, with `count` of them). Each waits at a queue of its own."""
    with StatementCount(postgresql) as statements:
        time.sleep(SETTLE_SECONDS)
        without = statements.rate(seconds)
        sockets = [_park(server.port, number, 10 * SETTLE_SECONDS + seconds) for number in range(count)]
        try:
            time.sleep(SETTLE_SECONDS)
            parked = statements.rate(seconds)
            _still_waiting(sockets)
            return without, parked
        finally:
            for connection in sockets:
                connection.close()


def lateness(server):
    """Milliseconds from the moment at which a waiting pop should be answered to its answer, of pops that come one by one."""
    late, begun = [], time.perf_counter()
    with selectors.DefaultSelector() as selector:
        parked = 0
        while parked < TIMED or selector.get_map():
            due = begun + parked * DISTANCE if parked < TIMED else None
            if due is not None and time.perf_counter() >= due:
                asked = time.perf_counter()
                selector.register(_park(server.port, parked, PATIENCE), selectors.EVENT_READ, asked + PATIENCE)
                parked += 1
                continue
            events = selector.select(timeout=10 if due is None else max(due - time.perf_counter(), 0))
            now = time.perf_counter()
            if not events and due is None:
                raise Broken(f"{len(selector.get_map())} pops were not answered 10 s after their time")
            for key, _ in events:
                answer = key.fileobj.recv(300)
                if not answer.startswith(b"HTTP/1.1 204"):
                    raise Broken(f"a pop of an empty queue was answered: {answer!r}")
                if now < key.data:
                    raise Broken(f"a pop was answered {(key.data - now) * 1000:.1f} ms before its time")
                late.append((now - key.data) * 1000)
                selector.unregister(key.fileobj)
                key.fileobj.close()
    return sorted(late)


def _park(port, number, seconds):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"GET /api/v1/pop/queue/parked-{number}?wait=true&timeout={round(seconds * 1000)} HTTP/1.1\r\n"
                       "Host: 127.0.0.1\r\n\r\n".encode())
    return connection


def _still_waiting(sockets):
    for connection in sockets:
        connection.setblocking(False)
        try:
            raise Broken(f"a pop that should wait was answered: {connection.recv(300)!r}")
        except BlockingIOError:
            pass
