#include "base/base.h"
#include "edge/mailer.h"
#include "unit/test.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* A mail server for one connection, in a thread: it answers each line by its first
 * word and keeps all that the client said. */
struct answer {
    const char *verb, *says;
};

struct sink {
    int fd;
    uint16_t port;
    const char *greeting;  /* NULL: says nothing and waits for the client to go */
    struct answer instead; /* one answer that differs from the usual ones */
    char heard[8192];
    size_t len;
    pthread_t thread;
};

static const struct answer usual[] = {
    {"EHLO", "250-sink\r\n250 8BITMIME\r\n"},
    {"MAIL", "250 ok\r\n"},
    {"RCPT", "250 ok\r\n"},
    {"DATA", "354 go on\r\n"},
    {"QUIT", "221 bye\r\n"},
};

static void say(int fd, const char *text)
{
    HG_ASSERT(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Reads until what was heard since `from` ends in `end`; false: the client went. */
static bool hear(struct sink *sink, int fd, size_t from, const char *end)
{
    while (!hg_str_ends((hg_str){.ptr = sink->heard + from, .len = sink->len - from},
                        hg_str_of(end))) {
        ssize_t n = recv(fd, sink->heard + sink->len, sizeof(sink->heard) - 1 - sink->len, 0);
        if (n <= 0)
            return false;
        sink->len += (size_t)n;
    }
    return true;
}

static const char *answer_to(const struct sink *sink, const char *line)
{
    if (sink->instead.verb != NULL && strncmp(line, sink->instead.verb, 4) == 0)
        return sink->instead.says;
    for (size_t i = 0; i < HG_COUNT(usual); i++) {
        if (strncmp(line, usual[i].verb, 4) == 0)
            return usual[i].says;
    }
    return "502 what?\r\n";
}

static void *serve(void *self)
{
    struct sink *sink = self;
    int fd = accept4(sink->fd, NULL, NULL, SOCK_CLOEXEC);
    HG_ASSERT(fd >= 0);
    if (sink->greeting != NULL)
        say(fd, sink->greeting);
    for (size_t from = sink->len; hear(sink, fd, from, "\r\n"); from = sink->len) {
        const char *said = answer_to(sink, sink->heard + from);
        if (sink->greeting != NULL)
            say(fd, said);
        if (strncmp(said, "354", 3) != 0)
            continue;
        if (!hear(sink, fd, from, "\r\n.\r\n"))
            break;
        say(fd, "250 kept\r\n");
    }
    (void)close(fd);
    return NULL;
}

static void sink_start(struct sink *sink)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof(address);
    sink->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sink->fd < 0 || bind(sink->fd, (const struct sockaddr *)&address, len) != 0 ||
        listen(sink->fd, 1) != 0 || getsockname(sink->fd, (struct sockaddr *)&address, &len) != 0 ||
        pthread_create(&sink->thread, NULL, serve, sink) != 0)
        fail_msg("no sink");
    sink->port = ntohs(address.sin_port);
}

static void sink_stop(struct sink *sink)
{
    (void)pthread_join(sink->thread, NULL);
    (void)close(sink->fd);
}

static enum hg_code mail_to(uint16_t port, hg_dur timeout, struct hg_err *err)
{
    static const hg_str recipients[] = {HG_LIT("b@example.org"), HG_LIT("c@example.org")};
    char url[60];
    (void)snprintf(url, sizeof(url), "smtp://127.0.0.1:%u", port);
    const struct edge_mailer_options options = {
        .url = url, .helo = "mail.example.org", .timeout = timeout};
    const struct edge_mail mail = {.from = HG_STR("a@example.org"),
                                   .recipients = recipients,
                                   .n_recipients = HG_COUNT(recipients),
                                   .text = HG_STR("Subject: x\n\none\r\n.\n..two")};
    struct edge_mailer mailer;
    assert_int_equal(edge_mailer_init(&mailer, &options, err), HG_OK);
    return edge_mailer_send(&mailer, &mail, err);
}

static void a_message_arrives_with_envelope_and_text(void **state)
{
    (void)state;
    struct sink sink = {.greeting = "220 sink\r\n"};
    struct hg_err err = {0};
    sink_start(&sink);
    if (mail_to(sink.port, HG_SECONDS(20), &err) != HG_OK)
        fail_msg("%s", err.detail);
    sink_stop(&sink);
    static const char *const wanted[] = {
        "EHLO mail.example.org\r\n",
        "MAIL FROM:<a@example.org>",
        "RCPT TO:<b@example.org>\r\n",
        "RCPT TO:<c@example.org>\r\n",
        "Subject: x\r\n\r\none\r\n..\r\n...two\r\n.\r\n", /* dots are doubled on the way */
    };
    for (size_t i = 0; i < HG_COUNT(wanted); i++) {
        if (strstr(sink.heard, wanted[i]) == NULL)
            fail_msg("\"%s\" is missing in \"%s\"", wanted[i], sink.heard);
    }
}

static const struct {
    const char *name;
    const char *greeting;
    struct answer instead;
    int64_t timeout_us;
    enum hg_code want;
    const char *detail;
} failures[] = {
    {"a recipient that is refused",
     "220 sink\r\n",
     {"RCPT", "550 5.1.1 no such user\r\n"},
     20000000,
     HG_FORBIDDEN,
     "550 5.1.1 no such user"},
    {"a sender that is refused",
     "220 sink\r\n",
     {"MAIL", "553 not you\r\n"},
     20000000,
     HG_FORBIDDEN,
     "553 not you"},
    {"a server that is busy", "421 later\r\n", {NULL, NULL}, 20000000, HG_UNAVAILABLE, "421 later"},
    {"a mailbox that is full for now",
     "220 sink\r\n",
     {"RCPT", "452 full\r\n"},
     20000000,
     HG_UNAVAILABLE,
     "452 full"},
    {"a server that says nothing", NULL, {NULL, NULL}, 30000, HG_UNAVAILABLE, "Timeout"},
};

static void a_failure_says_what_the_server_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(failures); i++) {
        struct sink sink = {.greeting = failures[i].greeting, .instead = failures[i].instead};
        struct hg_err err = {.detail = ""};
        sink_start(&sink);
        enum hg_code code = mail_to(sink.port, (hg_dur){.us = failures[i].timeout_us}, &err);
        sink_stop(&sink);
        if (code != failures[i].want || strstr(err.detail, failures[i].detail) == NULL)
            fail_msg("%s: %d, %s", failures[i].name, (int)code, err.detail);
    }
}

static const struct {
    const char *name;
    hg_str from, to;
} addresses[] = {
    {"no at sign", HG_LIT("a"), HG_LIT("b@c")},
    {"nothing before it", HG_LIT("@a"), HG_LIT("b@c")},
    {"a line end in the sender", HG_LIT("a@b\r\nRCPT TO:<x@y>"), HG_LIT("b@c")},
    {"a line end in the recipient", HG_LIT("a@b"), HG_LIT("b@c\r\nDATA")},
    {"brackets", HG_LIT("a@b"), HG_LIT("<b@c>")},
    {"NUL", HG_LIT("a@b"), HG_LIT("b@c\0d")},
    {"two in one", HG_LIT("a@b"), HG_LIT("b@c,d@e")},
};

static void addresses_cannot_carry_commands(void **state)
{
    (void)state;
    struct edge_mailer mailer;
    const struct edge_mailer_options options = {.url = "smtp://127.0.0.1:1"};
    assert_int_equal(edge_mailer_init(&mailer, &options, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(addresses); i++) {
        const struct edge_mail mail = {
            .from = addresses[i].from, .recipients = &addresses[i].to, .n_recipients = 1};
        if (edge_mailer_send(&mailer, &mail, NULL) != HG_MALFORMED)
            fail_msg("%s", addresses[i].name);
    }
    const struct edge_mail to_no_one = {.from = HG_STR("a@b")};
    assert_int_equal(edge_mailer_send(&mailer, &to_no_one, NULL), HG_MALFORMED);
}

static const struct {
    const char *url;
    bool is_plain_allowed;
    bool needs_tls;
} servers[] = {
    {"smtp://mail.example.org:587", false, true},
    {"smtp://mail.example.org:587", true, false},
    {"smtp://127.0.0.1:25", false, false},
    {"smtp://LOCALHOST:25", false, false},
    {"smtp://[::1]:25", false, false},
    {"smtp://localhost.example.org", false, true},
    {"smtp://127.0.0.1.example.org", false, true},
    {"smtp://mail.example.org/://localhost", false, true},
    {"smtps://mail.example.org", false, true},
};

static void only_this_machine_is_spoken_to_without_tls(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(servers); i++) {
        const struct edge_mailer_options options = {
            .url = servers[i].url, .is_plain_allowed = servers[i].is_plain_allowed};
        struct edge_mailer mailer;
        struct hg_err err = {.detail = ""};
        if (edge_mailer_init(&mailer, &options, &err) != HG_OK ||
            mailer.needs_tls != servers[i].needs_tls)
            fail_msg("%s: %s", servers[i].url, err.detail);
    }
    static const char *const malformed[] = {"http://a", "a", "", "smtp://", "smtp://u:p@a"};
    for (size_t i = 0; i < HG_COUNT(malformed); i++) {
        const struct edge_mailer_options options = {.url = malformed[i]};
        struct edge_mailer mailer;
        if (edge_mailer_init(&mailer, &options, NULL) != HG_MALFORMED)
            fail_msg("'%s'", malformed[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_arrives_with_envelope_and_text),
        cmocka_unit_test(a_failure_says_what_the_server_said),
        cmocka_unit_test(addresses_cannot_carry_commands),
        cmocka_unit_test(only_this_machine_is_spoken_to_without_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
