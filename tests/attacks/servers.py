"""Servers that the attacks of tests/attacks need, each as small as its clients allow: they accept no password.

    servers.py ROLE...      one process serves all its roles until it is ended; prints "ready" when every port listens

Roles are NAME or NAME@PORT; what each does says its class. Everything listens on all addresses of its network namespace.
"""
import json
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

CERTIFICATE = None  # set by main: a PEM file with the key


def exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("closed")
        data += more
    return data


class Stream(socketserver.BaseRequestHandler):
    """Base of the servers that are no HTTP: what a client breaks off is no error."""

    def handle(self):
        try:
            self.talk(self.request)
        except OSError:
            pass


class Postgresql(Stream):
    """Asks for a password in clear text and rejects it, except for "letmein"."""

    def talk(self, connection):
        while True:
            length, code = struct.unpack(">II", exactly(connection, 8))
            body = exactly(connection, length - 8)
            if code != 80877103:
                break
            connection.sendall(b"N")
        connection.sendall(b"R" + struct.pack(">II", 8, 3))
        exactly(connection, 1)
        password = exactly(connection, struct.unpack(">I", exactly(connection, 4))[0] - 4)
        if password == b"letmein\0":
            connection.sendall(b"R" + struct.pack(">II", 8, 0) + b"Z" + struct.pack(">I", 5) + b"I")
            connection.recv(1024)
            return
        fields = b"SFATAL\0C28P01\0Mpassword authentication failed for user\0\0"
        connection.sendall(b"E" + struct.pack(">I", 4 + len(fields)) + fields)


class Mysql(Stream):
    """Greets as 5.7 and denies access."""

    def talk(self, connection):
        greeting = (b"\x0a5.7.42\0" + struct.pack("<I", 7) + b"abcdefgh\0" + struct.pack("<H", 0xF7FF) + b"\x21"
                    + struct.pack("<H", 2) + struct.pack("<H", 0x0008) + b"\x15" + bytes(10) + b"ijklmnopqrst\0"
                    + b"mysql_native_password\0")
        connection.sendall(struct.pack("<I", len(greeting))[:3] + b"\0" + greeting)
        head = exactly(connection, 4)
        exactly(connection, head[0] | head[1] << 8 | head[2] << 16)
        error = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied for user (using password: YES)"
        connection.sendall(struct.pack("<I", len(error))[:3] + b"\x02" + error)


def ber(tag, body):
    assert len(body) < 128
    return bytes([tag, len(body)]) + body


class Ldap(Stream):
    """Refuses every bind that has a password, and refers a search elsewhere, as a server of JNDI attacks does."""

    def talk(self, connection):
        while True:
            head = exactly(connection, 2)
            length = head[1]
            if length & 0x80:
                length = int.from_bytes(exactly(connection, length & 0x7F), "big")
            message = exactly(connection, length)
            number = message[:2 + message[1]]
            operation = message[len(number)]
            if operation == 0x60:
                anonymous = message.endswith(b"\x80\0")
                result = ber(0x0A, b"\0" if anonymous else b"\x31")
                connection.sendall(ber(0x30, number + ber(0x61, result + ber(4, b"") + ber(4, b""))))
            elif operation == 0x63:
                connection.sendall(ber(0x30, number + ber(0x65, ber(0x0A, b"\0") + ber(4, b"") + ber(4, b""))))
            else:
                return


class Ftp(Stream):
    """Knows no user but "anonymous"."""

    def talk(self, connection):
        connection.sendall(b"220 files\r\n")
        user = b""
        for line in connection.makefile("rb"):
            word = line[:4].upper().strip()
            if word == b"USER":
                user = line[5:].strip()
                connection.sendall(b"331 password\r\n")
            elif word == b"PASS":
                connection.sendall(b"230 hello\r\n" if user == b"anonymous" else b"530 Login incorrect.\r\n")
            elif word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"502 no\r\n")


class Stratum(Stream):
    """A mining pool: answers every message with a job, of Bitcoin's protocol or of Monero's."""

    def talk(self, connection):
        for line in connection.makefile("rb"):
            message = json.loads(line)
            if message["method"] == "login":
                job = {"blob": "07" * 38, "job_id": "1", "target": "b88d0600", "algo": "rx/0"}
                answer = {"id": message["id"], "jsonrpc": "2.0", "error": None,
                          "result": {"id": "1", "job": job, "status": "OK"}}
            else:
                answer = {"id": message["id"], "error": None, "result": [[["mining.notify", "1"]], "08000002", 4]}
            connection.sendall(json.dumps(answer).encode() + b"\n")


class Etcd(Stream):
    """Takes what comes and says what the version is, whatever was asked."""

    def talk(self, connection):
        connection.recv(4096)
        body = b'{"etcdserver":"3.5.9","etcdcluster":"3.5.0"}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                           % (len(body), body))


class Either(Stream):
    """Serves a page, and to whoever speaks as Redis does an answer of Redis: a protocol that nobody expects on its port."""

    def talk(self, connection):
        if connection.recv(256).startswith(b"*"):
            connection.sendall(b"+PONG\r\n")
            connection.recv(256)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")


class Web(BaseHTTPRequestHandler):
    """An application with every hole: it looks up what JNDI asks for, executes what a parameter says (of "id" only), puts an
    argument into SQL, and has a page behind a password."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, kind="text/html", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.look_up("".join(self.headers.values()) + urllib.parse.unquote(self.path))
        url = urllib.parse.urlsplit(self.path)
        arguments = urllib.parse.parse_qs(url.query)
        if url.path.startswith("/private"):
            self.answer(b"no\n", 401, headers=[("WWW-Authenticate", 'Basic realm="private"')])
        elif "cmd" in arguments:
            self.answer(b"uid=33(www-data) gid=33(www-data) groups=33(www-data)\n")
        elif "id" in arguments:
            broken = "'" in arguments["id"][0]
            self.answer(b"You have an error in your SQL syntax\n" if broken else b"<p>one item</p>\n", 500 if broken else 200)
        elif url.path.endswith("/secrets"):
            secret = {"kind": "Secret", "metadata": {"name": "db", "namespace": "data"}, "data": {"password": "eA=="}}
            self.answer(json.dumps({"kind": "SecretList", "apiVersion": "v1", "items": [secret]}).encode(),
                        kind="application/json")
        else:
            self.answer(b"hello\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.look_up(body.decode("latin-1"))
        self.answer(b"thanks\n")

    do_PUT = do_POST

    @staticmethod
    def look_up(text):
        plain = re.sub(r"\$\{(?:lower:|upper:|::-)([^${}])\}", r"\1", text)
        found = re.search(r"\$\{jndi:ldap://([0-9.]+):([0-9]+)/", plain)
        if found:
            try:
                with socket.create_connection((found[1], int(found[2])), 2) as connection:
                    connection.sendall(ber(0x30, b"\x02\x01\x01" + ber(0x60, b"\x02\x01\x03" + ber(4, b"") + b"\x80\0")))
                    connection.recv(64)
            except OSError:
                pass


class Api(Web):
    """An API server, as far as kubectl gets before it is refused."""

    def do_GET(self):
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
                  "message": "forbidden"}
        self.answer(json.dumps(status).encode(), 403, "application/json")

    do_POST = do_GET


class Kubelet(Web):
    """A kubelet that lists no pods."""

    def do_GET(self):
        self.answer(b'{"kind":"PodList","apiVersion":"v1","items":[]}', kind="application/json")


ROLES = {
    "postgresql": (Postgresql, 5432, False),
    "mysql": (Mysql, 3306, False),
    "ldap": (Ldap, 389, False),
    "ftp": (Ftp, 21, False),
    "stratum": (Stratum, 3333, False),
    "etcd": (Etcd, 2379, False),
    "either": (Either, 7007, False),
    "web": (Web, 8080, False),
    "web-tls": (Web, 8443, True),
    "api": (Api, 6443, True),
    "kubelet": (Kubelet, 10250, True),
    "kubelet-read-only": (Kubelet, 10255, False),
}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, handler, tls):
        super().__init__(("0.0.0.0", port), handler)
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(CERTIFICATE)

    def finish_request(self, request, client_address):
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main():
    global CERTIFICATE
    CERTIFICATE = sys.argv[1]
    for word in sys.argv[2:]:
        name, _, port = word.partition("@")
        handler, standard, tls = ROLES[name]
        server = Server(int(port or standard), handler, tls)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
