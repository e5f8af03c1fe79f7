// Step 2: how the data are read, and what each column is used as.
import { button, choose, find, make, show } from "./elements.js";
import { words } from "./words.js";

/**
 * @typedef {{name: string, kind: string, numbers: number, blank: number, missing: number, others: {text: string, count: number}[], other_count: number, min: number | null, max: number | null, distinct: number}} Column
 * @typedef {{source: any, sheets: {name: string, visible: boolean}[], records: string[][], columns: Column[], suggestions: Object<string, string>, complete: boolean, warnings: {code: string, message: string}[]}} Preview
 */

/** Names of the fields that say how data are read. */
export const READING = ["header", "skip_rows", "skip_end", "delimiter", "decimal", "thousands", "strip", "sheet", "encoding"];

/** Maximum number of columns that are shown. */
const MAX_COLUMNS = 40;

/** Maximum number of values of a column of numbers that is taken for a group. */
const MAX_GROUPS = 20;

/** The options that the fields hold. @returns {import("./service.js").Options} */
export const readingOptions = () => Object.fromEntries(READING.map((name) => [name, [find(name).value.trim()]]).filter(([, [value]]) => value));

/** Fills the fields. @param {import("./service.js").Options} options */
export const fillReading = (options) => {
  for (const name of READING) find(name).value = options[name]?.[0] ?? "";
};

/** Sources of the data, a file each. @param {Preview} preview */
const sources = (preview) => [preview.source].flat();

/** Whether the data are numbers without columns. @param {Preview} preview */
export const isList = (preview) => sources(preview)[0].format === "text" || ["array", "nested"].includes(sources(preview)[0].shape);

/** Number of records that were read. @param {Preview} preview */
const rows = ({ columns: [first] }) => (first ? first.numbers + first.blank + first.missing + first.other_count : null);

/** Whether a column of this name is likely to be asked for. @param {string} name */
export const isMark = (name) => /mark|score|result|total/i.test(name);

/** What a column is likely to be used as. @param {Column} column */
export const likelyUse = ({ name, kind, numbers, distinct, min, max }) => {
  if (kind === "category" || kind === "boolean" || kind === "date") return "group";
  if (kind === "identifier") return "identifier";
  if (kind !== "number") return "none";
  const isWhole = Number.isInteger(min) && Number.isInteger(max);
  if (isWhole && /\b(id|no|number|candidate|centre|center|school|code|ref|uci|uln|urn)\b/i.test(name.replaceAll("_", " "))) return "identifier";
  if (isWhole && numbers > MAX_GROUPS && distinct === numbers && max - min === distinct - 1) return "identifier";
  return isWhole && distinct <= MAX_GROUPS && numbers >= 5 * distinct && !isMark(name) ? "group" : "number";
};

/** The preview in one sentence. @param {Preview} preview */
export const sentence = (preview) => words.source(sources(preview)[0], sources(preview).length > 1 ? null : rows(preview), preview.complete);

/**
 * Shows a preview.
 * @param {Preview} preview
 * @param {Object<string, string>} uses What each column is used as.
 * @param {{read: (options: Object<string, string>) => void, use: (name: string, use: string) => void, describe: (name: string) => void}} act
 */
export const showPreview = (preview, uses, act) => {
  const lines = [make("p", { textContent: sentence(preview) })];
  for (const source of sources(preview).slice(1)) lines.push(make("p", { textContent: words.source(source, null, true) }));
  if (sources(preview).length > 1 && preview.columns.length) lines.push(make("p", { textContent: words.inAll(rows(preview)) }));
  const leftOut = words.leftOut(sources(preview)[0]);
  if (leftOut) lines.push(make("p", { textContent: leftOut }));
  const warnings = preview.warnings.filter(({ code }) => !["title_rows", "note_rows", "identifier"].includes(code));
  if (warnings.length) lines.push(make("ul", {}, ...warnings.map(({ message }) => make("li", { textContent: words.plain(message) }))));
  const { absent, ...suggestions } = preview.suggestions;
  if (Object.keys(suggestions).length) {
    lines.push(make("div", { className: "note" }, make("p", { textContent: words.suggestion(suggestions) }), button(words.readSo, () => act.read(suggestions))));
  }
  for (const { name } of preview.columns.filter(({ name, kind }) => kind === "identifier" && uses[name] === "identifier")) {
    lines.push(make("div", { className: "note" }, make("p", { textContent: words.identifier(name) }), button(words.allTheSame, () => act.describe(name))));
  }
  if (isList(preview)) lines.push(make("p", { textContent: words.numbersFound(rows(preview), preview.records.map((record) => record.join(" "))) }));
  find("source").replaceChildren(...lines);
  show("records", !isList(preview));
  find("records").replaceChildren(records(preview, uses, act.use));
  const more = preview.columns.length - MAX_COLUMNS;
  show("records-hint", more > 0);
  find("records-hint").textContent = more > 0 ? words.moreColumns(more) : "";
  const names = preview.sheets.map(({ name }) => /** @type {[string, string]} */ ([name, name]));
  /** @type {[string, string][]} */
  const sheets = names.length > 1 ? [["*", words.allSheets], ...names] : [];
  if (sheets.length || find("sheet") instanceof HTMLSelectElement) choose("sheet", [["", words.firstSheet], ...sheets], find("sheet").value);
};

/** The first records, with what each column is used as. */
const records = (preview, uses, use) => {
  const columns = preview.columns.slice(0, MAX_COLUMNS);
  // Numbers stand at the right, below their heading; what names something at the left.
  const sides = columns.map(({ name }) => (uses[name] === "number" ? "n" : "t"));
  const names = columns.map(({ name }, place) => make("th", { scope: "col", className: sides[place], textContent: name }));
  const choice = ({ name }) => {
    const options = Object.entries(words.uses).map(([value, text]) => make("option", { value, textContent: text }));
    const list = make("select", { ariaLabel: words.useOf(name), on: { change: () => use(name, list.value) } }, ...options);
    list.value = uses[name];
    return list;
  };
  const kinds = columns.map((column, place) => make("td", { className: sides[place] }, choice(column), make("span", { className: "others", textContent: words.cells(column, uses[column.name]) })));
  const body = preview.records.map((record) => make("tr", {}, ...columns.map((_, place) => make("td", { className: sides[place], textContent: record[place] ?? "" }))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...names), make("tr", {}, ...kinds)), make("tbody", {}, ...body));
};
