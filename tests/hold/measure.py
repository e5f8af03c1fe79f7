"""The service as a process under a limit of memory, requests to it, and what is measured of both."""

import json
import multiprocessing
import os
import re
import select
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

MIB = 1 << 20
MEMORY_MAX = 256 * MIB
# Without a control group nothing ends a server that grows; the machine has to go on.
RUNAWAY = 2048 * MIB
TICK = 1 / os.sysconf("SC_CLK_TCK")
GROUPS = Path("/sys/fs/cgroup")
RESPONSE_SECONDS = 120
KEPT_BYTES = 1 << 20


# --- the server -----------------------------------------------------------------------------------------------------


def memory_group():
    """A control group with the limit and no swap; `None` where none can be made."""
    group = GROUPS / f"describe-api-{os.getpid()}"
    try:
        if "memory" not in (GROUPS / "cgroup.subtree_control").read_text():
            return None
        group.mkdir()
        (group / "memory.max").write_text(str(MEMORY_MAX))
        (group / "memory.swap.max").write_text("0")
    except OSError:
        return None
    return group


class Server:
    """The program with small budgets, until the end of the `with`."""

    def __init__(self, program, group, settings):
        self.log = tempfile.TemporaryFile()
        enter = (lambda: (group / "cgroup.procs").write_text(str(os.getpid()))) if group else None
        command = [program, "--port", "0", "--log-format", "json", *settings]
        # As the image sets it.
        environment = dict(os.environ, MALLOC_ARENA_MAX="2", MALLOC_MMAP_THRESHOLD_="131072", MALLOC_TRIM_THRESHOLD_="131072")
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=self.log, preexec_fn=enter)
        self.port = self.listening()
        self.watch = threading.Thread(target=self.end_runaway, daemon=True)
        self.watch.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def logged(self):
        return os.pread(self.log.fileno(), 1 << 24, 0).decode(errors="replace")

    def listening(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.logged())
            if found:
                return int(found[1])
            time.sleep(0.01)
        raise SystemExit("The server does not start: " + self.logged())

    def status(self, member):
        """A size of /proc/PID/status in bytes; 0 after the process has ended."""
        try:
            found = re.search(rf"{member}:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        except OSError:
            return 0
        return int(found[1]) * 1024 if found else 0

    def end_runaway(self):
        while self.process.poll() is None:
            if self.status("VmRSS") > RUNAWAY:
                self.process.kill()
            time.sleep(0.01)

    def reset_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def cpu(self):
        """Seconds of processor time so far, in user space and in the kernel."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) * TICK


# --- requests -------------------------------------------------------------------------------------------------------


class Response(NamedTuple):
    """A response; `status` is 0 without one. `body` is its beginning, `fault` says what broke."""

    status: int
    fields: dict
    body: bytes
    size: int
    seconds: float
    fault: str = ""


def ask(port, data, slow=False, leave=None):
    """Sends a request and reads the response while it is being sent; leaves without one as soon as `leave()`."""
    started = time.monotonic()
    received, kept, fault = 0, bytearray(), ""
    tail = b""
    with socket.socket() as link:
        if slow:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", port))
        link.setblocking(False)
        unsent = memoryview(data)
        while True:
            if time.monotonic() - started > RESPONSE_SECONDS:
                fault = f"no response in {RESPONSE_SECONDS} s"
                break
            if leave and leave():
                break
            readable, writable, _ = select.select([link], [link] if unsent else [], [], 0.005 if leave else 1)
            try:
                if writable:
                    unsent = unsent[link.send(unsent[: 1 << 18]) :]
            except OSError:
                # The response may have come before the end of the request.
                unsent = unsent[:0]
            if readable:
                try:
                    more = link.recv(1 << 12 if slow else 1 << 18)
                except OSError as error:
                    fault = f"connection broken: {error.strerror}"
                    break
                if not more:
                    break
                received += len(more)
                tail = (tail + more)[-16:]
                kept += more[: max(0, KEPT_BYTES - len(kept))]
                if slow and time.monotonic() - started < 5:
                    time.sleep(0.02)
    return parsed(bytes(kept), received, tail, time.monotonic() - started, fault)


def parsed(kept, received, tail, seconds, fault):
    head, _, body = kept.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/1\.1 (\d{3})", first)
    if not status:
        return Response(0, {}, b"", 0, seconds, fault or "no response")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    size = received - len(head) - 4
    whole = tail.endswith(b"0\r\n\r\n") if "chunked" in fields.get("transfer-encoding", "") else size >= int(fields.get("content-length", 0))
    return Response(int(status[1]), fields, body, size, seconds, fault or ("" if whole else "the response is cut off"))


def problem(response):
    """What is wrong with a response by the contract; empty if nothing is."""
    if response.fault:
        return f"{response.status or ''} {response.fault}".strip()
    if response.status == 200:
        return ""
    if not (400 <= response.status < 500 or response.status == 503):
        return f"status {response.status}: {response.body[:200]!r}"
    if response.status == 503 and "retry-after" not in response.fields:
        return "503 without Retry-After"
    kind = response.fields.get("content-type", "")
    if kind.startswith("text/html"):
        # The page of an error, for who asked for a page.
        return "" if page_text(response).startswith(str(response.status)) else f"status {response.status} with another page: {response.body[:200]!r}"
    if kind != "application/problem+json":
        return f"status {response.status} without a problem document"
    try:
        document = json.loads(response.body[: int(response.fields.get("content-length", 0))])
    except ValueError:
        return f"status {response.status} with a malformed problem document of {response.size} bytes"
    if document.get("status") != response.status or not document.get("detail"):
        return f"a problem document of another status: {document}"
    return ""


def page_text(response):
    """The status and the sentences of the page of an error."""
    text = response.body.decode(errors="replace")
    status = re.search(r'<p class="origin">([^<]+)</p>', text)
    return f"{status[1]}: " + " ".join(re.findall(r"<(?:li|p)>([^<]+)</", text)) if status else ""


def detail(response):
    if response.fields.get("content-type", "").startswith("text/html"):
        return page_text(response).partition(": ")[2]
    try:
        return json.loads(response.body)["detail"]
    except (ValueError, KeyError):
        return ""


# --- the one who asks whether the server is alive ---------------------------------------------------------------------


class Pulse:
    """Asks `/livez` every 20 ms, in a process of its own, so that nothing here holds it up."""

    EVERY = 0.02

    def __init__(self, port):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self.beat, args=(port, theirs), daemon=True)
        self.process.start()

    def stop(self):
        """The times of all answers, ascending; one that is late also stands for those that were not asked meanwhile."""
        self.pipe.send(None)
        times = self.pipe.recv()
        self.process.join()
        return sorted(late for seconds in times for late in self.with_unasked(seconds))

    @classmethod
    def with_unasked(cls, seconds):
        return [seconds - i * cls.EVERY for i in range(max(1, int(seconds / cls.EVERY)))]

    @classmethod
    def beat(cls, port, pipe):
        times = []
        while not pipe.poll():
            started = time.monotonic()
            times.append(cls.once(port))
            time.sleep(max(0, started + cls.EVERY - time.monotonic()))
        pipe.send(times)

    @staticmethod
    def once(port):
        started = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as link:
                link.sendall(b"GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                is_alive = link.recv(100).startswith(b"HTTP/1.1 200")
        except OSError:
            is_alive = False
        return time.monotonic() - started if is_alive else 60.0
