/* Loaded into the app with LD_PRELOAD: its wall clock can jump and its disk can refuse, as the mapped file says.

   CLOCK_MONOTONIC is left alone, as a real jump of the clock leaves it. Only pwrite fails, which is how SQLite writes;
   logs and sockets go on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <dlfcn.h>

struct control {
    volatile long offset;       /* seconds added to the wall clock */
    volatile long write_error;  /* errno of every pwrite, 0: none */
    volatile long nearly_full;  /* whether file systems say that nothing is left */
};

static struct control none;
static struct control *control = &none;

__attribute__((constructor)) static void open_control(void)
{
    const char *path = getenv("FAULTS_CONTROL");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED)
        control = mapped;
    close(file);
}

int clock_gettime(clockid_t id, struct timespec *at)
{
    int failed = (int)syscall(SYS_clock_gettime, id, at);
    if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        at->tv_sec += control->offset;
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t place)
{
    if (control->write_error) {
        errno = (int)control->write_error;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, length, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t place)
{
    return pwrite(file, bytes, length, place);
}

static int emptied(int failed, struct statvfs *found)
{
    if (!failed && control->nearly_full)
        found->f_bavail = found->f_bfree = 16;
    return failed;
}

int statvfs(const char *restrict path, struct statvfs *restrict found)
{
    int (*real)(const char *, struct statvfs *) = dlsym(RTLD_NEXT, "statvfs");
    return emptied(real(path, found), found);
}

int statvfs64(const char *restrict path, struct statvfs64 *restrict found)
{
    return statvfs(path, (struct statvfs *)found);
}

int fstatvfs(int file, struct statvfs *found)
{
    int (*real)(int, struct statvfs *) = dlsym(RTLD_NEXT, "fstatvfs");
    return emptied(real(file, found), found);
}

int fstatvfs64(int file, struct statvfs64 *found)
{
    return fstatvfs(file, (struct statvfs *)found);
}
