// Only what Swift cannot import by itself: variadic calls, cast macros and va_list callbacks.
#pragma once
#include <microhttpd.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

struct cmhd_config {
    unsigned int connection_limit;
    unsigned int idle_timeout_seconds;
    size_t connection_memory;
};

typedef void *(*cmhd_uri_callback)(void *context, const char *uri, struct MHD_Connection *connection);

// What the library has to say is about peers that misbehave; its callers learn that from the exchange.
static inline void
cmhd_drop_message(void *context, const char *format, va_list arguments)
{
    (void) context;
    (void) format;
    (void) arguments;
}

// Percent escapes are decoded once, by us.
static inline size_t
cmhd_leave_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void) context;
    (void) connection;
    return strlen(text);
}

// One polling thread without a listening socket: connections come through MHD_add_connection.
static inline struct MHD_Daemon *
cmhd_start(const struct cmhd_config *config, MHD_AccessHandlerCallback handler, MHD_RequestCompletedCallback completed,
           MHD_NotifyConnectionCallback connected, cmhd_uri_callback uri, void *context)
{
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t) cmhd_drop_message, NULL },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t) completed, context },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t) connected, context },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t) uri, context },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t) cmhd_leave_escapes, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, config->connection_limit, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, config->idle_timeout_seconds, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t) config->connection_memory, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    unsigned int flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME
                         | MHD_USE_ITC | MHD_USE_TURBO | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(flags, 0, NULL, NULL, handler, context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

// The socket of a connection; -1 if the library does not say.
static inline int
cmhd_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

// What the callback for connections has set; NULL if nothing.
static inline void *
cmhd_context(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static const uint64_t cmhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t cmhd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
