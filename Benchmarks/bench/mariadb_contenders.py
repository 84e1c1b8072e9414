"""Who is measured on MariaDB: Hydrogen. The program without any server is run by load.py."""

from bench.contenders import Gateway
from bench.mariadb import ACCOUNTS, account_sql

DATABASE = "Bench"


class HydrogenMariaDB(Gateway):
    """Hydrogen with one query, and as many connections in its Fast queue as it is compared with."""

    def __init__(self, binary, folder, mariadb, connections):
        super().__init__(binary, folder)
        self.mariadb = mariadb
        self.connections = connections
        self.rows = {aid: mariadb.balances(aid) for aid in (1, 17, ACCOUNTS // 2, ACCOUNTS, ACCOUNTS + 1)}

    def start(self):
        queries = self.folder / "queries"
        queries.mkdir(parents=True)
        (queries / "1.sql").write_text(f"-- id: 1\n-- parameters: aid INTEGER\n-- queue: fast\n{account_sql(':aid')}\n")
        counts = {"Slow": 0, "Medium": 0, "Fast": self.connections, "Cache": 0}
        return self.launch({
            "MaxChildQueues": self.connections,
            "MaxConnectionsPerPool": self.connections + 1,  # the Lead has one as well
            "Connections": [{
                "Name": DATABASE, "Engine": "mysql", "Host": "${env.HYDROGEN_MYSQL_HOST}",
                "Port": "${env.HYDROGEN_MYSQL_PORT}", "Database": "${env.HYDROGEN_MYSQL_DATABASE}",
                "User": "${env.HYDROGEN_MYSQL_USER}", "Pass": "${env.HYDROGEN_MYSQL_PASS}",
                "SSLMode": "disable",  # as the program without a server
                "Queues": {name: {"Min": count, "Max": count} for name, count in counts.items()},
                "Queries": str(queries),
            }],
        })

    def path(self):
        return f"/api/query/{DATABASE}/1/fast/aid=", "", ACCOUNTS

    def check(self, server):
        prefix, suffix, _ = self.path()
        for aid, rows in self.rows.items():
            self.check_answer(server, f"{prefix}{aid}{suffix}", {"query_id": 1, "database": DATABASE}, rows)
