// SPDX-License-Identifier: Apache-2.0

import CCurl
import COpenSSL
import Glibc
import HealthModel
import LinuxRuntime

/// The functions that libcurl calls, all on the loop's thread and inside one of our calls to it.
///
/// Each gets back the object that its context points to, which outlives the handle, and passes on. None makes libcurl act.
enum CurlCallbacks {
    static let socketChanged: curl_socket_callback = { easy, socket, what, context, _ in
        guard let loop = unsafe loop(of: context) else { return 0 }
        let events: Readiness.Events =
            switch what {
            case CURL_POLL_IN: .readable
            case CURL_POLL_OUT: .writable
            case CURL_POLL_INOUT: [.readable, .writable]
            default: []
            }
        let address = UInt(bitPattern: context)
        let problem = loop.assumeIsolated { loop -> SystemError? in
            let shard: CurlShard? = unsafe object(UnsafeMutableRawPointer(bitPattern: address))
            do throws(SystemError) {
                try shard?.socketChanged(socket, events, on: loop)
                return nil
            } catch {
                return error
            }
        }
        if let problem, let easy = unsafe easy {
            unsafe CurlExchange.owner(of: easy)?.ranShort("the connection cannot be watched: \(problem.text)")
        }
        return 0
    }

    static let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
        guard let shard: CurlShard = unsafe object(context) else { return 0 }
        shard.timerChanged(milliseconds)
        return 0
    }

    static let closeSocket: ccurl_close_function = { context, socket in
        guard let loop = unsafe loop(of: context) else { return close(socket) }
        let address = UInt(bitPattern: context)
        loop.assumeIsolated { loop in
            let shard: CurlShard? = unsafe object(UnsafeMutableRawPointer(bitPattern: address))
            shard?.closeSocket(socket, on: loop)
        }
        return 0
    }

    static let openSocket: ccurl_open_function = { context, _, address in
        let exchange: CurlExchange? = unsafe object(context)
        guard let loop = exchange?.loop else { return CInt(CCURL_NO_SOCKET) }
        let (owner, peer) = (UInt(bitPattern: context), UInt(bitPattern: address))
        return loop.assumeIsolated { loop in
            guard let exchange: CurlExchange = unsafe object(UnsafeMutableRawPointer(bitPattern: owner)),
                let address = unsafe UnsafeMutablePointer<curl_sockaddr>(bitPattern: peer)
            else { return CInt(CCURL_NO_SOCKET) }
            return unsafe exchange.openSocket(address, on: loop)
        }
    }

    static let takeHeader: ccurl_data_function = { bytes, size, count, context in
        guard let exchange: CurlExchange = unsafe object(context) else { return 0 }
        let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe exchange.takeHeader(line) ? size * count : 0
    }

    static let takeBody: ccurl_data_function = { bytes, size, count, context in
        guard let exchange: CurlExchange = unsafe object(context) else { return 0 }
        let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe exchange.takeBody(piece) ? size * count : 0
    }

    static let takeDown: ccurl_debug_function = { _, kind, bytes, count, context in
        guard let exchange: CurlExchange = unsafe object(context) else { return 0 }
        unsafe exchange.takeDown(kind, UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
    }

    static let beforeRequest: ccurl_prerequest_function = { context, _, _, _, _ in
        guard let exchange: CurlExchange = unsafe object(context), exchange.beforeRequest() else {
            return CInt(CCURL_PREREQUEST_ABORT)
        }
        return CInt(CCURL_PREREQUEST_OK)
    }

    static let prepareTLS: ccurl_tls_function = { _, tlsContext, context in
        guard let exchange: CurlExchange = unsafe object(context), let tlsContext = unsafe tlsContext else {
            return CURLE_ABORTED_BY_CALLBACK
        }
        return unsafe exchange.prepareTLS(OpaquePointer(tlsContext)) ? CURLE_OK : CURLE_SSL_CACERT_BADFILE
    }

    /// The loop of the shard that a callback's context is.
    ///
    /// The shard itself cannot be handed into the loop's isolation from here, but its address can, and becomes it again there.
    private static func loop(of context: UnsafeMutableRawPointer?) -> EventLoop? {
        let shard: CurlShard? = unsafe object(context)
        return shard?.loop
    }

    /// The object that a callback's context is.
    ///
    /// unsafe: every context is set by `passUnretained(self)` of exactly the class that its callback asks for.
    private static func object<Object: AnyObject>(_ context: UnsafeMutableRawPointer?) -> Object? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Object>.fromOpaque(context).takeUnretainedValue()
    }
}
