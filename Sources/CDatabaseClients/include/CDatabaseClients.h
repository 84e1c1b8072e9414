// Typed tables of the functions of database client libraries, filled at run time by dlopen and dlsym.
//
// Nothing is linked: a library that is missing is a No-Go of the databases that need it, not a failure to start.
// Each table has one loader, which names the first function it did not find.
#ifndef CDATABASECLIENTS_H
#define CDATABASECLIENTS_H

#include "CDatabaseClientsCLI.h"
#include "CDatabaseClientsMySQL.h"
#include "CDatabaseClientsPostgreSQL.h"
#include "CDatabaseClientsSQLite.h"
#include "CDatabaseClientsThreads.h"

#endif
