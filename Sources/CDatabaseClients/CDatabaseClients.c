#define _GNU_SOURCE
#include "CDatabaseClients.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int hydrogen_wakeup_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void hydrogen_wakeup_signal(int descriptor) {
    uint64_t one = 1;
    while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

void hydrogen_wakeup_wait(int descriptor) {
    struct pollfd watched = {.fd = descriptor, .events = POLLIN};
    uint64_t count;
    while (read(descriptor, &count, sizeof count) < 0) {
        if (errno != EAGAIN && errno != EINTR) return;
        poll(&watched, 1, -1);
    }
}

void hydrogen_thread_name(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = '\0';
    pthread_setname_np(pthread_self(), cut);
}

// Looks one function up and returns its name from the loader when the library does not have it.
#define LOAD(table, prefix, field)                                                                                     \
    do {                                                                                                               \
        void *symbol = dlsym(library, #prefix #field);                                                                 \
        if (symbol == NULL) return #prefix #field;                                                                     \
        memcpy(&(table)->field, &symbol, sizeof symbol);                                                               \
    } while (0)

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
