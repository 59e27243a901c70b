#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A PostgreSQL cluster of the test's own: made by Debian's initdb in a temporary
 * folder, reached over a socket in it alone, ended with the test. Failures end
 * the program. */

bool cluster_is_installed(void);
void cluster_start(void);
void cluster_stop(void);

/* Kills the server at once and starts it again on the same data. */
void cluster_crash(void);

/* A URL for a schema that is new and empty. */
void cluster_schema_new(char *out, size_t size);
