#define _GNU_SOURCE
#include "CDatabaseClientsCLI.h"
#include "Loading.h"

#include <locale.h>
#include <pthread.h>

const char *hydrogen_cli_load(void *library, HydrogenCLIFunctions *functions) {
    LOAD(functions, SQL, AllocHandle);
    LOAD(functions, SQL, FreeHandle);
    LOAD(functions, SQL, SetEnvAttr);
    LOAD(functions, SQL, SetConnectAttr);
    LOAD(functions, SQL, GetConnectAttr);
    LOAD(functions, SQL, SetStmtAttr);
    LOAD(functions, SQL, GetInfo);
    LOAD(functions, SQL, GetDiagRec);
    LOAD(functions, SQL, DriverConnect);
    LOAD(functions, SQL, Disconnect);
    LOAD(functions, SQL, EndTran);
    LOAD(functions, SQL, Prepare);
    LOAD(functions, SQL, ExecDirect);
    LOAD(functions, SQL, Execute);
    LOAD(functions, SQL, NumParams);
    LOAD(functions, SQL, BindParameter);
    LOAD(functions, SQL, NumResultCols);
    LOAD(functions, SQL, DescribeCol);
    LOAD(functions, SQL, ColAttribute);
    LOAD(functions, SQL, Fetch);
    LOAD(functions, SQL, GetData);
    LOAD(functions, SQL, RowCount);
    LOAD(functions, SQL, MoreResults);
    LOAD(functions, SQL, FreeStmt);
    LOAD(functions, SQL, Cancel);
    return NULL;
}

static locale_t utf8;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_utf8(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int hydrogen_cli_use_utf8(void) {
    pthread_once(&once, make_utf8);
    return utf8 != (locale_t)0 && uselocale(utf8) != (locale_t)0;
}
