// How the loader of a table looks its functions up. Private to this target.
#ifndef HYDROGEN_LOADING_H
#define HYDROGEN_LOADING_H

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

// Looks one function up and returns its name from the loader when the library does not have it.
#define LOAD_NAMED(table, name, field)                                                                                 \
    do {                                                                                                               \
        void *symbol = dlsym(library, name);                                                                           \
        if (symbol == NULL) return name;                                                                               \
        memcpy(&(table)->field, &symbol, sizeof symbol);                                                               \
    } while (0)

// The same for a function whose name is that of the field with a prefix.
#define LOAD(table, prefix, field) LOAD_NAMED(table, #prefix #field, field)

// Looks one function up that older releases of the library do not have.
#define LOAD_OPTIONAL(table, prefix, field)                                                                            \
    do {                                                                                                               \
        void *symbol = dlsym(library, #prefix #field);                                                                 \
        memcpy(&(table)->field, &symbol, sizeof symbol);                                                               \
    } while (0)

#endif
