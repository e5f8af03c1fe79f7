// Ways in which data come: chosen, dropped, pasted.
import { find, show } from "./elements.js";
import { words } from "./words.js";

/**
 * Calls `open` with the files that are given, whatever way, and with the text if it is plain numbers that were pasted.
 * @param {(files: File[], numbers?: string) => Promise<void>} open
 */
export const receive = (open) => {
  const drop = find("drop");
  const field = find("numbers");
  const chooser = find("file");
  const give = (files) => files.length && open([...files]);
  const read = () => field.value.trim() && openText(field.value, open);
  const toggle = () => show("read", field.value.trim() !== "");
  toggle();

  chooser.addEventListener("change", () => give(chooser.files));
  find("read").addEventListener("click", read);
  field.addEventListener("input", toggle);

  // A file may be dropped anywhere: elsewhere the browser would leave the page for it.
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    give(event.dataTransfer.files);
  });

  document.addEventListener("paste", (event) => {
    const { target, clipboardData } = event;
    if (target !== field && target instanceof Element && target.closest("input, select, textarea")) return;
    if (clipboardData.files.length && !clipboardData.getData("text/plain")) return give(clipboardData.files);
    const text = table(clipboardData.getData("text/html")) ?? clipboardData.getData("text/plain");
    if (!text.trim()) return;
    // What is typed already stays there, and is completed.
    if (target === field && field.value.trim()) return;
    event.preventDefault();
    field.value = text;
    toggle();
    read();
  });
};

/**
 * Opens text that was pasted, as a file.
 * @param {string} text
 * @param {(files: File[], numbers?: string) => Promise<void>} open
 */
export const openText = (text, open) => {
  const isTable = /[\t;]|[^\W\d_]{2}/.test(text);
  return isTable ? open([new File([text], words.pastedTable)]) : open([new File([text], words.pastedNumbers)], text.trim());
};

/**
 * The table of a spreadsheet as tab-separated text, with the digits that Excel knows of and does not show; `null` without a table.
 * @param {string} html
 */
const table = (html) => {
  const found = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  if (!found) return null;
  const cell = (element) => {
    const text = (element.getAttribute("x:num") || element.textContent).replace(/\s+/g, " ").trim();
    const quoted = /["\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    return [quoted, ...Array(Math.min(element.colSpan, 1000) - 1).fill("")].join("\t");
  };
  return [...found.rows].map((row) => `${[...row.cells].map(cell).join("\t")}\n`).join("");
};
