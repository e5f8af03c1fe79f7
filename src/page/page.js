// Where the server asks for a key, the page asks for it, too, and keeps it for this tab only. Swagger UI's page uses it as well.
const KEY = "describe-api-key";
const link = document.querySelector("#example a");
const shown = document.querySelector("#example pre");
const access = document.querySelector("#access");
const status = document.querySelector("#access [role=status]");

const ask = (url) => {
  const key = sessionStorage.getItem(KEY);
  return fetch(url, { headers: key ? { "X-API-Key": key } : {} });
};

const check = async () => {
  const { status: code } = await ask(new URL("simple", link.href));
  const isRefused = code === 401 || code === 403;
  if (isRefused && sessionStorage.getItem(KEY)) {
    sessionStorage.removeItem(KEY);
    status.textContent = "The server does not accept this key.";
  } else if (sessionStorage.getItem(KEY)) {
    status.textContent = "The key is used until this tab is closed.";
  }
  access.hidden = !isRefused && !sessionStorage.getItem(KEY);
};

access.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = access.querySelector("input");
  sessionStorage.setItem(KEY, field.value.trim());
  field.value = "";
  check();
});

link.addEventListener("click", async (event) => {
  // A link sends no key.
  if (!sessionStorage.getItem(KEY)) return;
  event.preventDefault();
  shown.textContent = await (await ask(link.href)).text();
});

check();
