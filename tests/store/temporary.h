#pragma once

/* A folder of the test's own under TMPDIR, or /tmp; any failure ends the program. */
enum { TEMPORARY_PATH = 96 };

void temporary_make(char out[TEMPORARY_PATH]);
void temporary_remove(const char *folder); /* with all that is in it */
