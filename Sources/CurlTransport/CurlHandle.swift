// SPDX-License-Identifier: Apache-2.0

import CCurl
import HealthModel

/// One libcurl easy handle with the memory that it points into.
@safe
final class CurlHandle {
    /// libcurl's handle.
    let easy: UnsafeMutableRawPointer
    /// The first option that libcurl did not take; nil when all were.
    private(set) var problem: String?
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UInt32: UnsafeMutablePointer<curl_slist>] = unsafe [:]

    /// nil when there is no memory.
    init?() {
        // curl_easy_init is not thread-safe before the global state stands.
        guard CurlGlobal.isReady, let easy = unsafe curl_easy_init() else { return nil }
        unsafe self.easy = easy
        // unsafe: freed by deinit, after the handle that writes into it.
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(errorText))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe errorText.deallocate()
        // unsafe: each list was made by curl_slist_append and is freed once.
        unsafe lists.values.forEach { unsafe curl_slist_free_all($0) }
    }

    func set(_ option: CURLoption, _ value: Int) {
        unsafe note(ccurl_set_long(easy, option, value), option)
    }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ value: String?) {
        if let value {
            unsafe note(ccurl_set_string(easy, option, value), option)
        } else {
            unsafe note(ccurl_set_string(easy, option, nil), option)
        }
    }

    /// What `pointer` leads to must live as long as the handle.
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        unsafe note(ccurl_set_pointer(easy, option, pointer), option)
    }

    /// Gives libcurl a list of texts, which is kept as long as the option is set.
    func set(_ option: CURLoption, list texts: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for text in texts {
            guard let longer = unsafe curl_slist_append(list, text) else { return note(CURLE_OUT_OF_MEMORY, option) }
            unsafe list = longer
        }
        unsafe note(ccurl_set_list(easy, option, list), option)
        if let old = unsafe lists.removeValue(forKey: option.rawValue) { unsafe curl_slist_free_all(old) }
        if let list = unsafe list { unsafe lists[option.rawValue] = list }
    }

    /// Sends `body` as it is; libcurl copies it.
    func set(body: [UInt8]) {
        // unsafe: the bytes are copied during the call, and the count is theirs.
        unsafe note(ccurl_set_body(easy, body, body.count), CURLOPT_COPYPOSTFIELDS)
    }

    /// Notes that an option was not taken.
    func note(_ code: CURLcode, _ option: CURLoption) {
        guard code != CURLE_OK, problem == nil else { return }
        problem = "libcurl refused option \(option.rawValue): \(Self.text(of: code))"
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        // unsafe: the value's type is the one the info is documented with; a failure leaves 0.
        _ = unsafe ccurl_get_long(easy, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        // unsafe: as above.
        _ = unsafe ccurl_get_offset(easy, info, &value)
        return Int64(value)
    }

    func string(_ info: CURLINFO) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        // unsafe: the text belongs to the handle and is copied at once.
        guard unsafe ccurl_get_string(easy, info, &value) == CURLE_OK, let text = unsafe value else { return nil }
        return unsafe String(cString: text)
    }

    /// libcurl's text about the last error; its general text for `code` when it wrote none.
    func text(about code: CURLcode) -> String {
        // unsafe: libcurl keeps the buffer terminated.
        let specific = unsafe String(cString: errorText)
        return specific.isEmpty ? Self.text(of: code) : specific
    }

    private static func text(of code: CURLcode) -> String {
        // unsafe: a constant of libcurl.
        unsafe String(cString: curl_easy_strerror(code))
    }
}
