#pragma once

/* Stands between the store and PostgreSQL's socket and cuts connections at the
 * one moment that matters: about a COMMIT. Each cut happens once, on the next
 * COMMIT that passes. */
enum proxy_cut {
    PROXY_CUT_BEFORE_COMMIT, /* the server never sees it */
    PROXY_CUT_AFTER_COMMIT,  /* the server has answered it, the client never sees that */
};

/* `server_folder` and `folder` each hold, or get, a socket .s.PGSQL.5432. */
void proxy_start(const char *server_folder, const char *folder);
void proxy_cut_next(enum proxy_cut cut);
int proxy_cuts(void); /* how many have happened */
void proxy_stop(void);
