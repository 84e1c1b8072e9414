// What the thread of a DQM needs of Linux and Swift's Glibc module does not offer.
#ifndef CDATABASECLIENTS_THREADS_H
#define CDATABASECLIENTS_THREADS_H

/// A descriptor that becomes readable when `hydrogen_wakeup_signal` was called; -1 with errno when there is none.
/// Wraps eventfd(2), a counter that poll(2) can watch: absent from Swift's Glibc module.
int hydrogen_wakeup_create(void);

/// Makes the descriptor readable. Never blocks.
void hydrogen_wakeup_signal(int descriptor);

/// Waits until the descriptor is readable, and makes it unreadable again.
void hydrogen_wakeup_wait(int descriptor);

/// Names the calling thread, as ps and gdb show it; longer names are cut at 15 bytes. Wraps pthread_setname_np(3).
void hydrogen_thread_name(const char *_Nonnull name);

#endif
