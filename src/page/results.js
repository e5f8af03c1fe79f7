// Steps 4 and 5: the report, and what can be taken away.
import { button, copy, find, make, say, show } from "./elements.js";
import { words } from "./words.js";

/**
 * Shows a report of the service as a part of the page, without its head: the page has the same style sheet. Scripts in it would
 * not run, and its headings come below those of the page. Returns its title.
 * @param {string} html
 * @param {boolean} isPublication
 */
export const showReport = (html, isPublication) => {
  const body = html.slice(html.indexOf("<main>"));
  const report = new DOMParser().parseFromString(body, "text/html").querySelector("main");
  for (const heading of report.querySelectorAll("h2")) rename(heading, "h4");
  for (const heading of report.querySelectorAll("h1")) rename(heading, "h3");
  for (const table of report.querySelectorAll("table")) {
    const action = button(words.copyTable, () => confirm(action, words.copyTable, copyTable(table)), "quiet");
    (table.closest(".scroll") ?? table).after(action);
  }
  if (isPublication) {
    const withheld = [...report.querySelectorAll(".withheld")].filter(({ textContent }) => /^\[c\]|fewer than/.test(textContent));
    report.querySelector("h3").after(make("p", { className: "note", textContent: words.publication(withheld.length) }));
  }
  find("report").replaceChildren(...report.childNodes);
  show("results");
  return find("report").querySelector("h3").textContent;
};

const rename = (heading, tag) => {
  const renamed = make(tag, { id: heading.id }, ...heading.childNodes);
  if (!renamed.id) renamed.removeAttribute("id");
  heading.replaceWith(renamed);
};

/** Copies the first table of the report. */
export const copyFirst = () => copyTable(find("report").querySelector("table"));

/** Copies a table: all digits for spreadsheets, which show as many as they like, and the text as it is shown. */
const copyTable = (table) => {
  const full = /** @type {HTMLTableElement} */ (table.cloneNode(true));
  for (const data of full.querySelectorAll("data")) if (!data.value.includes(" ")) data.textContent = data.value;
  const cell = (element) => element.textContent.replace(/^\u2212(?=[\d.]+$)/, "-");
  const text = [...table.rows].map((row) => [...row.cells].map(cell).join("\t")).join("\n");
  return copy({ "text/html": full.outerHTML, "text/plain": text });
};

/** Says on a button, and to screen readers, whether it was copied. */
export const confirm = (element, text, isCopied) => {
  element.textContent = isCopied ? words.copied : words.notCopied;
  say(element.textContent);
  setTimeout(() => {
    element.textContent = text;
  }, 2000);
};

/**
 * Makes the buttons of what can be taken away.
 * @param {{report: () => void, file: (format: string) => void, link: () => boolean}} act
 */
export const showTakeaway = (act) => {
  const files = Object.entries(words.formats).map(([format, text]) => button(text, () => act.file(format)));
  const table = button(words.copyTable, () => confirm(table, words.copyTable, copyFirst()));
  const link = button(words.copyLink, () => confirm(link, words.copyLink, act.link()));
  find("files").replaceChildren(button(words.report, act.report), ...files, table, link);
  show("takeaway");
};
