# SPDX-License-Identifier: Apache-2.0
"""An HTTP/2 server that answers a health check in every wrong way; the name of the service says which.

Prints its port and ends when standard input does. With --certificate and --key it speaks TLS, offering --alpn.
"""
import argparse
import socket
import ssl
import sys
import threading

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import hyperframe.frame

GRPC = [(":status", "200"), ("content-type", "application/grpc")]
SERVING = b"\0\0\0\0\2\x08\1"
OK = [("grpc-status", "0")]


def service_of(body):
    """The service name of a framed HealthCheckRequest; names are shorter than 128 bytes here."""
    return body[7:].decode() if len(body) > 7 else ""


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.h2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False)
        )
        self.bodies = {}
        self.paths = {}

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def run(self):
        self.h2.initiate_connection()
        self.flush()
        while data := self.sock.recv(65536):
            for event in self.h2.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self.bodies[event.stream_id] = b""
                    self.paths[event.stream_id] = dict(event.headers)[b":path"].decode()
                elif isinstance(event, h2.events.DataReceived):
                    self.bodies[event.stream_id] += event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    self.answer(event.stream_id, service_of(self.bodies[event.stream_id]))
                elif isinstance(event, h2.events.ConnectionTerminated):
                    return
            self.flush()

    def message(self, stream, data, trailers=OK, headers=GRPC):
        self.h2.send_headers(stream, headers)
        self.h2.send_data(stream, data)
        if trailers is not None:
            self.h2.send_headers(stream, trailers, end_stream=True)

    def only(self, stream, headers):
        self.h2.send_headers(stream, headers, end_stream=True)

    def raw(self, frame):
        self.flush()
        self.sock.sendall(frame.serialize())

    def answer(self, stream, name):
        word, _, argument = name.partition(":")
        getattr(self, word.replace("-", "_"))(stream, argument)

    # Good answers.
    def serving(self, stream, _):
        self.message(stream, SERVING)

    def status(self, stream, value):
        self.message(stream, b"\0\0\0\0\2\x08" + bytes([int(value)]))

    def empty_message(self, stream, _):
        self.message(stream, b"\0\0\0\0\0")

    def unknown_fields(self, stream, _):
        # Field 2 as text, field 3 as four bytes, then the status, then field 4 as eight bytes.
        fields = b"\x12\3abc" + b"\x1d\1\2\3\4" + b"\x08\1" + b"\x21\1\2\3\4\5\6\7\x08"
        self.message(stream, b"\0\0\0\0" + bytes([len(fields)]) + fields)

    def content_type(self, stream, value):
        self.message(stream, SERVING, headers=[(":status", "200"), ("content-type", value)])

    def interim(self, stream, _):
        self.h2.send_headers(stream, [(":status", "103"), ("link", "</x>")])
        self.message(stream, SERVING)

    def content_length(self, stream, _):
        self.message(stream, SERVING, headers=GRPC + [("content-length", str(len(SERVING)))])

    def refused_once(self, stream, _):
        if refusal_said.is_set():
            return self.message(stream, SERVING)
        refusal_said.set()
        self.h2.reset_stream(stream, 7)

    def close_after(self, stream, _):
        self.message(stream, SERVING)
        self.flush()
        self.sock.shutdown(socket.SHUT_WR)

    # A gRPC status.
    def trailers_only(self, stream, status):
        self.only(stream, GRPC + [("grpc-status", status), ("grpc-message", "draining 50%25 done %zz %")])

    def trailers(self, stream, status):
        self.message(stream, b"\0\0\0\0\0", [("grpc-status", status), ("grpc-message", "gr%C3%B6%C3%9Fer")])

    # Broken gRPC.
    def missing_status(self, stream, _):
        self.h2.send_headers(stream, GRPC)
        self.h2.send_data(stream, SERVING, end_stream=True)

    def no_message(self, stream, _):
        self.h2.send_headers(stream, GRPC)
        self.h2.send_headers(stream, OK, end_stream=True)

    def compressed(self, stream, encoding):
        extra = [("grpc-encoding", encoding)] if encoding else []
        self.message(stream, b"\1\0\0\0\2\x08\1", headers=GRPC + extra)

    def flag(self, stream, value):
        self.message(stream, bytes([int(value)]) + SERVING[1:])

    def two_messages(self, stream, _):
        self.message(stream, SERVING + SERVING)

    def truncated(self, stream, _):
        self.message(stream, SERVING[:-1])

    def absurd_length(self, stream, _):
        self.message(stream, b"\0\xff\xff\xff\xff\x08", trailers=None)

    def one_too_long(self, stream, _):
        self.message(stream, b"\0\0\1\0\1\x08", trailers=None)

    def bad_protobuf(self, stream, _):
        self.message(stream, b"\0\0\0\0\3\x08\xff\xff")

    # HTTP without gRPC.
    def http(self, stream, status):
        self.h2.send_headers(stream, [(":status", status), ("content-type", "text/html")])
        self.h2.send_data(stream, b"<p>not gRPC</p>", end_stream=True)

    def grpc_in_http(self, stream, status):
        self.only(stream, [(":status", status), ("content-type", "application/grpc"), ("grpc-status", "8")])

    # Broken HTTP.
    def bad_status(self, stream, _):
        self.only(stream, [(":status", "2x0"), ("content-type", "application/grpc"), ("grpc-status", "0")])

    def capitals(self, stream, _):
        self.message(stream, SERVING, headers=GRPC + [("X-Capital", "y")])

    def wrong_length(self, stream, _):
        self.message(stream, SERVING, headers=GRPC + [("content-length", "3")])

    # Streams and connections that end.
    def rst(self, stream, code):
        self.h2.reset_stream(stream, int(code))

    def rst_within(self, stream, code):
        self.h2.send_headers(stream, GRPC)
        self.h2.send_data(stream, SERVING)
        self.h2.reset_stream(stream, int(code))

    def goaway(self, stream, code):
        self.h2.close_connection(int(code), last_stream_id=0)
        self.flush()
        self.sock.shutdown(socket.SHUT_WR)

    def goaway_within(self, stream, code):
        self.h2.send_headers(stream, GRPC)
        self.flush()
        self.h2.close_connection(int(code), last_stream_id=stream)
        self.flush()
        self.sock.shutdown(socket.SHUT_WR)

    def goaway_after(self, stream, _):
        self.message(stream, SERVING)
        self.h2.close_connection(0, last_stream_id=stream)

    def goaway_once(self, stream, _):
        self.message(stream, SERVING)
        if not goaway_said.is_set():
            goaway_said.set()
            self.h2.close_connection(0, last_stream_id=stream)

    def close_within(self, stream, _):
        self.h2.send_headers(stream, GRPC)
        self.flush()
        self.sock.shutdown(socket.SHUT_WR)

    def hang_up(self, stream, _):
        self.sock.shutdown(socket.SHUT_WR)

    # Too much, or nothing.
    def silent(self, stream, _):
        pass

    def half(self, stream, _):
        self.h2.send_headers(stream, GRPC)

    def many_trailers(self, stream, _):
        self.message(stream, SERVING, [(f"x-{n}", "y") for n in range(200)] + OK)

    def many_fields(self, stream, _):
        self.h2.send_headers(stream, GRPC + [(f"x-{n}", "y") for n in range(200)])

    def long_trailer(self, stream, _):
        self.message(stream, SERVING, OK + [(f"x-{n}", "y" * 8000) for n in range(10)])

    def settings_flood(self, stream, _):
        frame = hyperframe.frame.SettingsFrame(0).serialize()
        self.flush()
        while True:
            self.sock.sendall(frame * 1000)

    def ping_flood(self, stream, _):
        frame = hyperframe.frame.PingFrame(0, b"12345678").serialize()
        self.flush()
        while True:
            self.sock.sendall(frame * 1000)

    def flood_after(self, stream, _):
        self.message(stream, SERVING)
        self.ping_flood(stream, _)

    def body_flood(self, stream, _):
        self.h2.send_headers(stream, GRPC)
        self.flush()
        frame = hyperframe.frame.DataFrame(stream, b"\0\0\0\0\2\x08\1" * 1000).serialize()
        while True:
            self.sock.sendall(frame)

    def broken_frame(self, stream, _):
        self.flush()
        self.sock.sendall(b"\0\0\1\7\0\0\0\0\0\0")


def serve(sock, context):
    try:
        if context:
            sock = context.wrap_socket(sock, server_side=True)
        Connection(sock).run()
    except (OSError, h2.exceptions.ProtocolError):
        pass
    finally:
        sock.close()


goaway_said = threading.Event()
refusal_said = threading.Event()

parser = argparse.ArgumentParser()
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--alpn", default="h2")
options = parser.parse_args()
context = None
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    if options.alpn:
        context.set_alpn_protocols(options.alpn.split(","))


def accept(listener):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve, args=(sock, context), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0), backlog=128)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
