#include "edge/signals.h"

#include "base/base.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum hg_code edge_signals_open(struct edge_signals *out, struct hg_err *err)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* NOLINT(bugprone-unsafe-functions): no handler is set */

    struct edge_signals signals = {.fd = signalfd(-1, &set, SFD_CLOEXEC),
                                   .wake_fd = eventfd(0, EFD_CLOEXEC)};
    if (signals.fd < 0 || signals.wake_fd < 0) {
        int why = errno;
        edge_signals_close(&signals);
        return HG_FAIL(err, HG_IO, "cannot watch for signals: %s", strerrordesc_np(why));
    }
    *out = signals;
    return HG_OK;
}

void edge_signals_close(struct edge_signals *signals)
{
    if (signals->fd >= 0)
        (void)close(signals->fd);
    if (signals->wake_fd >= 0)
        (void)close(signals->wake_fd);
    signals->fd = signals->wake_fd = -1;
}

enum edge_signal edge_signals_wait(const struct edge_signals *signals)
{
    struct pollfd watched[] = {{.fd = signals->fd, .events = POLLIN},
                               {.fd = signals->wake_fd, .events = POLLIN}};
    while (poll(watched, HG_COUNT(watched), -1) < 0 && errno == EINTR)
        continue;
    struct signalfd_siginfo info = {0};
    if ((watched[0].revents & POLLIN) == 0 ||
        read(signals->fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return EDGE_SIGNAL_STOP;
    return info.ssi_signo == SIGHUP ? EDGE_SIGNAL_RELOAD : EDGE_SIGNAL_STOP;
}

void edge_signals_stop(const struct edge_signals *signals)
{
    uint64_t one = 1;
    ssize_t written = write(signals->wake_fd, &one, sizeof(one));
    HG_ASSERT(written == (ssize_t)sizeof(one));
}
