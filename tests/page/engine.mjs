// The engine of the page in Node: a task on each line of the standard input, its outcome on a line of the output.
//
// A task is {path, name, type, options: [[name, value]...], isPreview, sizes: [bytes...]}; chunks have these sizes, in turn. An
// outcome is {name, bytes} in base64, {problem}, or {error}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";

const folder = new URL("../../src/page/", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder));
const { initSync, Task } = runInThisContext(`${read("engine-bindings.js")}\nwasm_bindgen`);
const module = new WebAssembly.Module(brotliDecompressSync(read("engine.wasm.br")));

const describe = ({ path, name, type, options, isPreview, sizes }) => {
  const bytes = readFileSync(path);
  const task = new Task(JSON.stringify(options), name, type, isPreview);
  let turn = 0;
  for (let at = 0; at < bytes.length; turn += 1) {
    const end = at + sizes[turn % sizes.length];
    task.feed(bytes.subarray(at, end));
    at = end;
  }
  const answer = task.finish(Date.now() / 1000);
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
