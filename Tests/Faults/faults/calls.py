"""What the suite asks Hydrogen, and how it judges the answers."""

import dataclasses
import functools
import pathlib
import re
import time

from faults.client import Failed

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATABASE = "Fault"
QUEUES = ("slow", "medium", "fast", "cache")

READ, SLEEP, WRITE, MARKED, DIVIDE, CAST, SHORT, DUPLICATE, SLEEP_WRITE = range(1, 10)

# What each asks is in engines.py. Every answer has the nonce that the database itself has sent back.
WRITING = (WRITE, DUPLICATE, SLEEP_WRITE)


def write_queries(folder, queries):
    """Writes the files of a query folder: by number the header lines without the id, and the SQL."""
    folder.mkdir()
    for number, (header, sql) in queries.items():
        text = f"-- id: {number}\n-- {header}\n{sql}\n"
        (folder / f"{number:03}.sql").write_text(text, encoding="utf-8")


@dataclasses.dataclass(frozen=True)
class Question:
    """One call: a query by number, the queue it wishes for, and its values. `nonce` identifies it everywhere."""

    query: int
    queue: str
    nonce: object
    values: dict = dataclasses.field(default_factory=dict)

    @property
    def method(self):
        """POST for what writes."""
        return "POST" if self.query in WRITING else "GET"

    @property
    def path(self):
        """The path, with the values unless they are in the body."""
        path = f"/api/query/{DATABASE}/{self.query}/{self.queue}"
        if self.method == "POST":
            return path
        values = {"nonce": self.nonce, **self.values}
        return path + "/" + "&".join(f"{name}={value}" for name, value in values.items())

    @property
    def body(self):
        """The JSON of a POST."""
        return {"nonce": self.nonce, **self.values} if self.method == "POST" else None


@dataclasses.dataclass(slots=True)
class Call:
    """A question and what became of it. Times are seconds on the monotonic clock."""

    question: Question
    sent: float
    took: float = 0.0
    # None when no whole answer came.
    status: int | None = None
    code: str | None = None
    sqlstate: str | None = None
    retry_after: int | None = None
    # What is wrong with how it was answered: "hung", "reset", "mixed: …", "untyped: …"; None when it was answered well.
    fault: str | None = None

    @property
    def served(self):
        """Whether rows came."""
        return self.status == 200 and self.fault is None

    @property
    def outcome(self):
        """Few words for a table: `200`, `503 HYD-3004`, `reset`; of a statement that was refused its SQLSTATE too."""
        if self.fault:
            return self.fault.partition(":")[0]
        sqlstate = self.sqlstate if self.code == "HYD-3001" else None
        return " ".join(filter(None, (str(self.status), self.code, sqlstate)))


@functools.cache
def documented_codes():
    """The status of every error code, as docs/api.md has them."""
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    return {code: int(status) for code, status in re.findall(r"^\| `(HYD-\d{4})` \| (\d{3}) \|", text, re.M)}


async def ask(pool, question, limit):
    """Asks on a connection of `pool`, waits at most `limit` seconds, judges. Never raises for a bad answer."""
    call = Call(question, time.monotonic())
    connection = None
    try:
        connection = await pool.take()
        response = await connection.request(
            question.method, question.path, question.body, f"r-{question.nonce}", limit)
        judge(call, response)
        if not call.fault:
            pool.give(connection)
            connection = None
    except Failed as failure:
        call.fault = str(failure)
    finally:
        call.took = time.monotonic() - call.sent
        if connection:
            connection.leave("reset")
    return call


def judge(call, response):
    """Notes status and code of an answer, and whether it is what it should be."""
    call.status = response.status
    try:
        body = response.json()
    except ValueError:
        call.fault = f"untyped: {response.status} with a body that is no JSON: {response.body[:80]!r}"
        return
    request_id = f"r-{call.question.nonce}"
    if response.headers.get("x-request-id") != request_id:
        call.fault = f"mixed: asked as {request_id}, answered as {response.headers.get('x-request-id')}"
    elif response.status == 200:
        call.fault = _fault_of_rows(call.question, body)
    else:
        call.code, call.sqlstate = body.get("code"), body.get("sqlstate")
        call.fault = _fault_of_error(call, response, body)


def _fault_of_rows(question, body):
    rows = body.get("rows")
    if body.get("success") is not True or not isinstance(rows, list):
        return f"untyped: 200 without rows: {str(body)[:80]}"
    if len(rows) != 1 or rows[0].get("nonce") != question.nonce or body.get("query_id") != question.query:
        return f"mixed: asked {question.query} with {question.nonce}, got {body.get('query_id')} with {str(rows)[:80]}"
    if question.query == READ and rows[0].get("id") != question.values["id"]:
        return f"mixed: asked for id {question.values['id']}, got {str(rows)[:80]}"
    return None


def _fault_of_error(call, response, body):
    if body.get("success") is not False or not body.get("error") or not body.get("message"):
        return f"untyped: {response.status} without success, error or message: {str(body)[:80]}"
    if documented_codes().get(call.code) != response.status:
        return f"untyped: {response.status} with the code {call.code}"
    if body.get("request_id") != f"r-{call.question.nonce}":
        return f"mixed: asked as r-{call.question.nonce}, refused as {body.get('request_id')}"
    if call.question.query == CAST and call.code == "HYD-3001" and not _quotes(body["message"], call.question.nonce):
        return f"mixed: asked with {call.question.nonce}, refused with {body['message'][:80]}"
    if response.status == 503:
        wait = response.headers.get("retry-after", "")
        if not (wait.isdigit() and int(wait) >= 1):
            return f"untyped: 503 with Retry-After {wait!r}"
        call.retry_after = int(wait)
    return None


def _quotes(message, nonce):
    """Whether a message of a database has the nonce in quotation marks."""
    return any(f"{mark}{nonce}{mark}" in message for mark in "\"'")


class Questions:
    """Makes questions with nonces that no other maker has; `prefix` is letters."""

    def __init__(self, prefix, random):
        self.random = random
        self._prefix = prefix
        self._count = 0

    def nonce(self):
        """A text that is none of the earlier ones, and not to be guessed from them."""
        self._count += 1
        return f"{self._prefix}{self._count}x{self.random.getrandbits(32):08x}"

    def read(self, queue):
        """A point read."""
        return Question(READ, queue, self.nonce(), {"id": self.random.randint(1, 1000)})

    def sleep(self, queue, seconds):
        """A sleep in the database."""
        return Question(SLEEP, queue, self.nonce(), {"seconds": f"{seconds:.4f}"})

    def write(self, queue="medium"):
        """A row of app.writes; asked twice it counts the tries."""
        return Question(WRITE, queue, self.nonce())

    def sleeping_write(self, queue, seconds):
        """A row of app.writes after a sleep."""
        return Question(SLEEP_WRITE, queue, self.nonce(), {"seconds": round(seconds, 4)})

    def mixed(self):
        """What applications ask all day: mostly fast, some medium, a few slow, some writes."""
        dice = self.random.random()
        if dice < 0.55:
            return self.read("fast")
        if dice < 0.62:
            return self.read("cache")
        if dice < 0.82:
            return self.read("medium")
        if dice < 0.92:
            return self.write()
        return self.sleep("slow", self.random.uniform(0, 0.01))
