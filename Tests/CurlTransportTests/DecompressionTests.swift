// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

/// Content codings against a server that does as it is told; the compressed bytes were made by gzip, zlib and brotli.
@Suite("Decompression")
struct DecompressionTests {
    /// `hello hello hello` as gzip, zlib (what HTTP calls deflate), raw deflate (what some servers call so) and brotli.
    private static let hello = Array("hello hello hello".utf8)
    private static let gzip: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 87, 200, 64, 144, 0, 128, 136, 249, 229, 17, 0, 0, 0,
    ]
    private static let zlib: [UInt8] = [
        120, 156, 203, 72, 205, 201, 201, 87, 200, 64, 144, 0, 58, 46, 6, 125,
    ]
    private static let deflate: [UInt8] = [203, 72, 205, 201, 201, 87, 200, 64, 144, 0]
    /// A window of 64 KiB, 17 bytes as they are, the end (RFC 7932 section 9).
    private static let brotli: [UInt8] = [0x00, 0x01, 0x10] + hello + [0x03]

    /// Raw deflate (RFC 1951) of at least `count` zero bytes: one of them, then "258 more of the same" again and again.
    private static func bomb(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var (bits, width) = (0, 0)
        func put(_ value: Int, _ count: Int) {
            bits |= value << width
            width += count
            while width >= 8 {
                bytes.append(UInt8(bits & 0xFF))
                bits >>= 8
                width -= 8
            }
        }
        // The last block, fixed codes; literal 0 is 00110000, length 258 is 11000101, distance 1 is 00000, first bit first.
        put(0b011, 3)
        put(0b0000_1100, 8)
        for _ in 0...(count / 258) { put(0b0_0000_1010_0011, 13) }
        put(0, 7)
        put(0, 7)
        return bytes
    }

    private static func answer(_ body: [UInt8], coding: String) -> [ByteServer.Step] {
        let fields = coding.isEmpty ? "" : "Content-Encoding: \(coding)\r\n"
        let head = "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.count)\r\n\r\n"
        return [.readRequest, .sendBytes(Array(head.utf8) + body)]
    }

    private static func fetch(
        _ steps: [ByteServer.Step],
        decompresses: Bool = true,
        limit: Int = 1_024
    ) async throws -> (fetched: TimedResult, request: String) {
        let server = ByteServer([steps])
        defer { server.stop() }
        let asked = try request(server.port) { request in
            request.decompresses = decompresses
            request.maximumBodyBytes = limit
        }
        return (try await fetchOnce(asked), server.requests.first ?? "")
    }

    @Test("compressed content is asked for only where it is undone", arguments: [true, false])
    func offer(decompresses: Bool) async throws {
        let (fetched, request) = try await Self.fetch(
            [.readRequest, ByteServer.answer("ok")],
            decompresses: decompresses
        )
        #expect(fetched.answer?.body == Array("ok".utf8))
        #expect(request.contains("Accept-Encoding: gzip, deflate, br\r\n") == decompresses)
        #expect(request.lowercased().contains("accept-encoding") == decompresses)
    }

    @Test(
        "gzip, both kinds of deflate and brotli are undone, and the bytes after that are counted",
        arguments: [
            ("gzip", gzip), ("X-GZIP", gzip), ("deflate", zlib), ("deflate", deflate), ("br", brotli),
            ("identity", hello), ("", hello),
        ]
    )
    func undone(coding: String, body: [UInt8]) async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(body, coding: coding), limit: 17)
        #expect(fetched.message == nil)
        #expect(fetched.answer?.body == Self.hello)
        #expect(fetched.answer?.bodyLength == 17)
    }

    @Test("a real nginx compresses when it is asked, and the content is as it was")
    func nginx() async throws {
        let text = String(repeating: "status UP ", count: 100)
        let nginx = Nginx(
            locations: "location /text { gzip on; gzip_types *; gzip_min_length 1; return 200 \"\(text)\"; }"
        )
        defer { nginx.stop() }
        for decompresses in [true, false] {
            let fetched = try await fetchOnce(request(nginx.port, path: "/text") { $0.decompresses = decompresses })
            #expect(fetched.answer?.body == Array(text.utf8))
            #expect(fetched.answer?.headers.first("content-encoding") == (decompresses ? "gzip" : nil))
        }
    }

    @Test("row 11: content that grows past the limit is too large, and is not inflated further", arguments: [16, 17])
    func limit(limit: Int) async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(Self.gzip, coding: "gzip"), limit: limit)
        #expect(fetched.reason == (limit == 17 ? nil : .tooLarge))
        #expect(fetched.message == (limit == 17 ? nil : "body longer than 16 bytes"))
    }

    @Test("row 11, B4: a bomb of 100 MB in 640 KB ends at the limit")
    func bomb() async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(Self.bomb(100_000_000), coding: "deflate"), limit: 65_536)
        #expect(fetched.reason == .tooLarge)
        #expect(fetched.message == "body longer than 65536 bytes")
        // libcurl inflates 16 KiB at a time.
        #expect(fetched.result.answer.map { $0.bodyLength <= 65_536 + 16_384 } == true)
        #expect(fetched.result.answer?.body.count == 65_536)
    }

    @Test("what nobody asked to undo stays as it is")
    func untouched() async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(Self.gzip, coding: "gzip"), decompresses: false)
        #expect(fetched.answer?.body == Self.gzip)
    }

    @Test(
        "row 12: content that is not what its coding says cannot be decoded",
        arguments: [
            ("gzip", hello), ("br", gzip), ("gzip", [31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 255, 255, 255]),
            ("deflate", gzip),
        ]
    )
    func mislabelled(coding: String, body: [UInt8]) async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(body, coding: coding))
        #expect(fetched.reason == .decode)
        #expect(fetched.layer == .l7Response)
        #expect(fetched.message?.hasPrefix("the content encoding could not be undone") == true)
    }

    @Test(
        "B5: codings that were not offered, and several on top of each other, are refused before the first byte",
        arguments: [
            ("zstd", "\"zstd\""), ("compress", "\"compress\""), ("gzip, gzip", "\"gzip, gzip\""),
            ("br\r\nContent-Encoding: gzip", "\"br, gzip\""), ("identity, x\u{1B}[2J", "\"x [2j\""),
        ]
    )
    func refused(coding: String, shown: String) async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(Self.gzip, coding: coding))
        #expect(fetched.reason == .decode)
        #expect(fetched.message == "content encoding \(shown) was not asked for")
        #expect(fetched.result.answer?.bodyLength == 0)
    }

    @Test("compressed content without its end is taken as far as it goes, as libcurl does not tell")
    func brokenOff() async throws {
        let (fetched, _) = try await Self.fetch(Self.answer(Array(Self.gzip.dropLast(8)), coding: "gzip"))
        #expect(fetched.answer?.body == Self.hello)
    }
}
