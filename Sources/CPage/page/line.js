import { roundCounts, time } from "./times.js";

/** Of a plot, in CSS pixels. */
export const margin = { top: 8, right: 8, bottom: 24, left: 64 };

/** About `count` round numbers from `low` to `high`. */
function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  if (!Number.isFinite(step) || step <= 0) return [low];
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)));
}

const short = (value) => Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(1) : String(value);

/** Round values from `low` to `high`, each with its text: of dates days, hours, minutes or seconds where there are two of them. */
function labels(low, high, type) {
  if (type?.kind !== "M") return ticks(low, high, 5).map((value) => [value, short(value)]);
  const counts = roundCounts(type.unit), unit = counts.find((count) => (high - low) / count >= 2) ?? 1;
  // Next to each other stand days, or times of a day.
  const isDays = counts.length === 1 || high === low || unit === counts[0], part = isDays ? [0, 10] : unit === 1 ? [17, 27] : [11, 19];
  return ticks(low / unit, high / unit, 5).map((value) => Math.round(value * unit)).map((value) =>
    [value, time(BigInt(value), type).slice(...part)]);
}

/** Where values and positions are on the canvas, in CSS pixels. */
function frame(canvas, [from, to], [low, high]) {
  const width = canvas.clientWidth - margin.left - margin.right, height = canvas.clientHeight - margin.top - margin.bottom;
  const span = high > low ? high - low : 1, base = high > low ? 0 : 0.5;
  return {
    width, height,
    x: (index) => margin.left + (index - from) / (to - from) * width,
    y: (value) => margin.top + height - ((value - low) / span + base) * height,
  };
}

function drawAxes(context, { x, y, width, height }, [from, to], marks, colours) {
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = colours.text;
  context.strokeStyle = colours.grid;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [value, text] of marks) {
    context.strokeRect(margin.left, Math.round(y(value)) + 0.5, width, 0);
    context.fillText(text, margin.left - 8, y(value), margin.left - 8);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const index of ticks(from, to - 1, Math.max(2, width / 120)).filter(Number.isInteger)) {
    context.strokeRect(Math.round(x(index + 0.5)) + 0.5, margin.top, 0, height);
    context.fillText(String(index), x(index + 0.5), margin.top + height + 6);
  }
}

/** The values as a path, with a gap for each that is no number. */
function trace({ answer, zoom }, { x, y }, values) {
  const path = new Path2D(), [[start]] = zoom, [factor] = answer.factors;
  let isDrawing = false;
  values.forEach((value, place) => {
    if (!Number.isFinite(value)) { isDrawing = false; return; }
    const at = x(start + (place + 0.5) * factor);
    if (isDrawing) path.lineTo(at, y(value)); else path.moveTo(at, y(value));
    // A value between two gaps is a dot.
    if (!isDrawing && !Number.isFinite(values[place + 1])) path.arc(at, y(value), 1.5, 0, 2 * Math.PI);
    isDrawing = true;
  });
  return path;
}

/** What lies between the least and the greatest value of each point. */
function band({ answer, zoom }, { x, y }, low, high) {
  const path = new Path2D(), [[start]] = zoom, [factor] = answer.factors;
  low.forEach((least, place) => {
    if (!Number.isFinite(least) || !Number.isFinite(high[place])) return;
    const from = x(start + place * factor), width = Math.max(1, x(start + (place + 1) * factor) - from);
    path.rect(from, y(high[place]), width, Math.max(1, y(least) - y(high[place])));
  });
  return path;
}

/** A plot of the values of one axis, with round numbers beside it. */
export function drawLine(canvas, layer, window) {
  const context = canvas.getContext("2d"), style = getComputedStyle(canvas), [zoom] = window.zoom;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  const place = frame(canvas, zoom, layer.limits);
  // The line of text below the picture is as faint as what is written in it.
  const text = getComputedStyle(canvas.nextElementSibling).color;
  drawAxes(context, place, zoom, labels(...layer.limits, window.drawnType), { text, grid: style.borderTopColor });
  context.beginPath();
  context.rect(margin.left, margin.top, place.width, place.height);
  context.clip();
  context.strokeStyle = style.color;
  context.lineWidth = 1.5;
  context.lineJoin = context.lineCap = "round";
  const { items, low } = layer.answer, values = items.drawn(window.part);
  context.stroke(trace(layer, place, values));
  if (!low) return;
  const least = low.drawn(window.part);
  context.stroke(trace(layer, place, least));
  context.fillStyle = style.color;
  context.fill(band(layer, place, least, values));
}
