/** What the server says is wrong. */
export class Refused extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

/** `fetch`, with a reason that tells people something. */
async function reached(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
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

export const post = async (url, body) => (await answered(await reached(url, {
  method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
}))).json();

const readers = {
  b1: Uint8Array, u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array,
  f4: Float32Array, f8: Float64Array, u8: BigUint64Array, i8: BigInt64Array,
};

/** Floats of two bytes, which not all browsers have an array of. */
function halves(buffer, start) {
  return Float32Array.from(new Uint16Array(buffer, start), (bits) => {
    const sign = bits >> 15 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * fraction / 1024);
  });
}

/** Texts of NumPy: `S` has bytes, `U` four bytes a character; both end where zeros begin. */
function texts(buffer, start, code) {
  const isWide = code[0] === "U", width = Number(code.slice(1)) * (isWide ? 4 : 1);
  const decoder = new TextDecoder();
  return Array.from({ length: width ? (buffer.byteLength - start) / width : 0 }, (_, place) => {
    const bytes = buffer.slice(start + place * width, start + (place + 1) * width);
    const text = isWide ? String.fromCodePoint(...new Uint32Array(bytes).map((point) => Math.min(point, 0x10ffff)))
      : decoder.decode(bytes);
    return text.replace(/\0+$/, "");
  });
}

/** Turns the bytes of each item round. */
function swap(bytes, width) {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

/**
 * A view: items in C order, their shape, and what was done to them.
 * @returns {Promise<{shape: number[], values: ArrayLike<number>, exact: ArrayLike<number | bigint | string>, reduction: string, factors: number[], version: string}>}
 */
export async function view(path, query, signal) {
  const response = await answered(await reached(`/api/view/${path}?${new URLSearchParams(query)}`, { signal }));
  const buffer = await response.arrayBuffer();
  const start = 10 + new DataView(buffer).getUint16(8, true);
  const header = new TextDecoder("latin1").decode(new Uint8Array(buffer, 10, start - 10));
  const [, order, code] = /'descr': '([<>|])([a-zA-Z]\d+)'/.exec(header) ?? [];
  const reader = readers[code], isText = /^[SU]/.test(code), isHalf = code === "f2";
  if (!reader && !isText && !isHalf) throw new Refused(415, "values of this type are not shown");
  const shape = /'shape': \(([^)]*)\)/.exec(header)[1].split(",").filter((part) => part.trim()).map(Number);
  if (order === ">") swap(new Uint8Array(buffer, start), code.startsWith("U") ? 4 : Number(code.slice(1)));
  const exact = isText ? texts(buffer, start, code) : isHalf ? halves(buffer, start) : new reader(buffer, start);
  // Integers of eight bytes are drawn as doubles, and written as they are.
  const values = code === "u8" || code === "i8" ? Float64Array.from(exact, Number) : exact;
  const reduction = response.headers.get("Bpubsub-Reduction") ?? "";
  return {
    shape, values, exact, reduction, version: response.headers.get("Bpubsub-Version") ?? "",
    factors: (/factors=([\d,]+)/.exec(reduction)?.[1] ?? "").split(",").map(Number),
  };
}
