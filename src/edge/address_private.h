#pragma once

#include "base/base.h"

#include <sys/socket.h>

/* A socket's address as a value. IPv4-mapped IPv6 (a socket for both families)
 * is IPv4; a unix socket is 127.0.0.1: this machine. */
struct hg_ip edge_address_ip(const struct sockaddr *address);
