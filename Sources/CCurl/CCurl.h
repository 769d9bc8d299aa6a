// SPDX-License-Identifier: Apache-2.0
// libcurl's variadic setters and getters as typed functions, and the macros that Swift's importer does not see.
#ifndef BELLWETHER_CCURL_H
#define BELLWETHER_CCURL_H

#include <curl/curl.h>

enum {
    CCURL_NO_SOCKET = -1,   // CURL_SOCKET_BAD
    CCURL_TIMEOUT = -1,     // CURL_SOCKET_TIMEOUT
    CCURL_SELECT_IN = 1,    // CURL_CSELECT_IN
    CCURL_SELECT_OUT = 2,   // CURL_CSELECT_OUT
    CCURL_SELECT_ERROR = 4, // CURL_CSELECT_ERR
    CCURL_PREREQUEST_OK = 0,
    CCURL_PREREQUEST_ABORT = 1
};

_Static_assert(CCURL_NO_SOCKET == CURL_SOCKET_BAD && CCURL_TIMEOUT == CURL_SOCKET_TIMEOUT, "macros");
_Static_assert(CCURL_SELECT_IN == CURL_CSELECT_IN && CCURL_SELECT_OUT == CURL_CSELECT_OUT, "macros");
_Static_assert(CCURL_SELECT_ERROR == CURL_CSELECT_ERR, "macros");
_Static_assert(CCURL_PREREQUEST_OK == CURL_PREREQFUNC_OK, "macros");
_Static_assert(CCURL_PREREQUEST_ABORT == CURL_PREREQFUNC_ABORT, "macros");

static inline CURLcode ccurl_initialize(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_body(CURL *easy, const void *bytes, long count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, count);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

typedef size_t (*ccurl_data_function)(char *bytes, size_t size, size_t count, void *context);
typedef curl_socket_t (*ccurl_open_function)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*ccurl_close_function)(void *context, curl_socket_t socket);
typedef int (*ccurl_prerequest_function)(void *context, char *peer, char *local, int peer_port, int local_port);
typedef CURLcode (*ccurl_tls_function)(CURL *easy, void *tls_context, void *context);

static inline CURLcode ccurl_set_data_function(CURL *easy, CURLoption option, ccurl_data_function function) {
    return curl_easy_setopt(easy, option, function);
}

static inline CURLcode ccurl_set_open_function(CURL *easy, ccurl_open_function function) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

static inline CURLcode ccurl_set_close_function(CURL *easy, ccurl_close_function function) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
}

static inline CURLcode ccurl_set_prerequest_function(CURL *easy, ccurl_prerequest_function function) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}

static inline CURLcode ccurl_set_tls_function(CURL *easy, ccurl_tls_function function) {
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, function);
}

typedef int (*ccurl_debug_function)(CURL *easy, curl_infotype type, char *bytes, size_t count, void *context);

static inline CURLcode ccurl_set_debug_function(CURL *easy, ccurl_debug_function function) {
    return curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, function);
}

static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_string(CURL *easy, CURLINFO info, char **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_get_socket(CURL *easy, CURLINFO info, curl_socket_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// The SSL of the connection that a transfer uses; NULL while it has none, or none with TLS.
static inline void *ccurl_get_tls(CURL *easy) {
    struct curl_tlssessioninfo *session = NULL;
    CURLcode code = curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session);
    return code == CURLE_OK && session && session->backend == CURLSSLBACKEND_OPENSSL ? session->internals : NULL;
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_socket_function(CURLM *multi, curl_socket_callback function, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context) : code;
}

static inline CURLMcode ccurl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback function, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context) : code;
}

/// Takes the next finished transfer off the multi handle: its easy handle and result; NULL when there is none.
static inline CURL *ccurl_multi_next_finished(CURLM *multi, CURLcode *result) {
    int waiting;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &waiting)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

#endif
