// SPDX-License-Identifier: Apache-2.0

import Probers
import Testing

@Suite("SHA1")
struct SHA1Tests {
    @Test(
        "the digests of FIPS 180's examples are its own",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ]
    )
    func examples(message: String, digest: String) {
        #expect(hex(SHA1.digest(of: message.utf8)) == digest)
    }

    /// Checked against `openssl dgst -sha1`: the padding spills into a block of its own from 56 bytes on.
    @Test(
        "messages around a block's end are padded right",
        arguments: [
            (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
            (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
            (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
            (65, "11655326c708d70319be2610e8a57d9a5b959d3b"),
        ]
    )
    func blocks(count: Int, digest: String) {
        #expect(hex(SHA1.digest(of: [UInt8](repeating: UInt8(ascii: "a"), count: count))) == digest)
    }

    @Test(
        "Base64 pads to whole groups (RFC 4648, section 10)",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64(text: String, encoded: String) {
        #expect(Base64Text.encode(Array(text.utf8)) == encoded)
    }

    @Test("Base64 uses every digit")
    func digits() {
        #expect(Base64Text.encode([0xFB, 0xEF, 0xFF, 0x00]) == "++//AA==")
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { (byte: UInt8) in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}
