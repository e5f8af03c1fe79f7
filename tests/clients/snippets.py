"""Runs what docs/clients.md shows and compares what it prints with what the page says: snippets.py COMMAND FOLDER

FOLDER has node_modules. A program is followed by a block `text` with what it prints; a block `shell` must succeed. Of a formula
or a query the request is made, and its answer is compared; the settings of an agent must lead to the service. Blocks `console`
are run by tests/docs/commands.py.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request

import running

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "docs/clients.md"
BIN = pathlib.Path(sys.executable).parent
# The addresses in the page.
ORIGINS = ["http://127.0.0.1:8000", "https://describe.example.org"]
# What the page says to be in the cells A1:A3.
CELLS = ["5", "6", "7.5"]
# Blocks that are the output of others, or commands that tests/docs/commands.py runs.
NOT_RUN = ["text", "console"]
# Blocks that print nothing.
SILENT = ["shell", "json"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


class Failed(Exception):
    """A command that failed, with what it printed."""


class Snippets:
    """Runs blocks: a method for each language."""

    def __init__(self, origin, folder):
        self.origin = origin
        self.folder = folder

    def run(self, *command):
        """What a command prints."""
        path = f"{BIN}:{self.folder}/node_modules/.bin:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"{done.stdout}{done.stderr}exit code {done.returncode}")
        return done.stdout

    def file(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def python(self, text):
        return self.run(sys.executable, "-B", self.file("snippet.py", text))

    def r(self, text):
        return self.run("Rscript", self.file("snippet.R", text))

    def typescript(self, text):
        self.file("snippet.ts", text)
        return self.run("tsc") + self.run("node", "snippet.js")

    def get(self, formula):
        """The answer to the request of a formula that joins the numbers to a URL."""
        url = re.search(r'\("(https?://[^"]*)"&TEXTJOIN\("([^"]*)",TRUE,A1:A3\)', formula)
        return urllib.request.urlopen(url[1] + url[2].join(CELLS)).read().decode()

    def excel(self, formula):
        """The last cell of the answer, as the functions around WEBSERVICE take it."""
        assert formula.startswith("=NUMBERVALUE(CLEAN(TEXTAFTER(WEBSERVICE(") and formula.endswith('),",",-1)),".")\n')
        return self.get(formula).rsplit(",", 1)[1]

    def sheets(self, formula):
        return self.get(formula)

    def powerquery(self, query):
        """The answer to the request of `Web.Contents`."""

        def record(name):
            fields = re.search(rf"{name} = \[(.*)\]", query)[1]
            return dict(re.findall(r'#?"?([\w-]+)"? = "([^"]*)"', fields))

        address = re.search(r'Web\.Contents\("([^"]*)", \[', query)[1]
        path = re.search(r'RelativePath = "([^"]*)"', query)[1]
        file = re.search(r'File\.Contents\("C:\\([^"]*)"\)', query)[1].replace("\\", "/")
        url = f"{address}/{path}?{urllib.parse.urlencode(record('Query'))}"
        request = urllib.request.Request(url, (ROOT / file).read_bytes(), record("Headers"))
        return urllib.request.urlopen(request).read().decode()

    def shell(self, text):
        """Commands whose output is not shown."""
        self.run("bash", "-e", self.file("snippet.sh", text))
        return ""

    def json(self, text):
        """Settings of an agent, which greets the servers in them."""
        client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "snippets", "version": "1"}}
        greeting = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client})
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        for server in json.loads(text)["mcpServers"].values():
            request = urllib.request.Request(server["url"], greeting.encode(), headers)
            assert json.load(urllib.request.urlopen(request))["result"]["serverInfo"]["name"] == "describe-api"
        return ""


def trimmed(text):
    """A text without the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def prints(snippets, kind, text):
    """What a block prints, with the addresses of the page."""
    for origin in ORIGINS:
        text = text.replace(origin, snippets.origin)
    try:
        return trimmed(getattr(snippets, kind)(text))
    except Failed as failed:
        return str(failed)


def main():
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve() / "snippets"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "node_modules").symlink_to(folder.parent / "node_modules")
    for name in ["tsconfig.json", "package.json"]:
        shutil.copy(pathlib.Path(__file__).parent / name, folder)

    page = PAGE.read_text()
    blocks = BLOCK.findall(page)
    assert len(blocks) * 2 == page.count("```"), "a block without a language"
    # Each with the block below it.
    pairs = [(kind, text, *below) for (kind, text), below in zip(blocks, [*blocks[1:], ("", "")]) if kind not in NOT_RUN]
    failures = 0
    with running.service(command, MCP="true") as origin:
        snippets = Snippets(origin, folder)
        for kind, text, kind_below, text_below in pairs:
            documented = "" if kind in SILENT else trimmed(text_below)
            assert kind in SILENT or kind_below == "text", f"no output below\n{text}"
            printed = prints(snippets, kind, text)
            if printed != documented:
                failures += 1
                print(f"{text}\nprints\n{printed}\nand the page says\n{documented}\n")
    print(f"{len(pairs) - failures} passed, {failures} failed")
    sys.exit(failures > 0)


main()
