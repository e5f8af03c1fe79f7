// A request as a program. Nothing here needs a document, so that the programs can be made and run without a browser.

/**
 * A request: options as pairs, names of files, and the text of plain numbers if such were pasted.
 * @typedef {{url: URL, fields: [string, string][], names: string[], numbers?: string, hasKey: boolean}} Request
 */

const shell = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const quote = (text) => JSON.stringify(text);
const KEY = "YOUR-KEY";

/** Maximum length of a URL that Excel asks for, and of a text in a formula. */
const [MAX_EXCEL_URL, MAX_EXCEL_TEXT] = [2048, 255];

/** Programs by language; `null` where a request cannot be made in it. @type {Object<string, (request: Request) => string | null>} */
export const PROGRAMS = {
  curl: ({ url, fields, names, hasKey }) =>
    [
      "curl",
      ...(hasKey ? [`-H 'X-API-Key: ${KEY}'`] : []),
      ...fields.map((field) => `--form-string ${shell(field.join("="))}`),
      ...names.map((name) => `-F ${shell(/^[\w .-]+$/.test(name) ? `file=@${name}` : `file=@"${name.replace(/["\\]/g, "\\$&")}"`)}`),
      shell(`${url}?format=csv`),
    ].join(" \\\n  "),
  python: ({ url, fields, names, hasKey }) => `import io
import pandas
import requests

answer = requests.post(
    ${quote(`${url}?format=csv`)},
    data=[${fields.map((field) => `(${field.map(quote).join(", ")})`).join(", ")}],
    files=[${names.map((name) => `("file", open(${quote(name)}, "rb"))`).join(", ")}],${hasKey ? `\n    headers={"X-API-Key": "${KEY}"},` : ""}
)
if answer.status_code != 200:
    raise SystemExit(answer.json()["detail"])
print(pandas.read_csv(io.StringIO(answer.text)))`,
  r: ({ url, fields, names, hasKey }) => `library(httr2)

answer <- request(${quote(`${url}?format=csv`)}) |>${hasKey ? `\n  req_headers(\`X-API-Key\` = "${KEY}") |>` : ""}
  req_body_multipart(
    ${[...fields.map(([name, value]) => `${name} = ${quote(value)}`), ...names.map((name) => `file = curl::form_file(${quote(name)})`)].join(",\n    ")}
  ) |>
  req_perform()
print(read.csv(text = resp_body_string(answer)))`,
  javascript: ({ url, fields, names, hasKey }) => `// For Node.js, in a file that ends with .mjs.
// In a browser take the files of an <input type="file"> in place of the next two lines.
const { openAsBlob } = await import("node:fs");
const files = [${names.map((name) => `new File([await openAsBlob(${quote(name)})], ${quote(name)})`).join(", ")}];

const form = new FormData();
${fields.map((field) => `form.append(${field.map(quote).join(", ")});\n`).join("")}for (const file of files) form.append("file", file);
const answer = await fetch(${quote(url)}, { method: "POST", body: form${hasKey ? `, headers: { "X-API-Key": "${KEY}" }` : ""} });
const description = await answer.json();
if (!answer.ok) throw new Error(description.detail);
console.log(description);`,
  powerQuery: ({ url, fields, names, hasKey }) => {
    // A body that Power Query sends is one file.
    if (names.length !== 1) return null;
    const [name] = names;
    const m = (text) => `"${text.replaceAll("#(", "#(#)(").replaceAll('"', '""')}"`;
    const values = (option) => fields.filter(([other]) => other === option).map(([, value]) => m(value));
    const list = (texts) => (texts.length === 1 ? texts[0] : `{${texts.join(", ")}}`);
    const options = [...new Set(fields.map(([option]) => option))].map((option) => `${option} = ${list(values(option))}`);
    return `let
    Answer = Web.Contents(${m(url.origin)}, [
        RelativePath = ${m(url.pathname.slice(1))},
        Query = [${[...options, 'format = "csv"'].join(", ")}],
        Headers = [#"Content-Type" = "application/octet-stream"${hasKey ? `, #"X-API-Key" = "${KEY}"` : ""}],
        Content = File.Contents(${m(`C:\\folder\\${name}`)})
    ]),
    Table = Table.PromoteHeaders(Csv.Document(Answer, [Delimiter = ",", Encoding = 65001]))
in
    Table`;
  },
  excel: ({ url, fields, numbers, hasKey }) => {
    const plain = numbers === undefined ? null : plainNumbers(numbers, fields);
    // A formula has no place for a key.
    if (plain === null || hasKey) return null;
    const options = fields.filter(([name]) => name !== "decimal");
    const target = `${url}?${new URLSearchParams([["format", "csv"], ...options])}${plain.map((number) => `&numbers=${number}`).join("")}`;
    if (target.length > MAX_EXCEL_URL) return null;
    const parts = target.match(new RegExp(`.{1,${MAX_EXCEL_TEXT}}`, "g")).map((part) => `"${part}"`).join("&");
    return `=LET(answer,SUBSTITUTE(WEBSERVICE(${parts}),CHAR(13),""),cells,TEXTSPLIT(TEXTBEFORE(answer,CHAR(10),-1),",",CHAR(10)),IF(cells="","",IFERROR(NUMBERVALUE(cells,".",","),cells)))`;
  },
};

/**
 * Numbers as a URL has them; `null` if the text has other things, or is read with options that a URL does not take.
 * @param {string} text
 * @param {[string, string][]} fields
 */
const plainNumbers = (text, fields) => {
  const has = (name) => fields.some(([other]) => other === name);
  if (["thousands", "strip", "delimiter", "header", "skip_rows", "skip_end"].some(has)) return null;
  const isComma = fields.some(([name, value]) => name === "decimal" && value === ",");
  const words = isComma ? text.split(/[\s;]+/).map((word) => word.replace(",", ".")) : text.split(/[\s,;]+/);
  const found = words.filter(Boolean).map((word) => word.replace(/^\+/, ""));
  return found.every((word) => /^-?(\d+(\.\d+)?|\.\d+)(e-?\d+)?$/i.test(word)) ? found : null;
};
