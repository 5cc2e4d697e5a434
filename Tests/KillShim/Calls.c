// The calls of the C library that have side effects, each in front of the real one.

#include "KillShim.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// MARK: Opening and closing

static bool opening_fails(int folder, const char *path, int flags) {
    if (strikes(DESCRIPTOR, "open", path)) return true;
    char name[64];
    if (!is_ours(folder, path, name)) return false;
    if (strncmp(name, "ledger.sqlite", 13) == 0) return strikes(LEDGER_OPEN, "open", name);
    return (flags & O_CREAT) && strikes(NAME_BEFORE, "create", name);
}

#define MODE(last) \
    va_list more; \
    va_start(more, last); \
    mode_t mode = (last & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
    va_end(more)

#define OPEN(function) \
    int function(const char *path, int flags, ...) { \
        REAL(function); \
        MODE(flags); \
        if (opening_fails(AT_FDCWD, path, flags)) return -1; \
        int descriptor = real(path, flags, mode); \
        opened(descriptor, flags); \
        return descriptor; \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(function) \
    int function(int folder, const char *path, int flags, ...) { \
        REAL(function); \
        MODE(flags); \
        if (opening_fails(folder, path, flags)) return -1; \
        int descriptor = real(folder, path, flags, mode); \
        opened(descriptor, flags); \
        return descriptor; \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int descriptor) {
    REAL(close);
    forgotten(descriptor);
    return real(descriptor);
}

int socket(int domain, int type, int protocol) {
    REAL(socket);
    return strikes(DESCRIPTOR, "socket", "") ? -1 : real(domain, type, protocol);
}

int accept4(int descriptor, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
    REAL(accept4);
    return strikes(DESCRIPTOR, "accept", "") ? -1 : real(descriptor, address, length, flags);
}

int inotify_init1(int flags) {
    REAL(inotify_init1);
    return strikes(DESCRIPTOR, "inotify", "") ? -1 : real(flags);
}

// MARK: The line

int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    REAL(connect);
    if (address->sa_family == AF_INET) connecting(descriptor, ntohs(((const struct sockaddr_in *)address)->sin_port));
    return real(descriptor, address, length);
}

ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
    REAL(writev);
    bool is_line = kind_of(descriptor) == LINE;
    if (is_line && strikes(LINE_SEND, "writev", "")) return -1;
    ssize_t written = real(descriptor, pieces, count);
    if (is_line && written > 0) strikes(LINE_SENT, "writev", "");
    return written;
}

// MARK: Reading and writing

ssize_t read(int descriptor, void *bytes, size_t count) {
    REAL(read);
    if (kind_of(descriptor) == LEDGER && strikes(LEDGER_READ, "read", name_of(descriptor))) return -1;
    ssize_t got = real(descriptor, bytes, count);
    if (got > 0 && kind_of(descriptor) == LINE) strikes(LINE_ANSWER, "read", "");
    return got;
}

#define PREAD(function) \
    ssize_t function(int descriptor, void *bytes, size_t count, off_t offset) { \
        REAL(function); \
        if (kind_of(descriptor) == LEDGER && strikes(LEDGER_READ, "pread", name_of(descriptor))) return -1; \
        return real(descriptor, bytes, count, offset); \
    }
PREAD(pread)
PREAD(pread64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(write);
    enum kind kind = kind_of(descriptor);
    switch (kind) {
    case OTHER: return real(descriptor, bytes, count);
    case LINE: if (strikes(LINE_SEND, "write", "")) return -1; break;
    case LEDGER: if (strikes(LEDGER_WRITE, "write", name_of(descriptor))) return -1; break;
    case OURS: if (strikes(FILE_WRITE, "write", name_of(descriptor))) return -1; break;
    }
    off_t offset = kind == LEDGER ? lseek(descriptor, 0, SEEK_CUR) : 0;
    ssize_t written = real(descriptor, bytes, count);
    if (written > 0 && kind == LINE) strikes(LINE_SENT, "write", "");
    if (written > 0 && kind == LEDGER) record("write", name_of(descriptor), offset, (size_t)written, bytes);
    return written;
}

#define PWRITE(function) \
    ssize_t function(int descriptor, const void *bytes, size_t count, off_t offset) { \
        REAL(function); \
        enum kind kind = kind_of(descriptor); \
        if (kind == LEDGER && strikes(LEDGER_WRITE, "pwrite", name_of(descriptor))) return -1; \
        if (kind == OURS && strikes(FILE_WRITE, "pwrite", name_of(descriptor))) return -1; \
        ssize_t written = real(descriptor, bytes, count, offset); \
        if (kind == LEDGER && written > 0) record("write", name_of(descriptor), offset, (size_t)written, bytes); \
        return written; \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define FTRUNCATE(function) \
    int function(int descriptor, off_t length) { \
        REAL(function); \
        enum kind kind = kind_of(descriptor); \
        if (kind == LEDGER && strikes(LEDGER_WRITE, "ftruncate", name_of(descriptor))) return -1; \
        int result = real(descriptor, length); \
        if (kind == LEDGER && result == 0) record("truncate", name_of(descriptor), length, 0, NULL); \
        return result; \
    }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define SYNC(function) \
    int function(int descriptor) { \
        REAL(function); \
        enum kind kind = kind_of(descriptor); \
        if (kind == LEDGER && strikes(LEDGER_SYNC, #function, name_of(descriptor))) return -1; \
        if (kind == OURS && strikes(FILE_WRITE, #function, name_of(descriptor))) return -1; \
        int result = real(descriptor); \
        if (kind != OTHER && result == 0) record("sync", name_of(descriptor), 0, 0, NULL); \
        return result; \
    }
SYNC(fsync)
SYNC(fdatasync)

/// SQLite takes its locks with this one.
int fcntl64(int descriptor, int command, ...) {
    REAL(fcntl64);
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    bool locks = command == F_SETLK && argument && ((struct flock *)argument)->l_type != F_UNLCK;
    if (locks && kind_of(descriptor) == LEDGER && strikes(LEDGER_LOCK, "lock", name_of(descriptor))) return -1;
    return real(descriptor, command, argument);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    REAL(mmap64);
    if (kind_of(descriptor) == LEDGER && strikes(LEDGER_MAP, "mmap", name_of(descriptor))) return MAP_FAILED;
    return real(address, length, protection, flags, descriptor, offset);
}

// MARK: Names

/// Does `change` to the name of `path`, with a moment before it and one after it.
#define RENAMING(folder, path, call, change) \
    char name[64]; \
    bool ours = is_ours(folder, path, name); \
    if (ours && strikes(NAME_BEFORE, call, name)) return -1; \
    int result = change; \
    if (ours && result == 0) { \
        record(call, name, 0, 0, NULL); \
        strikes(NAME_AFTER, call, name); \
    } \
    return result

int rename(const char *from, const char *to) {
    REAL(rename);
    RENAMING(AT_FDCWD, to, "rename", real(from, to));
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    REAL(renameat);
    RENAMING(to_folder, to, "rename", real(from_folder, from, to_folder, to));
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) {
    REAL(renameat2);
    RENAMING(to_folder, to, "rename", real(from_folder, from, to_folder, to, flags));
}

int link(const char *from, const char *to) {
    REAL(link);
    RENAMING(AT_FDCWD, to, "link", real(from, to));
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    REAL(linkat);
    RENAMING(to_folder, to, "link", real(from_folder, from, to_folder, to, flags));
}

int unlink(const char *path) {
    REAL(unlink);
    RENAMING(AT_FDCWD, path, "unlink", real(path));
}

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat);
    RENAMING(folder, path, "unlink", real(folder, path, flags));
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    RENAMING(AT_FDCWD, path, "mkdir", real(path, mode));
}

int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(mkdirat);
    RENAMING(folder, path, "mkdir", real(folder, path, mode));
}
