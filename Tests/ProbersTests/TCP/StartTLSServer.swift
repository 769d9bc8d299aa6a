// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport

/// A small real server that is spoken to in the clear first, then in TLS by Python's ssl; `stop` it, or it stays.
struct StartTLSServer {
    let port: UInt16
    private let program: Program

    /// Reads a line (or 8 bytes for `request`) before each answer after the greeting; then TLS, in which it echoes one line.
    private static let source = """
        import socket, ssl, sys
        certificate, key, greeting, *answers = [a.encode().decode('unicode_escape') for a in sys.argv[1:]]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = socket.create_server(('127.0.0.1', 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            try:
                if greeting: connection.sendall(greeting.encode())
                for answer in answers:
                    connection.recv(4096)
                    connection.sendall(answer.encode())
                secure = context.wrap_socket(connection, server_side=True)
                line = secure.recv(4096)
                secure.sendall(b'echo ' + line)
                while secure.recv(4096): pass
            except OSError:
                connection.close()
        """

    init(certificate: String = "soon", _ greeting: String, _ answers: String...) {
        program = Program(
            [
                "python3", "-c", Self.source, FreshCertificates.path("\(certificate).pem"),
                FreshCertificates.path("\(certificate).key"), greeting,
            ] + answers
        )
        guard let port = program.readLine().flatMap({ UInt16($0) }) else {
            preconditionFailure("the STARTTLS server does not start")
        }
        self.port = port
    }

    func stop() {
        program.stop()
    }
}
