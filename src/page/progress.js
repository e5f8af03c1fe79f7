// What is being worked on: how much of it is read, how fast, and how long it takes; and the button that cancels it.
import { find, say, show } from "./elements.js";
import { words } from "./words.js";

/** Time in milliseconds after which a task shows its progress. */
const PATIENCE = 400;

/** Ends the task that is under way. @type {() => void} */
let cancel = () => {};
find("cancel").addEventListener("click", () => cancel());

/**
 * A task that is under way, in place of the one before it, which is cancelled.
 * @param {string} name Name of what is read.
 * @param {(name: string) => string} calculating Says that everything is read.
 * @param {() => void} abort
 */
export const begin = (name, calculating, abort) => {
  cancel();
  cancel = abort;
  const began = performance.now();
  const bar = find("activity-bar");
  const tell = (text) => {
    find("activity-text").textContent = text;
  };
  const wait = () => {
    bar.removeAttribute("value");
    tell(calculating(name));
  };
  wait();
  const timer = setTimeout(() => {
    show("activity");
    say(find("activity-text").textContent);
  }, PATIENCE);
  return {
    /** So much of it is read. @param {number} loaded @param {number} total */
    read: (loaded, total) => {
      const seconds = (performance.now() - began) / 1000;
      bar.max = total;
      bar.value = loaded;
      tell(words.reading(name, loaded, total, seconds > 1 ? loaded / seconds : 0));
    },
    /** Everything is read. */
    wait,
    end: () => {
      clearTimeout(timer);
      if (cancel !== abort) return;
      cancel = () => {};
      show("activity", false);
    },
  };
};
