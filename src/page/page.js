// The job of the page, step by step: data, preview, choices, results.
import { askForKey } from "./access.js";
import { ANALYSED, fillGrades, operationFor, showAnalysis } from "./analyses.js";
import { addCodes, chosenOptions, fillChoices, fillCodes, fillComparison, fillSettings, isToChoose } from "./choices.js";
import { copyProgram, showPrograms } from "./code.js";
import { openText, receive } from "./data.js";
import { calculate, load, prepare } from "./engine.js";
import { copy, find, save, say, show } from "./elements.js";
import { clear, isCell, isNotBuilt, showFault } from "./faults.js";
import { unpack } from "./packed.js";
import { READING, fillReading, likelyUse, readingOptions, sentence, showPreview } from "./preview.js";
import { copyPicture, showReport, showTakeaway } from "./results.js";
import { Refusal, address, isCancelled, send } from "./service.js";
import { words } from "./words.js";

/** Size in bytes from which only the beginning of a text is sent for its preview, and the size of this beginning. */
const [LARGE, BEGINNING] = [8 << 20, 4 << 20];

/** Maximum length of a link with numbers: mail programs and chats cut longer ones. */
const MAX_LINK = 8000;

/** Options that a link has. */
const LINKED = [...READING, "column", "group_by", "totals", "absent", "invalid", "maximum", "boundaries", "statistics", "convention", "compare", "compare_by", "baseline", "publish", ...ANALYSED];

/** An object with these entries alone: any name may be that of a column. @param {[string, string][]} pairs @returns {Object<string, string>} */
const named = (pairs) => Object.assign(Object.create(null), Object.fromEntries(pairs));

const state = {
  /** @type {File[]} */ files: [],
  /** The text of plain numbers that were pasted; no file has one. @type {string | undefined} */ numbers: undefined,
  /** @type {import("./preview.js").Preview | null} */ preview: null,
  /** How the data of the preview were read. @type {import("./service.js").Options} */ reading: {},
  /** The last preview that was asked for. */ look: Promise.resolve(),
  /** How they were read and used before. @type {{reading: import("./service.js").Options, uses: Object<string, string>}[]} */ past: [],
  /** What each column is used as. @type {Object<string, string>} */ uses: named([]),
  /** Options that a link asks for. @type {import("./service.js").Options} */ wanted: {},
  /** Options of the results that are shown. @type {string | null} */ answered: null,
  /** Whether this browser calculates. */ isHere: false,
};

/** Asks for a preview or an answer, here or there. */
const ask = (operation, files, options) => (state.isHere ? calculate : send)(operation, files, options);

/** Shows where it is calculated, and the other place if there is a choice. */
const showPlace = () => {
  const { engine, limit } = document.body.dataset;
  find("file-hint").textContent = state.isHere ? words.kindsHere(engine === "both" ? location.host : "") : words.kindsThere(Number(limit));
  find("where").textContent = state.isHere ? words.here : words.there(location.host);
  find("elsewhere").textContent = state.isHere ? words.goThere(location.host) : words.goHere;
  show("elsewhere", engine === "both");
  show("access", false);
  if (!state.isHere) askForKey(() => address("simple"));
};

const changePlace = () => {
  state.isHere = !state.isHere;
  showPlace();
  say(find("where").textContent);
};

/**
 * Does something with the service; its errors are shown at a place, with remedies.
 * @param {string} place
 * @param {() => Promise<void>} task
 * @param {(problem: import("./service.js").Problem) => import("./faults.js").Remedy[]} remedies
 */
const attempt = async (place, task, remedies = () => []) => {
  clear(place);
  try {
    await task();
  } catch (error) {
    if (isCancelled(error)) return say(words.cancelled);
    if (!(error instanceof Refusal)) throw error;
    showFault(place, error.problem, remedies(error.problem));
  }
};

/** Begins with other data. @param {File[]} files @param {string} [numbers] The text, if plain numbers were pasted. */
const open = async (files, numbers) => {
  Object.assign(state, { files, numbers, preview: null, past: [], uses: named([]), answered: null });
  find("undo").disabled = true;
  // What is left out of one file may matter in another.
  find("invalid").checked = false;
  for (const id of ["results", "takeaway", "linked", "empty"]) show(id, false);
  if (!isLinked()) fillReading({});
  if (state.isHere) prepare(files);
  const without = () => {
    fillReading({});
    open(files, numbers);
  };
  const remedies = ({ errors = [] }) => [
    ...(isNotBuilt(errors) ? elsewhere() : []),
    .../** @type {import("./faults.js").Remedy[]} */ (Object.keys(readingOptions()).length ? [[words.withoutSettings, without]] : []),
  ];
  state.look = attempt("data-fault", look, remedies);
  await state.look;
  if (!state.preview) document.body.classList.remove("has-data");
};

/** Whether a server calculates what this browser cannot. */
const hasServer = () => document.body.dataset.engine === "both";

/** Remedy for what this browser cannot read. @returns {import("./faults.js").Remedy[]} */
const elsewhere = () => (hasServer() ? [[words.goThere(location.host), () => (changePlace(), open(state.files))]] : []);

const isLinked = () => Object.keys(state.wanted).length > 0;

/** Options of a link: without codes of absences it wants none. */
const linked = () => (isLinked() ? { absent: [], ...state.wanted } : {});

/** Options that are chosen, with an empty list if no code of absences is. @returns {import("./service.js").Options} */
const chosen = () => ({ absent: [], ...chosenOptions(state.preview, state.uses) });

/** Reads the data as the fields say, and shows a preview. */
const look = async () => {
  const reading = readingOptions();
  const preview = await askForPreview(reading);
  const isFirst = Object.keys(state.uses).length === 0;
  const wanted = isFirst ? linked() : chosen();
  if (isFirst && isLinked()) fillSettings(wanted);
  state.wanted = {};
  Object.assign(state, { preview, reading });
  state.uses = named(preview.columns.map((column) => [column.name, state.uses[column.name] ?? likelyUse(column)]));
  if (isFirst && wanted.column) useOnly(wanted.column);
  for (const name of wanted.group_by ?? []) if (name in state.uses) state.uses[name] = "group";
  showAll(wanted);
  if (isFirst) showNotApplied(wanted);
  document.body.classList.add("has-data");
  for (const place of ["data-fault", "reading-fault", "choices-fault"]) clear(place);
  say(words.previewReady(sentence(preview)));
  refreshStale();
};

/** Uses these columns as numbers, and if they are several no others. @param {string[]} columns */
const useOnly = (columns) => {
  for (const name of Object.keys(state.uses)) {
    if (columns.includes(name)) state.uses[name] = "number";
    else if (columns.length > 1 && state.uses[name] === "number") state.uses[name] = "none";
  }
};

/** Says which settings of a link are not those of the fields now. @param {import("./service.js").Options} wanted */
const showNotApplied = (wanted) => {
  const now = allOptions();
  const text = (values = []) => values.flatMap((value) => value.split(",")).map((value) => value.trim()).sort().join();
  const left = Object.entries(wanted).filter(([name, values]) => text(values) !== text(now[name]));
  if (left.length) find("linked").textContent = words.notApplied(Object.fromEntries(left));
  show("linked", left.length > 0);
};

/** Asks for a preview: of the beginning, if the data are one large text. */
const askForPreview = async (reading) => {
  const preview = async (files) => JSON.parse(await (await ask("preview", files, reading)).blob.text());
  const { files } = state;
  const [file] = files;
  if (files.length === 1 && file.size > LARGE && /\.(csv|tsv|txt|ndjson|jsonl)$/i.test(file.name)) {
    const bytes = new Uint8Array(await file.slice(0, BEGINNING).arrayBuffer().catch(() => new ArrayBuffer(0)));
    // Another file may have been chosen meanwhile.
    if (state.files !== files) throw new DOMException("", "AbortError");
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    try {
      if (whole.length) return { ...(await preview([new File([whole], file.name)])), complete: false };
    } catch (error) {
      if (isCancelled(error)) throw error;
    }
  }
  return preview(files);
};

const showAll = (wanted) => {
  showPreview(state.preview, state.uses, { read: readSo, use, describe });
  fillChoices(state.preview, state.uses, wanted);
};

/** Reads the data anew after a change of the fields, which can be undone. */
const readAnew = () => {
  const before = remember();
  const task = async () => {
    await look();
    keep(before);
  };
  state.look = attempt("reading-fault", task, () => [[words.undo, () => (fillReading(before.reading), clear("reading-fault"))]]);
  return state.look;
};

const remember = () => ({ reading: state.reading, uses: named(Object.entries(state.uses)) });

/** Lets a change be undone. @param {{reading: import("./service.js").Options, uses: Object<string, string>}} before */
const keep = (before) => {
  state.past.push(before);
  find("undo").disabled = false;
};

const readSo = (suggestions) => {
  fillReading({ ...readingOptions(), ...Object.fromEntries(Object.entries(suggestions).map(([name, value]) => [name, [value]])) });
  return readAnew();
};

const undo = () => {
  const { reading, uses } = state.past.pop();
  fillReading(reading);
  state.uses = uses;
  find("undo").disabled = state.past.length === 0;
  state.look = attempt("reading-fault", look);
  return state.look;
};

/** Uses a column as something else. */
const use = (name, now) => {
  const wanted = chosen();
  keep(remember());
  state.uses[name] = now;
  const others = wanted.column?.filter((column) => column !== name || now === "number");
  if (others?.length) wanted.column = others;
  else delete wanted.column;
  fillChoices(state.preview, state.uses, wanted);
  refreshStale();
};

const describe = (name) => {
  keep(remember());
  state.uses[name] = "number";
  showAll({ ...chosen(), column: [name] });
  find("column").focus();
};

const allOptions = () => ({ ...state.reading, ...chosenOptions(state.preview, state.uses) });

/** Whether the fields say something else than how the data were read. */
const isReadOtherwise = () => JSON.stringify(readingOptions()) !== JSON.stringify(state.reading);

/** Asks for the results, once the data are read as the fields say. */
const run = async () => {
  await state.look;
  if (!state.preview) return showFault("data-fault", { status: 0, detail: words.noData });
  if (isReadOtherwise()) await readAnew();
  // It is said why it cannot be read so.
  if (isReadOtherwise()) return;
  const options = allOptions();
  const missing = isToChoose(state.preview, options);
  if (missing) return showFault("choices-fault", { status: 0, detail: missing });
  const { files, numbers } = state;
  const operation = operationFor(options);
  const task = async () => {
    const { blob, name } = await ask(`${operation}?format=html`, files, options);
    const count = showReport(await blob.text(), options);
    state.answered = JSON.stringify(options);
    history.replaceState(null, "", link(options));
    showTakeaway({
      report: () => {
        save(blob, name || words.reportName);
        say(words.saved(name || words.reportName));
      },
      file: (format) => attempt("takeaway-fault", async () => {
        const answer = await ask(`${operation}?format=${format}`, files, options);
        save(answer.blob, answer.name);
        say(words.saved(answer.name));
      }),
      picture: copyPicture,
      link: () => copy({ "text/plain": link(options) }),
      linkWithNumbers: isShort(numbers, options) ? () => copy({ "text/plain": link(options, numbers) }) : null,
    });
    showPrograms(files, options, numbers);
    clear("takeaway-fault");
    refreshStale();
    find("results-title").focus();
    say(words.ready(count));
  };
  return attempt("choices-fault", task, remedies);
};

/**
 * What can be done about an error of the results.
 * @param {import("./service.js").Problem} problem
 * @returns {import("./faults.js").Remedy[]}
 */
const remedies = ({ status, errors = [] }) => {
  if (isNotBuilt(errors)) return hasServer() ? [[words.goThere(location.host), () => (changePlace(), run())]] : [];
  const cells = errors.filter(isCell);
  if (!cells.length) return status === 0 || status >= 500 ? [[words.tryAgain, run]] : [];
  const { absent, ...suggestions } = state.preview.suggestions;
  const found = [];
  if (Object.keys(suggestions).length && cells.some(({ reason }) => reason !== "text")) found.push([words.readSo, async () => (await readSo(suggestions), run())]);
  // A code has no comma, and what an error repeats of a long text is its beginning.
  const codes = cells.map(({ reason, input }) => (reason === "text" && input ? input : "")).filter((code) => code && code.length < 40 && !code.includes(","));
  if (codes.length) found.push([words.countAsAbsent, () => (addCodes(codes, state.preview), run())]);
  found.push([words.leaveOut, () => ((find("invalid").checked = true), run())]);
  return found;
};

/** Whether there are pasted numbers, and they fit a link. */
const isShort = (numbers, options) => numbers !== undefined && link(options, numbers).length <= MAX_LINK;

/** Address of the page with options, which a fragment keeps from every log; without names of files, and without data but for `numbers`. */
const link = (options, numbers) => {
  const pairs = Object.entries(options).filter(([name]) => LINKED.includes(name)).flatMap(([name, values]) => values.map((value) => [name, value]));
  if (numbers !== undefined) pairs.push(["numbers", numbers]);
  return `${location.href.split("#")[0]}#${new URLSearchParams(pairs)}`;
};

/** Takes settings out of the fragment, and numbers if there are any, which it returns. */
const readLink = () => {
  const options = {};
  const pairs = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of pairs) if (LINKED.includes(name)) (options[name] ??= []).push(value);
  const numbers = pairs.get("numbers");
  state.wanted = options;
  fillReading(options);
  find("linked").textContent = numbers ? words.linkedNumbers : words.linked(options);
  const hasSettings = Boolean(numbers) || Object.keys(options).length > 0;
  show("linked", hasSettings);
  if (hasSettings) show("empty", false);
  return numbers;
};

/** Says whether the results are those of the settings. */
const refreshStale = () => {
  const isStale = state.answered !== null && state.answered !== JSON.stringify(allOptions());
  show("stale", isStale);
  find("stale").textContent = isStale ? words.stale : "";
  show("earlier", isStale);
  if (isStale) say(words.stale);
};

const start = () => {
  document.body.classList.add("js");
  showAnalysis();
  state.isHere = document.body.dataset.engine !== "server";
  if (state.isHere) load();
  showPlace();
  find("elsewhere").addEventListener("click", changePlace);
  const numbers = readLink();
  if (numbers) find("numbers").value = numbers;
  // A link to settings that is opened in the tab of the page changes only the fragment.
  addEventListener("hashchange", () => location.hash.includes("=") && location.reload());
  receive(open);
  // Loaded now, so that nothing is requested later.
  const packed = find("marks");
  const stored = packed ? Promise.resolve(unpack(packed)) : fetch(document.body.dataset.example);
  const example = stored.then((response) => response.text()).catch(() => null);
  find("example").addEventListener("click", async () => open([new File([await example], words.exampleName, { type: "text/csv" })]));
  find("reading").addEventListener("change", readAnew);
  find("undo").addEventListener("click", undo);
  find("copy-program").addEventListener("click", copyProgram);
  find("choices").addEventListener("change", ({ target }) => {
    if (!state.preview) return;
    if (target.id === "analysis") showAnalysis();
    if (target.id === "categories") fillGrades(state.preview);
    if (["analysis", "column", "categories"].includes(target.id)) fillCodes(state.preview);
    if (["group1", "group2", "compare_by"].includes(target.id)) fillComparison(state.preview);
    if (target.id === "baseline") find("compare-baseline").checked = true;
    refreshStale();
  });
  find("job").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  // A browser fills fields again when it goes back; a file that is still chosen is read again.
  if (numbers) openText(numbers, open).then(() => show("linked", state.preview !== null));
  else if (find("file").files.length) open([...find("file").files]);
};

start();
