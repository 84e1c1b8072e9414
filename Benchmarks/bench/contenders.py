"""Who is measured: how each is started, what it is asked, and what it must answer."""

import json
import os
import shutil
import sqlite3
import urllib.parse

from bench.server import Broken, Server, free_port

READY = "READY FOR REQUESTS"
DATABASE = "Demo"
QUERY_ID = 1
# The same query, whose results are kept.
CACHED_QUERY_ID = 101
START_LIMIT = 30


class PointRead:
    """Query 1 of the demo, with the rows it must give, read from the same database file by sqlite3."""

    def __init__(self, database, query_file):
        self.database = database
        lines = query_file.read_text().splitlines()
        self.sql = " ".join(line.strip() for line in lines if line and not line.startswith("--"))
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            self.highest_id = connection.execute("SELECT max(launch_id) FROM launches").fetchone()[0]
            ids = (1, 17, self.highest_id // 2, self.highest_id)
            self.rows = {n: dict(connection.execute(self.sql, {"id": n}).fetchone()) for n in ids}
            columns = connection.execute("SELECT name FROM pragma_table_info('launches') WHERE type = 'BOOLEAN'")
            self.booleans = {row["name"] for row in columns}
        connection.close()

    def typed(self, row):
        """The row as Hydrogen must answer it: BOOLEAN columns as true and false."""
        return {name: bool(value) if name in self.booleans else value for name, value in row.items()}


class Contender:
    """One server in the race. `path` is what wrk asks: prefix, suffix, and the highest number between them."""

    name = ""

    def start(self):
        """Starts the server and returns it once it answers."""
        raise NotImplementedError

    def path(self):
        raise NotImplementedError

    def check(self, server):
        """Raises Broken unless its answers are right."""
        raise NotImplementedError

    def expect(self, what, got, wanted):
        # Compared as JSON text, so that 1 is not true and the order of the columns counts.
        got, wanted = json.dumps(got), json.dumps(wanted)
        if got != wanted:
            start = max(0, len(os.path.commonprefix([got, wanted])) - 100)
            shown = slice(start, start + 400)
            raise Broken(f"{self.name}: {what}: expected {wanted[shown]}, got {got[shown]} (from character {start})")


class Gateway(Contender):
    """Hydrogen, on a configuration of the benchmark's own."""

    name = "hydrogen"

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder

    def launch(self, databases, sections=None, **web):
        """Starts it on these databases and returns it once it is ready for requests. `sections` are more of them."""
        port = free_port()
        configuration = self.folder / "hydrogen.json"
        configuration.write_text(json.dumps({
            "WebServer": {"Host": "127.0.0.1", "Port": port, **web}, "Databases": databases,
            **(sections or {}),
        }, indent=2))
        server = Server(self.name, [self.binary, "run", "--config", configuration], port)
        try:
            server.wait_for_line(READY, START_LIMIT)
        except BaseException:
            server.end()
            raise
        return server

    def check_answer(self, server, path, members, rows):
        """Compares one answer: these members, and these rows."""
        answer = json.loads(server.get(path))
        self.expect(f"rows of {path}", answer.get("rows"), rows)
        for member, wanted in {"success": True, **members, "row_count": len(rows)}.items():
            self.expect(f"{member} of {path}", answer.get(member), wanted)


class Hydrogen(Gateway):
    """The point read by number over HTTP: `GET /api/query/Demo/1/fast/id%3D17`."""

    def __init__(self, binary, folder, demo_folder):
        super().__init__(binary, folder)
        self.demo_folder = demo_folder
        self.database = folder / "demo.db"
        self.read = None

    def start(self):
        queries = self.folder / "queries"
        shutil.copytree(self.demo_folder / "queries", queries)
        text = (queries / "001_launch.sql").read_text()
        (queries / "101_launch_cached.sql").write_text(
            text.replace(f"-- id: {QUERY_ID}\n", f"-- id: {CACHED_QUERY_ID}\n-- cache: 3600\n"))
        server = self.launch({"Connections": [{
            "Name": DATABASE, "Engine": "sqlite", "Database": str(self.database),
            "Migrations": str(self.demo_folder / "migrations"), "Queries": str(queries),
        }]})
        try:
            self.read = PointRead(self.database, self.demo_folder / "queries" / "001_launch.sql")
        except BaseException:
            server.end()
            raise
        return server

    def path(self):
        return self.path_of(QUERY_ID)

    def path_of(self, query):
        """The point read by number, fresh or kept."""
        return f"/api/query/{DATABASE}/{query}/fast/id%3D", "", self.read.highest_id

    def check(self, server):
        for query in (QUERY_ID, CACHED_QUERY_ID):
            prefix, suffix, highest = self.path_of(query)
            missing = highest + 1
            for number, rows in [*((n, [self.read.typed(row)]) for n, row in self.read.rows.items()), (missing, [])]:
                self.check_answer(server, f"{prefix}{number}{suffix}", {"query_id": query, "database": DATABASE}, rows)


class Hello(Contender):
    """The HTTP library's plain routed hello: no database, no parameters."""

    name = "hello"

    def __init__(self, binary):
        self.binary = binary

    def start(self):
        port = free_port()
        server = Server(self.name, [self.binary, str(port)], port)
        try:
            server.wait_for_answer("/hello", START_LIMIT)
        except BaseException:
            server.end()
            raise
        return server

    def path(self):
        return "/hello", "", 0

    def check(self, server):
        self.expect("body", server.get("/hello"), "Hello, world!")


class Datasette(Contender):
    """The same SQL on the same database file, as JSON from datasette."""

    name = "datasette"

    def __init__(self, program, hydrogen):
        self.program = program
        self.hydrogen = hydrogen

    def start(self):
        port = free_port()
        command = [self.program, "serve", str(self.hydrogen.database), "--host", "127.0.0.1", "--port", str(port)]
        server = Server(self.name, command, port)
        try:
            server.wait_for_answer("/-/versions.json", START_LIMIT)
        except BaseException:
            server.end()
            raise
        return server

    def path(self):
        sql = urllib.parse.quote(self.hydrogen.read.sql, safe="")
        return f"/{self.hydrogen.database.stem}.json?_shape=array&sql={sql}&id=", "", self.hydrogen.read.highest_id

    def check(self, server):
        prefix, suffix, _ = self.path()
        for number, row in self.hydrogen.read.rows.items():
            self.expect(f"rows of id {number}", json.loads(server.get(f"{prefix}{number}{suffix}")), [row])
