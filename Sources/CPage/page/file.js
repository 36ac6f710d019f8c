import { ask } from "./api.js";
import { encoded } from "./dom.js";

/** The bytes of a text that are shown. */
export const mostText = 64 << 10;

/** A dataset as a file, of which a view reads the start. */
export class StoredFile {
  constructor(path, info) {
    this.path = path;
    this.size = info.size;
    this.type = info.mediaType ?? "";
    this.version = info.version;
  }

  get name() { return this.path.split("/").at(-1); }
  /** Its path at the subscriber, as that of its page. */
  get url() { return `/api/download/${encoded(this.path)}`; }
  get place() { return `/datasets/${encoded(this.path)}`; }

  async bytes(most, signal) {
    return (await ask(this.url, { headers: { Range: `bytes=0-${most - 1}` }, signal })).arrayBuffer();
  }

  /** The start, as far as there are whole characters in it. */
  async text(most, signal) {
    return new TextDecoder().decode(await this.bytes(most, signal), { stream: this.size > most });
  }

  /** Throws when not all of it can be had. */
  async check(signal) { await (await ask(this.url, { signal })).body?.cancel(); }
}
