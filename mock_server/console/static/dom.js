// Elements, made of data: nothing here, and nothing that uses it, ever reads text as HTML.

/** An element. `on…` properties are listeners, true and false switch attributes, the rest are texts. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const show = (place, ...children) => place.replaceChildren(...children.flat(Infinity).filter(Boolean));

/** A value of a record or a name, in whatever direction it is written. */
export const value = (text, more = {}) => h("bdi", {class: "value", ...more}, text);

/** Any JSON value in a few characters. */
export function short(item) {
  if (item === null || item === undefined) return "—";
  return typeof item === "object" ? JSON.stringify(item) : String(item);
}

/** Text that is JSON with its lines broken, other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export const button = (text, onclick, more = {}) => h("button", {type: "button", onclick, ...more}, text);

/** A link to a page of the console; each part may hold any character. */
export const route = (...parts) => `#/${parts.map(part => encodeURIComponent(part)).join("/")}`;
export const link = (text, parts, more = {}) => h("a", {href: route(...parts), ...more}, text);

let fields = 0;
/** A label with its control; `hint` and `error` stand below it. */
export function field(label, input, {hint, error, wide, double} = {}) {
  const id = `field-${++fields}`;
  input.id = id;
  const notes = [];
  if (hint) notes.push(h("p", {class: "hint", id: `${id}-hint`}, prose(hint)));
  if (error) notes.push(h("p", {class: "error", id: `${id}-error`}, error));
  if (notes.length) input.setAttribute("aria-describedby", notes.map(note => note.id).join(" "));
  if (error) input.setAttribute("aria-invalid", "true");
  return h("div", {class: wide ? "field wide" : double ? "field double" : "field"}, h("label", {for: id}, label), input, notes);
}

export const select = (options, chosen, more = {}) => {
  const element = h("select", more, options.map(option => {
    const [key, text] = Array.isArray(option) ? option : [option, option];
    return h("option", {value: key}, text);
  }));
  if (chosen !== undefined && chosen !== null) element.value = chosen;
  return element;
};

/** A status as a badge, whose colour its text repeats in words for nobody depends on it. */
export const status = number => h("span", {class: `status s${String(number)[0]}`}, number);

/** Says something to everybody, people who listen included. */
export function say(text, kind = "done") {
  const place = document.getElementById("message");
  show(place, h("p", {class: `toast ${kind}`}, text));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => show(place), kind === "error" ? 10000 : 4000);
}

/** A block of code with a button that copies it. */
export function codeBlock(text, label = "Copy", name = "code") {
  const copy = button(label, async () => {
    await copied(text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = label; }, 1500);
  }, {class: "copy", "aria-label": `${label} ${name}`});
  return h("div", {class: "code"}, h("pre", {tabindex: "0", "aria-label": name}, text), copy);
}

/** Puts text on the clipboard, where the browser lets it. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", {class: "offscreen", "aria-hidden": "true", value: text});
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** Lets the browser keep a text or a blob as a file. */
export function download(name, content, type = "application/json") {
  const url = URL.createObjectURL(new Blob([content], {type}));
  h("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** An instant as people read it, with its day or without; the whole of it is in its title. */
export function time(text, day = true) {
  return h("time", {datetime: text, title: text}, text.slice(day ? 0 : 11, 19).replace("T", " "));
}

/** Words in which what stands between backticks is code. */
export const prose = words => String(words).split("`").map((part, place) => place % 2 ? h("code", {}, part) : part);
