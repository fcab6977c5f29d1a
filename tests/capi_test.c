/* SPDX-FileCopyrightText: 2026 The spectrohue authors
   SPDX-License-Identifier: MIT

   The C interface, from C: capi_test CASE runs one case of the table at the end. Numbers are judged by a naive
   transform in double and by what was put in, files by what is in their bytes. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spectrohue/spectrohue.h"

static const double kPi = 3.14159265358979323846;
static int n_failures = 0;

static void fail(const char* file, int line, const char* what) {
  fprintf(stderr, "%s:%d: %s\n  last error: %s\n", file, line, what, spectrohue_last_error());
  ++n_failures;
}

#define CHECK(condition)                                    \
  do {                                                      \
    if (!(condition)) fail(__FILE__, __LINE__, #condition); \
  } while (0)
/* What cannot be gone on without. */
#define REQUIRE(condition)                  \
  do {                                      \
    if (!(condition)) {                     \
      fail(__FILE__, __LINE__, #condition); \
      exit(1);                              \
    }                                       \
  } while (0)
#define CHECK_OK(call) CHECK((call) == SPECTROHUE_OK)
#define REQUIRE_OK(call) REQUIRE((call) == SPECTROHUE_OK)
/* The call fails with that status, and the reason holds the text. */
#define CHECK_FAILS(call, expected, text)                   \
  do {                                                      \
    CHECK((call) == (expected));                            \
    CHECK(strstr(spectrohue_last_error(), (text)) != NULL); \
  } while (0)

/* --- helpers -------------------------------------------------------------------------------------------------- */

enum { kRate = 16000, kLength = 12345 };

static spectrohue_context* make_context(void) {
  spectrohue_context* context = NULL;
  REQUIRE_OK(spectrohue_context_create("cpu", 2, &context));
  return context;
}

/* Of pairs of key and value, which NULL ends. */
static spectrohue_settings* make_settings(spectrohue_direction direction, const char* const* pairs) {
  spectrohue_settings* settings = NULL;
  REQUIRE_OK(spectrohue_settings_create(direction, &settings));
  for (; *pairs != NULL; pairs += 2) REQUIRE_OK(spectrohue_settings_set(settings, pairs[0], pairs[1]));
  return settings;
}
#define SETTINGS(direction, ...) make_settings(direction, (const char* const[]){__VA_ARGS__, NULL})

/* Two sines, a glide and some noise, other in each channel, below full scale. */
static double sample_at(int channel, int64_t i) {
  const double t = (double)i / kRate;
  uint32_t noise = (uint32_t)(i * 2654435761U + (uint32_t)channel * 97U);
  noise ^= noise >> 15;
  noise *= 2246822519U;
  noise ^= noise >> 13;
  return 0.4 * sin(2 * kPi * (440.0 + 110.0 * channel) * t) + 0.2 * sin(2 * kPi * (200.0 + 1500.0 * t) * t) +
         0.05 * ((double)noise / 4294967295.0 - 0.5);
}

static float* planar_floats(int channels, int64_t n) {
  float* samples = malloc((size_t)(channels * n + 1) * sizeof *samples);
  REQUIRE(samples != NULL);
  for (int c = 0; c < channels; ++c) {
    for (int64_t i = 0; i < n; ++i) samples[c * n + i] = (float)sample_at(c, i);
  }
  return samples;
}

static int16_t* interleaved_shorts(int channels, int64_t n) {
  int16_t* samples = malloc((size_t)(channels * n + 1) * sizeof *samples);
  REQUIRE(samples != NULL);
  for (int64_t i = 0; i < n; ++i) {
    for (int c = 0; c < channels; ++c) samples[i * channels + c] = (int16_t)lrint(30000 * sample_at(c, i));
  }
  return samples;
}

static spectrohue_samples planar(const float* data, int channels, int64_t n) {
  return (spectrohue_samples){sizeof(spectrohue_samples), data, SPECTROHUE_FLOAT32, channels, n, kRate, n, 1};
}

static spectrohue_samples interleaved(const int16_t* data, int channels, int64_t n) {
  return (spectrohue_samples){sizeof(spectrohue_samples), data, SPECTROHUE_INT16, channels, n, kRate, 1, channels};
}

static spectrohue_pixels pixels_of(const spectrohue_picture* picture) {
  spectrohue_pixels pixels = {.size_bytes = sizeof pixels};
  REQUIRE_OK(spectrohue_picture_pixels(picture, &pixels));
  return pixels;
}

static spectrohue_samples samples_of(const spectrohue_sound* sound) {
  spectrohue_samples samples = {.size_bytes = sizeof samples};
  REQUIRE_OK(spectrohue_sound_samples(sound, &samples));
  return samples;
}

static spectrohue_picture* encode(spectrohue_context* context, const spectrohue_samples* samples,
                                  const spectrohue_settings* settings) {
  spectrohue_picture* picture = NULL;
  REQUIRE_OK(spectrohue_encode(context, samples, settings, &picture));
  return picture;
}

static spectrohue_sound* decode(spectrohue_context* context, const spectrohue_picture* picture,
                                const spectrohue_settings* settings) {
  const spectrohue_pixels pixels = pixels_of(picture);
  spectrohue_sound* sound = NULL;
  REQUIRE_OK(spectrohue_decode(context, &pixels, spectrohue_picture_note(picture), settings, &sound));
  return sound;
}

static double snr_db(const float* expected, const float* found, int64_t n) {
  double signal = 0;
  double noise = 0;
  for (int64_t i = 0; i < n; ++i) {
    signal += (double)expected[i] * expected[i];
    noise += pow((double)expected[i] - found[i], 2);
  }
  return 10 * log10(signal / noise);
}

static bool same_pixels(const spectrohue_picture* a, const spectrohue_picture* b) {
  const spectrohue_pixels p = pixels_of(a);
  const spectrohue_pixels q = pixels_of(b);
  return p.width == q.width && p.height == q.height && p.channels == q.channels && p.bits == q.bits &&
         memcmp(p.data, q.data, (size_t)(p.row_bytes * p.height)) == 0;
}

/* |sum x[i] w[i] exp(-2 pi i k i / n_fft)| of the frame that is centred on sample `frame * hop`, a Hann window. */
static double naive_magnitude(const float* x, int64_t n, int n_fft, int hop, int64_t frame, int bin) {
  double re = 0;
  double im = 0;
  for (int i = 0; i < n_fft; ++i) {
    const int64_t at = frame * hop - n_fft / 2 + i;
    if (at < 0 || at >= n) continue;
    const double w = 0.5 - 0.5 * cos(2 * kPi * i / n_fft);
    re += x[at] * w * cos(2 * kPi * bin * i / n_fft);
    im -= x[at] * w * sin(2 * kPi * bin * i / n_fft);
  }
  return sqrt(re * re + im * im);
}

static char folder[64];

static void make_folder(void) {
  strcpy(folder, "/tmp/capi_test.XXXXXX");
  REQUIRE(mkdtemp(folder) != NULL);
}

static const char* in_folder(const char* name) {
  static char paths[8][256];
  static int next = 0;
  char* path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static void remove_folder(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf -- '%s'", folder);
  CHECK(system(command) == 0);
}

static bool exists(const char* path) {
  struct stat about;
  return stat(path, &about) == 0;
}

static void put_number(FILE* file, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) fputc((int)((number >> (8 * i)) & 0xff), file);
}

static void write_wave(const char* path, const int16_t* samples, int channels, int64_t n) {
  FILE* file = fopen(path, "wb");
  REQUIRE(file != NULL);
  const uint32_t bytes = (uint32_t)(2 * channels * n);
  fputs("RIFF", file);
  put_number(file, 36 + bytes, 4);
  fputs("WAVEfmt ", file);
  put_number(file, 16, 4);
  put_number(file, 1, 2);
  put_number(file, (uint32_t)channels, 2);
  put_number(file, kRate, 4);
  put_number(file, (uint32_t)(2 * channels * kRate), 4);
  put_number(file, (uint32_t)(2 * channels), 2);
  put_number(file, 16, 2);
  fputs("data", file);
  put_number(file, bytes, 4);
  for (int64_t i = 0; i < channels * n; ++i) put_number(file, (uint16_t)samples[i], 2);
  REQUIRE(fclose(file) == 0);
}

/* Of a file with 44 bytes before its samples; those that differ. */
static int64_t differing_samples(const char* path, const int16_t* samples, int64_t count) {
  FILE* file = fopen(path, "rb");
  REQUIRE(file != NULL);
  REQUIRE(fseek(file, 44, SEEK_SET) == 0);
  int64_t differing = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int low = fgetc(file);
    const int high = fgetc(file);
    differing += high == EOF || (int16_t)(uint16_t)(low | (high << 8)) != samples[i];
  }
  CHECK(fgetc(file) == EOF);
  fclose(file);
  return differing;
}

/* --- cases ---------------------------------------------------------------------------------------------------- */

static void versions_and_statuses(void) {
  int major = -1;
  int minor = -1;
  int patch = -1;
  CHECK(sscanf(spectrohue_version(), "%d.%d.%d", &major, &minor, &patch) == 3);
  CHECK(major >= 0 && minor >= 0 && patch >= 0);
  const char* const names[] = {"ok",          "usage",  "read",   "write",    "format",
                               "unsupported", "memory", "device", "internal", "stopped"};
  for (int i = 0; i < 10; ++i) CHECK(strcmp(spectrohue_status_name((spectrohue_status)i), names[i]) == 0);
  CHECK(strcmp(spectrohue_status_name((spectrohue_status)77), "unknown") == 0);
  CHECK(strcmp(spectrohue_last_error(), "") == 0);
}

static void contexts(void) {
  spectrohue_context* context = NULL;
  REQUIRE_OK(spectrohue_context_create(NULL, 0, &context));
  CHECK(strlen(spectrohue_context_name(context)) > 2);
  spectrohue_context_free(context);
  context = make_context();
  CHECK(strncmp(spectrohue_context_name(context), "cpu", 3) == 0);
  spectrohue_context_free(context);
  spectrohue_context_free(NULL);
  CHECK(spectrohue_context_name(NULL) == NULL);
  context = NULL;
  CHECK_FAILS(spectrohue_context_create("abacus", 1, &context), SPECTROHUE_ERROR_USAGE, "abacus");
  CHECK_FAILS(spectrohue_context_create("cpu", -1, &context), SPECTROHUE_ERROR_USAGE, "-1 threads");
  CHECK_FAILS(spectrohue_context_create("cpu", 5000, &context), SPECTROHUE_ERROR_USAGE, "5000");
  CHECK(spectrohue_context_create("cuda:999", 1, &context) == SPECTROHUE_ERROR_DEVICE);
  CHECK(context == NULL);
  CHECK_FAILS(spectrohue_context_create("cpu", 1, NULL), SPECTROHUE_ERROR_USAGE, "NULL");
}

static void settings(void) {
  spectrohue_settings* s = NULL;
  REQUIRE_OK(spectrohue_settings_create(SPECTROHUE_ENCODE, &s));
  CHECK_OK(spectrohue_settings_set(s, "n_fft", "1024"));
  CHECK_OK(spectrohue_settings_set(s, "hop-length", "256"));
  CHECK_OK(spectrohue_settings_set(s, "center", "off"));
  CHECK_FAILS(spectrohue_settings_set(s, "n_ftf", "1024"), SPECTROHUE_ERROR_USAGE, "n_fft, hop_length");
  CHECK_FAILS(spectrohue_settings_set(s, "n_fft", "many"), SPECTROHUE_ERROR_USAGE, "n_fft: 'many'");
  CHECK_FAILS(spectrohue_settings_set(s, "n_fft", "1024.5"), SPECTROHUE_ERROR_USAGE, "whole number");
  CHECK_FAILS(spectrohue_settings_set(s, "n_fft", "99999999999"), SPECTROHUE_ERROR_USAGE, "range");
  CHECK_FAILS(spectrohue_settings_set(s, "gamma", "nan"), SPECTROHUE_ERROR_USAGE, "gamma");
  CHECK_FAILS(spectrohue_settings_set(s, "encoding", "hsv99"), SPECTROHUE_ERROR_USAGE, "hsv16");
  CHECK_FAILS(spectrohue_settings_set(s, "encoding", "colormap:brown"), SPECTROHUE_ERROR_USAGE, "viridis");
  CHECK_FAILS(spectrohue_settings_set(s, "center", "maybe"), SPECTROHUE_ERROR_USAGE, "neither on nor off");
  CHECK_FAILS(spectrohue_settings_set(s, "quality", "best"), SPECTROHUE_ERROR_USAGE, "fast, standard, high");
  CHECK_FAILS(spectrohue_settings_set(s, "power", "3"), SPECTROHUE_ERROR_USAGE, "1 .. 2");
  CHECK_FAILS(spectrohue_settings_set(s, "n_iter", "3"), SPECTROHUE_ERROR_USAGE,
              "unknown setting 'n_iter' of encoding");
  CHECK_FAILS(spectrohue_settings_set(s, NULL, "3"), SPECTROHUE_ERROR_USAGE, "key is NULL");
  CHECK_FAILS(spectrohue_settings_set(s, "n_fft", NULL), SPECTROHUE_ERROR_USAGE, "value is NULL");
  CHECK_FAILS(spectrohue_settings_set(NULL, "n_fft", "16"), SPECTROHUE_ERROR_USAGE, "settings is NULL");
  spectrohue_settings_free(s);
  spectrohue_settings_free(NULL);
  s = NULL;
  CHECK(spectrohue_settings_create((spectrohue_direction)9, &s) == SPECTROHUE_ERROR_USAGE);
  CHECK(s == NULL);

  /* Every key that is listed is known. */
  const spectrohue_direction directions[] = {SPECTROHUE_ENCODE, SPECTROHUE_DECODE, SPECTROHUE_TRANSFORM};
  for (int d = 0; d < 3; ++d) {
    REQUIRE_OK(spectrohue_settings_create(directions[d], &s));
    size_t n = 0;
    for (; spectrohue_settings_key(directions[d], n) != NULL; ++n) {
      CHECK(spectrohue_settings_set(s, spectrohue_settings_key(directions[d], n), "no legal value of any") !=
            SPECTROHUE_OK);
      CHECK(strstr(spectrohue_last_error(), "unknown setting") == NULL);
    }
    CHECK(n > 10);
    spectrohue_settings_free(s);
  }
  CHECK(spectrohue_settings_key((spectrohue_direction)9, 0) == NULL);
}

static void round_trip(void) {
  spectrohue_context* context = make_context();
  float* x = planar_floats(2, kLength);
  const spectrohue_samples samples = planar(x, 2, kLength);
  spectrohue_picture* picture = encode(context, &samples, NULL);
  const spectrohue_pixels pixels = pixels_of(picture);
  CHECK(pixels.width == 1 + (kLength + 511) / 512);
  CHECK(pixels.height == 2 * 1025);
  CHECK(pixels.channels == 3 && pixels.bits == 8 && pixels.row_bytes == 3 * pixels.width);
  CHECK(pixels.palette == NULL && pixels.n_colours == 0);
  CHECK(strstr(spectrohue_picture_note(picture), "\"sample_rate\":16000") != NULL);

  spectrohue_sound* sound = decode(context, picture, NULL);
  const spectrohue_samples found = samples_of(sound);
  CHECK(found.channels == 2 && found.n_samples == kLength && found.sample_rate == kRate);
  CHECK(found.type == SPECTROHUE_FLOAT32 && found.channel_stride == kLength && found.sample_stride == 1);
  CHECK(snr_db(x, found.data, 2 * kLength) > 55);
  CHECK(strcmp(spectrohue_sound_subtype(sound), "float") == 0);
  CHECK(isnan(spectrohue_sound_convergence_db(sound)));
  CHECK(spectrohue_sound_message(sound, 0) == NULL);
  spectrohue_sound_free(sound);
  spectrohue_picture_free(picture);
  free(x);
  spectrohue_context_free(context);
}

static void layouts_of_samples(void) {
  spectrohue_context* context = make_context();
  int16_t* shorts = interleaved_shorts(3, kLength);
  const spectrohue_samples samples = interleaved(shorts, 3, kLength);
  spectrohue_picture* expected = encode(context, &samples, NULL);

  /* Planar shorts, planar floats and interleaved floats of the same values. */
  int16_t* plane = malloc(3 * kLength * sizeof *plane);
  float* floats = malloc(3 * kLength * sizeof *floats);
  float* mixed = malloc(3 * kLength * sizeof *mixed);
  REQUIRE(plane != NULL && floats != NULL && mixed != NULL);
  for (int c = 0; c < 3; ++c) {
    for (int64_t i = 0; i < kLength; ++i) {
      plane[c * kLength + i] = shorts[3 * i + c];
      floats[c * kLength + i] = (float)shorts[3 * i + c] / 32768;
      mixed[3 * i + c] = floats[c * kLength + i];
    }
  }
  spectrohue_samples others[3] = {samples, planar(floats, 3, kLength), planar(mixed, 3, kLength)};
  others[0].data = plane;
  others[0].channel_stride = kLength;
  others[0].sample_stride = 1;
  others[2].channel_stride = 1;
  others[2].sample_stride = 3;
  for (int i = 0; i < 3; ++i) {
    spectrohue_picture* found = encode(context, &others[i], NULL);
    CHECK(same_pixels(expected, found));
    spectrohue_picture_free(found);
  }
  spectrohue_picture_free(expected);
  free(mixed);
  free(floats);
  free(plane);
  free(shorts);
  spectrohue_context_free(context);
}

static void magnitudes(void) {
  enum { kFft = 256, kHop = 80, kBins = kFft / 2 + 1 };
  spectrohue_context* context = make_context();
  float* x = planar_floats(2, 3001);
  const spectrohue_samples samples = planar(x, 2, 3001);
  spectrohue_settings* s = SETTINGS(SPECTROHUE_TRANSFORM, "n_fft", "256", "hop_length", "80");
  int64_t n_frames = 0;
  int64_t n_bins = 0;
  REQUIRE_OK(spectrohue_stft_size(s, 3001, &n_frames, &n_bins));
  CHECK(n_frames == 39 && n_bins == kBins);
  float* found = malloc((size_t)(2 * n_frames * n_bins) * sizeof *found);
  REQUIRE(found != NULL);
  REQUIRE_OK(spectrohue_stft_magnitudes(context, &samples, s, found, 2 * n_frames * n_bins));
  double worst = 0;
  for (int c = 0; c < 2; ++c) {
    for (int64_t t = 0; t < n_frames; ++t) {
      for (int k = 0; k < kBins; ++k) {
        const double expected = naive_magnitude(x + c * 3001, 3001, kFft, kHop, t, k);
        worst = fmax(worst, fabs(expected - found[(c * n_frames + t) * n_bins + k]));
      }
    }
  }
  CHECK(worst < 1e-4); /* of up to 50 */
  CHECK_FAILS(spectrohue_stft_magnitudes(context, &samples, s, found, 2 * n_frames * n_bins - 1),
              SPECTROHUE_ERROR_USAGE, "room for");
  CHECK_OK(spectrohue_settings_set(s, "frames", "floor"));
  REQUIRE_OK(spectrohue_stft_size(s, 3001, &n_frames, &n_bins));
  CHECK(n_frames == 38);
  CHECK_FAILS(spectrohue_stft_size(s, -1, &n_frames, &n_bins), SPECTROHUE_ERROR_USAGE, "n_samples");

  /* The same as pixels: floats of a picture, the highest bin on top. */
  spectrohue_settings* e = SETTINGS(SPECTROHUE_ENCODE, "n_fft", "256", "hop_length", "80", "encoding", "gray32f");
  spectrohue_picture* picture = encode(context, &samples, e);
  const spectrohue_pixels pixels = pixels_of(picture);
  CHECK(pixels.width == 39 && pixels.height == 2 * kBins && pixels.channels == 1 && pixels.bits == 32);
  const float* pixel = pixels.data;
  for (int k = 0; k < kBins; k += 7) {
    const double expected = naive_magnitude(x + 3001, 3001, kFft, kHop, 12, k);
    CHECK(fabs(pixel[(kBins + kBins - 1 - k) * 39 + 12] - expected) < 1e-4);
  }
  spectrohue_picture_free(picture);
  spectrohue_settings_free(e);
  spectrohue_settings_free(s);
  free(found);
  free(x);
  spectrohue_context_free(context);
}

static void exact_encoding(void) {
  spectrohue_context* context = make_context();
  int16_t* shorts = interleaved_shorts(2, kLength);
  const spectrohue_samples samples = interleaved(shorts, 2, kLength);
  spectrohue_settings* s = SETTINGS(SPECTROHUE_ENCODE, "encoding", "hsvx");
  spectrohue_picture* picture = encode(context, &samples, s);
  spectrohue_sound* sound = decode(context, picture, NULL);
  const float* found = samples_of(sound).data;
  int64_t differing = 0;
  for (int c = 0; c < 2; ++c) {
    for (int64_t i = 0; i < kLength; ++i) differing += found[c * kLength + i] * 32768 != (float)shorts[2 * i + c];
  }
  CHECK(differing == 0);
  CHECK(strcmp(spectrohue_sound_subtype(sound), "pcm16") == 0);
  spectrohue_sound_free(sound);

  /* One pixel is another one: no longer exact, and the sound says so. */
  spectrohue_pixels pixels = pixels_of(picture);
  uint8_t* edited = malloc((size_t)(pixels.row_bytes * pixels.height));
  REQUIRE(edited != NULL);
  memcpy(edited, pixels.data, (size_t)(pixels.row_bytes * pixels.height));
  edited[30000] ^= 0x40;
  pixels.data = edited;
  REQUIRE_OK(spectrohue_decode(context, &pixels, spectrohue_picture_note(picture), NULL, &sound));
  REQUIRE(spectrohue_sound_message(sound, 0) != NULL);
  CHECK(strstr(spectrohue_sound_message(sound, 0), "not exact here") != NULL);
  CHECK(spectrohue_sound_message(sound, 1) == NULL);
  spectrohue_sound_free(sound);
  free(edited);

  /* Floats have more bits, unless the caller knows better. */
  float* x = planar_floats(1, 2000);
  const spectrohue_samples floats = planar(x, 1, 2000);
  spectrohue_picture* none = NULL;
  CHECK_FAILS(spectrohue_encode(context, &floats, s, &none), SPECTROHUE_ERROR_UNSUPPORTED, "16 bits");
  CHECK(none == NULL);
  CHECK_OK(spectrohue_settings_set(s, "subtype", "pcm16"));
  CHECK_OK(spectrohue_encode(context, &floats, s, &none));
  spectrohue_picture_free(none);
  free(x);
  spectrohue_picture_free(picture);
  spectrohue_settings_free(s);
  free(shorts);
  spectrohue_context_free(context);
}

static void arrangements_and_channels(void) {
  spectrohue_context* context = make_context();
  float* x = planar_floats(2, kLength);
  const spectrohue_samples samples = planar(x, 2, kLength);
  spectrohue_settings* s = SETTINGS(SPECTROHUE_ENCODE, "channels", "mid-side", "flip", "on", "transpose", "on", "n-fft",
                                    "512", "encoding", "hsv16");
  spectrohue_picture* picture = encode(context, &samples, s);
  CHECK(pixels_of(picture).width == 2 * 257);
  CHECK(pixels_of(picture).bits == 16);
  spectrohue_sound* sound = decode(context, picture, NULL);
  CHECK(snr_db(x, samples_of(sound).data, 2 * kLength) > 85);
  spectrohue_sound_free(sound);
  spectrohue_picture_free(picture);
  spectrohue_settings_free(s);

  s = SETTINGS(SPECTROHUE_ENCODE, "channels", "mono", "encoding", "hsv16");
  picture = encode(context, &samples, s);
  sound = decode(context, picture, NULL);
  float* mono = malloc(kLength * sizeof *mono);
  REQUIRE(mono != NULL);
  for (int64_t i = 0; i < kLength; ++i) mono[i] = (x[i] + x[kLength + i]) / 2;
  CHECK(samples_of(sound).channels == 1);
  CHECK(snr_db(mono, samples_of(sound).data, kLength) > 85);
  free(mono);
  spectrohue_sound_free(sound);
  spectrohue_picture_free(picture);
  spectrohue_settings_free(s);

  s = SETTINGS(SPECTROHUE_ENCODE, "channels", "3");
  picture = NULL;
  CHECK_FAILS(spectrohue_encode(context, &samples, s, &picture), SPECTROHUE_ERROR_FORMAT, "2 channels");
  spectrohue_settings_free(s);
  free(x);
  spectrohue_context_free(context);
}

static void palettes(void) {
  spectrohue_context* context = make_context();
  float* x = planar_floats(1, kLength);
  const spectrohue_samples samples = planar(x, 1, kLength);
  spectrohue_settings* s = SETTINGS(SPECTROHUE_ENCODE, "encoding", "colormap:magma", "n_fft", "512");
  spectrohue_picture* picture = encode(context, &samples, s);
  spectrohue_pixels pixels = pixels_of(picture);
  CHECK(pixels.channels == 1 && pixels.bits == 8 && pixels.n_colours == 256);
  REQUIRE(pixels.palette != NULL);
  CHECK(pixels.palette[0] == 0 && pixels.palette[1] == 0 && pixels.palette[2] == 3); /* matplotlib's magma begins so */

  /* Indices, or the colours that they stand for, are the same sound. */
  spectrohue_settings* fast = SETTINGS(SPECTROHUE_DECODE, "phase_method", "pghi");
  spectrohue_sound* by_index = NULL;
  REQUIRE_OK(spectrohue_decode(context, &pixels, spectrohue_picture_note(picture), fast, &by_index));
  CHECK(spectrohue_sound_convergence_db(by_index) < -5);
  const int64_t n = pixels.width * pixels.height;
  uint8_t* rgb = malloc((size_t)(3 * n));
  REQUIRE(rgb != NULL);
  for (int64_t i = 0; i < n; ++i) memcpy(rgb + 3 * i, pixels.palette + 3 * ((const uint8_t*)pixels.data)[i], 3);
  spectrohue_pixels coloured = {sizeof coloured, rgb, pixels.width, pixels.height, 0, 3, 8, NULL, 0};
  spectrohue_sound* by_colour = NULL;
  REQUIRE_OK(spectrohue_decode(context, &coloured, spectrohue_picture_note(picture), fast, &by_colour));
  CHECK(memcmp(samples_of(by_index).data, samples_of(by_colour).data, kLength * sizeof(float)) == 0);
  spectrohue_sound_free(by_colour);
  spectrohue_sound_free(by_index);

  spectrohue_sound* none = NULL;
  pixels.n_colours = 3;
  CHECK_FAILS(spectrohue_decode(context, &pixels, spectrohue_picture_note(picture), NULL, &none),
              SPECTROHUE_ERROR_FORMAT, "their palette 3 colours");
  pixels.n_colours = 257;
  CHECK_FAILS(spectrohue_decode(context, &pixels, spectrohue_picture_note(picture), NULL, &none),
              SPECTROHUE_ERROR_USAGE, "257 colours");
  free(rgb);
  spectrohue_settings_free(fast);
  spectrohue_picture_free(picture);
  spectrohue_settings_free(s);
  free(x);
  spectrohue_context_free(context);
}

static void pictures_without_note(void) {
  spectrohue_context* context = make_context();
  float* x = planar_floats(1, 512 * 20);
  const spectrohue_samples samples = planar(x, 1, 512 * 20);
  spectrohue_settings* s = SETTINGS(SPECTROHUE_ENCODE, "ref", "full-scale");
  spectrohue_picture* picture = encode(context, &samples, s);
  const spectrohue_pixels pixels = pixels_of(picture);
  spectrohue_sound* sound = NULL;
  CHECK_FAILS(spectrohue_decode(context, &pixels, NULL, NULL, &sound), SPECTROHUE_ERROR_USAGE, "--sample-rate");
  spectrohue_settings* d = SETTINGS(SPECTROHUE_DECODE, "sample_rate", "16000", "ref", "512");
  REQUIRE_OK(spectrohue_decode(context, &pixels, NULL, d, &sound));
  CHECK(samples_of(sound).n_samples == 512 * 20);
  CHECK(snr_db(x, samples_of(sound).data, 512 * 20) > 50);
  REQUIRE(spectrohue_sound_message(sound, 0) != NULL);
  CHECK(strstr(spectrohue_sound_message(sound, 0), "no note in this picture") != NULL);
  spectrohue_sound_free(sound);
  spectrohue_settings_free(d);
  spectrohue_picture_free(picture);
  spectrohue_settings_free(s);
  free(x);
  spectrohue_context_free(context);
}

static void retrieval(void) {
  enum { kFft = 512, kHop = 128 };
  spectrohue_context* context = make_context();
  float* x = planar_floats(2, kLength);
  const spectrohue_samples samples = planar(x, 2, kLength);
  spectrohue_settings* s = SETTINGS(SPECTROHUE_TRANSFORM, "n_fft", "512", "frames", "floor", "n_iter", "60");
  int64_t n_frames = 0;
  int64_t n_bins = 0;
  REQUIRE_OK(spectrohue_stft_size(s, kLength, &n_frames, &n_bins));
  const int64_t plane = n_frames * n_bins;
  float* wanted = malloc((size_t)(2 * plane) * sizeof *wanted);
  float* found = malloc((size_t)(2 * plane) * sizeof *found);
  float* y = malloc(2 * kLength * sizeof *y);
  REQUIRE(wanted != NULL && found != NULL && y != NULL);
  REQUIRE_OK(spectrohue_stft_magnitudes(context, &samples, s, wanted, 2 * plane));
  double convergence = 0;
  REQUIRE_OK(spectrohue_retrieve(context, wanted, 2, n_frames, n_bins, s, y, kLength, &convergence));
  CHECK(convergence < -18);
  double error = 0;
  double energy = 0;
  for (int64_t t = 0; t < n_frames; t += 3) {
    for (int k = 0; k <= kFft / 2; k += 5) {
      const double w = naive_magnitude(x + kLength, kLength, kFft, kHop, t, k);
      error += pow(naive_magnitude(y + kLength, kLength, kFft, kHop, t, k) - w, 2);
      energy += w * w;
    }
  }
  CHECK(10 * log10(error / energy) < -15);

  /* Channels do not depend on each other, nor n_fft on being said. */
  spectrohue_settings* implied = SETTINGS(SPECTROHUE_TRANSFORM, "n_iter", "60");
  float* alone = malloc(kLength * sizeof *alone);
  REQUIRE(alone != NULL);
  REQUIRE_OK(spectrohue_retrieve(context, wanted + plane, 1, n_frames, n_bins, implied, alone, kLength, NULL));
  CHECK(memcmp(alone, y + kLength, kLength * sizeof *alone) == 0);

  CHECK_FAILS(spectrohue_retrieve(context, wanted, 2, n_frames, n_bins, s, y, kLength + 2 * kHop, NULL),
              SPECTROHUE_ERROR_USAGE, "12288");
  CHECK_FAILS(spectrohue_retrieve(context, wanted, 2, n_frames, n_bins, s, y, -1, NULL), SPECTROHUE_ERROR_USAGE, "-1");
  CHECK_FAILS(spectrohue_retrieve(context, wanted, 2, n_frames, n_bins - 1, s, y, kLength, NULL),
              SPECTROHUE_ERROR_USAGE, "n_fft 512 has 257");
  CHECK_FAILS(spectrohue_retrieve(context, wanted, 0, n_frames, n_bins, s, y, kLength, NULL), SPECTROHUE_ERROR_USAGE,
              "0 channels");
  CHECK_FAILS(spectrohue_retrieve(context, NULL, 2, n_frames, n_bins, s, y, kLength, NULL), SPECTROHUE_ERROR_USAGE,
              "NULL");
  wanted[77] = INFINITY;
  CHECK_FAILS(spectrohue_retrieve(context, wanted, 2, n_frames, n_bins, s, y, kLength, NULL), SPECTROHUE_ERROR_FORMAT,
              "magnitude 77");
  CHECK_OK(spectrohue_settings_set(s, "init", "stored"));
  wanted[77] = 0;
  CHECK_FAILS(spectrohue_retrieve(context, wanted, 2, n_frames, n_bins, s, y, kLength, NULL), SPECTROHUE_ERROR_USAGE,
              "stored");
  free(alone);
  free(y);
  free(found);
  free(wanted);
  spectrohue_settings_free(implied);
  spectrohue_settings_free(s);
  free(x);
  spectrohue_context_free(context);
}

static void saving_and_loading(void) {
  make_folder();
  spectrohue_context* context = make_context();
  float* x = planar_floats(1, kLength);
  const spectrohue_samples samples = planar(x, 1, kLength);
  spectrohue_picture* picture = encode(context, &samples, NULL);
  const spectrohue_pixels pixels = pixels_of(picture);
  const char* note = spectrohue_picture_note(picture);
  const char* const names[] = {"a.png", "a.tiff", "b.npy"};
  for (int i = 0; i < 3; ++i) {
    const char* path = in_folder(names[i]);
    REQUIRE_OK(spectrohue_save(path, &pixels, note, NULL));
    spectrohue_picture* loaded = NULL;
    REQUIRE_OK(spectrohue_load(path, &loaded));
    CHECK(same_pixels(picture, loaded));
    CHECK(strcmp(spectrohue_picture_note(loaded), note) == 0);
    spectrohue_picture_free(loaded);
  }
  CHECK(exists(in_folder("b.json")) && !exists(in_folder("a.json")));

  /* Rows may be further apart than they are long; a picture need not have a note. */
  uint8_t wide[2 * 8] = {1, 2, 3, 4, 99, 99, 99, 99, 5, 6, 7, 8, 99, 99, 99, 99};
  const spectrohue_pixels gray = {sizeof gray, wide, 4, 2, 8, 1, 8, NULL, 0};
  REQUIRE_OK(spectrohue_save(in_folder("gray.png"), &gray, NULL, NULL));
  spectrohue_picture* loaded = NULL;
  REQUIRE_OK(spectrohue_load(in_folder("gray.png"), &loaded));
  const uint8_t expected[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(pixels_of(loaded).width == 4 && memcmp(pixels_of(loaded).data, expected, 8) == 0);
  CHECK(spectrohue_picture_note(loaded) == NULL);
  spectrohue_picture_free(loaded);
  loaded = NULL;

  CHECK_FAILS(spectrohue_save(in_folder("a.png"), &pixels, note, NULL), SPECTROHUE_ERROR_USAGE, "exists already");
  spectrohue_settings* over = SETTINGS(SPECTROHUE_ENCODE, "overwrite", "on");
  CHECK_OK(spectrohue_save(in_folder("a.png"), &pixels, note, over));
  CHECK_FAILS(spectrohue_save(in_folder("a.xyz"), &pixels, note, over), SPECTROHUE_ERROR_USAGE, ".png");
  CHECK_FAILS(spectrohue_save(in_folder("a.jpg"), &pixels, note, over), SPECTROHUE_ERROR_USAGE, "phases");
  CHECK_FAILS(spectrohue_save(in_folder("c.png"), &pixels, "{", over), SPECTROHUE_ERROR_FORMAT, "note");
  CHECK(!exists(in_folder("c.png")));
  CHECK_OK(spectrohue_settings_set(over, "n_fft", "512"));
  CHECK_FAILS(spectrohue_save(in_folder("c.png"), &pixels, note, over), SPECTROHUE_ERROR_USAGE, "'n_fft'");
  CHECK_FAILS(spectrohue_load(in_folder("nothing.png"), &loaded), SPECTROHUE_ERROR_READ, "nothing.png");
  FILE* text = fopen(in_folder("text.png"), "w");
  REQUIRE(text != NULL);
  fputs("this is no picture", text);
  fclose(text);
  CHECK_FAILS(spectrohue_load(in_folder("text.png"), &loaded), SPECTROHUE_ERROR_FORMAT, "text.png");
  CHECK(loaded == NULL);
  spectrohue_settings_free(over);
  spectrohue_picture_free(picture);
  free(x);
  spectrohue_context_free(context);
  remove_folder();
}

/* What a run said. */
struct Seen {
  int n;
  int ok;
  int stop_after;
  spectrohue_status status[8];
  char error[8][300];
  int64_t n_outputs[8];
  double seconds;
  double snr_db;
};

static int see(const spectrohue_file_result* result, void* user) {
  struct Seen* seen = user;
  ++seen->n;
  seen->ok += result->status == SPECTROHUE_OK;
  REQUIRE(result->size_bytes >= sizeof *result && result->index < 8);
  seen->status[result->index] = result->status;
  snprintf(seen->error[result->index], sizeof seen->error[0], "%s", result->error);
  seen->n_outputs[result->index] = result->n_outputs;
  seen->seconds += result->audio_seconds;
  seen->snr_db = result->snr_db;
  if (result->status == SPECTROHUE_OK) CHECK(result->bytes_written > 0);
  return seen->n == seen->stop_after;
}

static void files(void) {
  make_folder();
  spectrohue_context* context = make_context();
  int16_t* shorts = interleaved_shorts(2, kLength);
  write_wave(in_folder("one.wav"), shorts, 2, kLength);
  write_wave(in_folder("two.wav"), shorts, 1, 2 * kLength);
  char wav[3][128];
  char png[3][128];
  const char* sounds[3];
  const char* pictures[3];
  const char* const stems[3] = {"one", "nothing", "two"};
  for (int i = 0; i < 3; ++i) {
    snprintf(wav[i], sizeof wav[i], "%s/%s.wav", folder, stems[i]);
    snprintf(png[i], sizeof png[i], "%s/%s.png", folder, stems[i]);
    sounds[i] = wav[i];
    pictures[i] = png[i];
  }
  spectrohue_settings* s = SETTINGS(SPECTROHUE_ENCODE, "encoding", "hsvx", "verify", "on");
  struct Seen seen = {0};
  CHECK_FAILS(spectrohue_encode_files(context, sounds, pictures, 3, s, see, &seen), SPECTROHUE_ERROR_READ,
              "1 of 3 files failed");
  CHECK(strstr(spectrohue_last_error(), "nothing.wav") != NULL);
  CHECK(seen.n == 3 && seen.ok == 2 && seen.status[1] == SPECTROHUE_ERROR_READ && seen.error[1][0] != '\0');
  CHECK(seen.error[0][0] == '\0' && seen.n_outputs[0] == 1 && seen.n_outputs[1] == 0);
  CHECK(fabs(seen.seconds - 3.0 * kLength / kRate) < 1e-9);
  CHECK(exists(pictures[0]) && !exists(pictures[1]) && exists(pictures[2]));

  /* And back: every sample. */
  REQUIRE_OK(spectrohue_decode_file(context, pictures[0], in_folder("back.wav"), NULL));
  CHECK(differing_samples(in_folder("back.wav"), shorts, 2 * kLength) == 0);

  /* The picture in a file is the one in memory. */
  spectrohue_picture* loaded = NULL;
  REQUIRE_OK(spectrohue_load(pictures[0], &loaded));
  const spectrohue_samples samples = interleaved(shorts, 2, kLength);
  spectrohue_settings* in_memory = SETTINGS(SPECTROHUE_ENCODE, "encoding", "hsvx");
  spectrohue_picture* made = encode(context, &samples, in_memory);
  CHECK(same_pixels(loaded, made));
  spectrohue_picture_free(made);
  spectrohue_picture_free(loaded);
  spectrohue_settings_free(in_memory);

  /* What is there stays, unless it is asked for. */
  CHECK_FAILS(spectrohue_encode_file(context, sounds[0], pictures[0], NULL), SPECTROHUE_ERROR_USAGE, "exists already");
  spectrohue_settings* over = SETTINGS(SPECTROHUE_ENCODE, "overwrite", "on");
  CHECK_OK(spectrohue_encode_file(context, sounds[0], pictures[0], over));
  spectrohue_settings_free(over);

  /* A long sound becomes several pictures, any of which names them all. */
  spectrohue_settings* tiles = SETTINGS(SPECTROHUE_ENCODE, "tile_width", "16", "encoding", "hsvx");
  seen = (struct Seen){0};
  const char* const tiled[] = {in_folder("tiled.png")};
  REQUIRE_OK(spectrohue_encode_files(context, sounds, tiled, 1, tiles, see, &seen));
  CHECK(seen.n_outputs[0] == 2 && exists(in_folder("tiled.0000.png")) && exists(in_folder("tiled.0001.png")));
  REQUIRE_OK(spectrohue_decode_file(context, in_folder("tiled.0001.png"), in_folder("joined.wav"), NULL));
  CHECK(differing_samples(in_folder("joined.wav"), shorts, 2 * kLength) == 0);
  REQUIRE_OK(spectrohue_load(in_folder("tiled.0000.png"), &loaded));
  const spectrohue_pixels pixels = pixels_of(loaded);
  spectrohue_sound* sound = NULL;
  CHECK_FAILS(spectrohue_decode(context, &pixels, spectrohue_picture_note(loaded), NULL, &sound),
              SPECTROHUE_ERROR_FORMAT, "one of several");
  spectrohue_picture_free(loaded);
  spectrohue_settings_free(tiles);

  /* A run that the caller ends. */
  spectrohue_context* alone = NULL;
  REQUIRE_OK(spectrohue_context_create("cpu", 1, &alone));
  const char* again[3] = {in_folder("x.png"), in_folder("y.png"), in_folder("z.png")};
  seen = (struct Seen){.stop_after = 1};
  CHECK(spectrohue_encode_files(alone, sounds, again, 3, NULL, see, &seen) == SPECTROHUE_STOPPED);
  CHECK(seen.n == 1);
  spectrohue_context_free(alone);
  spectrohue_settings_free(s);
  free(shorts);
  spectrohue_context_free(context);
  remove_folder();
}

static void arguments_of_files(void) {
  make_folder();
  spectrohue_context* context = make_context();
  const char* const sounds[] = {"/a/one.wav", "/a/two.wav"};
  const char* const same[] = {"/b/x.png", "/b/./x.png"};
  const char* const back[] = {"/a/two.wav", "/b/x.png"};
  const char* const holes[] = {"/a/two.png", NULL};
  CHECK_OK(spectrohue_encode_files(context, NULL, NULL, 0, NULL, NULL, NULL));
  CHECK_FAILS(spectrohue_encode_files(context, sounds, same, 2, NULL, NULL, NULL), SPECTROHUE_ERROR_USAGE,
              "destination of two");
  CHECK_FAILS(spectrohue_encode_files(context, sounds, back, 2, NULL, NULL, NULL), SPECTROHUE_ERROR_USAGE,
              "a source and a destination");
  CHECK_FAILS(spectrohue_encode_files(context, sounds, holes, 2, NULL, NULL, NULL), SPECTROHUE_ERROR_USAGE, "NULL");
  CHECK_FAILS(spectrohue_encode_files(NULL, sounds, same, 1, NULL, NULL, NULL), SPECTROHUE_ERROR_USAGE, "context");
  CHECK_FAILS(spectrohue_encode_file(context, "/a/one.wav", in_folder("x.txt"), NULL), SPECTROHUE_ERROR_USAGE, ".png");
  CHECK_FAILS(spectrohue_decode_file(context, "/a/one.png", in_folder("x.mp3"), NULL), SPECTROHUE_ERROR_USAGE, ".wav");
  CHECK_FAILS(spectrohue_encode_file(context, "/a/one.wav", in_folder("x.jpg"), NULL), SPECTROHUE_ERROR_USAGE,
              "phases");
  CHECK_FAILS(spectrohue_decode_file(context, "/a/one.png", in_folder("x.wav"), NULL), SPECTROHUE_ERROR_READ,
              "/a/one.png");
  spectrohue_settings* d = SETTINGS(SPECTROHUE_DECODE, "subtype", "pcm24");
  CHECK_FAILS(spectrohue_encode_file(context, "/a/one.wav", in_folder("x.png"), d), SPECTROHUE_ERROR_USAGE,
              "settings are of decoding");
  spectrohue_settings_free(d);
  spectrohue_context_free(context);
  remove_folder();
}

static void wrong_samples_and_pixels(void) {
  spectrohue_context* context = make_context();
  float* x = planar_floats(2, 1000);
  const spectrohue_samples good = planar(x, 2, 1000);
  spectrohue_picture* picture = NULL;
  struct {
    spectrohue_samples samples;
    const char* text;
  } wrong[] = {{good, "size_bytes"},      {good, "channels is 0"}, {good, "channels is 1025"},
               {good, "n_samples is -1"}, {good, "0 Hz"},          {good, "type is 3"},
               {good, "sample_stride 0"}, {good, "data is NULL"},  {good, "channel_stride -1"}};
  wrong[0].samples.size_bytes = 0;
  wrong[1].samples.channels = 0;
  wrong[2].samples.channels = 1025;
  wrong[3].samples.n_samples = -1;
  wrong[4].samples.sample_rate = 0;
  wrong[5].samples.type = (spectrohue_sample_type)3;
  wrong[6].samples.sample_stride = 0;
  wrong[7].samples.data = NULL;
  wrong[8].samples.channel_stride = -1;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    CHECK_FAILS(spectrohue_encode(context, &wrong[i].samples, NULL, &picture), SPECTROHUE_ERROR_USAGE, wrong[i].text);
  }
  CHECK_FAILS(spectrohue_encode(context, NULL, NULL, &picture), SPECTROHUE_ERROR_USAGE, "samples is NULL");
  CHECK_FAILS(spectrohue_encode(NULL, &good, NULL, &picture), SPECTROHUE_ERROR_USAGE, "context is NULL");
  CHECK_FAILS(spectrohue_encode(context, &good, NULL, NULL), SPECTROHUE_ERROR_USAGE, "picture is NULL");
  x[1234] = NAN;
  CHECK_FAILS(spectrohue_encode(context, &good, NULL, &picture), SPECTROHUE_ERROR_FORMAT, "234");
  x[1234] = 0;
  CHECK(picture == NULL);

  /* Settings that do not go together, and those of files. */
  spectrohue_settings* s = SETTINGS(SPECTROHUE_ENCODE, "n_fft", "22");
  CHECK_FAILS(spectrohue_encode(context, &good, s, &picture), SPECTROHUE_ERROR_USAGE, "22");
  CHECK_OK(spectrohue_settings_set(s, "n_fft", "512"));
  CHECK_OK(spectrohue_settings_set(s, "tile_width", "64"));
  CHECK_FAILS(spectrohue_encode(context, &good, s, &picture), SPECTROHUE_ERROR_USAGE, "'tile_width' is about files");
  spectrohue_settings_free(s);

  /* A sound without samples is a sound. */
  const spectrohue_samples empty = {sizeof empty, NULL, SPECTROHUE_FLOAT32, 1, 0, kRate, 0, 1};
  REQUIRE_OK(spectrohue_encode(context, &empty, NULL, &picture));
  spectrohue_sound* sound = decode(context, picture, NULL);
  CHECK(samples_of(sound).n_samples == 0);
  spectrohue_sound_free(sound);
  sound = NULL;

  spectrohue_pixels pixels = pixels_of(picture);
  const char* note = spectrohue_picture_note(picture);
  struct {
    spectrohue_pixels pixels;
    spectrohue_status status;
    const char* text;
  } bad[] = {{pixels, SPECTROHUE_ERROR_USAGE, "size_bytes"}, {pixels, SPECTROHUE_ERROR_USAGE, "0 x"},
             {pixels, SPECTROHUE_ERROR_USAGE, "12 bits"},    {pixels, SPECTROHUE_ERROR_USAGE, "4 channels"},
             {pixels, SPECTROHUE_ERROR_USAGE, "row_bytes"},  {pixels, SPECTROHUE_ERROR_USAGE, "data is NULL"},
             {pixels, SPECTROHUE_ERROR_FORMAT, "16 GiB"},    {pixels, SPECTROHUE_ERROR_FORMAT, "resized or cropped"}};
  bad[0].pixels.size_bytes = 8;
  bad[1].pixels.width = 0;
  bad[2].pixels.bits = 12;
  bad[3].pixels.channels = 4;
  bad[4].pixels.row_bytes = 2;
  bad[5].pixels.data = NULL;
  bad[6].pixels.width = bad[6].pixels.height = 2000000000;
  bad[6].pixels.row_bytes = 0;
  bad[7].pixels.height -= 1;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
    CHECK_FAILS(spectrohue_decode(context, &bad[i].pixels, note, NULL, &sound), bad[i].status, bad[i].text);
  }
  CHECK_FAILS(spectrohue_decode(context, &pixels, "[]", NULL, &sound), SPECTROHUE_ERROR_FORMAT, "note");
  CHECK_FAILS(spectrohue_decode(context, NULL, note, NULL, &sound), SPECTROHUE_ERROR_USAGE, "pixels is NULL");
  CHECK_FAILS(spectrohue_picture_pixels(NULL, &pixels), SPECTROHUE_ERROR_USAGE, "picture is NULL");
  CHECK_FAILS(spectrohue_sound_samples(NULL, NULL), SPECTROHUE_ERROR_USAGE, "sound is NULL");
  CHECK(sound == NULL && spectrohue_picture_note(NULL) == NULL && spectrohue_sound_message(NULL, 0) == NULL);
  spectrohue_picture_free(NULL);
  spectrohue_sound_free(NULL);
  spectrohue_picture_free(picture);
  free(x);
  spectrohue_context_free(context);
}

struct Task {
  spectrohue_context* context;
  const spectrohue_picture* expected;
  int same;
};

static void* encode_often(void* argument) {
  struct Task* task = argument;
  spectrohue_settings* s = NULL;
  float* x = planar_floats(1, kLength);
  const spectrohue_samples samples = planar(x, 1, kLength);
  for (int i = 0; i < 4; ++i) {
    spectrohue_picture* picture = encode(task->context, &samples, NULL);
    task->same += same_pixels(picture, task->expected);
    spectrohue_picture_free(picture);
  }
  /* The reason is this thread's. */
  CHECK(strcmp(spectrohue_last_error(), "") == 0);
  CHECK(spectrohue_settings_create((spectrohue_direction)42, &s) == SPECTROHUE_ERROR_USAGE);
  CHECK(strstr(spectrohue_last_error(), "42") != NULL);
  free(x);
  return NULL;
}

static void threads(void) {
  spectrohue_context* context = make_context();
  float* x = planar_floats(1, kLength);
  const spectrohue_samples samples = planar(x, 1, kLength);
  spectrohue_picture* expected = encode(context, &samples, NULL);
  CHECK(spectrohue_encode(NULL, NULL, NULL, NULL) == SPECTROHUE_ERROR_USAGE);
  struct Task tasks[3];
  pthread_t workers[3];
  for (int i = 0; i < 3; ++i) {
    tasks[i] = (struct Task){context, expected, 0};
    REQUIRE(pthread_create(&workers[i], NULL, encode_often, &tasks[i]) == 0);
  }
  for (int i = 0; i < 3; ++i) {
    REQUIRE(pthread_join(workers[i], NULL) == 0);
    CHECK(tasks[i].same == 4);
  }
  CHECK(strstr(spectrohue_last_error(), "context") != NULL);
  spectrohue_picture_free(expected);
  free(x);
  spectrohue_context_free(context);
}

static const struct {
  const char* name;
  void (*run)(void);
} kCases[] = {{"versions_and_statuses", versions_and_statuses},
              {"contexts", contexts},
              {"settings", settings},
              {"round_trip", round_trip},
              {"layouts_of_samples", layouts_of_samples},
              {"magnitudes", magnitudes},
              {"exact_encoding", exact_encoding},
              {"arrangements_and_channels", arrangements_and_channels},
              {"palettes", palettes},
              {"pictures_without_note", pictures_without_note},
              {"retrieval", retrieval},
              {"saving_and_loading", saving_and_loading},
              {"files", files},
              {"arguments_of_files", arguments_of_files},
              {"wrong_samples_and_pixels", wrong_samples_and_pixels},
              {"threads", threads}};

int main(int argc, char** argv) {
  for (size_t i = 0; argc == 2 && i < sizeof kCases / sizeof kCases[0]; ++i) {
    if (strcmp(argv[1], kCases[i].name) != 0) continue;
    kCases[i].run();
    return n_failures == 0 ? 0 : 1;
  }
  fprintf(stderr, "usage: capi_test CASE\n");
  return 2;
}
