// The functions of libpq that the PostgreSQL engine calls. Source of every signature: PostgreSQL 15 manual, chapter 34.
#ifndef CDATABASECLIENTS_POSTGRESQL_H
#define CDATABASECLIENTS_POSTGRESQL_H

#include <stddef.h>

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef struct pg_cancel PGcancel;

/// One keyword of a connection string, as `PQconninfoParse` returns them; the last has a NULL keyword.
typedef struct HydrogenPQConninfoOption {
    char *_Nullable keyword;
    char *_Nullable envvar;
    char *_Nullable compiled;
    char *_Nullable val;
    char *_Nullable label;
    char *_Nullable dispchar;
    int dispsize;
} HydrogenPQConninfoOption;

/// A notification, as `PQnotifies` returns it.
typedef struct HydrogenPQNotify HydrogenPQNotify;

/// The functions of one loaded libpq.
typedef struct HydrogenPostgreSQLFunctions {
    int (*_Nonnull libVersion)(void);
    int (*_Nonnull isthreadsafe)(void);
    void (*_Nonnull freemem)(void *_Nullable);

    HydrogenPQConninfoOption *_Nullable (*_Nonnull conninfoParse)(const char *_Nonnull,
                                                                  char *_Nullable *_Nullable);
    void (*_Nonnull conninfoFree)(HydrogenPQConninfoOption *_Nullable);
    PGconn *_Nullable (*_Nonnull connectStartParams)(const char *_Nullable const *_Nonnull,
                                                     const char *_Nullable const *_Nonnull, int);
    int (*_Nonnull connectPoll)(PGconn *_Nonnull);
    void (*_Nonnull finish)(PGconn *_Nullable);
    int (*_Nonnull status)(const PGconn *_Nonnull);
    int (*_Nonnull transactionStatus)(const PGconn *_Nonnull);
    const char *_Nonnull (*_Nonnull errorMessage)(const PGconn *_Nullable);
    int (*_Nonnull socket)(const PGconn *_Nonnull);
    int (*_Nonnull backendPID)(const PGconn *_Nonnull);
    int (*_Nonnull setnonblocking)(PGconn *_Nonnull, int);
    int (*_Nonnull flush)(PGconn *_Nonnull);
    int (*_Nonnull consumeInput)(PGconn *_Nonnull);
    int (*_Nonnull isBusy)(PGconn *_Nonnull);
    void (*_Nullable (*_Nonnull setNoticeReceiver)(PGconn *_Nonnull,
                                                   void (*_Nullable)(void *_Nullable, const PGresult *_Nullable),
                                                   void *_Nullable))(void *_Nullable, const PGresult *_Nullable);

    int (*_Nonnull enterPipelineMode)(PGconn *_Nonnull);
    int (*_Nonnull pipelineSync)(PGconn *_Nonnull);
    int (*_Nonnull sendQueryParams)(PGconn *_Nonnull, const char *_Nonnull, int, const unsigned *_Nullable,
                                    const char *_Nullable const *_Nullable, const int *_Nullable,
                                    const int *_Nullable, int);
    int (*_Nonnull sendPrepare)(PGconn *_Nonnull, const char *_Nonnull, const char *_Nonnull, int,
                                const unsigned *_Nullable);
    int (*_Nonnull sendQueryPrepared)(PGconn *_Nonnull, const char *_Nonnull, int,
                                      const char *_Nullable const *_Nullable, const int *_Nullable,
                                      const int *_Nullable, int);
    int (*_Nonnull sendDescribePrepared)(PGconn *_Nonnull, const char *_Nonnull);
    int (*_Nonnull setSingleRowMode)(PGconn *_Nonnull);

    PGresult *_Nullable (*_Nonnull getResult)(PGconn *_Nonnull);
    int (*_Nonnull resultStatus)(const PGresult *_Nullable);
    char *_Nullable (*_Nonnull resultErrorField)(const PGresult *_Nullable, int);
    char *_Nonnull (*_Nonnull resultErrorMessage)(const PGresult *_Nullable);
    void (*_Nonnull clear)(PGresult *_Nullable);
    int (*_Nonnull ntuples)(const PGresult *_Nonnull);
    int (*_Nonnull nfields)(const PGresult *_Nonnull);
    char *_Nullable (*_Nonnull fname)(const PGresult *_Nonnull, int);
    unsigned (*_Nonnull ftype)(const PGresult *_Nonnull, int);
    int (*_Nonnull nparams)(const PGresult *_Nonnull);
    unsigned (*_Nonnull paramtype)(const PGresult *_Nonnull, int);
    char *_Nonnull (*_Nonnull getvalue)(const PGresult *_Nonnull, int, int);
    int (*_Nonnull getlength)(const PGresult *_Nonnull, int, int);
    int (*_Nonnull getisnull)(const PGresult *_Nonnull, int, int);
    char *_Nonnull (*_Nonnull cmdTuples)(PGresult *_Nonnull);

    HydrogenPQNotify *_Nullable (*_Nonnull notifies)(PGconn *_Nonnull);

    PGcancel *_Nullable (*_Nonnull getCancel)(PGconn *_Nonnull);
    void (*_Nonnull freeCancel)(PGcancel *_Nullable);
    int (*_Nonnull cancel)(PGcancel *_Nonnull, char *_Nonnull, int);

    /// libpq 17 and newer, else NULL: a sync that is not flushed at once.
    int (*_Nullable sendPipelineSync)(PGconn *_Nonnull);
    /// libpq 17 and newer, else NULL: rows come in chunks.
    int (*_Nullable setChunkedRowsMode)(PGconn *_Nonnull, int);
} HydrogenPostgreSQLFunctions;

/// Fills the table from a library that dlopen(3) returned.
/// Returns NULL, or the name of the first function that the library does not have; the table is then unusable.
const char *_Nullable hydrogen_postgresql_load(void *_Nonnull library, HydrogenPostgreSQLFunctions *_Nonnull functions);

#endif
