#define _GNU_SOURCE
#include "CSystem.h"
#include <fcntl.h>
#include <linux/falloc.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
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
