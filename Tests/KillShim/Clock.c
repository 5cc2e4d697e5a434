// The wall clock, which may be off and step: see KillShim.h.

#include "KillShim.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += clock_offset();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    REAL(gettimeofday);
    int result = real(now, zone);
    if (result == 0) now->tv_sec += clock_offset();
    return result;
}

time_t time(time_t *now) {
    time_t value = 0;
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact) == 0) value = exact.tv_sec;
    if (now) *now = value;
    return value;
}

// The kernel counts time limits of the wall clock by its own: they are waited for in slices, so that a step is felt in the middle.

/// Puts the end of the next slice, by the kernel's clock, into `end`; false where `limit` has come.
static bool next_slice(const struct timespec *limit, struct timespec *end) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec > limit->tv_sec || (now.tv_sec == limit->tv_sec && now.tv_nsec >= limit->tv_nsec)) return false;
    *end = now;
    end->tv_nsec += 20000000;
    if (end->tv_nsec >= 1000000000) end->tv_nsec -= 1000000000, end->tv_sec++;
    if (end->tv_sec > limit->tv_sec || (end->tv_sec == limit->tv_sec && end->tv_nsec > limit->tv_nsec)) *end = *limit;
    end->tv_sec -= clock_offset();
    return true;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict limit) {
    REAL(sem_timedwait);
    if (!bends_clock()) return real(semaphore, limit);
    struct timespec end;
    while (next_slice(limit, &end)) {
        if (real(semaphore, &end) == 0) return 0;
        if (errno != ETIMEDOUT) return -1;
    }
    if (sem_trywait(semaphore) == 0) return 0;
    errno = ETIMEDOUT;
    return -1;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    REAL(pthread_cond_timedwait);
    if (!bends_clock()) return real(condition, mutex, limit);
    struct timespec end;
    while (next_slice(limit, &end)) {
        int result = real(condition, mutex, &end);
        if (result != ETIMEDOUT) return result;
    }
    return ETIMEDOUT;
}
