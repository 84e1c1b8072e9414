#define _GNU_SOURCE
#include "CDatabaseClients.h"
#include "Loading.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int hydrogen_wakeup_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void hydrogen_wakeup_signal(int descriptor) {
    uint64_t one = 1;
    while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

int hydrogen_wakeup_wait(int descriptor, int other, int milliseconds) {
    struct pollfd watched[2] = {{.fd = descriptor, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    uint64_t count;
    for (;;) {
        int ready = poll(watched, 2, milliseconds);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return 0;
        if (watched[0].revents != 0) {
            while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
            }
        }
        return watched[1].revents != 0;
    }
}

int hydrogen_socket_wait(int socket, int reading, int writing, int milliseconds) {
    short events = (short)((reading ? POLLIN : 0) | (writing ? POLLOUT : 0));
    struct pollfd watched = {.fd = socket, .events = events};
    int ready;
    while ((ready = poll(&watched, 1, milliseconds)) < 0 && errno == EINTR) {
    }
    return ready > 0;
}

void hydrogen_socket_prepare(int socket, int milliseconds) {
    struct timeval limit = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

void hydrogen_socket_cut(int socket) { shutdown(socket, SHUT_RDWR); }

int hydrogen_socket_peek(int socket, void *bytes, int capacity) {
    ssize_t count;
    while ((count = recv(socket, bytes, (size_t)capacity, MSG_PEEK | MSG_DONTWAIT)) < 0 && errno == EINTR) {
    }
    if (count > 0) return (int)count;
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

int hydrogen_socket_peer(int socket, char *address, int capacity) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (getpeername(socket, (struct sockaddr *)&peer, &length) != 0) return 0;
    if (peer.ss_family != AF_INET && peer.ss_family != AF_INET6) return 0;
    return getnameinfo((struct sockaddr *)&peer, length, address, (socklen_t)capacity, NULL, 0, NI_NUMERICHOST) == 0;
}

void hydrogen_thread_name(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = '\0';
    pthread_setname_np(pthread_self(), cut);
}

const char *hydrogen_sqlite_load(void *library, HydrogenSQLiteFunctions *functions) {
    LOAD(functions, sqlite3_, libversion);
    LOAD(functions, sqlite3_, libversion_number);
    LOAD(functions, sqlite3_, threadsafe);
    LOAD(functions, sqlite3_, open_v2);
    LOAD(functions, sqlite3_, close_v2);
    LOAD(functions, sqlite3_, extended_result_codes);
    LOAD(functions, sqlite3_, extended_errcode);
    LOAD(functions, sqlite3_, errmsg);
    LOAD(functions, sqlite3_, errstr);
    LOAD(functions, sqlite3_, busy_handler);
    LOAD(functions, sqlite3_, interrupt);
    LOAD(functions, sqlite3_, progress_handler);
    LOAD(functions, sqlite3_, get_autocommit);
    LOAD(functions, sqlite3_, changes64);
    LOAD(functions, sqlite3_, prepare_v3);
    LOAD(functions, sqlite3_, finalize);
    LOAD(functions, sqlite3_, reset);
    LOAD(functions, sqlite3_, clear_bindings);
    LOAD(functions, sqlite3_, step);
    LOAD(functions, sqlite3_, stmt_readonly);
    LOAD(functions, sqlite3_, stmt_status);
    LOAD(functions, sqlite3_, bind_parameter_count);
    LOAD(functions, sqlite3_, bind_null);
    LOAD(functions, sqlite3_, bind_int64);
    LOAD(functions, sqlite3_, bind_double);
    LOAD(functions, sqlite3_, bind_text);
    LOAD(functions, sqlite3_, column_count);
    LOAD(functions, sqlite3_, column_name);
    LOAD(functions, sqlite3_, column_decltype);
    LOAD(functions, sqlite3_, column_type);
    LOAD(functions, sqlite3_, column_int64);
    LOAD(functions, sqlite3_, column_double);
    LOAD(functions, sqlite3_, column_text);
    LOAD(functions, sqlite3_, column_blob);
    LOAD(functions, sqlite3_, column_bytes);
    return NULL;
}

int hydrogen_sqlite_bind_text_copy(const HydrogenSQLiteFunctions *functions, sqlite3_stmt *statement, int position,
                                   const char *text, int byteCount) {
    return functions->bind_text(statement, position, text, byteCount, (void (*)(void *))(intptr_t)-1);
}

const char *hydrogen_postgresql_load(void *library, HydrogenPostgreSQLFunctions *functions) {
    LOAD(functions, PQ, libVersion);
    LOAD(functions, PQ, isthreadsafe);
    LOAD(functions, PQ, freemem);
    LOAD(functions, PQ, conninfoParse);
    LOAD(functions, PQ, conninfoFree);
    LOAD(functions, PQ, connectStartParams);
    LOAD(functions, PQ, connectPoll);
    LOAD(functions, PQ, finish);
    LOAD(functions, PQ, status);
    LOAD(functions, PQ, transactionStatus);
    LOAD(functions, PQ, errorMessage);
    LOAD(functions, PQ, socket);
    LOAD(functions, PQ, backendPID);
    LOAD(functions, PQ, setnonblocking);
    LOAD(functions, PQ, flush);
    LOAD(functions, PQ, consumeInput);
    LOAD(functions, PQ, isBusy);
    LOAD(functions, PQ, setNoticeReceiver);
    LOAD(functions, PQ, enterPipelineMode);
    LOAD(functions, PQ, pipelineSync);
    LOAD(functions, PQ, sendQueryParams);
    LOAD(functions, PQ, sendPrepare);
    LOAD(functions, PQ, sendQueryPrepared);
    LOAD(functions, PQ, sendDescribePrepared);
    LOAD(functions, PQ, setSingleRowMode);
    LOAD(functions, PQ, getResult);
    LOAD(functions, PQ, resultStatus);
    LOAD(functions, PQ, resultErrorField);
    LOAD(functions, PQ, resultErrorMessage);
    LOAD(functions, PQ, clear);
    LOAD(functions, PQ, ntuples);
    LOAD(functions, PQ, nfields);
    LOAD(functions, PQ, fname);
    LOAD(functions, PQ, ftype);
    LOAD(functions, PQ, nparams);
    LOAD(functions, PQ, paramtype);
    LOAD(functions, PQ, getvalue);
    LOAD(functions, PQ, getlength);
    LOAD(functions, PQ, getisnull);
    LOAD(functions, PQ, cmdTuples);
    LOAD(functions, PQ, notifies);
    LOAD(functions, PQ, getCancel);
    LOAD(functions, PQ, freeCancel);
    LOAD(functions, PQ, cancel);
    LOAD_OPTIONAL(functions, PQ, sendPipelineSync);
    LOAD_OPTIONAL(functions, PQ, setChunkedRowsMode);
    return NULL;
}
