// The engine of the page in Node: a task on each line of the standard input, its outcome on a line of the output.
//
// A task is {path, name, type, options: [[name, value]...], isPreview, sizes: [bytes...], skipsHashes}; chunks have these sizes, in
// turn, and the file may be hashed apart, as the page does with large ones. An outcome is {name, bytes} in base64, {problem}, or {error}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";

const folder = new URL("../../src/page/", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder));
const { Hasher, initSync, Task } = runInThisContext(`${read("engine-bindings.js")}\nwasm_bindgen`);
const module = new WebAssembly.Module(brotliDecompressSync(read("engine.wasm.br")));

const feedAll = (reader, bytes, sizes) => {
  let turn = 0;
  for (let at = 0; at < bytes.length; turn += 1) {
    const end = at + sizes[turn % sizes.length];
    reader.feed(bytes.subarray(at, end));
    at = end;
  }
};

const readOnce = (bytes, { name, type, options, isPreview, sizes, skipsHashes }, kept) => {
  const task = new Task(JSON.stringify(options), name, type, isPreview, kept);
  let hashes;
  if (skipsHashes && task.isStamped) {
    task.skipHashes();
    const hasher = new Hasher();
    feedAll(hasher, bytes, sizes);
    hashes = [hasher.finish()];
  }
  feedAll(task, bytes, sizes);
  return task.finish(Date.now() / 1000, hashes);
};

const describe = (task) => {
  const bytes = readFileSync(task.path);
  let answer = readOnce(bytes, task);
  for (let kept = answer.takeKept(); kept; kept = answer.takeKept()) answer = readOnce(bytes, task, kept);
  return { name: answer.name, bytes: Buffer.from(answer.intoBytes()).toString("base64") };
};

let memory = initSync({ module }).memory;
for await (const line of createInterface({ input: process.stdin })) {
  let outcome;
  try {
    outcome = describe(JSON.parse(line));
  } catch (error) {
    outcome = typeof error === "string" ? { problem: error } : { error: String(error) };
    // What ended in the middle may have left its memory in any state.
    if (typeof error !== "string") memory = initSync({ module }).memory;
  }
  console.log(JSON.stringify({ ...outcome, memory: memory.buffer.byteLength }));
}
