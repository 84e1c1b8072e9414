"""Hydrogen's message queue as it is measured: its start, a plain client, and what its database says of it."""

import http.client
import json
import shutil

from bench.contenders import Gateway
from bench.driver import HERE, SCRATCH, Missing, run_tool
from bench.server import Broken

QUEUE = "bench"
PARTITIONS = 100
# The queue's statements go over these.
CONNECTIONS = 4
TABLE = "bench_messages"


def insert_program():
    """The path of queue_insert, compiled from its source."""
    compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
    if compiler is None:
        raise Missing("no C compiler (cc, clang, gcc) for queue_insert.c")
    program = SCRATCH / "queue_insert"
    run_tool([compiler, "-O2", "-o", program, HERE / "queue_insert.c", "-ldl", "-lpthread"])
    return program


class Client:
    """One kept-alive connection, one request at a time."""

    def __init__(self, port, limit=60):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)

    def ask(self, method, path, body=None, wanted=(200, 201, 204)):
        """The JSON of an answer, None without a body; Broken with another status."""
        content = None if body is None else json.dumps(body)
        self._connection.request(method, path, content, {"Content-Type": "application/json"} if content else {})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status not in wanted:
            raise Broken(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None

    def push(self, items):
        """Pushes; Broken unless each message is stored."""
        answers = self.ask("POST", "/api/v1/push", {"items": items})
        if [answer["status"] for answer in answers] != ["queued"] * len(items):
            raise Broken(f"a push of {len(items)}: {str(answers)[:300]}")

    def close(self):
        """Closes it."""
        self._connection.close()


class HydrogenQueue(Gateway):
    """Hydrogen with the message queue alone, on the PostgreSQL that HYDROGEN_PG_* name."""

    def __init__(self, binary, folder, postgresql):
        super().__init__(binary, folder)
        self.postgresql = postgresql

    def start(self):
        return self.launch({
            "Connections": [{
                "Name": "Queues", "Engine": "postgresql", "Host": "${env.HYDROGEN_PG_HOST}",
                "Port": "${env.HYDROGEN_PG_PORT}", "Database": "${env.HYDROGEN_PG_DATABASE}",
                "User": "${env.HYDROGEN_PG_USER}", "Pass": "${env.HYDROGEN_PG_PASS}",
                "Queues": {name: {"Min": count, "Max": count} for name, count in
                           (("Slow", 0), ("Medium", CONNECTIONS), ("Fast", 0), ("Cache", 0))},
            }],
        }, {"MessageQueue": {"Enabled": True, "Database": "Queues"}})

    def check(self, server):
        """A message comes back as it went in, once; its transaction id is stored once."""
        client, queue = Client(server.port), f"check-{server.process.pid}"
        items = [{"queue": queue, "transactionId": f"t{n}", "payload": {"n": n}} for n in range(3)]
        client.push(items)
        again = client.ask("POST", "/api/v1/push", {"items": items})
        self.expect("a second push", [answer["status"] for answer in again], ["duplicate"] * 3)
        answer = client.ask("GET", f"/api/v1/pop/queue/{queue}?batch=10")
        self.expect("what is popped", [message["data"] for message in answer["messages"]], [{"n": n} for n in range(3)])
        acked = client.ask("POST", "/api/v1/ack/batch", {"acknowledgments": [
            {key: message[key] for key in ("transactionId", "partitionId", "leaseId")} for message in answer["messages"]]})
        self.expect("acknowledgements", [item["success"] for item in acked], [True] * 3)
        self.expect("what is left", client.ask("GET", f"/api/v1/pop/queue/{queue}?batch=10"), None)
        client.ask("DELETE", f"/api/v1/resources/queues/{queue}")
        client.close()

    # What the database has

    def stored(self, queue):
        """How many messages a queue has."""
        return int(self.postgresql.psql(
            "SELECT coalesce(sum(p.last_sequence), 0) FROM hydrogen_queue.partitions AS p "
            f"JOIN hydrogen_queue.queues AS q ON q.number = p.queue WHERE q.name = '{queue}'"))

    def consumed(self, group):
        """How many messages a group has done."""
        return int(self.postgresql.psql(
            f"SELECT coalesce(sum(sequence), 0) FROM hydrogen_queue.cursors WHERE consumer_group = '{group}'"))
