"""The obvious endpoint for a file of marks: FastAPI around pandas and scipy. Here to be measured against."""

from fastapi import FastAPI, Request
import io

import pandas
from scipy import stats

app = FastAPI()


@app.get("/prod/stats")
async def ready():
    return {}


@app.post("/prod/stats")
async def post_stats(request: Request, column: str, absent: str):
    table = pandas.read_csv(io.BytesIO(await request.body()), na_values=[absent], usecols=[column])
    d = stats.describe(table[column].dropna())
    return {"nobs": int(d.nobs), "mean": float(d.mean), "variance": float(d.variance), "skewness": float(d.skewness)}
