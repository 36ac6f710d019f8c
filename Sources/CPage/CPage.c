#include "CPage.h"

// A new file needs two lines: its bytes here, its name and type below. `lib/` is what scripts/setup.sh has fetched.
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};

#define FILE_OF(name, type, bytes) { name, type, bytes, sizeof bytes }

const struct cpage_file cpage_files[] = {
    FILE_OF("index.html", "text/html; charset=utf-8", index_html),
    FILE_OF("style.css", "text/css; charset=utf-8", style_css),
    FILE_OF("main.js", "text/javascript; charset=utf-8", main_js),
};
const size_t cpage_file_count = sizeof cpage_files / sizeof *cpage_files;
