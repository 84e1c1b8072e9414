"""Load on a server by wrk, and what it cost."""

import json
import pathlib
import resource
import subprocess

from bench.server import Broken, machine_cpu_seconds

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "point_read.lua"


def _children_cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_wrk(server, path, connections, seconds):
    """One run of wrk. Returns requests per second, latencies, and CPU microseconds per request.

    `strangers` is the CPU, in cores, used meanwhile by processes that are neither the server nor wrk.
    Raises Broken if a single answer failed.
    """
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "15s", "--latency",
               "-s", str(SCRIPT), f"http://127.0.0.1:{server.port}", "--", *map(str, path)]
    before = server.cpu_seconds(), _children_cpu_seconds(), machine_cpu_seconds()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 40, check=False)
    except subprocess.TimeoutExpired as error:
        raise Broken(f"wrk on {server.name} did not end: {error}") from error
    if server.process.poll() is not None:
        raise Broken(f"{server.name} ended under load, code {server.process.returncode}\n{server.tail()}")
    after = server.cpu_seconds(), _children_cpu_seconds(), machine_cpu_seconds()
    line = next((text for text in done.stdout.splitlines() if text.startswith("RESULT ")), None)
    if done.returncode != 0 or line is None:
        raise Broken(f"wrk on {server.name} failed ({done.returncode}): {done.stdout}{done.stderr}")
    return _figures(server.name, json.loads(line.removeprefix("RESULT ")), before, after)


def _figures(name, result, before, after):
    faults = {key: result[key] for key in result if key.endswith("_errors") or key == "timeouts"}
    if result["requests"] == 0 or any(faults.values()):
        raise Broken(f"{name}: {result['requests']} answers under load, of which failed: {faults}")
    server_cpu, wrk_cpu, machine_cpu = (late - early for early, late in zip(before, after))
    elapsed = result["microseconds"] / 1e6
    return {
        "requests": result["requests"],
        "per_second": result["requests"] / elapsed,
        "p50_ms": result["p50_ms"],
        "p99_ms": result["p99_ms"],
        "server_us": server_cpu * 1e6 / result["requests"],
        "wrk_us": wrk_cpu * 1e6 / result["requests"],
        "strangers": max(0.0, (machine_cpu - server_cpu - wrk_cpu) / elapsed),
    }


def race(servers, paths, connections, rounds, seconds):
    """Runs every server `rounds` times, the order reversed each round. Returns {name: [figures of each round]}."""
    figures = {name: [] for name in servers}
    for turn in range(rounds):
        order = list(servers) if turn % 2 == 0 else list(reversed(servers))
        for name in order:
            figures[name].append(run_wrk(servers[name], paths[name], connections, seconds))
    return figures
