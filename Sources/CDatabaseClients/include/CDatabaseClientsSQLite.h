// The functions of libsqlite3 that the SQLite engine calls. Source of every signature: https://sqlite.org/c3ref/funclist.html
#ifndef CDATABASECLIENTS_SQLITE_H
#define CDATABASECLIENTS_SQLITE_H

#include <stdint.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

/// The functions of one loaded libsqlite3.
typedef struct HydrogenSQLiteFunctions {
    const char *_Nonnull (*_Nonnull libversion)(void);
    int (*_Nonnull libversion_number)(void);
    int (*_Nonnull threadsafe)(void);

    int (*_Nonnull open_v2)(const char *_Nonnull, sqlite3 *_Nullable *_Nonnull, int, const char *_Nullable);
    int (*_Nonnull close_v2)(sqlite3 *_Nullable);
    int (*_Nonnull extended_result_codes)(sqlite3 *_Nonnull, int);
    int (*_Nonnull extended_errcode)(sqlite3 *_Nullable);
    const char *_Nonnull (*_Nonnull errmsg)(sqlite3 *_Nullable);
    const char *_Nonnull (*_Nonnull errstr)(int);
    int (*_Nonnull busy_handler)(sqlite3 *_Nonnull, int (*_Nullable)(void *_Nullable, int), void *_Nullable);
    void (*_Nonnull interrupt)(sqlite3 *_Nonnull);
    void (*_Nonnull progress_handler)(sqlite3 *_Nonnull, int, int (*_Nullable)(void *_Nullable), void *_Nullable);
    int (*_Nonnull get_autocommit)(sqlite3 *_Nonnull);
    int64_t (*_Nonnull changes64)(sqlite3 *_Nonnull);

    int (*_Nonnull prepare_v3)(sqlite3 *_Nonnull, const char *_Nonnull, int, unsigned int,
                               sqlite3_stmt *_Nullable *_Nonnull, const char *_Nullable *_Nullable);
    int (*_Nonnull finalize)(sqlite3_stmt *_Nullable);
    int (*_Nonnull reset)(sqlite3_stmt *_Nonnull);
    int (*_Nonnull clear_bindings)(sqlite3_stmt *_Nonnull);
    int (*_Nonnull step)(sqlite3_stmt *_Nonnull);
    int (*_Nonnull stmt_readonly)(sqlite3_stmt *_Nonnull);
    int (*_Nonnull stmt_status)(sqlite3_stmt *_Nonnull, int, int);

    int (*_Nonnull bind_parameter_count)(sqlite3_stmt *_Nonnull);
    int (*_Nonnull bind_null)(sqlite3_stmt *_Nonnull, int);
    int (*_Nonnull bind_int64)(sqlite3_stmt *_Nonnull, int, int64_t);
    int (*_Nonnull bind_double)(sqlite3_stmt *_Nonnull, int, double);
    int (*_Nonnull bind_text)(sqlite3_stmt *_Nonnull, int, const char *_Nonnull, int, void (*_Nullable)(void *_Nullable));

    int (*_Nonnull column_count)(sqlite3_stmt *_Nonnull);
    const char *_Nullable (*_Nonnull column_name)(sqlite3_stmt *_Nonnull, int);
    const char *_Nullable (*_Nonnull column_decltype)(sqlite3_stmt *_Nonnull, int);
    int (*_Nonnull column_type)(sqlite3_stmt *_Nonnull, int);
    int64_t (*_Nonnull column_int64)(sqlite3_stmt *_Nonnull, int);
    double (*_Nonnull column_double)(sqlite3_stmt *_Nonnull, int);
    const unsigned char *_Nullable (*_Nonnull column_text)(sqlite3_stmt *_Nonnull, int);
    const void *_Nullable (*_Nonnull column_blob)(sqlite3_stmt *_Nonnull, int);
    int (*_Nonnull column_bytes)(sqlite3_stmt *_Nonnull, int);
} HydrogenSQLiteFunctions;

/// Fills the table from a library that dlopen(3) returned.
/// Returns NULL, or the name of the first function that the library does not have; the table is then unusable.
const char *_Nullable hydrogen_sqlite_load(void *_Nonnull library, HydrogenSQLiteFunctions *_Nonnull functions);

/// Binds text that SQLite copies. Exists because SQLITE_TRANSIENT, a pointer of value -1, cannot be written in Swift.
int hydrogen_sqlite_bind_text_copy(const HydrogenSQLiteFunctions *_Nonnull functions, sqlite3_stmt *_Nonnull statement,
                                   int position, const char *_Nonnull text, int byteCount);

#endif
