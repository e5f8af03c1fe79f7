// Every text that the scripts show.

const NUMBER = new Intl.NumberFormat("en-GB");
const count = (number) => NUMBER.format(number);
const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
const list = (texts) => new Intl.ListFormat("en-GB").format(texts);

const UNITS = ["bytes", "kB", "MB", "GB"];

/** Place of the unit in which a size is written. @param {number} bytes */
const unitOf = (bytes) => Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);

/** A size in a unit, without the unit. @param {number} bytes @param {number} unit */
const inUnit = (bytes, unit) => (bytes / 1000 ** unit).toFixed(unit > 1 ? 1 : 0).replace(/\.0$/, "");

/** @param {number} bytes */
const size = (bytes) => `${inUnit(bytes, unitOf(bytes))} ${UNITS[unitOf(bytes)]}`;
const time = (seconds) => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`);

/** What the engine of the page is built without, and what to do. @type {Record<string, string>} */
const NOT_HERE = {
  zstd: "This page cannot decompress Zstandard: decompress the file, or compress it with gzip, and choose that one.",
  parquet: "This page cannot read Parquet: export the table as CSV and choose that file.",
  states: "This page neither reads nor saves states: the service and the command line do.",
  items: "This page neither analyses items, nor equates tests, nor predicts outcomes: the service and the command line do.",
  correlations: "This page does not compute correlations: the service and the command line do.",
};

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", tab: "tabs", "|": "vertical bars", " ": "blanks", whitespace: "blanks" };
const MARKS = { ",": "comma", ".": "point", ";": "semicolon", "'": "apostrophe", tab: "tabs", whitespace: "blanks" };
const FORMATS = { csv: "text with", tsv: "text with", text: "numbers", json: "JSON", ndjson: "JSON lines", xlsx: "Excel workbook", xls: "Excel workbook", ods: "OpenDocument workbook", parquet: "Parquet" };

/** Labels of options, as the page writes them. */
const LABELS = {
  column: "Describe", group_by: "For each", totals: "Totals", absent: "Not a mark", invalid: "Other entries that are not numbers", maximum: "Highest mark",
  boundaries: "Grade boundaries", statistics: "Statistics", convention: "Same formulas as", compare: "Compare with the group before", compare_by: "Compare by",
  baseline: "Compare with", publish: "For publication", header: "Headings", skip_rows: "Rows above the table", skip_end: "Rows below the table",
  delimiter: "Between cells", decimal: "Decimal mark", thousands: "Thousands mark", strip: "Signs to take off numbers", sheet: "Sheet of the workbook",
  encoding: "Letters stored as", numbers: "Numbers", categories: "Grades are in", order: "Best grade first", crosstab: "Prior attainment and grades",
  predict: "Predicted grades", items: "Questions", maxima: "Highest marks of questions", key: "Right answers", unanswered: "A question without an answer",
  not_reached: "Codes of questions not reached", correlations: "Correlated columns", equate: "Equating",
};
const label = (name) => LABELS[name] ?? name;

/** Sentence about a file that is not supported. @param {string} kind @param {string} remedy */
const unsupported = (kind, remedy) =>
  kind === "a PDF document" ? "This is a PDF. Export the table as CSV or Excel and choose that file." : `This is ${kind}. ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}, and choose that file.`;

export const words = {
  here: "Calculated in this browser. Your data do not leave this computer.",
  there: (host) => `Calculated on ${host}. Nothing is stored.`,
  goHere: "Calculate in this browser",
  goThere: (host) => `Calculate on ${host}`,
  keyRefused: "The server does not accept this key.",
  keyUsed: "The key is used until this tab is closed.",

  // Your data
  kindsHere: (host) => `CSV, Excel (.xlsx, .xls), ODS or JSON; you can also drop it here. A CSV file may have several gigabytes.${host ? ` For Parquet, calculate on ${host}.` : ""}`,
  kindsThere: (limit) => `CSV, Excel (.xlsx, .xls), ODS, Parquet or JSON, up to ${size(limit)}; you can also drop it here.`,
  pastedTable: "pasted-table.tsv",
  pastedNumbers: "pasted-numbers.txt",
  exampleName: "marks.csv",
  linkedNumbers: "These numbers came with the link.",
  notApplied: (options) => `These settings of the link do not fit the data or this page, and were left out: ${Object.entries(options).map(([name, values]) => `${label(name)}: ${values.join(", ")}`).join("; ")}.`,
  linked: (options) => `This link has settings (${Object.entries(options).map(([name, values]) => `${label(name)}: ${values.join(", ")}`).join("; ")}) but no data. Choose the same file again.`,
  files: (files) => (files.length === 1 ? files[0].name : `${files.length} files`),
  reading: (name, loaded, total, rate) => {
    const so = `Reading ${name}: ${inUnit(loaded, unitOf(total))} of ${size(total)}`;
    return rate > 0 ? `${so}, ${size(rate)} a second, ${time((total - loaded) / rate)} left` : so;
  },
  calculating: (name) => `${name}: calculating.`,
  working: (name) => `${name}: the server is working.`,
  cancelled: "Cancelled. Nothing has changed.",

  // How it is read
  nothingYet: "Nothing is calculated yet.",
  source: (source, rows, isComplete) => {
    const cells = source.delimiter ? `${source.format === "csv" || source.format === "tsv" ? "text with" : FORMATS[source.format]} ${DELIMITERS[source.delimiter] ?? source.delimiter} between cells` : FORMATS[source.format] ?? source.format;
    const parts = [cells];
    if (source.sheet) parts.push(`sheet ${source.sheet}`);
    if (source.encoding && source.encoding !== "utf-8") parts.push(`letters as ${source.encoding}`);
    if (source.decimal === ",") parts.push("decimal comma");
    if ("header_row" in source) parts.push(source.header_row ? `headings in row ${count(source.header_row)}` : "no headings");
    if (rows !== null) parts.push(isComplete ? plural(rows, "row") : `the first ${plural(rows, "row")} were looked at, more follow`);
    return `${source.file ? `${source.file}: ` : ""}${parts.join(", ")}.`;
  },
  leftOut: (source) => {
    const parts = [];
    if (source.skipped_rows) parts.push(`${plural(source.skipped_rows, "row")} above the table`);
    if (source.skipped_end) parts.push(`${plural(source.skipped_end, "row")} at the end`);
    return parts.length ? `Left out: ${list(parts)}.` : "";
  },
  numbersFound: (numbers, first) => `${plural(numbers, "number")}: ${first.join(", ")}${numbers > first.length ? ", …" : ""}`,
  suggestion: (options) => {
    const settings = Object.entries(options).map(([name, value]) => `${label(name).toLowerCase()} ${MARKS[value] ?? value}`).join(", ");
    const isSpelling = ["decimal", "thousands", "strip"].some((name) => name in options);
    return `${isSpelling ? "Some entries look like numbers that are written in another way" : "These settings would keep the table in its place"}: ${settings}.`;
  },
  readSo: "Read them so",
  firstSheet: "the first with numbers",
  allSheets: "all, as one table",
  undo: "Undo this change",
  inAll: (rows) => `${plural(rows, "row")} in all.`,
  identifier: (name) => `${name} has leading zeros, so it is not described.`,
  allTheSame: "Describe it all the same",
  uses: { number: "number", group: "group", identifier: "identifier", none: "not used" },
  useOf: (name) => `${name} is used as`,
  cells: (column, use) => {
    const isNumber = use === "number" || (use === "identifier" && column.numbers > 0);
    const others = column.others.slice(0, 3).map(({ text, count: times }) => `${text} ${count(times)}`);
    const parts = isNumber ? [plural(column.numbers, "number"), ...others] : [plural(column.distinct, "value")];
    if (column.missing) parts.push(`missing ${count(column.missing)}`);
    if (column.blank) parts.push(`blank ${count(column.blank)}`);
    return parts.join(" · ");
  },
  moreColumns: (number) => `${plural(number, "more column")} to the right are not shown, and can be chosen below.`,
  previewReady: (sentence) => `Preview ready. ${sentence} Nothing is calculated yet.`,
  // The service names options as a request writes them.
  plain: (message) => message.replace(/^(?:\S+\.\w+: )?the file is (.+?), which is not supported; (.+)$/s, (all, kind, remedy) => unsupported(kind, remedy)).replace(/\b([a-z_]+)=("[^"]*"|[^\s;,?]*)/g, (all, name, value) => (Object.hasOwn(LABELS, name) ? `“${LABELS[name]}” ${value}`.trim() : all)),

  // Choices
  everyNumber: "every column of numbers",
  noNumber: "no column is used as a number",
  nothingChosen: "No column is used as a number. Say above, in its heading, which one is.",
  noColumn: "No column can hold grades.",
  noPrior: "none",
  samePrior: "Prior attainment and grades are the same column. Choose two.",
  noOrder: "Write all grades, the best one first, such as A*, A, B, C, D, E, U.",
  noItems: "Say which columns are the questions, such as Q1..Q25.",
  noPair: "Tick at least two columns. Above, in their headings, you can say which are numbers.",
  noBaseline: "Say which group to compare with, such as 2025.",
  noGroups: "all rows together",
  noSecond: "nothing else",
  otherCodes: "Other codes, with commas between them",
  code: (text, times) => `${text} ${count(times)}`,
  blank: (number) => `blank ${count(number)}`,
  missing: (number) => `missing markers ${count(number)}`,
  stale: "The settings have changed since these results.",

  // Results
  ready: (results) => `${plural(results, "result")} ready`,
  publication: (withheld, isDetailed) => `For publication: ${withheld === 0 ? "nothing had to be" : plural(withheld, "figure")} withheld. Do not publish a second version that differs by one group.${withheld && isDetailed ? " Fewer are withheld of larger groups, and without totals or grade boundaries, from which a withheld count could be found." : ""}`,
  copyTable: "Copy table",
  copied: "Copied",
  notCopied: "The browser did not allow it",
  save: "Save",
  copy: "Copy",
  report: "Report (HTML)",
  reportName: "report.html",
  formats: { xlsx: "Excel", ods: "ODS", csv: "CSV" },
  copyPicture: "Copy picture",
  pictureName: "chart.png",
  pictureSaved: "This browser cannot copy pictures here, so the picture is saved as chart.png.",
  copyLink: "Copy link to these settings",
  copyLinkWithNumbers: "Copy link with numbers",
  copyProgram: "Copy the program",
  programsSend: (host) => `A program sends the data to ${host}.`,
  saved: (name) => `${name} is saved`,
  languages: { curl: "curl", python: "Python", r: "R", javascript: "JavaScript", powerQuery: "Power Query", excel: "Excel formula" },

  // Errors
  noData: "Choose a file or paste numbers first.",
  badCells: (column, total, entries, isAll) => `${column} has ${plural(total, "entry", "entries")} that ${total === 1 ? "is not a number" : "are not numbers"}: ${entries.map(({ text, times }) => `${text} (${count(times)})`).join(", ")}${isAll ? "" : ", …"}.`,
  countAsAbsent: "Count as absent",
  leaveOut: "Leave out",
  seeRows: "See rows",
  rows: (text, rows, times) => `${text}: ${rows.length === 1 ? "row" : "rows"} ${rows.map(count).join(", ")}${times > rows.length ? ", …" : ""}`,
  broken: "This file could not be read to its end: it is damaged, or the page has an error. Open it in the program that wrote it, save it anew and choose the new file.",
  unreadable: "The browser could not read this file: it has been changed, moved or locked since it was chosen. Choose it again.",
  noEngine: "The part of the page that calculates could not be loaded. Reload the page.",
  notHere: (message) => {
    const feature = Object.keys(NOT_HERE).find((name) => message.includes(name));
    return NOT_HERE[feature ?? "parquet"];
  },
  withoutSettings: "Read it without the settings",
  tooLarge: (name, bytes, limit) => `${name} is ${size(bytes)} and this server takes ${size(limit)}. Save it as Parquet, or ask whoever runs it to raise BODY_LIMIT.`,
  noConnection: "The server did not answer. It may have ended, or the file may be larger than what stands between takes. Try again.",
  tryAgain: "Try again",
  more: (number) => `and ${count(number)} more`,
};
