// The same request as a program.
import { key } from "./access.js";
import { button, copy, find } from "./elements.js";
import { confirm } from "./results.js";
import { address } from "./service.js";
import { words } from "./words.js";

/** @typedef {{url: URL, fields: [string, string][], names: string[], hasKey: boolean}} Request */

const shell = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const quote = (text) => JSON.stringify(text);
const KEY = "YOUR-KEY";

/** Programs by language. @type {Object<string, (request: Request) => string>} */
const PROGRAMS = {
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
  powerQuery: ({ url, fields, names: [name], hasKey }) => {
    const m = (text) => `"${text.replaceAll('"', '""')}"`;
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
};

/**
 * Offers a request as programs.
 * @param {File[]} files
 * @param {import("./service.js").Options} options
 */
export const showPrograms = (files, options) => {
  const fields = Object.entries(options).flatMap(([name, values]) => values.map((value) => /** @type {[string, string]} */ ([name, value])));
  const request = { url: address("stats"), fields, names: files.map(({ name }) => name), hasKey: key() !== null };
  const buttons = Object.entries(words.languages).map(([language, text]) => {
    const chooser = button(text, () => {
      find("program").textContent = PROGRAMS[language](request);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === chooser));
    });
    return chooser;
  });
  find("languages").replaceChildren(...buttons);
  buttons[0].click();
};

/** Copies the program that is shown. */
export const copyProgram = () => confirm(find("copy-program"), words.copyProgram, copy({ "text/plain": find("program").textContent }));
