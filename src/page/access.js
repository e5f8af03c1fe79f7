// The key, where the server asks for one: kept for this tab only. Swagger UI's page uses it as well.
import { find, show } from "./elements.js";
import { words } from "./words.js";

const KEY = "describe-api-key";

/** The key, if there is one. */
export const key = () => sessionStorage.getItem(KEY);

/** Takes in that the server refused the key, or that there is none, and asks for one. */
export const refused = () => {
  find("access").querySelector("[role=status]").textContent = key() ? words.keyRefused : "";
  sessionStorage.removeItem(KEY);
  show("access");
};

/**
 * Asks whether the server lets us in, and for a key if it does not.
 * @param {() => URL} greeting The address to try.
 */
export const askForKey = (greeting) => {
  const check = async () => {
    const response = await fetch(greeting(), { headers: key() ? { "X-API-Key": key() } : {} }).catch(() => null);
    if (response?.status === 401 || response?.status === 403) return refused();
    find("access").querySelector("[role=status]").textContent = key() ? words.keyUsed : "";
    show("access", Boolean(key()));
  };
  find("access").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = find("access").querySelector("input");
    sessionStorage.setItem(KEY, field.value.trim());
    field.value = "";
    check();
  });
  check();
};
