// Describes or hashes the files of a task with the engine. It is served behind the bindings of the module as one file. No module of
// scripts: in a page that was opened from a disk, browsers begin workers of classic scripts only.
const { Hasher, initSync, Task } = wasm_bindgen;

/** Time in milliseconds between two reports. */
const INTERVAL = 100;

/** Feeds a file to what reads it. Where the browser cannot read it, browsers name the error differently. @param {File} file @param {(chunk: Uint8Array) => void} feed */
const feedAll = async (file, feed) => {
  const reader = file.stream().getReader();
  const next = () =>
    reader.read().catch(() => {
      throw Object.assign(new Error(), { name: "unreadable" });
    });
  for (let read = await next(); !read.done; read = await next()) feed(read.value);
};

/** The message that comes through a port, which keeps it until it is asked for. @param {MessagePort} port @returns {Promise<any>} */
const received = (port) =>
  new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });

/** Reads files once. Returns the answer, or what a further reading must keep. */
const readOnce = async ({ files: [first, ...others], pairs, isPreview, hashes }, kept) => {
  let [loaded, told] = [0, 0];
  const task = new Task(JSON.stringify(pairs), first.name, first.type, isPreview, kept);
  const isHashedElsewhere = hashes && task.isStamped;
  if (isHashedElsewhere) task.skipHashes();
  const feed = (chunk) => {
    task.feed(chunk);
    loaded += chunk.length;
    if (performance.now() - told > INTERVAL) {
      told = performance.now();
      postMessage({ loaded });
    }
  };
  await feedAll(first, feed);
  for (const file of others) {
    task.nextFile(file.name, file.type);
    await feedAll(file, feed);
  }
  postMessage({ loaded });
  return task.finish(Date.now() / 1000, isHashedElsewhere ? await hashes : undefined);
};

/** Describes or previews files. The hashes of the files come through a port if another worker makes them. */
const describe = async (data) => {
  const task = { ...data, hashes: data.hashes && received(data.hashes) };
  let answer = await readOnce(task);
  for (let kept = answer.takeKept(); kept; kept = answer.takeKept()) answer = await readOnce(task, kept);
  const name = answer.name;
  const bytes = answer.intoBytes();
  postMessage({ bytes, name }, [bytes.buffer]);
};

const hash = async ({ files }) => {
  const hashes = [];
  for (const file of files) {
    const hasher = new Hasher();
    await feedAll(file, (chunk) => hasher.feed(chunk));
    hashes.push(hasher.finish());
  }
  postMessage({ hashes });
};

addEventListener("message", ({ data }) => {
  initSync({ module: data.module });
  // The engine throws problem documents; other errors have a name.
  (data.pairs ? describe : hash)(data).catch((error) => postMessage(typeof error === "string" ? { problem: error } : { error: error.name }));
});
