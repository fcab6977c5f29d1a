// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures that are decoded many at a time, as devices like it, against each of them alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "batch/decode.h"
#include "batch/encode.h"
#include "cpu/cpu_backend.h"
#include "image/picture_file.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/emulated_device.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue {
namespace {

using test::EmulatedBackend;

/// A device that gives up in its first call for many.
class FailsOnce final : public EmulatedBackend {
 public:
  void decode(const StftSettings& stft, const PixelSettings& pixels, std::span<const DecodeItem> items) override {
    if (items.size() > 2 && !std::exchange(has_failed_, true)) throw Error(ErrorCode::OutOfMemory, "emulated");
    EmulatedBackend::decode(stft, pixels, items);
  }

 private:
  bool has_failed_ = false;
};

class DecodeTogether : public testing::Test {
 protected:
  void SetUp() override {
    add(Encoding::Hsv, 1, 3000);
    add(Encoding::Gray16, 1, 2500);
    add(Encoding::Hsv, 2, 4000);
    add(Encoding::Gray16, 2, 1800);
    add(Encoding::Hsvx, 1, 900);
    add(Encoding::Stereo3, 2, 1500);
    add(Encoding::Hsv, 1, 0);
    add(Encoding::Gray16, 1, 2000, true);
    add(Encoding::Magphase, 1, 1200);
    add(Encoding::Gray16, 1, 1, true);
    add(Encoding::Stereo3, 2, 700);
    const std::filesystem::path broken = path(n_files_++);
    image::PictureFile file;
    image::read(path(0), file);
    file.note->n_samples = 77;  // another width
    image::write_png(broken, file.picture, &*file.note);
  }

  std::filesystem::path path(int i) { return folder_ / (std::to_string(i) + ".png"); }

  void add(Encoding encoding, int channels, std::int64_t n, bool has_bands = false) {
    const Audio audio = test::planar_sound(test::noise(channels * n, 1 + n_files_), channels, 8000);
    EncodeSettings settings;
    settings.stft = StftSettings::for_n_fft(128);
    settings.pixels.encoding = encoding;
    if (has_bands) {
      settings.pixels.scale.kind = FrequencyScaleKind::Mel;
      settings.pixels.scale.n_bands = 20;
    }
    Picture picture;
    const auto cpu = cpu::make_cpu_backend();
    const PictureNote note = to_picture(*cpu, audio, settings, picture);
    image::write_png(path(n_files_++), picture, &note);
  }

  struct Outcome {
    std::vector<float> samples;
    std::string text;
    bool operator==(const Outcome&) const = default;
  };
  std::vector<Outcome> decode_all(std::unique_ptr<Backend> backend, bool together) {
    batch::DecodeSettings settings;
    settings.flags.retrieval.n_iter = 5;
    const batch::Decoder decoder(settings);
    batch::Worker worker(std::move(backend));
    std::vector<batch::Job> jobs(static_cast<std::size_t>(n_files_));
    std::vector<batch::Job*> all;
    for (int i = 0; i < n_files_; ++i) {
      jobs[i].restart({path(i), folder_ / (std::to_string(i) + ".wav")});
      decoder.read(jobs[i]);
      all.push_back(&jobs[i]);
    }
    if (together) {
      decoder.compute_all(worker, all);
    } else {
      for (batch::Job* job : all) decoder.compute_all(worker, {&job, 1});
    }
    std::vector<Outcome> outcomes;
    for (batch::Job& job : jobs) {
      Outcome& outcome = outcomes.emplace_back();
      try {
        if (job.error) std::rethrow_exception(job.error);
        outcome.samples.assign(job.audio.samples.begin(), job.audio.samples.end());
        outcome.text = std::to_string(job.audio.channels) + " channels";
        if (const auto found = job.converted.convergence) {
          outcome.text += ", " + std::to_string(found->db) + " dB in " + std::to_string(found->n_iter);
        }
        for (const std::string& message : job.converted.messages) outcome.text += "; " + message;
      } catch (const Error& error) {
        outcome.text = error.what();
      }
    }
    return outcomes;
  }

  test::TempFolder folder_;
  int n_files_ = 0;
};

TEST_F(DecodeTogether, IsEachAlone) {
  const std::vector<Outcome> cpu = decode_all(cpu::make_cpu_backend(), false);
  EXPECT_EQ(decode_all(cpu::make_cpu_backend(), true), cpu);
  const std::vector<Outcome> alone = decode_all(std::make_unique<EmulatedBackend>(), false);
  EXPECT_EQ(decode_all(std::make_unique<EmulatedBackend>(), true), alone);
  EXPECT_EQ(decode_all(std::make_unique<FailsOnce>(), true), alone);

  EXPECT_NE(alone.back().text.find("was it resized"), std::string::npos) << alone.back().text;
  EXPECT_NE(alone[1].text.find("dB in 5"), std::string::npos) << alone[1].text;
  EXPECT_EQ(alone[0].text, "1 channels");
  EXPECT_EQ(alone[5].samples.size(), 3000U);
  EXPECT_EQ(alone[6].samples.size(), 0U);
}

}  // namespace
}  // namespace spectrohue
