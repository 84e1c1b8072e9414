#!/usr/bin/env python3
"""Plays Queen MQ's own clients, unchanged, on Hydrogen's message queue.

    scripts/with-postgresql Tests/QueueClients/run.py [--hydrogen BINARY] [--only CLIENT,...] [--url URL]
                                                [--javascript-client DIR] [WORD ...]

Exit code 1 means that a behaviour failed, 2 that something the suite needs is missing. A client that cannot be installed
here is named as skipped.
"""

import argparse
import contextlib
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INSTALLED = ROOT / ".build/queue-clients"
# Oldest first: what its users had when the queue's protocol was new, what they had last before version 1, and today's.
PYTHON_VERSIONS = ("0.7.4", "0.15.0", "2.6.0")
# The version whose own tests are run: the later ones test a protocol of their own too.
TESTED_VERSION = "0.15.0"
# One before version 1, whose own tests are run, and one that reads acknowledgements as the JavaScript client does since.
JAVASCRIPT_VERSIONS = ("0.14.0", "1.0.6")
TESTED_JAVASCRIPT_VERSION = "0.14.0"
JAVASCRIPT_PACKAGE = "queen-mq"
# The Go client has no published version: commits, as Go has them behind the dash, and its module then. The first is the one
# that `go/` is written for.
GO_MODULES = {
    "1558b38e5de2df9be088d146a2b7bd5ed33f7310": "github.com/smartpricing/queen/client-go",
    "23ce7a41cf0c7aae787355aa824916ba086b4e57": "github.com/smartpricing/queen/clients/client-go",
}
GO_CLIENTS = {f"go-{commit[:7]}": (module, commit) for commit, module in GO_MODULES.items()}
CLIENTS = (*(f"python-{version}" for version in PYTHON_VERSIONS), f"python-{TESTED_VERSION}-tests",
           *(f"javascript-{version}" for version in JAVASCRIPT_VERSIONS), f"javascript-{TESTED_JAVASCRIPT_VERSION}-tests",
           "javascript-wire", *GO_CLIENTS)
INSTALLS_WITHIN = 120
READY_WITHIN = 30


class Unavailable(Exception):
    """A client is not to be had here."""


def install(*command):
    """Runs a command that brings a client here; raises Unavailable."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              timeout=INSTALLS_WITHIN)
    except subprocess.TimeoutExpired as expired:
        raise Unavailable(f"cannot be installed: no answer within {INSTALLS_WITHIN} s") from expired
    if done.returncode != 0:
        # The last line says why, but for npm's, which says where its log is.
        said = [line for line in done.stdout.splitlines() if line.strip() and "complete log of this run" not in line]
        raise Unavailable(f"cannot be installed: {(said or ['?'])[-1]}")


def python_environment(name):
    """The folder of an environment with what `requirements-NAME.txt` names, made when it is not there or is another one."""
    folder, wanted = INSTALLED / f"python-{name}", HERE / f"python/requirements-{name}.txt"
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted.read_text(encoding="utf-8"):
        shutil.rmtree(folder, ignore_errors=True)
        install(sys.executable, "-m", "venv", folder)
        install(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted)
        shutil.copy(wanted, stamp)
    return folder


def python_tests():
    """The command that runs the tests that are in the Python client's source package."""
    folder = python_environment("tests")
    source = folder / f"queen_mq-{TESTED_VERSION}"
    if not source.exists():
        install(folder / "bin/pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary",
                ":all:", "--dest", folder, f"queen-mq=={TESTED_VERSION}")
        shutil.unpack_archive(f"{source}.tar.gz", folder)
    return [folder / "bin/python", "-B", HERE / "python/own_tests.py", source / "tests"]


def need_node():
    """Raises Unavailable when there is no node."""
    if not shutil.which("node"):
        raise Unavailable("no node here")


def javascript_package(version, given):
    """The folder of that version of the JavaScript client: one that is given, or what npm brings."""
    if version in given:
        return given[version]
    folder = INSTALLED / f"javascript-{version}"
    package = folder / "node_modules" / JAVASCRIPT_PACKAGE
    if not (package / "package.json").exists():
        if not shutil.which("npm"):
            raise Unavailable("no npm here")
        # Its package says that it wants node 22; it runs with 20.
        install("npm", "install", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000",
                "--prefix", folder, f"{JAVASCRIPT_PACKAGE}@{version}")
    return package


def version_in(folder):
    """The version that the package in a folder says."""
    try:
        return json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError) as error:
        raise argparse.ArgumentTypeError(f"no package with a version in {folder}: {error}") from error


def javascript_client(text):
    """(version, folder) of a package that is given."""
    folder = pathlib.Path(text).resolve()
    version = version_in(folder)
    if version not in JAVASCRIPT_VERSIONS:
        raise argparse.ArgumentTypeError(
            f"{folder} has version {version}; versions that are played are {', '.join(JAVASCRIPT_VERSIONS)}")
    return version, folder


def javascript(driver, version, given):
    """The command that runs a driver with a version of the JavaScript client."""
    need_node()
    return ["node", HERE / f"javascript/{driver}.mjs", javascript_package(version, given)]


def javascript_wire():
    """The command that asks as the JavaScript client does."""
    need_node()
    return ["node", HERE / "javascript/wire.mjs"]


def go_client(name, given):
    """The command that plays a Go client: Go fetches it, unless one of the given folders has its module."""
    if not shutil.which("go"):
        raise Unavailable("no go here")
    folder, (module, commit), (written_for, *_) = INSTALLED / name, GO_CLIENTS[name], GO_MODULES.items()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in (HERE / "go").iterdir():
        text = source.read_text(encoding="utf-8").replace(written_for[1], module)
        (folder / source.name).write_text(text.replace(written_for[0], commit), encoding="utf-8")
    for sources in given:
        if f"module {module}\n" in (sources / "go.mod").read_text(encoding="utf-8"):
            text = (folder / "go.mod").read_text(encoding="utf-8").replace(commit, "v0.0.0")
            (folder / "go.mod").write_text(f"{text}\nreplace {module} => {sources.resolve()}\n", encoding="utf-8")
    install("go", "-C", folder, "build", "-mod=mod", "-o", "behaviours", ".")
    return [folder / "behaviours"]


def command_of(name, arguments):
    """The command that plays the behaviours with a client, to which the URL and words are added."""
    match name:
        case "javascript-wire":
            return javascript_wire()
        case _ if name.startswith("javascript-"):
            version = name.removeprefix("javascript-")
            given = dict(arguments.javascript_client)
            if version.endswith("-tests"):
                return javascript("own_tests", version.removesuffix("-tests"), given)
            return javascript("main", version, given)
        case _ if name in GO_CLIENTS:
            return go_client(name, arguments.go_client)
        case _ if name.endswith("-tests"):
            return python_tests()
        case _:
            return [python_environment(name.removeprefix("python-")) / "bin/python", "-B", HERE / "python/main.py"]


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def server(binary):
    """A Hydrogen with the example's configuration; the URL. It has to land with exit code 0."""
    port = free_port()
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as buffer:
        process = subprocess.Popen(
            [binary, "run", "--config", ROOT / "config/message-queue.json"], stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "HYDROGEN_PORT": str(port), "HYDROGEN_QUEUE_KEY": secrets.token_hex(32),
                 "HYDROGEN_BUFFER": buffer})
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            code = process.wait(60)
        if code != 0:
            raise SystemExit(f"queue-clients: Hydrogen ended with exit code {code}\n{tail(log)}")


def wait_for(url, process, log):
    """Waits until the queue is healthy."""
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
            return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline or process.poll() is not None:
                print(f"queue-clients: the queue is not healthy: {error}\n{tail(log)}", file=sys.stderr)
                raise SystemExit(2) from error
            time.sleep(0.05)


def tail(log):
    """The last lines of a log."""
    log.seek(0)
    return "\n".join(log.read().decode(errors="replace").splitlines()[-20:])


def play(name, url, arguments):
    """Plays all behaviours with one client, prints them, and returns the outcomes."""
    print(f"\n{name}")
    try:
        command = [*command_of(name, arguments), url, *arguments.words]
    except Unavailable as unavailable:
        print(f"    skip  {name}: {unavailable}")
        return ["skip"]
    outcomes = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            outcome, behaviour, detail = (line.rstrip("\n").split("\t") + ["", ""])[:3]
            outcomes.append(outcome)
            print(f"    {outcome}  {behaviour}{': ' + detail if detail else ''}", flush=True)
    if process.returncode != 0 or not outcomes:
        outcomes.append("FAIL")
        print(f"    FAIL  the client could not be played: exit code {process.returncode}")
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hydrogen", type=pathlib.Path, default=ROOT / ".build/release/hydrogen", metavar="BINARY")
    parser.add_argument("--only", default=",".join(CLIENTS), metavar="CLIENT,...", help="default: %(default)s")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--javascript-client", type=javascript_client, metavar="DIR", action="append", default=[],
                        help="a JavaScript client's package, with what it needs in node_modules; may be given for each "
                             "version; default: from npm")
    parser.add_argument("--go-client", type=pathlib.Path, metavar="DIR", action="append", default=[],
                        help="the sources of a Go client, where Go cannot fetch it; may be given again")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only behaviours with one of these in their names")
    arguments = parser.parse_args()
    names = arguments.only.split(",")
    if unknown := set(names) - set(CLIENTS):
        parser.error(f"unknown client {', '.join(sorted(unknown))}; there are {', '.join(CLIENTS)}")
    if not arguments.url and not os.access(arguments.hydrogen, os.X_OK):
        parser.error(f"no binary at {arguments.hydrogen}; build it with make release, or name one with --hydrogen")
    if not arguments.url and "HYDROGEN_PG_PORT" not in os.environ:
        parser.error("no PostgreSQL named in HYDROGEN_PG_…; run it beside scripts/with-postgresql")
    running = contextlib.nullcontext(arguments.url) if arguments.url else server(arguments.hydrogen.resolve())
    with running as url:
        outcomes = {name: play(name, url, arguments) for name in names}
    print("\nsummary")
    for name, found in outcomes.items():
        print(f"    {name:<25}{found.count('pass'):4} pass {found.count('FAIL'):4} fail {found.count('skip'):4} skip")
    every = sum(outcomes.values(), [])
    print(f"{every.count('pass')} passed, {every.count('FAIL')} failed, {every.count('skip')} skipped")
    return 1 if "FAIL" in every else 0


if __name__ == "__main__":
    sys.exit(main())
