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

/// Makes reads and writes of a socket return at once, or after so many milliseconds at the latest where a library makes it block again.
void hydrogen_socket_prepare(int socket, int milliseconds);

/// Ends a connection in both directions, so that whoever reads or writes it returns with an error. The descriptor stays open.
/// Wraps shutdown(2).
void hydrogen_socket_cut(int socket);

/// Copies what has come and has not been read, and leaves it to be read. Returns how many bytes; 0 when nothing has come yet, -1 when
/// nothing will. Never blocks. Wraps recv(2).
int hydrogen_socket_peek(int socket, void *_Nonnull bytes, int capacity);

/// Writes the numeric address of the other end. Returns whether it has one: a local socket has none.
int hydrogen_socket_peer(int socket, char *_Nonnull address, int capacity);

/// Names the calling thread, as ps and gdb show it; longer names are cut at 15 bytes. Wraps pthread_setname_np(3).
void hydrogen_thread_name(const char *_Nonnull name);

#endif
