// Calculates in this browser: the engine of the service as a WebAssembly module, in a worker for each task. Large files are hashed by
// another worker at the same time.
import { find } from "./elements.js";
import { unpack } from "./packed.js";
import { begin } from "./progress.js";
import { Refusal } from "./service.js";
import { words } from "./words.js";

/** Address of a file of the page. @param {string} name */
const file = (name) => new URL(name, import.meta.url);

/** The module and the address of the worker's script. @type {Promise<[WebAssembly.Module, string]> | null} */
let engine = null;

const loadScript = async () => {
  const packed = find("worker");
  const text = await (packed ? unpack(packed) : await fetch(file("worker.js"))).text();
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
};

const loadModule = async () => {
  const packed = find("engine");
  return packed ? WebAssembly.compile(await unpack(packed).arrayBuffer()) : WebAssembly.compileStreaming(fetch(file("engine.wasm")));
};

/** Loads the engine, so that nothing is requested later. */
export const load = () => {
  engine = Promise.all([loadModule(), loadScript()]);
  // An error is shown when the engine is needed.
  engine.catch(() => {});
};

/** Size in bytes from which files are hashed by a worker of their own: below it, beginning one takes longer. */
const LARGE = 8 << 20;

/** Large files that are being hashed, or were. @type {{files: File[], worker: Worker | null, hashes: Promise<string[]>} | null} */
let hashing = null;

const stopHashing = () => {
  hashing?.worker?.terminate();
  hashing = null;
};

/** @param {File[]} files */
const sizeOf = (files) => files.reduce((sum, { size }) => sum + size, 0);

/**
 * Begins to hash files, if they are large. Called when they are chosen, it is done before the first results are wanted, and done once.
 * @param {File[]} files
 */
export const prepare = (files) => {
  if (hashing?.files === files) return;
  stopHashing();
  if (sizeOf(files) < LARGE) return;
  const now = { files, worker: null, hashes: null };
  const hash = ([module, script]) =>
    new Promise((resolve, reject) => {
      if (hashing !== now) return;
      now.worker = new Worker(script);
      now.worker.onerror = () => reject(new Error());
      now.worker.onmessage = ({ data: { hashes, error } }) => (hashes ? resolve(hashes) : reject(new Error(error)));
      now.worker.postMessage({ module, files });
    });
  hashing = now;
  now.hashes = engine.then(hash).finally(() => now.worker?.terminate());
  // What cannot be hashed cannot be described either, which says why; the next task tries again.
  now.hashes.catch(() => hashing === now && stopHashing());
};

/**
 * Describes or previews files. Ends the task before it.
 * @param {string} operation `preview`, or `stats` with the format.
 * @param {File[]} files
 * @param {import("./service.js").Options} options
 * @returns {Promise<{blob: Blob, name: string}>}
 */
export const calculate = async (operation, files, options) => {
  const [path, query] = operation.split("?");
  const pairs = [...new URLSearchParams(query), ...Object.entries(options).flatMap(([name, values]) => values.map((value) => [name, value]))];
  const total = sizeOf(files);
  let abort = () => {};
  const progress = begin(words.files(files), words.calculating, () => abort());
  /** @type {Worker | undefined} */
  let worker;
  try {
    return await new Promise((resolve, reject) => {
      abort = () => {
        if (hashing?.files === files) stopHashing();
        reject(new DOMException("", "AbortError"));
      };
      const isPreview = path === "preview";
      if (!isPreview) prepare(files);
      const hashes = isPreview ? undefined : hashing?.hashes;
      const { port1, port2 } = new MessageChannel();
      const fail = (detail) => reject(new Refusal({ status: 0, detail }));
      const start = ([module, script]) => {
        worker = new Worker(script);
        worker.onerror = () => fail(words.broken);
        worker.onmessage = ({ data: { loaded, bytes, name, problem, error } }) => {
          if (bytes) resolve({ blob: new Blob([bytes]), name });
          else if (problem) reject(new Refusal(JSON.parse(problem)));
          else if (error) fail(error === "unreadable" ? words.unreadable : words.broken);
          else if (loaded < total) progress.read(loaded, total);
          else progress.wait();
        };
        hashes?.then((hashes) => port1.postMessage(hashes), () => fail(words.unreadable));
        worker.postMessage({ module, files, pairs, isPreview, hashes: hashes && port2 }, [port2]);
      };
      engine.then(start, () => fail(words.noEngine));
    });
  } finally {
    worker?.terminate();
    progress.end();
  }
};
