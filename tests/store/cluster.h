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

/* Makes a schema that is new and empty; cluster_url() is the URL of the last one. */
void cluster_schema_new(void);
const char *cluster_url(void);
const char *cluster_folder(void); /* where the socket is */
