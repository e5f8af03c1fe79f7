"""Runs the programs that the page offers and compares what they print with the answer of the service: programs.py COMMAND FOLDER

curl, Python, R and JavaScript run. Power Query runs only in Excel and Power BI: its text is taken apart by the rules of M for
records, lists and texts, and the request is made that `Web.Contents` makes of it. tests/e2e/browser.py does the same for the formula.
"""

import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import running

ROOT = pathlib.Path(__file__).parents[2]
BIN = pathlib.Path(sys.executable).parent

# Names and codes with signs that one of the languages takes for its own.
COLUMN, GROUP, CODE = "Raw \"mark\" (%) #(tab) $HOME \\n", "Kohorte'25", "X & Y"
RECORDS = [("41,5", "ä", "Art"), ("55", "ä", "Art"), (CODE, "b", "Art"), ("60", "b", "Bio"), ("70,25", "b", "Bio")]
TABLE = "".join(";".join(record) + "\n" for record in [('"' + COLUMN.replace('"', '""') + '"', GROUP, "Fach"), *RECORDS])
FIELDS = [["decimal", ","], ["column", COLUMN], ["group_by", GROUP], ["group_by", "Fach"], ["absent", CODE], ["absent", "ABS"], ["statistics", "mean"], ["statistics", "std"]]
NAMES = ["marks of 2025.csv", "it's.csv"]

# Prints the programs of a request as JSON.
PRINT = """import { PROGRAMS } from "./programs.mjs";
const { url, ...request } = JSON.parse(process.argv[2]);
const programs = Object.entries(PROGRAMS).map(([language, make]) => [language, make({ ...request, url: new URL(url) })]);
console.log(JSON.stringify(Object.fromEntries(programs)));
"""
# A token of M, by its specification: a text in quotes, a name, which may be quoted, a number, or a sign.
TOKEN = re.compile(r'\s*(#?"(?:[^"]|"")*"|[A-Za-z_][\w.]*|\d+|[][{}(),=])')
ESCAPES = {"#": "#", "cr": "\r", "lf": "\n", "tab": "\t"}


class PowerQuery:
    """The arguments of a call in an expression of M."""

    def __init__(self, text):
        self.tokens, place = [], 0
        while place < len(text.rstrip()):
            found = TOKEN.match(text, place)
            assert found, f"no token of M: {text[place:place + 40]}"
            self.tokens.append(found[1])
            place = found.end()

    def take(self, *expected):
        token = self.tokens.pop(0)
        assert not expected or token in expected, f"{token} in place of {expected}"
        return token

    def call(self, name):
        """The arguments of the first call of a function."""
        del self.tokens[: self.tokens.index(name) + 1]
        return self.items("(", ")", self.value)

    def items(self, first, last, item):
        found = []
        self.take(first)
        while self.tokens[0] != last:
            found.append(item())
            if self.tokens[0] != last:
                self.take(",")
        self.take(last)
        return found

    def value(self):
        token = self.tokens[0]
        if token == "[":
            return dict(self.items("[", "]", self.field))
        if token == "{":
            return self.items("{", "}", self.value)
        if token.startswith('"'):
            return self.text(self.take())
        name = self.take()
        return (name, self.items("(", ")", self.value)) if self.tokens[0] == "(" else name

    def field(self):
        name = self.take()
        self.take("=")
        return self.text(name.removeprefix("#")) if name.startswith("#") else name, self.value()

    @staticmethod
    def text(token):
        escaped = re.sub(r"#\(([^)]*)\)", lambda found: ESCAPES[found[1]], token[1:-1])
        return escaped.replace('""', '"')


def power_query(query, folder):
    """The answer to the request of a query."""
    origin, options = PowerQuery(query).call("Web.Contents")
    function, (path,) = options["Content"]
    assert function == "File.Contents" and path.startswith("C:\\folder\\"), path
    target = f"{origin}/{options['RelativePath']}?{urllib.parse.urlencode(options['Query'], doseq=True)}"
    body = (folder / path.rpartition("\\")[2]).read_bytes()
    with urllib.request.urlopen(urllib.request.Request(target, body, options["Headers"])) as answer:
        # What Csv.Document is told of it.
        assert '[Delimiter = ",", Encoding = 65001]' in query
        return answer.read().decode()


class Programs:
    """Runs programs in a folder, as they are offered and so that what they print can be read: the rows of the table, or JSON."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *command):
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": "/nowhere"}
        done = subprocess.run(list(map(str, command)), cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def file(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def curl(self, program):
        return rows(self.run("bash", self.file("program.sh", program)))

    def python(self, program):
        shown = "print(pandas.read_csv(io.StringIO(answer.text)))"
        assert shown in program
        self.run(sys.executable, "-B", self.file("program.py", program))
        # The same table, written so that it can be read again.
        written = "print(pandas.read_csv(io.StringIO(answer.text), dtype=str, keep_default_na=False).to_csv(index=False))"
        return rows(self.run(sys.executable, "-B", self.file("program.py", program.replace(shown, written))))

    def r(self, program):
        shown = "print(read.csv(text = resp_body_string(answer)))"
        assert shown in program
        self.run("Rscript", self.file("program.R", program))
        table = 'read.csv(text = resp_body_string(answer), colClasses = "character", check.names = FALSE)'
        return rows(self.run("Rscript", self.file("program.R", program.replace(shown, f"write.csv({table}, row.names = FALSE)"))))

    def javascript(self, program):
        self.run(BIN / "node", self.file("program.mjs", program))
        return self.run(BIN / "node", self.file("program.mjs", program.replace("console.log(description)", "console.log(JSON.stringify(description))")))


def rows(text):
    return [list(row) for row in csv.reader(io.StringIO(text)) if row]


def ask(target, fields, folder, names):
    """The answer to the same request, made by hand."""
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    parts += [f'name="file"; filename="{name}"\r\n\r\n'.encode() + (folder / name).read_bytes() for name in names]
    body = b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--b--\r\n"
    request = urllib.request.Request(target, body, {"Content-Type": "multipart/form-data; boundary=b"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(error.read().decode())


def main():
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve() / "programs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(ROOT / "src/page/programs.js", folder / "programs.mjs")
    (folder / "print.mjs").write_text(PRINT)
    for name in NAMES:
        (folder / name).write_text(TABLE)
    programs, count = Programs(folder), 0
    with running.service(command) as origin:
        url = f"{origin}/prod/stats"
        for names in NAMES[:1], NAMES[1:], NAMES:
            request = {"url": url, "fields": FIELDS, "names": names, "hasKey": False}
            texts = json.loads(programs.run(BIN / "node", "print.mjs", json.dumps(request)))
            table = rows(ask(f"{url}?format=csv", FIELDS, folder, names))
            assert len(table) == 4 and CODE in str(texts), (table, texts)
            for language in "curl", "python", "r":
                printed = getattr(programs, language)(texts[language])
                assert printed == table, f"{texts[language]}\nprints\n{printed}\nin place of\n{table}"
                count += 1
            assert json.loads(programs.javascript(texts["javascript"])) == json.loads(ask(url, FIELDS, folder, names)), texts["javascript"]
            # A body of Power Query is one file.
            assert (texts["powerQuery"] is None) == (len(names) > 1) and texts["excel"] is None
            if texts["powerQuery"]:
                assert rows(power_query(texts["powerQuery"], folder)) == table, texts["powerQuery"]
            count += 1 + (texts["powerQuery"] is not None)
    print(f"{count} programs of the page passed")


main()
