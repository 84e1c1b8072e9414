// What the thread of a DQM needs of Linux and Swift's Glibc module does not offer.
#ifndef CDATABASECLIENTS_THREADS_H
#define CDATABASECLIENTS_THREADS_H

/// A descriptor that becomes readable when `hydrogen_wakeup_signal` was called; -1 with errno when there is none.
/// Wraps eventfd(2), a counter that poll(2) can watch: absent from Swift's Glibc module.
int hydrogen_wakeup_create(void);

/// Makes the descriptor readable. Never blocks.
void hydrogen_wakeup_signal(int descriptor);

/// Waits until the descriptor is readable, and makes it unreadable again; or until `other` is readable, -1 for none; or
/// for so many milliseconds, -1 for ever. Returns whether `other` is readable, or broken.
int hydrogen_wakeup_wait(int descriptor, int other, int milliseconds);

/// Waits until a socket is readable or writable, as asked for, or broken, at most so many milliseconds. Returns whether it is.
/// Exists because poll(2) is to be called again after EINTR.
int hydrogen_socket_wait(int socket, int reading, int writing, int milliseconds);

/// Names the calling thread, as ps and gdb show it; longer names are cut at 15 bytes. Wraps pthread_setname_np(3).
void hydrogen_thread_name(const char *_Nonnull name);

#endif
