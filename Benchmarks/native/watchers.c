/* Many watchers of one server, and how long it takes until each has what was told.
 *
 *     watchers PORT COUNT MARK <HELLO
 *
 * Each connects, says what stands in the standard input, and is there when the server has sent MARK. Then the program
 * prints `ready`. Whoever publishes puts "@@" and 19 digits, the monotonic clock's nanoseconds, into each message. A
 * second after SIGTERM the program prints how many messages came, and p50, p99 and the longest time in milliseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STAMP_LENGTH = 21, TAIL_LENGTH = STAMP_LENGTH - 1, BUFFER_LENGTH = 1 << 16, BATCH = 256 };

struct watcher {
  int socket, tail_length;
  bool is_there;
  /* The end of what came last: a stamp may be cut in two. */
  char tail[TAIL_LENGTH];
};

static volatile sig_atomic_t must_stop = 0;
static float *times = NULL;
static size_t time_count = 0, time_capacity = 0;

static void stop(int signal) { must_stop = signal; }

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void note(float milliseconds) {
  if (time_count == time_capacity) {
    time_capacity = time_capacity ? 2 * time_capacity : 1 << 16;
    times = realloc(times, time_capacity * sizeof(float));
    if (times == NULL) fail("memory");
  }
  times[time_count++] = milliseconds;
}

static void connect_to(struct watcher *watcher, uint16_t port, const char *hello, size_t length) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  watcher->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (watcher->socket < 0) fail("socket");
  if (connect(watcher->socket, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  if (write(watcher->socket, hello, length) != (ssize_t)length) fail("hello");
}

/* Reads what is there; 0 when the server has closed. */
static ssize_t receive(struct watcher *watcher, const char *mark) {
  static char buffer[TAIL_LENGTH + BUFFER_LENGTH + 1];
  memcpy(buffer, watcher->tail, (size_t)watcher->tail_length);
  ssize_t count = recv(watcher->socket, buffer + watcher->tail_length, BUFFER_LENGTH, MSG_DONTWAIT);
  if (count <= 0) return count;
  int64_t moment = now();
  char *end = buffer + watcher->tail_length + count, *place = buffer;
  *end = 0;
  if (!watcher->is_there && memmem(buffer, (size_t)(end - buffer), mark, strlen(mark))) watcher->is_there = true;
  while ((place = memmem(place, (size_t)(end - place), "@@", 2)) && end - place >= STAMP_LENGTH) {
    note((float)(moment - strtoll(place + 2, NULL, 10)) / 1e6f);
    place += STAMP_LENGTH;
  }
  /* A stamp that was counted must not be seen again: only what is behind the last one may be kept. */
  ptrdiff_t rest = place ? end - place : (end[-1] == '@' ? 1 : 0);
  if (!watcher->is_there) rest = end - buffer < TAIL_LENGTH ? end - buffer : TAIL_LENGTH;
  watcher->tail_length = (int)rest;
  memcpy(watcher->tail, end - rest, (size_t)rest);
  return count;
}

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void report(void) {
  qsort(times, time_count, sizeof(float), compare);
  float nothing = 0, *from = time_count ? times : &nothing;
  size_t last = time_count ? time_count - 1 : 0;
  printf("%zu %.3f %.3f %.3f\n", time_count, from[last / 2], from[last * 99 / 100], from[last]);
}

int main(int argument_count, char **arguments) {
  if (argument_count != 4) return 2;
  int count = atoi(arguments[2]), there = 0;
  static char hello[4096];
  size_t length = fread(hello, 1, sizeof hello, stdin);
  struct watcher *watchers = calloc((size_t)count, sizeof *watchers);
  int poll = epoll_create1(EPOLL_CLOEXEC);
  signal(SIGTERM, stop);
  for (int i = 0; i < count; i++) {
    connect_to(&watchers[i], (uint16_t)atoi(arguments[1]), hello, length);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &watchers[i]};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, watchers[i].socket, &event) != 0) fail("epoll");
  }
  int64_t end = INT64_MAX;
  while (now() < end) {
    struct epoll_event events[BATCH];
    int ready = epoll_wait(poll, events, BATCH, 50);
    for (int i = 0; i < ready; i++) {
      struct watcher *watcher = events[i].data.ptr;
      bool was_there = watcher->is_there;
      if (receive(watcher, arguments[3]) == 0) epoll_ctl(poll, EPOLL_CTL_DEL, watcher->socket, NULL);
      if (!was_there && watcher->is_there && ++there == count) {
        puts("ready");
        fflush(stdout);
      }
    }
    if (must_stop && end == INT64_MAX) end = now() + 1000000000;
  }
  report();
  return 0;
}
