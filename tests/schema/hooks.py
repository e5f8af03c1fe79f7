"""What schemathesis must be told of this service: bodies that no JSON schema describes, compression, agreed refusals.

No check is disabled. `positive_data_acceptance` knows statuses alone and would forbid each refusal of a request that a schema
allows; in its place `refusals_are_agreed` forbids those whose reason is not in `AGREED`.
"""

import gzip
import io
import json
import zipfile
import zlib

import brotli
import schemathesis
import zstandard
from hypothesis import strategies as st
from schemathesis.transport.serialization import serialize_binary

# Type of an error that a valid request may have, with the place that it must name, and why a schema cannot exclude it.
AGREED = {
    ("conflict", None): "two options exclude one another",
}

# --- bodies -----------------------------------------------------------------------------------------------------------

NUMBERS = st.integers(-100, 100).map(str) | st.sampled_from(["41", "55.5", "-0.0", "1e3", "", "NA"])
COHORTS = st.sampled_from(["2023", "2024", "", "ü"])


@st.composite
def records(draw):
    """Rows of cohort, mark and weight."""
    return draw(st.lists(st.tuples(COHORTS, NUMBERS, st.sampled_from(["1", "2"])), min_size=1, max_size=9))


def delimited(delimiter):
    def written(rows):
        return "".join(delimiter.join(row) + "\n" for row in [("cohort", "mark", "weight"), *rows]).encode()

    return records().map(written)


def lines(rows):
    members = [dict(zip(("cohort", "mark", "weight"), row, strict=True)) for row in rows]
    return "".join(json.dumps(each) + "\n" for each in members).encode()


def words(numbers):
    return " ".join(numbers).encode()


schemathesis.openapi.media_type("text/csv", delimited(","))
schemathesis.openapi.media_type("text/tab-separated-values", delimited("\t"))
schemathesis.openapi.media_type("application/x-ndjson", records().map(lines))
schemathesis.openapi.media_type("text/plain", st.lists(st.integers(-100, 100).map(str), min_size=1).map(words))
schemathesis.openapi.format("binary", delimited(",").map(schemathesis.openapi.Binary) if hasattr(schemathesis.openapi, "Binary") else delimited(","))


@schemathesis.serializer("application/x-ndjson", "text/csv", "text/tab-separated-values")
def text(context, value):
    return serialize_binary(value)


# --- compression ------------------------------------------------------------------------------------------------------

CODINGS = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "deflate": zlib.compress,
    "identity": bytes,
}


def compressed(request):
    """Compresses the body of a prepared request as its Content-Encoding says."""
    compress = CODINGS.get(request.headers.get("Content-Encoding"))
    if compress and request.body:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        request.body = compress(body)
        request.prepare_content_length(request.body)
    return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = compressed


# --- checks -----------------------------------------------------------------------------------------------------------


@schemathesis.check
def refusals_are_agreed(context, response, case):
    """A valid request is refused for an agreed reason only."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code < 400:
        return
    for error in response.json()["errors"]:
        option = error["loc"][-1] if error["loc"] else None
        if (error["type"], None) not in AGREED and (error["type"], option) not in AGREED:
            raise AssertionError(f"refused as {error['type']} of {option}: {error['msg']}")
