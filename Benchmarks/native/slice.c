/* Only what a slice costs: random slices of an array are decoded and encoded as a frame, with C-Blosc2 and nothing else.
 *
 *     slice FILE COUNT [decode]      prints the seconds of processor time and of the clock, and the bytes of the frames
 *
 * The answer's parameters are those of a subscriber that was started without options: LZ4, level 1, one thread.
 */
#include <b2nd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { DIMENSIONS = 3 };
static const int64_t lengths[DIMENSIONS] = {1, 160, 160};

static void check(int code, const char *what) {
  if (code >= 0) return;
  fprintf(stderr, "slice: %s: %s\n", what, blosc2_error_string(code));
  exit(1);
}

static double processor_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static b2nd_array_t *open_mapped(const char *path) {
  static blosc2_stdio_mmap file;
  file = BLOSC2_STDIO_MMAP_DEFAULTS;
  file.mode = "r";
  blosc2_io io = {.id = BLOSC2_IO_FILESYSTEM_MMAP, .name = "filesystem_mmap", .params = &file};
  blosc2_schunk *chunks = blosc2_schunk_open_udio(path, &io);
  if (chunks == NULL) check(BLOSC2_ERROR_FILE_OPEN, path);
  b2nd_array_t *array;
  check(b2nd_from_schunk(chunks, &array), "array");
  return array;
}

/* The frame's length. */
static int64_t encode(b2nd_context_t *context, const void *items, int64_t size) {
  b2nd_array_t *answer;
  check(b2nd_from_cbuffer(context, &answer, items, size), "encode");
  uint8_t *frame;
  int64_t length;
  bool must_free;
  check(b2nd_to_cframe(answer, &frame, &length, &must_free), "frame");
  if (must_free) free(frame);
  b2nd_free(answer);
  return length;
}

int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments < 3) return 2;
  bool only_decode = count_of_arguments > 3;
  blosc2_init();
  b2nd_array_t *array = open_mapped(arguments[1]);
  blosc2_cparams cparams = BLOSC2_CPARAMS_DEFAULTS;
  cparams.compcode = BLOSC_LZ4;
  cparams.clevel = 1;
  cparams.typesize = array->sc->typesize;
  cparams.nthreads = 1;
  blosc2_storage storage = {.contiguous = true, .cparams = &cparams};
  const int32_t shape[DIMENSIONS] = {1, 160, 160};
  b2nd_context_t *context = b2nd_create_ctx(&storage, DIMENSIONS, lengths, shape, shape, NULL, 0, NULL, 0);
  int64_t size = array->sc->typesize;
  for (int axis = 0; axis < DIMENSIONS; axis++) size *= lengths[axis];
  void *items = malloc((size_t)size);
  int64_t bytes = 0;
  srand(3);
  double processor = processor_seconds(), begin = clock_seconds();
  for (long count = atol(arguments[2]); count > 0; count--) {
    int64_t start[DIMENSIONS], stop[DIMENSIONS];
    for (int axis = 0; axis < DIMENSIONS; axis++) {
      start[axis] = rand() % (array->shape[axis] - lengths[axis] + 1);
      stop[axis] = start[axis] + lengths[axis];
    }
    check(b2nd_get_slice_cbuffer(array, start, stop, items, lengths, size), "slice");
    if (!only_decode) bytes += encode(context, items, size);
  }
  printf("%f %f %lld\n", processor_seconds() - processor, clock_seconds() - begin, (long long)bytes);
  free(items);
  b2nd_free_ctx(context);
  b2nd_free(array);
  blosc2_destroy();
  return 0;
}
