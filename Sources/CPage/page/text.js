import { element } from "./dom.js";
import { mostText } from "./file.js";

/** A text as text, whatever markup is in it. */
export const block = (text, name = "The start of the text") =>
  element("pre", { class: "text", tabindex: 0, role: "group", "aria-label": name }, text);

const isJSON = (type) => type === "application/json" || type.endsWith("+json");

/** Of what type texts are; programs and settings have types of their own. */
export function isText(type) {
  return type.startsWith("text/") || isJSON(type) || type.endsWith("+xml")
    || ["xml", "yaml", "toml", "sql", "x-ndjson"].includes(type.replace("application/", ""));
}

/** Of what is nested deeper, lines would be spaces more than anything else. */
const deepest = 20;

/** Texts, what encloses and separates, and all else: numbers and words. */
const parts = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|[^\s"[\]{},:]+/g;

/** JSON with a line for each of its values, which stay as they are written: many numbers are none of JavaScript's. */
function indented(json) {
  try { JSON.parse(json); } catch { return json; }
  let depth = 0, made = "", before = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [part] of json.matchAll(parts)) {
    const isEnd = "]}".includes(part), isInside = "[{".includes(before) && before !== "";
    if (isEnd) depth -= 1;
    if (before === "," || isInside !== isEnd) made += line();
    made += part === ":" ? ": " : part;
    if ("[{".includes(part)) depth += 1;
    if (depth > deepest) return json;
    before = part;
  }
  return made;
}

/** What is shown of a text of which this is the start. */
function shown(start, file) {
  if (file.size > mostText) return block(`${start}\n… the rest is in the file`);
  return block(isJSON(file.type) ? indented(start) : start);
}

export const text = async (file, signal) => [shown(await file.text(mostText, signal), file)];

/** A file whose type says nothing is a text when its start is one: UTF-8, and no characters that no text has. */
export async function perhapsText(file, signal) {
  let start = null;
  try {
    const bytes = await file.bytes(mostText, signal);
    start = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: file.size > mostText });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return start === null || /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(start) ? null : [shown(start, file)];
}
