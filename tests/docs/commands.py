#!/usr/bin/env python3
"""Runs the commands of README.md and docs/*.md and compares what they print: commands.py PROGRAM

A command stands after `$ ` in a `console` block, its output below it; … in the output stands for any text. They run in a copy
of the files that git knows, in the order of each document, with PROGRAM as `describe-api` on PATH; where a command asks
http://127.0.0.1:8000 it asks a service of the test. What they write must be ignored by git. Commands between backquotes in
the text run too, if they begin with a program that the documents use. A command that cannot run here is in `NOT_RUN`,
with the reason; a block in another language is in `OTHER_LANGUAGES`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCUMENTED = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 60

# Regular expression of a whole command, and why it does not run.
NOT_RUN = {
    r"cargo (bench|build|doc|install|run)( .*)?": "compiles for minutes, or opens a browser",
    r"scripts/fuzz .*": "takes the seconds that it names for each reader",
    r"describe-api --.*": "serves until it is stopped; tests/api/access.rs asks services with these settings",
    r"describe-lake .*": "is a program of its own; `make test-lake` runs the commands of docs/lake.md",
    r"docker .*": "needs a container engine; `make test-container` builds and runs the image",
    r"aws .*": "needs an account; `make test-deploy` checks templates and parameters of these commands",
    r"(cd deploy && )?sam .*": "needs an account; `make test-deploy` expands the template",
    r"(IMAGE=\S+ )?deploy/push-image .*": "needs an account; `make test-deploy` runs it with a docker that records its calls",
    r"curl .*https://stats\.example\.org/.*": "asks a deployed stack",
    r"(ROWS=|ROUNDS=).*benches/.*": "takes minutes and a quiet machine",
}

# Document and first line of a block that is not `console`, and why its content is not compared.
OTHER_LANGUAGES = {
    ("docs/deploy.md", 'filter message = "request"'): "a query of CloudWatch Logs Insights",
}

# Documents whose blocks in other languages are run by a test of their own.
TESTED_ELSEWHERE = {"docs/clients.md": "tests/clients", "docs/lake.md": "a test of the documentation of crates/describe-datafusion"}

# First words of commands in the text; the rest of such a span says what to insert.
PROGRAMS = r"(?:[A-Z_]+=\S+ )*(?:aws|cargo|cd|curl|describe-api|docker|gzip|make|sam|sha256sum|(?:benches|deploy|examples|scripts)/[\w.-]+(?= ))"
PLACEHOLDER = re.compile(r"…|@file\b|\b[A-Z]{4,}\b(?!=)")


def blocks(text):
    """Language, line number and lines of each fenced block."""
    language, start, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif language is None:
            language, start, lines = line[3:].strip(), number + 1, []
        else:
            yield language, start, lines
            language = None


def commands(start, lines):
    """Line number, command and documented output of each command of a block."""
    found = []
    continued = False
    for number, line in enumerate(lines, start):
        if continued:
            found[-1][1] += "\n" + line
        elif line.startswith("$ "):
            found.append([number, line[2:], []])
        elif found:
            found[-1][2].append(line)
        else:
            sys.exit(f"line {number} is neither a command nor the output of one: {line}")
        continued = line.endswith("\\") and not found[-1][2]
    return [(number, command, "\n".join(output).strip()) for number, command, output in found]


def spans(text):
    """Line number and command of each command between backquotes in the text."""
    prose = re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)
    for found in re.finditer(rf"`({PROGRAMS}(?: [^`]*)?)`", prose):
        command = " ".join(found[1].split())
        if command != "cd" and " " in command and not PLACEHOLDER.search(command):
            yield prose.count("\n", 0, found.start()) + 1, command


def same(documented, printed):
    pattern = ".*".join(re.escape(part) for part in documented.split("…"))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


def reason_not_to_run(command):
    flat = command.replace("\\\n", " ")
    return next((why for pattern, why in NOT_RUN.items() if re.fullmatch(pattern, flat, re.DOTALL)), None)


class Checkout:
    """A copy of the repository as git knows it, a service, and what was wrong."""

    def __init__(self, folder, program, address):
        self.root = Path(folder) / "describe-api"
        known = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(known, check=True, capture_output=True, text=True).stdout.split("\0"):
            # A file that was removed may still be known.
            if name and os.path.exists(name):
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(name, self.root / name)
        tools = Path(folder) / "bin"
        tools.mkdir()
        (tools / "describe-api").symlink_to(os.path.abspath(program))
        # curl fails on an error status, and shows no progress.
        (Path(folder) / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")
        # PORT is for `describe-api healthcheck`.
        port = address.rpartition(":")[2]
        self.environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": folder, "LC_ALL": "C.UTF-8", "PORT": port}
        self.address = address
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.ran = self.failed = 0

    def git(self, *arguments):
        done = subprocess.run(["git", *arguments], cwd=self.root, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def run(self, place, command, documented):
        """Runs a command and compares its output; `documented` is None for a command in the text, which shows none."""
        script = command.replace(DOCUMENTED, self.address)
        try:
            done = subprocess.run(
                ["bash", "-c", script], cwd=self.root, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return self.fail(place, command, f"It does not end within {TIMEOUT_SECONDS} s.")
        self.ran += 1
        printed = done.stdout.replace(self.address, DOCUMENTED).strip()
        shows_error = documented is not None and '"status":4' in documented
        if (done.returncode == 0) == shows_error:
            return self.fail(place, command, f"exit code {done.returncode}\n{printed}")
        if shows_error:
            # What curl adds to the response.
            printed = re.sub(r"curl: \(22\) .*", "", printed).strip()
        if documented is not None and not same(documented, printed):
            return self.fail(place, command, f"documented:\n{documented}\nprinted:\n{printed}")
        for name in re.findall(r" > ([\w.-]+)$", command):
            if not (self.root / name).stat().st_size:
                self.fail(place, command, f"{name} is empty")

    def fail(self, place, command, why):
        self.failed += 1
        print(f"{place}: {command}\n{why}\n", file=sys.stderr)


def check_document(checkout, name):
    text = Path(name).read_text()
    for language, start, lines in blocks(text):
        if language == "console":
            for number, command, documented in commands(start, lines):
                check_command(checkout, f"{name}:{number}", command, documented)
        elif name not in TESTED_ELSEWHERE and (name, lines[0]) not in OTHER_LANGUAGES:
            checkout.fail(f"{name}:{start}", language, "A block that is not `console` is neither run nor listed.")
    for number, command in spans(text):
        check_command(checkout, f"{name}:{number}", command, None)


def check_command(checkout, place, command, documented):
    if reason_not_to_run(command):
        return
    if command.startswith("make "):
        # A target that does not exist fails; what it would do is not done.
        command, documented = command.replace("make ", "make --dry-run ", 1), None
    checkout.run(place, command, documented)


def start_service(program):
    server = subprocess.Popen(
        [program, "--port", "0", "--log-format", "json"], env={}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    first = server.stderr.readline()
    found = re.search(r'"stats":"(http://[^/"]+)/', first)
    if not found:
        sys.exit(f"{program} does not say where it listens: {first}")
    return server, found[1]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    names = ["README.md", *sorted(str(path) for path in Path("docs").glob("*.md"))]
    server, address = start_service(program)
    try:
        with tempfile.TemporaryDirectory() as folder:
            checkout = Checkout(folder, program, address)
            for name in names:
                check_document(checkout, name)
            # All files are staged, so `A ` is one that no command touched.
            touched = [line for line in checkout.git("status", "--porcelain").splitlines() if not line.startswith("A  ")]
            if touched:
                checkout.fail("git status", "after all commands", "\n".join(touched))
    finally:
        server.terminate()
        server.wait()
    print(f"{checkout.ran} commands of {len(names)} documents ran, {checkout.failed} were wrong")
    sys.exit(checkout.failed > 0)


if __name__ == "__main__":
    main()
