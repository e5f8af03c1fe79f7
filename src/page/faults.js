// Errors in words, with their remedies as buttons.
import { button, find, make, show } from "./elements.js";
import { words } from "./words.js";

/**
 * A remedy: its text and what it does.
 * @typedef {[string, () => void]} Remedy
 */

/** Hides an error. @param {string} place Id of its element. */
export const clear = (place) => show(place, false);

/**
 * Shows the error of a request, and moves the focus there.
 * @param {string} place Id of its element.
 * @param {import("./service.js").Problem} problem
 * @param {Remedy[]} remedies
 */
export const showFault = (place, problem, remedies = []) => {
  const errors = problem.errors ?? [];
  const cells = errors.filter(isCell);
  const parts = cells.length && cells.length === errors.length ? describeCells(problem, cells) : describeOthers(problem);
  const buttons = remedies.map(([text, act]) => button(text, act));
  if (cells.length) buttons.push(rowsButton(cells, parts));
  if (buttons.length) parts.push(make("div", { className: "row" }, ...buttons));
  find(place).replaceChildren(...parts);
  show(place);
  find(place).focus();
};

/** Whether an error is a cell that is not a number. @param {import("./service.js").Fault} fault */
export const isCell = ({ loc, reason }) => Boolean(reason) && loc.length === 3;

/** Whether an error is a file that the engine of the page was built without. @param {import("./service.js").Fault[]} errors */
export const isNotBuilt = (errors) => errors.some(({ type }) => type === "not_built");

const times = ({ count = 1 }) => count;

/** Cells that are not numbers, in a sentence for each column. */
const describeCells = (problem, cells) => {
  const columns = [...new Set(cells.map(({ loc }) => loc[2]))];
  return columns.map((column) => {
    const ofColumn = cells.filter(({ loc }) => loc[2] === column);
    const entries = ofColumn.map((cell) => ({ text: cell.input ?? "", times: times(cell) }));
    const listed = ofColumn.reduce((sum, cell) => sum + times(cell), 0);
    const total = columns.length === 1 ? problem.error_count ?? listed : listed;
    return make("p", { textContent: words.badCells(column, total, entries, total === listed) });
  });
};

const describeOthers = ({ detail, errors = [], error_count = 0 }) => {
  const messages = errors.length ? errors.map(({ type, msg }) => (type === "not_built" ? words.notHere(msg) : msg)) : [detail];
  const unlisted = error_count - errors.reduce((sum, error) => sum + times(error), 0);
  if (unlisted > 0) messages.push(words.more(unlisted));
  // The name of a file stays as it is.
  const capital = (text) => (/^\S+\.\w+: /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));
  return messages.map((text) => make("p", { textContent: capital(words.plain(text)) }));
};

/** Button that shows where the cells are. */
const rowsButton = (cells, parts) => {
  const lines = cells.map((cell) => make("li", { textContent: words.rows(cell.input ?? "", cell.rows ?? [cell.loc[1]], times(cell)) }));
  const list = make("ul", { hidden: true }, ...lines);
  parts.push(list);
  const toggle = button(words.seeRows, () => {
    list.hidden = !list.hidden;
    toggle.setAttribute("aria-expanded", String(!list.hidden));
  });
  toggle.setAttribute("aria-expanded", "false");
  return toggle;
};
