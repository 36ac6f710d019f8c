import { settled } from "./latest.js";

// The browser would restore a place before there is anything to scroll through.
history.scrollRestoration = "manual";

const address = () => location.pathname + location.search;
/** The address of what is shown. */
let shown;

/** Says that the view of the present address is made. */
export function enter() { shown = address(); }

/** Whether the address is still that of what is shown: a jump inside the page is no other view. */
export const isShown = () => shown === address();

/** Gives what is shown another address, unless the view has been left: then the address is another's. */
export function amend(address, signal) {
  if (signal.aborted) return;
  history.replaceState(history.state, "", address);
  enter();
}

const keep = (more) => history.replaceState({ ...history.state, ...more }, "");

/** Opens a new entry; the old one keeps where it was left, and by which link. */
export function push(href, link) {
  if (href === location.href) return;
  keep({ top: scrollY, left: link?.getAttribute("href") });
  history.pushState(null, "", href);
}

/** Keeps with the entry how far down somebody is, as long as the view is shown. */
export function keepPlace(signal) {
  if (!history.state) keep({ top: scrollY });
  addEventListener("scroll", settled(signal, 150, () => keep({ top: scrollY })), { signal });
}

/** Goes to the link by which the entry was left, or to the start of it. */
export function restoreFocus(main) {
  const left = history.state?.left;
  const link = [...main.querySelectorAll("a")].find((link) => link.getAttribute("href") === left);
  (link ?? main).focus({ preventScroll: true });
}

/** Goes as far down as the entry was left, as soon as there is so much. */
export function restorePlace(main, signal) {
  const top = history.state?.top ?? 0;
  // A jump inside the page is the browser's.
  if (!history.state && location.hash) return;
  scrollTo(0, top);
  if (scrollY >= top - 1) return;
  const growth = new ResizeObserver(() => {
    scrollTo(0, top);
    if (scrollY >= top - 1) end();
  });
  const end = () => growth.disconnect();
  growth.observe(main);
  // Who moves does not want to be there.
  for (const name of ["wheel", "pointerdown", "keydown"]) addEventListener(name, end, { once: true, signal });
  signal.addEventListener("abort", end);
}
