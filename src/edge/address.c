#include "base/base.h"
#include "edge/address_private.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct hg_ip edge_address_ip(const struct sockaddr *address)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct hg_ip ip = {0};
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof(v4));
        memcpy(ip.bytes, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof(v6));
        ip.is_v6 = memcmp(&v6.sin6_addr, mapped, sizeof(mapped)) != 0;
        if (ip.is_v6)
            memcpy(ip.bytes, &v6.sin6_addr, 16);
        else
            memcpy(ip.bytes, (const unsigned char *)&v6.sin6_addr + 12, 4);
    } else {
        ip.bytes[0] = 127;
        ip.bytes[3] = 1;
    }
    return ip;
}
