// The functions of the call-level interface (SQL/CLI, ODBC 3) that the DB2 and ODBC engines call. IBM's libdb2 and unixODBC's
// libodbc export them by the same names. Source of every signature: ISO/IEC 9075-3, and Microsoft's ODBC API reference.
#ifndef CDATABASECLIENTS_CLI_H
#define CDATABASECLIENTS_CLI_H

#include <stdint.h>

/// A handle: a pointer of libodbc, a small number of libdb2. Never followed.
typedef void *HydrogenCLIHandle;

/// A length. libodbc reads and writes 8 bytes, libdb2 4 of them: set it to 0 before a call that writes it, and read the low half of what
/// libdb2 wrote.
typedef int64_t HydrogenCLILength;

/// The functions of one loaded library.
typedef struct HydrogenCLIFunctions {
    int16_t (*_Nonnull AllocHandle)(int16_t, HydrogenCLIHandle _Nullable, HydrogenCLIHandle _Nullable *_Nonnull);
    int16_t (*_Nonnull FreeHandle)(int16_t, HydrogenCLIHandle _Nonnull);
    int16_t (*_Nonnull SetEnvAttr)(HydrogenCLIHandle _Nonnull, int32_t, void *_Nullable, int32_t);
    int16_t (*_Nonnull SetConnectAttr)(HydrogenCLIHandle _Nonnull, int32_t, void *_Nullable, int32_t);
    int16_t (*_Nonnull GetConnectAttr)(HydrogenCLIHandle _Nonnull, int32_t, void *_Nonnull, int32_t, int32_t *_Nullable);
    int16_t (*_Nonnull SetStmtAttr)(HydrogenCLIHandle _Nonnull, int32_t, void *_Nullable, int32_t);
    int16_t (*_Nonnull GetInfo)(HydrogenCLIHandle _Nonnull, uint16_t, void *_Nonnull, int16_t, int16_t *_Nullable);
    int16_t (*_Nonnull GetDiagRec)(int16_t, HydrogenCLIHandle _Nonnull, int16_t, char *_Nonnull, int32_t *_Nonnull,
                                   char *_Nonnull, int16_t, int16_t *_Nonnull);

    int16_t (*_Nonnull DriverConnect)(HydrogenCLIHandle _Nonnull, void *_Nullable, const char *_Nonnull, int16_t,
                                      char *_Nullable, int16_t, int16_t *_Nullable, uint16_t);
    int16_t (*_Nonnull Disconnect)(HydrogenCLIHandle _Nonnull);
    int16_t (*_Nonnull EndTran)(int16_t, HydrogenCLIHandle _Nonnull, int16_t);

    int16_t (*_Nonnull Prepare)(HydrogenCLIHandle _Nonnull, const char *_Nonnull, int32_t);
    int16_t (*_Nonnull ExecDirect)(HydrogenCLIHandle _Nonnull, const char *_Nonnull, int32_t);
    int16_t (*_Nonnull Execute)(HydrogenCLIHandle _Nonnull);
    int16_t (*_Nonnull NumParams)(HydrogenCLIHandle _Nonnull, int16_t *_Nonnull);
    int16_t (*_Nonnull BindParameter)(HydrogenCLIHandle _Nonnull, uint16_t, int16_t, int16_t, int16_t, uint64_t, int16_t,
                                      void *_Nullable, HydrogenCLILength, HydrogenCLILength *_Nullable);
    int16_t (*_Nonnull NumResultCols)(HydrogenCLIHandle _Nonnull, int16_t *_Nonnull);
    int16_t (*_Nonnull DescribeCol)(HydrogenCLIHandle _Nonnull, uint16_t, char *_Nonnull, int16_t, int16_t *_Nonnull,
                                    int16_t *_Nonnull, HydrogenCLILength *_Nonnull, int16_t *_Nonnull, int16_t *_Nonnull);
    int16_t (*_Nonnull ColAttribute)(HydrogenCLIHandle _Nonnull, uint16_t, uint16_t, void *_Nullable, int16_t,
                                     int16_t *_Nullable, HydrogenCLILength *_Nullable);
    int16_t (*_Nonnull Fetch)(HydrogenCLIHandle _Nonnull);
    int16_t (*_Nonnull GetData)(HydrogenCLIHandle _Nonnull, uint16_t, int16_t, void *_Nonnull, HydrogenCLILength,
                                HydrogenCLILength *_Nonnull);
    int16_t (*_Nonnull RowCount)(HydrogenCLIHandle _Nonnull, HydrogenCLILength *_Nonnull);
    int16_t (*_Nonnull MoreResults)(HydrogenCLIHandle _Nonnull);
    int16_t (*_Nonnull FreeStmt)(HydrogenCLIHandle _Nonnull, uint16_t);
    int16_t (*_Nonnull Cancel)(HydrogenCLIHandle _Nonnull);
} HydrogenCLIFunctions;

/// Fills the table from a library that dlopen(3) returned.
/// Returns NULL, or the name of the first function that the library does not have; the table is then unusable.
const char *_Nullable hydrogen_cli_load(void *_Nonnull library, HydrogenCLIFunctions *_Nonnull functions);

/// Lets this thread's characters be UTF-8, whatever the environment says: drivers ask for it. Returns whether it is so.
/// Wraps newlocale(3) and uselocale(3), whose masks are absent from Swift's Glibc module.
int hydrogen_cli_use_utf8(void);

#endif
