"""Uses the Python client of openapi-generator: use_openapi_generator.py BASE INPUTS, with the client beside INPUTS."""

import json
import sys

base, inputs_path = sys.argv[1:]
sys.path.insert(0, inputs_path.rsplit("/", 1)[0])

import describe_client as client
from describe_client.exceptions import UnprocessableEntityException

inputs = json.load(open(inputs_path))
api = client.StatisticsApi(client.ApiClient(client.Configuration(host=base)))
results = {}

answer = api.describe_query(numbers=inputs["query"])
assert isinstance(answer, client.Description)
results["query"] = [answer.nobs, answer.minmax, answer.mean, answer.variance, answer.skewness, answer.kurtosis]

results["conventions"] = {}
for convention in client.Convention:
    names = [client.StatisticName.SKEWNESS, client.StatisticName.KURTOSIS, client.StatisticName.QUARTILES]
    answer = api.describe_numbers(client.NumbersRequest(numbers=inputs["numbers"], convention=convention, statistics=names))
    results["conventions"][convention.value] = [answer.skewness, answer.kurtosis, answer.quartiles]

answer = api.describe_nested(client.NestedBody(inputs["nested"]))
results["columns"] = [answer.mean, answer.variance]
answer = api.describe_nested(client.NestedBody(client.NestedRequest(numbers=inputs["nested"], axis=1)))
results["rows"] = [answer.mean, answer.variance]


def file(path):
    return path.rsplit("/", 1)[1], open(path, "rb").read()


def by_cohort(answer):
    return [
        [one.group["cohort"], one.nobs, one.mean, one.variance, one.missing, one.absent["ABS"]] for one in answer.results
    ]


options = {"column": ["mark"], "absent": ["ABS"]}
results["csv"] = by_cohort(api.describe_files([file(inputs["csv"])], group_by=["cohort"], **options))

records = [{name: client.Cell(cell) for name, cell in record.items()} for record in inputs["records"]]
results["records"] = by_cohort(api.describe_table(client.TableBody(records), group_by=["cohort"], **options))

names = [client.StatisticName.MEAN, client.StatisticName.MEDIAN]
[one] = api.describe_files([file(inputs["workbook"])], statistics=names, **options).results
results["workbook"] = [one.nobs, one.mean, one.median, one.absent["ABS"]]

answer = api.describe_files([file(inputs["published"])], group_by=["subject"], publish=client.Publish.OFQUAL)
results["published"] = [
    [one.group["subject"], one.nobs, one.mean, one.withheld["nobs"] if one.nobs is None else None] for one in answer.results
]

try:
    api.describe_numbers(client.NumbersRequest(numbers=[5, None], nan_policy=client.NanPolicy.RAISE))
    raise AssertionError("a missing value was not refused")
except UnprocessableEntityException as error:
    assert isinstance(error.data, client.Problem)
    place = [part.actual_instance for part in error.data.errors[0].loc]
    results["problem"] = [error.status, place, error.data.error_count]

json.dump(results, sys.stdout)
