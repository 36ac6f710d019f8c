import { element, number, table } from "./dom.js";
import { mostText } from "./file.js";
import { block } from "./text.js";

const mostRows = 200, mostColumns = 50;
const isNumber = (text) => /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);

/** Commas, or what stands in their place where commas are part of numbers. */
function separatorOf(text, type) {
  if (type === "text/tab-separated-values") return "\t";
  const [line] = text.split("\n", 1), count = (separator) => line.split(separator).length;
  return [",", ";", "\t"].reduce((best, other) => count(other) > count(best) ? other : best);
}

/**
 * The rows of fields that a text has; a field in quotes may have separators, ends of lines, and quotes twice.
 * @param {boolean} isCut whether the last row may be only the start of one
 * @returns `null` for what does not follow these rules
 */
function records(text, separator, isCut) {
  const quoted = separator === "\t" ? "" : `"([^"]*(?:""[^"]*)*)"|`, plain = separator === "\t" ? "" : "\"";
  const pattern = new RegExp(`(?:${quoted}([^${separator}\r\n${plain}]*))(${separator}|\r\n|\n|\r|$)`, "y");
  const rows = [[]];
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (!found) { if (isCut) break; return null; }
    const [end, plainField, quotedField] = [found.pop(), found.pop(), found[1]];
    rows.at(-1).push(quotedField?.replaceAll("\"\"", "\"") ?? plainField);
    if (end === separator && pattern.lastIndex === text.length) rows.at(-1).push("");
    else if (end !== separator && end !== "") rows.push([]);
  }
  if (isCut || rows.at(-1).length === 0) rows.pop();
  return rows;
}

/** Whether these rows are a table. */
function isTable(rows) {
  const columns = rows?.[0]?.length ?? 0;
  return columns > 1 && rows.length > 1 && rows.every((row) => row.length === columns);
}

/** Columns of numbers have them below one another. */
function align(node, rows) {
  rows[0].forEach((_, column) => {
    if (!rows.every((row) => row[column].trim() === "" || isNumber(row[column]))) return;
    for (const cell of node.querySelectorAll(`tr > :nth-child(${column + 1})`)) cell.classList.add("number");
  });
}

const start = (row) => row.slice(0, mostColumns);

/** Values with commas or tabs between them, as a table; as text when they are not that simple. */
export async function sheet(file, signal) {
  const text = await file.text(mostText, signal), isCut = file.size > mostText;
  const rows = records(text, separatorOf(text, file.type), isCut);
  if (!isTable(rows)) return [block(isCut ? `${text}\n… the rest is in the file` : text)];
  const isHead = rows[0].every((field) => field.trim() !== "" && !isNumber(field));
  const head = isHead ? rows.shift() : rows[0].map((_, column) => String(column + 1));
  const shown = rows.slice(0, mostRows).map(start), node = table(start(head), shown, "The start of the table");
  align(node, shown);
  node.classList.add("sheet");
  const left = [];
  if (isCut || shown.length < rows.length) left.push(`${number(shown.length)} rows`);
  if (head.length > mostColumns) left.push(`${mostColumns} columns`);
  return left.length ? [node, element("p", { class: "faint" }, `The first ${left.join(" and ")}; the rest is in the file.`)] : [node];
}
