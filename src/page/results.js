// Steps 4 and 5: the report, and what can be taken away.
import { button, copy, find, make, save, say, show } from "./elements.js";
import { paint, pictured } from "./picture.js";
import { words } from "./words.js";

/**
 * Shows a report of the service as a part of the page, without its head: the page has the same style sheet. Scripts in it would
 * not run, and its headings come below those of the page. Returns the number of results.
 * @param {string} html
 * @param {import("./service.js").Options} options Those of the report.
 */
export const showReport = (html, options) => {
  const body = html.slice(html.indexOf("<main"));
  const report = new DOMParser().parseFromString(body, "text/html").querySelector("main");
  for (const heading of report.querySelectorAll("h2")) rename(heading, "h4");
  for (const heading of report.querySelectorAll("h1")) rename(heading, "h3");
  for (const table of report.querySelectorAll("table")) {
    const action = button(words.copyTable, () => confirm(action, words.copyTable, copyTable(table)), "quiet");
    (table.closest(".scroll") ?? table).after(action);
  }
  if (options.publish) {
    const withheld = [...report.querySelectorAll(".withheld")].filter(({ textContent }) => /^\[c\]|fewer than/.test(textContent));
    report.querySelector("h3").after(make("p", { className: "note", textContent: words.publication(withheld.length, Boolean(options.totals || options.boundaries)) }));
  }
  find("report").replaceChildren(...report.childNodes);
  show("results");
  return Number(report.dataset.results);
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

/** Copies the first figure of the report as a picture; where the browser does not let pages, saves it. Returns what was done, in words. */
export const copyPicture = async () => {
  const picture = paint(pictured(find("report")));
  try {
    // The promise, not what comes of it: Safari allows copying only while the click is handled.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
    return words.copied;
  } catch {
    save(await picture, words.pictureName);
    return words.pictureSaved;
  }
};

/** Says on a button, and to screen readers, whether it was copied, or what was done instead. */
export const confirm = (element, text, done) => {
  element.textContent = typeof done === "string" ? done : done ? words.copied : words.notCopied;
  say(element.textContent);
  setTimeout(() => {
    element.textContent = text;
  }, element.textContent.length > 30 ? 6000 : 2000);
};

/**
 * Makes the buttons of what can be taken away.
 * @param {{report: () => void, file: (format: string) => void, picture: () => Promise<string>, link: () => boolean, linkWithNumbers: (() => boolean) | null}} act
 */
export const showTakeaway = (act) => {
  const files = Object.entries(words.formats).map(([format, text]) => button(text, () => act.file(format)));
  const table = button(words.copyTable, () => confirm(table, words.copyTable, copyFirst()));
  const picture = button(words.copyPicture, async () => confirm(picture, words.copyPicture, await act.picture()));
  const link = button(words.copyLink, () => confirm(link, words.copyLink, act.link()));
  const { linkWithNumbers } = act;
  const full = button(words.copyLinkWithNumbers, () => confirm(full, words.copyLinkWithNumbers, linkWithNumbers()));
  const pictures = pictured(find("report")) ? [picture] : [];
  const row = (text, ...buttons) => make("div", { className: "row", role: "group", ariaLabel: text }, make("span", { textContent: text }), ...buttons);
  find("files").replaceChildren(row(words.save, button(words.report, act.report), ...files), row(words.copy, table, ...pictures, link, ...(linkWithNumbers ? [full] : [])));
  show("takeaway");
};
