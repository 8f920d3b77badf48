/* What a machine may do to a server: a disk that is full or broken, a sync that does nothing, a clock that is set.
 * Preloaded into the unchanged binary (LD_PRELOAD); one small file, shared with the test, says what happens now. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct faults {
    volatile int64_t clock_ms; /* added to the wall clock; the steady clock is never touched */
    volatile int64_t mode;     /* 0 nothing, 1 syncs fail (EIO), 2 writes fail (ENOSPC), 3 syncs do nothing */
};

static struct faults *shared(void) {
    static struct faults *map;
    const char *path = map ? NULL : getenv("FAULTS");
    if (path) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        void *got = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *map, PROT_READ, MAP_SHARED, fd, 0);
        if (fd >= 0) close(fd);
        if (got != MAP_FAILED) map = got;
    }
    return map;
}

/* Only the log of operations: the last part of the file's name is ops.db or ops.db-wal. */
static int meant(int fd) {
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length <= 0) return 0;
    name[length] = 0;
    const char *last = strrchr(name, '/');
    return last && strncmp(last, "/ops.db", 7) == 0;
}

static int64_t mode(int fd) {
    struct faults *faults = shared();
    return faults && faults->mode && meant(fd) ? faults->mode : 0;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime);
    int result = real(clock, time);
    struct faults *faults = clock == CLOCK_REALTIME ? shared() : NULL;
    if (result == 0 && faults) {
        int64_t whole = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + faults->clock_ms * 1000000;
        time->tv_sec = whole / 1000000000;
        time->tv_nsec = whole % 1000000000;
    }
    return result;
}

int fdatasync(int fd) {
    REAL(fdatasync);
    int64_t now = mode(fd);
    if (now == 1) { errno = EIO; return -1; }
    return now == 3 ? 0 : real(fd);
}

int fsync(int fd) {
    REAL(fsync);
    int64_t now = mode(fd);
    if (now == 1) { errno = EIO; return -1; }
    return now == 3 ? 0 : real(fd);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    REAL(pwrite);
    if (mode(fd) == 2) { errno = ENOSPC; return -1; }
    return real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    REAL(pwrite64);
    if (mode(fd) == 2) { errno = ENOSPC; return -1; }
    return real(fd, bytes, count, at);
}
