"""s3.py LAKE PROGRAM: describe-lake on objects of a store that speaks S3, and the commands of docs/lake.md.

The store is moto on the loopback interface. The answer must be the bytes that `describe-api describe` gives of the same files on disk, but
for their names.
"""

import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import boto3
import duckdb
from moto.server import ThreadedMotoServer

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/docs"))
import commands  # noqa: E402

LAKE, PROGRAM = (pathlib.Path(sys.argv.pop(1)).resolve() for _ in range(2))
BUCKET = "exams"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-2"}
# Fewer bytes than this are sent as one chunk.
MANY_ROWS = 200_000


def rows(count, seed):
    numbers = random.Random(seed)
    for _ in range(count):
        mark = numbers.choice(["X", "", f"{numbers.uniform(0, 100):.{numbers.randrange(6)}f}", str(numbers.randrange(101))])
        yield numbers.choice(["2023", "2024", "résumé"]), mark


def csv(count, seed):
    return ("cohort,mark\n" + "".join(f"{cohort},{mark}\n" for cohort, mark in rows(count, seed))).encode()


def ndjson(count, seed):
    return "".join(json.dumps({"cohort": cohort, "mark": mark or None}) + "\n" for cohort, mark in rows(count, seed)).encode()


def parquet(count, seed):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "a.csv")
        path.write_bytes(csv(count, seed))
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{path}', all_varchar = true)) TO '{path}.parquet' (ROW_GROUP_SIZE 20000)")
        return pathlib.Path(f"{path}.parquet").read_bytes()


OBJECTS = {
    "csv/a.csv": csv(MANY_ROWS, 1),
    "csv/deep er/b ü.csv": csv(1_000, 2),
    "csv/_SUCCESS": b"",
    "gzip/a.csv.gz": gzip.compress(csv(MANY_ROWS, 3), 1),
    "gzip/b.csv": csv(10, 4),
    "ndjson/a.ndjson": ndjson(20_000, 5),
    "ndjson/b.jsonl": ndjson(20, 6),
    "parquet/a.parquet": parquet(MANY_ROWS, 7),
    "parquet/b.parquet": parquet(300, 8),
}
OPTIONS = ["--column", "mark", "--group-by", "cohort", "--absent", "X", "--statistics", "mean,variance,skewness,median", "--overall"]


class Store(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        cls.server.start()
        host, port = cls.server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=endpoint, region_name=KEYS["AWS_REGION"], aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": KEYS["AWS_REGION"]})
        cls.folder = tempfile.TemporaryDirectory()
        for key, content in OBJECTS.items():
            client.put_object(Bucket=BUCKET, Key=key, Body=content)
            path = pathlib.Path(cls.folder.name, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        cls.environment = os.environ | KEYS | {"AWS_ENDPOINT": endpoint, "AWS_ALLOW_HTTP": "true"}

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def lake(self, *arguments):
        return subprocess.run([LAKE, "describe", *arguments], capture_output=True, env=self.environment)

    def described(self, *files):
        done = subprocess.run([PROGRAM, "describe", *files, *OPTIONS], capture_output=True, cwd=self.folder.name)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_objects_are_described_as_files(self):
        for folder in ["csv", "gzip", "ndjson", "parquet"]:
            files = sorted(key for key in OBJECTS if key.startswith(folder + "/") and not key.endswith("_SUCCESS"))
            expected = self.described(*files).replace(b'"file":"', f'"file":"s3://{BUCKET}/'.encode())
            for threads in ["1", "4"]:
                given = self.lake(f"s3://{BUCKET}/{folder}/", *OPTIONS, "--threads", threads)
                self.assertEqual(given.returncode, 0, given.stderr)
                self.assertEqual(given.stdout, expected)

    def test_one_object(self):
        given = self.lake(f"s3://{BUCKET}/csv/a.csv", *OPTIONS)
        self.assertEqual(given.stdout, self.described("csv/a.csv"), given.stderr)

    def test_what_is_not_there_is_an_error(self):
        for address in [f"s3://{BUCKET}/none/", "s3://none/csv/"]:
            given = self.lake(address, *OPTIONS)
            self.assertEqual((given.returncode, given.stdout), (1, b""))
            self.assertIn(address.encode(), given.stderr)


class Documents(unittest.TestCase):
    def test_commands(self):
        text = (ROOT / "docs/lake.md").read_text()
        tools = tempfile.TemporaryDirectory()
        pathlib.Path(tools.name, "describe-lake").symlink_to(LAKE)
        environment = os.environ | {"PATH": f"{tools.name}:{os.environ['PATH']}"}
        ran = 0
        for language, start, lines in commands.blocks(text):
            if language != "console":
                continue
            for _, command, output in commands.commands(start, lines):
                if command.startswith("describe-lake") and "s3://" not in command:
                    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, env=environment)
                    self.assertTrue(commands.same(output, done.stdout.strip()), f"{command}\n{done.stdout}{done.stderr}")
                    ran += 1
        self.assertGreater(ran, 0)
        tools.cleanup()


if __name__ == "__main__":
    unittest.main()
