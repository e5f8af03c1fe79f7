// Every address is made from this script's own, so that a prefix added by a proxy does not matter.
const here = document.currentScript.src;
const from = (link) => new URL(link, here).href.replace(/\/$/, "");

fetch(from("../openapi.json"))
  .then((answer) => answer.json())
  .then((spec) => {
    spec.servers = [{ url: from("{{base}}") }];
    for (const path of Object.values(spec.paths)) {
      for (const operation of Object.values(path)) {
        if (operation.servers) operation.servers = [{ url: from("{{root}}") }];
      }
    }
    SwaggerUIBundle({ spec, dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
  });
