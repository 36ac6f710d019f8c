// Reads Markdown beside the page, so that the page goes on while it is read, and can give it up.
importScripts("markdown-it.js");

// Markup in the text stays text: `html` is false. The library lets neither `javascript:` nor `data:` addresses through.
const library = markdownit({ html: false, linkify: false, typographer: false });

addEventListener("message", ({ data }) => postMessage(library.render(data)));
// Who asks waits for the library, and only then counts the time.
postMessage(null);
