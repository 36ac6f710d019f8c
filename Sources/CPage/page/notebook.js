import { element } from "./dom.js";
import { mostText } from "./file.js";
import { Formatter } from "./markdown.js";
import { block, text } from "./text.js";

/** A notebook is read as a whole or not at all: half of one is none. */
const mostBytes = 16 << 20, mostCells = 300;

/** Texts of a notebook are lines, or one text; too much of one is cut off. */
function joined(lines) {
  const whole = (Array.isArray(lines) ? lines : [lines]).filter((line) => typeof line === "string").join("");
  return whole.length > mostText ? `${whole.slice(0, mostText)}\n… the rest is in the file` : whole;
}

/** A text that a cell made, without the sequences by which terminals colour it. */
function printed(text, name) {
  const node = block(text.replace(/\x1b\[[\d;]*m/g, ""), name);
  node.classList.add("output");
  return node;
}

/** A picture that is part of the notebook. An SVG as well: in an `img` it runs nothing and loads nothing. */
function drawing(data) {
  for (const type of ["image/png", "image/jpeg", "image/gif"]) {
    const encoded = (Array.isArray(data[type]) ? data[type].join("") : data[type] ?? "").replace?.(/\s/g, "");
    if (encoded && /^[A-Za-z0-9+/]+=*$/.test(encoded)) return `data:${type};base64,${encoded}`;
  }
  const svg = joined(data["image/svg+xml"]);
  return svg && `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** What a cell printed or drew. What would be a page of its own is shown by the text that comes with it. */
function output(made, name) {
  if (made.output_type === "stream") return printed(joined(made.text), name);
  if (made.output_type === "error") return printed([made.traceback].flat().map(joined).join("\n"), name);
  const data = made.data ?? {}, source = drawing(data);
  if (source) return element("img", { class: "output", src: source, alt: name, loading: "lazy", decoding: "async" });
  const plain = joined(data["text/plain"]);
  return plain ? printed(plain, name) : element("p", { class: "faint output" }, "An output that is not shown here");
}

async function shown(cell, number, formatter) {
  const source = joined(cell.source);
  if (cell.cell_type === "markdown") return [await formatter.article(source)];
  const outputs = (Array.isArray(cell.outputs) ? cell.outputs : []).filter((made) => made && typeof made === "object");
  return [...(source ? [block(source, `Cell ${number}`)] : []), ...outputs.map((made, place) => output(made, `Output ${place + 1} of cell ${number}`))];
}

/** The cells of a file, if it is a notebook of today's format. */
function cellsOf(json) {
  try {
    const { cells } = JSON.parse(json);
    return cells.filter((cell) => cell && typeof cell === "object");
  } catch { return null; }
}

/** The cells of a Jupyter notebook, their texts and what they printed and drew; nothing of it is run. */
export async function notebook(file, signal) {
  if (file.size > mostBytes) return text(file, signal);
  const formatter = new Formatter(file.place, signal), cells = cellsOf(await file.text(mostBytes, signal));
  if (!cells) return text(file, signal);
  const nodes = [];
  for (const [place, cell] of cells.slice(0, mostCells).entries()) nodes.push(...await shown(cell, place + 1, formatter));
  if (cells.length > mostCells) nodes.push(element("p", { class: "faint" }, `The first ${mostCells} cells; the rest is in the file.`));
  return [element("div", { class: "notebook" }, ...nodes)];
}
