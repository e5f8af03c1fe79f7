#!/usr/bin/env python3
"""test_lambda.py BINARY

The binary as a Lambda function against the same binary as a server: every request must get the same status, header fields and
bytes, whichever front door of Lambda it comes through. The events have the shapes in events/, filled in as each door does.
"""

import base64
import contextlib
import copy
import gzip
import http.client
import json
import os
import pathlib
import random
import socket
import statistics
import subprocess
import sys
import time
import unittest
import urllib.parse
import zlib

from runtime_api import Failed, Function

BINARY = sys.argv.pop(1) if len(sys.argv) > 1 else "target/debug/describe-api"
HERE = pathlib.Path(__file__).parent
SHAPES = {path.stem: json.loads(path.read_text()) for path in (HERE / "events").glob("*.json")}
HOST = "describe.example.org"
# What HTTP adds on its way, and what is new for each request.
OF_THE_WAY = {"date", "connection", "transfer-encoding", "content-length", "x-request-id"}

MARKS = (HERE.parent.parent / "examples" / "marks.csv").read_bytes()
FIVE_MEGABYTES = "\n".join(str(random.Random(7).uniform(-1e3, 1e3)) for _ in range(270_000)).encode()[:5_000_000].rsplit(b"\n", 1)[0]


def multipart(name, content):
    head = f'--cut\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return head + content + b"\r\n--cut--\r\n", {"Content-Type": "multipart/form-data; boundary=cut"}


# Method, path below /prod with its query, header fields, body.
REQUESTS = [
    ("GET", "/stats?numbers=5&numbers=6", {}, b""),
    ("GET", "/stats?numbers=0.1&numbers=0.2&numbers=0.3&numbers=1e-3&numbers=-7&numbers=0.1", {}, b""),
    ("GET", "/stats?numbers[]=5&numbers[]=6&ddof=0", {}, b""),
    ("GET", "/stats?numbers%5B%5D=5&numbers%5B%5D=6.25&bias=false", {}, b""),
    ("GET", "/stats?numbers[0]=5&numbers[1]=6", {}, b""),
    ("GET", "/stats?numbers=%2B5&numbers=+6&numbers=%207", {}, b""),
    ("GET", "/stats?" + "&".join(f"numbers={n}.5" for n in range(400)), {}, b""),
    # Refusals.
    ("GET", "/stats?numbers=5&numbers=5,6&numbers=six", {}, b""),
    ("GET", "/stats?numbers=%26&numbers=a%3Db%2B%25", {}, b""),
    ("GET", "/stats?numbers=%C3%A9t%C3%A9", {}, b""),
    ("GET", "/stats?numbers=5&dof=1", {}, b""),
    ("GET", "/stats", {}, b""),
    ("GET", "/nothing", {}, b""),
    ("DELETE", "/stats", {}, b""),
    ("POST", "/stats", {"Content-Type": "application/json"}, b"[5, 6"),
    ("POST", "/stats", {"Content-Type": "application/json"}, b'[5, "six", 7]'),
    ("POST", "/stats", {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n"),
    ("POST", "/stats", {"Content-Type": "text/plain"}, b""),
    # Bodies.
    ("POST", "/stats?ddof=0", {"Content-Type": "application/json"}, b'{"numbers": [5, 6, 7.5]}'),
    ("POST", "/stats", {}, b"5\n6\n7.5\n"),
    ("POST", "/stats?column=mark&group_by=cohort&absent=X&overall=true", {"Content-Type": "text/csv"}, MARKS),
    ("POST", "/stats?column=mark&column=cohort&absent=X,ABS", {"Content-Type": "text/csv"}, MARKS),
    ("POST", "/stats?column=a%26b", {"Content-Type": "text/csv"}, b"a&b,c\n1,2\n3,4\n"),
    ("POST", "/stats?column=Pr%C3%BCfung+1", {"Content-Type": "text/csv"}, "Prüfung 1;c\n1;2\n3;4\n".encode()),
    ("POST", "/stats?column=mark&absent=X", {"Content-Encoding": "gzip", "Content-Type": "text/csv"}, gzip.compress(MARKS)),
    ("POST", "/stats?column=mark&absent=X", {"Content-Encoding": "deflate"}, zlib.compress(MARKS)),
    ("POST", "/stats?column=mark&absent=X", multipart("marks.csv", MARKS)[1], multipart("marks.csv", MARKS)[0]),
    ("POST", "/stats?column=mark&absent=X", multipart("m.gz", gzip.compress(MARKS))[1], multipart("m.gz", gzip.compress(MARKS))[0]),
    # Pages and files, text and binary.
    ("GET", "/simple", {}, b""),
    ("GET", "/simple/", {}, b""),
    ("HEAD", "/simple", {}, b""),
    ("GET", "/", {}, b""),
    ("GET", "/docs", {}, b""),
    ("GET", "/docs/", {}, b""),
    ("GET", "/docs/start.js", {}, b""),
    ("GET", "/docs/swagger-ui.css", {}, b""),
    ("GET", "/docs/swagger-ui-bundle.js", {"Accept-Encoding": "gzip, br"}, b""),
    ("GET", "/docs/favicon-32x32.png", {}, b""),
    ("GET", "/openapi.json", {}, b""),
]
LARGE = ("POST", "/stats", {"Content-Type": "text/plain"}, FIVE_MEGABYTES)


# --- the front doors --------------------------------------------------------------------------------------------------

def headers_of(headers, body):
    sent = {"Accept": "*/*", "Host": HOST, "User-Agent": "curl/8.5.0", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443",
            "X-Forwarded-For": "192.0.2.7", "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678", **headers}
    return {**sent, "Content-Length": str(len(body))} if body else sent


def query_pairs(query, decode):
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    undo = urllib.parse.unquote_plus if decode else str
    many = {}
    for name, value in pairs:
        many.setdefault(undo(name), []).append(undo(value))
    return many


def put_body(event, body, binary):
    event["isBase64Encoded"] = bool(body) and binary
    if body:
        event["body"] = base64.b64encode(body).decode() if binary else body.decode()


def rest(method, target, headers, body):
    """API Gateway's REST API with the binary media type */*: no stage in the path, the query decoded, every body in base64."""
    event = copy.deepcopy(SHAPES["rest"])
    path, _, query = target.partition("?")
    sent = headers_of(headers, body)
    many = query_pairs(query, decode=True)
    event.update(
        path=path, httpMethod=method, headers=sent, multiValueHeaders={name: [value] for name, value in sent.items()},
        queryStringParameters={name: values[-1] for name, values in many.items()} or None,
        multiValueQueryStringParameters=many or None, pathParameters={"proxy": path[1:]} if path != "/" else None)
    event["requestContext"].update(path=f"/prod{path}", httpMethod=method)
    put_body(event, body, binary=True)
    return event


def rest_behind_own_domain(method, target, headers, body):
    """The same behind a custom domain with a mapping called as the stage: its name is in the path."""
    event = rest(method, target, headers, body)
    event["path"] = f"/prod{event['path']}"
    event["requestContext"].update(domainName=HOST, domainPrefix="describe")
    return event


def version_2(shape, method, target, headers, body):
    """Names in lower case, the query as it was sent and once more joined with commas; text bodies as text."""
    event = copy.deepcopy(SHAPES[shape])
    path, _, query = target.partition("?")
    many = query_pairs(query, decode=True)
    event.update(rawPath=f"/prod{path}", rawQueryString=query,
                 headers={name.lower(): value for name, value in headers_of(headers, body).items()})
    if many:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in many.items()}
    event["requestContext"]["http"].update(method=method, path=f"/prod{path}")
    kind = headers.get("Content-Type", "")
    put_body(event, body, binary=not (kind.startswith("text/") or kind == "application/json") or "Content-Encoding" in headers)
    return event


def http_api(*request):
    return version_2("http", *request)


def function_url(*request):
    return version_2("function-url", *request)


def load_balancer(method, target, headers, body):
    """ALB with multi-value headers enabled on its target group: everything as lists, the query as it was sent."""
    event = copy.deepcopy(SHAPES["alb"])
    path, _, query = target.partition("?")
    sent = {name.lower(): [value] for name, value in headers_of(headers, body).items()}
    event.update(httpMethod=method, path=f"/prod{path}", multiValueHeaders=sent,
                 multiValueQueryStringParameters=query_pairs(query, decode=False))
    put_body(event, body, binary=not headers.get("Content-Type", "").startswith("text/") or "Content-Encoding" in headers)
    return event


DOORS = [rest, rest_behind_own_domain, http_api, function_url, load_balancer]


# --- both sides -------------------------------------------------------------------------------------------------------

class Answer:
    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {name.lower(): value for name, value in headers}
        self.compared = {name: value for name, value in self.headers.items() if name not in OF_THE_WAY}


def answer_of(result):
    body = result.get("body") or ""
    body = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    many = result.get("multiValueHeaders") or {}
    headers = [(name, ", ".join(values)) for name, values in many.items()] or list((result.get("headers") or {}).items())
    return Answer(result["statusCode"], headers, body)


class Server:
    def __init__(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        environment = {"PORT": str(self.port), "LOG": "off"}
        self.process = subprocess.Popen([os.path.abspath(BINARY)], env=environment)
        deadline = time.monotonic() + 20
        while not self.listens():
            if time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def ask(self, method, target, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"/prod{target}", body or None, {"Accept": "*/*", "User-Agent": "curl/8.5.0", **headers})
        response = connection.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        connection.close()
        return answer

    def close(self):
        self.process.terminate()
        self.process.wait()


class SameAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server, cls.function = Server(), Function(BINARY)
        cls.addClassCleanup(cls.server.close)
        cls.addClassCleanup(cls.function.close)

    def ask(self, door, request):
        return answer_of(self.function.invoke(door(*request)))

    def check(self, door, request, expected=None):
        expected, seen = expected or self.server.ask(*request), self.ask(door, request)
        with self.subTest(door=door.__name__, request=request[:2]):
            for answer in expected, seen:
                if answer.compared.pop("content-encoding", "") == "gzip":
                    answer.body = gzip.decompress(answer.body)
            self.assertEqual(seen.status, expected.status)
            self.assertEqual(seen.compared, expected.compared)
            self.assertEqual(seen.body[:2000], expected.body[:2000])
            self.assertTrue(seen.body == expected.body, "the bodies differ past their start")

    def test_every_request_through_every_door(self):
        for request in REQUESTS:
            expected = self.server.ask(*request)
            for door in DOORS:
                self.check(door, request, expected)

    def test_the_requests_are_what_they_are_meant_to_be(self):
        statuses = [self.server.ask(*request).status for request in REQUESTS]
        self.assertEqual(statuses[:7], [200] * 7)
        self.assertEqual(statuses[7:18], [422, 422, 422, 422, 422, 404, 405, 400, 422, 415, 422])
        self.assertEqual(statuses[18:], [200] * (len(REQUESTS) - 18))

    def test_five_megabytes(self):
        # Base64 of 5 MB would not fit into an event of API Gateway, which is why clients send it as text or compressed.
        expected = self.server.ask(*LARGE)
        self.assertEqual(json.loads(expected.body)["nobs"], LARGE[3].count(b"\n") + 1)
        self.check(http_api, LARGE, expected)
        self.check(function_url, LARGE, expected)
        method, path, headers, body = LARGE
        packed = (method, path, {**headers, "Content-Encoding": "gzip"}, gzip.compress(body))
        self.check(rest, packed, expected)
        self.assertGreater(len(body), 4_990_000)
        self.assertLess(len(json.dumps(rest(*packed))), 6_291_556)

    def test_a_load_balancer_without_lists_keeps_the_last_number(self):
        event = load_balancer("GET", "/stats?numbers=5&numbers=6", {}, b"")
        event["headers"] = {name: values[-1] for name, values in event.pop("multiValueHeaders").items()}
        event["queryStringParameters"] = {name: values[-1] for name, values in event.pop("multiValueQueryStringParameters").items()}
        self.assertEqual(json.loads(answer_of(self.function.invoke(event)).body)["minmax"], [6.0, 6.0])

    def test_answers_that_are_too_large(self):
        body = gzip.compress(b"group,value\n" + b"".join(b"%d%s,%d\n" % (n, b"x" * 1000, n) for n in range(6_500)))
        request = ("POST", "/stats?group_by=group&column=value", {"Content-Type": "text/csv", "Content-Encoding": "gzip"}, body)
        whole = self.server.ask(*request)
        self.assertEqual(whole.status, 200)
        self.assertGreater(len(whole.body), 6_291_556)
        for door, megabytes in [(rest, 6), (load_balancer, 1)]:
            refused = self.ask(door, request)
            self.assertEqual((refused.status, refused.headers["content-type"]), (413, "application/problem+json"))
            self.assertIn(f"{megabytes} MB", json.loads(refused.body)["detail"])
        self.check(rest, (*request[:2], {**request[2], "Accept-Encoding": "gzip"}, body), whole)

    def test_the_documentation_behind_the_stage(self):
        # As a browser does: every link of the page against the page's own address.
        address = f"https://{HOST}/prod/docs"
        page = self.ask(rest, ("GET", "/docs", {}, b""))
        self.assertEqual((page.status, page.headers["content-type"]), (200, "text/html; charset=utf-8"))
        links = [part.split('"')[0] for mark in ('src="', 'href="') for part in page.body.decode().split(mark)[1:]]
        self.assertGreaterEqual(len(links), 5)
        for link in [*links, "docs/../openapi.json"]:
            path = urllib.parse.urlsplit(urllib.parse.urljoin(address, link)).path
            self.assertTrue(path.startswith("/prod/"), path)
            file = self.ask(rest, ("GET", path.removeprefix("/prod"), {"Accept-Encoding": "gzip"}, b""))
            self.assertEqual(file.status, 200, path)

    def test_logs_are_written_before_the_answer_leaves(self):
        event = rest("GET", "/stats?numbers=31415926535.8979", {"X-Request-Id": "the-one"}, b"")
        answer = answer_of(self.function.invoke(event))
        self.assertEqual(answer.headers["x-request-id"], "the-one")
        line = json.loads(self.function.log_before.strip().splitlines()[-1])
        self.assertEqual((line["request_id"], line["status"], line["route"]), ("the-one", 200, "/prod/stats"))
        self.assertNotIn("31415926535", self.function.log_before)

    def test_what_is_no_request_is_an_error_and_not_the_end(self):
        with self.assertRaises(Failed):
            self.function.invoke({"key1": "value1"})
        self.check(rest, REQUESTS[0])

    def test_queries_that_no_uri_may_have(self):
        for query in ["numbers=5&numbers=six seven", 'numbers=5&numbers="6"', "numbers=5&numbers={é}|\x01"]:
            answer = self.ask(http_api, ("GET", f"/stats?{query}", {}, b""))
            self.assertEqual(answer.status, 422, query)
            self.assertEqual(json.loads(answer.body)["errors"][0]["input"], query.rpartition("=")[2])

    def test_no_port_is_opened(self):
        sockets = set()
        for descriptor in pathlib.Path(f"/proc/{self.function.process.pid}/fd").iterdir():
            # It may be closed by now: the program goes on while it is looked at.
            with contextlib.suppress(FileNotFoundError):
                sockets.add(os.readlink(descriptor))
        listening = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        self.assertFalse([row for row in listening if row[3] == "0A" and f"socket:[{row[9]}]" in sockets])


class ColdStart(unittest.TestCase):
    def test_from_exec_to_the_first_answer(self):
        times = []
        for _ in range(10):
            function = Function(BINARY)
            try:
                answer = answer_of(function.invoke(rest(*REQUESTS[0])))
                times.append((time.perf_counter() - function.started) * 1000)
            finally:
                function.close()
            self.assertEqual(answer.status, 200)
        built = "release" if "release" in BINARY else "debug" if "debug" in BINARY else "this"
        print(f"cold start {statistics.median(times):.1f} ms from exec to the first answer "
              f"({built} build, median of {len(times)}; {min(times):.1f} to {max(times):.1f})")
        self.assertLess(statistics.median(times), 500)


if __name__ == "__main__":
    unittest.main()
