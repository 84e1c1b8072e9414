"""Load on a server by wrk, on PostgreSQL by pgbench, on MariaDB by mariadb_loop, and what it cost."""

import json
import math
import pathlib
import re
import resource
import subprocess

from bench.server import Broken, machine_cpu_seconds

# Where pgbench (of PostgreSQL 15 or later) says what.
PGBENCH = {"transactions": "number of transactions actually processed:", "failed": "number of failed transactions:",
           "login_ms": "initial connection time =", "per_second": "tps ="}
SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "point_read.lua"


def _children_cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _run_loader(name, command, seconds, meters, environment=None):
    """Runs a load generator. Returns its output, and the CPU seconds that each of the meters counted meanwhile."""
    before = {key: meter() for key, meter in meters.items()}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 40, check=False,
                              env=environment)
    except subprocess.TimeoutExpired as error:
        raise Broken(f"{command[0]} on {name} did not end: {error}") from error
    return done, {key: meter() - before[key] for key, meter in meters.items()}


def run_wrk(server, path, connections, seconds, database=None, script=SCRIPT, threads=2):
    """One run of wrk. Returns requests per second, latencies, and CPU microseconds per request.

    `path` are the arguments of the `script`: for the usual one a prefix, a suffix and the highest number between them.
    `strangers` is the CPU, in cores, used meanwhile by processes that are neither the server, nor the `database`
    behind it, nor wrk. Raises Broken if a single answer failed.
    """
    threads = min(threads, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "15s", "--latency",
               "-s", str(script), f"http://127.0.0.1:{server.port}", "--", *map(str, path)]
    meters = {"server": server.cpu_seconds, "wrk": _children_cpu_seconds, "machine": machine_cpu_seconds}
    if database:
        meters["database"] = database.cpu_seconds
    done, cpu = _run_loader(server.name, command, seconds, meters)
    if server.process.poll() is not None:
        raise Broken(f"{server.name} ended under load, code {server.process.returncode}\n{server.tail()}")
    result = _result_of(f"wrk on {server.name}", done)
    faults = {key: result[key] for key in result if key.endswith("_errors") or key == "timeouts"}
    if result["requests"] == 0 or any(faults.values()):
        raise Broken(f"{server.name}: {result['requests']} answers under load, of which failed: {faults}")
    elapsed = result["microseconds"] / 1e6
    return {**_figures(result["requests"], elapsed, cpu), "p50_ms": result["p50_ms"], "p99_ms": result["p99_ms"],
            "megabytes_per_second": result["bytes"] / 1e6 / elapsed}


def _result_of(what, done):
    """What a load generator printed behind RESULT."""
    line = next((text for text in done.stdout.splitlines() if text.startswith("RESULT ")), None)
    if done.returncode != 0 or line is None:
        raise Broken(f"{what} failed ({done.returncode}): {done.stdout}{done.stderr}")
    return json.loads(line.removeprefix("RESULT "))


def run_direct(program, mariadb, connections, seconds, accounts):
    """One run of mariadb_loop. Its own CPU, that of logging in included, stands where that of a web server would."""
    command = [str(program), mariadb.host, mariadb.port, mariadb.database, mariadb.user, str(connections), str(seconds),
               str(accounts)]
    meters = {"server": _children_cpu_seconds, "machine": machine_cpu_seconds, "database": mariadb.cpu_seconds}
    done, cpu = _run_loader("MariaDB", command, seconds, meters)
    result = _result_of("mariadb_loop", done)
    return {**_figures(result["calls"], result["seconds"], cpu), "per_second": result["per_second"],
            "p50_ms": result["p50_ms"], "p99_ms": result["p99_ms"]}


def run_insert(program, postgresql, connections, batch, seconds, table):
    """One run of queue_insert: rows per second. Its own CPU stands where that of a web server would."""
    command = [str(program), str(connections), str(batch), str(seconds), table]
    meters = {"server": _children_cpu_seconds, "machine": machine_cpu_seconds, "database": postgresql.cpu_seconds}
    done, cpu = _run_loader("PostgreSQL", command, seconds, meters, postgresql.environment)
    result = _result_of("queue_insert", done)
    return {**_figures(result["calls"], result["seconds"], cpu), "per_second": result["per_second"]}


def run_pgbench(postgresql, connections, seconds):
    """One run of `pgbench -S`, prepared statements. Its own CPU stands where that of a web server would.

    Logging in counts neither as time nor as CPU: a run of one transaction for each connection tells what it takes.
    """
    command = [postgresql.program("pgbench"), "-M", "prepared", "-S", "-n", "-c", str(connections), "-j", "2"]
    meters = {"server": _children_cpu_seconds, "machine": machine_cpu_seconds, "database": postgresql.cpu_seconds}

    def run(*limit):
        done, cpu = _run_loader("PostgreSQL", [*command, *limit], seconds, meters, postgresql.environment)
        found = {key: re.search(rf"^{words} ([0-9.]+)", done.stdout, re.MULTILINE) for key, words in PGBENCH.items()}
        if done.returncode != 0 or None in found.values() or float(found["failed"][1]) > 0:
            raise Broken(f"pgbench failed ({done.returncode}): {done.stdout}{done.stderr}")
        return {key: float(number[1]) for key, number in found.items()}, cpu

    login, login_cpu = run("-t", "1")
    # pgbench's clock starts before it logs in.
    result, cpu = run("-T", str(seconds + math.ceil(login["login_ms"] / 1000)))
    return _figures(result["transactions"], result["transactions"] / result["per_second"],
                    {key: cpu[key] - login_cpu[key] for key in cpu})


def _figures(requests, elapsed, cpu):
    """`cpu` holds the seconds of everyone; the machine's are those of all processes together."""
    machine_cpu = cpu.pop("machine")
    return {
        "requests": requests,
        "per_second": requests / elapsed,
        **{f"{name}_us": used * 1e6 / requests for name, used in cpu.items()},
        "strangers": max(0.0, (machine_cpu - sum(cpu.values())) / elapsed),
    }


def race(runs, rounds):
    """Calls every contender's run `rounds` times, the order reversed each round. Returns {name: [its figures]}."""
    figures = {name: [] for name in runs}
    for turn in range(rounds):
        order = list(runs) if turn % 2 == 0 else list(reversed(runs))
        for name in order:
            figures[name].append(runs[name]())
    return figures
