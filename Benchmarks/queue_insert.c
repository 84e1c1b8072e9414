// What PostgreSQL takes without anything between: threads with a connection each, that insert batches of rows like those
// of the message queue, several under way at once (pipeline mode), each a transaction of its own.
//
//   queue_insert CONNECTIONS BATCH SECONDS TABLE      libpq's variables say where the database is
//
// Prints one line "RESULT {json}". The library is loaded when it runs; its few declarations are repeated here, so that
// no headers are needed. Source: libpq of PostgreSQL 15, libpq-fe.h.

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { connectionOK = 0, commandOK = 1, pipelineSync = 10 };
enum { depth = 4, partitionsEach = 25, mostRows = 10000, rowBytes = 160 };

static struct {
    void *(*connectdb)(const char *);
    int (*status)(const void *);
    char *(*errorMessage)(const void *);
    void *(*prepare)(void *, const char *, const char *, int, const unsigned *);
    int (*enterPipelineMode)(void *);
    int (*sendQueryPrepared)(void *, const char *, int, const char *const *, const int *, const int *, int);
    int (*pipelineSync)(void *);
    void *(*getResult)(void *);
    int (*resultStatus)(const void *);
    char *(*resultErrorMessage)(const void *);
    void (*clear)(void *);
    void (*finish)(void *);
} pq;

#define LOAD(name) load("PQ" #name, (void **)&pq.name)

static void *library;

static void load(const char *name, void **function) {
    *function = dlsym(library, name);
    if (*function == NULL) {
        fprintf(stderr, "libpq has no %s\n", name);
        exit(2);
    }
}

static int batch;
static double seconds;
static char sql[600];
static pthread_barrier_t connected;

typedef struct {
    int number;
    pthread_t thread;
    uint64_t rows;
    double elapsed;
    uint64_t sequences[partitionsEach];
    uint64_t batches;
    char *transactions, *payloads;
    void *connection;
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

static void send(Loop *loop) {
    int place = (int)(loop->batches % partitionsEach);
    int partition = loop->number * partitionsEach + place;
    char *transactions = loop->transactions, *payloads = loop->payloads;
    *transactions++ = '{';
    *payloads++ = '{';
    for (int row = 0; row < batch; row++) {
        const char *comma = row == 0 ? "" : ",";
        transactions += sprintf(transactions, "%s%d-%llu-%d", comma, partition, (unsigned long long)loop->batches, row);
        payloads += sprintf(payloads, "%s\"{\\\"message\\\":\\\"Hello World\\\",\\\"partition_id\\\":%d}\"", comma, partition);
    }
    strcpy(transactions, "}");
    strcpy(payloads, "}");
    char partitionText[16], sequenceText[24];
    sprintf(partitionText, "%d", partition);
    sprintf(sequenceText, "%llu", (unsigned long long)loop->sequences[place]);
    const char *values[] = {partitionText, sequenceText, loop->transactions, loop->payloads};
    if (!pq.sendQueryPrepared(loop->connection, "i", 4, values, NULL, NULL, 0) || !pq.pipelineSync(loop->connection))
        fail("sending", pq.errorMessage(loop->connection));
    loop->sequences[place] += (uint64_t)batch;
    loop->batches++;
}

static void expect(Loop *loop, int status) {
    void *result = pq.getResult(loop->connection);
    if (result == NULL || pq.resultStatus(result) != status)
        fail("inserting", result ? pq.resultErrorMessage(result) : pq.errorMessage(loop->connection));
    pq.clear(result);
}

static void receive(Loop *loop) {
    expect(loop, commandOK);
    if (pq.getResult(loop->connection) != NULL) fail("inserting", "more than one result");
    expect(loop, pipelineSync);
    loop->rows += (uint64_t)batch;
}

static void *run(void *argument) {
    Loop *loop = argument;
    loop->transactions = malloc((size_t)batch * rowBytes + 16);
    loop->payloads = malloc((size_t)batch * rowBytes + 16);
    loop->connection = pq.connectdb("");
    if (pq.status(loop->connection) != connectionOK) fail("connecting", pq.errorMessage(loop->connection));
    void *prepared = pq.prepare(loop->connection, "i", sql, 4, NULL);
    if (pq.resultStatus(prepared) != commandOK) fail("preparing", pq.resultErrorMessage(prepared));
    pq.clear(prepared);
    if (!pq.enterPipelineMode(loop->connection)) fail("pipeline mode", pq.errorMessage(loop->connection));

    pthread_barrier_wait(&connected);
    double begun = now();
    int under_way = 0;
    for (; under_way < depth; under_way++) send(loop);
    while (now() - begun < seconds) {
        receive(loop);
        send(loop);
    }
    for (; under_way > 0; under_way--) receive(loop);
    loop->elapsed = now() - begun;
    pq.finish(loop->connection);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 5) fail("usage", "queue_insert CONNECTIONS BATCH SECONDS TABLE");
    int connections = atoi(arguments[1]);
    batch = atoi(arguments[2]);
    seconds = atof(arguments[3]);
    if (connections < 1 || batch < 1 || batch > mostRows) fail("usage", "too few or too many");
    snprintf(sql, sizeof sql,
             "INSERT INTO %s (partition, sequence, id, transaction_id, created_at, payload) "
             "SELECT $1::bigint, $2::bigint + u.n, gen_random_uuid(), u.tx, clock_timestamp(), u.payload "
             "FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS u (tx, payload, n)", arguments[4]);

    library = dlopen("libpq.so.5", RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    LOAD(connectdb), LOAD(status), LOAD(errorMessage), LOAD(prepare), LOAD(enterPipelineMode), LOAD(sendQueryPrepared);
    LOAD(pipelineSync), LOAD(getResult), LOAD(resultStatus), LOAD(resultErrorMessage), LOAD(clear), LOAD(finish);

    pthread_barrier_init(&connected, NULL, (unsigned)connections);
    Loop *loops = calloc((size_t)connections, sizeof(Loop));
    for (int number = 0; number < connections; number++) {
        loops[number].number = number;
        if (pthread_create(&loops[number].thread, NULL, run, &loops[number]) != 0) fail("starting", "no thread");
    }
    uint64_t rows = 0;
    double elapsed = 0;
    for (int number = 0; number < connections; number++) {
        pthread_join(loops[number].thread, NULL);
        rows += loops[number].rows;
        if (loops[number].elapsed > elapsed) elapsed = loops[number].elapsed;
    }
    printf("RESULT {\"calls\":%llu,\"seconds\":%.6f,\"per_second\":%.3f}\n", (unsigned long long)rows, elapsed,
           (double)rows / elapsed);
    return 0;
}
