// The functions of libmariadb that the MySQL engine calls, and the structures that they share with their caller.
// Source: MariaDB Connector/C 3.3, mysql.h and mariadb_stmt.h; https://mariadb.com/kb/en/mariadb-connector-c/
//
// Oracle's libmysqlclient has other layouts and no functions that do not block: it is not supported.
#ifndef CDATABASECLIENTS_MYSQL_H
#define CDATABASECLIENTS_MYSQL_H

#include <stddef.h>

typedef struct st_mysql MYSQL;
typedef struct st_mysql_res MYSQL_RES;
typedef struct st_mysql_stmt MYSQL_STMT;

/// One column of a result.
typedef struct HydrogenMySQLField {
    char *_Nullable name;
    char *_Nullable org_name;
    char *_Nullable table;
    char *_Nullable org_table;
    char *_Nullable db;
    char *_Nullable catalog;
    char *_Nullable def;
    unsigned long length;
    unsigned long max_length;
    unsigned int name_length;
    unsigned int org_name_length;
    unsigned int table_length;
    unsigned int org_table_length;
    unsigned int db_length;
    unsigned int catalog_length;
    unsigned int def_length;
    unsigned int flags;
    unsigned int decimals;
    unsigned int charsetnr;
    unsigned int type;
    void *_Nullable extension;
} HydrogenMySQLField;

/// One parameter of a statement.
typedef struct HydrogenMySQLBind {
    unsigned long *_Nullable length;
    char *_Nullable is_null;
    void *_Nullable buffer;
    char *_Nullable error;
    void *_Nullable position;
    void *_Nullable functions[3];
    unsigned long buffer_length;
    unsigned long offset;
    unsigned long length_value;
    unsigned int flags;
    unsigned int pack_length;
    unsigned int buffer_type;
    char error_value;
    char is_unsigned;
    char long_data_used;
    char is_null_value;
    void *_Nullable extension;
} HydrogenMySQLBind;

/// A text of the library that is not ended by NUL.
typedef struct HydrogenMySQLText {
    const char *_Nullable bytes;
    size_t count;
} HydrogenMySQLText;

/// A value of a row in the binary protocol, where the library has it in memory; without bytes for NULL.
typedef struct HydrogenMySQLValue {
    const unsigned char *_Nullable bytes;
    size_t count;
} HydrogenMySQLValue;

/// Where the values of a row are noted.
typedef struct HydrogenMySQLRow {
    /// One for each column.
    HydrogenMySQLValue *_Nullable values;
    /// For each column how many bytes its values have; `HYDROGEN_MYSQL_LENGTH_FIRST` when each says that itself.
    const unsigned char *_Nullable widths;
    unsigned int count;
    /// The connection that has the row in its buffer.
    MYSQL *_Nullable connection;
    /// Not 0 once a value went beyond what was received: then nothing of the row, nor of the connection, is to be relied on.
    int isBroken;
} HydrogenMySQLRow;

/// What stands for a width where a value begins with its length.
#define HYDROGEN_MYSQL_LENGTH_FIRST 255

/// The functions of one loaded libmariadb. Those in pairs do not block: `_start` returns 0 when it is done, else what to wait for;
/// `_cont` goes on with what has come, and returns the same.
typedef struct HydrogenMySQLFunctions {
    int (*_Nonnull server_init)(int, char *_Nullable *_Nullable, char *_Nullable *_Nullable);
    const char *_Nonnull (*_Nonnull get_client_info)(void);
    unsigned long (*_Nonnull get_client_version)(void);

    MYSQL *_Nullable (*_Nonnull init)(MYSQL *_Nullable);
    int (*_Nonnull options)(MYSQL *_Nonnull, int, const void *_Nullable);
    int (*_Nonnull options4)(MYSQL *_Nonnull, int, const void *_Nullable, const void *_Nullable);
    void (*_Nonnull close)(MYSQL *_Nonnull);
    int (*_Nonnull real_connect_start)(MYSQL *_Nullable *_Nonnull, MYSQL *_Nonnull, const char *_Nullable,
                                       const char *_Nullable, const char *_Nullable, const char *_Nullable,
                                       unsigned int, const char *_Nullable, unsigned long);
    int (*_Nonnull real_connect_cont)(MYSQL *_Nullable *_Nonnull, MYSQL *_Nonnull, int);

    /// `mysql_errno`, which C would take for a macro.
    unsigned int (*_Nonnull errorNumber)(MYSQL *_Nonnull);
    const char *_Nonnull (*_Nonnull error)(MYSQL *_Nonnull);
    const char *_Nonnull (*_Nonnull sqlstate)(MYSQL *_Nonnull);
    int (*_Nonnull get_socket)(MYSQL *_Nonnull);
    unsigned long (*_Nonnull thread_id)(MYSQL *_Nonnull);
    const char *_Nullable (*_Nonnull get_ssl_cipher)(MYSQL *_Nonnull);
    unsigned int (*_Nonnull field_count)(MYSQL *_Nonnull);
    char (*_Nonnull more_results)(MYSQL *_Nonnull);
    /// `mariadb_connection`: whether the server is MariaDB.
    char (*_Nonnull isMariaDB)(MYSQL *_Nonnull);
    /// `mariadb_get_info`.
    char (*_Nonnull get_info)(MYSQL *_Nonnull, int, void *_Nonnull);

    int (*_Nonnull ping_start)(int *_Nonnull, MYSQL *_Nonnull);
    int (*_Nonnull ping_cont)(int *_Nonnull, MYSQL *_Nonnull, int);
    int (*_Nonnull real_query_start)(int *_Nonnull, MYSQL *_Nonnull, const char *_Nonnull, unsigned long);
    int (*_Nonnull real_query_cont)(int *_Nonnull, MYSQL *_Nonnull, int);
    int (*_Nonnull next_result_start)(int *_Nonnull, MYSQL *_Nonnull);
    int (*_Nonnull next_result_cont)(int *_Nonnull, MYSQL *_Nonnull, int);
    MYSQL_RES *_Nullable (*_Nonnull use_result)(MYSQL *_Nonnull);
    int (*_Nonnull free_result_start)(MYSQL_RES *_Nonnull);
    int (*_Nonnull free_result_cont)(MYSQL_RES *_Nonnull, int);

    MYSQL_STMT *_Nullable (*_Nonnull stmt_init)(MYSQL *_Nonnull);
    char (*_Nonnull stmt_attr_set)(MYSQL_STMT *_Nonnull, int, const void *_Nullable);
    int (*_Nonnull stmt_prepare_start)(int *_Nonnull, MYSQL_STMT *_Nonnull, const char *_Nonnull, unsigned long);
    int (*_Nonnull stmt_prepare_cont)(int *_Nonnull, MYSQL_STMT *_Nonnull, int);
    unsigned long (*_Nonnull stmt_param_count)(MYSQL_STMT *_Nonnull);
    unsigned int (*_Nonnull stmt_field_count)(MYSQL_STMT *_Nonnull);
    char (*_Nonnull stmt_bind_param)(MYSQL_STMT *_Nonnull, HydrogenMySQLBind *_Nullable);
    int (*_Nonnull stmt_execute_start)(int *_Nonnull, MYSQL_STMT *_Nonnull);
    int (*_Nonnull stmt_execute_cont)(int *_Nonnull, MYSQL_STMT *_Nonnull, int);
    int (*_Nonnull stmt_fetch_start)(int *_Nonnull, MYSQL_STMT *_Nonnull);
    int (*_Nonnull stmt_fetch_cont)(int *_Nonnull, MYSQL_STMT *_Nonnull, int);
    char (*_Nonnull stmt_more_results)(MYSQL_STMT *_Nonnull);
    int (*_Nonnull stmt_next_result_start)(int *_Nonnull, MYSQL_STMT *_Nonnull);
    int (*_Nonnull stmt_next_result_cont)(int *_Nonnull, MYSQL_STMT *_Nonnull, int);
    unsigned long long (*_Nonnull stmt_affected_rows)(MYSQL_STMT *_Nonnull);
    unsigned int (*_Nonnull stmt_errno)(MYSQL_STMT *_Nonnull);
    const char *_Nonnull (*_Nonnull stmt_error)(MYSQL_STMT *_Nonnull);
    const char *_Nonnull (*_Nonnull stmt_sqlstate)(MYSQL_STMT *_Nonnull);
    /// Frees the statement, and reads what is left of its result. Blocks unless the connection is closed.
    char (*_Nonnull stmt_close)(MYSQL_STMT *_Nonnull);
    int (*_Nonnull stmt_close_start)(char *_Nonnull, MYSQL_STMT *_Nonnull);
    int (*_Nonnull stmt_close_cont)(char *_Nonnull, MYSQL_STMT *_Nonnull, int);
    /// `mariadb_stmt_fetch_fields`.
    HydrogenMySQLField *_Nullable (*_Nonnull stmt_fields)(MYSQL_STMT *_Nonnull);
    /// `mariadb_field_attr`.
    int (*_Nonnull field_attr)(HydrogenMySQLText *_Nonnull, const HydrogenMySQLField *_Nonnull, int);
} HydrogenMySQLFunctions;

/// Fills the table from a library that dlopen(3) returned.
/// Returns NULL, or the name of the first function that the library does not have; the table is then unusable.
const char *_Nullable hydrogen_mysql_load(void *_Nonnull library, HydrogenMySQLFunctions *_Nonnull functions);

/// Has the library note where the values of each row are that is fetched, in place of copying them into buffers. The notes hold until
/// the connection is used again.
///
/// A function in C, as the library calls it on the small stack of its own on which functions that do not block run.
/// Returns 0, or another number when the library cannot do that.
int hydrogen_mysql_note_rows(const HydrogenMySQLFunctions *_Nonnull functions, MYSQL_STMT *_Nonnull statement,
                             HydrogenMySQLRow *_Nonnull row);

/// What the library calls for every column of a row: notes where the value is and moves the place behind it; without a place for NULL.
///
/// Lengths come from the server. What would reach beyond the buffer in which the library receives is noted as NULL, and breaks the row.
void hydrogen_mysql_note_value(void *_Nonnull row, unsigned int column,
                               unsigned char *_Nullable *_Nullable place);

/// Whether the library has received more than it has read: it receives ahead, and poll(2) does not see what it has. 0 also where it
/// keeps that elsewhere.
int hydrogen_mysql_has_unread(MYSQL *_Nonnull connection);

/// The columns that the server has sent with the last result; NULL when it sent none, because they are those that it sent before, or
/// when the library has another layout than the one that is known.
///
/// There is no function for it: `mariadb_stmt_fetch_fields` keeps the former names of columns that were renamed.
const HydrogenMySQLField *_Nullable hydrogen_mysql_sent_fields(const HydrogenMySQLFunctions *_Nonnull functions,
                                                               MYSQL *_Nonnull connection);

#endif
