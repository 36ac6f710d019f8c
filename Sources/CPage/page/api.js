import { parsed } from "./json.js";
import { missed } from "./live.js";
import { Items } from "./npy.js";
import { own } from "./root.js";

/** What the server says is wrong. */
class Refused extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

/** `fetch` of a path at the subscriber, with a reason that tells people something. */
async function reached(url, options) {
  try {
    return await fetch(own(url), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    missed();
    throw new Error("The subscriber cannot be reached. This is asked for again when it can.");
  }
}

async function answered(response) {
  if (response.ok) return response;
  const text = await response.text();
  let detail = text;
  try { detail = JSON.parse(text).detail; } catch { /* The text is all there is. */ }
  throw new Refused(response.status, String(detail));
}

/** The answer to a request that was not refused. */
export const ask = async (url, options) => answered(await reached(url, options));

export const get = async (url, options) => (await ask(url, options)).json();

/** What is known of a dataset; of the attributes, which are anything, also large integers exactly. */
export async function description(path, options) {
  const text = await (await ask(`/api/datasets/${path}`, options)).text();
  const known = { ...JSON.parse(text), attributes: parsed(text).attributes };
  if (!known.attributesOmitted && (known.kind !== "array" || known.array)) return known;
  try {
    return { ...known, ...await fileDescription(path, options) };
  } catch {
    // What the catalogue has can be shown while the file cannot be reached.
    return known;
  }
}

/** What the file itself says: what is too long for the catalogue. */
async function fileDescription(path, options) {
  const text = await (await ask(`/api/info/${path}`, options)).text(), exact = parsed(text);
  const { shape, chunks, blocks, dtype } = JSON.parse(text);
  return { attributes: (exact.schunk ?? exact).vlmeta, ...(shape ? { array: { shape, chunks, blocks, dtype } } : {}) };
}

export const post = async (url, body) => (await answered(await reached(url, {
  method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
}))).json();

/**
 * Two views of the same points: the least and the greatest of what is behind each. As {@link view}, with the least as `low`.
 */
export async function extremes(path, query, signal) {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [low, high] = await Promise.all(["min", "max"].map((reduce) => view(path, { ...query, reduce }, signal)));
    // Values of two versions make no picture.
    if (low.version === high.version) return { ...high, low: low.items, reduction: "min and max" };
  }
  throw new Error("The dataset changes faster than it can be drawn.");
}

/**
 * A view: its items, their shape, and what was done to them.
 * @returns {Promise<{items: Items, shape: number[], reduction: string, factors: number[], version: string}>}
 */
export async function view(path, query, signal) {
  const response = await answered(await reached(`/api/view/${path}?${new URLSearchParams(query)}`, { signal }));
  const items = new Items(await response.arrayBuffer());
  const reduction = response.headers.get("Bpubsub-Reduction") ?? "";
  return {
    items, shape: items.shape, reduction, version: response.headers.get("Bpubsub-Version") ?? "",
    factors: (/factors=([\d,]+)/.exec(reduction)?.[1] ?? "").split(",").map(Number),
  };
}
