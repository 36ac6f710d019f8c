import { element, encoded } from "./dom.js";
import { latest } from "./latest.js";

const mostText = 64 << 10;
const pictures = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/** The start of a text, as text, whatever markup is in it. */
function text(url, info, signal) {
  const node = element("pre", { class: "text", tabindex: 0, "aria-label": "The start of the text" }, "…");
  const load = async () => {
    const response = await fetch(url, { headers: { Range: `bytes=0-${mostText - 1}` }, signal });
    if (!response.ok) throw new Error((await response.json()).detail);
    let shown = await response.text();
    if (info.mediaType === "application/json" && info.size <= mostText) shown = indented(shown);
    node.textContent = info.size > mostText ? `${shown}\n… the rest is in the file` : shown;
  };
  if (info.size) latest(signal, load, (error) => { node.textContent = error.message; })();
  else node.textContent = "The file is empty.";
  return node;
}

function indented(json) {
  try { return JSON.stringify(JSON.parse(json), null, 2); } catch { return json; }
}

/**
 * Shows a text or a picture; the bytes of other files are not interpreted.
 * @returns {Node?} `null` when there is nothing to show
 */
export function preview(path, info, signal) {
  const url = `/api/download/${encoded(path)}`, type = info.mediaType ?? "";
  if (pictures.includes(type)) return element("img", { src: url, alt: path.split("/").at(-1) });
  return type.startsWith("text/") || type === "application/json" ? text(url, info, signal) : null;
}
