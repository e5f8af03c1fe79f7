// Step 3: what the figures are about, and the fields of grades, of questions of a test and of correlations.
import { choose, find, make } from "./elements.js";
import { isList, isMark } from "./preview.js";
import { words } from "./words.js";

/** Options that only these analyses have. */
export const ANALYSED = ["categories", "order", "crosstab", "predict", "items", "maxima", "key", "unanswered", "not_reached", "correlations", "equate"];

/** Heading of a question: what stands before its number, the number, and its highest mark. */
const QUESTION = /^(.*?)(\d+)(\s*\([\d.]+\))?$/;

/** Number of questions from which on columns are taken for a test. */
const MIN_QUESTIONS = 3;

/** Parts of a text without blanks around them. @param {string} text @param {RegExp} [between] */
export const split = (text, between = /,/) => text.split(between).map((part) => part.trim()).filter(Boolean);

/** What the figures are about. A list of numbers has only marks. @param {import("./preview.js").Preview} preview */
const analysisOf = (preview) => (isList(preview) ? "marks" : find("analysis").value);

/** Shows the fields of the analysis that is chosen. */
export const showAnalysis = () => {
  document.body.dataset.analysis = find("analysis").value;
};

/** Whether a field belongs to what the figures are about. @param {import("./preview.js").Preview} preview @param {string} id */
export const applies = (preview, id) => {
  const of = find(id).closest("[data-analyses]");
  return !of || split(of.dataset.analyses, / /).includes(analysisOf(preview));
};

/** The analysis that options ask for. @param {import("./service.js").Options} options */
export const analysisFor = ({ items, categories, crosstab, correlations }) => (items ? "items" : categories || crosstab ? "outcomes" : correlations ? "correlations" : "marks");

/** Operation of the service that does it. @param {import("./service.js").Options} options */
export const operationFor = ({ items }) => (items ? "items" : "stats");

/**
 * The longest row of columns with the same name but for a number that counts them.
 * @param {import("./preview.js").Preview} preview
 */
const questions = ({ columns }) => {
  let [longest, row] = [[], []];
  for (const { name } of columns) {
    const [, stem, number, maximum = ""] = QUESTION.exec(name) ?? [];
    const last = row.at(-1);
    const isNext = last && last.stem === stem && Number(number) === last.number + 1;
    const question = { stem, number: Number(number), name: name.slice(0, name.length - maximum.length), hasMaximum: maximum !== "" };
    row = stem === undefined ? [] : isNext ? [...row, question] : [question];
    if (row.length > longest.length) longest = row;
  }
  return longest.length < MIN_QUESTIONS ? [] : longest;
};

/**
 * Offers what a preview has, and chooses what is wanted where it is there.
 * @param {import("./preview.js").Preview} preview
 * @param {Object<string, string>} uses
 * @param {import("./service.js").Options} wanted
 */
export const fillAnalyses = (preview, uses, wanted) => {
  const names = preview.columns.map(({ name }) => name).filter((name) => uses[name] !== "identifier");
  const named = names.map((name) => /** @type {[string, string]} */ ([name, name]));
  const [prior = "", crossed] = wanted.crosstab ?? [];
  const likely = names.find((name) => /grade|outcome|level|class/i.test(name)) ?? names.find((name) => uses[name] === "group") ?? "";
  choose("categories", named.length ? named : [["", words.noColumn]], wanted.categories?.[0] ?? crossed ?? likely);
  choose("prior", [["", words.noPrior], ...named], prior);
  if (wanted.order) find("order").value = wanted.order.join(", ");
  else fillGrades(preview);
  fillQuestions(questions(preview), wanted);
  const numbers = names.filter((name) => uses[name] === "number");
  const boxes = numbers.map((value) => {
    const checked = wanted.correlations ? wanted.correlations.includes(value) : numbers.length < 9 || isMark(value);
    return make("label", { className: "check" }, make("input", { type: "checkbox", value, checked }), ` ${value}`);
  });
  find("correlated").replaceChildren(...boxes);
};

/**
 * The values of a column as grades, the best first, such as A*, A, B: a beginning for who knows better. Numbers are too many to be told.
 * @param {import("./preview.js").Preview} preview
 * @param {string} name
 */
const grades = ({ columns }, name) => {
  const [column] = columns.filter((column) => column.name === name);
  const texts = column && !column.numbers ? column.others.map(({ text }) => text) : [];
  const [letters, stars] = [(text) => text.replaceAll("*", ""), (text) => text.length - letters(text).length];
  return texts.sort((one, other) => letters(one).localeCompare(letters(other)) || stars(other) - stars(one));
};

/** Writes the grades of the chosen column. @param {import("./preview.js").Preview} preview */
export const fillGrades = (preview) => {
  find("order").value = grades(preview, find("categories").value).join(", ");
};

/** Chooses the questions that are wanted, or those that were found. */
const fillQuestions = (found, wanted) => {
  const range = found.length ? `${found[0].name}..${found.at(-1).name}` : "";
  find("items").value = wanted.items?.join(", ") ?? range;
  if (!wanted.items) find("maxima").value = found.length && found.every(({ hasMaximum }) => hasMaximum) ? "header" : "";
};

/**
 * Options that only this analysis has.
 * @param {import("./preview.js").Preview} preview
 * @param {string[]} codes Those of absences, which are no grades.
 * @returns {import("./service.js").Options}
 */
export const analysisOptions = (preview, codes) => {
  const [value, listed] = [(id) => find(id).value.trim(), (id) => split(find(id).value)];
  switch (analysisOf(preview)) {
    case "outcomes": {
      const prior = value("prior");
      return { ...(prior ? { crosstab: [prior, value("categories")] } : { categories: [value("categories")] }), order: listed("order").filter((grade) => !codes.includes(grade)) };
    }
    case "items":
      return { items: listed("items"), maxima: split(value("maxima")), key: listed("key"), unanswered: split(value("unanswered")), not_reached: listed("not_reached") };
    case "correlations":
      return { correlations: [...find("correlated").querySelectorAll("input:checked")].map((box) => box.value) };
    default:
      return {};
  }
};

/** What such an analysis still needs, in words; `null` if it needs nothing. @param {import("./service.js").Options} options */
export const isIncomplete = ({ categories, crosstab, order, items, correlations }) => {
  if (categories && !categories[0]) return words.noColumn;
  if (crosstab && crosstab[0] === crosstab[1]) return words.samePrior;
  if ((categories || crosstab) && !order) return words.noOrder;
  if (items && !items.length) return words.noItems;
  return correlations && correlations.length < 2 ? words.noPair : null;
};

/** Fills the fields that do not depend on the data. @param {import("./service.js").Options} options */
export const fillAnalysis = (options) => {
  find("analysis").value = analysisFor(options);
  showAnalysis();
  for (const name of ["key", "not_reached"]) find(name).value = (options[name] ?? []).join(", ");
  for (const name of ["maxima", "unanswered"]) find(name).value = options[name]?.[0] ?? "";
};
