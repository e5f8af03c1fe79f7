"""An emulator of Lambda's Runtime API, version 2018-06-01, for one function at a time.

The function is the real binary. Events go in as Lambda hands them out, and what the function posts comes back, with the
standard error that it had written by then: Lambda may freeze the process from that moment on.
"""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime"
PATIENCE = 60.0
# An answer may have as many bytes; a longer one gets 413 and is lost to the client.
PAYLOAD_LIMIT = 6_291_556


class Failed(Exception):
    """The function posted an error instead of an answer."""


class Api(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A function that is ended while it waits for an event leaves a broken connection; `invoke` says what matters."""


class Function:
    """A running function. `invoke` sends an event and waits for the answer."""

    def __init__(self, binary, **settings):
        self.events, self.answers = queue.Queue(), queue.Queue()
        self.api = Api(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.api.serve_forever, daemon=True).start()
        self.log = tempfile.TemporaryFile()
        environment = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "describe-api",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/describe-api",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/09/14/[1]d0c7",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": "eu-west-2",
            "_HANDLER": "",
            "LAMBDA_TASK_ROOT": "/var/task",
            "LOG_FORMAT": "json",
            **settings,
        }
        self.started = time.perf_counter()
        self.process = subprocess.Popen([os.path.abspath(binary)], env=environment, stderr=self.log)

    def invoke(self, event):
        """The answer as Lambda would pass it on. Raises `Failed` for an error of the function."""
        self.events.put(json.dumps(event).encode())
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                kind, body, self.log_before = self.answers.get(timeout=0.2)
                break
            except queue.Empty:
                if self.process.poll() is not None:
                    raise RuntimeError(f"the function ended with {self.process.returncode}: {self.written()}") from None
                if time.monotonic() > deadline:
                    raise RuntimeError("no answer in time") from None
        if kind != "response":
            raise Failed(body.decode())
        return json.loads(body)

    def written(self):
        """What is in the function's log."""
        return os.pread(self.log.fileno(), 1 << 24, 0).decode()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.api.shutdown()
        self.api.server_close()
        self.log.close()

    def handler(function):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path != f"{PREFIX}/invocation/next":
                    return self.reply(404, b"{}")
                event = function.events.get()
                self.reply(200, event, {
                    "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
                    "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 29_000),
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-2:123456789012:function:describe-api:live",
                    "Lambda-Runtime-Trace-Id": "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=0",
                })

            def do_POST(self):
                body = self.body()
                kind = self.path.rsplit("/", 1)[1]
                log = function.written()
                if kind == "response" and len(body) > PAYLOAD_LIMIT:
                    function.answers.put(("too large", b"the platform refuses this answer", log))
                    return self.reply(413, b"{}")
                function.answers.put((kind, body, log))
                self.reply(202, b'{"status":"OK"}')

            def body(self):
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                chunks = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            def reply(self, status, body, headers=()):
                self.send_response(status)
                for name, value in dict(headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
