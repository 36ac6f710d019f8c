import { element } from "./dom.js";
import { StoredFile } from "./file.js";
import { image, pictures } from "./image.js";
import { latest } from "./latest.js";
import { reach } from "./outline.js";
import { isText, perhapsText, text } from "./text.js";

const mostPages = 64 << 20;

/** What is loaded only where there is a file of its kind. */
const kinds = {
  "text/markdown": async (file, signal) => (await import("./markdown.js")).markdown(file, signal),
  "text/csv": async (file, signal) => (await import("./sheet.js")).sheet(file, signal),
  "text/tab-separated-values": async (file, signal) => (await import("./sheet.js")).sheet(file, signal),
  "application/x-ipynb+json": async (file, signal) => (await import("./notebook.js")).notebook(file, signal),
};

/**
 * A PDF in the browser's own viewer, when it is asked for. The server forbids to show its address, because a file might be
 * a page with scripts; what is shown is bytes that are said to be a PDF, whatever they are.
 */
function pages(file, signal) {
  if (file.size > mostPages) return element("p", {}, "This PDF is too large to be shown here: save the file.");
  const node = element("div");
  const show = latest(signal, async () => {
    node.replaceChildren(element("p", { role: "status" }, "…"));
    const bytes = await file.bytes(mostPages, signal);
    const shown = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    signal.addEventListener("abort", () => URL.revokeObjectURL(shown));
    node.replaceChildren(element("iframe", { class: "pages", src: shown, title: file.name }));
  }, (error) => node.replaceChildren(element("p", { role: "alert" }, error.message)));
  node.append(element("button", { click: show }, "Show the PDF"));
  return node;
}

/** What `make` makes of the file, as soon as it can be had. */
function shown(file, signal, make) {
  const node = element("div", { class: "contents" }, "…");
  latest(signal, async () => {
    const made = await make(file, signal) ?? [element("p", {}, "There is no preview of files like this: save the file.")];
    node.replaceChildren(...made);
    reach(node);
  }, (error) => node.replaceChildren(element("p", { role: "alert" }, error.message)))();
  return node;
}

/** How a file of this type is shown; the bytes of most are not interpreted. */
function maker(type) {
  if (Object.hasOwn(kinds, type)) return kinds[type];
  if (isText(type)) return text;
  return type === "" || type === "application/octet-stream" ? perhapsText : () => null;
}

/** Shows a text, a table, a notebook, a picture or a PDF. */
export function preview(path, info, signal) {
  const file = new StoredFile(path, info);
  if (!file.size) return element("p", {}, "The file is empty.");
  if (pictures.has(file.type)) return image(file, signal);
  if (file.type === "application/pdf") return pages(file, signal);
  return shown(file, signal, maker(file.type));
}
