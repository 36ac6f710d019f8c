#define _GNU_SOURCE
#include "CSystem.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

void
csystem_name_thread(const char *name)
{
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = 0;
    pthread_setname_np(pthread_self(), cut);
}

int
csystem_accept(int listener)
{
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

long
csystem_sending(int socket, uint64_t *taken, int *waiting)
{
    struct tcp_info info;
    socklen_t size = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return -1;
    *taken = info.tcpi_bytes_acked;
    *waiting = info.tcpi_unacked > 0 || info.tcpi_notsent_bytes > 0;
    return info.tcpi_last_data_sent;
}

int
csystem_punch_hole(int descriptor, int64_t offset, int64_t length)
{
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int
csystem_open(const char *path, int flags, unsigned int mode)
{
    return open(path, flags, mode);
}

long
csystem_copy_range(int from, int64_t from_offset, int to, int64_t to_offset, long length)
{
    off_t input = from_offset, output = to_offset;
    return copy_file_range(from, &input, to, &output, length, 0);
}

int
csystem_clone(int from, int to)
{
    return ioctl(to, FICLONE, from);
}

int
csystem_has_writers(int descriptor)
{
    // A lease for reading is granted only while nobody has the file open for writing. Should somebody open it in the
    // instant in which we hold the lease, the kernel makes him wait and sends us a signal: one that is ignored by default.
    if (fcntl(descriptor, F_SETSIG, SIGURG) != 0) return -1;
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(descriptor, F_SETLEASE, F_UNLCK);
        return 0;
    }
    return errno == EAGAIN ? 1 : -1;
}

long
csystem_get_attribute(int descriptor, const char *name, void *value, unsigned long size)
{
    return fgetxattr(descriptor, name, value, size);
}

int
csystem_set_attribute(int descriptor, const char *name, const void *value, unsigned long size)
{
    return fsetxattr(descriptor, name, value, size, 0);
}

int
csystem_set_modified(int descriptor, int64_t seconds, long nanoseconds)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)seconds, .tv_nsec = nanoseconds}};
    return futimens(descriptor, times);
}

int
csystem_sync_file_system(int descriptor)
{
    return syncfs(descriptor);
}

int
csystem_file_system(const char *path, uint64_t *kind, uint64_t *number)
{
    struct statfs info;
    if (statfs(path, &info) != 0) return -1;
    *kind = (uint32_t)info.f_type;
    memcpy(number, &info.f_fsid, sizeof *number);
    return 0;
}

int
csystem_is_mount_point(const char *path)
{
    struct statx info;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &info) != 0) return -1;
    if (!(info.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT)) return -1;
    return (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int
csystem_getopt(
    int count, char **arguments, const char *short_options, const csystem_option_declaration *declarations,
    int declaration_count, csystem_option *steps, int limit)
{
    struct option *options = calloc(declaration_count + 1, sizeof *options);
    int found = 0;
    if (!options)
        return 0;
    for (int i = 0; i < declaration_count; i++) {
        options[i].name = declarations[i].name;
        options[i].has_arg = declarations[i].takes_argument ? required_argument : no_argument;
        options[i].val = declarations[i].code;
    }
    opterr = 0;
    // Zero, and not one, makes glibc forget where it was inside a bundle of short options.
    optind = 0;
    while (found < limit) {
        csystem_option *step = &steps[found++];
        optarg = NULL;
        optopt = 0;
        step->code = getopt_long(count, arguments, short_options, options, NULL);
        step->offender = optopt;
        step->next = optind;
        step->argument = optarg;
        if (step->code == -1 || step->code == '?' || step->code == ':')
            break;
    }
    free(options);
    return found;
}

int
csystem_terminal_columns(int descriptor)
{
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove(path);
}

int
csystem_remove_tree(const char *path)
{
    return nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
}

int
csystem_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC);
}

char **
csystem_environment(void)
{
    return environ;
}

static int argument_count;
static char **argument_list;

// Before main and whatever comes there: glibc hands the command line to such functions.
__attribute__((constructor)) static void
begin(int count, char **arguments)
{
#ifdef __GLIBC__
    argument_count = count;
    argument_list = arguments;
#else
    (void)count, (void)arguments;
#endif
    // The next files to be opened would become the standard ones that are closed, and get what is printed. Reading from what
    // stands in for them fails, and so does writing to it, as it would if they were closed.
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
            int stand_in = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
            // Where there is no /dev, anything that is open keeps the place.
            int ends[2];
            if (stand_in == -1 && pipe(ends) == 0)
                stand_in = ends[0];
            if (stand_in != -1 && stand_in != descriptor) {
                dup2(stand_in, descriptor);
                close(stand_in);
            }
        }
}

int
csystem_argument_count(void)
{
    return argument_count;
}

char **
csystem_arguments(void)
{
    return argument_list;
}

int
csystem_write_without_waiting(int socket, const void *bytes, long count)
{
    return (int)send(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static volatile int signal_descriptor = -1;

static void
note_signal(int number)
{
    int error = errno;
    char byte = (char)number;
    // The pipe is never full: the second signal ends the process.
    ssize_t put = write(signal_descriptor, &byte, 1);
    (void)put;
    errno = error;
}

int
csystem_watch_signals(int descriptor, int is_service)
{
    struct sigaction action = {0};
    signal_descriptor = descriptor;
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0)
        return -1;
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -1;
    if (is_service) {
        const int survived[] = {SIGHUP, SIGXFSZ, SIGTTOU};
        for (unsigned i = 0; i < sizeof survived / sizeof *survived; i++)
            if (signal(survived[i], SIG_IGN) == SIG_ERR)
                return -1;
    }
    return 0;
}

void csystem_configure_memory(void) {
#ifdef __GLIBC__
    // With four, the threads that answer came to share one, and waited for each other.
    mallopt(M_ARENA_MAX, 8);
    mallopt(M_MMAP_THRESHOLD, 1 << 19);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

void csystem_trim_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
