#define _GNU_SOURCE
#include "CDatabaseClientsCLI.h"

#include <dlfcn.h>
#include <locale.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

// Looks one function up and returns its name from the loader when the library does not have it.
#define LOAD(field)                                                                                                    \
    do {                                                                                                               \
        void *symbol = dlsym(library, "SQL" #field);                                                                   \
        if (symbol == NULL) return "SQL" #field;                                                                       \
        memcpy(&functions->field, &symbol, sizeof symbol);                                                             \
    } while (0)

const char *hydrogen_cli_load(void *library, HydrogenCLIFunctions *functions) {
    LOAD(AllocHandle);
    LOAD(FreeHandle);
    LOAD(SetEnvAttr);
    LOAD(SetConnectAttr);
    LOAD(GetConnectAttr);
    LOAD(SetStmtAttr);
    LOAD(GetInfo);
    LOAD(GetDiagRec);
    LOAD(DriverConnect);
    LOAD(Disconnect);
    LOAD(EndTran);
    LOAD(Prepare);
    LOAD(ExecDirect);
    LOAD(Execute);
    LOAD(NumParams);
    LOAD(BindParameter);
    LOAD(NumResultCols);
    LOAD(DescribeCol);
    LOAD(ColAttribute);
    LOAD(Fetch);
    LOAD(GetData);
    LOAD(RowCount);
    LOAD(MoreResults);
    LOAD(FreeStmt);
    LOAD(Cancel);
    return NULL;
}

static locale_t utf8;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_utf8(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int hydrogen_cli_use_utf8(void) {
    pthread_once(&once, make_utf8);
    return utf8 != (locale_t)0 && uselocale(utf8) != (locale_t)0;
}
