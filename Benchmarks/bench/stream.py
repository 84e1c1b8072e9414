"""Downloads of results that are larger than what a server should hold of them."""

import concurrent.futures
import http.client
import re
import threading
import time

from bench.server import MEGABYTE, Broken

ROW_MARK = b'{"aid":'
END = re.compile(rb'\],"row_count":(\d+),.*\}\s*\Z', re.DOTALL)
TAIL_BYTES = 1000
SAMPLE_SECONDS = 0.01


def download(server, path, rows):
    """Reads a result and drops it, counting its rows. Returns (seconds, MB); raises Broken unless all are there."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=150)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise Broken(f"{server.name}: {path}: status {answer.status}: {answer.read(500)!r}")
        count, size, tail = _read(answer)
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"{server.name}: {path}: {error!r}\n{server.tail()}") from error
    finally:
        connection.close()
    end = END.search(tail)
    if count != rows or not end or int(end[1]) != rows:
        raise Broken(f"{server.name}: {path}: {count:,} of {rows:,} rows, ending with {tail[-300:]!r}")
    return time.monotonic() - begun, size / MEGABYTE


def _read(answer):
    """(rows, bytes, the last bytes) of a body."""
    buffer = bytearray(1 << 18)
    kept = len(ROW_MARK) - 1  # so much of a piece stays for the next, as a mark may lie across both
    count, size, tail, start = 0, 0, b"", 0
    while read := answer.readinto(memoryview(buffer)[start:]):
        end = start + read
        count += buffer.count(ROW_MARK, 0, end)
        size += read
        tail = (tail + buffer[max(start, end - TAIL_BYTES):end])[-TAIL_BYTES:]
        start = min(kept, end)
        buffer[:start] = buffer[end - start:end]
    return count, size, tail


class PeakMemory:
    """Within the `with` block: the most resident memory of a server, in MB, by a look every 10 ms."""

    def __init__(self, server):
        self.server = server
        self.megabytes = server.resident_megabytes()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self):
        while not self._done.wait(SAMPLE_SECONDS):
            try:
                self.megabytes = max(self.megabytes, self.server.resident_megabytes())
            except (OSError, Broken):
                return  # it ended, which the download reports

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()


def measure(server, path, rows, at_a_time, idle_megabytes):
    """Downloads a result `at_a_time` times at once. Returns the figures of all of them together.

    `growth_mb` is the peak of the server's resident memory beyond `idle_megabytes`.
    """
    begun = time.monotonic()
    with PeakMemory(server) as peak, concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
        done = [pool.submit(download, server, path, rows) for _ in range(at_a_time)]
        sizes = [future.result()[1] for future in done]
    seconds = time.monotonic() - begun
    return {"rows": rows, "at_a_time": at_a_time, "seconds": seconds, "megabytes": sum(sizes),
            "megabytes_per_second": sum(sizes) / seconds, "growth_mb": peak.megabytes - idle_megabytes}
