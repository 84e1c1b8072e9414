// What libmariadb and the server give without anything between: threads with a connection each, that run one prepared
// point read after the other by random ids, binary protocol, and check every answer.
//
//   mariadb_loop HOST PORT DATABASE USER THREADS SECONDS ACCOUNTS      the password is in HYDROGEN_MYSQL_PASS
//
// Prints one line "RESULT {json}". The library is loaded when it runs; its few declarations are repeated here, so that
// no headers are needed. Source: MariaDB Connector/C 3.3, mysql.h and mariadb_stmt.h, 64 bits.

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    unsigned long *length;
    char *is_null;
    void *buffer;
    char *error;
    void *position;
    void *functions[3];
    unsigned long buffer_length, offset, length_value;
    unsigned int flags, pack_length, buffer_type;
    char error_value, is_unsigned, long_data_used, is_null_value;
    void *extension;
} Bind;
_Static_assert(sizeof(Bind) == 112, "MYSQL_BIND");

enum { typeLong = 3, typeLongLong = 8, noData = 100 };

static struct {
    int (*server_init)(int, char **, char **);
    void *(*init)(void *);
    void *(*real_connect)(void *, const char *, const char *, const char *, const char *, unsigned int, const char *,
                          unsigned long);
    const char *(*error)(void *);
    void (*close)(void *);
    void *(*stmt_init)(void *);
    int (*stmt_prepare)(void *, const char *, unsigned long);
    char (*stmt_bind_param)(void *, Bind *);
    char (*stmt_bind_result)(void *, Bind *);
    int (*stmt_execute)(void *);
    int (*stmt_fetch)(void *);
    const char *(*stmt_error)(void *);
    char (*stmt_close)(void *);
} mysql;

#define LOAD(name) load("mysql_" #name, (void **)&mysql.name)

static void *library;

static void load(const char *name, void **function) {
    *function = dlsym(library, name);
    if (*function == NULL) {
        fprintf(stderr, "libmariadb has no %s\n", name);
        exit(2);
    }
}

static const char sql[] = "SELECT abalance FROM accounts WHERE aid = ?";

static const char *host, *database, *user, *password;
static unsigned int port;
static double seconds;
static int64_t accounts;
static pthread_barrier_t connected;

// One bucket for each microsecond; what takes longer than all of them is in the last.
enum { buckets = 200000 };

typedef struct {
    unsigned int seed;
    pthread_t thread;
    uint64_t calls;
    double elapsed;
    uint32_t *took;
} Loop;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void fail(const char *what, const char *reason) {
    fprintf(stderr, "%s: %s\n", what, reason);
    exit(1);
}

static int32_t balance_of(int64_t aid) { return (int32_t)(aid * 7919 % 200001 - 100000); }

static void *run(void *argument) {
    Loop *loop = argument;
    void *connection = mysql.init(NULL);
    if (!mysql.real_connect(connection, host, user, password, database, port, NULL, 0))
        fail("connecting", mysql.error(connection));
    void *statement = mysql.stmt_init(connection);
    if (mysql.stmt_prepare(statement, sql, sizeof sql - 1)) fail("preparing", mysql.stmt_error(statement));
    int64_t aid = 0;
    int32_t balance = 0;
    char isNull = 0;
    Bind parameter = {.buffer = &aid, .buffer_type = typeLongLong};
    Bind column = {.buffer = &balance, .buffer_type = typeLong, .is_null = &isNull};
    if (mysql.stmt_bind_param(statement, &parameter)) fail("binding", mysql.stmt_error(statement));
    if (mysql.stmt_bind_result(statement, &column)) fail("binding", mysql.stmt_error(statement));

    pthread_barrier_wait(&connected);
    uint64_t number = loop->seed * 7919ULL;
    double begun = now(), asked = begun;
    while (asked - begun < seconds) {
        number = (number * 16807 + 11) % 2147483647;
        aid = (int64_t)(number % (uint64_t)accounts) + 1;
        if (mysql.stmt_execute(statement)) fail("running", mysql.stmt_error(statement));
        if (mysql.stmt_fetch(statement) != 0) fail("a row", "there is none");
        if (isNull || balance != balance_of(aid)) fail("a row", "it is not the one that was asked for");
        if (mysql.stmt_fetch(statement) != noData) fail("a row", "there is a second one");
        double answered = now();
        uint64_t took = (uint64_t)((answered - asked) * 1e6);
        loop->took[took < buckets ? took : buckets - 1]++;
        loop->calls++;
        asked = answered;
    }
    loop->elapsed = asked - begun;
    mysql.stmt_close(statement);
    mysql.close(connection);
    return NULL;
}

// The time in milliseconds that so much of all calls took at most.
static double percentile(const uint64_t *took, uint64_t calls, double part) {
    uint64_t seen = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
        seen += took[bucket];
        if ((double)seen >= (double)calls * part) return bucket / 1000.0;
    }
    return buckets / 1000.0;
}

int main(int count, char **arguments) {
    if (count != 8) fail("usage", "mariadb_loop HOST PORT DATABASE USER THREADS SECONDS ACCOUNTS");
    host = arguments[1];
    port = (unsigned int)atoi(arguments[2]);
    database = arguments[3];
    user = arguments[4];
    password = getenv("HYDROGEN_MYSQL_PASS");
    unsigned int threads = (unsigned int)atoi(arguments[5]);
    seconds = atof(arguments[6]);
    accounts = atoll(arguments[7]);

    library = dlopen("libmariadb.so.3", RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    LOAD(server_init), LOAD(init), LOAD(real_connect), LOAD(error), LOAD(close), LOAD(stmt_init), LOAD(stmt_prepare);
    LOAD(stmt_bind_param), LOAD(stmt_bind_result), LOAD(stmt_execute), LOAD(stmt_fetch), LOAD(stmt_error);
    LOAD(stmt_close);
    // Before there are threads.
    mysql.server_init(0, NULL, NULL);

    pthread_barrier_init(&connected, NULL, threads);
    Loop *loops = calloc(threads, sizeof *loops);
    for (unsigned int index = 0; index < threads; index++) {
        loops[index].seed = index + 1;
        loops[index].took = calloc(buckets, sizeof *loops[index].took);
        if (pthread_create(&loops[index].thread, NULL, run, &loops[index])) fail("a thread", "there is none left");
    }
    uint64_t calls = 0, *took = calloc(buckets, sizeof *took);
    double perSecond = 0, elapsed = 0;
    for (unsigned int index = 0; index < threads; index++) {
        Loop *loop = &loops[index];
        pthread_join(loop->thread, NULL);
        calls += loop->calls;
        perSecond += (double)loop->calls / loop->elapsed;
        if (loop->elapsed > elapsed) elapsed = loop->elapsed;
        for (int bucket = 0; bucket < buckets; bucket++) took[bucket] += loop->took[bucket];
    }
    printf("RESULT {\"calls\":%llu,\"seconds\":%.6f,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
           (unsigned long long)calls, elapsed, perSecond, percentile(took, calls, 0.5), percentile(took, calls, 0.99));
    return 0;
}
