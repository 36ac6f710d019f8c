/**
 * Where the subscriber is: at the root of a server, or below a path of a proxy that takes this path off. Only the browser knows,
 * by where this file came from: two levels below.
 */
const root = new URL("../../", import.meta.url);

/** The subscriber's address without the last "/", as other programs take it. */
export const base = root.href.slice(0, -1);

/** Where the browser finds what the subscriber has at this path. */
export const own = (path) => root.pathname + path.slice(1);

/** The path at the subscriber that the browser finds here; `null` for what is another's. */
export const within = (pathname) => pathname.startsWith(root.pathname) ? pathname.slice(root.pathname.length - 1) : null;
