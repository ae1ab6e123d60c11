/* Loaded into a relay with LD_PRELOAD: keeps a copy of each file as it was at its last sync. If the power is lost, the copies are
 * what is left.
 *
 * REMIT_VOLATILE names the folder of the files, REMIT_DURABLE the folder of the copies.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A copy that is missing would make the test report a loss that never happened. */
static void fail(const char *what)
{
    perror(what);
    abort();
}

static void keep(int fd)
{
    const char *from = getenv("REMIT_VOLATILE"), *to = getenv("REMIT_DURABLE");
    char link[64], path[PATH_MAX], part[PATH_MAX + 32], whole[PATH_MAX + 32], buffer[65536];
    if (from == NULL || to == NULL)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        fail("readlink");
    path[length] = '\0';
    size_t folder = strlen(from);
    if (strncmp(path, from, folder) != 0 || path[folder] != '/')
        return;
    snprintf(part, sizeof part, "%s/.%s.part", to, path + folder + 1);
    snprintf(whole, sizeof whole, "%s/%s", to, path + folder + 1);
    int out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0)
        fail(part);
    /* Through the same descriptor: to close another one of this file would release the process's locks on it. */
    for (off_t at = 0;;) {
        ssize_t got = pread(fd, buffer, sizeof buffer, at);
        if (got < 0)
            fail(path);
        if (got == 0)
            break;
        if (write(out, buffer, (size_t)got) != got)
            fail(part);
        at += got;
    }
    /* A kill in between leaves the earlier copy. */
    if (close(out) != 0 || rename(part, whole) != 0)
        fail(whole);
}

int fsync(int fd)
{
    int result = (int)syscall(SYS_fsync, fd);
    if (result == 0)
        keep(fd);
    return result;
}

int fdatasync(int fd)
{
    int result = (int)syscall(SYS_fdatasync, fd);
    if (result == 0)
        keep(fd);
    return result;
}
