/* SPDX-FileCopyrightText: 2026 The spectrohue authors
   SPDX-License-Identifier: MIT

   spectrohue in C (C11; C++ can include it too): sounds to spectrogram pictures and back, in memory and in files.

   Errors. Every function that can fail returns a spectrohue_status; spectrohue_last_error() then has the reason for
   people. Pointers and structures that a function was to fill in are then as they were; what is in arrays is undefined.
   No exception leaves the library.

   Ownership. What a function makes (a context, settings, a picture, a sound) is the caller's, who frees it with the
   function of its name; freeing NULL does nothing. Pointers that a function returns into such a thing live as long as
   it does. Memory that the caller hands in is read during the call only, and never freed.

   Threads. Functions may be called from any thread. A thing that is not changed may be used by many threads at once; of
   a context, calls by several threads take turns, so give each thread a context of its own to let them run together.

   Text is UTF-8 and ends with a zero byte; names of files are whatever bytes the system takes. NULL where it is not
   allowed is SPECTROHUE_ERROR_USAGE.

   Structures begin with size_bytes, which the caller sets to their sizeof: later versions may add fields at their end
   and will know what an older caller does not have. Names, values and meanings stay. */
#ifndef SPECTROHUE_SPECTROHUE_H
#define SPECTROHUE_SPECTROHUE_H
/* NOLINTBEGIN(modernize-*,readability-identifier-naming): this is C */

#include <stddef.h>
#include <stdint.h>

#include "spectrohue/visibility.h"

/* C may put any number into an enumeration; C++ only where its type is said. */
#ifdef __cplusplus
#define SPECTROHUE_INT_ENUM : int
extern "C" {
#else
#define SPECTROHUE_INT_ENUM
#endif

/* --- Version and errors --------------------------------------------------------------------------------------- */

/* The library's, "MAJOR.MINOR.PATCH". Lives for ever. */
SPECTROHUE_API const char* spectrohue_version(void);

/* What became of a call. */
typedef enum spectrohue_status SPECTROHUE_INT_ENUM {
  SPECTROHUE_OK = 0,
  SPECTROHUE_ERROR_USAGE = 1,       /* an argument or a setting is impossible */
  SPECTROHUE_ERROR_READ = 2,        /* a file could not be opened or read */
  SPECTROHUE_ERROR_WRITE = 3,       /* a file could not be created, written or renamed */
  SPECTROHUE_ERROR_FORMAT = 4,      /* data is damaged or contradicts itself; samples that are NaN or infinite */
  SPECTROHUE_ERROR_UNSUPPORTED = 5, /* legal, but not something that this build can do */
  SPECTROHUE_ERROR_MEMORY = 6,      /* host or device memory */
  SPECTROHUE_ERROR_DEVICE = 7,      /* CUDA or cuFFT failed, or there is no such device */
  SPECTROHUE_ERROR_INTERNAL = 8,    /* a defect of spectrohue */
  SPECTROHUE_STOPPED = 9            /* the caller's function ended a run */
} spectrohue_status;

/* "ok", "usage", "read", "write", "format", "unsupported", "memory", "device", "internal", "stopped"; of any other
   number "unknown". Lives for ever. */
SPECTROHUE_API const char* spectrohue_status_name(spectrohue_status status);

/* What was attempted, what went wrong and what to do about it, of the last call in this thread that did not return
   SPECTROHUE_OK; "" if there was none. Settings are called what they are on the command line (--n-fft for n_fft). Lives
   until this thread's next such call. */
SPECTROHUE_API const char* spectrohue_last_error(void);

/* --- Contexts ------------------------------------------------------------------------------------------------- */

/* What computes: a backend with its tables and memory, which it keeps from call to call. */
typedef struct spectrohue_context spectrohue_context;

/* device   "auto" (the first CUDA device if there is one, else the CPU), "cpu", "cpu:avx2" (an instruction set),
            "cuda" or "cuda:N"; NULL means "auto". An explicit cuda never falls back to the CPU.
   threads  that one call may use, 1 to 4096; 0: one a processor. Results do not depend on it.
   Errors: USAGE, DEVICE (the message says what is missing), MEMORY. */
SPECTROHUE_API spectrohue_status spectrohue_context_create(const char* device, int threads,
                                                           spectrohue_context** context);
SPECTROHUE_API void spectrohue_context_free(spectrohue_context* context);

/* For people: "cpu (avx2)", "cuda:0 (NVIDIA H200)". NULL of NULL. */
SPECTROHUE_API const char* spectrohue_context_name(const spectrohue_context* context);

/* --- Settings ------------------------------------------------------------------------------------------------- */

/* Which functions settings are for. */
typedef enum spectrohue_direction SPECTROHUE_INT_ENUM {
  SPECTROHUE_ENCODE = 1,    /* sounds to pictures: spectrohue_encode, _save, _encode_file, _encode_files */
  SPECTROHUE_DECODE = 2,    /* pictures to sounds: spectrohue_decode, _decode_file, _decode_files */
  SPECTROHUE_TRANSFORM = 3, /* spectrohue_stft_size, _stft_magnitudes, _retrieve */
} spectrohue_direction;

/* Values by key. Where a function takes settings, NULL stands for settings without any, which is what the command line
   does without options. */
typedef struct spectrohue_settings spectrohue_settings;

/* Errors: USAGE (no such direction), MEMORY. */
SPECTROHUE_API spectrohue_status spectrohue_settings_create(spectrohue_direction direction,
                                                            spectrohue_settings** settings);
SPECTROHUE_API void spectrohue_settings_free(spectrohue_settings* settings);

/* Sets one value, as text. A key is the name of an option of `spectrohue encode` or `decode`, with '_' or '-' between
   its words: "n_fft", "hop_length", "encoding", "curve", "colormap", "freq_scale", "ref", "phase_method" ...;
   docs/c-api.md lists all. Options without a value take "on" or "off". A key that is set again has its last value.
   Errors: USAGE (an unknown key, whose message lists those there are, or an illegal value), and of a key whose value
   names a file READ, FORMAT and UNSUPPORTED. Whether values go together is seen when they are used. */
SPECTROHUE_API spectrohue_status spectrohue_settings_set(spectrohue_settings* settings, const char* key,
                                                         const char* value);

/* The keys of a direction, index 0, 1 ...; NULL behind the last one. They live for ever. */
SPECTROHUE_API const char* spectrohue_settings_key(spectrohue_direction direction, size_t index);

/* --- Samples and pixels in the caller's memory ---------------------------------------------------------------- */

/* What one sample is, in the machine's byte order. */
typedef enum spectrohue_sample_type SPECTROHUE_INT_ENUM {
  SPECTROHUE_FLOAT32 = 1, /* full scale is 1 */
  SPECTROHUE_INT16 = 2    /* full scale is 32768 */
} spectrohue_sample_type;

/* A sound. Sample i of channel c is element c * channel_stride + i * sample_stride of data; strides count elements and
   may not be negative. Planar: n_samples and 1. Interleaved: 1 and the number of channels. With a sample_stride of 1
   nothing is copied. */
typedef struct spectrohue_samples {
  size_t size_bytes;
  const void* data; /* may be NULL if n_samples is 0 */
  spectrohue_sample_type type;
  int32_t channels;    /* 1 to 1024 */
  int64_t n_samples;   /* a channel */
  int32_t sample_rate; /* Hz, above 0 */
  int64_t channel_stride;
  int64_t sample_stride;
} spectrohue_samples;

/* A picture: rows from the top, pixels from the left, the channels of a pixel side by side, in the machine's byte
   order. As encode makes it, row 0 is the highest bin, a column is a frame, and the sound's channels lie one on
   another. */
typedef struct spectrohue_pixels {
  size_t size_bytes;
  const void* data;
  int64_t width;
  int64_t height;
  int64_t row_bytes; /* from a row to the next; 0: width * channels * bits / 8 */
  int32_t channels;  /* 1 gray, or an index into a palette; 2 real and imaginary part; 3 red, green, blue */
  int32_t bits;      /* of a channel: 8 or 16, whole numbers; 32, floats */
  /* [n_colours, 3] red, green and blue (sRGB) that the pixels, of one channel of 8 bits, are indices into; NULL and 0
     if they are none. */
  const uint8_t* palette;
  int32_t n_colours; /* up to 256 */
} spectrohue_pixels;

/* --- Pictures ------------------------------------------------------------------------------------------------- */

/* A picture of the library's: pixels, and the note if there is one. Nothing changes it. */
typedef struct spectrohue_picture spectrohue_picture;

SPECTROHUE_API void spectrohue_picture_free(spectrohue_picture* picture);

/* Fills in *pixels, whose size_bytes the caller has set. Its data and palette are the picture's. Errors: USAGE. */
SPECTROHUE_API spectrohue_status spectrohue_picture_pixels(const spectrohue_picture* picture,
                                                           spectrohue_pixels* pixels);
/* The picture's note, all that decode needs, as one JSON object (docs/format.md); NULL if it has none. */
SPECTROHUE_API const char* spectrohue_picture_note(const spectrohue_picture* picture);

/* Sound to picture, whole, whatever its length.
   settings  of SPECTROHUE_ENCODE; keys that are about files are refused.
   Errors: USAGE (settings), FORMAT (a sample is NaN or infinite, or the encoding cannot show so many channels),
   UNSUPPORTED (an exact encoding cannot hold the sound), MEMORY, DEVICE. */
SPECTROHUE_API spectrohue_status spectrohue_encode(spectrohue_context* context, const spectrohue_samples* samples,
                                                   const spectrohue_settings* settings, spectrohue_picture** picture);

/* Reads a picture file: PNG, TIFF, NPY, NPZ, JPEG, WebP, BMP ..., with the note in it or beside it, if there is one.
   Errors: READ, FORMAT (no picture, damaged, or too large), UNSUPPORTED, MEMORY. */
SPECTROHUE_API spectrohue_status spectrohue_load(const char* path, spectrohue_picture** picture);

/* Writes one, of the type of the path's extension: .png .tiff .npy .npz .jpg .webp. The note goes into the file, or
   beside it (NAME.json) where the type has no room for it. The file gets its name when it is whole.
   note      JSON as spectrohue_picture_note() returns it, or NULL for none.
   settings  of SPECTROHUE_ENCODE; of its keys only "compression", "picture_quality", "force", "sidecar" and
             "overwrite", without which a file that exists is refused, may be set.
   Errors: USAGE, FORMAT (the note), UNSUPPORTED (the type cannot hold such pixels), WRITE, MEMORY. */
SPECTROHUE_API spectrohue_status spectrohue_save(const char* path, const spectrohue_pixels* pixels, const char* note,
                                                 const spectrohue_settings* settings);

/* --- Sounds --------------------------------------------------------------------------------------------------- */

/* A sound of the library's, and what is to be said of it. Nothing changes it. */
typedef struct spectrohue_sound spectrohue_sound;

SPECTROHUE_API void spectrohue_sound_free(spectrohue_sound* sound);

/* Fills in *samples, whose size_bytes the caller has set: planar floats, [channels, n_samples], full scale 1, not
   clipped. Its data is the sound's. Errors: USAGE. */
SPECTROHUE_API spectrohue_status spectrohue_sound_samples(const spectrohue_sound* sound, spectrohue_samples* samples);
/* How the encoded sound's file stored its samples: "pcm16", "pcm24", "float" ...; NULL of NULL. */
SPECTROHUE_API const char* spectrohue_sound_subtype(const spectrohue_sound* sound);
/* How near phase retrieval came to the picture's magnitudes: 10 log10(sum (found - wanted)^2 / sum wanted^2), in dB;
   NaN where no phases had to be found. */
SPECTROHUE_API double spectrohue_sound_convergence_db(const spectrohue_sound* sound);
/* What people should know of how it came about (parameters that were assumed, what an edited picture lost), index 0,
   1 ...; NULL behind the last one. */
SPECTROHUE_API const char* spectrohue_sound_message(const spectrohue_sound* sound, size_t index);

/* Picture to sound: the rate, length, level and channels that the note says.
   note      JSON as spectrohue_picture_note() returns it. NULL: none, then settings must say at least sample_rate, and
             what else they do not say is guessed, with a message.
   settings  of SPECTROHUE_DECODE; keys that are about files are refused.
   A picture without phases is given some (phase retrieval): the sound is like the one before, its waveform is another.
   Errors: USAGE (settings, or something is missing that nobody said), FORMAT (the note is no note or contradicts the
   picture, or the picture is one of several files that belong together: decode those with spectrohue_decode_file),
   UNSUPPORTED (a newer note), MEMORY, DEVICE. */
SPECTROHUE_API spectrohue_status spectrohue_decode(spectrohue_context* context, const spectrohue_pixels* pixels,
                                                   const char* note, const spectrohue_settings* settings,
                                                   spectrohue_sound** sound);

/* --- Magnitudes ----------------------------------------------------------------------------------------------- */

/* The size of the transform of a sound: n_bins = n_fft / 2 + 1 and n_frames = 1 + ceil(n_samples / hop_length) for
   centred frames (floor with the setting frames=floor, which is librosa's). settings of SPECTROHUE_TRANSFORM. Errors:
   USAGE. */
SPECTROHUE_API spectrohue_status spectrohue_stft_size(const spectrohue_settings* settings, int64_t n_samples,
                                                      int64_t* n_frames, int64_t* n_bins);

/* The magnitudes of its bins.
   magnitudes  [channels, n_frames, n_bins] floats of the caller's, all of which are set: |sum x[i] w[i] exp(-2 pi i k i
               / n_fft)|, librosa's values for the same window
   n_values    how many there is room for; another number than there are is USAGE
   settings    of SPECTROHUE_TRANSFORM
   Errors: USAGE, FORMAT (a sample is NaN or infinite), MEMORY, DEVICE. */
SPECTROHUE_API spectrohue_status spectrohue_stft_magnitudes(spectrohue_context* context,
                                                            const spectrohue_samples* samples,
                                                            const spectrohue_settings* settings, float* magnitudes,
                                                            int64_t n_values);

/* Sounds whose spectra have given magnitudes, as nearly as phases can be found (docs/phase.md).
   magnitudes      [channels, n_frames, n_bins], as spectrohue_stft_magnitudes() returns them. Below 0: |value| is a
                   guess, and anything from 0 to twice as much will do.
   samples         [channels, n_samples] floats of the caller's, all of which are set
   n_samples       any length of that many frames: (n_frames - 1) hop_length is one if frames are centred, and else
                   (n_frames - 1) hop_length + n_fft
   settings        of SPECTROHUE_TRANSFORM; without n_fft it is 2 (n_bins - 1)
   convergence_db  how near they come, as spectrohue_sound_convergence_db(), of all channels; may be NULL
   Channels, 1 to 1024, do not depend on each other. Errors: USAGE, FORMAT (a magnitude is NaN or infinite), MEMORY,
   DEVICE. */
SPECTROHUE_API spectrohue_status spectrohue_retrieve(spectrohue_context* context, const float* magnitudes,
                                                     int32_t channels, int64_t n_frames, int64_t n_bins,
                                                     const spectrohue_settings* settings, float* samples,
                                                     int64_t n_samples, double* convergence_db);

/* --- Files ---------------------------------------------------------------------------------------------------- */

/* What became of one of several files. It, and what it points to, lives during the call that hands it over. */
typedef struct spectrohue_file_result {
  size_t size_bytes; /* set by the library: fields beyond it are not there */
  size_t index;      /* of the file among the sources */
  spectrohue_status status;
  const char* error;           /* why not, if status is not SPECTROHUE_OK; else "" */
  const char* const* messages; /* [n_messages], as spectrohue_sound_message() */
  size_t n_messages;
  double audio_seconds; /* the length of the sound */
  int64_t n_outputs;    /* files, without notes beside them: long sounds become several pictures */
  int64_t bytes_written;
  double snr_db;         /* of the way back, with the setting verify; else NaN */
  double convergence_db; /* as spectrohue_sound_convergence_db() */
} spectrohue_file_result;

/* Called for every file as it is done, in no certain order, from any thread but never from two at once. It must not
   call the library with the same context. Anything but 0: no further file is begun. */
typedef int (*spectrohue_file_function)(const spectrohue_file_result* result, void* user);

/* Sound files to picture files, n pairs of paths. The files are those that `spectrohue encode` and `decode`
   write, byte for byte; types go by the extensions of the destinations. Several files are worked on at once, on all of
   the context's threads; one that fails does not keep the others. An output gets its name when it is whole; one that
   exists is refused without the setting overwrite=on. A long sound becomes NAME.0000.png, NAME.0001.png ...; of a sound
   in several pictures any one names them all.
   settings       of SPECTROHUE_ENCODE
   file_finished  may be NULL; user is handed to it
   Returns OK if all files were converted; STOPPED; else the status of the first source, in their order, that failed,
   and the error says how many did. Errors before anything is written: USAGE (settings; two sources for one destination,
   or a destination that is a source), DEVICE. */
SPECTROHUE_API spectrohue_status spectrohue_encode_files(spectrohue_context* context, const char* const* sources,
                                                         const char* const* destinations, size_t n,
                                                         const spectrohue_settings* settings,
                                                         spectrohue_file_function file_finished, void* user);
/* Picture files to sound files, likewise; settings of SPECTROHUE_DECODE. */
SPECTROHUE_API spectrohue_status spectrohue_decode_files(spectrohue_context* context, const char* const* sources,
                                                         const char* const* destinations, size_t n,
                                                         const spectrohue_settings* settings,
                                                         spectrohue_file_function file_finished, void* user);

/* spectrohue_encode_files() for one file, on all of the context's threads. */
SPECTROHUE_API spectrohue_status spectrohue_encode_file(spectrohue_context* context, const char* sound,
                                                        const char* picture, const spectrohue_settings* settings);
/* spectrohue_decode_files() for one file, likewise. */
SPECTROHUE_API spectrohue_status spectrohue_decode_file(spectrohue_context* context, const char* picture,
                                                        const char* sound, const spectrohue_settings* settings);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-*,readability-identifier-naming) */
#endif /* SPECTROHUE_SPECTROHUE_H */
