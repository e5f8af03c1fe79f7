// Step 3: what to describe.
import { choose, find, make, show } from "./elements.js";
import { isList, isMark } from "./preview.js";
import { words } from "./words.js";

const radio = (id) => find(id).checked;
const groups = () => [...new Set([find("group1").value, find("group2").value])].filter(Boolean);
const split = (text, between = /,/) => text.split(between).map((part) => part.trim()).filter(Boolean);

/** Pairs of grades and marks with nothing but blanks between them. */
const PAIRS = /^(?:[^\s\d:=]\S*\s+-?[\d.]+(?:\s+|$)){2,}$/;

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
  const name = find("column").value;
  const [column] = preview.columns.filter((column) => column.name === name);
  const others = column && column.kind !== "category" && column.kind !== "text" ? column.others.slice(0, 12) : [];
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
  const options = {};
  const set = (name, values) => {
    if (values.length) options[name] = values;
  };
  const value = (name) => [find(name).value.trim()].filter(Boolean);
  const flag = (name) => (find(name).checked ? [find(name).value] : []);
  if (!isList(preview)) {
    const all = preview.columns.map(({ name }) => name).filter((name) => uses[name] === "number");
    options.column = value("column").length ? value("column") : all;
    set("group_by", groups());
    if (groups().length) set("totals", flag("totals"));
    set("absent", codes());
    set("invalid", flag("invalid"));
    if (groups().length && !radio("compare-previous") && radio("compare-baseline")) set("baseline", value("baseline"));
    else if (groups().length && radio("compare-previous")) set("compare", ["true"]);
    if (groups().length > 1 && (options.compare || options.baseline)) {
      // The change stands in the table of means where the compared groups go across.
      set("compare_by", value("compare_by"));
      set("columns", value("compare_by"));
    }
  }
  set("maximum", value("maximum"));
  set("boundaries", boundaries(find("boundaries").value));
  set("statistics", value("statistics"));
  set("convention", value("convention"));
  set("publish", flag("publish"));
  return options;
};

/**
 * What has to be chosen before there are results, in words; `null` if nothing has.
 * @param {import("./preview.js").Preview} preview
 * @param {import("./service.js").Options} options Those that are chosen.
 */
export const isToChoose = (preview, options) => {
  if (!isList(preview) && !options.column.length) return words.nothingChosen;
  return options.group_by && radio("compare-baseline") && !options.baseline ? words.noBaseline : null;
};

/** Fills the fields that do not depend on the data. @param {import("./service.js").Options} options */
export const fillSettings = (options) => {
  for (const name of ["maximum", "statistics", "convention"]) find(name).value = options[name]?.[0] ?? "";
  find("boundaries").value = (options.boundaries ?? []).join(", ");
  for (const name of ["totals", "invalid", "publish"]) find(name).checked = options[name]?.[0] === find(name).value;
  find("baseline").value = options.baseline?.[0] ?? "";
  if (options.baseline) find("compare-baseline").checked = true;
  else if (options.compare?.[0] === "true") find("compare-previous").checked = true;
  // With a second choice it counts as chosen.
  if (options.compare_by) choose("compare_by", [...options.compare_by.map((name) => /** @type {[string, string]} */ ([name, name])), ["", ""]], options.compare_by[0]);
};
