import "./markdown-it.js";
import { element } from "./dom.js";

// Markup in the text stays text: `html` is false. The library lets neither `javascript:` nor `data:` addresses through.
const library = globalThis.markdownit({ html: false, linkify: false, typographer: false });

/** What may come of Markdown. All else, were it ever made, is left out. */
const allowed = new Set(("h1 h2 h3 h4 h5 h6 p br hr em strong s code pre blockquote ul ol li table thead tbody tr th td a img")
  .toUpperCase().split(" "));

/** Copies what is allowed, attribute by attribute, into the page. */
function copied(node, place) {
  if (node.nodeType === Node.TEXT_NODE) return [node.data];
  if (!allowed.has(node.nodeName)) return [];
  if (node.nodeName === "IMG") return [image(node, place)];
  const made = element(node.nodeName === "H1" ? "h3" : node.localName, address(node, place));
  for (const child of node.childNodes) made.append(...copied(child, place));
  return [made];
}

/** `null` for what is no address. */
function resolved(address, place) {
  try { return new URL(address ?? "", place); } catch { return null; }
}

/** Links lead to other datasets by where the file is, and elsewhere in a new tab that knows nothing of this one. */
function address(node, place) {
  const found = node.nodeName === "A" ? resolved(node.getAttribute("href"), place) : null;
  if (!found || !["http:", "https:", "mailto:"].includes(found.protocol)) return {};
  if (found.origin === location.origin) return { href: found.pathname + found.search + found.hash };
  return { href: found.href, target: "_blank", rel: "noopener noreferrer" };
}

/** Pictures of other sites are not loaded, so that nobody learns who reads; their names are shown. */
function image(node, place) {
  const found = resolved(node.getAttribute("src"), place), alt = node.getAttribute("alt") ?? "";
  if (found?.origin !== location.origin || !found.pathname.startsWith("/datasets/")) return element("em", {}, alt);
  return element("img", { src: found.pathname.replace("/datasets/", "/api/download/"), alt });
}

/** @param {string} path of the page of the file, from which relative addresses go */
export function document(source, path) {
  const parsed = new DOMParser().parseFromString(library.render(source), "text/html");
  const node = element("article", { class: "document" });
  for (const child of parsed.body.childNodes) node.append(...copied(child, new URL(path, location.origin)));
  return node;
}
