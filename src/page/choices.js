// Step 3: what to describe.
import { analysisOptions, applies, fillAnalyses, fillAnalysis, isIncomplete, split } from "./analyses.js";
import { choose, find, make, show } from "./elements.js";
import { isList, isMark } from "./preview.js";
import { words } from "./words.js";

const radio = (id) => find(id).checked;
const groups = () => [...new Set([find("group1").value, find("group2").value])].filter(Boolean);

/** Pairs of grades and marks with nothing but blanks between them. */
const PAIRS = /^(?:[^\s\d:=]\S*\s+-?[\d.]+(?:\s+|$)){2,}$/;

/** Options of an analysis without which there is none. */
const NEEDED = ["categories", "crosstab", "items", "correlations"];

/**
 * Grades and their lowest marks as the service writes them: a blank or an equals sign will do for the colon, a semicolon or a blank for
 * the comma.
 * @param {string} text
 */
const boundaries = (text) => {
  const parts = PAIRS.test(text.trim()) ? text.trim().match(/\S+\s+\S+/g) : split(text, /[,;\n]/);
  return parts.map((part) => part.replace(/\s*[:=\s]\s*(?=[-\d.]+$)/, ":"));
};

/**
 * Offers what a preview has, and chooses what is wanted where it is there.
 * @param {import("./preview.js").Preview} preview
 * @param {Object<string, string>} uses
 * @param {import("./service.js").Options} wanted
 */
export const fillChoices = (preview, uses, wanted) => {
  document.body.classList.toggle("is-list", isList(preview));
  const used = (use) => preview.columns.map(({ name }) => name).filter((name) => uses[name] === use);
  const numbers = used("number");
  const all = numbers.length === 1 ? [] : [["", numbers.length ? words.everyNumber : words.noNumber]];
  const named = (names) => names.map((name) => [name, name]);
  const wantedColumn = wanted.column?.length === 1 ? wanted.column[0] : wanted.column ? "" : likelyMark(preview, numbers);
  choose("column", [...named(numbers), ...all], wantedColumn);
  const [first = "", second = ""] = wanted.group_by ?? [];
  // The service groups several files by their names, unless a column has that name.
  const byFile = Array.isArray(preview.source) && !preview.columns.some(({ name }) => name === "file") ? ["file"] : [];
  choose("group1", [["", words.noGroups], ...named([...used("group"), ...byFile])], first);
  choose("group2", [["", words.noSecond], ...named([...used("group"), ...byFile])], second);
  find("codes").dataset.chosen = JSON.stringify(wanted.absent ?? split(preview.suggestions.absent ?? ""));
  fillAnalyses(preview, uses, wanted);
  fillCodes(preview);
  fillComparison(preview);
};

/** The column of numbers that is likely to be asked for. */
const likelyMark = ({ columns }, numbers) => {
  const coded = numbers.find((name) => columns.some((column) => column.name === name && column.others.length > 0));
  return numbers.find(isMark) ?? coded ?? numbers.at(-1) ?? "";
};

/** Offers the entries of the chosen column that are not numbers. @param {import("./preview.js").Preview} preview */
export const fillCodes = (preview) => {
  const chosen = codes();
  // Every grade is an entry that is not a number, and one of them may be a code.
  const areGrades = !applies(preview, "column") && applies(preview, "categories");
  const name = find(areGrades ? "categories" : "column").value;
  const [column] = preview.columns.filter((column) => column.name === name);
  const isOffered = column && (areGrades || (column.kind !== "category" && column.kind !== "text"));
  const others = isOffered ? column.others.slice(0, 12) : [];
  const boxes = others.map(({ text, count }) => {
    const box = make("input", { type: "checkbox", value: text, checked: chosen.includes(text) });
    return make("label", { className: "check" }, box, ` ${words.code(text, count)}`);
  });
  const counts = [];
  if (column?.blank) counts.push(words.blank(column.blank));
  if (column?.missing) counts.push(words.missing(column.missing));
  if (counts.length) boxes.push(make("span", { className: "hint", textContent: counts.join(", ") }));
  find("codes").replaceChildren(...boxes);
  show("codes", boxes.length > 0);
  find("absent-label").textContent = words.otherCodes;
  find("absent").value = chosen.filter((code) => !others.some(({ text }) => text === code)).join(", ");
  delete find("codes").dataset.chosen;
};

/** Codes of absences: those that are ticked, and those that are written. */
const codes = () => {
  const chosen = find("codes").dataset.chosen;
  if (chosen) return JSON.parse(chosen);
  const ticked = [...find("codes").querySelectorAll("input:checked")].map((box) => box.value);
  return [...new Set([...ticked, ...split(find("absent").value)])];
};

/** Offers comparisons of the chosen groups. @param {import("./preview.js").Preview} preview */
export const fillComparison = (preview) => {
  const chosen = groups();
  find("totals").disabled = chosen.length === 0;
  find("comparison").disabled = chosen.length === 0;
  show("comparison", chosen.length > 0);
  show("compared", chosen.length > 1);
  // Changes are usually those from year to year.
  const usual = chosen.find((name) => /year|cohort|session|series|term/i.test(name)) ?? "";
  const { value, length } = find("compare_by");
  choose("compare_by", chosen.length ? chosen.map((name) => [name, name]) : [["", ""]], length > 1 ? value : usual);
  const compared = find("compare_by").value;
  const place = preview.columns.findIndex(({ name }) => name === compared);
  const values = new Set([...preview.records.map((record) => record[place]), ...(preview.columns[place]?.others ?? []).map(({ text }) => text)]);
  find("groups").replaceChildren(...[...values].filter(Boolean).sort().map((value) => make("option", { value })));
};

/** Adds codes of absences. @param {string[]} added */
export const addCodes = (added, preview) => {
  find("codes").dataset.chosen = JSON.stringify([...new Set([...codes(), ...added])]);
  fillCodes(preview);
};

/**
 * The options that are chosen.
 * @param {import("./preview.js").Preview} preview
 * @param {Object<string, string>} uses
 * @returns {import("./service.js").Options}
 */
export const chosenOptions = (preview, uses) => {
  /** @type {import("./service.js").Options} */
  const options = {};
  const set = (name, values) => {
    if (values.length) options[name] = values;
  };
  const value = (name) => (applies(preview, name) ? [find(name).value.trim()].filter(Boolean) : []);
  const flag = (name) => (applies(preview, name) && find(name).checked ? [find(name).value] : []);
  if (!isList(preview)) {
    const all = preview.columns.map(({ name }) => name).filter((name) => uses[name] === "number");
    if (applies(preview, "column")) options.column = value("column").length ? value("column") : all;
    const special = analysisOptions(preview, codes());
    for (const name of Object.keys(special)) if (special[name].length || NEEDED.includes(name)) options[name] = special[name];
    set("group_by", groups().filter((name) => name !== special.crosstab?.[0]));
    if (options.group_by) set("totals", flag("totals"));
    set("absent", codes());
    set("invalid", flag("invalid"));
    if (options.group_by && applies(preview, "comparison")) compareOptions(options, set, flag);
  }
  set("maximum", value("maximum"));
  if (applies(preview, "boundaries")) set("boundaries", boundaries(find("boundaries").value));
  set("statistics", value("statistics"));
  set("convention", value("convention"));
  set("publish", flag("publish"));
  return options;
};

/** Options of the comparison of the chosen groups. */
const compareOptions = (options, set, flag) => {
  if (!radio("compare-previous") && radio("compare-baseline")) set("baseline", [find("baseline").value.trim()].filter(Boolean));
  else if (radio("compare-previous")) options.compare = ["true"];
  if (!options.compare && !options.baseline) return;
  if (options.crosstab) set("predict", flag("predict"));
  set("equate", flag("equate"));
  const by = find("compare_by").value;
  if (options.group_by.length < 2 || !options.group_by.includes(by)) return;
  options.compare_by = [by];
  // The change stands in the table of means where the compared groups go across.
  options.columns = [by];
};

/**
 * What has to be chosen before there are results, in words; `null` if nothing has.
 * @param {import("./preview.js").Preview} preview
 * @param {import("./service.js").Options} options Those that are chosen.
 */
export const isToChoose = (preview, options) => {
  if (!isList(preview) && options.column?.length === 0) return words.nothingChosen;
  const incomplete = isIncomplete(options);
  if (incomplete) return incomplete;
  return options.group_by && radio("compare-baseline") && !options.baseline ? words.noBaseline : null;
};

/** Fills the fields that do not depend on the data. @param {import("./service.js").Options} options */
export const fillSettings = (options) => {
  for (const name of ["maximum", "statistics", "convention"]) find(name).value = options[name]?.[0] ?? "";
  find("boundaries").value = (options.boundaries ?? []).join(", ");
  fillAnalysis(options);
  for (const name of ["totals", "invalid", "publish", "predict", "equate"]) find(name).checked = options[name]?.[0] === find(name).value;
  find("baseline").value = options.baseline?.[0] ?? "";
  if (options.baseline) find("compare-baseline").checked = true;
  else if (options.compare?.[0] === "true") find("compare-previous").checked = true;
  // With a second choice it counts as chosen.
  if (options.compare_by) choose("compare_by", [...options.compare_by.map((name) => /** @type {[string, string]} */ ([name, name])), ["", ""]], options.compare_by[0]);
};
