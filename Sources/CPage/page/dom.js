import { own } from "./root.js";

/**
 * Makes an element. Text is always text: nothing that a dataset is called or contains becomes markup.
 * @param {string} name
 * @param {Object<string, unknown>} properties `class`, attributes, and functions as listeners.
 * @param {...(Node|string|number|null)} children
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null).map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

/**
 * @param {string[]} head
 * @param {Array<Array<Node|string|number>>} rows
 * @param {string?} name of a table that may be wider than the page, and is scrolled by keyboard as well
 */
export function table(head, rows, name = null) {
  const reached = name === null ? {} : { tabindex: 0, role: "group", "aria-label": name };
  const kind = (value) => ["number", "bigint"].includes(typeof value) ? "number" : undefined;
  const cells = (values) => values.map((value, column) => element("td", { class: kind(value), "data-name": head[column] }, value));
  // Columns of numbers have their names where the numbers are.
  const names = head.map((text, column) => element("th", { scope: "col", class: kind(rows[0]?.[column]) }, text));
  return element("div", { class: "scroll", ...reached }, element("table", {},
    element("thead", {}, element("tr", {}, ...names)),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row))))));
}

/** A link to what the subscriber has at a path. */
export const link = (text, path) => element("a", { href: own(path) }, text);

/** A name that is broken into lines where its parts end. */
export const breakable = (name) => name.split(/(?<=[/_.-])/).flatMap((part) => [part, element("wbr")]).slice(0, -1);

/** What tells an element from its neighbours, also after they have been made anew. */
const mark = (node) => node.getAttribute("href") ?? node.getAttribute("aria-label") ?? node.textContent;

/** Whether these differ in their children only; what is pressed or filled in may do another thing as well. */
const canMerge = (old, made) => old.nodeType === Node.ELEMENT_NODE && !old.matches("button, input, select")
  && old.childNodes.length > 0 && old.cloneNode(false).isEqualNode(made.cloneNode(false));

/** Makes what is in `node` equal to `made`, and leaves what is so already. */
function merge(node, made) {
  const old = [...node.childNodes], fresh = [...made];
  let end = null;
  // What is equal at both ends stays, whatever comes or goes between.
  while (old.length && fresh.length && old[0].isEqualNode(fresh[0])) { old.shift(); fresh.shift(); }
  while (old.length && fresh.length && old.at(-1).isEqualNode(fresh.at(-1))) { end = old.pop(); fresh.pop(); }
  fresh.forEach((child, place) => {
    const other = old[place];
    if (!other) node.insertBefore(child, end);
    else if (other.isEqualNode(child)) return;
    else if (canMerge(other, child)) merge(other, child.childNodes);
    else other.replaceWith(child);
  });
  for (const gone of old.slice(fresh.length)) gone.remove();
}

/**
 * Makes `node` contain this. What is there already stays as it is, so that what somebody has chosen, scrolled or reached by the
 * keyboard does; its listeners stay, too, and must not depend on when they were made.
 */
export function refill(node, ...children) {
  const focused = document.activeElement;
  const isInside = focused !== node && node.contains(focused);
  merge(node, children.map((child) => (child instanceof Node ? child : new Text(child))));
  if (!isInside || node.contains(focused)) return;
  const again = [...node.querySelectorAll(focused.localName)].find((made) => mark(made) === mark(focused));
  again?.focus({ preventScroll: true });
}

/** A path of the catalogue as part of a URL. */
export const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");

export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0, value = count;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

export const number = (value) => value.toLocaleString();

/** Seconds, as people say it. */
export function duration(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"]];
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? [1, "s"];
  return `${(seconds / size).toFixed(size === 1 && seconds < 10 ? 1 : 0)} ${unit}`;
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const moment = (seconds) => moments.format(seconds * 1000);
