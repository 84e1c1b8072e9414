"""What every driver does around its measurements: tools that must be there, facts, the way it ends."""

import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

from bench.server import Broken

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent
SCRATCH = ROOT / ".build-bench"
HYDROGEN = ROOT / ".build/release/hydrogen"


class Missing(Exception):
    """Something the benchmark needs is not there; the message says what to do."""


def run_tool(command, **options):
    """Runs a build or install step, its output shown only if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        raise Missing(f"{' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}")


def python_program(name, folder, requirements):
    """A program of Python packages in a folder of their own, installed unless it is there."""
    program = SCRATCH / folder / "bin" / name
    if not program.exists():
        print(f"installing {name} into .build-bench/{folder} ...", flush=True)
        run_tool([sys.executable, "-m", "venv", "--clear", SCRATCH / folder], timeout=120)
        run_tool([SCRATCH / folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check",
                  "-r", HERE / requirements], timeout=300)
    return program


def need_wrk():
    """Raises Missing where wrk is not installed."""
    if shutil.which("wrk") is None:
        raise Missing("wrk is missing: scripts/ensure-tools bench")


def need_binary(binary):
    """The path of Hydrogen's binary, absolute."""
    if not os.access(binary, os.X_OK):
        raise Missing(f"no binary {binary}: swift build -c release --product hydrogen")
    return binary.resolve()


def parse_arguments(parser, contenders, short_contenders, short_rounds):
    """Adds the options that all drivers have, and reads the command line."""
    full, few = ",".join(contenders), ",".join(short_contenders)
    parser.add_argument("--hydrogen", type=pathlib.Path, default=HYDROGEN,
                        help="the binary to measure (default: %(default)s)")
    parser.add_argument("--only", help=f"contenders, with commas (default: {full}"
                                       f"{'' if few == full else f', short {few}'})")
    parser.add_argument("--short", action="store_true",
                        help=f"a check for CI: {short_rounds} rounds of 2 s at 64 connections")
    parser.add_argument("--rounds", type=int, help=f"rounds at 64 connections (default: 5, short {short_rounds})")
    parser.add_argument("--seconds", type=int, help="seconds for each contender in a round (default: 4, short 2)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures to FILE")
    arguments = parser.parse_args()
    arguments.only = (arguments.only or (few if arguments.short else full)).split(",")
    if unknown := set(arguments.only) - set(contenders):
        parser.error(f"unknown contender {', '.join(sorted(unknown))}; there are {', '.join(contenders)}")
    arguments.rounds = arguments.rounds or (short_rounds if arguments.short else 5)
    arguments.seconds = arguments.seconds or (2 if arguments.short else 4)
    return arguments


def machine():
    """What the figures are measured on, printed and returned."""
    facts = {"cores": os.cpu_count(), "kernel": platform.release(), "machine": platform.machine(),
             "load_before": os.getloadavg()[0], "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    print(f"{facts['cores']} cores, {facts['machine']}, Linux {facts['kernel']}, load {facts['load_before']:.2f}")
    return facts


def write_json(file, data):
    """Writes all figures to a file."""
    file.write_text(json.dumps(data, indent=2) + "\n")
    print(f"\nwritten to {file}")


def run(main):
    """Runs a driver's `main` and ends the process: 0, 1 on broken answers, 2 where something is missing."""
    try:
        main()
    except Broken as broken:
        sys.exit(f"BROKEN  {broken}")
    except Missing as missing:
        print(f"MISSING  {missing}", file=sys.stderr)
        sys.exit(2)
