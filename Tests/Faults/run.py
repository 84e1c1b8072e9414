#!/usr/bin/env python3
"""Makes a database, a network and clients fail, and holds Hydrogen to its word.

    Tests/Faults/run.py [--short] [--only NAME,...] [--seed N] [--hydrogen BINARY] [--json FILE] [--logs FOLDER]

Each scenario has a database server and a Hydrogen of its own. Only loopback addresses are used, only processes
started here are ended. Exit code 1 means that a mark was missed, 2 that something the suite needs is missing.
"""

import argparse
import asyncio
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from faults import processes  # noqa: E402
from faults.processes import Broken, Missing  # noqa: E402
from faults.scenarios import SCENARIOS  # noqa: E402
from faults.scene import Scene  # noqa: E402
from faults.servers import Templates  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="every scenario in a small size, for CI")
    parser.add_argument("--only", default=",".join(SCENARIOS), metavar="NAME,...", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32),
                        help="of all that is random; default: another one in every run")
    parser.add_argument("--hydrogen", type=pathlib.Path, default=ROOT / ".build/release/hydrogen", metavar="BINARY",
                        help="the binary to test (default: .build/release/hydrogen)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures and marks to FILE")
    parser.add_argument("--logs", type=pathlib.Path, metavar="FOLDER", help="keep the logs of all servers in FOLDER")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(SCENARIOS):
        parser.error(f"unknown scenario {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    arguments.hydrogen = arguments.hydrogen.resolve()
    if not os.access(arguments.hydrogen, os.X_OK):
        parser.error(f"no binary at {arguments.hydrogen}; build it with make release, or name one with --hydrogen")
    if arguments.logs:
        arguments.logs.mkdir(parents=True, exist_ok=True)
    return arguments


async def play(name, templates, folder, arguments):
    """One scenario. Returns its report; a scenario that cannot go on has a missed mark that says why."""
    print(f"\n{name}, seed {arguments.seed}", flush=True)
    scene = Scene(name, binary=arguments.hydrogen, templates=templates, folder=folder, seed=arguments.seed,
                  short=arguments.short, logs=arguments.logs)
    async with scene:
        try:
            await SCENARIOS[name](scene)
        except Missing:
            raise
        except Broken as broken:
            scene.report.holds("the scenario could be played to its end", False, str(broken))
        except Exception:  # noqa: BLE001: the other scenarios go on
            scene.report.holds("the suite made no mistake", False, f"\n{traceback.format_exc()}")
    print(f"\n{scene.report.text()}\n\n    {scene.report.seconds:.1f} s", flush=True)
    return scene.report


async def play_all(folder, arguments):
    """The scenarios that were asked for, one after the other. Returns their reports."""
    main = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)
    templates = Templates(folder / "servers")
    return [await play(name, templates, folder, arguments) for name in SCENARIOS if name in arguments.only]


def summary(reports):
    """One line for each scenario, and what was missed."""
    lines = ["", "summary"]
    for report in reports:
        missed = [mark.name for mark in report.marks if not mark.met]
        result = "met" if report.met else "MISSED: " + "; ".join(missed)
        lines.append(f"    {report.name:<20}{report.seconds:7.1f} s  {len(report.marks):3} marks  {result}")
    return "\n".join(lines)


def main():
    arguments = parse_arguments()
    # A shell starts background jobs with SIGINT ignored, and PostgreSQL would inherit that until it is up.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hydrogen-faults-", dir="/tmp"))
    (folder / "servers").mkdir()
    # Database servers run as other users, who must get through to their own folders.
    for passage in (folder, folder / "servers"):
        passage.chmod(0o711)
    begun = time.monotonic()
    try:
        reports = asyncio.run(play_all(folder, arguments))
    except Broken as broken:
        print(f"faults: {broken}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nfaults: interrupted", file=sys.stderr)
        return 130
    finally:
        processes.end_all()
        shutil.rmtree(folder, ignore_errors=True)
    print(summary(reports))
    print(f"    {time.monotonic() - begun:.0f} s in all, seed {arguments.seed}")
    if arguments.json:
        data = {"seed": arguments.seed, "short": arguments.short, "scenarios": [report.data() for report in reports]}
        arguments.json.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(report.met for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
