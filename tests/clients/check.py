"""Generates clients from the document of the running service, uses them, and checks their figures: check.py COMMAND FOLDER

FOLDER has node_modules; the clients are written there. Each script use_* prints its results as JSON, in the form of
expected.answers(). COMMAND has the feature mcp: its tools are called, too.
"""

import csv
import io
import json
import pathlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import expected
import running

HERE = pathlib.Path(__file__).parent
BIN = pathlib.Path(sys.executable).parent


def run(*command, cwd=None):
    """The output of a command, which must succeed."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def openapi_python_client(document, folder):
    generator = BIN / "openapi-python-client"
    run(generator, "generate", "--path", document, "--meta", "none", "--output-path", folder / "describe_client")
    return [sys.executable, HERE / "use_openapi_python_client.py"]


def datamodel_code_generator(document, folder):
    generator = [BIN / "datamodel-codegen", "--formatters", "builtin", "--output-model-type", "pydantic_v2.BaseModel"]
    run(*generator, "--input-file-type", "openapi", "--input", document, "--output", folder / "describe_models.py")
    return [sys.executable, HERE / "use_pydantic.py"]


def openapi_generator(document, folder):
    properties = "--additional-properties=packageName=describe_client"
    run(BIN / "openapi-generator-cli", "generate", "-g", "python", "-i", document, "-o", folder, properties)
    return [sys.executable, HERE / "use_openapi_generator.py"]


def openapi_fetch(document, folder):
    modules = folder.parent / "node_modules"
    # Members with a default may be left out of a request.
    options = ["--default-non-nullable", "false"]
    run(BIN / "node", modules / "openapi-typescript/bin/cli.js", document, *options, "-o", folder / "describe.d.ts")
    for name in ["use_openapi_fetch.ts", "tsconfig.json", "package.json"]:
        shutil.copy(HERE / name, folder)
    run(BIN / "node", modules / "typescript/bin/tsc", cwd=folder)
    return [BIN / "node", folder / "use_openapi_fetch.js"]


GENERATORS = [openapi_python_client, datamodel_code_generator, openapi_generator, openapi_fetch]

# The uses that the tools for agents are made for.
OF_AGENTS = ["query", "conventions", "csv", "problem"]


def inputs(folder, conventions):
    """What the clients send, with the files that they upload."""
    files = {"csv": "marks.csv", "workbook": "marks.xlsx", "published": "published.csv"}
    (folder / files["csv"]).write_text(expected.TABLE)
    (folder / files["workbook"]).write_bytes(expected.workbook())
    (folder / files["published"]).write_text(expected.published_table())
    return {
        "query": expected.QUERY,
        "numbers": expected.NUMBERS,
        "conventions": conventions,
        "nested": expected.NESTED,
        "records": [
            {**record, "mark": float(record["mark"]) if record["mark"][:1].isdigit() else record["mark"] or None}
            for record in csv.DictReader(io.StringIO(expected.TABLE))
        ],
        **{name: str(folder / file) for name, file in files.items()},
    }


def is_found(url):
    try:
        urllib.request.urlopen(url, b"{}")
    except urllib.error.HTTPError as error:
        return error.code != 404
    return True


def main():
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    answers = expected.answers()
    document = folder / "openapi.json"
    faults = []

    def use(client, origin, make, answers):
        own = folder / client
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir()
        command = make(document, own)
        conventions = json.loads(document.read_text())["components"]["schemas"]["Convention"]["enum"]
        (own / "inputs.json").write_text(json.dumps(inputs(own, conventions)))
        found = json.loads(run(*command, f"{origin}/prod", own / "inputs.json"))
        if fault := expected.difference(answers, found, client):
            faults.append(fault)

    with running.service(command) as origin:
        document.write_bytes(urllib.request.urlopen(f"{origin}/openapi.json").read())
        for generate in GENERATORS:
            use(generate.__name__, origin, generate, answers)
        assert not is_found(f"{origin}/prod/mcp"), "agents are answered without the setting"
    with running.service(command, MCP="true") as origin:
        own = {name: answers[name] for name in OF_AGENTS}
        use("mcp", origin, lambda *_: [sys.executable, HERE / "use_mcp.py"], own)
    print(*faults, f"{len(GENERATORS) + 1 - len(faults)} passed, {len(faults)} failed", sep="\n")
    sys.exit(bool(faults))


main()
