// Every address is made from this script's own, so that a prefix added by a proxy does not matter.
const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const from = (link) => new URL(link, here).href.replace(/\/$/, "");

// Of a body's types only the first one has its `examples` filled in; the others begin with their `example`.
const adaptBody = (content) => {
  for (const type of Object.values(content)) {
    const [only, ...others] = Object.values(type.examples ?? {});
    if (only && others.length === 0) {
      type.example = only.value;
      delete type.examples;
    }
  }
};

// The key that the page keeps for this tab, unless another one is given here.
const addKey = (request) => {
  const key = sessionStorage.getItem("describe-api-key");
  const has = ["Authorization", "X-API-Key"].some((name) => name in request.headers);
  if (key && !has) request.headers["X-API-Key"] = key;
  return request;
};

// Operations whose advanced options are shown, and the functions to call when they change.
const unfolded = new Set();
const listeners = new Set();
const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const toggle = (operation) => {
  if (!unfolded.delete(operation)) unfolded.add(operation);
  for (const listener of listeners) listener();
};

// The options that the document marks as advanced are folded behind a button, which stands where the first of them would be. What is
// not shown is not sent either, unless it was filled in before it was folded again.
const foldAdvanced = (paths) => ({ React: { createElement: make, Fragment, useSyncExternalStore } }) => ({
  wrapComponents: {
    parameterRow: (Row) => (props) => {
      const [path, method] = props.pathMethod;
      const operation = `${method} ${path}`;
      const isShown = useSyncExternalStore(subscribe, () => unfolded.has(operation));
      if (!props.rawParam.get("x-advanced")) return make(Row, props);
      const row = isShown ? make(Row, props) : null;
      const advanced = paths[path][method].parameters.filter((parameter) => parameter["x-advanced"]);
      if (advanced[0].name !== props.rawParam.get("name")) return row;
      const text = isShown ? "Hide the advanced options" : `Show ${advanced.length} advanced options`;
      const button = make("button", { type: "button", className: "btn advanced", "aria-expanded": isShown, onClick: () => toggle(operation) }, text);
      return make(Fragment, null, make("tr", null, make("td", { colSpan: 2 }, button)), row);
    },
  },
});

fetch(from("../openapi.json"))
  .then((answer) => answer.json())
  .then((spec) => {
    spec.servers = [{ url: from("{{base}}") }];
    for (const path of Object.values(spec.paths)) {
      for (const operation of Object.values(path)) {
        if (operation.requestBody) adaptBody(operation.requestBody.content);
      }
    }
    // The options of a form are among the parameters, so only its files are shown.
    const { file } = spec.components.schemas.Form.properties;
    spec.components.schemas.Form.properties = { file };
    const behaviour = { deepLinking: true, tryItOutEnabled: true, validatorUrl: null, requestInterceptor: addKey, plugins: [foldAdvanced(spec.paths)] };
    // @ts-ignore: the script before this one has it.
    SwaggerUIBundle({ spec, dom_id: "#swagger-ui", ...behaviour });
  });
