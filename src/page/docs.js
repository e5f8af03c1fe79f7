// Every address is made from this script's own, so that a prefix added by a proxy does not matter.
const here = document.currentScript.src;
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
    const behaviour = { deepLinking: true, tryItOutEnabled: true, validatorUrl: null, requestInterceptor: addKey };
    SwaggerUIBundle({ spec, dom_id: "#swagger-ui", ...behaviour });
  });
