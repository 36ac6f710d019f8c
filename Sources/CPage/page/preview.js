import { element, encoded } from "./dom.js";
import { latest } from "./latest.js";

const mostText = 64 << 10, mostPages = 64 << 20;
const pictures = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

async function bytesOf(url, most, signal) {
  const response = await fetch(url, { headers: { Range: `bytes=0-${most - 1}` }, signal });
  if (!response.ok) throw new Error((await response.json()).detail);
  return response;
}

function indented(json) {
  try { return JSON.stringify(JSON.parse(json), null, 2); } catch { return json; }
}

/** The start of a text, as text, whatever markup is in it. */
function text(url, info, signal) {
  const node = element("pre", { class: "text", tabindex: 0, role: "group", "aria-label": "The start of the text" }, "…");
  const load = async () => {
    const shown = await (await bytesOf(url, mostText, signal)).text();
    if (info.size > mostText) node.textContent = `${shown}\n… the rest is in the file`;
    else node.textContent = info.mediaType === "application/json" ? indented(shown) : shown;
  };
  if (info.size) latest(signal, load, (error) => { node.textContent = error.message; })();
  else node.textContent = "The file is empty.";
  return node;
}

/** Markdown as it is meant to be read; as text where what makes that of it is not there. */
function formatted(url, info, signal) {
  const node = element("div", {}, "…");
  const load = async () => {
    const [{ document }, response] = await Promise.all([import("./markdown.js"), bytesOf(url, mostText, signal)]);
    const source = await response.text();
    node.replaceChildren(document(source, url.replace("/api/download/", "/datasets/")));
    if (info.size > mostText) node.append(element("p", { class: "notice" }, "The rest is in the file."));
  };
  load().catch(() => { if (!signal.aborted) node.replaceChildren(text(url, info, signal)); });
  return node;
}

/**
 * A PDF in the browser's own viewer, when it is asked for. The server forbids to show its address, because a file might be
 * a page with scripts; what is shown is bytes that are said to be a PDF, whatever they are.
 */
function pages(url, info, signal) {
  const node = element("div"), name = decodeURIComponent(url.split("/").at(-1));
  const show = async () => {
    node.replaceChildren(element("p", { role: "status" }, "…"));
    try {
      const bytes = await (await bytesOf(url, mostPages, signal)).arrayBuffer();
      const shown = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
      signal.addEventListener("abort", () => URL.revokeObjectURL(shown));
      node.replaceChildren(element("iframe", { class: "pages", src: shown, title: name }));
    } catch (error) {
      if (!signal.aborted) node.replaceChildren(element("p", { role: "alert" }, error.message));
    }
  };
  if (info.size > mostPages) node.append(element("p", {}, "This PDF is too large to be shown here: save the file."));
  else node.append(element("button", { click: show }, "Show the PDF"));
  return node;
}

/**
 * Shows a text, a picture, a PDF; the bytes of other files are not interpreted.
 * @returns {Node?} `null` when there is nothing to show
 */
export function preview(path, info, signal) {
  const url = `/api/download/${encoded(path)}`, type = info.mediaType ?? "";
  // By version: a browser shows what it has of an address that it knows.
  if (pictures.includes(type)) return element("img", { src: `${url}?of=${info.version}`, alt: path.split("/").at(-1) });
  if (type === "application/pdf") return pages(url, info, signal);
  if (type === "text/markdown" && info.size) return formatted(url, info, signal);
  return type.startsWith("text/") || type === "application/json" ? text(url, info, signal) : null;
}
