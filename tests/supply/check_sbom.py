#!/usr/bin/env python3
"""check_sbom.py SBOM

The document is valid CycloneDX, names each package that cargo resolves for the program with its default features, with version,
licence, checksum and dependencies, and nothing of the machine that made it.
"""

import json
import pathlib
import subprocess
import sys
import tomllib

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = "describe-api"


def checksums():
    """The checksum of each package from a registry, by Cargo.lock."""
    packages = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    return {(package["name"], package["version"]): package["checksum"] for package in packages if "checksum" in package}


def resolved():
    """The packages that the program is built of, and those that each depends on; without what only tests need."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    names = {package["id"]: (package["name"], package["version"]) for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    left = [id for id, (name, _) in names.items() if name == PROGRAM]
    graph = {}
    while left:
        id = left.pop()
        if names[id] in graph:
            continue
        needed = [each["pkg"] for each in nodes[id]["deps"] if any(kind["kind"] != "dev" for kind in each["dep_kinds"])]
        graph[names[id]] = {names[each] for each in needed}
        left += needed
    return graph


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    if error:
        sys.exit(f"not CycloneDX 1.5: {str(error).splitlines()[0]}")
    for of_the_machine in ("file://", str(ROOT), str(pathlib.Path.home())):
        if of_the_machine in text:
            sys.exit(f"the document holds {of_the_machine}")

    sbom = json.loads(text)
    if sbom["specVersion"] != "1.5":
        sys.exit(f"the document says that it is CycloneDX {sbom['specVersion']}")
    components = [sbom["metadata"]["component"], *sbom["components"]]
    names = {each["bom-ref"]: (each["name"], each["version"]) for each in components}
    graph = {names.get(each["ref"]): {names.get(ref) for ref in each.get("dependsOn", [])} for each in sbom["dependencies"]}
    expected = resolved()
    if graph != expected or set(names.values()) != set(expected):
        different = [name for name in expected | graph if graph.get(name) != expected.get(name)]
        sys.exit(f"these packages differ from those that cargo resolves: {sorted(map(str, different))}")

    sums = checksums()
    for each in components:
        name = (each["name"], each["version"])
        if not each.get("licenses"):
            sys.exit(f"{name} has no licence")
        if sums.get(name) not in ([value["content"] for value in each.get("hashes", [])] or [None]):
            sys.exit(f"{name} has another checksum than in Cargo.lock")
    print(f"{len(components)} packages in the SBOM, as cargo resolves them")


main()
