// Uses openapi-fetch with the types of openapi-typescript: use_openapi_fetch.js BASE INPUTS.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./describe.js";

type Schemas = components["schemas"];

const [base, inputsPath] = process.argv.slice(2) as [string, string];
const inputs = JSON.parse(readFileSync(inputsPath, "utf8")) as {
  query: number[];
  numbers: number[];
  conventions: Schemas["Convention"][];
  nested: number[][];
  records: Schemas["Record"][];
  csv: string;
  workbook: string;
  published: string;
};
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: base });

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("no answer");
  return value;
}

const query = given((await client.GET("/stats", { params: { query: { numbers: inputs.query } } })).data);
const mean: number | null | undefined = query.mean;

const conventions: Record<string, unknown> = {};
for (const convention of inputs.conventions) {
  const body: Schemas["NumbersRequest"] = {
    numbers: inputs.numbers,
    convention,
    statistics: ["skewness", "kurtosis", "quartiles"],
  };
  const answer = given((await client.POST("/numbers", { body })).data);
  conventions[convention] = [answer.skewness, answer.kurtosis, answer.quartiles];
}

const columns = given((await client.POST("/nested", { body: inputs.nested })).data);
const rows = given((await client.POST("/nested", { body: { numbers: inputs.nested, axis: 1 } })).data);

const byCohort = (answer: Schemas["TableDescription"]) =>
  answer.results.map((one) => [one.group?.cohort, one.nobs, one.mean, one.variance, one.missing, one.absent?.ABS]);
const grouped = { column: ["mark"], group_by: ["cohort"], absent: ["ABS"] };
const csv = given(
  (
    await client.POST("/table", {
      params: { query: grouped },
      headers: { "Content-Type": "text/csv" },
      body: readFileSync(inputs.csv, "utf8"),
      bodySerializer: (body) => body as string,
    })
  ).data,
);
const records = given((await client.POST("/table", { params: { query: grouped }, body: inputs.records })).data);

async function upload(path: string, query: NonNullable<paths["/upload"]["post"]["parameters"]["query"]>) {
  const form = new FormData();
  form.append("file", new Blob([readFileSync(path)]), path.split("/").at(-1));
  const { data } = await client.POST("/upload", { params: { query }, body: { file: [] }, bodySerializer: () => form });
  return given(data).results;
}
const [workbook] = await upload(inputs.workbook, { column: ["mark"], absent: ["ABS"], statistics: ["mean", "median"] });
const published = await upload(inputs.published, { group_by: ["subject"], publish: "ofqual" });

const refused = await client.POST("/numbers", { body: { numbers: [5, null], nan_policy: "raise" } });
const problem: Schemas["Problem"] = given(refused.error);

console.log(
  JSON.stringify({
    query: [query.nobs, query.minmax, mean, query.variance, query.skewness, query.kurtosis],
    conventions,
    columns: [columns.mean, columns.variance],
    rows: [rows.mean, rows.variance],
    csv: byCohort(csv),
    records: byCohort(records),
    workbook: [workbook?.nobs, workbook?.mean, workbook?.median, workbook?.absent?.ABS],
    published: published.map((one) => [one.group?.subject, one.nobs, one.mean, one.withheld?.nobs ?? null]),
    problem: [problem.status, problem.errors?.[0]?.loc, problem.error_count],
  }),
);
