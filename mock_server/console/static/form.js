// A form for an operation, made from its spec; what the API refuses is shown in its own words.

import * as api from "./api.js";
import {act, asCode} from "./actions.js";
import {field, h, link, pretty, select, show, status, value} from "./dom.js";

const DEEPEST = 3;

/** A schema with its references followed and its parts in one. */
export function resolved(document, schema = {}, seen = 0) {
  if (seen > 8) return {};
  if (schema.$ref) {
    const found = schema.$ref.split("/").slice(1).reduce((node, part) => node?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], document);
    return resolved(document, found, seen + 1);
  }
  const parts = schema.allOf || (schema.oneOf || schema.anyOf)?.slice(0, 1);
  if (!parts) return schema;
  const made = {...schema, properties: {...schema.properties}, required: [...schema.required || []]};
  for (const part of parts.map(each => resolved(document, each, seen + 1))) {
    for (const [name, item] of Object.entries(part)) {
      if (name === "properties") made.properties = {...item, ...made.properties};
      else if (name === "required") made.required.push(...item);
      else made[name] ??= item;
    }
  }
  if (!Object.keys(made.properties).length) delete made.properties;
  return made;
}

/** An operation of a document by its id: its path, method and parts, references followed. */
export function operationOf(document, id) {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, raw] of Object.entries(item)) {
      if (raw?.operationId !== id) continue;
      const parameters = [...item.parameters || [], ...raw.parameters || []].map(each => resolved(document, each));
      return {id, path, method: method.toUpperCase(), raw, parameters, content: resolved(document, raw.requestBody || {}).content};
    }
  }
  return null;
}

/** The body that the spec has for an example, whole or put together; undefined if there is none. */
export function exampleBody(document, operation) {
  const media = operation.content?.[mediaOf(operation)];
  return media && (exampleIn(document, media) ?? exampleOf(document, media.schema));
}

/** The media type that a form sends. */
function mediaOf({content}) {
  return content && (content["application/json"] ? "application/json"
    : Object.keys(content).find(each => each.includes("urlencoded")) || Object.keys(content)[0]);
}

const exampleIn = (document, {example, examples}) => example ?? resolved(document, Object.values(examples || {})[0]).value;

function exampleOf(document, raw, depth = 0) {
  const schema = resolved(document, raw);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (depth > 5) return undefined;
  if (schema.type === "array") {
    const item = exampleOf(document, schema.items, depth + 1);
    return item === undefined ? [] : [item];
  }
  if (!schema.properties) return {string: "text", integer: 1, number: 1, boolean: true}[schema.type];
  const made = {};
  for (const name of schema.required || []) {
    const item = exampleOf(document, schema.properties[name], depth + 1);
    if (item !== undefined) made[name] = item;
  }
  return made;
}

function inputOf(schema, begin) {
  const nullable = schema.nullable ? {placeholder: "null"} : {};
  const example = schema.example !== undefined && typeof schema.example !== "object" ? {placeholder: `such as ${schema.example}`} : nullable;
  const text = begin === undefined || begin === null ? "" : typeof begin === "object" ? JSON.stringify(begin) : String(begin);
  if (schema.enum) return select([["", "—"], ...schema.enum.filter(each => each !== null && each !== "").map(each => [String(each), String(each)])], text);
  if (schema.type === "boolean") return select([["", "—"], ["true", "yes"], ["false", "no"]], text);
  if (schema.type === "object" || schema.type === "array" || !schema.type) {
    return h("textarea", {rows: 2, spellcheck: "false", value: text, placeholder: schema.type === "array" ? "[…]" : schema.type ? "{…}" : "JSON or text"});
  }
  const number = schema.type === "number" || schema.type === "integer";
  return h("input", {value: text, dir: "auto", autocomplete: "off", inputmode: number ? "decimal" : null, ...example});
}

function read(schema, text) {
  if (schema.type === "boolean") return text === "true";
  if (schema.type === "integer" || schema.type === "number") return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  if (schema.type === "string") return text;
  if (schema.enum) return schema.enum.find(each => String(each) === text) ?? text;
  try { return JSON.parse(text); } catch { return text; }
}

/** The inputs of an object schema, and a function that reads them. */
function inputs(document, schema, begin, {errors, whole}, path = []) {
  const fields = [], depth = path.length + 1;
  for (const [name, raw] of Object.entries(schema.properties || {})) {
    const part = resolved(document, raw);
    if (part.readOnly) continue;
    const start = begin?.[name], place = [...path, name];
    if (part.type === "object" && part.properties && depth < DEEPEST) {
      const inner = inputs(document, part, start, {errors, whole}, place);
      fields.push({name, part, read: inner.read, element: h("fieldset", {class: "wide"}, h("legend", {}, name), h("div", {class: "grid"}, inner.elements))});
      continue;
    }
    const required = (schema.required || []).includes(name);
    const input = inputOf(part, start);
    const before = input.value;
    input.name = place.join(".");
    fields.push({
      name, part, element: field(`${name}${required ? " (required)" : ""}`, input,
        {hint: part.description?.split("\n")[0].slice(0, 140), error: errors[name], wide: input.tagName === "TEXTAREA"}),
      read(partial) {
        if (partial && input.value === before) return undefined;
        if (input.value === "") return before !== "" || partial ? null : undefined;
        return input.value === before && start !== undefined ? start : read(part, input.value);
      },
    });
  }
  return {
    elements: fields.map(each => each.element),
    read(partial) {
      const made = whole ? {...begin} : {};
      for (const each of fields) {
        const item = each.read(partial);
        if (item !== undefined) made[each.name] = item;
      }
      return depth > 1 && !Object.keys(made).length ? undefined : made;
    },
  };
}

/** The messages of a vendor's error by the names of fields that it says them of. */
export function errorsByField(answer, found = {}) {
  if (Array.isArray(answer)) answer.forEach(each => errorsByField(each, found));
  else if (answer && typeof answer === "object") {
    const named = answer.field || answer.param || answer.property;
    const said = answer.message || answer.detail || answer.error;
    if (typeof named === "string" && typeof said === "string") found[named] ??= said;
    for (const [name, item] of Object.entries(answer)) {
      if (typeof item === "string") found[name] ??= item;
      else if (Array.isArray(item) && item.every(each => typeof each === "string") && item.length) found[name] ??= item.join("; ");
      else errorsByField(item, found);
    }
  }
  return found;
}

/**
 * A form for an operation in a sandbox; `done` gets the exchange of a call that was taken.
 * With `keepsAll`, what the body begins with is sent also where the form has no field for it.
 */
export function operationForm({document, sandbox, apiName, title, operation, begin = {}, keepsAll, verb, done}) {
  const place = h("div", {class: "operation-form"});
  const media = mediaOf(operation);
  let values = begin, answer = null;
  draw({});

  function draw(errors) {
    const parameters = operation.parameters.filter(each => each.in !== "cookie" && !/^(authorization|idempotency-key)$/i.test(each.name)).map(each => {
      const schema = resolved(document, each.schema), start = values[each.in]?.[each.name] ?? (each.required ? exampleIn(document, each) ?? schema.example : undefined);
      const input = inputOf(schema.type === "array" || schema.type === "object" ? {type: "string"} : schema, start);
      if (each.required) input.required = true;
      return {each, schema, input, element: field(each.name, input, {hint: each.description?.split("\n")[0].slice(0, 140)})};
    });
    const schema = media ? resolved(document, operation.content[media].schema) : null;
    const whole = schema && !schema.properties ? h("textarea", {rows: 6, spellcheck: "false", value: values.body === undefined ? "" : JSON.stringify(values.body, null, 2)}) : null;
    const form = schema && !whole ? inputs(document, schema, values.body, {errors, whole: keepsAll}) : null;

    function makeCall() {
      const path = operation.path.replace(/\{([^}]+)\}/g, (_, name) =>
        encodeURIComponent(parameters.find(each => each.each.in === "path" && each.each.name === name)?.input.value ?? ""));
      const words = new URLSearchParams(parameters.filter(each => each.each.in === "query" && each.input.value !== "").map(each => [each.each.name, each.input.value]));
      const headers = Object.fromEntries(parameters.filter(each => each.each.in === "header" && each.input.value !== "").map(each => [each.each.name, each.input.value]));
      const options = Object.keys(headers).length ? {headers} : {};
      const body = form ? form.read(operation.method === "PATCH") : whole?.value ? read({}, whole.value) : undefined;
      if (body !== undefined && media?.includes("json")) options.body = body;
      else if (body !== undefined && media) {
        options.headers = {...headers, "Content-Type": "application/x-www-form-urlencoded"};
        options.text = new URLSearchParams(Object.entries(body).filter(([, item]) => item !== null).map(([key, item]) =>
          [key, typeof item === "object" ? JSON.stringify(item) : String(item)])).toString();
      }
      return [api.call(sandbox, apiName, operation.method, `${path}${words.size ? `?${words}` : ""}`, options), body];
    }

    const shown = asCode(() => makeCall()[0]);
    const ordered = form && [...form.elements].sort((one, other) => one.className.includes("wide") - other.className.includes("wide"));
    show(place, h("form", {novalidate: true, oninput: () => shown.refill(), async onsubmit(event) {
      event.preventDefault();
      const [call, body] = makeCall();
      const made = await act(call);
      if (made === undefined) return;
      values = {
        body: body === undefined ? values.body : operation.method === "PATCH" && values.body ? {...values.body, ...body} : body,
        path: Object.fromEntries(parameters.filter(each => each.each.in === "path").map(each => [each.each.name, each.input.value])),
        query: Object.fromEntries(parameters.filter(each => each.each.in === "query").map(each => [each.each.name, each.input.value])),
      };
      answer = made;
      if (made.verdict === "answered" && made.response.status < 400 && done) return done(made);
      let said = {};
      try { said = errorsByField(JSON.parse(made.response.body)); } catch { /* it is no JSON */ }
      draw(made.response.status < 400 ? {} : said);
      place.querySelector(".answer")?.focus();
    }},
    title ? h("h2", {}, title) : null,
    answer ? answered(sandbox, answer) : null,
    h("div", {class: "grid"}, parameters.map(each => each.element), ordered, whole && field("Body, as JSON", whole, {wide: true})),
    h("div", {class: "buttons"}, h("button", {class: "primary"}, verb)), shown));
  }
  return place;
}

function answered(sandbox, exchange) {
  const bad = exchange.response.status >= 400;
  return h("section", {class: bad ? "answer notice error" : "answer notice", tabindex: "-1", role: bad ? "alert" : "status"},
    h("p", {}, "The API answered ", status(exchange.response.status), exchange.fault ? ` (fault: ${exchange.fault})` : "", "; it is ",
      link(`exchange ${exchange.number}`, ["s", sandbox, "traffic", exchange.number]), "."),
    exchange.response.body ? h("pre", {tabindex: "0", "aria-label": "Answer"}, value(pretty(exchange.response.body))) : null);
}
