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

/// How sending goes on a socket of TCP: the milliseconds since bytes were last sent, the bytes that the peer has taken, and
/// whether there are some that it has not. -1 where the kernel does not tell.
long csystem_sending(int socket, uint64_t *taken, int *waiting);

/// Gives the disk space of a range back; the file keeps its size. Zero, or -1 and errno.
int csystem_punch_hole(int descriptor, int64_t offset, int64_t length);

/// Opens a file for reading and writing, created with `mode` if need be; open() is variadic.
int csystem_open(const char *path, int flags, unsigned int mode);

/// copy_file_range(2) with explicit offsets.
long csystem_copy_range(int from, int64_t from_offset, int to, int64_t to_offset, long length);

/// Makes a file share the blocks of another until one of them is written to: FICLONE. Zero, or -1 and errno.
int csystem_clone(int from, int to);

/// Whether the file, open for reading only, is open for writing elsewhere on this machine: 1 yes, 0 no, -1 unknown.
int csystem_has_writers(int descriptor);

/// The file system's kind and its own number, of the one that holds `path`. Zero, or -1 and errno.
int csystem_file_system(const char *path, uint64_t *kind, uint64_t *number);

/// Whether a file system is mounted on the folder: 1 yes, 0 no, -1 unknown.
int csystem_is_mount_point(const char *path);

/// What one step of getopt_long found.
typedef struct {
    /// The option's value, ':' for one whose argument is missing, '?' for one that is wrong, -1 at the end.
    int code;
    /// The option that is wrong, when it is a known one or a short one; else 0.
    int offender;
    /// The index of the next argument; at the end, of the first operand: getopt_long moves the operands behind.
    int next;
    /// The option's argument, or NULL.
    const char *argument;
} csystem_option;

/// An option for csystem_getopt: its long name, whether it takes an argument, and the code that stands for it.
typedef struct {
    const char *name;
    int takes_argument;
    int code;
} csystem_option_declaration;

/// All steps of getopt_long over `arguments`; at most `limit` of them are stored. Its state is global: one caller at a time.
/// Returns how many steps there were, the final one with code -1 included; stops at the first one that is wrong.
int csystem_getopt(
    int count, char **arguments, const char *short_options, const csystem_option_declaration *declarations,
    int declaration_count, csystem_option *steps, int limit);

/// Notes that a file carries with it (xattr(7)). The length, or -1 and errno: of what was read; zero of what was written.
long csystem_get_attribute(int descriptor, const char *name, void *value, unsigned long size);
int csystem_set_attribute(int descriptor, const char *name, const void *value, unsigned long size);

/// Sets when the content of a file was last changed, and nothing else. Zero, or -1 and errno.
int csystem_set_modified(int descriptor, int64_t seconds, long nanoseconds);

/// syncfs(2): returns when all of the file system that `descriptor` is on is on the disk. Zero, or -1 and errno.
int csystem_sync_file_system(int descriptor);

/// The columns of the terminal behind a descriptor, or 0.
int csystem_terminal_columns(int descriptor);

/// Removes a file or a folder with all that is in it; symbolic links are removed and not followed. Zero, or -1 and errno.
int csystem_remove_tree(const char *path);

/// A pipe whose ends no child inherits. Zero, or -1 and errno.
int csystem_pipe(int ends[2]);

/// The variables of the environment, NULL behind the last; a global variable that Swift cannot prove safe.
char **csystem_environment(void);

/// The command line as the kernel gave it, the program's name first; NULL where the C library does not tell. Swift's own way
/// finds it below `environ`, which a library that is loaded before the program may have moved.
char **csystem_arguments(void);
int csystem_argument_count(void);

/// Has SIGTERM and SIGINT write a byte to `descriptor`, and SIGPIPE ignored; in a service also what a terminal sends when it
/// closes or is another's, and what a file's size limit sends. Zero, or -1 and errno.
int csystem_watch_signals(int descriptor, int is_service);

/// send(2) that neither waits nor raises a signal: bytes sent, or -1 and errno.
int csystem_write_without_waiting(int socket, const void *bytes, long count);

/// Keeps malloc from holding on to what was freed: few arenas, and thresholds that do not grow with the largest block
/// that was ever freed.
void csystem_configure_memory(void);

/// Gives memory that was freed back to the system.
void csystem_trim_memory(void);
