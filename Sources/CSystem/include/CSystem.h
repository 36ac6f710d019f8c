// System interfaces that Swift's Glibc module leaves out, and macros that it cannot import.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

/// Names the calling thread, for debuggers and `top -H`; longer names are cut at 15 bytes.
void csystem_name_thread(const char *name);

/// Accepts a connection, non-blocking and closed on exec. The socket, or -1 and errno.
int csystem_accept(int listener);

/// Gives the disk space of a range back; the file keeps its size. Zero, or -1 and errno.
int csystem_punch_hole(int descriptor, int64_t offset, int64_t length);

/// Opens a file for reading and writing, created with `mode` if need be; open() is variadic.
int csystem_open(const char *path, int flags, unsigned int mode);

/// copy_file_range(2) with explicit offsets.
long csystem_copy_range(int from, int64_t from_offset, int to, int64_t to_offset, long length);

/// Whether the file, open for reading only, is open for writing elsewhere on this machine: 1 yes, 0 no, -1 unknown.
int csystem_has_writers(int descriptor);
