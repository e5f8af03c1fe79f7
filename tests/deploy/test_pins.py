#!/usr/bin/env python3
"""scripts/pin, with stand-ins for git and docker that know one version each."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COMMIT, TAG_OBJECT, DIGEST = "a" * 40, "b" * 40, "sha256:" + "c" * 64
WORKFLOW = "jobs:\n  one:\n    steps:\n      - uses: {}\n      - name: two\n        uses: ./.github/local\n"
DOCKERFILE = "ARG BUILD_IMAGE={}\nFROM ${{BUILD_IMAGE}} AS build\nFROM build AS again\nFROM {}\nCOPY --from=build /a /a\n"

GIT = f"""#!/bin/sh
[ "$2" = https://github.com/owner/action ] || exit 1
[ "$3" = refs/tags/v2.1.0 ] && printf '{TAG_OBJECT}\\t%s\\n{COMMIT}\\t%s\\n' "$3" "$4"
true
"""
DOCKER = f"""#!/bin/sh
[ "$4" = rust:1.95-slim ] || [ "$4" = gcr.io/base/static:nonroot ] || exit 1
echo {DIGEST}
"""


class Pins(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("scripts", "bin", ".github/workflows"):
            (self.root / name).mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "pin", self.root / "scripts")
        for name, text in {"git": GIT, "docker": DOCKER}.items():
            (self.root / "bin" / name).write_text(text)
            (self.root / "bin" / name).chmod(0o755)

    def write(self, action, build_image, image):
        self.workflow, self.dockerfile = WORKFLOW.format(action), DOCKERFILE.format(build_image, image)
        (self.root / ".github/workflows/ci.yaml").write_text(self.workflow)
        (self.root / "Dockerfile").write_text(self.dockerfile)

    def read(self):
        return (self.root / ".github/workflows/ci.yaml").read_text(), (self.root / "Dockerfile").read_text()

    def pin(self, *arguments):
        environment = dict(os.environ, PATH=f"{self.root}/bin:{os.environ['PATH']}")
        return subprocess.run([self.root / "scripts/pin", *arguments], env=environment, capture_output=True, text=True)

    def test_tags_become_digests_and_stay(self):
        pinned = (f"owner/action/part@{COMMIT} # v2.1.0", f"rust:1.95-slim@{DIGEST}", f"gcr.io/base/static:nonroot@{DIGEST}")
        self.write("owner/action/part@v2.1.0", "rust:1.95-slim", "gcr.io/base/static:nonroot")
        self.assertEqual(self.pin("--check").returncode, 1)
        for _ in range(2):
            done = self.pin()
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.read(), (WORKFLOW.format(pinned[0]), DOCKERFILE.format(*pinned[1:])))
            self.assertEqual(self.pin("--check").returncode, 0)

    def test_each_missing_pin_is_named(self):
        good = (f"owner/action@{COMMIT} # v2.1.0", f"rust:1.95-slim@{DIGEST}", f"static:nonroot@{DIGEST}")
        self.write(*good)
        self.assertEqual(self.pin("--check").returncode, 0)
        bad = [(0, "owner/action@v2"), (0, "owner/action@main # v2.1.0"), (0, f"owner/action@{COMMIT}"), (0, f"owner/action@{COMMIT[1:]} # v2"),
               (0, "docker://alpine:3"), (1, "rust:1.95-slim"), (1, f"rust@{DIGEST}"), (2, "scratch"), (2, f"static:nonroot@{DIGEST[:-1]}")]
        for place, value in bad:
            self.write(*good[:place], value, *good[place + 1:])
            done = self.pin("--check")
            self.assertEqual((done.returncode, value in done.stderr), (1, True), f"{value}: {done}")

    def test_an_unknown_version_changes_nothing(self):
        for action, image in [("owner/action@v3", "rust:1.95-slim"), ("owner/other@v2.1.0", "rust:1.95-slim"),
                              (f"owner/action@{COMMIT} # v2.1.0", "rust:2")]:
            self.write(action, image, f"static:nonroot@{DIGEST}")
            self.assertEqual(self.pin().returncode, 1)
            self.assertEqual(self.read(), (self.workflow, self.dockerfile))


if __name__ == "__main__":
    unittest.main()
