"""The shapes of attack: each a small request, made by a function of nothing, the same every time.

What can grow is multiplied here with what else can grow: groups by columns, names by results, entries of an option by results,
layers of compression, cells that a few bytes declare, errors, digits. `SHAPES` has all by name.
"""

import json
import random
from typing import NamedTuple
from urllib.parse import urlencode

import bodies
from bodies import form, gzip_repeated, gzip_stream, grid, lines, names, rows, short_records, sparse_records

FORMATS = ("json", "ndjson", "csv", "markdown", "html", "svg", "xlsx", "ods")
MAX_BYTES = 2_000_000
URL_BYTES = 60_000


class Request(NamedTuple):
    """A request. `pace` is how the client behaves: it reads slowly, or sends its body in small pieces."""

    body: bytes = b""
    type: str = ""
    query: str = ""
    path: str = "/prod/stats"
    coding: str = ""
    head: bytes = b""
    pace: str = ""

    def method(self):
        return "POST" if self.body else "GET"

    def bytes(self):
        """The request as it is sent; `head` in place of all of it, if there is one."""
        if self.head:
            return self.head
        target = self.path + ("?" + self.query if self.query else "")
        fields = {"Content-Type": self.type, "Content-Encoding": self.coding}
        fields = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        if self.pace == "chunks":
            chunks = b"".join(b"1;x\r\n%c\r\n" % byte for byte in self.body)
            head = f"POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n{fields}\r\n"
            return head.encode() + chunks + b"0\r\n\r\n"
        length = f"Content-Length: {len(self.body)}\r\n" if self.body else ""
        head = f"{self.method()} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{length}{fields}\r\n"
        return head.encode() + self.body


SHAPES = {}


def shape(name, make):
    """Adds a shape; `make` returns its request."""
    assert name not in SHAPES, name
    SHAPES[name] = make


def body_shape(name, make_body, kind="text/csv", query="", path="/prod/stats", coding="", pace=""):
    shape(name, lambda: Request(make_body(), kind, query, path, coding, pace=pace))


def get_shape(name, query, path="/prod/stats"):
    shape(name, lambda: Request(query=query(), path=path))


JSON, NDJSON, CSV, TEXT = "application/json", "application/x-ndjson", "text/csv", "text/plain"
ANY = "application/octet-stream"


def options(**values):
    return urlencode({name: value for name, value in values.items()}, doseq=True)


def numbers(count, seed=1, digits=6):
    rng = random.Random(seed)
    return [f"{rng.random() * 1000:.{digits}f}" for _ in range(count)]


def upto(size, make):
    """Texts made of 0, 1, 2, … with as many characters as a URL may have."""
    texts, i = [], 0
    while size > 0:
        texts.append(make(i))
        size -= len(texts[-1]) + 1
        i += 1
    return texts


# --- groups by columns ----------------------------------------------------------------------------------------------

by_g = options(group_by="g")

# Below the budget while they are read, by little: what is written of them comes on top. In each format.
for fmt in FORMATS:
    for name, rows_, columns, statistics in (
        ("groups-20000-all", 20_000, 1, "all"),
        ("groups-60000", 60_000, 1, "scipy"),
        ("groups-100-x-900", 100, 900, "scipy"),
        ("columns-9900-all", 3, 9900, "all"),
        ("groups-150-x-150-all", 150, 150, "all"),
        ("groups-2000-all", 2000, 1, "all"),
    ):
        query = options(group_by="g" if "groups" in name else "", statistics=statistics, format=fmt)
        body_shape(f"{name}-{fmt}", lambda rows_=rows_, columns=columns: grid(rows_, columns), CSV, query)
    body_shape(f"sparse-ndjson-150x150-all-{fmt}", lambda: sparse_records(150, 150), NDJSON, options(group_by="g", statistics="all", format=fmt))
    body_shape(f"numbers-all-{fmt}", lambda: lines(numbers(9000)), TEXT, options(statistics="all", bins="10000", format=fmt))
body_shape("sparse-ndjson-19kB", lambda: sparse_records(1000, 1000), NDJSON, by_g)
body_shape("sparse-ndjson-10000x10000", lambda: sparse_records(10_000, 10_000), NDJSON, by_g)
body_shape("sparse-ndjson-90000x10000", lambda: sparse_records(90_000, 9990), NDJSON, by_g)
body_shape("short-csv-100000x10000", lambda: short_records(99_000, 9990), CSV, by_g)
body_shape("short-csv-100000x10000-all", lambda: short_records(99_000, 9990), CSV, by_g + "&statistics=all")
body_shape("short-csv-2000x10000-preview", lambda: short_records(2000, 9990), CSV, "rows=all", "/prod/preview")
body_shape("dense-csv-1000x1000", lambda: grid(1000, 990), CSV, by_g)
body_shape("dense-csv-1000x1000-median", lambda: grid(1000, 990), CSV, by_g + "&statistics=median")
body_shape("dense-csv-10x10000-overall", lambda: grid(10, 9990), CSV, by_g + "&overall=true&statistics=all")
body_shape("two-group-columns", lambda: lines(["a,b,v", *(f"{i % 300},{i // 300},1" for i in range(90_000))]), CSV, "group_by=a&group_by=b&overall=true")
body_shape("sparse-json-records", lambda: b"[" + b",".join(sparse_records(5000, 5000).split()) + b"]", JSON, by_g)


def columns_of_one(count):
    return json.dumps({"g": {str(i): i for i in range(count)}} | {f"c{i}": {str(i): 1} for i in range(count)}).encode()


body_shape("json-columns-sparse", lambda: columns_of_one(9000), JSON, by_g)
body_shape("json-columns-named-arrays", lambda: json.dumps({"g": list(range(9000))} | {c: [1] for c in names(9000)}).encode(), JSON, by_g)
body_shape("json-index-orient", lambda: json.dumps({str(i): {f"c{i % 9000}": i} for i in range(50_000)}).encode(), JSON)
body_shape("json-row-labels", lambda: json.dumps({"v": {f"label {i}": i for i in range(60_000)}}).encode(), JSON, "column=v")
body_shape("json-split-orient", lambda: json.dumps({"columns": names(9000), "data": [[1]] * 90_000}).encode(), JSON)
body_shape("json-rows-of-values", lambda: json.dumps([names(9000)] + [[i] for i in range(90_000)]).encode(), JSON)
body_shape("json-named-series", lambda: json.dumps({"columns": [{"name": c, "values": [1]} for c in names(30_000)]}).encode(), JSON)
body_shape("json-deep-members", lambda: json.dumps([{f"a{i}": {"b" * 60: {"c" * 60: 1}} for i in range(9000)}]).encode(), JSON)
body_shape("json-long-paths", lambda: (b'{"' + b"a" * 60_000 + b'":{') * 15 + b'"x":{' + b",".join(b'"%d":1' % i for i in range(9000)) + b"}}" + b"}}" * 15, NDJSON)

# --- reports and publication ----------------------------------------------------------------------------------------

for extra in ("publish=ofqual", "suppress_below=5", "publish=ofqual&overall=true", "suppress_below=5&overall=true&statistics=frequencies"):
    name = extra.replace("&", "-").replace("=", "-")
    rng = random.Random(4)
    counts = [i for i in range(5000) for _ in range(rng.choice((1, 2, 4, 7, 9)))]
    body_shape(f"{name}-5000-groups", lambda counts=counts: lines(["g,v", *(f"{g},{i % 100}" for i, g in enumerate(counts))]), CSV, f"group_by=g&{extra}")
    body_shape(f"{name}-60x60-all", lambda: lines(["g," + ",".join(names(60)), *(f"{i % 60}," + ",".join(str(i * c % 97) for c in range(60)) for i in range(400))]), CSV, f"group_by=g&statistics=all&{extra}".replace("&statistics=frequencies", ""))
body_shape("publish-frequencies-10000-values", lambda: lines(["g,v", *(f"{i % 7},{i // 3}" for i in range(30_000))]), CSV, "group_by=g&overall=true&publish=ofqual&statistics=frequencies")
body_shape("publish-histogram-boundaries", lambda: lines(["g,v", *(f"{i % 900},{i * i % 1009}" for i in range(90_000))]), CSV, "group_by=g&overall=true&publish=ofqual&statistics=histogram,frequencies,boundaries&range=0,1009&bins=300&" + options(boundaries=",".join(f"G{i}:{i * 10}" for i in range(100))))
body_shape("compare-1000-groups-x-90-columns", lambda: grid(1000, 900), CSV, by_g + "&compare=true")
body_shape("compare-130-groups-x-900-columns", lambda: grid(110, 900), CSV, by_g + "&compare=true")
body_shape("compare-130-groups-x-900-columns-html", lambda: grid(50, 900), CSV, by_g + "&compare=true&format=html")
for fmt in ("json", "html", "markdown", "xlsx"):
    body_shape(f"compare-names-60kB-{fmt}", lambda: lines(["g," + ",".join(names(300)), *(f"{i}{'n' * 60_000}" + ",1" * 300 for i in range(30))]), CSV, by_g + "&compare=true&format=" + fmt)
    body_shape(f"compare-all-{fmt}", lambda: grid(1000, 30), CSV, by_g + "&compare=true&format=" + fmt)
    body_shape(f"absent-8000-codes-x-groups-{fmt}", lambda: grid(2000, 1, "5", "g"), CSV, by_g + "&absent=" + ",".join(upto(URL_BYTES, lambda i: f"x{i:x}")) + "&format=" + fmt)
    body_shape(f"quantiles-1000-x-groups-{fmt}", lambda: grid(5000, 1, "5", "g"), CSV, by_g + "&quantiles=" + ",".join(f".{i + 1000}" for i in range(1000)) + "&format=" + fmt)
    body_shape(f"boundaries-1000-x-groups-{fmt}", lambda: grid(5000, 1, "5", "g"), CSV, by_g + "&boundaries=" + ",".join(f"G{i}:{i}" for i in range(1000)) + "&format=" + fmt)
    body_shape(f"histogram-10000-x-groups-{fmt}", lambda: grid(3000, 1, "5", "g"), CSV, by_g + "&statistics=histogram&range=0,10&bins=10000&format=" + fmt)
body_shape("baseline-1001-groups", lambda: lines(["g,v", *(f"{i % 1001},{i}" for i in range(100_000))]), CSV, by_g + "&baseline=1&format=html")
body_shape("chart-compare-12-groups", lambda: lines(["g,v", *(f"{i % 12},{v}" for i, v in enumerate(numbers(150_000)))]), CSV, by_g + "&chart=compare")
body_shape("chart-ecdf-distinct", lambda: lines(["v", *numbers(180_000)]), CSV, "chart=ecdf")
body_shape("chart-histogram-10000-bins", lambda: lines(["g,v", *(f"{i % 12},{v}" for i, v in enumerate(numbers(130_000)))]), CSV, by_g + "&chart=histogram&bins=10000&format=html")

# --- options with many entries --------------------------------------------------------------------------------------


def quantiles(size):
    return ",".join(upto(size, lambda i: f".{i + 1}"))


def boundaries(size):
    return ",".join(upto(size, lambda i: f"{i:x}:{100_000 - i}"))


many_groups = lambda: grid(20_000, 1, "5", "g")  # noqa: E731
body_shape("quantiles-url", many_groups, CSV, by_g + "&quantiles=" + quantiles(URL_BYTES))
body_shape("boundaries-url", many_groups, CSV, by_g + "&boundaries=" + boundaries(URL_BYTES))
body_shape("absent-url", many_groups, CSV, by_g + "&absent=" + ",".join(upto(URL_BYTES, lambda i: f"{i:x}")))
body_shape("missing-url", many_groups, CSV, by_g + "&missing=" + ",".join(upto(URL_BYTES, lambda i: f"{i:x}")))
body_shape("absent-misses-each-cell", lambda: lines(["v", *(f"x{i}" for i in range(200_000))]), CSV, "column=v&invalid=missing&absent=" + ",".join(upto(URL_BYTES, lambda i: f"x{i}y")))
body_shape("columns-url", lambda: grid(2000, 100), CSV, "column=" + "&column=".join(upto(URL_BYTES, lambda i: f"c{i % 100}")))
body_shape("columns-unknown-url", lambda: grid(10, 9000), CSV, "&".join(upto(URL_BYTES, lambda i: f"column=z{i}")))
body_shape("group-by-url", lambda: grid(200, 3000), CSV, "&".join(upto(URL_BYTES, lambda i: f"group_by=c{i}" if i < 3000 else "statistics=")))
body_shape("statistics-url", many_groups, CSV, by_g + "&statistics=" + "all,median," * 5000)
body_shape("baseline-60kB", many_groups, CSV, by_g + "&baseline=" + "g:1," * 15_000)
body_shape("strip-60kB", many_groups, CSV, by_g + "&strip=" + "%E2%82%AC" * 6000)

list_of = lambda count: b'"numbers":[' + b",".join(b"%d" % (i % 1000) for i in range(count)) + b"]"  # noqa: E731
for where in ("before", "after"):
    for name, value in (
        ("quantiles", [i / 200_000 for i in range(100_000)]),
        ("boundaries", {f"G{i}": i for i in range(80_000)}),
        ("statistics", ["all"] * 150_000),
        ("column", [f"c{i}" for i in range(150_000)]),
        ("absent", [f"X{i}" for i in range(150_000)]),
    ):
        option = json.dumps({name: value})[1:-1].encode()
        both = (lambda o: o + b"," + list_of(1000)) if where == "before" else (lambda o: list_of(1000) + b"," + o)
        body_shape(f"json-{name}-{where}", lambda option=option, both=both: b"{" + both(option) + b"}", JSON)
body_shape("json-unknown-options", lambda: b"{" + list_of(10) + b"," + json.dumps({f"o{i}": "v" * 20 for i in range(50_000)})[1:].encode(), JSON)

field = b"v" * 60_000
csv_file = ("file", "a.csv", grid(1000, 2))
body_shape("form-quantiles", lambda: form([("quantiles", None, quantiles(URL_BYTES).encode())] * 30 + [csv_file]), bodies.FORM, by_g)
body_shape("form-absent", lambda: form([("absent", None, ",".join(upto(URL_BYTES, lambda i: f"{k}x{i:x}")).encode()) for k in range(25)] + [csv_file]), bodies.FORM, by_g)
body_shape("form-columns", lambda: form([("column", None, field)] * 30 + [csv_file]), bodies.FORM)
body_shape("form-long-names", lambda: form([("n" * 15_000 + str(i), None, b"1") for i in range(95)] + [csv_file]), bodies.FORM)

get_shape("did-you-mean-name", lambda: "o" * URL_BYTES + "=1&numbers=1")
get_shape("did-you-mean-many-names", lambda: "numbers=1&" + "&".join(f"{'statistic' * 66}{i}=1" for i in range(95)))
get_shape("did-you-mean-value", lambda: "numbers=1&statistics=" + "m" * URL_BYTES)
get_shape("did-you-mean-values", lambda: "numbers=1&statistics=" + ",".join(upto(URL_BYTES, lambda i: f"medi{i}")))
body_shape("did-you-mean-columns", lambda: lines([",".join(c + "x" * 100 for c in names(9000)), ",".join(["1"] * 9000)]), CSV, "&".join(upto(URL_BYTES, lambda i: f"column=d{i}" + "x" * 100)))
body_shape("did-you-mean-column-60kB", lambda: lines([",".join(c + "x" * 60_000 for c in names(30)), ",".join(["1"] * 30)]), CSV, "column=" + "x" * URL_BYTES)
body_shape("did-you-mean-column-in-30kB", lambda: b"c" + b"x" * 30_000 + b",b\n1,2\n", CSV, "column=" + "x" * 30_000)
body_shape("header-suffixes-in-30kB", lambda: lines([",".join(["v"] * 3800 + [f"v_{i}" for i in range(2, 3800)]), "1"]), CSV)
body_shape("header-suffixes-asked", lambda: lines([",".join(["v"] * 3800 + [f"v_{i}" for i in range(2, 3800)]), "1"]), CSV, "&".join(f"column=v_{i}" for i in range(2000, 2020)))
body_shape("did-you-mean-json-60kB", lambda: b"{" + list_of(3) + b',"' + b"statistic" * 7000 + b'":1}', JSON)
get_shape("get-all-statistics", lambda: "statistics=all&quantiles=" + quantiles(10_000) + "&boundaries=" + boundaries(20_000) + "&bins=10000&format=html&" + "&".join(upto(25_000, lambda i: f"numbers={i}")))
get_shape("get-brackets", lambda: "&".join(upto(URL_BYTES, lambda i: f"numbers[{i}]={i}")))
get_shape("get-brackets-reversed", lambda: "&".join(reversed(upto(URL_BYTES, lambda i: f"numbers[{i}]={i}"))))
get_shape("get-brackets-nested", lambda: "a" + "[b]" * 19_000 + "=1")
get_shape("get-many-names", lambda: "&".join(upto(URL_BYTES, lambda i: f"n{i}=1")))
get_shape("get-errors", lambda: "&".join(upto(URL_BYTES, lambda i: "numbers=x")))
get_shape("get-exponents", lambda: "statistics=all&" + "&".join(upto(URL_BYTES, lambda i: f"numbers={i}e{i % 601 - 300}")))

# --- names repeated in many results ---------------------------------------------------------------------------------

long_name = "n" * 60_000
body_shape("column-name-60kB-x-groups", lambda: lines([f"g,{long_name}", *(f"{i},1" for i in range(90_000))]), CSV, by_g)
body_shape("group-name-60kB-x-columns", lambda: lines(["g," + ",".join(names(9000)), *(f"{i}{long_name}," + "1," * 8999 + "1" for i in range(20))]), CSV, by_g)
body_shape("group-name-60kB-formats", lambda: lines(["g," + ",".join(names(900)), *(f"{i}{long_name}," + "1," * 899 + "1" for i in range(20))]), CSV, by_g + "&format=html")
body_shape("group-column-60kB", lambda: lines([f"{long_name},v", *(f"{i},1" for i in range(90_000))]), CSV, "group_by=" + long_name)
body_shape("group-names-60kB-compare", lambda: lines(["g,a,b,c", *(f"{i % 32}{long_name},1,2,3" for i in range(32))] * 1), CSV, by_g + "&compare=true&overall=true&format=xlsx")
body_shape("control-characters-escaped", lambda: lines(["g,v", *(f"{i}" + "\x01" * 60_000 + ",1" for i in range(32))]), CSV, by_g)
body_shape("quotes-escaped-html", lambda: lines(["g," + ",".join(names(90)), *(f"{i}" + "&<" * 30_000 + ",1" * 90 for i in range(32))]), CSV, by_g + "&format=html")
body_shape("windows-1252-groups", lambda: b"g,v\n" + b"".join(b"%d" % i + b"\xa0\xe9" * 8 + b",1\n" for i in range(80_000)), CSV, by_g)
body_shape("windows-1252-declared", lambda: b"g,v\n" + b"".join(b"%d" % i + b"\xa0\x80" * 8 + b",1\n" for i in range(80_000)), "text/csv; charset=windows-1252", by_g)
body_shape("utf-16", lambda: "\n".join(["g,v", *(f"{i}\xa0,{i}" for i in range(60_000))]).encode("utf-16"), CSV, by_g)
body_shape("utf-16-of-bytes", lambda: b"\xff\xfe" + b"\x00\xd8" * 900_000, CSV)
body_shape("not-utf-8-cells", lambda: b"v\n" + b"\xff\xfe\n" * 600_000, CSV, "column=v&invalid=missing")

# --- codings --------------------------------------------------------------------------------------------------------

million = b" " * (1 << 20)
one_line = b"1\n" * (1 << 19)
body_shape("gzip-blanks", lambda: gzip_repeated(million, 1900), CSV, coding="gzip")
body_shape("gzip-blank-lines", lambda: gzip_repeated(b"\n" * (1 << 20), 1900), CSV, coding="gzip")
body_shape("gzip-gzip-blanks", lambda: gzip_repeated(gzip_repeated(million, 100), 50), CSV, coding="gzip, gzip")
body_shape("gzip-gzip-bomb", lambda: gzip_repeated(gzip_repeated(million, 4000), 1), CSV, coding="gzip, gzip")
body_shape("gzip-numbers", lambda: gzip_repeated(one_line, 500), TEXT, coding="gzip")
body_shape("gzip-json-array", lambda: b"".join([gzip_repeated(b"[" + b"1," * (1 << 19), 400)]), JSON, coding="gzip")
body_shape("gzip-json-nesting", lambda: gzip_repeated(b"[" * (1 << 20), 500), JSON, coding="gzip")
body_shape("gzip-json-objects", lambda: gzip_repeated(b'{"a":' * (1 << 18), 200), JSON, coding="gzip")
body_shape("gzip-groups", lambda: gzip_repeated(lines(["g,v", *(f"{i},1" for i in range(90_000))]), 9), CSV, by_g, coding="gzip")
body_shape("gzip-10000-columns-rows", lambda: gzip_repeated((b"," * 9999 + b"\n") * 100, 1000), CSV, coding="gzip")
body_shape("gzip-quantiles-of-numbers", lambda: gzip_repeated(lines(numbers(100_000, digits=3)), 2, 6), TEXT, "statistics=all", coding="gzip")
body_shape("gzip-members", lambda: bodies.gzip_members([b"1\n"]) * 60_000, TEXT, coding="gzip")
body_shape("gzip-empty-members", lambda: bodies.gzip_members([b""]) * 80_000, TEXT, coding="gzip")
body_shape("gzip-name-2MB", lambda: b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"n" * 1_900_000, CSV, coding="gzip")
body_shape("deflate-empty-blocks", lambda: b"\x78\x9c" + b"\x00\x00\x00\xff\xff" * 380_000, CSV, coding="deflate")
body_shape("zstd-blanks", lambda: bodies.zstd_runs(b" ", 400_000), CSV, coding="zstd")
body_shape("zstd-lines", lambda: bodies.zstd_runs(b"\n", 400_000), CSV, coding="zstd")
body_shape("zstd-digits", lambda: bodies.zstd_runs(b"1", 400_000), TEXT, coding="zstd")
body_shape("zstd-window-2GiB", lambda: bodies.zstd_runs(b" ", 1000, 0xA8), CSV, coding="zstd")
body_shape("zstd-window-128MiB", lambda: bodies.zstd_runs(b"\n", 1000, 0x88), CSV, coding="zstd")
body_shape("zstd-window-8MiB", lambda: bodies.zstd_runs(b"\n", 1000, 0x68), CSV, coding="zstd")
body_shape("zstd-frames", lambda: bodies.zstd_runs(b"\n", 1) * 150_000, CSV, coding="zstd")
body_shape("zstd-skippable-frames", lambda: b"\x50\x2a\x4d\x18\0\0\0\0" * 240_000, CSV, coding="zstd")
body_shape("zstd-zstd", lambda: bodies.zstd_runs(b"\n", 100_000, 0x68), CSV, coding="zstd, zstd")
body_shape("br-blanks", lambda: bodies.brotli_runs(32, 90_000), CSV, coding="br")
body_shape("br-lines", lambda: bodies.brotli_runs(10, 90_000), CSV, coding="br")
body_shape("br-br", lambda: bodies.brotli_runs(0, 90_000), CSV, coding="br, br")
body_shape("stacked-codings", lambda: gzip_repeated(bodies.zstd_runs(b"\n", 400_000), 1), CSV, coding="zstd, gzip")
body_shape("stacked-gzip-br", lambda: bodies.brotli_runs(0, 10), CSV, coding="gzip, br")
body_shape("codings-named-1000-times", lambda: b"1\n", CSV, coding=", ".join(["gzip"] * 1000))
body_shape("undeclared-gzip-of-zip", lambda: gzip_repeated(bodies.archive([("a.csv", "1\n" * 10_000_000)]), 1), ANY)

# --- long texts, compressed: some kilobytes become hundreds of megabytes that somebody may keep -----------------------

x = b"x" * 60_000


def numbered(count, before, after, between=b","):
    """Long texts, all different, each between `before` and `after`."""
    for i in range(count):
        yield (between if i else b"") + before + b"%d" % i + x + after


def long_texts(name, make_parts, kind, query="", path="/prod/stats"):
    body_shape(f"long-{name}", lambda: gzip_stream(make_parts()), kind, query, path, coding="gzip")


def around(start, parts, end):
    yield start
    yield from parts
    yield end


for path in ("/prod/stats", "/prod/preview"):
    at, every = path.rpartition("/")[2], "rows=all" if "preview" in path else ""
    long_texts(f"csv-header-{at}", lambda: around(b"", numbered(5000, b"", b""), b"\n1\n"), CSV, every, path)
    long_texts(f"csv-record-{at}", lambda: around(b"a,b\n", numbered(5000, b"", b""), b"\n"), CSV, every, path)
    long_texts(f"csv-records-{at}", lambda: around(b"a,b\n", numbered(5000, b"1,", b"", b"\n"), b"\n"), CSV, every, path)
    long_texts(f"csv-titles-{at}", lambda: around(b"", numbered(5000, b"", b"", b"\n"), b"\na,b\n1,2\n"), CSV, every, path)
    long_texts(f"csv-quotes-{at}", lambda: around(b'a\n"', numbered(5000, b"", b"", b"\n"), b""), CSV, every, path)
    long_texts(f"json-records-{at}", lambda: around(b"[", numbered(5000, b'{"a":"', b'"}'), b"]"), JSON, every, path)
    long_texts(f"json-names-{at}", lambda: around(b"[{", numbered(5000, b'"', b'":1'), b"}]"), JSON, every, path)
    long_texts(f"json-record-{at}", lambda: around(b"[{", numbered(5000, b'"', b'":"' + x + b'"'), b"}]"), JSON, every, path)
    long_texts(f"ndjson-record-{at}", lambda: around(b"{", numbered(5000, b'"', b'":"' + x + b'"'), b"}\n"), NDJSON, every, path)
    long_texts(f"json-columns-{at}", lambda: around(b"{", numbered(5000, b'"', b'":["' + x + b'"]'), b"}"), JSON, every, path)
    long_texts(f"json-rows-{at}", lambda: around(b"[[", numbered(5000, b'"', b'"'), b"]]"), JSON, every, path)
    long_texts(f"json-labels-{at}", lambda: around(b'{"v":{', numbered(5000, b'"', b'":1'), b"}}"), JSON, every, path)
    long_texts(f"json-strings-{at}", lambda: around(b"[", numbered(5000, b'"', b'"'), b"]"), JSON, every, path)
    long_texts(f"json-other-members-{at}", lambda: around(b"{", numbered(5000, b'"', b'":"v"'), b',"data":[{"v":1}]}'), JSON, every, path)
long_texts("groups", lambda: around(b"g,v\n", numbered(5000, b"", b",1", b"\n"), b"\n"), CSV, "group_by=g&column=v")
for option in ("absent", "column", "group_by", "statistics", "boundaries", "unknown"):
    long_texts(f"json-option-{option}", lambda option=option: around(b'{"numbers":[1],"%s":[' % option.encode(), numbered(5000, b'"', b'"'), b"]}"), JSON)
long_texts("json-options", lambda: around(b'{"numbers":[1],', numbered(5000, b'"', b'":"v"'), b"}"), JSON)
long_texts("json-schema", lambda: around(b'{"schema":{"fields":[', numbered(5000, b'{"name":"', b'"}'), b']},"data":[{"v":1}]}'), JSON)
long_texts("json-split-columns", lambda: around(b'{"columns":[', numbered(5000, b'"', b'"'), b'],"data":[[1]]}'), JSON)
long_texts("json-split-index", lambda: around(b'{"index":[', numbered(5000, b'"', b'"'), b'],"columns":["v"],"data":[[1]]}'), JSON)
long_texts("json-option-wait", lambda: around(b'{"ddof":[', numbered(5000, b'"', b'"'), b'],"numbers":[1]}'), JSON)
long_texts("ndjson-skipped", lambda: around(b"", numbered(5000, b'{"a":1,"b":"', b'"}', b"\n"), b"\n"), NDJSON)
long_texts("bad-cells", lambda: around(b"v\n", numbered(5000, b"", b"", b"\n"), b"\n"), CSV, "column=v")
long_texts("bad-cells-missing", lambda: around(b"v\n", numbered(5000, b"", b"", b"\n"), b"\n"), CSV, "column=v&invalid=missing&format=html")
long_texts("digits", lambda: around(b"v\n", (b"%d" % i + b"7" * 60_000 + b"\n" for i in range(5000)), b""), CSV, "statistics=all")
long_texts("form-head", lambda: around(b"--xxhold\r\nContent-Disposition: form-data; name=\"", numbered(5000, b"", b""), b""), bodies.FORM)

# --- workbooks ------------------------------------------------------------------------------------------------------

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLS = "application/vnd.ms-excel"
number = "<c><v>1</v></c>"
cell_at = lambda place, value=1: f'<c r="{place}"><v>{value}</v></c>'  # noqa: E731

body_shape("xlsx-huge-dimension", lambda: bodies.xlsx('<dimension ref="A1:XFD1048576"/>' + rows(cell_at("A1"), cell_at("XFD1048576"))), XLSX)
body_shape("xlsx-far-cells", lambda: bodies.xlsx("<sheetData>" + "".join(f'<row r="{i}">{cell_at(f"XFD{i}")}</row>' for i in range(1, 50_000)) + "</sheetData>"), XLSX)
body_shape("xlsx-empty-cells", lambda: bodies.xlsx(rows(bodies.text_cell("a"), *["<c/>" * 9000] * 2000)), XLSX)
body_shape("xlsx-empty-rows", lambda: bodies.xlsx("<sheetData>" + "<row/>" * 20_000_000 + "</sheetData>"), XLSX)
body_shape("xlsx-many-numbers", lambda: bodies.xlsx(rows(*[number * 100] * 60_000)), XLSX)
body_shape("xlsx-groups-x-columns", lambda: bodies.xlsx(rows(*["".join(map(bodies.text_cell, ["g", *names(900)]))], *(bodies.text_cell(f"g{i}") + number * 900 for i in range(1000)))), XLSX, by_g)
body_shape("xlsx-shared-strings-many", lambda: bodies.xlsx(rows(*['<c t="s"><v>5</v></c>'] * 10), strings="<si><t>a</t></si>" * 8_000_000), XLSX)
body_shape("xlsx-shared-strings-long", lambda: bodies.xlsx(rows('<c t="s"><v>0</v></c>' * 2, *['<c t="s"><v>1</v></c>' + number] * 90_000), strings=f"<si><t>{'h' * 60_000}</t></si>" * 800), XLSX, "group_by=" + "h" * 60_000)
body_shape("xlsx-shared-string-runs", lambda: bodies.xlsx(rows('<c t="s"><v>0</v></c>'), strings="<si>" + "<r><t>abcdefgh</t></r>" * 5_000_000 + "</si>"), XLSX)
body_shape("xlsx-merged-ranges", lambda: bodies.xlsx(rows(*[number * 3] * 1000) + "<mergeCells>" + "".join(f'<mergeCell ref="A{i}:C{i + 1}"/>' for i in range(1, 200_000, 2)) + "</mergeCells>"), XLSX)
body_shape("xlsx-merged-overlapping", lambda: bodies.xlsx(rows(bodies.text_cell("a") + bodies.text_cell("b"), *[bodies.text_cell("x") + number] * 20_000) + "<mergeCells>" + "".join(f'<mergeCell ref="A{i}:A1048576"/>' for i in range(2, 100_000)) + "</mergeCells>"), XLSX, "group_by=a")
body_shape("xlsx-merged-whole-sheet", lambda: bodies.xlsx(rows(bodies.text_cell("a") + bodies.text_cell("b"), *[bodies.text_cell("x") + number] * 10) + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), XLSX, "group_by=a")
body_shape("xlsx-many-sheets", lambda: bodies.xlsx(*[rows(number)] * 4000), XLSX, "sheet=*&group_by=sheet")
body_shape("xlsx-many-sheets-of-text", lambda: bodies.xlsx(*[rows(bodies.text_cell("a"))] * 4000), XLSX)
body_shape("xlsx-long-attributes", lambda: bodies.xlsx(f'<x a="{"y" * 300_000_000}"/>' + rows(number)), XLSX)
body_shape("xlsx-long-text", lambda: bodies.xlsx(rows(bodies.text_cell("y" * 300_000_000))), XLSX)
body_shape("xlsx-deep-xml", lambda: bodies.xlsx("<a>" * 30_000_000 + rows(number)), XLSX)
body_shape("xlsx-entities", lambda: bodies.xlsx(rows(*[bodies.text_cell("&amp;" * 12_000)] * 2000)), XLSX, "group_by=column_1&header=false")
body_shape("xlsx-previews", lambda: bodies.xlsx(rows(*[number * 9000] * 100)), XLSX, "rows=all", "/prod/preview")
body_shape("ods-repeated-rows", lambda: bodies.ods(bodies.ods_row(bodies.ods_text("a")) + bodies.ods_row(bodies.ods_number(1), 1_048_575) * 1000), ODS)
body_shape("ods-repeated-cells", lambda: bodies.ods(bodies.ods_row(bodies.ods_number(1, 9000), 1_048_576)), ODS)
body_shape("ods-repeated-empty", lambda: bodies.ods(bodies.ods_row(bodies.ods_number(1)) + bodies.ods_row('<table:table-cell table:number-columns-repeated="16384"/>', 1_048_575) + bodies.ods_row(bodies.ods_number(1))), ODS)
body_shape("ods-repeated-texts", lambda: bodies.ods(bodies.ods_row(bodies.ods_text("n" * 60_000, 9000))), ODS)
body_shape("ods-repeated-texts-preview", lambda: bodies.ods(bodies.ods_row(bodies.ods_text("n" * 60_000, 9000), 100)), ODS, "rows=all", "/prod/preview")
body_shape("ods-cells", lambda: bodies.ods(bodies.ods_row(bodies.ods_number(1) * 50) * 30_000), ODS)
body_shape("ods-spaces", lambda: bodies.ods(bodies.ods_row(bodies.ods_text('<text:s text:c="2000000000"/>')) * 100), ODS)
body_shape("ods-tables", lambda: bodies.ods(*[bodies.ods_row(bodies.ods_number(1))] * 100_000), ODS, "sheet=*")


def xls_number(row, column):
    return bodies.record(0x203, row.to_bytes(2, "little") + column.to_bytes(2, "little") + b"\0" * 8 + b"\xf0\x3f")


def xls_strings(count, length):
    text = length.to_bytes(2, "little") + b"\0" + b"a" * length
    fit = max(1, 8000 // len(text))
    first = bodies.record(0xFC, count.to_bytes(4, "little") * 2 + text * fit)
    return first + bodies.record(0x3C, text * fit) * (count // fit - 1)


body_shape("xls-cells", lambda: bodies.xls(b"".join(xls_number(r, c) for r in range(400) for c in range(200))), XLS)
body_shape("xls-far-cells", lambda: bodies.xls(b"".join(xls_number(r, 255) for r in range(60_000))), XLS)
body_shape("xls-blanks", lambda: bodies.xls(b"".join(bodies.record(0xBE, r.to_bytes(2, "little") + b"\0\0" + b"\0\0" * 256 + b"\xff\0") for r in range(3500))), XLS)
body_shape("xls-strings", lambda: bodies.xls(xls_number(0, 0), xls_strings(400_000, 1)), XLS)
body_shape("xls-strings-claimed", lambda: bodies.xls(xls_number(0, 0), bodies.record(0xFC, b"\xff\xff\xff\x7f" * 2)), XLS)
body_shape("xls-merged", lambda: bodies.xls(xls_number(0, 0) + bodies.record(0xE5, b"\x00\x04" + b"\0\0\xff\xff\0\0\xff\0" * 1024) * 200), XLS, "group_by=column_1&header=false")
body_shape("zip-million-entries", lambda: bodies.archive([(f"{i:x}", b"") for i in range(19_000)], 0), ANY)
body_shape("zip-entry-bomb", lambda: bodies.archive([("a.csv", b"v\n" + b"1\n" * 400_000_000)]), ANY)
body_shape("zip-claimed-entries", lambda: bodies.archive([("a.csv", "1\n2\n")])[:-12] + b"\xff\xff\xff\xff" + bodies.archive([("a.csv", "1\n2\n")])[-8:], ANY)

# --- Parquet --------------------------------------------------------------------------------------------------------

PARQUET = "application/vnd.apache.parquet"
body_shape("parquet-runs", lambda: bodies.parquet(1_000_000, 30_000), PARQUET)
body_shape("parquet-run-of-a-billion", lambda: bodies.parquet(1_000_000_000, 4), PARQUET)
body_shape("parquet-250-million-cells", lambda: bodies.parquet(1_000_000, 250), PARQUET, "statistics=all")
body_shape("parquet-page-of-250-million", lambda: bodies.parquet(250_000_000), PARQUET, "statistics=all")
body_shape("parquet-page-of-250-million-grouped", lambda: bodies.parquet(120_000_000, 1, 1, 2), PARQUET, "group_by=c0")
body_shape("parquet-groups", lambda: bodies.parquet(1_000_000, 1, 20_000), PARQUET)
body_shape("parquet-columns", lambda: bodies.parquet(1000, 1, 1, 9000), PARQUET)
body_shape("parquet-groups-by-columns", lambda: bodies.parquet(10, 1, 90, 300), PARQUET, "statistics=all")
body_shape("parquet-claimed-rows", lambda: bodies.parquet(10, claimed_rows=1 << 62), PARQUET)
body_shape("parquet-group-by", lambda: bodies.parquet(1_000_000, 100, 1, 2), PARQUET, "group_by=c0&statistics=all")

# --- forms ----------------------------------------------------------------------------------------------------------

body_shape("form-1000-files", lambda: form([("file", f"{i}.csv", b"v\n1\n") for i in range(1000)]), bodies.FORM, "group_by=file")
body_shape("form-1000-files-sparse", lambda: form([("file", f"{i}.csv", b"v," + b",".join(b"c%d" % c for c in range(300)) + b"\n1,1\n") for i in range(1000)]), bodies.FORM, "group_by=file&statistics=all")
body_shape("form-file-names-15kB", lambda: form([("file", "n" * 1500 + f"{i}.csv", b"v,w,x,y,z\n1,1,1,1,1\n") for i in range(1000)]), bodies.FORM, "group_by=file&format=html")
body_shape("form-100000-parts", lambda: form([("a", None, b"")] * 26_000), bodies.FORM)
body_shape("form-unnamed-files", lambda: form([("a", "", b"")] * 22_000), bodies.FORM)
body_shape("form-options-after-files", lambda: form([csv_file, ("file", "b.csv", grid(1000, 900)), ("group_by", None, b"g"), ("statistics", None, b"all")]), bodies.FORM)
body_shape("form-options-between-files", lambda: form([part for i in range(90) for part in (("file", f"{i}.csv", b"g,v\n" + b"a,1\n" * 4000), ("absent", None, b"X"))]), bodies.FORM)
body_shape("form-gzip-files-then-option", lambda: form([("file", "a.csv.gz", gzip_repeated(b"v\n" + b"1\n" * (1 << 20), 100)), ("column", None, b"v")]), bodies.FORM)
body_shape("form-gzip-bomb", lambda: gzip_repeated(form([("file", "a.csv", b"v\n" + b"1\n" * (1 << 20))])[:-20] + b"1\n" * (1 << 20), 400), bodies.FORM, coding="gzip")
body_shape("form-xlsx-files", lambda: form([("file", f"{i}.xlsx", bodies.xlsx(rows(*[number * 50] * 2000))) for i in range(60)]), bodies.FORM)
body_shape("form-boundary-almost", lambda: form([("file", "a.csv", b"\r\n--xxhol" * 200_000)]), bodies.FORM)
body_shape("form-head-lines", lambda: b"--xxhold\r\n" + b"a: b\r\n" * 300_000, bodies.FORM)
body_shape("urlencoded-numbers", lambda: "&".join(upto(1_040_000, lambda i: "numbers=1")).encode(), "application/x-www-form-urlencoded")
body_shape("urlencoded-brackets", lambda: "&".join(upto(1_040_000, lambda i: f"numbers[{i}]=1")).encode(), "application/x-www-form-urlencoded")
body_shape("urlencoded-names", lambda: ("numbers=1&" + "&".join(upto(1_030_000, lambda i: f"n{i}=1"))).encode(), "application/x-www-form-urlencoded")
body_shape("urlencoded-encoded-names", lambda: ("numbers=1&" + "&".join(upto(1_030_000, lambda i: f"%6e{i}[a]=1"))).encode(), "application/x-www-form-urlencoded")

# --- numbers --------------------------------------------------------------------------------------------------------

body_shape("nested-100000-rows", lambda: json.dumps([[1, 2]] * 99_000).encode(), JSON, "statistics=all")
body_shape("nested-100000-rows-axis-1", lambda: json.dumps([[1, 2, 3]] * 99_000).encode(), JSON, "axis=1&statistics=all")
body_shape("nested-wide", lambda: json.dumps([list(range(99_000))] * 2).encode(), JSON, "statistics=all&axis=0")
body_shape("nested-axis-after", lambda: b'{"numbers":' + json.dumps([[1, 2, 3]] * 99_000).encode() + b',"axis":1,"statistics":"all"}', JSON)
body_shape("nested-ragged", lambda: json.dumps([[1] * (i % 40) for i in range(30_000)]).encode(), JSON)
body_shape("nested-diagonal", lambda: json.dumps([[1] * 1000] * 600).encode(), JSON, "axis=1&statistics=all")
body_shape("exponents", lambda: lines(f"{i}e{i % 601 - 300}" for i in range(180_000)), TEXT, "statistics=all")
body_shape("exponents-scipy", lambda: lines(f"{i}e{i % 601 - 300}" for i in range(180_000)), TEXT)
body_shape("exponents-json", lambda: b"[" + b",".join(b"%de%d" % (i, i % 601 - 300) for i in range(150_000)) + b"]", JSON, "statistics=all")
body_shape("exponents-x-groups", lambda: lines(["g,v", *(f"{i % 1500},1e{i // 1500 % 601 - 300}" for i in range(150_000))]), CSV, by_g)
body_shape("exponents-x-groups-all", lambda: lines(["g,v", *(f"{i % 3000},{i}e{i // 3000 * 12 - 300}" for i in range(120_000))]), CSV, by_g + "&statistics=all")
body_shape("exponents-x-columns", lambda: lines([",".join(names(5000)), *(",".join(f"1e{(i * 7 + c) % 601 - 300}" for c in range(5000)) for i in range(60))]), CSV)
body_shape("exponents-compare", lambda: lines(["g,v", *(f"{i % 900},{i}e{i // 900 % 601 - 300}" for i in range(120_000))]), CSV, by_g + "&compare=true")
body_shape("38-digits", lambda: lines(f"{i:038d}"[::-1].replace("0", "7") for i in range(50_000)), TEXT, "statistics=all")
body_shape("38-digits-fractions", lambda: lines("." + f"{i:038d}"[::-1].replace("0", "7") for i in range(48_000)), TEXT, "statistics=all")
body_shape("60kB-digits", lambda: lines(["7" * 60_000] * 32), TEXT, "statistics=all")
body_shape("cell-beyond-limit", lambda: b"7" * 1_900_000, TEXT)
body_shape("distinct-all", lambda: lines(numbers(180_000)), TEXT, "statistics=all")
body_shape("distinct-means", lambda: lines(numbers(180_000)), TEXT, "statistics=harmonic_mean,geometric_mean")
body_shape("means-38-digits", lambda: lines("1" + f"{i:037d}"[::-1] + f"e{i % 300}" for i in range(44_000)), TEXT, "statistics=harmonic_mean,geometric_mean")
body_shape("means-x-groups", lambda: lines(["g,v", *(f"{i % 5000},{v}" for i, v in enumerate(numbers(120_000)))]), CSV, by_g + "&statistics=geometric_mean,harmonic_mean,mad")
body_shape("distinct-x-groups", lambda: lines(["g,v", *(f"{i % 40_000},{v}" for i, v in enumerate(numbers(120_000)))]), CSV, by_g + "&statistics=median")
body_shape("histogram-max-bins", lambda: lines(["g,v", *(f"{i},{i}" for i in range(90_000))]), CSV, by_g + "&statistics=histogram&bins=10000&range=0,100")
body_shape("histogram-exponents", lambda: lines(f"{i}e{i % 601 - 300}" for i in range(180_000)), TEXT, "statistics=histogram&bins=10000")
body_shape("frequencies-per-group", lambda: lines(["g,v", *(f"{i % 20},{i // 20}" for i in range(190_000))]), CSV, by_g + "&statistics=frequencies,mode")
body_shape("frequencies-per-group-xlsx", lambda: lines(["g,v", *(f"{i % 20},{i // 20}" for i in range(190_000))]), CSV, by_g + "&statistics=frequencies&format=xlsx")
body_shape("weights-reliability", lambda: lines(["v,w", *(f"{v},{i + 1}" for i, v in enumerate(numbers(110_000)))]), CSV, "weights=w&weight_type=reliability&statistics=all")
body_shape("weights-exponents", lambda: lines(["v,w", *(f"{i},1e{i % 601 - 300}" for i in range(120_000))]), CSV, "weights=w&weight_type=reliability&statistics=all")
body_shape("weights-distinct-x-columns", lambda: lines(["w," + ",".join(names(300)), *(f"{i + 1}" + f",{i}" * 300 for i in range(900))]), CSV, "weights=w&weight_type=reliability&statistics=all")
body_shape("weights-frequency-huge", lambda: lines(["v,w", *(f"{i},{10**18 + i}" for i in range(70_000))]), CSV, "weights=w&statistics=all")

# --- delimited text -------------------------------------------------------------------------------------------------

body_shape("header-2MB-one-name", lambda: b"h" * 1_900_000 + b"\n1\n", CSV)
body_shape("header-without-line-end", lambda: b"h," * 950_000, CSV)
body_shape("header-10000-of-190-bytes", lambda: lines([",".join(c + "x" * 180 for c in names(9990)), ",".join(["1"] * 9990)]), CSV, "format=html")
body_shape("header-equal-names", lambda: lines([",".join(["v"] * 9990), ",".join(["1"] * 9990)] * 40), CSV)
body_shape("header-suffixes", lambda: lines([",".join(["v" + "x" * 180] * 4990 + [f"v{'x' * 180}_{i}" for i in range(2, 5000)])[:1_990_000], "1"]), CSV)
body_shape("header-suffixes-short", lambda: lines([",".join(["v"] * 4990 + [f"v_{i}" for i in range(2, 5000)]), "1"]), CSV)
body_shape("header-empty-names", lambda: lines(["," * 9990, ",".join(["1"] * 9990)] * 40), CSV)
body_shape("title-lines", lambda: lines(["t" * 30_000] * 49 + ["a,b"] + ["1,2"] * 9), CSV)
body_shape("title-lines-wide", lambda: lines(["t," * 9000] * 49 + ["a,b"] + ["1,2"] * 9), CSV)
body_shape("blank-lines", lambda: b"\n" * 1_900_000, CSV)
body_shape("blank-lines-then-table", lambda: b"\n" * 1_900_000 + b"a,b\n1,2\n", CSV)
body_shape("quote-never-closed", lambda: b'a,b\n1,"' + b"x,\n" * 600_000, CSV)
body_shape("quotes-all", lambda: b"v\n" + b'"1"\n' * 450_000, CSV)
body_shape("quotes-only", lambda: b'"' * 1_900_000, CSV)
body_shape("quotes-alternating", lambda: b'v\n' + b'"\n' * 900_000, CSV)
body_shape("quotes-held-back", lambda: b"a,b\n" + b'1,"x\n' * 380_000, CSV)
body_shape("comment-lines", lambda: b"#c\n" * 600_000 + b"v\n1\n", CSV, "comment=%23")
body_shape("whitespace-delimiter", lambda: lines([" ".join(names(2000)), *(" ".join(["1"] * 2000) for _ in range(400))]), CSV, "delimiter=whitespace")
body_shape("whitespace-blanks", lambda: b" " * 1_900_000 + b"\n", CSV, "delimiter=whitespace")
body_shape("carriage-returns", lambda: b"v\r" + b"1\r" * 900_000, CSV)
body_shape("notes-at-the-end", lambda: b"a,b\n1,2\n" + b"note\n" * 370_000, CSV)
body_shape("skip-end-many", lambda: lines(["v", *["1"] * 900_000]), CSV, "skip_end=800000")
body_shape("skip-end-wide", lambda: grid(200, 4500), CSV, "skip_end=150")
body_shape("thousands", lambda: b"v\n" + b'"1,234,567"\n' * 150_000, CSV, "thousands=,")

# --- previews and diagnostics ---------------------------------------------------------------------------------------

body_shape("preview-10000-columns", lambda: lines([",".join(names(9990)), *(",".join(f"{i}x{c}"[:6] for c in range(9990)) for i in range(25))]), CSV, "rows=all", "/prod/preview")
body_shape("preview-distinct-texts", lambda: lines([",".join(names(20)), *(",".join(f"t{i * 20 + c}" for c in range(20)) for i in range(12_000))]), CSV, "rows=all", "/prod/preview")
body_shape("preview-distinct-numbers", lambda: lines([",".join(names(10)), *(",".join(f"{i * 10 + c}" for c in range(10)) for i in range(28_000))]), CSV, "rows=all", "/prod/preview")
body_shape("preview-long-texts", lambda: lines([",".join(names(6)), *(",".join(f"{i}{c}" + "t" * 5000 for c in range(6)) for i in range(60))]), CSV, "rows=all", "/prod/preview")
body_shape("preview-short-10000-columns", lambda: short_records(99_000, 9990, 5), CSV, "rows=all", "/prod/preview")
body_shape("preview-sparse-ndjson", lambda: sparse_records(90_000, 9990), NDJSON, "rows=all", "/prod/preview")
body_shape("diagnostics-every-cell", lambda: lines([",".join(names(9990)), *(",".join(f"x{i}"[:3] for _ in range(9990)) for i in range(48))]), CSV, "&".join(upto(URL_BYTES, lambda i: f"column=c{i}")))
body_shape("diagnostics-distinct-texts", lambda: lines(["v", *(f"x{i}" for i in range(240_000))]), CSV, "column=v")
body_shape("diagnostics-long-texts", lambda: lines([",".join(names(30)), *(",".join(["x" * 2000 + str(i)] * 30) for i in range(30))]), CSV, "&".join(f"column=c{i}" for i in range(30)))
body_shape("diagnostics-ragged", lambda: lines([",".join(names(9990)), *("1," * (10_100 + i) for i in range(95))]), CSV)
body_shape("diagnostics-ragged-many", lambda: lines(["a,b", *["1,2,3"] * 300_000]), CSV)
body_shape("diagnostics-errors-json", lambda: b"[" + b",".join([b'"x"'] * 450_000) + b"]", JSON)
body_shape("diagnostics-nested-json", lambda: json.dumps([["x"] * 5] * 60_000).encode(), JSON)

# --- connections ----------------------------------------------------------------------------------------------------

shape("head-2MB-line", lambda: Request(head=b"GET /prod/stats HTTP/1.1\r\nX: " + b"x" * 1_900_000 + b"\r\n\r\n"))
shape("head-many-fields", lambda: Request(head=b"GET /prod/stats?numbers=1 HTTP/1.1\r\nHost: h\r\n" + b"a: b\r\n" * 300_000 + b"\r\n"))
shape("head-pipelined", lambda: Request(head=b"GET /prod/stats?numbers=1 HTTP/1.1\r\nHost: h\r\n\r\n" * 20_000 + b"GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
body_shape("chunks-of-one-byte", lambda: b"1\n" * 100_000, TEXT, pace="chunks")
body_shape("slow-reader-large-answer", lambda: grid(18_000, 1), CSV, by_g + "&statistics=all", pace="slow")
body_shape("slow-reader-html", lambda: grid(600, 10), CSV, by_g + "&format=html", pace="slow")
