import { get } from "./api.js";
import { bytes, element, encoded } from "./dom.js";
import { StoredFile } from "./file.js";
import { latest } from "./latest.js";
import { own } from "./root.js";

/** Bytes of a picture that is shown without being asked for. */
const mostUnasked = 32 << 20;

/** What browsers show; of an SVG no script runs in an `img`, and nothing is loaded. */
export const pictures = new Set(("png apng jpeg gif webp avif bmp vnd.microsoft.icon svg+xml").split(" ").map((kind) => `image/${kind}`));

/** Loads a picture when it comes near to what is seen of the page. */
function loaded(node, file, description) {
  return new Promise((resolve, reject) => {
    // By version: a browser shows what it has of an address that it knows.
    node.replaceChildren(element("img", {
      src: `${own(file.url)}?of=${file.version}`, alt: description, loading: "lazy", decoding: "async", load: resolve, error: reject,
    }));
  });
}

/** A file as a picture; says so when it is none, or cannot be had, which is tried again. */
export function image(file, signal, description = file.name) {
  const node = element("span", { class: "picture" });
  const load = latest(signal, () => loaded(node, file, description).catch(async () => {
    await file.check(signal);
    throw new Error(`${file.name} cannot be read as a picture.`);
  }), (error) => node.replaceChildren(element("span", { role: "alert" }, error.message)));
  if (file.size > mostUnasked) node.append(element("button", { click: load }, `Show the picture, of ${bytes(file.size)}`));
  else load();
  return node;
}

/** The picture that a text names by its path; its description where there is none. */
export function imageAt(path, description, signal) {
  const node = element("span", {}, element("em", {}, description));
  latest(signal, async () => {
    const info = await get(`/api/datasets/${encoded(path)}`, { signal });
    if (pictures.has(info.mediaType)) node.replaceChildren(image(new StoredFile(path, info), signal, description));
  }, () => {})();
  return node;
}
