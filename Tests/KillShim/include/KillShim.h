#ifndef KILLSHIM_H
#define KILLSHIM_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 Loaded into the real drop360 with LD_PRELOAD. It numbers the side effects of the process as the C library sees them, and strikes at
 one of them. Without variables it does nothing.

 KILLSHIM_ROOT     What counts as ours: files below this folder. Ledger files are those named `ledger.sqlite…`.
 KILLSHIM_PORT     What counts as the line to CDF: connections to this port.
 KILLSHIM_COUNT    The kinds of effects that are numbered, with commas between them (see `effect_names`). Without it: none.
 KILLSHIM_LOG      A file to which a line is appended for every numbered effect, before it happens: `<number> <kind> <call> <name>`.
 KILLSHIM_DO       `kill` (SIGKILL to itself), or the number of an errno that the call fails with in place of being done.
 KILLSHIM_AT       The number of the first effect that is struck.
 KILLSHIM_TIMES    How many are struck from there on; one unless it says otherwise.
 KILLSHIM_WHILE    In place of AT and TIMES: a file; effects are struck for as long as it exists.
 KILLSHIM_CLOCK    A file; while it exists, the wall clock is off by as many seconds as it says.
 KILLSHIM_JOURNAL  A file that records what is written to the ledger's files and when it was made durable, for a power cut to be played:
                   lines `<operation> <name> <offset> <length>`, after `write` followed by the bytes.

 The numbers of two runs mean the same only as far as the process does the same: threads race. What was struck is in the log.
 */

/// `sync` and `answer`, `sent` and `named` are numbered when done; the others before.
enum effect {
    LEDGER_OPEN, LEDGER_READ, LEDGER_WRITE, LEDGER_SYNC, LEDGER_LOCK, LEDGER_MAP,
    LINE_SEND, LINE_SENT, LINE_ANSWER,
    FILE_WRITE, NAME_BEFORE, NAME_AFTER, DESCRIPTOR,
    EFFECTS
};

/// Numbers an effect, and strikes if it is its turn. True: errno is set, and the call must fail.
bool strikes(enum effect effect, const char *call, const char *name);

/// Records an operation on a ledger's file.
void record(const char *operation, const char *name, off_t offset, size_t length, const void *bytes);

/// What a descriptor leads to.
enum kind { OTHER, LEDGER, OURS, LINE };

void opened(int descriptor, int flags);
void connecting(int descriptor, int port);
void forgotten(int descriptor);
enum kind kind_of(int descriptor);
/// The file's name without its folder; empty where nobody cares.
const char *name_of(int descriptor);
/// Whether `path`, below the folder of `descriptor` if it is relative, lies below KILLSHIM_ROOT; puts its last component into `name`.
bool is_ours(int descriptor, const char *path, char name[64]);
/// Whether the wall clock may be off at all, and by how many seconds it is.
bool bends_clock(void);
long clock_offset(void);

/// The real function, found once.
#define REAL(function) \
    static __typeof__(function) *real; \
    if (!real) real = (__typeof__(function) *)dlsym(RTLD_NEXT, #function)

#endif
