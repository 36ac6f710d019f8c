/** The headings of a text inside a page that has headings and ids of its own. */
export class Outline {
  #above = [];
  #names = new Map();

  /** The level in the page, where the text is below one of the second level and none is left out. */
  level(written) {
    while (this.#above.at(-1) >= written) this.#above.pop();
    this.#above.push(written);
    return Math.min(6, 2 + this.#above.length);
  }

  /** What a heading is reached by: a name that is the text's, of which a second one gets a number. */
  id(text) {
    const name = nameOf(text), count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return idOf(count ? `${name}-${count}` : name);
  }
}

const nameOf = (text) => text.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");

/** The page's id for what a text calls by this name. */
const idOf = (name) => `section-${name}`;

/** The fragment of an address as it is written in a text, as one of the page. */
export function fragment(written) {
  if (written.length < 2) return "";
  try { return `#${encodeURIComponent(idOf(nameOf(decodeURIComponent(written.slice(1)))))}`; } catch { return ""; }
}

/** Goes to the heading in `node` that the address names, if there is one. */
export function reach(node) {
  let name = "";
  try { name = decodeURIComponent(location.hash.slice(1)); } catch { /* It names nothing. */ }
  const heading = name && node.querySelector(`[id="${CSS.escape(name)}"]`);
  if (!heading) return;
  heading.scrollIntoView();
  heading.focus({ preventScroll: true });
}
