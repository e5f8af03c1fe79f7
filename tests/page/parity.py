#!/usr/bin/env python3
"""Whether the engine of the page answers as the service does: parity.py PROGRAM NODE FOLDER...

Every file below the folders is previewed and described by both, in every format, with options that its preview suggests; the engine
gets it in chunks of random sizes. Answers and problem documents must be equal, byte for byte. What the engine is built without is
counted.
"""

import base64
import collections
import http.client
import itertools
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import urllib.parse
import uuid

FORMATS = ["json", "ndjson", "csv", "markdown", "html", "svg", "xlsx", "ods"]
# Features of the program that the engine does not have.
NOT_BUILT = re.compile(r"built without the feature (parquet|zstd|brotli|states|items|correlations)")


class Service:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "--port", "0", "--log-format", "json"], stderr=subprocess.PIPE, text=True)
        port = re.search(r"http://127\.0\.0\.1:(\d+)/", next(line for line in self.process.stderr if '"page"' in line))[1]
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)

    def ask(self, task):
        boundary = uuid.uuid4().hex
        head = f"--{boundary}\r\nContent-Disposition: form-data; name="
        fields = [f'{head}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in task["options"]]
        name = task["name"].replace('"', "%22")
        file = f'{head}"file"; filename="{name}"\r\nContent-Type: {task["type"]}\r\n\r\n'.encode()
        body = b"".join([*fields, file, pathlib.Path(task["path"]).read_bytes(), f"\r\n--{boundary}--\r\n".encode()])
        path = "/prod/preview" if task["isPreview"] else "/prod/stats"
        # Without HTML, so that errors are problem documents.
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": "application/problem+json, */*"}
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        name = re.search(r"filename\*=UTF-8''([^;]+)|filename=\"([^\"]+)\"", answer.headers.get("content-disposition", ""))
        return answer.status, answer.read(), name and urllib.parse.unquote(name[1] or name[2])

    def end(self):
        self.process.send_signal(signal.SIGTERM)


class Engine:
    def __init__(self, node):
        script = pathlib.Path(__file__).with_name("engine.mjs")
        self.process = subprocess.Popen([node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, task):
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()


def option_sets(preview):
    """Options for a file, by its preview."""
    yield []
    if preview is None:
        return
    columns = preview.get("columns", [])
    suggested = [[name, value] for name, value in preview.get("suggestions", {}).items() if isinstance(value, str)]
    if suggested:
        yield suggested
    numbers = [column["name"] for column in columns if column["kind"] == "number"]
    groups = [column["name"] for column in columns if column["kind"] in ("group", "text")]
    if numbers:
        described = [["column", numbers[0]], ["invalid", "missing"], *suggested]
        yield [*described, ["statistics", "all"]]
        for group in groups[:1]:
            yield [*described, ["group_by", group], ["compare", "true"], ["publish", "ofqual"], ["stamp", "true"]]
        if len(groups) > 1:
            yield [*described, *(["group_by", group] for group in groups[:2]), ["totals", "true"]]


# Comparisons of answers that have the second in them in which they were made, until both are of the same one.
TRIES = 4


def main(program, node, folders):
    service, engine = Service(program), Engine(node)
    files = sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*") if path.is_file() and path.name != "case.json")
    outcomes, wrong, memory = collections.Counter(), [], 0
    draw = random.Random(1)

    def compare(path, options, is_preview=False):
        nonlocal memory
        sizes = [draw.choice([1, 7, 64, 1000, 65536, 1 << 20]) for _ in range(3)]
        if path.stat().st_size > 100_000:
            sizes = [size + 50_000 for size in sizes]
        task = dict(path=str(path), name=path.name, type="", options=options, isPreview=is_preview, sizes=sizes, skipsHashes=draw.random() < 0.5)
        for _ in range(TRIES):
            status, theirs, name = service.ask(task)
            ours = engine.ask(task)
            memory = max(memory, ours["memory"])
            if "problem" in ours and NOT_BUILT.search(ours["problem"]):
                outcomes["not built"] += 1
                return None
            if "bytes" in ours:
                is_equal = status == 200 and base64.b64decode(ours["bytes"]) == theirs and name in (None, ours["name"])
            else:
                is_equal = ours.get("problem", "").encode() == theirs
            if is_equal:
                break
        outcomes["refused" if status != 200 else "equal"] += is_equal
        if not is_equal:
            wrong.append((str(path), options, is_preview, status, theirs[:300], {key: str(value)[:300] for key, value in ours.items()}, name))
        return json.loads(theirs) if is_preview and status == 200 else None

    try:
        for path in files:
            preview = compare(path, [], True)
            for options, format in itertools.product(option_sets(preview), FORMATS):
                compare(path, [*options, ["format", format]])
    finally:
        service.end()
        engine.end()
    for case in wrong[:10]:
        print(*case, sep="\n  ")
    if wrong:
        sys.exit(f"{len(wrong)} of {sum(outcomes.values()) + len(wrong)} outcomes differ")
    if min(outcomes["equal"], outcomes["refused"]) < 100:
        sys.exit(f"too few outcomes to tell: {dict(outcomes)}")
    print(f"{len(files)} files: {outcomes['equal']:,} equal answers, {outcomes['refused']:,} equal refusals, {outcomes['not built']:,} not built")
    print(f"the engine held {memory / 1e6:.1f} MB at most")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
