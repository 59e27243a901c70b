"""What the Python programs of bench/ share: a server in a folder of its own, a person who signs in, the load and
the floors, and the line that a promise ends with."""
import atexit, base64, hashlib, html, http.client, http.cookies, json, os, pathlib, re, secrets, shutil, signal
import socket, statistics, subprocess, sys, tempfile, time, urllib.parse

BUILD = pathlib.Path(os.environ.get("HEADGATE_BUILD", "build-bench")).resolve()
TENANT = "5f3c1e0a-7d2b-4c6e-9a41-0b8d2f6e7c10"
PUBLIC = "7a2e3d4c-0000-4000-8000-0000000c11e7"
API = "3b1f6a90-0000-4000-8000-0000000000a1"
PASSWORD = "Correct-Horse-2"
SCOPES = ["openid", "profile", "email", "offline_access", "User.Read"]
GRAPH = "00000003-0000-0000-c000-000000000000"
REDIRECT = "http://localhost"

_started = []
_made = []


def _cleanup():
    for process in _started:
        if process.poll() is None:
            process.kill()
            process.wait()
    for path in _made:
        shutil.rmtree(path, ignore_errors=True)


atexit.register(_cleanup)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def scratch():
    path = pathlib.Path(tempfile.mkdtemp(prefix="headgate-bench-"))
    _made.append(path)
    return path


def start(arguments, core=None, **more):
    """A process that ends with this program, on one core if it is to be beside the load on the other."""
    cores = {core} if core is not None and (os.cpu_count() or 1) > 1 else None
    process = subprocess.Popen([str(a) for a in arguments], text=True,
                               preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None, **more)
    _started.append(process)
    return process


def median(values):
    return statistics.median(values)


def report(promise, figure, unit, floor, ratio, target, passed):
    print(f"BENCH {promise} {figure:.2f} {unit} floor={floor:.2f} ratio={ratio:.2f} target={target:.2f} "
          f"{'pass' if passed else 'fail'}", flush=True)
    return passed


def seed(n_users=16, policies=0, id_alg="ES256", **more):
    def user(i):
        return {"id": f"2b7e8c14-94c5-4f0d-b0b6-{i:012x}", "userPrincipalName": f"user{i}@contoso.test",
                "displayName": f"User Number {i}", "mail": f"user{i}@contoso.test",
                "password": PASSWORD}

    def policy(i):
        return {"displayName": f"Policy {i}", "state": "enabled",
                "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
                               "users": {"includeUsers": ["All"]},
                               "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
                               "platforms": {"includePlatforms": ["android", "iOS"]}},
                "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}}

    return {
        "tenant": {"id": TENANT, "domain": "contoso.test", "displayName": "Contoso"},
        "users": [user(i) for i in range(n_users)],
        "applications": [
            {"id": "d1e2f3a4-5b6c-4d7e-8f90-a1b2c3d4e506", "appId": PUBLIC, "displayName": "Command line",
             "publicClient": {"redirectUris": [REDIRECT]}, "isFallbackPublicClient": True,
             "idTokenSignedResponseAlg": id_alg, "grants": [{"resource": GRAPH, "scopes": SCOPES}, {"resource": API, "scopes": ["Work.Read"]}]},
            {"id": "d1e2f3a4-5b6c-4d7e-8f90-a1b2c3d4e507", "appId": API, "displayName": "Work API",
             "identifierUris": ["api://work"],
             "api": {"requestedAccessTokenVersion": 2,
                     "oauth2PermissionScopes": [{"id": "8e1f3c5a-2222-4b1b-9c1d-0a0b0c0d0e0f", "value": "Work.Read",
                                                 "type": "User", "isEnabled": True}]}}],
        "conditionalAccessPolicies": [policy(i) for i in range(policies)],
        **more,
    }


class Server:
    """A release build of headgate on loopback, with the listener that a proxy uses."""

    def __init__(self, seed=None, synchronous="normal", core=None, dir=None):
        self.dir = dir or scratch()
        self.core = core
        self.arguments = [BUILD / "src/main/headgate", "serve", "--dev", "--data", self.dir / "data",
                          "--listen", "127.0.0.1:0", "--ready-file", self.dir / "ready.json",
                          "--set", "server.plain_listen=127.0.0.1:0", "--set", f"sqlite.synchronous={synchronous}"]
        if seed is not None:
            (self.dir / "seed.json").write_text(json.dumps(seed))
            self.arguments += ["--seed", self.dir / "seed.json"]
        self.launch()

    def launch(self):
        self.log = open(self.dir / "log", "a")
        self.process = start(self.arguments, self.core, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"headgate did not start: {(self.dir / 'log').read_text()[-2000:]}")
        self.ready = json.loads(line)
        self.pid = self.process.pid
        self.port = int(self.ready["plain"].rsplit(":", 1)[1])
        self.token_path = f"/{TENANT}/oauth2/v2.0/token"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            sys.exit(f"headgate ended with {self.process.returncode}")
        self.log.close()

    def admin(self, method, path, body=None):
        """The host's operator, over DATA/admin.sock."""
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.ready["adminSocket"])
        connection.request(method, path, None if body is None else json.dumps(body),
                           {} if body is None else {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if text else None

    def memory_mb(self):
        """Private dirty and resident memory."""
        rows = dict(re.findall(r"^(\w+): +(\d+) kB", pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text(), re.M))
        return int(rows["Private_Dirty"]) / 1000, int(rows["Rss"]) / 1000


class Person:
    """A browser without scripts, and the public client that sent it."""

    def __init__(self, server, user):
        self.server, self.user, self.cookies = server, user, {}
        self.cpu_us = 0  # of the server for these requests, but for the one that checks the password
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def send(self, method, path, form=None):
        fields = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "User-Agent": "bench"}
        if form is not None:
            fields["Content-Type"] = "application/x-www-form-urlencoded"
        before = cpu_us(self.server.pid)
        self.connection.request(method, path, None if form is None else urllib.parse.urlencode(form), fields)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if not (form and form.get("action") == "password"):
            self.cpu_us += cpu_us(self.server.pid) - before
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer, text

    def press(self, text, action, **typed):
        path = html.unescape(re.search(r'<form [^>]*action="([^"]*)"', text).group(1))
        fields = {}
        for tag in re.findall(r"<input [^>]*>", text):
            name = re.search(r'name="([^"]*)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            fields[name.group(1)] = html.unescape(value.group(1)) if value else ""
        parts = urllib.parse.urlsplit(path)
        return self.send("POST", parts.path + (f"?{parts.query}" if parts.query else ""),
                         {**fields, **typed, "action": action})

    def sign_in(self, scope=" ".join(SCOPES)):
        """Authorization code with PKCE, through the pages. The token endpoint's answer."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = urllib.parse.urlencode({
            "client_id": PUBLIC, "response_type": "code", "redirect_uri": REDIRECT, "scope": scope, "state": "s",
            "code_challenge": challenge, "code_challenge_method": "S256"})
        answer, text = self.send("GET", f"/{TENANT}/oauth2/v2.0/authorize?{query}")
        for _ in range(6):
            if answer.status in (302, 303):
                at = urllib.parse.urlsplit(answer.headers["Location"])
                code = urllib.parse.parse_qs(at.query).get("code")
                if code:
                    return self.redeem(code[0], verifier)
                answer, text = self.send("GET", f"{at.path}?{at.query}")
            for action, typed in (("username", {"username": self.user}), ("password", {"password": PASSWORD}),
                                  ("leave", {})):
                if f'value="{action}"' in text:
                    answer, text = self.press(text, action, **typed)
                    break
        sys.exit(f"the sign-in of {self.user} ended at {answer.status}: {text[:1500]}")

    def redeem(self, code, verifier):
        answer, text = self.send("POST", self.server.token_path, {
            "grant_type": "authorization_code", "client_id": PUBLIC, "code": code, "redirect_uri": REDIRECT,
            "code_verifier": verifier})
        if answer.status != 200:
            sys.exit(f"the code was refused: {text}")
        return json.loads(text)


class Load:
    """Requests against one port, what they cost the process that answers them."""

    def __init__(self, port, pid, head, body=None, tokens=None, connections=16):
        self.dir = scratch()
        self.arguments = [str(port), str(connections), None, str(pid), str(self.dir / "head")]
        (self.dir / "head").write_text(head)
        if body is not None:
            (self.dir / "body").write_text(body)
            self.arguments.append(str(self.dir / "body"))
        if tokens is not None:
            self.arguments.append(str(tokens))

    def start(self, n):
        arguments = [str(n) if a is None else a for a in self.arguments]
        return start([BUILD / "bench/load", *arguments], core=1, stdout=subprocess.PIPE)

    def run(self, n):
        process = self.start(n)
        out = process.communicate()[0]
        if process.returncode != 0:
            sys.exit(f"load: status {process.returncode} {out}")
        return json.loads(out)


def floor(*arguments):
    """A floor's port and process id."""
    process = start([BUILD / "bench/floor", *arguments], core=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return int(process.stdout.readline()), process


def cpu_us(pid):
    """CPU time of a process with all its threads; its clock's number is made of its id, as the kernel has it."""
    return time.clock_gettime_ns((~pid << 3) | 2) / 1000


FLOWS = "/providers/Microsoft.ProcessSimple/environments/~default/flows"
VERSION = "api-version=2016-11-01"


def flow_definition(answers=True, loop=0):
    """A webhook and set, if, set, if, set, then an answer; or one node and none; or a loop."""
    def condition(inside, name, after):
        return {"type": "If", "runAfter": {after: ["Succeeded"]}, "expression": {"greater": [f"@outputs('{inside}')", 1]},
                "actions": {name: {"type": "Compose", "runAfter": {}, "inputs": f"@outputs('{inside}')"}}}

    actions = {"First": {"type": "Compose", "runAfter": {}, "inputs": "@add(triggerBody()?['value'], 1)"}}
    last = "First"
    if loop > 0:
        actions = {"Each": {"type": "Foreach", "runAfter": {}, "foreach": f"@range(0, {loop})",
                            "actions": {"First": {"type": "Compose", "runAfter": {}, "inputs": "@items('Each')"}}}}
        last = "Each"
    elif answers:
        actions |= {"If_first": condition("First", "Inner_first", "First"),
                    "Second": {"type": "Compose", "runAfter": {"If_first": ["Succeeded"]}, "inputs": "@add(outputs('First'), 1)"},
                    "If_second": condition("Second", "Inner_second", "Second"),
                    "Third": {"type": "Compose", "runAfter": {"If_second": ["Succeeded"]}, "inputs": "@add(outputs('Second'), 1)"}}
        last = "Third"
    if answers:
        actions["Answer"] = {"type": "Response", "kind": "Http", "runAfter": {last: ["Succeeded"]},
                             "inputs": {"statusCode": 200, "body": {"answer": "@triggerBody()?['value']"}}}
    return {"$schema": "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/"
                       "workflowdefinition.json#", "contentVersion": "1.0.0.0",
            "triggers": {"manual": {"type": "Request", "kind": "Http", "inputs": {"schema": {}}}}, "actions": actions}


def make_flow(server, name, definition):
    """Where its webhook is called."""
    flow = server.admin("POST", f"{FLOWS}?{VERSION}", {"properties": {
        "displayName": name, "state": "Started", "owner": "user0@contoso.test", "definition": definition,
        "connectionReferences": {}}})["name"]
    server.flow = flow
    url = server.admin("POST", f"{FLOWS}/{flow}/triggers/manual/listCallbackUrl?{VERSION}", {})["response"]["value"]
    at = urllib.parse.urlsplit(url)
    return f"{at.path}?{at.query}"


def runs_left(server):
    """Runs of the flow that have not ended, as far as its newest page tells."""
    page = server.admin("GET", f"{FLOWS}/{server.flow}/runs?{VERSION}")
    return sum(run["properties"]["status"] in ("Running", "Waiting") for run in page["value"])


POST_FORM = "POST {path} HTTP/1.1\nHost: localhost\nContent-Type: application/x-www-form-urlencoded\n"
GET = "GET {path} HTTP/1.1\nHost: localhost\n"


def refresh_load(server, scope, users=16):
    """Sixteen people signed in, each with a token that turns at each use."""
    tokens = server.dir / f"tokens-{secrets.token_hex(4)}"
    answers = [Person(server, f"user{i}@contoso.test").sign_in(scope) for i in range(users)]
    tokens.write_text("".join(a["refresh_token"] + "\n" for a in answers))
    body = (f"grant_type=refresh_token&client_id={PUBLIC}&scope={urllib.parse.quote(scope)}"
            "&refresh_token={token}")
    return Load(server.port, server.pid, POST_FORM.format(path=server.token_path), body, tokens), answers[0]


def floor_load(algorithm, signatures, synchronous="NORMAL", rows=1000):
    where = scratch()
    port, process = floor("token", where, algorithm, signatures, synchronous, rows, where / "tokens")
    return Load(port, process.pid, POST_FORM.format(path="/token"),
                f"grant_type=refresh_token&client_id={PUBLIC}&scope=openid%20profile%20offline_access%20User.Read"
                "&refresh_token={token}", where / "tokens")


def in_turn(loads, n, rounds, key="cpu_us"):
    """A B A B: the figures of each load, round by round."""
    figures = [[] for _ in loads]
    for load in loads:
        load.run(max(n // 4, 64))
    for _ in range(rounds):
        for at, load in enumerate(loads):
            figures[at].append(load.run(n)[key])
    return figures


def compare(promise, ours, bare, target):
    """The median of the ratios of one round each."""
    ratio = median(o / b for o, b in zip(ours, bare))
    return report(promise, median(ours), "us", median(bare), ratio, target, ratio <= target)
