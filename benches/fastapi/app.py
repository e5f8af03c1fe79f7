"""The service as it was: a few lines of FastAPI around scipy. Here to be measured against, not to be used."""

from typing import Annotated

from fastapi import FastAPI, Query
from scipy import stats

app = FastAPI()


def describe(numbers):
    d = stats.describe(numbers)
    return {
        "nobs": int(d.nobs),
        "minmax": [float(d.minmax[0]), float(d.minmax[1])],
        "mean": float(d.mean),
        "variance": float(d.variance),
        "skewness": float(d.skewness),
        "kurtosis": float(d.kurtosis),
    }


@app.get("/prod/simple")
async def simple():
    return {"Hello": "World"}


@app.get("/prod/stats")
async def get_stats(numbers: Annotated[list[float], Query()]):
    return describe(numbers)


@app.post("/prod/stats")
async def post_stats(numbers: list[float]):
    return describe(numbers)
