// What Swift cannot call: libcurl's variadic setters and getters, one for each kind of value.
#pragma once
#include <curl/curl.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

typedef size_t (*ccurl_bytes_callback)(char *bytes, size_t size, size_t count, void *context);

// A cast macro.
static const long ccurl_basic_authentication = (long) CURLAUTH_BASIC;

static inline CURLcode ccurl_initialize(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_large(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies the text.
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl keeps the pointer.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef int (*ccurl_allow_callback)(int socket);

// Makes a socket for a connection, and asks whether it may be kept.
static curl_socket_t ccurl_open_socket(void *allow, curlsocktype purpose, struct curl_sockaddr *address) {
    (void) purpose;
    int made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made >= 0 && !((ccurl_allow_callback) allow)(made)) {
        close(made);
        errno = EMFILE;
        return CURL_SOCKET_BAD;
    }
    return made < 0 ? CURL_SOCKET_BAD : made;
}

static inline CURLcode ccurl_set_allow(CURL *easy, ccurl_allow_callback allow) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, ccurl_open_socket);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, (void *) allow);
    return code;
}

static inline CURLcode ccurl_set_callbacks(
    CURL *easy, ccurl_bytes_callback header, ccurl_bytes_callback body, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return code;
}

static inline CURLcode ccurl_get_large(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The result lies in a union, of which Swift sees no member.
static inline CURLcode ccurl_result(const CURLMsg *message) { return message->data.result; }
