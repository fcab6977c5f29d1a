// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The whole ways: sound to pixels and back in memory, and file to file (WAV to PNG, PNG to WAV) in a temporary folder.
// x_real_time of those in memory is by CPU time, of files by the wall clock.
#include <stdlib.h>

#include <filesystem>

#include "audio/audio_file.h"
#include "batch/decode.h"
#include "batch/encode.h"
#include "batch/run.h"
#include "image/picture_file.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/audio.h"
#include "support/bench.h"

namespace spectrohue::bench {
namespace {

namespace fs = std::filesystem;

Audio sound(int seconds) { return audio_of(music(seconds), kSampleRate); }

/// What is timed of pictures: an encoding and how its codes are chosen.
struct Kind {
  const char* name;
  Encoding encoding;
  int refine;
};
constexpr Kind kKinds[] = {
    {"hsv_fast", Encoding::Hsv, PixelSettings::kOpenLoop},
    {"hsv_refine0", Encoding::Hsv, 0},
    {"hsv_refine4", Encoding::Hsv, 4},
    {"hsv16_fast", Encoding::Hsv16, PixelSettings::kOpenLoop},
    {"hsv16_refine4", Encoding::Hsv16, 4},
    {"hsvx_refine4", Encoding::Hsvx, 4},
    {"hsv16x_refine4", Encoding::Hsv16x, 4},
};

EncodeSettings encode_settings(const Size& size, const Kind& kind) {
  EncodeSettings s;
  s.stft = stft_settings(size);
  s.pixels.encoding = kind.encoding;
  s.pixels.refine = kind.refine;
  return s;
}

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "spectrohue-bench-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

/// Converts a.wav of a scratch folder to a.png, and that to b.wav.
class Files {
 public:
  Files(const Size& size, const Kind& kind, int threads)
      : there_{folder_.path / "a.wav", folder_.path / "a.png"},
        back_{folder_.path / "a.png", folder_.path / "b.wav"},
        encoder_(encode_settings(size, kind)),
        worker_(make_backend("auto"), threads) {
    job_.threads = threads;
    audio::write(there_.source, sound(size.seconds), {});
    encode();
  }
  void encode() { convert(there_, encoder_); }
  void decode() { convert(back_, decoder_); }
  std::uintmax_t png_bytes() const { return fs::file_size(there_.destination); }

 private:
  void convert(const batch::Task& task, const batch::Conversion& conversion) {
    job_.restart(task);
    conversion.read(job_);
    conversion.compute(worker_, job_);
    conversion.write(job_);
  }

  Folder folder_;
  batch::Task there_;
  batch::Task back_;
  batch::Encoder encoder_;
  batch::Decoder decoder_{{}};
  batch::Worker worker_;
  batch::Job job_;
};

void register_files(const std::string& name, const Size& size, const Kind& kind, int threads) {
  for (const bool forward : {true, false}) {
    const std::string label = std::string(forward ? "wav_to_png_" : "png_to_wav_") + name;
    benchmark::RegisterBenchmark(
        label.c_str(),
        [=](benchmark::State& state) {
          Files files(size, kind, threads);
          for (auto _ : state) forward ? files.encode() : files.decode();
          state.counters["x_real_time"] =
              benchmark::Counter(static_cast<double>(state.iterations()) * size.seconds, benchmark::Counter::kIsRate);
          state.counters["png_bytes_a_second"] = static_cast<double>(files.png_bytes()) / size.seconds;
        })
        ->Unit(benchmark::kMillisecond)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
  }
}

void register_benches() {
  for (const Kind& kind : kKinds) {
    const std::string name = kind.name;
    register_all("to_picture_" + name, [=](benchmark::State& state, Backend& backend, const Size& size) {
      const Audio audio = sound(size.seconds);
      const EncodeSettings s = encode_settings(size, kind);
      Picture picture;
      for (auto _ : state) to_picture(backend, audio, s, picture);
    });
    if (kind.refine == PixelSettings::kOpenLoop || is_exact(kind.encoding)) {
      register_all("to_audio_" + name, [=](benchmark::State& state, Backend& backend, const Size& size) {
        const Audio audio = sound(size.seconds);
        Picture picture;
        const PictureNote note = to_picture(backend, audio, encode_settings(size, kind), picture);
        Audio back;
        for (auto _ : state) to_audio(backend, picture, note, back);
        if (compare(audio, back).snr_db < 40) state.SkipWithError("the sound did not come back");
      });
    }
    for (const Size& size : kSizes) {
      register_files(name + "/auto/n_fft:" + std::to_string(size.n_fft) + "/hop:" + std::to_string(size.hop) +
                         "/seconds:" + std::to_string(size.seconds),
                     size, kind, 1);
    }
  }
  // One long file on several threads, by the wall clock.
  for (const Kind& kind : {kKinds[0], kKinds[2]}) {
    for (int threads = 1; threads <= batch::default_threads(); threads *= 2) {
      register_files(std::string(kind.name) + "/auto/minutes:12/threads:" + std::to_string(threads), {2048, 512, 720},
                     kind, threads);
    }
  }
}

}  // namespace
}  // namespace spectrohue::bench

SPECTROHUE_BENCH_MAIN(spectrohue::bench::register_benches)
