// Where the APIs are, what opens them, what is covered, and their documentation.

import * as api from "./api.js";
import {button, codeBlock, field, h, link, prose, select, show} from "./dom.js";
import {exampleBody, operationForm, operationOf, resolved} from "./form.js";
import {baseUrl, openSandbox} from "./sandboxes.js";

export async function apisPage(context) {
  const {apis} = await api.run(api.apis());
  context.fill("APIs", h("h1", {tabindex: "-1"}, "APIs"),
    h("p", {class: "muted"}, "The key of a call chooses the sandbox: ", h("code", {}, "test"), " is one, ", h("code", {}, "test-mine"), " another."),
    h("div", {class: "cards"}, apis.map(each => {
      const {documented, observed, inferred} = each.coverage, all = documented + observed + inferred || 1;
      return h("section", {class: "card"}, h("h2", {}, link(each.title, ["apis", each.name])),
        codeBlock(baseUrl(each), "Copy", `base URL of ${each.title}`),
        h("h3", {}, "Credential of the sandbox test"),
        each.signs_in ? h("p", {}, "A token, which the first call asks for with the client id ", h("code", {}, "test"), ".")
          : each.credentials.map(one => codeBlock(one.location === "query" ? `?${one.name}=${one.value}` : one.location === "cookie" ? `Cookie: ${one.name}=${one.value}` : `${one.name}: ${one.value}`, "Copy", `credential ${one.scheme}`)),
        h("h3", {}, "First call"), codeBlock(each.first_call.replace(each.base_url, baseUrl(each)), "Copy", `first call of ${each.title}`),
        h("p", {}, `${each.coverage.operations} operations, ${each.coverage.properties} properties, ${each.coverage.responses} answers; by source:`),
        h("p", {class: "marks"}, [["documented", documented], ["observed", observed], ["inferred", inferred]].map(([basis, number]) =>
          h("span", {class: `badge ${basis}`}, `${basis} ${number} (${Math.round(100 * number / all)} %)`))),
        h("p", {}, link("Documentation", ["apis", each.name]), " · ", h("a", {href: new URL(each.document.replace(/^\//, ""), api.site)}, "openapi.json")),
        each.not_mocked.length ? h("details", {}, h("summary", {}, `${each.not_mocked.length} calls of the vendor are not mocked; they answer 501`),
          h("ul", {class: "plain small-list"}, each.not_mocked.map(text => h("li", {}, h("code", {}, text))))) : null);
    })),
    h("p", {}, link("Documentation of the control API", ["apis", "control"]), ", which this console calls for everything it does."));
}

export async function documentationPage(context, name, chosen) {
  const {apis} = await api.run(api.apis());
  const about = apis.find(each => each.name === name);
  if (!about && name !== "control") throw new api.Refusal(404, {error: `there is no API ${name}`});
  const document = await api.openapi(about ? about.document : "_mock/openapi.json");
  const {sandboxes} = about ? await api.run(api.sandboxes()) : {sandboxes: []};
  const names = sandboxes.map(each => each.name).reverse();
  const sandbox = select(names.includes("test") ? names : [["test", "test (opens with the first call)"], ...names], "test");
  const groups = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, raw] of Object.entries(item)) {
      if (!raw?.operationId) continue;
      const tag = raw.tags?.[0] || path.split("/").filter(part => part && !part.startsWith("{")).at(-1) || "Operations";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({path, method: method.toUpperCase(), raw});
    }
  }
  context.fill(`Documentation of ${document.info.title}`,
    h("p", {class: "crumbs"}, link("APIs", ["apis"]), " / ", document.info.title),
    h("div", {class: "head"}, h("h1", {tabindex: "-1"}, document.info.title), about ? field("Try calls in the sandbox", sandbox) : null),
    text(document.info.description),
    [...groups].map(([tag, operations]) => h("section", {class: "operations"}, h("h2", {}, tag), operations.map(each => {
      const place = h("div"), isOpen = each.raw.operationId === chosen;
      const fill = () => show(place, operationDoc(document, about, each.raw.operationId, sandbox));
      if (isOpen) fill();
      return h("details", {class: "operation", open: isOpen, ontoggle(event) {
        if (event.target === event.currentTarget && event.target.open && !place.childNodes.length) fill();
      }}, h("summary", {}, h("span", {class: `method ${each.method}`}, each.method), " ", h("code", {}, each.path), " ",
        h("span", {class: "muted"}, each.raw.summary || each.raw.operationId)), place);
    }))));
}

const text = words => words ? h("p", {class: "prose"}, prose(words)) : null;

function mark(node) {
  const found = node?.["x-provenance"];
  return found ? h("span", {class: `badge ${found.basis}`, title: found.source}, found.basis) : null;
}

function operationDoc(document, about, id, sandbox) {
  const operation = operationOf(document, id);
  const tryPlace = h("div");
  const media = operation.content && Object.entries(operation.content)[0];
  return [
    text(operation.raw.description), h("p", {}, h("code", {}, id), " ", mark(operation.raw)),
    operation.parameters.length ? [h("h3", {}, "Parameters"), h("table", {class: "fields"}, h("tbody", {}, operation.parameters.map(each => h("tr", {},
      h("th", {scope: "row"}, each.name), h("td", {}, h("span", {class: "muted"}, `${each.in}${each.required ? ", required" : ""}, ${typeText(resolved(document, each.schema))} `),
        mark(each), " ", prose(each.description || ""))))))] : null,
    media ? [h("h3", {}, `Body (${media[0]})`), schemaTable(document, media[1].schema)] : null,
    h("h3", {}, "Answers"), h("table", {class: "fields"}, h("tbody", {}, Object.entries(operation.raw.responses).map(([code, raw]) => {
      const answer = resolved(document, raw), body = answer.content && Object.values(answer.content)[0];
      return h("tr", {}, h("th", {scope: "row"}, code), h("td", {}, prose(answer.description || ""), " ", mark(answer),
        body?.schema ? h("details", {}, h("summary", {}, "Body"), schemaTable(document, body.schema)) : null));
    }))),
    about ? [h("div", {class: "buttons"}, button("Try it", async () => {
      await openSandbox(sandbox.value);
      show(tryPlace, h("section", {class: "card"}, operationForm({document, sandbox: sandbox.value, apiName: about.name,
        operation, begin: {body: exampleBody(document, operation)}, keepsAll: true, title: `${operation.method} ${operation.path}`, verb: "Send"})));
      tryPlace.querySelector("input, select, textarea, button").focus();
    }, {class: "primary", "aria-label": `Try ${id}`}),
      h("a", {href: `#/cases?${new URLSearchParams({api: about.name, operation: id})}`}, `Cases of ${id}`)), tryPlace] : null,
  ];
}

const typeText = schema => [schema.type || "any", schema.format, schema.nullable && "or null", schema.enum && `one of ${schema.enum.join(", ")}`].filter(Boolean).join(" ");

function schemaTable(document, raw, depth = 1) {
  const schema = resolved(document, raw);
  const inner = schema.type === "array" ? resolved(document, schema.items) : schema;
  if (!inner.properties) return h("p", {class: "muted"}, typeText(schema), schema.description ? `: ${schema.description}` : "");
  return h("table", {class: "fields"}, h("tbody", {}, Object.entries(inner.properties).map(([name, node]) => {
    const part = resolved(document, node), deeper = part.properties || resolved(document, part.items || {}).properties;
    return h("tr", {}, h("th", {scope: "row"}, name, inner.required?.includes(name) ? h("span", {class: "muted"}, " required") : null),
      h("td", {}, h("span", {class: "muted"}, typeText(part)), " ", mark(node) || mark(part), " ", prose(part.description || ""),
        deeper && depth < 4 ? h("details", {ontoggle(event) {
          if (event.target === event.currentTarget && event.target.children.length === 1) event.target.append(schemaTable(document, part, depth + 1));
        }}, h("summary", {}, "Its properties")) : null));
  })));
}
