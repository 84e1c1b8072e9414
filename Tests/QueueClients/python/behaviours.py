"""What a behaviour is: a coroutine that gets a client and a queue's name of its own, and raises when something is wrong."""

import asyncio
import contextlib
import io
import os
import time
import traceback
import uuid

LIMIT = 30
HERE = os.path.dirname(os.path.abspath(__file__))

# Name -> coroutine function, in the order in which they run.
BEHAVIOURS = {}


def behaviour(function):
    """Registers a behaviour under its name with blanks."""
    BEHAVIOURS[function.__name__.replace("_", " ")] = function
    return function


class Absent(Exception):
    """This version of the client cannot do it."""


def need(owner, *names):
    """Raises Absent when the client has none of that name."""
    for name in names:
        if not hasattr(owner, name):
            raise Absent(f"no {name} in this version")


def equal(found, expected, what="value"):
    """Raises AssertionError with both when they differ."""
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, expected {expected!r}")


def holds(condition, what):
    """Raises AssertionError when the condition is false."""
    if not condition:
        raise AssertionError(what)


def accepted(answer):
    """Holds the client's answer to an acknowledgement of several messages to be a success.

    Version 0.7 cannot read the array that servers send since then, and calls every such success a failure.
    """
    if "'list' object has no attribute" not in str(answer.get("error")):
        equal(answer["success"], True, f"success of {answer}")


def data_of(messages):
    """The payloads of messages."""
    return [message["data"] for message in messages]


async def pop(queen, queue, batch=100, group=None, wait=False, timeout=10_000, **options):
    """Messages of a queue by the client's pop; `options` are names of builder methods."""
    builder = queen.queue(queue).batch(batch).wait(wait)
    # The early versions have no method for it.
    if hasattr(builder, "timeout_millis"):
        builder = builder.timeout_millis(timeout)
    else:
        builder._timeout_millis = timeout
    if group:
        builder = builder.group(group)
    for name, value in options.items():
        builder = getattr(builder, name)(value)
    return await builder.pop()


async def numbered(queen, queue, count, partition=None, start=0):
    """Pushes {"n": start} … in one request."""
    builder = queen.queue(queue)
    if partition:
        builder = builder.partition(partition)
    return await builder.push([{"data": {"n": start + number}} for number in range(count)])


async def eventually(question, limit=10):
    """Asks until the answer is true; AssertionError after `limit` seconds."""
    deadline = time.monotonic() + limit
    while not (answer := await question()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit} s, the last answer: {answer!r}")
        await asyncio.sleep(0.05)
    return answer


async def play(name, function, client):
    """(outcome, detail) of one behaviour: `pass`, `FAIL` or `skip`. What the client prints is part of the detail."""
    said = io.StringIO()
    queue = f"c.{name.replace(' ', '-')[:40]}.{uuid.uuid4().hex[:8]}"
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            queen = client()
            try:
                async with asyncio.timeout(LIMIT):
                    await function(queen, queue)
            finally:
                await queen.close()
    except (Absent, NotImplementedError) as absent:
        # The clients themselves say the latter of what no server of their time has.
        return "skip", str(absent).partition(".")[0]
    except TimeoutError:
        return "FAIL", f"not done after {LIMIT} s {_told(said)}"
    except Exception as error:  # noqa: BLE001: one failing behaviour does not end the run
        frame = traceback.extract_tb(error.__traceback__)
        own = [f for f in frame if os.path.dirname(f.filename) == HERE and f.filename != os.path.abspath(__file__)]
        where = f"{os.path.basename(own[-1].filename)}:{own[-1].lineno}" if own else "?"
        return "FAIL", f"{where} {type(error).__name__}: {error} {_told(said)}"
    return "pass", ""


def _told(said):
    lines = [line for line in said.getvalue().splitlines()
             if line and not line.startswith(("Closing Queen", "All buffers", "Queen client closed", "flushAllBuffers"))]
    return f"[the client said: {'; '.join(lines[:3])}]" if lines else ""
