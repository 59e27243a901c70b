#include "store/cluster.h"

#include "store/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <linux/prctl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_WITHIN_MS = 60000, MAX_ARGUMENTS = 20 };

static char folder[TEMPORARY_PATH];
static char url[512];
static char binaries[128]; /* /usr/lib/postgresql/15/bin */
static pid_t server;
static unsigned n_schemas;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The newest of Debian's versions. */
bool cluster_is_installed(void)
{
    int newest = 0;
    DIR *versions = opendir("/usr/lib/postgresql");
    for (struct dirent *entry; versions != NULL && (entry = readdir(versions)) != NULL;) {
        int version = (int)strtol(entry->d_name, NULL, 10);
        newest = version > newest ? version : newest;
    }
    if (versions != NULL)
        (void)closedir(versions);
    (void)snprintf(binaries, sizeof(binaries), "/usr/lib/postgresql/%d/bin", newest);
    return newest > 0;
}

/* PostgreSQL does not run as root. */
static const struct passwd *other_user(void)
{
    if (getuid() != 0)
        return NULL;
    const struct passwd *user = getpwnam("postgres");
    return user != NULL ? user : getpwnam("nobody");
}

static void become_other_user(void)
{
    const struct passwd *user = other_user();
    if (user == NULL)
        return;
    if (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
        die("another user");
}

/* Starts a program of PostgreSQL's that ends with this one; what it says goes
 * into a file in the folder. */
static pid_t launch(const char *program, const char *const arguments[])
{
    char path[192], log[TEMPORARY_PATH + 16];
    (void)snprintf(path, sizeof(path), "%s/%s", binaries, program);
    (void)snprintf(log, sizeof(log), "%s/log", folder);
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid > 0)
        return pid;
    become_other_user();
    (void)prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || chdir(folder) != 0)
        _exit(126);
    char *argv[MAX_ARGUMENTS] = {NULL};
    for (size_t i = 0; arguments[i] != NULL && i + 1 < MAX_ARGUMENTS; i++)
        argv[i] = strdup(arguments[i]);
    argv[0] = path; /* they look for each other beside it */
    (void)execv(path, argv);
    _exit(127);
}

static void initialise(void)
{
    const char *const arguments[] = {"initdb", "-D", "data", "-U", "headgate",         "-A",
                                     "trust",  "-E", "UTF8", "-N", "--locale=C.UTF-8", NULL};
    int status = 0;
    if (waitpid(launch("initdb", arguments), &status, 0) < 0 || status != 0) {
        (void)fprintf(stderr, "initdb failed: see %s/log\n", folder);
        exit(1);
    }
}

/* The server says READY=1 as it would to systemd, so no one has to ask. */
static int notify_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", folder);
    (void)unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const struct passwd *user = other_user();
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        (user != NULL && chown(address.sun_path, user->pw_uid, user->pw_gid) != 0) ||
        setenv("NOTIFY_SOCKET", address.sun_path, 1) != 0)
        die("notify socket");
    return fd;
}

static void wait_until_ready(int notify)
{
    int process = pidfd_open(server, 0);
    struct pollfd fds[] = {{.fd = notify, .events = POLLIN}, {.fd = process, .events = POLLIN}};
    char message[256] = "";
    while (strstr(message, "READY=1") == NULL) {
        if (poll(fds, 2, READY_WITHIN_MS) <= 0 || (fds[0].revents & POLLIN) == 0) {
            (void)fprintf(stderr, "postgres did not start: see %s/log\n", folder);
            exit(1);
        }
        ssize_t n = recv(notify, message, sizeof(message) - 1, 0);
        message[n < 0 ? 0 : n] = '\0';
    }
    (void)close(process);
}

static void launch_server(void)
{
    /* fsync is off: what is tested is the store, not PostgreSQL's durability. */
    const char *const arguments[] = {"postgres",
                                     "-D",
                                     "data",
                                     "-k",
                                     folder,
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     "fsync=off",
                                     "-c",
                                     "max_connections=50",
                                     "-c",
                                     "log_min_messages=warning",
                                     NULL};
    int notify = notify_socket();
    server = launch("postgres", arguments);
    wait_until_ready(notify);
    (void)unsetenv("NOTIFY_SOCKET");
    (void)close(notify);
}

void cluster_start(void)
{
    temporary_make(folder);
    const struct passwd *user = other_user();
    if (user != NULL && chown(folder, user->pw_uid, user->pw_gid) != 0)
        die(folder);
    initialise();
    launch_server();
}

static void end_server(int signal)
{
    (void)kill(server, signal);
    (void)waitpid(server, NULL, 0);
}

void cluster_crash(void)
{
    end_server(SIGQUIT);
    launch_server();
}

void cluster_stop(void)
{
    end_server(SIGINT);
    temporary_remove(folder);
}

void cluster_schema_new(void)
{
    char parameters[256], sql[64];
    (void)snprintf(parameters, sizeof(parameters), "host=%s user=headgate dbname=postgres", folder);
    (void)snprintf(sql, sizeof(sql), "CREATE SCHEMA suite%u", n_schemas);
    PGconn *conn = PQconnectdb(parameters);
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        (void)fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(conn));
        exit(1);
    }
    PQclear(result);
    PQfinish(conn);
    (void)snprintf(url, sizeof(url),
                   "postgresql:///postgres?host=%s&user=headgate&options=-csearch_path%%3Dsuite%u",
                   folder, n_schemas++);
}

const char *cluster_url(void)
{
    return url;
}

const char *cluster_folder(void)
{
    return folder;
}
