"""Uses the client of openapi-python-client: use_openapi_python_client.py BASE INPUTS, with the client beside INPUTS."""

import json
import sys

base, inputs_path = sys.argv[1:]
sys.path.insert(0, inputs_path.rsplit("/", 1)[0])

from describe_client import Client, models
from describe_client.api.statistics import describe_files, describe_nested, describe_numbers, describe_query, describe_table
from describe_client.types import File

inputs = json.load(open(inputs_path))
client = Client(base_url=base)
results = {}

answer = describe_query.sync(client=client, numbers=inputs["query"])
assert isinstance(answer, models.Description)
results["query"] = [answer.nobs, answer.minmax, answer.mean, answer.variance, answer.skewness, answer.kurtosis]

results["conventions"] = {}
for convention in models.Convention:
    names = [models.StatisticName.SKEWNESS, models.StatisticName.KURTOSIS, models.StatisticName.QUARTILES]
    body = models.NumbersRequest(numbers=inputs["numbers"], convention=convention, statistics=names)
    answer = describe_numbers.sync(client=client, body=body)
    results["conventions"][convention.value] = [answer.skewness, answer.kurtosis, answer.quartiles]

answer = describe_nested.sync(client=client, body=inputs["nested"])
results["columns"] = [answer.mean, answer.variance]
answer = describe_nested.sync(client=client, body=models.NestedRequest(numbers=inputs["nested"], axis=1))
results["rows"] = [answer.mean, answer.variance]


def file(path):
    return File(payload=open(path, "rb"), file_name=path.rsplit("/", 1)[1])


def by_cohort(answer):
    return [
        [one.group["cohort"], one.nobs, one.mean, one.variance, one.missing, one.absent["ABS"]] for one in answer.results
    ]


options = {"column": ["mark"], "absent": ["ABS"]}
answer = describe_files.sync(client=client, body=models.Files(file=[file(inputs["csv"])]), group_by=["cohort"], **options)
results["csv"] = by_cohort(answer)

records = [models.Record.from_dict(record) for record in inputs["records"]]
results["records"] = by_cohort(describe_table.sync(client=client, body=records, group_by=["cohort"], **options))

names = [models.StatisticName.MEAN, models.StatisticName.MEDIAN]
body = models.Files(file=[file(inputs["workbook"])])
[one] = describe_files.sync(client=client, body=body, statistics=names, **options).results
results["workbook"] = [one.nobs, one.mean, one.median, one.absent["ABS"]]

body = models.Files(file=[file(inputs["published"])])
answer = describe_files.sync(client=client, body=body, group_by=["subject"], publish=models.Publish.OFQUAL)
results["published"] = [
    [one.group["subject"], one.nobs, one.mean, one.withheld["nobs"] if one.nobs is None else None] for one in answer.results
]

body = models.NumbersRequest(numbers=[5, None], nan_policy=models.NanPolicy.RAISE)
response = describe_numbers.sync_detailed(client=client, body=body)
assert isinstance(response.parsed, models.Problem)
results["problem"] = [response.status_code, response.parsed.errors[0].loc, response.parsed.error_count]

json.dump(results, sys.stdout)
