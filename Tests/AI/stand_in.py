#!/usr/bin/env python3
"""An OpenAI-compatible endpoint without a model, for tests and demonstrations: it says again what it was told.

usage: stand_in.py [--port PORT] [--host HOST] [--key KEY] [--certificate FILE --private-key FILE] [--until-parent-ends]

Speaks HTTP/1.1 with connections that stay open, on the standard library alone. Prints "ready PORT" once it listens.

GET  /v1/models              a list of one
POST /v1/chat/completions    the last message of the user, after "echo: "; a token is a word
                             response_format json_schema: what the schema asks for, texts being that message
                             stream: the words one by one, as server-sent events
POST /v1/embeddings          a vector of eight numbers that follows from the input
GET  /_seen                  the bodies of all requests so far, and the most that were under way at once
GET  /_aborted               how many clients went away before they had their reply
POST /_go                    lets one more piece of every reply go that waits for it

Words in the message change what comes:
  !status=429[,RETRY_AFTER]  an error of that status
  !sleep=0.5                 waits so many seconds first
  !wait                      waits until the client has gone
  !step                      a piece of a streamed reply goes only after one POST to /_go
  !cut                       ends the connection in the midst of the reply
  !html                      a page, as of a proxy
  !reply=TEXT                TEXT to the end of the message, in the place of the echo
  !echo= A B ...             one row of the schema's columns: a word for each, the last one has all that is left;
                             texts are quoted, other values stand as they are, and null is null where the schema takes it
  !count= A B P              rows of the schema's columns that count beyond A up to B: the first has P added to it
  !finish=length             another finish_reason
  !refuse                    the model would not answer
  !nousage                   no counts of tokens
  !plain                     streams are answered by one document
"""
import argparse
import hashlib
import json
import os
import select
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL = "stand-in"


class Record:
    """What the endpoint has seen, shared by all its threads."""

    def __init__(self):
        self.lock = threading.Condition()
        self.bodies = []
        self.running = 0
        self.most = 0
        self.aborted = 0
        self.steps = 0

    def began(self, path, body, headers):
        with self.lock:
            self.bodies.append({"path": path, "body": body, "authorization": headers.get("Authorization")})
            self.running += 1
            self.most = max(self.most, self.running)

    def ended(self):
        with self.lock:
            self.running -= 1

    def abort(self):
        with self.lock:
            self.aborted += 1
            self.lock.notify_all()

    def go(self):
        with self.lock:
            self.steps += 1
            self.lock.notify_all()

    def wait_for_step(self, gone):
        """Waits for one POST to /_go; false when the client went away meanwhile."""
        with self.lock:
            while self.steps == 0:
                if gone():
                    return False
                self.lock.wait(0.01)
            self.steps -= 1
            return True


RECORD = Record()


def instructions(text):
    """The words that begin with an exclamation mark, by name."""
    found = {}
    for word in text.split():
        if word.startswith("!"):
            name, _, value = word[1:].rstrip('".,;').partition("=")
            found[name] = value
    return found


def fill(schema, text):
    """A value that a schema asks for."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return fill(schema["anyOf"][0], text)
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {name: fill(part, text) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [fill(schema.get("items", {}), text) for _ in range(2)]
    return {"string": text, "integer": len(text), "number": 0.5, "boolean": True, "null": None}[kind]


def quoted(schema, text):
    """A value of a row as JSON. Nothing is parsed: numbers keep all their digits."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "string" not in kinds or ("null" in kinds and text == "null"):
        return text
    return json.dumps(text, ensure_ascii=False)


def told(schema, words, text):
    """The rows that the message itself has, as JSON for the schema: of !echo and !count."""
    many = schema["properties"].get("rows", {}).get("items")
    columns = (many or schema)["properties"]
    if "echo" in words:
        rows = [text.split("!echo= ", 1)[1].split(" ", len(columns) - 1)]
    else:
        after, last, plus = map(int, text.split("!count= ", 1)[1].split()[:3])
        rows = [[str(n + plus)] + [str(n)] * (len(columns) - 1) for n in range(after + 1, last + 1)]
    objects = []
    for row in rows:
        members = [f"{json.dumps(name)}:{quoted(columns[name], value)}" for name, value in zip(columns, row)]
        objects.append("{" + ",".join(members) + "}")
    return '{"rows":[' + ",".join(objects) + "]}" if many else objects[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    # Requests

    def do_GET(self):
        path = self.path.removeprefix("/v1")
        if path == "/models":
            if self.authorized():
                self.document(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        elif path == "/_seen":
            with RECORD.lock:
                self.document(200, {"requests": RECORD.bodies, "most": RECORD.most, "running": RECORD.running})
        elif path == "/_aborted":
            with RECORD.lock:
                self.document(200, {"aborted": RECORD.aborted})
        else:
            self.error(404, "not_found", "no such resource")

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.removeprefix("/v1")
        if path == "/_go":
            RECORD.go()
            return self.document(200, {})
        if not self.authorized():
            return
        try:
            body = json.loads(raw)
        except ValueError:
            return self.error(400, "invalid_json", "the body is no JSON")
        RECORD.began(path, body, self.headers)
        self.counted = True
        try:
            if path == "/chat/completions":
                self.chat(body)
            elif path == "/embeddings":
                self.embeddings(body)
            else:
                self.error(404, "not_found", "no such resource")
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            RECORD.abort()
            self.close_connection = True
        finally:
            self.end_count()

    def end_count(self):
        """A request is over for the count before its last byte goes: the client may send the next one at once."""
        if getattr(self, "counted", False):
            self.counted = False
            RECORD.ended()

    def authorized(self):
        if not self.server.key or self.headers.get("Authorization") == f"Bearer {self.server.key}":
            return True
        self.close_connection = True
        self.error(401, "invalid_api_key", f"Incorrect API key provided: {self.headers.get('Authorization', '')[7:]}")
        return False

    def gone(self):
        """Whether the client has ended the connection."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, 2)

    # Replies

    def document(self, status, value, headers=()):
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        self.end_count()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(value, bytes) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers:
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def error(self, status, code, message, headers=()):
        error = {"message": message, "type": "stand_in_error", "code": code, "param": None}
        self.document(status, {"error": error}, headers)

    def obey(self, words, text):
        """Does what the words say before there is a reply; whether that was all."""
        if "sleep" in words:
            time.sleep(float(words["sleep"]))
        if "wait" in words:
            while not self.gone():
                time.sleep(0.005)
            RECORD.abort()
            self.close_connection = True
            return True
        if "status" in words:
            status, _, after = words["status"].partition(",")
            headers = [("Retry-After", after.replace("_", " "))] if after else []
            self.error(int(status), f"asked_for_{status}", f"you said: {text}", headers)
            return True
        if "html" in words:
            self.document(200, b"<html>a proxy speaks</html>")
            return True
        if "cut" in words and "step" not in words:
            self.end_count()
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":")
            self.close_connection = True
            return True
        return False

    def chat(self, body):
        text = [m["content"] for m in body["messages"] if m["role"] == "user"][-1]
        system = [m["content"] for m in body["messages"] if m["role"] == "system"]
        words = instructions(text)
        if self.obey(words, text):
            return
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        if "reply" in words:
            content = text.split("!reply=", 1)[1]
        elif schema and ("echo" in words or "count" in words):
            content = told(schema, words, text)
        elif schema:
            content = json.dumps(fill(schema, text), ensure_ascii=False)
        else:
            content = "".join(f"({line}) " for line in system) + "echo: " + text
        finish = words.get("finish", "stop")
        counted = len(text.split()) + sum(len(line.split()) for line in system)
        usage = {"prompt_tokens": counted, "completion_tokens": len(content.split())}
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        base = {"id": "chatcmpl-1", "created": 0, "model": body["model"]}
        if body.get("stream") and "plain" not in words:
            return self.stream(base, content, finish, usage, words, body)
        message = {"role": "assistant", "content": content, "refusal": None}
        if "refuse" in words:
            message = {"role": "assistant", "content": None, "refusal": "I would rather not"}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        answer = {**base, "object": "chat.completion", "choices": [choice]}
        if "nousage" not in words:
            answer["usage"] = usage
        self.document(200, answer)

    def stream(self, base, content, finish, usage, words, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

        def event(data):
            text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
            piece = f"data: {text}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

        def chunk(delta, reason=None):
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
            event({**base, "object": "chat.completion.chunk", "choices": [choice]})

        chunk({"role": "assistant", "content": ""})
        pieces = content.split(" ")
        for index, piece in enumerate(pieces):
            if "step" in words and not RECORD.wait_for_step(self.gone):
                RECORD.abort()
                self.close_connection = True
                return
            chunk({"content": piece if index == 0 else " " + piece})
            if "cut" in words and index == 1:
                self.end_count()
                self.close_connection = True
                return
            if "broken" in words and index == 1:
                event({"error": {"message": content, "type": "server_error", "code": "overloaded"}})
        chunk({}, finish)
        if body.get("stream_options", {}).get("include_usage"):
            event({**base, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        self.end_count()
        event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def embeddings(self, body):
        inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
        if self.obey(instructions(inputs[0]), inputs[0]):
            return
        data = []
        for index, text in enumerate(inputs):
            digest = hashlib.sha256(text.encode()).digest()
            vector = [round((byte - 128) / 128, 6) for byte in digest[:8]]
            data.append({"object": "embedding", "index": index, "embedding": vector})
        count = sum(len(text.split()) for text in inputs)
        usage = {"prompt_tokens": count, "total_tokens": count}
        self.document(200, {"object": "list", "data": data, "model": body["model"], "usage": usage})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    key = None

    def handle_error(self, *_):
        """A client that went away is no news."""


def watch_parent(parent):
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", help="the only bearer token that is let in")
    parser.add_argument("--certificate")
    parser.add_argument("--private-key")
    parser.add_argument("--until-parent-ends", action="store_true", help="ends with whoever started it")
    arguments = parser.parse_args()
    # Connections of other tests, inherited by chance, would not end when those close them.
    os.closerange(3, 65536)
    server = Server((arguments.host, arguments.port), Handler)
    server.key = arguments.key
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.private_key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    if arguments.until_parent_ends:
        threading.Thread(target=watch_parent, args=(os.getppid(),), daemon=True).start()
    print(f"ready {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
