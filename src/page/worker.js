// Describes the files of a task with the engine. It is served behind the bindings of the module as one file. No module of scripts:
// in a page that was opened from a disk, browsers begin workers of classic scripts only.
const { initSync, Task } = wasm_bindgen;

/** Time in milliseconds between two reports. */
const INTERVAL = 100;

const describe = async ({ module, files, pairs, isPreview }) => {
  initSync({ module });
  let [loaded, told] = [0, 0];
  /** @type {Task | undefined} */
  let task;
  for (const file of files) {
    if (task) task.nextFile(file.name, file.type);
    else task = new Task(JSON.stringify(pairs), file.name, file.type, isPreview);
    const reader = file.stream().getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      task.feed(read.value);
      loaded += read.value.length;
      if (performance.now() - told > INTERVAL) {
        told = performance.now();
        postMessage({ loaded });
      }
    }
  }
  postMessage({ loaded });
  const answer = task.finish(Date.now() / 1000);
  const name = answer.name;
  const bytes = answer.intoBytes();
  postMessage({ bytes, name }, [bytes.buffer]);
};

addEventListener("message", ({ data }) => {
  // The engine throws problem documents; other errors have a name.
  describe(data).catch((error) => postMessage(typeof error === "string" ? { problem: error } : { error: error.name }));
});
