"""Uses the pydantic models of datamodel-code-generator: use_pydantic.py BASE INPUTS, with the models beside INPUTS.

They check what is sent and what comes back; requests carries it.
"""

import json
import sys

import requests

base, inputs_path = sys.argv[1:]
sys.path.insert(0, inputs_path.rsplit("/", 1)[0])

import describe_models as models

inputs = json.load(open(inputs_path))
results = {}


def post(path, model, body=None, **more):
    """Sends a body that is a model; the answer as a model."""
    if body is not None:
        more = {"json": body.model_dump(mode="json", exclude_unset=True), **more}
    return model.model_validate_json(requests.post(base + path, **more).text)


answer = models.Description.model_validate_json(requests.get(base + "/stats", params={"numbers": inputs["query"]}).text)
results["query"] = [answer.nobs, answer.minmax, answer.mean, answer.variance, answer.skewness, answer.kurtosis]

results["conventions"] = {}
for convention in models.Convention:
    names = [models.StatisticName.skewness, models.StatisticName.kurtosis, models.StatisticName.quartiles]
    body = models.NumbersRequest(numbers=inputs["numbers"], convention=convention, statistics=names)
    answer = post("/numbers", models.Description, body)
    results["conventions"][convention.value] = [answer.skewness, answer.kurtosis, answer.quartiles]

answer = post("/nested", models.NestedDescription, models.NestedBody(inputs["nested"]))
results["columns"] = [answer.mean, answer.variance]
answer = post("/nested", models.NestedDescription, models.NestedBody({"numbers": inputs["nested"], "axis": 1}))
results["rows"] = [answer.mean, answer.variance]


def by_cohort(answer):
    return [
        [one.group["cohort"], one.nobs, one.mean, one.variance, one.missing, one.absent["ABS"]] for one in answer.results
    ]


options = {"column": "mark", "absent": "ABS"}
grouped = {**options, "group_by": "cohort"}
table = {"data": open(inputs["csv"], "rb"), "headers": {"Content-Type": "text/csv"}}
results["csv"] = by_cohort(post("/table", models.TableDescription, params=grouped, **table))
results["records"] = by_cohort(post("/table", models.TableDescription, models.TableBody(inputs["records"]), params=grouped))

params = {**options, "statistics": ["mean", "median"]}
files = {"file": open(inputs["workbook"], "rb")}
[one] = post("/upload", models.TableDescription, params=params, files=files).results
results["workbook"] = [one.nobs, one.mean, one.median, one.absent["ABS"]]

params = {"group_by": "subject", "publish": "ofqual"}
answer = post("/upload", models.TableDescription, params=params, files={"file": open(inputs["published"], "rb")})
results["published"] = [
    [one.group["subject"], one.nobs, one.mean, one.withheld["nobs"] if one.nobs is None else None] for one in answer.results
]

problem = post("/numbers", models.Problem, models.NumbersRequest(numbers=[5, None], nan_policy=models.NanPolicy.raise_))
results["problem"] = [problem.status, [part.root for part in problem.errors[0].loc], problem.error_count]

json.dump(results, sys.stdout)
