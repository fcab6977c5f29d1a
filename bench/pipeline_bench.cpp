// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The whole ways: sound to pixels and back in memory, and file to file (WAV to PNG, PNG to WAV) in a temporary folder,
// one thread.
#include <stdlib.h>

#include <filesystem>

#include "audio/audio_file.h"
#include "batch/decode.h"
#include "batch/encode.h"
#include "image/picture_file.h"
#include "spectrohue/convert.h"
#include "support/bench.h"

namespace spectrohue::bench {
namespace {

namespace fs = std::filesystem;

Audio sound(int seconds) {
  const std::vector<float> x = music(seconds);
  Audio audio;
  audio.sample_rate = kSampleRate;
  audio.channels = 1;
  audio.n_samples = static_cast<std::int64_t>(x.size());
  audio.samples.resize(x.size());
  std::copy(x.begin(), x.end(), audio.samples.begin());
  return audio;
}

EncodeSettings encode_settings(const Size& size, Encoding encoding) {
  EncodeSettings s;
  s.stft = stft_settings(size);
  s.pixels.encoding = encoding;
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

void register_benches() {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const std::string name = to_string(encoding);
    register_all("to_picture_" + name, [=](benchmark::State& state, Backend& backend, const Size& size) {
      const Audio audio = sound(size.seconds);
      const EncodeSettings s = encode_settings(size, encoding);
      Picture picture;
      for (auto _ : state) to_picture(backend, audio, s, picture);
    });
    register_all("to_audio_" + name, [=](benchmark::State& state, Backend& backend, const Size& size) {
      const Audio audio = sound(size.seconds);
      Picture picture;
      const PictureNote note = to_picture(backend, audio, encode_settings(size, encoding), picture);
      Audio back;
      for (auto _ : state) to_audio(backend, picture, note, back);
      if (compare(audio, back).snr_db < 40) state.SkipWithError("the sound did not come back");
    });
    for (const bool forward : {true, false}) {
      for (const Size& size : kSizes) {
        const std::string label = std::string(forward ? "wav_to_png_" : "png_to_wav_") + name +
                                  "/auto/n_fft:" + std::to_string(size.n_fft) + "/hop:" + std::to_string(size.hop) +
                                  "/seconds:" + std::to_string(size.seconds);
        benchmark::RegisterBenchmark(label.c_str(), [=](benchmark::State& state) {
          const Folder folder;
          const batch::Task there{folder.path / "a.wav", folder.path / "a.png"};
          const batch::Task back{folder.path / "a.png", folder.path / "b.wav"};
          audio::write(there.source, sound(size.seconds), {});
          batch::Worker worker(make_backend("auto"));
          batch::Job job;
          const auto convert = [&](const batch::Task& task, const batch::Conversion& conversion) {
            job.restart(task);
            conversion.read(job, 1);
            conversion.compute(worker, job);
            conversion.write(job);
          };
          const batch::Encoder encoder(encode_settings(size, encoding));
          const batch::Decoder decoder({});
          convert(there, encoder);
          for (auto _ : state) forward ? convert(there, encoder) : convert(back, decoder);
          state.counters["x_real_time"] =
              benchmark::Counter(static_cast<double>(state.iterations()) * size.seconds, benchmark::Counter::kIsRate);
          state.counters["png_bytes_a_second"] = static_cast<double>(fs::file_size(there.destination)) / size.seconds;
        })->Unit(benchmark::kMillisecond);
      }
    }
  }
}

}  // namespace
}  // namespace spectrohue::bench

SPECTROHUE_BENCH_MAIN(spectrohue::bench::register_benches)
