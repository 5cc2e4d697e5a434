// Numbers side effects and strikes: see KillShim.h.

#include "KillShim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const effect_names[EFFECTS] = {
    [LEDGER_OPEN] = "ledger-open", [LEDGER_READ] = "ledger-read", [LEDGER_WRITE] = "ledger-write",
    [LEDGER_SYNC] = "ledger-sync", [LEDGER_LOCK] = "ledger-lock", [LEDGER_MAP] = "ledger-map",
    [LINE_SEND] = "send", [LINE_SENT] = "sent", [LINE_ANSWER] = "answer",
    [FILE_WRITE] = "file-write", [NAME_BEFORE] = "name", [NAME_AFTER] = "named", [DESCRIPTOR] = "descriptor",
};

static struct {
    bool counted[EFFECTS];
    long at, times;
    /// 0: nothing is struck; -1: SIGKILL; otherwise an errno.
    int deed;
    const char *root, *during, *clock;
    int port, log, journal;
} plan = { .log = -1, .journal = -1 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static long numbered;

// Straight to the kernel: our own calls are no effects of the process.
static int open_to_append(const char *path) {
    return path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
}

static void put(int descriptor, const void *bytes, size_t count) {
    if (syscall(SYS_write, descriptor, bytes, count) != (long)count) abort();
}

static long number_in(const char *variable, long otherwise) {
    const char *text = getenv(variable);
    return text ? atol(text) : otherwise;
}

__attribute__((constructor)) static void read_plan(void) {
    const char *counted = getenv("KILLSHIM_COUNT");
    for (int effect = 0; counted && effect < EFFECTS; effect++) {
        size_t length = strlen(effect_names[effect]);
        for (const char *at = counted; (at = strstr(at, effect_names[effect])); at += length) {
            bool begins = at == counted || at[-1] == ',', ends = !at[length] || at[length] == ',';
            if (begins && ends) plan.counted[effect] = true;
        }
    }
    const char *deed = getenv("KILLSHIM_DO");
    plan.deed = !deed ? 0 : strcmp(deed, "kill") == 0 ? -1 : atoi(deed);
    plan.at = number_in("KILLSHIM_AT", 0);
    plan.times = number_in("KILLSHIM_TIMES", 1);
    plan.port = (int)number_in("KILLSHIM_PORT", 0);
    plan.root = getenv("KILLSHIM_ROOT");
    plan.during = getenv("KILLSHIM_WHILE");
    plan.clock = getenv("KILLSHIM_CLOCK");
    plan.log = open_to_append(getenv("KILLSHIM_LOG"));
    plan.journal = open_to_append(getenv("KILLSHIM_JOURNAL"));
}

bool strikes(enum effect effect, const char *call, const char *name) {
    if (!plan.counted[effect]) return false;
    int before = errno;
    pthread_mutex_lock(&turn);
    long number = ++numbered;
    if (plan.log >= 0) {
        char line[160];
        int length = snprintf(line, sizeof line, "%ld %s %s %.64s\n", number, effect_names[effect], call, name);
        put(plan.log, line, (size_t)length);
    }
    bool now = plan.deed != 0
        && (plan.during ? access(plan.during, F_OK) == 0 : number >= plan.at && number < plan.at + plan.times && plan.at > 0);
    // With the turn kept, so that nothing is numbered after the last.
    if (now && plan.deed == -1) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    pthread_mutex_unlock(&turn);
    errno = now ? plan.deed : before;
    return now;
}

void record(const char *operation, const char *name, off_t offset, size_t length, const void *bytes) {
    if (plan.journal < 0) return;
    int before = errno;
    pthread_mutex_lock(&turn);
    char line[160];
    put(plan.journal, line, (size_t)snprintf(line, sizeof line, "%s %s %lld %zu\n", operation, name, (long long)offset, length));
    if (bytes) put(plan.journal, bytes, length);
    pthread_mutex_unlock(&turn);
    errno = before;
}

bool bends_clock(void) { return plan.clock; }

long clock_offset(void) {
    if (!plan.clock) return 0;
    int before = errno;
    char text[32] = "";
    long file = syscall(SYS_openat, AT_FDCWD, plan.clock, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        if (syscall(SYS_read, file, text, sizeof text - 1) < 0) text[0] = 0;
        syscall(SYS_close, file);
    }
    errno = before;
    return atol(text);
}

// Descriptors beyond the table are nobody's.
enum { TABLE = 4096 };
static struct { _Atomic(enum kind) kind; char name[64]; } table[TABLE];

static bool is_ledger(const char *name) { return strncmp(name, "ledger.sqlite", 13) == 0; }

static bool is_below_root(const char *path) {
    size_t length = plan.root ? strlen(plan.root) : 0;
    return length && strncmp(path, plan.root, length) == 0 && path[length] == '/';
}

void opened(int descriptor, int flags) {
    if (descriptor < 0 || descriptor >= TABLE || !plan.root) return;
    int before = errno;
    char link[32], path[1024] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (readlink(link, path, sizeof path - 1) > 0 && is_below_root(path)) {
        const char *name = strrchr(path, '/') + 1;
        snprintf(table[descriptor].name, sizeof table[descriptor].name, "%s", name);
        // A folder is synchronised through a descriptor that is only read; SQLite does not say that it is one.
        if (is_ledger(name)) table[descriptor].kind = LEDGER;
        else if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_DIRECTORY) || strcmp(name, "state") == 0) table[descriptor].kind = OURS;
    }
    errno = before;
}

void connecting(int descriptor, int port) {
    if (descriptor >= 0 && descriptor < TABLE && plan.port && port == plan.port) table[descriptor].kind = LINE;
}

void forgotten(int descriptor) {
    if (descriptor >= 0 && descriptor < TABLE) table[descriptor].kind = OTHER;
}

enum kind kind_of(int descriptor) {
    return descriptor >= 0 && descriptor < TABLE ? table[descriptor].kind : OTHER;
}

const char *name_of(int descriptor) {
    enum kind kind = kind_of(descriptor);
    return kind == LEDGER || kind == OURS ? table[descriptor].name : "";
}

bool is_ours(int descriptor, const char *path, char name[64]) {
    char whole[2048] = "";
    if (path[0] != '/') {
        char link[32];
        if (descriptor == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        if (readlink(link, whole, 1023) < 0) return false;
        strcat(whole, "/");
    }
    strncat(whole, path, 1000);
    if (!is_below_root(whole)) return false;
    snprintf(name, 64, "%s", strrchr(whole, '/') + 1);
    return true;
}
