// Every address is made from this script's own, so that a prefix added by a proxy does not matter.
const here = document.currentScript.src;
const from = (link) => new URL(link, here).href.replace(/\/$/, "");

// "Try it out" fills in every default and example and sends them: a default would win over the choices of a convention,
// and be refused where its option has no place. So optional fields begin empty, and their defaults are told in words.
const leaveEmpty = ({ required, schema, ...parameter }) => {
  if (required) return { required, schema, ...parameter };
  const { default: usual, ...rest } = schema;
  const told = usual === undefined ? "" : ` Default: \`${usual}\`.`;
  return { ...parameter, schema: rest, description: parameter.description + told, example: undefined };
};

// Of a body's types only the first one has its `examples` filled in; the others begin with their `example`. A form keeps
// its files alone, since its options stand among the parameters already.
const adaptBody = (content, schemas) => {
  for (const type of Object.values(content)) {
    const [only, ...others] = Object.values(type.examples ?? {});
    if (only && others.length === 0) {
      type.example = only.value;
      delete type.examples;
    }
  }
  const { file } = schemas.Form.properties;
  schemas.Form.properties = { file };
};

fetch(from("../openapi.json"))
  .then((answer) => answer.json())
  .then((spec) => {
    spec.servers = [{ url: from("{{base}}") }];
    for (const path of Object.values(spec.paths)) {
      for (const operation of Object.values(path)) {
        if (operation.servers) operation.servers = [{ url: from("{{root}}") }];
        if (operation.parameters) operation.parameters = operation.parameters.map(leaveEmpty);
        if (operation.requestBody) adaptBody(operation.requestBody.content, spec.components.schemas);
      }
    }
    SwaggerUIBundle({ spec, dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
  });
