import { element } from "./dom.js";
import { Formatter } from "./markdown.js";
import { block, text } from "./text.js";

/** A notebook is read as a whole or not at all: half of one is none. */
const mostBytes = 16 << 20;
/** What a page can show without standing still: characters, and cells with all that they made. */
const mostText = 1 << 20, mostParts = 1000;

const listOf = (value) => Array.isArray(value) ? value : [value];
const objectsOf = (value) => listOf(value).filter((item) => item && typeof item === "object");

/** Texts of a notebook are lines, or one text. */
const joined = (lines) => listOf(lines).filter((line) => typeof line === "string").join("");

/** A picture that is part of the notebook. An SVG as well: in an `img` it runs nothing and loads nothing. */
function drawing(data) {
  for (const type of ["image/png", "image/jpeg", "image/gif"]) {
    const encoded = joined(data[type]).replace(/\s/g, "");
    if (/^[A-Za-z0-9+/]+=*$/.test(encoded)) return `data:${type};base64,${encoded}`;
  }
  const svg = joined(data["image/svg+xml"]);
  return svg && `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** The cells of a Jupyter notebook, their texts and what they printed and drew; nothing of it is run. */
class Notebook {
  #formatter;
  #room = mostText;
  #parts = [];

  constructor(formatter) { this.#formatter = formatter; }

  get node() { return element("div", { class: "notebook" }, ...this.#parts); }
  get isEmpty() { return this.#parts.length === 0; }
  get isFull() { return this.#room <= 0 || this.#parts.length >= mostParts; }

  async add(cell, number) {
    const source = this.#taken(joined(cell.source));
    if (cell.cell_type === "markdown") return this.#parts.push(await this.#formatter.article(source));
    if (source) this.#parts.push(block(source, `Cell ${number}`));
    for (const [place, made] of objectsOf(cell.outputs).entries()) {
      if (this.isFull) return;
      this.#parts.push(this.#output(made, `Output ${place + 1} of cell ${number}`));
    }
  }

  /** As much of a text as there is room for. */
  #taken(text) {
    const part = text.slice(0, Math.max(0, this.#room));
    this.#room -= text.length;
    return part;
  }

  /** What a cell printed or drew. What would be a page of its own is shown by the text that comes with it. */
  #output(made, name) {
    if (made.output_type === "stream") return this.#printed(joined(made.text), name);
    if (made.output_type === "error") return this.#printed(listOf(made.traceback).map(joined).join("\n"), name);
    const data = made.data ?? {}, source = drawing(data);
    if (source) return element("img", { class: "output", src: source, alt: name, loading: "lazy", decoding: "async" });
    const plain = joined(data["text/plain"]);
    return plain ? this.#printed(plain, name) : element("p", { class: "faint output" }, "An output that is not shown here");
  }

  /** A text that a cell made, without the sequences by which terminals colour it. */
  #printed(text, name) {
    const node = block(this.#taken(text.replace(/\x1b\[[\d;]*m/g, "")), name);
    node.classList.add("output");
    return node;
  }
}

/** `null` when it is no notebook of today's format. */
function cellsOf(json) {
  try {
    const { cells } = JSON.parse(json);
    return Array.isArray(cells) ? objectsOf(cells) : null;
  } catch { return null; }
}

export async function notebook(file, signal) {
  if (file.size > mostBytes) return text(file, signal);
  const formatter = new Formatter(file.place, signal), cells = cellsOf(await file.text(mostBytes, signal));
  if (!cells) return text(file, signal);
  const book = new Notebook(formatter);
  for (const [place, cell] of cells.entries()) {
    if (book.isFull) break;
    await book.add(cell, place + 1);
  }
  if (book.isEmpty) return [element("p", {}, "There is nothing in the notebook.")];
  return book.isFull ? [book.node, element("p", { class: "faint" }, "The rest is in the file.")] : [book.node];
}
