// The files of the subscriber's web page, as they were when the program was built.
#pragma once
#include <stddef.h>

struct cpage_file {
    const char *name;
    const char *media_type;
    const unsigned char *bytes;
    size_t count;
};

extern const struct cpage_file cpage_files[];
// An array without a length is not visible to Swift.
static inline const struct cpage_file *
cpage_files_start(void)
{
    return cpage_files;
}
extern const size_t cpage_file_count;
