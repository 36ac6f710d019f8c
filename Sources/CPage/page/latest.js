import { recovery } from "./live.js";

/** Milliseconds for which an answer that nobody wants any more may still come. */
const leastPatience = 400;

/**
 * Calls `load` with a signal, one at a time: what is asked for meanwhile replaces what was asked before. What fails is told
 * to `failed`, and tried again when it may work.
 *
 * Given `question`, what has been running for long is given up when the question has become another. The patience doubles
 * with each that is given up, until one ends: so there are answers on the way to where somebody drags a slider, however slow.
 */
export function latest(signal, load, failed, question = () => "") {
  let run = null, isWaiting = false, hasFailed = false, patience = leastPatience;
  signal.addEventListener("abort", () => run?.end.abort());

  async function again() {
    if (signal.aborted) return;
    if (run) { supersede(run); return; }
    const mine = run = { end: new AbortController(), question: question(), began: performance.now(), timer: 0 };
    try {
      await load(mine.end.signal);
      hasFailed = false;
      patience = leastPatience;
    } catch (error) {
      hasFailed = !mine.end.signal.aborted;
      if (hasFailed) failed(error);
    }
    clearTimeout(mine.timer);
    run = null;
    if (isWaiting) { isWaiting = false; again(); }
  }

  function supersede(running) {
    isWaiting = true;
    clearTimeout(running.timer);
    if (question() === running.question) return;
    running.timer = setTimeout(() => {
      patience *= 2;
      running.end.abort();
    }, running.began + patience - performance.now());
  }

  recovery.addEventListener("mended", () => { if (hasFailed) again(); }, { signal });
  return again;
}

/** Does `act` at most once in so many milliseconds, however often it is called, until the view is left. */
export function throttled(signal, milliseconds, act) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    if (!signal.aborted) timer ||= setTimeout(() => { timer = 0; act(); }, milliseconds);
  };
}

/** Does `act` when it has not been called for so many milliseconds, unless the view is left before. */
export function settled(signal, milliseconds, act) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(act, milliseconds);
  };
}

/** Does `act` every so many milliseconds while the window is seen. */
export function repeated(signal, milliseconds, act) {
  const timer = setInterval(() => { if (!document.hidden) act(); }, milliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
}
