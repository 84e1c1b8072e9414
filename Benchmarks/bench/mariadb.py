"""The MariaDB server that everyone asks: its CPU, a table of accounts in it, and the program that asks it directly."""

import os
import pathlib
import shutil
import subprocess

from bench.driver import HERE, SCRATCH, Missing, run_tool
from bench.server import tree_cpu_seconds

ACCOUNTS = 100_000
START = "scripts/with-mariadb python3 Benchmarks/mysql.py"


def account_sql(aid):
    """One account by primary key. `aid` is a placeholder or a number; mariadb_loop.c has the same SQL."""
    return f"SELECT abalance FROM accounts WHERE aid = {aid}"


class MariaDB:
    """The server that HYDROGEN_MYSQL_* in the environment name, as scripts/with-mariadb sets them."""

    def __init__(self):
        try:
            self.host, self.port, self.database, self.user = (
                os.environ[f"HYDROGEN_MYSQL_{part}"] for part in ("HOST", "PORT", "DATABASE", "USER"))
            self._password = os.environ["HYDROGEN_MYSQL_PASS"]
            self.process = int(pathlib.Path(os.environ["HYDROGEN_MYSQL_PID"]).read_text())
        except KeyError as absent:
            raise Missing(f"{absent} is not set; start it as\n  {START}") from absent

    def ask(self, sql):
        """The lines that the client `mariadb` prints for one statement: values alone."""
        command = ["mariadb", "--no-defaults", f"--host={self.host}", f"--port={self.port}", f"--user={self.user}",
                   "--batch", "--skip-column-names", "--execute", sql, self.database]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "MYSQL_PWD": self._password})
        if done.returncode != 0:
            raise Missing(f"{sql}: {done.stderr}")
        return done.stdout.splitlines()

    def balances(self, aid):
        """The rows that are right for one account."""
        return [{"abalance": int(line)} for line in self.ask(account_sql(aid))]

    def cpu_seconds(self):
        """CPU seconds of its process so far."""
        return tree_cpu_seconds(self.process)

    def make_accounts(self):
        """Makes the table unless it is there; balances vary, so that a wrong row shows."""
        self.ask("CREATE TABLE IF NOT EXISTS accounts (aid INT PRIMARY KEY, abalance INT NOT NULL, "
                 "filler CHAR(84) NOT NULL)")
        count = int(self.ask("SELECT COUNT(*) FROM accounts")[0])
        if count == 0:
            self.ask("INSERT INTO accounts SELECT seq, CAST(seq AS SIGNED) * 7919 % 200001 - 100000, '' "
                     f"FROM seq_1_to_{ACCOUNTS}")
        elif count != ACCOUNTS:
            raise Missing(f"accounts holds {count:,} rows, not {ACCOUNTS:,}: use a database of its own")


def direct_program():
    """The path of mariadb_loop, compiled from its source."""
    compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
    if compiler is None:
        raise Missing("no C compiler (cc, clang, gcc) for mariadb_loop.c")
    program = SCRATCH / "mariadb_loop"
    run_tool([compiler, "-O2", "-o", program, HERE / "mariadb_loop.c", "-ldl", "-lpthread"])
    return program
