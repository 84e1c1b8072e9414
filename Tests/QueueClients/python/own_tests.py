"""Runs the tests that come with the Python client: `own_tests.py FOLDER URL [WORD ...]`. Prints lines as main.py does.

The tests want a fixture. Those of authentication look into Queen's own tables and are left out.
"""

import contextlib
import io
import sys

import pytest
import pytest_asyncio
from queen import Queen

ONE_LOOP = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=session",
            "-o", "asyncio_default_test_loop_scope=session")


class Plugin:
    """Gives each test a client, and tells what became of it."""

    def __init__(self, url, output):
        self._url, self._output = url, output

    @pytest_asyncio.fixture
    async def client(self):
        """A client of the server that is tested."""
        queen = Queen(self._url)
        yield queen
        await queen.close()

    def pytest_runtest_logreport(self, report):
        """Prints a line: what `call` found, and a failure of what goes before and after."""
        if report.when != "call" and not report.failed:
            return
        name = report.nodeid.partition("::")[2].removeprefix("test_").replace("_", " ")
        detail = str(report.longrepr).strip().splitlines()[-1] if report.failed else ""
        print("FAIL" if report.failed else "pass", name, detail, sep="\t", file=self._output, flush=True)


def main(folder, url, words):
    """Exit code 0 also when tests fail: the lines say so."""
    selection = ["-k", " or ".join(words)] if words else []
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main(
            [folder, "--ignore", f"{folder}/test_auth.py", "-p", "no:cacheprovider", "-q", "--tb=short", *ONE_LOOP,
             *selection],
            plugins=[Plugin(url, sys.__stdout__)])
    if code > pytest.ExitCode.TESTS_FAILED:
        print(said.getvalue(), file=sys.stderr)
        return int(code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
