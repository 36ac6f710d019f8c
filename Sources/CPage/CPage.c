#include "CPage.h"

// A new file needs two entries: its bytes here, its name and type below.
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};
static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char browse_js[] = {
#embed "page/browse.js"
};
static const unsigned char colour_js[] = {
#embed "page/colour.js"
};
static const unsigned char dataset_js[] = {
#embed "page/dataset.js"
};
static const unsigned char dom_js[] = {
#embed "page/dom.js"
};
static const unsigned char live_js[] = {
#embed "page/live.js"
};
static const unsigned char latest_js[] = {
#embed "page/latest.js"
};
static const unsigned char picture_js[] = {
#embed "page/picture.js"
};
static const unsigned char preview_js[] = {
#embed "page/preview.js"
};
static const unsigned char status_js[] = {
#embed "page/status.js"
};
static const unsigned char takeaway_js[] = {
#embed "page/takeaway.js"
};
static const unsigned char values_js[] = {
#embed "page/values.js"
};
static const unsigned char window_js[] = {
#embed "page/window.js"
};

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define FILE_OF(name, type, bytes) { name, type, bytes, sizeof bytes }

const struct cpage_file cpage_files[] = {
    FILE_OF("index.html", HTML, index_html),
    FILE_OF("style.css", CSS, style_css),
    FILE_OF("main.js", SCRIPT, main_js),
    FILE_OF("api.js", SCRIPT, api_js),
    FILE_OF("browse.js", SCRIPT, browse_js),
    FILE_OF("colour.js", SCRIPT, colour_js),
    FILE_OF("dataset.js", SCRIPT, dataset_js),
    FILE_OF("dom.js", SCRIPT, dom_js),
    FILE_OF("live.js", SCRIPT, live_js),
    FILE_OF("latest.js", SCRIPT, latest_js),
    FILE_OF("picture.js", SCRIPT, picture_js),
    FILE_OF("preview.js", SCRIPT, preview_js),
    FILE_OF("status.js", SCRIPT, status_js),
    FILE_OF("takeaway.js", SCRIPT, takeaway_js),
    FILE_OF("values.js", SCRIPT, values_js),
    FILE_OF("window.js", SCRIPT, window_js),
};
const size_t cpage_file_count = sizeof cpage_files / sizeof *cpage_files;
