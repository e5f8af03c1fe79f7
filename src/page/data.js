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
  // Else a file that has been saved anew since could not be chosen again.
  chooser.addEventListener("click", () => {
    chooser.value = "";
  });
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
 * A text that is merged over several rows names all of them, as in a workbook; a number counts once.
 * @param {string} html
 */
const table = (html) => {
  const found = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  if (!found) return null;
  for (const end of found.querySelectorAll("br")) end.replaceWith(" ");
  const rows = [...found.rows].map(() => /** @type {string[]} */ ([]));
  for (const [place, row] of [...found.rows].entries()) {
    for (const cell of row.cells) {
      const text = (cell.getAttribute("x:num") || cell.textContent).replace(/\s+/g, " ").trim();
      let column = 0;
      while (rows[place][column] !== undefined) column += 1;
      for (const [down, covered] of rows.slice(place, place + Math.max(cell.rowSpan, 1)).entries()) {
        covered[column] = down === 0 || !/^[-+\d.,%]+$/.test(text) ? text : "";
        for (let across = 1; across < Math.min(cell.colSpan, 1000); across += 1) covered[column + across] = "";
      }
    }
  }
  const written = (text = "") => (/["\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((cells) => `${Array.from(cells, written).join("\t")}\n`).join("");
};
