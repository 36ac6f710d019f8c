import { element, encoded } from "./dom.js";

/** What to paste elsewhere for exactly what is seen. */
export function takeAway(path, isArray) {
  const node = element("div");
  const update = (slice = "") => {
    const base = location.origin, whole = slice === "" || slice === "...";
    const quoted = `'${path.replaceAll("'", "'\\''")}${whole ? "" : `[${slice}]`}'`;
    const python = JSON.stringify(path), index = whole ? ":" : slice;
    const query = whole ? "" : `?slice_=${encodeURIComponent(slice)}`;
    const texts = { "the path": path };
    texts.curl = isArray
      ? `curl -o part.b2nd '${base}/api/fetch/${encoded(path)}${query}'` : `curl -OJ '${base}/api/download/${encoded(path)}'`;
    texts["the command line"] = isArray ? `bpubsub show ${quoted} --subscriber ${base}`
      : `bpubsub download ${quoted} --subscriber ${base}`;
    if (isArray) {
      texts["Python, caterva2"] = `import caterva2\nclient = caterva2.Client("${base}")\ndata = client.get(${python})[${index}]`;
      texts["Python, blosc2"] = `import blosc2\narray = blosc2.C2Array(${python}, urlbase="${base}/")\ndata = array[${index}]`;
    }
    node.replaceChildren(...Object.entries(texts).map(([name, text]) => element("div", { class: "row" },
      element("pre", { tabindex: 0, "aria-label": name }, text), copyButton(name, text))));
  };
  update();
  return { node, update };
}

function copyButton(name, text) {
  const button = element("button", {}, `Copy ${name}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Only pages from this machine or by TLS may write to the clipboard.
      getSelection().selectAllChildren(button.previousSibling);
    }
  });
  return button;
}
