// Requests to the service.
import { key, refused } from "./access.js";
import { begin } from "./progress.js";
import { words } from "./words.js";

/**
 * Options by their names; each has a list of values.
 * @typedef {Object<string, string[]>} Options
 *
 * An invalid value.
 * @typedef {{loc: (string|number)[], type: string, msg: string, input?: string, reason?: string, count?: number, rows?: number[]}} Fault
 *
 * A problem document, as the service answers it.
 * @typedef {{status: number, detail: string, errors?: Fault[], error_count?: number}} Problem
 */

/** Address of an operation. @param {string} path */
export const address = (path) => new URL(document.body.dataset.service + path, location.href.split("#")[0]);

/** Error of a request. */
export class Refusal extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Whether an error is that of a request that was cancelled. @param {unknown} error */
export const isCancelled = (error) => error instanceof DOMException && error.name === "AbortError";

/**
 * Sends files and options, which are fields of the form: a URL is kept in more places than a body. Ends the request before it.
 * @param {string} path
 * @param {File[]} files
 * @param {Options} options
 * @returns {Promise<{blob: Blob, name: string}>}
 */
export const send = async (path, files, options) => {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const limit = Number(document.body.dataset.limit);
  const name = words.files(files);
  if (bytes > limit) throw new Refusal({ status: 413, detail: words.tooLarge(name, bytes, limit) });
  const form = new FormData();
  // The files come last, so that they are described while they arrive.
  for (const [option, values] of Object.entries(options)) for (const value of values) form.append(option, value);
  for (const file of files) form.append("file", file, file.name);
  const request = new XMLHttpRequest();
  const progress = begin(name, words.working, () => request.abort());
  request.upload.addEventListener("progress", ({ loaded, total }) => progress.read(loaded, total));
  request.upload.addEventListener("load", progress.wait);
  try {
    return await new Promise((resolve, reject) => {
      request.open("POST", address(path));
      request.setRequestHeader("Accept", "application/problem+json, */*");
      if (key()) request.setRequestHeader("X-API-Key", key());
      request.responseType = "blob";
      request.onload = async () => {
        if (request.status === 200) return resolve({ blob: request.response, name: fileName(request) });
        if (request.status === 401 || request.status === 403) refused();
        const text = await request.response.text();
        try {
          reject(new Refusal(JSON.parse(text)));
        } catch {
          reject(new Refusal({ status: request.status, detail: `${request.status} ${request.statusText}` }));
        }
      };
      request.onerror = async () => {
        // It is the file itself if not even its beginning can be read.
        const read = await Promise.allSettled(files.map((file) => file.slice(0, 1).arrayBuffer()));
        const isFile = read.some(({ status }) => status === "rejected");
        reject(new Refusal({ status: 0, detail: isFile ? words.unreadable : words.noConnection }));
      };
      request.onabort = () => reject(new DOMException("", "AbortError"));
      request.send(form);
    });
  } finally {
    progress.end();
  }
};

/** Name under which the service wants the answer to be saved. @param {XMLHttpRequest} request */
const fileName = (request) => {
  const header = request.getResponseHeader("content-disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(header)?.[1];
  return encoded ? decodeURIComponent(encoded) : /filename="([^"]+)"/.exec(header)?.[1] ?? "";
};
