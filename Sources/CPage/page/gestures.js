import { margin } from "./line.js";

/** What one finger or two, or the mouse, did since they were put down. */
class Grip {
  constructor(points, zoom) { [this.points, this.zoom] = [points.map((point) => ({ ...point })), zoom.map((part) => [...part])]; }

  static centre(points) {
    const sum = points.reduce((all, point) => ({ x: all.x + point.x, y: all.y + point.y }), { x: 0, y: 0 });
    return { x: sum.x / points.length, y: sum.y / points.length };
  }

  static spread([first, second]) { return second ? Math.max(1, Math.hypot(first.x - second.x, first.y - second.y)) : 1; }

  /** The window as it is when the points are there: what was under them is under them. */
  apply(points, window, placesOf) {
    const before = placesOf(Grip.centre(this.points)), now = placesOf(Grip.centre(points));
    window.zoom = this.zoom.map((part) => [...part]);
    if (points.length > 1) window.scale(Grip.spread(this.points) / Grip.spread(points), before);
    window.move(before.map((place, axis) => place - now[axis]));
  }
}

/**
 * Fingers and the mouse: drags move, two fingers and the wheel zoom about where they are.
 * @param {(isMoving: boolean) => void} changed
 * @param {(places: number[]?) => void} hovered where the pointer is, from 0 to 1 on each axis
 */
export function pointers(canvas, window, changed, hovered) {
  const down = new Map();
  let grip = null;
  const placesOf = ({ x, y }) => {
    const box = canvas.getBoundingClientRect();
    if (window.seen.length === 1) return [(x - box.left - margin.left) / (box.width - margin.left - margin.right)];
    return [(y - box.top) / box.height, (x - box.left) / box.width].slice(-window.seen.length);
  };
  const place = (event) => ({ x: event.clientX, y: event.clientY });
  const take = () => { grip = down.size ? new Grip([...down.values()], window.zoom) : null; };
  const release = (event) => {
    if (!down.delete(event.pointerId)) return;
    take();
    changed();
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || down.size > 1) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place(event));
    take();
  });
  canvas.addEventListener("pointermove", (event) => {
    hovered(placesOf(place(event)));
    if (!down.has(event.pointerId)) return;
    down.set(event.pointerId, place(event));
    const before = window.slice;
    grip.apply([...down.values()], window, placesOf);
    if (window.slice !== before) changed(true);
  });
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => hovered(null));
  // One finger scrolls the page while there is nothing to move, as the style allows; two never do.
  canvas.addEventListener("touchmove", (event) => {
    if (event.cancelable && (event.touches.length > 1 || !window.isWhole)) event.preventDefault();
  }, { passive: false });
  wheel(canvas, window, changed, (event) => placesOf(place(event)));
}

/** The wheel, and two fingers on a touchpad, zoom about where the pointer is. */
function wheel(canvas, window, changed, placesOf) {
  let pending = 1;
  canvas.addEventListener("wheel", (event) => {
    // Who scrolls the page gets past the picture. A touchpad tells of two fingers as a wheel with Ctrl.
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    // A touchpad sends many small steps, which of a few values each would be nothing.
    pending *= Math.exp(Math.max(-50, Math.min(50, event.deltaY)) * 0.005);
    const before = window.slice;
    window.scale(pending, placesOf(event));
    if (window.slice === before) { pending = Math.max(0.1, Math.min(10, pending)); return; }
    pending = 1;
    changed(true);
  }, { passive: false });
}

const steps = { ArrowUp: [-0.25, 0], ArrowDown: [0.25, 0], ArrowLeft: [0, -0.25], ArrowRight: [0, 0.25] };

/** Moves and zooms by keyboard. */
export function keys(canvas, window, changed) {
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps[event.key]) window.move(steps[event.key].slice(-window.seen.length));
    else if (event.key === "+" || event.key === "-") window.scale(event.key === "+" ? 0.5 : 2, window.seen.map(() => 0.5));
    else if (event.key === "0") window.reset();
    else if (event.key === "Escape") return canvas.blur();
    else return;
    event.preventDefault();
    changed();
  });
}
