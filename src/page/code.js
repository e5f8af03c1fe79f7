// The same request as a program.
import { key } from "./access.js";
import { operationFor } from "./analyses.js";
import { button, copy, find } from "./elements.js";
import { PROGRAMS } from "./programs.js";
import { confirm } from "./results.js";
import { address } from "./service.js";
import { words } from "./words.js";

/**
 * Offers a request as programs.
 * @param {File[]} files
 * @param {import("./service.js").Options} options
 * @param {string} [numbers] The text, if plain numbers were pasted.
 */
export const showPrograms = (files, options, numbers) => {
  const fields = Object.entries(options).flatMap(([name, values]) => values.map((value) => /** @type {[string, string]} */ ([name, value])));
  const request = { url: address(operationFor(options)), fields, names: files.map(({ name }) => name), numbers, hasKey: key() !== null };
  const programs = Object.entries(words.languages).map(([language, text]) => ({ text, program: PROGRAMS[language](request) }));
  const buttons = programs.filter(({ program }) => program !== null).map(({ text, program }) => {
    const chooser = button(text, () => {
      find("program").textContent = program;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === chooser));
    });
    return chooser;
  });
  find("languages").replaceChildren(...buttons);
  find("code-hint").textContent = words.programsSend(location.host);
  buttons[0].click();
};

/** Copies the program that is shown. */
export const copyProgram = () => confirm(find("copy-program"), words.copyProgram, copy({ "text/plain": find("program").textContent }));
