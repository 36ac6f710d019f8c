import { element, encoded } from "./dom.js";
import { base } from "./root.js";

/** A text as one word of a shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** For an array: whatever part of it is seen; of one without axes its item. */
function arrayTexts(path, { shape, slice, isWhole, field, others, address }) {
  const all = isWhole && !others.length, part = !shape.length ? "()" : all ? ":" : slice, python = JSON.stringify(path);
  const query = new URLSearchParams({ ...(all ? {} : { slice_: slice }), ...(field === undefined ? {} : { field }) });
  const name = field === undefined ? "" : `[${JSON.stringify(field)}]`;
  return {
    "Python, caterva2": `import caterva2\nclient = caterva2.Client("${base}")\ndata = client.get(${python})[${part}]${name}`,
    "Python, blosc2": `import blosc2\narray = blosc2.C2Array(${python}, urlbase="${base}/")\ndata = array[${part}]${name}`,
    "the command line": `bpubsub show ${quoted(path + (all ? "" : `[${slice}]`))}${field === undefined ? "" : ` --field ${quoted(field)}`} --subscriber ${base}`,
    curl: `curl -o part.b2nd ${quoted(`${base}/api/fetch/${encoded(path)}${query.size ? `?${query}` : ""}`)}`,
    "the path": path,
    "a link to this view": location.origin + address,
  };
}

const fileTexts = (path) => ({
  "the command line": `bpubsub download ${quoted(path)} -o . --subscriber ${base}`,
  curl: `curl -OJ ${quoted(`${base}/api/download/${encoded(path)}`)}`,
  "the path": path,
  "a link to this view": location.origin + location.pathname,
});

/**
 * What to paste elsewhere for exactly what is seen. `update` takes the window through which an array is seen.
 * @param {{shape: number[]}?} array what the file has, when it is one
 */
export function takeAway(path, array) {
  const node = element("div", { class: "take" }), shown = new Map();
  const update = (window) => {
    for (const [name, text] of Object.entries(array ? arrayTexts(path, window) : fileTexts(path))) {
      if (!shown.has(name)) shown.set(name, textToCopy(node, name));
      shown.get(name).textContent = text;
    }
  };
  update({ shape: array?.shape ?? [], slice: "", isWhole: true, others: [], address: location.pathname });
  return { node, update };
}

function textToCopy(node, name) {
  const text = element("pre", { tabindex: 0, role: "group", "aria-label": name });
  node.append(element("div", { class: "row" }, text, copyButton(name, text)));
  return text;
}

function copyButton(name, text) {
  const button = element("button", {}, `Copy ${name}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = `Copy ${name}`; }, 2000);
    } catch {
      // Only pages from this machine or by TLS may write to the clipboard.
      getSelection().selectAllChildren(text);
    }
  });
  return button;
}
