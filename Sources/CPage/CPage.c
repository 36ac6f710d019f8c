#include "CPage.h"

// A new file needs two entries: its bytes here, its name and type below.
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char browse_js[] = {
#embed "page/browse.js"
};
static const unsigned char chunklayout_js[] = {
#embed "page/chunklayout.js"
};
static const unsigned char chunkmap_js[] = {
#embed "page/chunkmap.js"
};
static const unsigned char colour_js[] = {
#embed "page/colour.js"
};
static const unsigned char controls_js[] = {
#embed "page/controls.js"
};
static const unsigned char dataset_js[] = {
#embed "page/dataset.js"
};
static const unsigned char dom_js[] = {
#embed "page/dom.js"
};
static const unsigned char dtype_js[] = {
#embed "page/dtype.js"
};
static const unsigned char entries_js[] = {
#embed "page/entries.js"
};
static const unsigned char feed_js[] = {
#embed "page/feed.js"
};
static const unsigned char file_js[] = {
#embed "page/file.js"
};
static const unsigned char follow_js[] = {
#embed "page/follow.js"
};
static const unsigned char gestures_js[] = {
#embed "page/gestures.js"
};
static const unsigned char groups_js[] = {
#embed "page/groups.js"
};
static const unsigned char held_css[] = {
#embed "page/held.css"
};
static const unsigned char held_js[] = {
#embed "page/held.js"
};
static const unsigned char image_js[] = {
#embed "page/image.js"
};
static const unsigned char items_js[] = {
#embed "page/items.js"
};
static const unsigned char json_js[] = {
#embed "page/json.js"
};
static const unsigned char latest_js[] = {
#embed "page/latest.js"
};
static const unsigned char legend_js[] = {
#embed "page/legend.js"
};
static const unsigned char line_js[] = {
#embed "page/line.js"
};
static const unsigned char literal_js[] = {
#embed "page/literal.js"
};
static const unsigned char live_js[] = {
#embed "page/live.js"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};
static const unsigned char markdown_worker_js[] = {
#embed "page/markdown-worker.js"
};
static const unsigned char markdown_js[] = {
#embed "page/markdown.js"
};
static const unsigned char notebook_js[] = {
#embed "page/notebook.js"
};
static const unsigned char npy_js[] = {
#embed "page/npy.js"
};
static const unsigned char outline_js[] = {
#embed "page/outline.js"
};
static const unsigned char paint_js[] = {
#embed "page/paint.js"
};
static const unsigned char picture_js[] = {
#embed "page/picture.js"
};
static const unsigned char preview_js[] = {
#embed "page/preview.js"
};
static const unsigned char problem_js[] = {
#embed "page/problem.js"
};
static const unsigned char root_js[] = {
#embed "page/root.js"
};
static const unsigned char scalar_js[] = {
#embed "page/scalar.js"
};
static const unsigned char scene_js[] = {
#embed "page/scene.js"
};
static const unsigned char shared_js[] = {
#embed "page/shared.js"
};
static const unsigned char sheet_js[] = {
#embed "page/sheet.js"
};
static const unsigned char status_css[] = {
#embed "page/status.css"
};
static const unsigned char status_js[] = {
#embed "page/status.js"
};
static const unsigned char takeaway_js[] = {
#embed "page/takeaway.js"
};
static const unsigned char text_js[] = {
#embed "page/text.js"
};
static const unsigned char theme_js[] = {
#embed "page/theme.js"
};
static const unsigned char times_js[] = {
#embed "page/times.js"
};
static const unsigned char types_js[] = {
#embed "page/types.js"
};
static const unsigned char values_js[] = {
#embed "page/values.js"
};
static const unsigned char window_js[] = {
#embed "page/window.js"
};
// Made by others; `scripts/setup.sh` fetches it. Without it Markdown is shown as plain text.
#if __has_embed("../../.deps/page/markdown-it.js")
#define HAS_MARKDOWN_IT
static const unsigned char markdown_it_js[] = {
#embed "../../.deps/page/markdown-it.js"
};
#endif

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define FILE_OF(name, type, bytes) { name, type, bytes, sizeof bytes }

const struct cpage_file cpage_files[] = {
    FILE_OF("index.html", HTML, index_html),
    FILE_OF("style.css", CSS, style_css),
    FILE_OF("api.js", SCRIPT, api_js),
    FILE_OF("browse.js", SCRIPT, browse_js),
    FILE_OF("chunklayout.js", SCRIPT, chunklayout_js),
    FILE_OF("chunkmap.js", SCRIPT, chunkmap_js),
    FILE_OF("colour.js", SCRIPT, colour_js),
    FILE_OF("controls.js", SCRIPT, controls_js),
    FILE_OF("dataset.js", SCRIPT, dataset_js),
    FILE_OF("dom.js", SCRIPT, dom_js),
    FILE_OF("dtype.js", SCRIPT, dtype_js),
    FILE_OF("entries.js", SCRIPT, entries_js),
    FILE_OF("feed.js", SCRIPT, feed_js),
    FILE_OF("file.js", SCRIPT, file_js),
    FILE_OF("follow.js", SCRIPT, follow_js),
    FILE_OF("gestures.js", SCRIPT, gestures_js),
    FILE_OF("groups.js", SCRIPT, groups_js),
    FILE_OF("held.css", CSS, held_css),
    FILE_OF("held.js", SCRIPT, held_js),
    FILE_OF("image.js", SCRIPT, image_js),
    FILE_OF("items.js", SCRIPT, items_js),
    FILE_OF("json.js", SCRIPT, json_js),
    FILE_OF("latest.js", SCRIPT, latest_js),
    FILE_OF("legend.js", SCRIPT, legend_js),
    FILE_OF("line.js", SCRIPT, line_js),
    FILE_OF("literal.js", SCRIPT, literal_js),
    FILE_OF("live.js", SCRIPT, live_js),
    FILE_OF("main.js", SCRIPT, main_js),
    FILE_OF("markdown-worker.js", SCRIPT, markdown_worker_js),
    FILE_OF("markdown.js", SCRIPT, markdown_js),
    FILE_OF("notebook.js", SCRIPT, notebook_js),
    FILE_OF("npy.js", SCRIPT, npy_js),
    FILE_OF("outline.js", SCRIPT, outline_js),
    FILE_OF("paint.js", SCRIPT, paint_js),
    FILE_OF("picture.js", SCRIPT, picture_js),
    FILE_OF("preview.js", SCRIPT, preview_js),
    FILE_OF("problem.js", SCRIPT, problem_js),
    FILE_OF("root.js", SCRIPT, root_js),
    FILE_OF("scalar.js", SCRIPT, scalar_js),
    FILE_OF("scene.js", SCRIPT, scene_js),
    FILE_OF("shared.js", SCRIPT, shared_js),
    FILE_OF("sheet.js", SCRIPT, sheet_js),
    FILE_OF("status.css", CSS, status_css),
    FILE_OF("status.js", SCRIPT, status_js),
    FILE_OF("takeaway.js", SCRIPT, takeaway_js),
    FILE_OF("text.js", SCRIPT, text_js),
    FILE_OF("theme.js", SCRIPT, theme_js),
    FILE_OF("times.js", SCRIPT, times_js),
    FILE_OF("types.js", SCRIPT, types_js),
    FILE_OF("values.js", SCRIPT, values_js),
    FILE_OF("window.js", SCRIPT, window_js),
#ifdef HAS_MARKDOWN_IT
    FILE_OF("markdown-it.js", SCRIPT, markdown_it_js),
#endif
};
const size_t cpage_file_count = sizeof cpage_files / sizeof *cpage_files;
