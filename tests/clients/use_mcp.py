"""Asks the endpoint of agents with the Model Context Protocol's own client: use_mcp.py BASE INPUTS"""

import asyncio
import json
import sys
import urllib.error
import urllib.request

import jsonschema
import mcp
from mcp.client.streamable_http import streamable_http_client

base, inputs_path = sys.argv[1:]
inputs = json.load(open(inputs_path))
TABLE = open(inputs["csv"]).read()


def direct(path, content_type, body):
    """What the operation itself answers."""
    request = urllib.request.Request(base + path, body.encode(), {"Content-Type": content_type})
    return urllib.request.urlopen(request).read().decode()


def refused(body, **headers):
    """The status of a message that violates the protocol."""
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    try:
        urllib.request.urlopen(urllib.request.Request(f"{base}/mcp", body, headers))
    except urllib.error.HTTPError as error:
        return error.code
    raise AssertionError(f"{body[:80]} is not refused")


def check_schemas(tools):
    """The schemas of the arguments are whole, and nothing else is allowed."""
    samples = {
        "describe_numbers": ({"numbers": [5, None], "convention": "excel"}, {"numbers": [5], "convention": "exel"}),
        "describe_table": ({"table": TABLE, "group_by": ["cohort"]}, {"table": TABLE, "group": ["cohort"]}),
    }
    assert [tool.name for tool in tools] == list(samples)
    for tool in tools:
        validator = jsonschema.Draft202012Validator(tool.model_dump(by_alias=True)["inputSchema"])
        valid, invalid = samples[tool.name]
        assert validator.is_valid(valid) and not validator.is_valid(invalid) and not validator.is_valid({}), tool.name


async def ask(session):
    results = {}
    check_schemas((await session.list_tools()).tools)

    async def call(tool, **arguments):
        result = await session.call_tool(tool, arguments)
        dumped = result.model_dump(by_alias=True)
        [content] = dumped["content"]
        assert dumped["structuredContent"] == json.loads(content["text"])
        return content["text"], dumped["isError"], dumped["structuredContent"]

    text, is_error, answer = await call("describe_numbers", numbers=inputs["query"])
    assert not is_error and text == direct("/numbers", "application/json", json.dumps({"numbers": inputs["query"]}))
    results["query"] = [answer[name] for name in ["nobs", "minmax", "mean", "variance", "skewness", "kurtosis"]]

    results["conventions"] = {}
    for convention in inputs["conventions"]:
        names = ["skewness", "kurtosis", "quartiles"]
        _, _, answer = await call("describe_numbers", numbers=inputs["numbers"], convention=convention, statistics=names)
        results["conventions"][convention] = [answer[name] for name in names]

    options = {"column": ["mark"], "group_by": ["cohort"], "absent": ["ABS", "a b&c"], "ddof": 1, "overall": False}
    text, is_error, answer = await call("describe_table", table=TABLE, **options)
    query = "column=mark&group_by=cohort&absent=ABS&absent=a%20b%26c&ddof=1&overall=false"
    assert not is_error and text == direct(f"/table?{query}", "text/csv", TABLE)
    results["csv"] = [
        [one["group"]["cohort"], one["nobs"], one["mean"], one["variance"], one["missing"], one["absent"]["ABS"]]
        for one in answer["results"]
    ]

    text, is_error, problem = await call("describe_numbers", numbers=[5, None], nan_policy="raise")
    assert is_error and "nan_policy" in problem["detail"]
    results["problem"] = [problem["status"], problem["errors"][0]["loc"], problem["error_count"]]
    text, is_error, _ = await call("describe_table", table=TABLE, colum="mark")
    assert is_error and "column" in text

    for tool, arguments in [
        ("guess", {}),
        ("describe_table", {}),
        ("describe_table", {"table": TABLE, "column": "x" * 70_000}),
        ("describe_numbers", {"numbers": [5], "format": "xlsx"}),
    ]:
        try:
            await session.call_tool(tool, arguments)
            raise AssertionError(f"{tool} with {str(arguments)[:80]} is not refused")
        except mcp.MCPError as error:
            assert error.error.code == -32602, error
    return results


async def main():
    async with streamable_http_client(f"{base}/mcp") as (read, write, *_):
        async with mcp.ClientSession(read, write) as session:
            started = await session.initialize()
            assert "exact" in started.instructions.lower()
            results = await ask(session)
    assert refused(b"{") == 415
    assert refused(b"{}", Origin="https://page.example") == 403
    assert refused(b" " * (4 << 20) + b" ") == 413
    json.dump(results, sys.stdout)


asyncio.run(main())
