// From the part of the address behind `#` to a page.

import {h, link, show} from "./dom.js";

/** The words behind `?` in the route. */
export function query() {
  return new URLSearchParams(location.hash.split("?")[1] || "");
}

/** Changes the words behind `?` without a step in the history of the browser. */
export function setQuery(values) {
  const [path] = location.hash.split("?");
  const words = new URLSearchParams(Object.entries(values).filter(([, item]) => item));
  history.replaceState(null, "", words.size ? `${path}?${words}` : path);
}

export const go = (...parts) => { location.hash = `/${parts.map(part => encodeURIComponent(part)).join("/")}`; };

/** Shows the page of the present route in `main`, and of each that follows; `isRefusal` says which errors are answers. */
export function start(main, pages, isRefusal) {
  const fallback = [...main.childNodes];
  let leave = [], shown = 0;

  async function showPage() {
    const [path] = location.hash.replace(/^#\/?/, "").split("?");
    const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
    const [first = "sandboxes", ...rest] = parts;
    const page = first === "s" ? pages[`s/${rest[1] || "traffic"}`] : pages[first];
    const values = first === "s" ? [rest[0], ...rest.slice(2)] : rest;
    for (const each of leave) each();
    leave = [];
    const turn = ++shown, mine = leave;
    for (const each of document.querySelectorAll("header nav a")) {
      const current = each.hash === `#/${first === "s" ? "sandboxes" : first}`;
      if (current) each.setAttribute("aria-current", "page");
      else each.removeAttribute("aria-current");
    }
    const context = {
      onLeave: each => turn === shown ? mine.push(each) : each(),
      /** Puts the page up, unless another has been asked for since. */
      fill(title, ...children) {
        if (turn !== shown) return;
        document.title = `${title} · Inventory mock server`;
        const first = !main.dataset.route;
        const changed = main.dataset.route !== path;
        main.dataset.route = path || "sandboxes";
        show(main, ...children);
        if (changed) main.scrollTop = 0;
        if (changed && !first) main.querySelector("h1")?.focus();
      },
      isShown: () => turn === shown,
      again: showPage,
    };
    try {
      if (!page) throw new Error("there is no such page");
      await page(context, ...values);
    } catch (problem) {
      if (turn !== shown) return;
      const text = isRefusal(problem) || !page ? problem.message : `this page cannot be shown: ${problem.message}`;
      if (!isRefusal(problem) && page) console.error(problem);
      const head = h("div", {class: "notice error", role: "alert"}, h("h1", {tabindex: "-1"}, "Not available"),
        h("p", {}, text), h("p", {}, link("All sandboxes", ["sandboxes"]), " · ", link("APIs", ["apis"])));
      main.dataset.route = path;
      show(main, head, ...(problem.status === 403 ? fallback : []));
    }
  }
  addEventListener("hashchange", showPage);
  showPage();
}
