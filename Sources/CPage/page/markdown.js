import { element } from "./dom.js";
import { mostText } from "./file.js";
import { imageAt } from "./image.js";
import { fragment, Outline } from "./outline.js";
import { own, within } from "./root.js";
import { block } from "./text.js";

/** Milliseconds after which the texts of a file are not waited for. */
const patience = 1000;
/** What a page can show without standing still. */
const mostElements = 10_000, mostImages = 50, mostHTML = 1 << 20;

/** What may come of Markdown. All else, were it ever made, is left out. */
const allowed = new Set(("h1 h2 h3 h4 h5 h6 p br hr em strong s code pre blockquote ul ol li table thead tbody tr th td a img")
  .toUpperCase().split(" "));

/** `null` for what is no address. */
function resolved(address, place) {
  try { return new URL(address ?? "", place); } catch { return null; }
}

/** Links lead to other datasets by where the file is, and elsewhere in a new tab that knows nothing of this one. */
function address(node, place) {
  const found = node.nodeName === "A" ? resolved(node.getAttribute("href"), place) : null;
  if (!found || !["http:", "https:", "mailto:"].includes(found.protocol)) return {};
  const path = found.origin === location.origin ? within(found.pathname) : null;
  if (path === null) return { href: found.href, target: "_blank", rel: "noopener noreferrer" };
  const section = path.startsWith("/datasets/") ? fragment(found.hash) : found.hash;
  return { href: section && found.pathname === place.pathname ? section : found.pathname + found.search + section };
}

/** The dataset whose page has this address, or nothing. */
function datasetAt(found) {
  const path = found?.origin === location.origin ? within(found.pathname) : null;
  if (!path?.startsWith("/datasets/")) return null;
  try { return decodeURIComponent(path.slice("/datasets/".length)); } catch { return null; }
}

/** Reads Markdown in a worker: some texts are made to take very long. */
class Reader {
  #worker = new Worker(new URL("markdown-worker.js", import.meta.url));
  #left = patience;
  #turn = this.#answer();

  constructor(signal) { signal.addEventListener("abort", () => this.#worker.terminate()); }

  /** The next message; throws when there is none. */
  #answer(milliseconds) {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = () => reject(new Error("Markdown cannot be read here."));
      if (milliseconds) setTimeout(() => { reject(new Error("This Markdown takes too long to be read.")); }, milliseconds);
    });
  }

  async #read(source) {
    const begun = performance.now();
    try {
      this.#worker.postMessage(source);
      return await this.#answer(Math.max(1, this.#left));
    } catch (error) {
      this.#worker.terminate();
      throw error;
    } finally {
      this.#left -= performance.now() - begun;
    }
  }

  /** One text after the other; none after one that took too long. */
  html(source) {
    this.#turn = this.#turn.then(() => this.#read(source));
    this.#turn.catch(() => {});
    return this.#turn;
  }
}

/** Makes what is shown of Markdown: of several texts, if they are parts of one file. */
export class Formatter {
  #place;
  #signal;
  #reader;
  #outline = new Outline();
  #images = 0;
  #elements = 0;

  /** @param {string} place the path of the file's page, from which relative addresses go */
  constructor(place, signal) {
    this.#place = new URL(own(place), location.origin);
    this.#signal = signal;
    this.#reader = new Reader(signal);
  }

  /** A text as it is meant to be read; as text where that cannot be made of it. */
  async article(source) {
    try {
      const html = await this.#reader.html(source);
      if (html.length > mostHTML) throw new Error("This Markdown is too much to be shown.");
      const parsed = new DOMParser().parseFromString(html, "text/html");
      return element("article", { class: "document" }, ...this.#children(parsed.body));
    } catch (error) {
      return element("div", {}, element("p", { class: "faint" }, `${error.message} This is its text:`), block(source));
    }
  }

  #children(node) { return [...node.childNodes].flatMap((child) => this.#copied(child)); }

  /** Copies what is allowed, attribute by attribute, into the page. */
  #copied(node) {
    if (node.nodeType === Node.TEXT_NODE) return [node.data];
    if (!allowed.has(node.nodeName)) return [];
    this.#elements += 1;
    if (this.#elements > mostElements) throw new Error("This Markdown is too much to be shown.");
    if (node.nodeName === "IMG") return [this.#image(node)];
    const level = /^H(\d)$/.exec(node.nodeName)?.[1];
    if (!level) return [element(node.localName, address(node, this.#place), ...this.#children(node))];
    const properties = { id: this.#outline.id(node.textContent), tabindex: -1 };
    return [element(`h${this.#outline.level(Number(level))}`, properties, ...this.#children(node))];
  }

  /** Pictures of other sites are not loaded, so that nobody learns who reads; their names are shown. */
  #image(node) {
    const path = datasetAt(resolved(node.getAttribute("src"), this.#place)), alt = node.getAttribute("alt") ?? "";
    if (path === null || this.#images === mostImages) return element("em", {}, alt);
    this.#images += 1;
    return imageAt(path, alt, this.#signal);
  }
}

/** The start of a Markdown file. */
export async function markdown(file, signal) {
  const formatter = new Formatter(file.place, signal), source = await file.text(mostText, signal);
  const article = await formatter.article(source);
  return file.size > mostText ? [article, element("p", { class: "faint" }, "The rest is in the file.")] : [article];
}
