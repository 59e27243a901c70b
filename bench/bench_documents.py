#!/usr/bin/env python3
"""perf-L1 through the whole server: health, discovery and keys over the listener that a proxy uses, beside bare
libmicrohttpd with a document of the same bytes. perf-T10 asks for a ratio to other servers, of which only this floor
is in the tree."""
import http.client, sys

from harness import GET, TENANT, Load, Server, compare, floor, in_turn, scratch, seed

PATHS = {"health": "/livez", "discovery": f"/{TENANT}/v2.0/.well-known/openid-configuration",
         "keys": f"/{TENANT}/discovery/v2.0/keys"}


def main():
    server, passed = Server(seed(), core=0), True
    for name, path in PATHS.items():
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", path)
        answer = connection.getresponse()
        document = scratch() / "document"
        document.write_bytes(answer.read())
        assert answer.status == 200, path
        port, process = floor("document", scratch(), document)
        loads = [Load(at, pid, GET.format(path=path), connections=32)
                 for at, pid in ((server.port, server.pid), (port, process.pid))]
        passed &= compare(f"perf-L1/{name}", *in_turn(loads, 40000, 7), 1.25)
    return passed


sys.exit(0 if main() else 1)
