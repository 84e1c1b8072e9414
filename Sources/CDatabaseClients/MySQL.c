#include "CDatabaseClients.h"
#include "Loading.h"

#include <stdint.h>

// The layouts of Connector/C on 64-bit systems, as its own headers have them.
_Static_assert(sizeof(HydrogenMySQLField) == 128, "MYSQL_FIELD");
_Static_assert(offsetof(HydrogenMySQLField, length) == 56, "MYSQL_FIELD.length");
_Static_assert(offsetof(HydrogenMySQLField, name_length) == 72, "MYSQL_FIELD.name_length");
_Static_assert(offsetof(HydrogenMySQLField, flags) == 100, "MYSQL_FIELD.flags");
_Static_assert(offsetof(HydrogenMySQLField, charsetnr) == 108, "MYSQL_FIELD.charsetnr");
_Static_assert(offsetof(HydrogenMySQLField, type) == 112, "MYSQL_FIELD.type");
_Static_assert(sizeof(HydrogenMySQLBind) == 112, "MYSQL_BIND");
_Static_assert(offsetof(HydrogenMySQLBind, buffer) == 16, "MYSQL_BIND.buffer");
_Static_assert(offsetof(HydrogenMySQLBind, position) == 32, "MYSQL_BIND.u");
_Static_assert(offsetof(HydrogenMySQLBind, buffer_length) == 64, "MYSQL_BIND.buffer_length");
_Static_assert(offsetof(HydrogenMySQLBind, length_value) == 80, "MYSQL_BIND.length_value");
_Static_assert(offsetof(HydrogenMySQLBind, flags) == 88, "MYSQL_BIND.flags");
_Static_assert(offsetof(HydrogenMySQLBind, buffer_type) == 96, "MYSQL_BIND.buffer_type");
_Static_assert(offsetof(HydrogenMySQLBind, is_unsigned) == 101, "MYSQL_BIND.is_unsigned");

// Where MYSQL has what no function gives.
enum { bufferOffset = 8, bufferEndOffset = 16, fieldsOffset = 760, threadOffset = 848, fieldCountOffset = 892 };

const char *hydrogen_mysql_load(void *library, HydrogenMySQLFunctions *functions) {
    LOAD(functions, mysql_, server_init);
    LOAD(functions, mysql_, get_client_info);
    LOAD(functions, mysql_, get_client_version);
    LOAD(functions, mysql_, init);
    LOAD(functions, mysql_, options);
    LOAD(functions, mysql_, options4);
    LOAD(functions, mysql_, close);
    LOAD(functions, mysql_, real_connect_start);
    LOAD(functions, mysql_, real_connect_cont);
    LOAD_NAMED(functions, "mysql_errno", errorNumber);
    LOAD(functions, mysql_, error);
    LOAD(functions, mysql_, sqlstate);
    LOAD(functions, mysql_, get_socket);
    LOAD(functions, mysql_, thread_id);
    LOAD(functions, mysql_, get_ssl_cipher);
    LOAD(functions, mysql_, field_count);
    LOAD(functions, mysql_, more_results);
    LOAD_NAMED(functions, "mariadb_connection", isMariaDB);
    LOAD(functions, mariadb_, get_info);
    LOAD(functions, mysql_, ping_start);
    LOAD(functions, mysql_, ping_cont);
    LOAD(functions, mysql_, real_query_start);
    LOAD(functions, mysql_, real_query_cont);
    LOAD(functions, mysql_, next_result_start);
    LOAD(functions, mysql_, next_result_cont);
    LOAD(functions, mysql_, use_result);
    LOAD(functions, mysql_, free_result_start);
    LOAD(functions, mysql_, free_result_cont);
    LOAD(functions, mysql_, stmt_init);
    LOAD(functions, mysql_, stmt_attr_set);
    LOAD(functions, mysql_, stmt_prepare_start);
    LOAD(functions, mysql_, stmt_prepare_cont);
    LOAD(functions, mysql_, stmt_param_count);
    LOAD(functions, mysql_, stmt_field_count);
    LOAD(functions, mysql_, stmt_bind_param);
    LOAD(functions, mysql_, stmt_execute_start);
    LOAD(functions, mysql_, stmt_execute_cont);
    LOAD(functions, mysql_, stmt_fetch_start);
    LOAD(functions, mysql_, stmt_fetch_cont);
    LOAD(functions, mysql_, stmt_more_results);
    LOAD(functions, mysql_, stmt_next_result_start);
    LOAD(functions, mysql_, stmt_next_result_cont);
    LOAD(functions, mysql_, stmt_affected_rows);
    LOAD(functions, mysql_, stmt_errno);
    LOAD(functions, mysql_, stmt_error);
    LOAD(functions, mysql_, stmt_sqlstate);
    LOAD(functions, mysql_, stmt_close);
    LOAD(functions, mysql_, stmt_close_start);
    LOAD(functions, mysql_, stmt_close_cont);
    LOAD_NAMED(functions, "mariadb_stmt_fetch_fields", stmt_fields);
    LOAD_NAMED(functions, "mariadb_field_attr", field_attr);
    return NULL;
}

// Where MARIADB_PVIO, to which MYSQL points first, has what was received ahead. Source: ma_pvio.h.
enum { linkCacheOffset = 8, linkPlaceOffset = 16, linkCountOffset = 24, linkOwnerOffset = 64 };

// The end of the memory in which a connection receives; NULL when `place` is not in it, as with a library of another layout.
static const unsigned char *received_end(MYSQL *connection, const unsigned char *place) {
    const unsigned char *buffer, *end;
    memcpy(&buffer, (const char *)connection + bufferOffset, sizeof buffer);
    memcpy(&end, (const char *)connection + bufferEndOffset, sizeof end);
    return buffer <= place && place <= end ? end : NULL;
}

// A length at the front of a value, for which there are `left` bytes; SIZE_MAX where there is none.
// Source: MySQL client/server protocol, "length-encoded integers".
static size_t take_length(const unsigned char **bytes, size_t left) {
    const unsigned char *start = *bytes;
    if (left == 0) return SIZE_MAX;
    size_t length = 0;
    unsigned int count;
    switch (start[0]) {
        // NULL in other places, and nothing.
        case 251: case 255: return SIZE_MAX;
        case 252: count = 2; break;
        case 253: count = 3; break;
        case 254: count = 8; break;
        default: *bytes = start + 1; return start[0];
    }
    if (left < 1 + count) return SIZE_MAX;
    for (unsigned int index = count; index > 0; index--) length = length << 8 | start[index];
    *bytes = start + 1 + count;
    return length;
}

void hydrogen_mysql_note_value(void *data, unsigned int column, unsigned char **place) {
    HydrogenMySQLRow *row = data;
    if (column < row->count) row->values[column].bytes = NULL;
    if (place == NULL || row->isBroken) return;
    const unsigned char *bytes = *place;
    const unsigned char *end = received_end(row->connection, bytes);
    unsigned char width = column < row->count ? row->widths[column] : HYDROGEN_MYSQL_LENGTH_FIRST;
    size_t count = width;
    if (end != NULL && width == HYDROGEN_MYSQL_LENGTH_FIRST) count = take_length(&bytes, (size_t)(end - bytes));
    if (end == NULL || count > (size_t)(end - bytes)) {
        row->isBroken = 1;
        return;
    }
    if (column < row->count) row->values[column] = (HydrogenMySQLValue){.bytes = bytes, .count = count};
    *place = (unsigned char *)bytes + count;
}

int hydrogen_mysql_note_rows(const HydrogenMySQLFunctions *functions, MYSQL_STMT *statement, HydrogenMySQLRow *row) {
    // STMT_ATTR_CB_USER_DATA, STMT_ATTR_CB_RESULT.
    if (functions->stmt_attr_set(statement, 204, row) != 0) return 1;
    return functions->stmt_attr_set(statement, 206, (const void *)(uintptr_t)hydrogen_mysql_note_value);
}

int hydrogen_mysql_has_unread(MYSQL *connection) {
    const char *link;
    memcpy(&link, connection, sizeof link);
    if (link == NULL) return 0;
    const MYSQL *owner;
    memcpy(&owner, link + linkOwnerOffset, sizeof owner);
    // Who the link belongs to is known otherwise, and tells whether the layout is this one.
    if (owner != connection) return 0;
    const char *cache, *place;
    size_t count;
    memcpy(&cache, link + linkCacheOffset, sizeof cache);
    memcpy(&place, link + linkPlaceOffset, sizeof place);
    memcpy(&count, link + linkCountOffset, sizeof count);
    return cache != NULL && place < cache + count;
}

const HydrogenMySQLField *hydrogen_mysql_sent_fields(const HydrogenMySQLFunctions *functions, MYSQL *connection) {
    const char *start = (const char *)connection;
    unsigned long thread;
    unsigned int count;
    const HydrogenMySQLField *fields;
    memcpy(&thread, start + threadOffset, sizeof thread);
    memcpy(&count, start + fieldCountOffset, sizeof count);
    // Two values that are known otherwise tell whether the layout is this one.
    if (thread != functions->thread_id(connection) || count != functions->field_count(connection)) return NULL;
    memcpy(&fields, start + fieldsOffset, sizeof fields);
    return fields;
}
