/** What NumPy keeps for a time that is none. */
const notATime = -(2n ** 63n);

const names = {
  Y: "years", M: "months", W: "weeks", D: "days", h: "hours", m: "minutes", s: "seconds", ms: "milliseconds", us: "microseconds",
  ns: "nanoseconds", ps: "picoseconds", fs: "femtoseconds", as: "attoseconds",
};
/** How many of a unit are a second, or how many seconds are one of it. */
const perSecond = { s: 0, ms: 3, us: 6, ns: 9, ps: 12, fs: 15, as: 18 };
const seconds = { W: 604800n, D: 86400n, h: 3600n, m: 60n };

/** `25us`: what is counted, and how many of it at a time. */
function split(unit) {
  const [, multiple, name] = /^(\d*)(.*)$/.exec(unit);
  return { multiple: BigInt(multiple || 1), name };
}

const floor = (value, divisor) => value / divisor - (value % divisor < 0n ? 1n : 0n);
const padded = (value, digits) => String(value).padStart(digits, "0");
const year = (value) => value < 0n ? `-${padded(-value, 3)}` : padded(value, 4);

/** The date of a day counted from 1970, in the Gregorian calendar before and after. */
function day(count) {
  // Counted from 1 March of year 0, in eras of 400 years.
  const shifted = count + 719468n, era = floor(shifted, 146097n), inEra = shifted - era * 146097n;
  const years = (inEra - inEra / 1460n + inEra / 36524n - inEra / 146096n) / 365n;
  const inYear = inEra - (365n * years + years / 4n - years / 100n), month = (5n * inYear + 2n) / 153n;
  const number = month < 10n ? month + 3n : month - 9n;
  return `${year(era * 400n + years + (number < 3n ? 1n : 0n))}-${padded(number, 2)}-${padded(inYear - (153n * month + 2n) / 5n + 1n, 2)}`;
}

/** Of a day, as many parts as the unit tells. */
function clock(second, unit) {
  const parts = [second / 3600n, second / 60n % 60n, second % 60n].map((value) => padded(value, 2));
  return parts.slice(0, { h: 1, m: 2 }[unit] ?? 3).join(":");
}

/** A moment as NumPy writes it, `2026-11-25T16:24:50`, exactly. @param {bigint} count */
function date(count, unit) {
  if (count === notATime) return "NaT";
  const { multiple, name } = split(unit), units = count * multiple;
  if (name === "Y") return year(1970n + units);
  if (name === "M") return `${year(1970n + floor(units, 12n))}-${padded(units - floor(units, 12n) * 12n + 1n, 2)}`;
  if (!(name in seconds) && !(name in perSecond)) return String(units);
  const parts = 10n ** BigInt(perSecond[name] ?? 0), second = floor(units, parts) * (seconds[name] ?? 1n);
  const days = floor(second, 86400n);
  if (name === "W" || name === "D") return day(days);
  const fraction = perSecond[name] ? `.${padded(units - floor(units, parts) * parts, perSecond[name])}` : "";
  return `${day(days)}T${clock(second - days * 86400n, name)}${fraction}`;
}

/** `5 seconds`. @param {bigint} count */
function duration(count, unit) {
  if (count === notATime) return "NaT";
  const { multiple, name } = split(unit);
  return `${count * multiple} ${names[name] ?? "generic time units"}`;
}

/** A time of this type. */
export const time = (count, { kind, unit }) => kind === "M" ? date(count, unit) : duration(count, unit);

/** The first and the last of them that are times. */
export function span(counts) {
  const times = counts.filter((count) => count !== notATime);
  return times.reduce(([first, last], count) => [count < first ? count : first, count > last ? count : last], [times[0], times[0]]);
}

/** Times as numbers to draw. */
export const timeNumbers = (counts) => Float64Array.from(counts, (count) => count === notATime ? NaN : Number(count));

/** How many counts are a day, an hour, a minute, a second, as far as they are whole numbers; then one. */
export function roundCounts(unit) {
  const { multiple, name } = split(unit), count = Number(multiple) * Number(seconds[name] ?? 1n);
  if (!(name in seconds) && !(name in perSecond)) return [1];
  return [...[86400, 3600, 60, 1].map((length) => length / count * 10 ** (perSecond[name] ?? 0)).filter(Number.isInteger), 1];
}
