// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Channels of sounds to channels of pictures, and mid and side back.
#include "batch/channel_mix.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audio/audio_file.h"
#include "spectrohue/error.h"
#include "support/outcome.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::batch {
namespace {

using test::outcome_of;
using Kind = ChannelChoice::Kind;

constexpr std::int64_t kSamples = 5000;

/// The file of a sound, and its samples as floats.
class Mixed : public testing::TestWithParam<SampleFormat> {
 protected:
  void make(int channels) {
    sound_ = test::planar_sound(test::noise(kSamples * channels, 9), channels, 8000);
    audio::write(path_, sound_, {audio::Container::Wav, GetParam()});
    audio::read(path_, sound_);
  }

  /// What the mix makes of the samples [first, end), read as a stretch that holds just those.
  std::vector<std::vector<float>> mixed(const ChannelChoice& choice, std::int64_t first, std::int64_t end) const {
    const ChannelMix mix(choice, sound_.channels);
    audio::Reader reader(path_);
    audio::Stretch stretch;
    stretch.restart(reader.info());
    stretch.slide(reader, first, end);
    Buffer<float> memory;
    const Sound sound = mix.apply(stretch, reader.info(), kSamples, memory);
    EXPECT_EQ(std::ssize(sound.channels), mix.channels());
    EXPECT_EQ(sound.n_samples, kSamples);
    std::vector<std::vector<float>> samples;
    for (const Signal& signal : sound.channels) {
      EXPECT_EQ(signal.size(), kSamples);
      std::vector<float>& own = samples.emplace_back(static_cast<std::size_t>(end - first));
      signal.copy(first, end - first, own.data());
    }
    return samples;
  }

  float original(int c, std::int64_t i) const { return sound_.channel(c)[static_cast<std::size_t>(i)]; }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_ / "x.wav";
  Audio sound_;
};

INSTANTIATE_TEST_SUITE_P(Samples, Mixed, testing::Values(SampleFormat::Pcm16, SampleFormat::Float32),
                         [](const auto& info) { return to_string(info.param); });

/// A stretch that begins in the middle, and one of all.
constexpr std::int64_t kStretches[][2] = {{0, kSamples}, {1234, 1235}, {3000, 4321}, {4999, kSamples}};

TEST_P(Mixed, MonoIsTheMean) {
  for (const int channels : {1, 2, 3, 5}) {
    make(channels);
    for (const auto [first, end] : kStretches) {
      const auto samples = mixed({Kind::Mono}, first, end);
      ASSERT_EQ(samples.size(), 1U);
      for (std::int64_t i = first; i < end; ++i) {
        double mean = 0;
        for (int c = 0; c < channels; ++c) mean += static_cast<double>(original(c, i)) / channels;
        ASSERT_NEAR(samples[0][i - first], mean, 1e-7) << channels << " channels, sample " << i;
      }
    }
  }
}

TEST_P(Mixed, KeptAndChosenChannelsAreAsTheyAre) {
  make(3);
  for (const auto [first, end] : kStretches) {
    const auto all = mixed({Kind::Keep}, first, end);
    ASSERT_EQ(all.size(), 3U);
    for (int c = 0; c < 3; ++c) {
      const auto one = mixed({Kind::One, c}, first, end);
      ASSERT_EQ(one.size(), 1U);
      for (std::int64_t i = first; i < end; ++i) {
        ASSERT_EQ(all[c][i - first], original(c, i));
        ASSERT_EQ(one[0][i - first], original(c, i));
      }
    }
  }
}

TEST_P(Mixed, MidAndSideAreUndone) {
  make(2);
  for (const auto [first, end] : kStretches) {
    const auto samples = mixed({Kind::MidSide}, first, end);
    ASSERT_EQ(samples.size(), 2U);
    const std::int64_t n = end - first;
    const std::int64_t stride = n + 3;  // rows of a longer plane
    std::vector<float> back(static_cast<std::size_t>(2 * stride), 7.0F);
    for (int c = 0; c < 2; ++c) std::copy(samples[c].begin(), samples[c].end(), back.begin() + c * stride);
    undo_mid_side(back.data(), stride, n);
    for (std::int64_t i = 0; i < n; ++i) {
      const double left = original(0, first + i);
      const double right = original(1, first + i);
      ASSERT_NEAR(samples[0][i], (left + right) / 2, 1e-7);
      ASSERT_NEAR(samples[1][i], (left - right) / 2, 1e-7);
      ASSERT_NEAR(back[i], left, 1e-7);
      ASSERT_NEAR(back[stride + i], right, 1e-7);
    }
    for (std::int64_t i = n; i < stride; ++i) ASSERT_EQ(back[i], 7.0F) << "beyond the end";
  }
}

TEST(ChannelMix, TheOnlyChannelIsAsItIs) {
  for (const Kind kind : {Kind::Keep, Kind::Mono, Kind::MidSide}) {
    const ChannelMix mix({kind}, 1);
    EXPECT_EQ(mix.channels(), 1);
    EXPECT_FALSE(mix.is_mid_side());
  }
  EXPECT_EQ(ChannelMix({Kind::One, 0}, 1).channels(), 1);
  EXPECT_TRUE(ChannelMix({Kind::MidSide}, 2).is_mid_side());
}

TEST(ChannelMix, ChannelsThatAreNotThereAreRefused) {
  EXPECT_REFUSED(outcome_of([] { ChannelMix({Kind::One, 1}, 1); }), ErrorCode::BadFormat, "1 channel,");
  EXPECT_REFUSED(outcome_of([] { ChannelMix({Kind::One, 3}, 3); }), ErrorCode::BadFormat, "3 channels");
  EXPECT_REFUSED(outcome_of([] { ChannelMix({Kind::MidSide}, 3); }), ErrorCode::BadFormat, "--channels keep");
}

}  // namespace
}  // namespace spectrohue::batch
