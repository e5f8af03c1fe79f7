"""fetch.py FOLDER
Downloads the packages of collections.txt and lays their tables into FOLDER/PACKAGE, once for each state of that list."""

import bz2
import io
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

LIST = pathlib.Path(__file__).with_name("collections.txt")
ENDINGS = (".csv", ".csv.gz", ".csv.bz2", ".tsv", ".dat")
# Larger files take most of the time and have nothing that smaller ones have not.
MAX_BYTES = 1_000_000


def members(name, data):
    """Path and bytes of each file of an archive and of the archives of tables in it."""
    if name.endswith((".whl", ".zip")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield member, archive.read(member)
    elif name.endswith(".tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile():
                    content = archive.extractfile(member).read()
                    yield member.name, content
                    yield from members(member.name, content)


def unpack(package, folder):
    for name, data in members(package.name, package.read_bytes()):
        # ._NAME is what macOS knows of NAME.
        if not name.endswith(ENDINGS) or "/._" in name:
            continue
        if name.endswith(".bz2"):
            name, data = name.removesuffix(".bz2"), bz2.decompress(data)
        if len(data) > MAX_BYTES:
            continue
        place = folder.joinpath(*(part for part in pathlib.PurePosixPath(name).parts if part not in ("/", "..")))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def main():
    folder = pathlib.Path(sys.argv[1])
    stamp = folder / "collections.txt"
    if stamp.exists() and stamp.read_text() == LIST.read_text():
        return
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as downloads:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*download, "--dest", downloads, "--requirement", LIST], check=True)
        for package in sorted(pathlib.Path(downloads).iterdir()):
            unpack(package, folder / package.name.split("-")[0])
    # Last written, so that an interrupted download is done again.
    shutil.copy(LIST, stamp)


main()
