"""Plays all behaviours on a server with the installed version of the client: `main.py URL [WORD ...]`.

Prints a line for each: outcome, name and detail, between tabs. With words, only behaviours with one of them in the name.
"""

import asyncio
import sys

import producing  # noqa: F401, I001: they register behaviours, in this order
import consuming  # noqa: F401
import administration  # noqa: F401
from behaviours import BEHAVIOURS, play
from queen import Queen


async def main(url, words):
    """All of them, one after the other."""
    for name, function in BEHAVIOURS.items():
        if not words or any(word in name for word in words):
            outcome, detail = await play(name, function, lambda: Queen(url))
            print(outcome, name, detail.replace("\t", " ").replace("\n", " "), sep="\t", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
