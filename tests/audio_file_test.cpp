// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "audio/audio_file.h"

#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "spectrohue/error.h"
#include "support/outcome.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue::audio {
namespace {

using test::Outcome;
using test::outcome_of;
using test::planar_sound;
using test::TempFolder;

using Bytes = std::string;

Bytes bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_bytes(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::uint32_t little_endian(const Bytes& bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(bytes.at(at + i));
  return value;
}

Audio noise_audio(int channels, std::int64_t n_samples, int rate_hz = 44100) {
  return planar_sound(test::noise(channels * n_samples, 5, 0.9F), channels, rate_hz);
}

Outcome read_outcome(const std::filesystem::path& path) {
  return outcome_of([&] {
    Audio audio;
    read(path, audio);
  });
}

// --- Reading: what libsndfile wrote from known integers or floats.

struct Flavour {
  const char* name;
  int format;
  SampleFormat expected;
  int bits;  ///< 0: floats
};

class EveryFlavour : public testing::TestWithParam<Flavour> {};

TEST_P(EveryFlavour, IsReadExactly) {
  const Flavour& flavour = GetParam();
  const TempFolder folder;
  const std::filesystem::path path = folder / "sound";
  for (int channels = 1; channels <= 8; ++channels) {
    for (const std::int64_t n : {0, 1, 7, 40001}) {
      SF_INFO info{};
      info.samplerate = 22050;
      info.channels = channels;
      info.format = flavour.format;
      if (sf_format_check(&info) == 0) continue;
      if ((flavour.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC && n == 0) continue;  // libsndfile leaves it empty
      const bool odd = channels * n % 2 != 0;
      if (flavour.format == (SF_FORMAT_AIFF | SF_FORMAT_PCM_S8) && odd) continue;  // and adds a sample to this

      std::vector<int> codes(static_cast<std::size_t>(channels * n));
      std::vector<float> expected(codes.size());
      std::uint32_t state = 99;
      for (std::size_t i = 0; i < codes.size(); ++i) {
        state = state * 1664525U + 1013904223U;
        auto word = static_cast<std::int32_t>(state);
        if (i == 0) word = std::numeric_limits<std::int32_t>::min();
        if (i == 1) word = std::numeric_limits<std::int32_t>::max();
        const int shift = 32 - (flavour.bits == 0 ? 24 : flavour.bits);
        codes[i] = (word >> shift) * (1 << shift);
        expected[i] = static_cast<float>(std::ldexp(static_cast<double>(codes[i]), -31));
      }
      SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
      ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
      if (flavour.bits == 0) {
        sf_writef_float(file, expected.data(), n);
      } else {
        sf_writef_int(file, codes.data(), n);
      }
      sf_close(file);

      Audio audio;
      read(path, audio);
      EXPECT_EQ(audio.sample_rate, 22050);
      ASSERT_EQ(audio.channels, channels);
      ASSERT_EQ(audio.n_samples, n);
      EXPECT_EQ(audio.format, flavour.expected);
      ASSERT_EQ(audio.samples.size(), codes.size());
      for (int c = 0; c < channels; ++c) {
        for (std::int64_t i = 0; i < n; ++i) {
          ASSERT_EQ(audio.channel(c)[i], expected[i * channels + c]) << "channel " << c << " sample " << i;
        }
      }

      const FileInfo about = inspect(path);
      EXPECT_EQ(about.sample_rate, 22050);
      EXPECT_EQ(about.channels, channels);
      EXPECT_EQ(about.n_samples, n);
      EXPECT_EQ(about.format, flavour.expected);
      EXPECT_FALSE(about.description.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, EveryFlavour,
    testing::Values(Flavour{"wav_u8", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, SampleFormat::Pcm8, 8},
                    Flavour{"wav_16", SF_FORMAT_WAV | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"wav_24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, SampleFormat::Pcm24, 24},
                    Flavour{"wav_32", SF_FORMAT_WAV | SF_FORMAT_PCM_32, SampleFormat::Pcm32, 32},
                    Flavour{"wav_float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, SampleFormat::Float32, 0},
                    Flavour{"wav_double", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, SampleFormat::Float64, 0},
                    Flavour{"wavex_16", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"wavex_24", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, SampleFormat::Pcm24, 24},
                    Flavour{"wavex_float", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, SampleFormat::Float32, 0},
                    Flavour{"rifx_16", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, SampleFormat::Pcm16, 16},
                    Flavour{"rf64_16", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"rf64_24", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, SampleFormat::Pcm24, 24},
                    Flavour{"w64_16", SF_FORMAT_W64 | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"aiff_s8", SF_FORMAT_AIFF | SF_FORMAT_PCM_S8, SampleFormat::Pcm8, 8},
                    Flavour{"aiff_16", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"aiff_24", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, SampleFormat::Pcm24, 24},
                    Flavour{"aiff_float", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, SampleFormat::Float32, 0},
                    Flavour{"au_16", SF_FORMAT_AU | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"caf_24", SF_FORMAT_CAF | SF_FORMAT_PCM_24, SampleFormat::Pcm24, 24},
                    Flavour{"flac_8", SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, SampleFormat::Pcm8, 8},
                    Flavour{"flac_16", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SampleFormat::Pcm16, 16},
                    Flavour{"flac_24", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, SampleFormat::Pcm24, 24}),
    [](const auto& info) { return std::string(info.param.name); });

/// Signal to noise of b against a, in dB.
double snr_db(std::span<const float> a, std::span<const float> b) {
  double signal = 0;
  double error = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    signal += static_cast<double>(a[i]) * a[i];
    error += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  }
  return 10 * std::log10(signal / error);
}

bool write_mp3(const std::filesystem::path& path, const std::vector<float>& mono, bool variable_rate) {
  SF_INFO info{};
  info.samplerate = 44100;
  info.channels = 1;
  info.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return false;
  int mode = SF_BITRATE_MODE_VARIABLE;
  if (variable_rate) sf_command(file, SFC_SET_BITRATE_MODE, &mode, sizeof(mode));
  for (std::size_t first = 0; first < mono.size(); first += 4096) {
    sf_writef_float(file, mono.data() + first,
                    static_cast<sf_count_t>(std::min<std::size_t>(4096, mono.size() - first)));
  }
  sf_close(file);
  return true;
}

TEST(ReadMp3, KeepsLengthAndSound) {
  const TempFolder folder;
  const std::vector<float> sine = test::sine(44100, 0.01);
  if (!write_mp3(folder / "a.mp3", sine, false)) GTEST_SKIP() << "libsndfile was built without MP3";
  Audio audio;
  read(folder / "a.mp3", audio);
  EXPECT_EQ(audio.format, SampleFormat::Lossy);
  EXPECT_EQ(audio.sample_rate, 44100);
  EXPECT_EQ(audio.n_samples, 44100);
  EXPECT_GT(snr_db(sine, audio.channel(0)), 30);
}

TEST(ReadMp3, WithoutALengthInItsHeaderIsReadToItsEnd) {
  const TempFolder folder;
  const std::int64_t seconds = 20;
  std::vector<float> sound = test::noise(44100 * seconds);
  // A loud start makes the guess from the first frames far too short.
  std::fill(sound.begin() + 44100 * 2, sound.end(), 0.0F);
  if (!write_mp3(folder / "a.mp3", sound, true)) GTEST_SKIP() << "libsndfile was built without MP3";
  const Bytes bytes = bytes_of(folder / "a.mp3");
  const std::size_t xing = bytes.find("Xing");
  ASSERT_NE(xing, Bytes::npos);
  const std::size_t second_frame = bytes.find(bytes.substr(0, 2), xing);
  ASSERT_NE(second_frame, Bytes::npos);
  put_bytes(folder / "b.mp3", bytes.substr(second_frame));

  Audio audio;
  read(folder / "b.mp3", audio);
  EXPECT_NEAR(static_cast<double>(audio.n_samples), 44100.0 * seconds, 4 * 1152);
}

// --- Writing: what stands in the file, taken apart by hand.

struct WavFile {
  std::uint32_t tag = 0;
  std::uint32_t channels = 0;
  std::uint32_t rate_hz = 0;
  std::uint32_t bits = 0;
  Bytes data;
  std::string chunks;
};

WavFile take_apart(const Bytes& bytes) {
  WavFile wav;
  EXPECT_EQ(bytes.substr(0, 4), "RIFF");
  EXPECT_EQ(little_endian(bytes, 4, 4) + 8, bytes.size());
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const std::string name = bytes.substr(at, 4);
    const std::uint32_t size = little_endian(bytes, at + 4, 4);
    wav.chunks += name + ' ';
    if (name == "fmt ") {
      wav.tag = little_endian(bytes, at + 8, 2);
      wav.channels = little_endian(bytes, at + 10, 2);
      wav.rate_hz = little_endian(bytes, at + 12, 4);
      wav.bits = little_endian(bytes, at + 22, 2);
    }
    if (name == "data") wav.data = bytes.substr(at + 8, size);
    at += 8 + size + (size & 1);
  }
  return wav;
}

struct Depth {
  SampleFormat format;
  int bits;
  std::uint32_t tag_for_stereo;
};
constexpr Depth kDepths[] = {{SampleFormat::Pcm8, 8, 1},
                             {SampleFormat::Pcm16, 16, 1},
                             {SampleFormat::Pcm24, 24, 0xFFFE},
                             {SampleFormat::Pcm32, 32, 0xFFFE}};

TEST(WriteWav, RoundsTiesToEvenAndClampsEveryCode) {
  const TempFolder folder;
  for (const Depth& depth : kDepths) {
    const double scale = std::ldexp(1.0, depth.bits - 1);
    std::vector<float> values = test::noise(5000, 3, 1.0F);
    for (const double code : {0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -0.51}) {
      values.push_back(static_cast<float>(code / scale));
    }
    const std::vector<float> beyond{1.0F, 1.5F, -1.1F, 1e30F, -INFINITY, INFINITY, NAN};
    values.insert(values.end(), {-1.0F, 0.0F, -0.0F, 1e-40F});
    values.insert(values.end(), beyond.begin(), beyond.end());
    const Audio audio = test::mono_sound(values, 8000);

    const WriteResult result = write(folder / "a.wav", audio, {Container::Wav, depth.format});
    const WavFile wav = take_apart(bytes_of(folder / "a.wav"));
    ASSERT_EQ(wav.bits, static_cast<std::uint32_t>(depth.bits));
    const int bytes = depth.bits / 8;
    ASSERT_EQ(wav.data.size(), values.size() * bytes);
    std::int64_t clipped = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double nearest = std::nearbyint(values[i] * scale);
      const bool fits = nearest >= -scale && nearest <= scale - 1;
      clipped += fits ? 0 : 1;
      const double expected = std::isnan(values[i]) ? 0.0 : std::fmin(std::fmax(nearest, -scale), scale - 1);
      const std::uint32_t raw = little_endian(wav.data, i * bytes, bytes);
      const double code =
          depth.bits == 8
              ? static_cast<double>(raw) - 128
              : static_cast<double>(static_cast<std::int32_t>(raw << (32 - depth.bits)) >> (32 - depth.bits));
      ASSERT_EQ(code, expected) << depth.bits << " bits, value " << values[i];
    }
    EXPECT_EQ(result.clipped, clipped);
    EXPECT_GE(result.clipped, static_cast<std::int64_t>(beyond.size()));
  }
}

TEST(WriteWav, ChoosesTheHeaderThatTheContentNeeds) {
  const TempFolder folder;
  for (const Depth& depth : kDepths) {
    for (int channels = 1; channels <= 8; ++channels) {
      write(folder / "a.wav", noise_audio(channels, 10, 48000), {Container::Wav, depth.format});
      const WavFile wav = take_apart(bytes_of(folder / "a.wav"));
      EXPECT_EQ(wav.tag, channels > 2 ? 0xFFFE : depth.tag_for_stereo) << depth.bits << " bits";
      EXPECT_EQ(wav.channels, static_cast<std::uint32_t>(channels));
      EXPECT_EQ(wav.rate_hz, 48000U);
    }
  }
  for (const SampleFormat format : {SampleFormat::Float32, SampleFormat::Float64}) {
    write(folder / "a.wav", noise_audio(2, 10), {Container::Wav, format});
    const WavFile wav = take_apart(bytes_of(folder / "a.wav"));
    EXPECT_EQ(wav.tag, 3U);
    EXPECT_EQ(wav.chunks.find("PEAK"), std::string::npos) << "it holds the time of day";
  }
}

TEST(RoundTrip, IntegersReturnExactlyAndOthersWithinHalfACode) {
  const TempFolder folder;
  for (const Container container : {Container::Wav, Container::Flac}) {
    for (const Depth& depth : kDepths) {
      if (container == Container::Flac && depth.bits == 32) continue;
      for (const int channels : {1, 2, 5, 8}) {
        for (const std::int64_t n : {0, 1, 2, 50000}) {
          const double scale = std::ldexp(1.0, depth.bits - 1);
          Audio audio = noise_audio(channels, n);
          const std::filesystem::path path = folder / "a";
          const WriteResult first = write(path, audio, {container, depth.format});
          EXPECT_EQ(first.clipped, 0);
          Audio once;
          read(path, once);
          EXPECT_EQ(once.format, depth.format);
          EXPECT_EQ(once.channels, channels);
          ASSERT_EQ(once.n_samples, n);
          for (std::size_t i = 0; i < audio.samples.size(); ++i) {
            ASSERT_LE(std::fabs(static_cast<double>(audio.samples[i]) - once.samples[i]) * scale, 0.5);
          }
          // What was read stands on codes, so it must come back bit for bit.
          const Bytes bytes = bytes_of(path);
          write(path, once, {container, depth.format});
          EXPECT_EQ(bytes_of(path), bytes);
        }
      }
    }
  }
}

TEST(RoundTrip, FloatsReturnExactlyBeyondFullScaleToo) {
  const TempFolder folder;
  std::vector<float> values = test::noise(3000, 8, 4.0F);
  values.insert(values.end(), {1e30F, -1e-40F, std::numeric_limits<float>::min()});
  for (const SampleFormat format : {SampleFormat::Float32, SampleFormat::Float64}) {
    const Audio audio = planar_sound(values, 3, 96000);
    EXPECT_EQ(write(folder / "a.wav", audio, {Container::Wav, format}).clipped, 0);
    Audio back;
    read(folder / "a.wav", back);
    EXPECT_EQ(back.format, format);
    ASSERT_EQ(back.samples.size(), audio.samples.size());
    EXPECT_EQ(std::memcmp(back.samples.data(), audio.samples.data(), values.size() * sizeof(float)), 0);
  }
}

TEST(RoundTrip, OggKeepsLengthAndSound) {
  const TempFolder folder;
  for (const int channels : {1, 2, 6}) {
    for (const std::int64_t n : {0, 1, 1000, 300000}) {
      std::vector<float> planar;
      for (int c = 0; c < channels; ++c) {
        const std::vector<float> sine = test::sine(n, 0.01 * (c + 1), 0.3F);
        planar.insert(planar.end(), sine.begin(), sine.end());
      }
      const Audio audio = planar_sound(planar, channels, 44100);
      write(folder / "a.ogg", audio, {Container::Ogg, SampleFormat::Pcm16});
      Audio back;
      read(folder / "a.ogg", back);
      EXPECT_EQ(back.format, SampleFormat::Lossy);
      ASSERT_EQ(back.channels, channels);
      ASSERT_EQ(back.n_samples, n);
      if (n < 300000 || channels == 6) continue;  // Vorbis has an order of its own for six channels
      for (int c = 0; c < channels; ++c) EXPECT_GT(snr_db(audio.channel(c), back.channel(c)), 25) << c;
    }
  }
}

TEST(Write, BytesDependOnTheSoundAlone) {
  const TempFolder folder;
  const Audio audio = noise_audio(2, 20000);
  const WriteSettings all[] = {{Container::Wav, SampleFormat::Pcm16},
                               {Container::Wav, SampleFormat::Float32},
                               {Container::Flac, SampleFormat::Pcm24},
                               {Container::Ogg, SampleFormat::Pcm16}};
  for (const WriteSettings& settings : all) {
    write(folder / "a", audio, settings);
    write(folder / "b", audio, settings);
    EXPECT_EQ(bytes_of(folder / "a"), bytes_of(folder / "b")) << to_string(settings.container);
    EXPECT_FALSE(bytes_of(folder / "a").empty());
  }
}

TEST(Write, ReplacesALongerFile) {
  const TempFolder folder;
  write(folder / "a.wav", noise_audio(2, 20000), {});
  write(folder / "a.wav", noise_audio(1, 10), {});
  Audio back;
  read(folder / "a.wav", back);
  EXPECT_EQ(back.n_samples, 10);
  EXPECT_EQ(std::filesystem::file_size(folder / "a.wav"), 44U + 20U);
}

TEST(Read, ReusesMemory) {
  const TempFolder folder;
  write(folder / "long.wav", noise_audio(2, 50000), {});
  write(folder / "short.wav", noise_audio(2, 30000), {});
  Audio audio;
  read(folder / "long.wav", audio);
  const float* const before = audio.samples.data();
  read(folder / "short.wav", audio);
  EXPECT_EQ(audio.samples.data(), before);
  EXPECT_EQ(audio.n_samples, 30000);
}

// --- Stretch by stretch.

/// Slides over a file in uneven steps that overlap, and compares every part with the whole.
void expect_stretches_are_the_whole(const std::filesystem::path& path) {
  Audio whole;
  read(path, whole);
  const std::int64_t n = whole.n_samples;
  Reader reader(path);
  Stretch stretch;
  stretch.restart(reader.info());
  std::int64_t first = 0;
  std::int64_t end = 0;
  for (const std::int64_t step : {1, 100, 20000, 7, 40000, 3000000}) {
    end += step;
    first = std::max<std::int64_t>(0, end - step - 50);
    EXPECT_EQ(stretch.slide(reader, first, end), end <= n) << end;
    ASSERT_EQ(stretch.first(), std::min(first, n));
    ASSERT_EQ(stretch.end(), std::min(end, n));
    for (int c = 0; c < whole.channels; ++c) {
      const Signal part = stretch.signal(c, n);
      ASSERT_EQ(part.size(), n);
      for (std::int64_t i = stretch.first(); i < stretch.end(); ++i) ASSERT_EQ(part[i], whole.channel(c)[i]) << i;
      std::vector<float> copied(static_cast<std::size_t>(stretch.end() - stretch.first()));
      part.copy(stretch.first(), std::ssize(copied), copied.data());
      EXPECT_TRUE(std::equal(copied.begin(), copied.end(), whole.channel(c).begin() + stretch.first()));
    }
  }
  EXPECT_EQ(stretch.size_bytes(),
            (stretch.end() - stretch.first()) * whole.channels * (whole.format == SampleFormat::Pcm16 ? 2 : 4));
}

TEST(Stretches, AreTheWholeFile) {
  const TempFolder folder;
  for (const SampleFormat format : {SampleFormat::Pcm16, SampleFormat::Pcm24, SampleFormat::Float32}) {
    for (const int channels : {1, 2, 5}) {
      SCOPED_TRACE(to_string(format) + " " + std::to_string(channels));
      write(folder / "a.wav", noise_audio(channels, 90001), {Container::Wav, format});
      expect_stretches_are_the_whole(folder / "a.wav");
    }
  }
  SCOPED_TRACE("mp3");
  if (write_mp3(folder / "a.mp3", test::noise(90001), false)) expect_stretches_are_the_whole(folder / "a.mp3");
}

TEST(Stretches, OneServesManyFiles) {
  const TempFolder folder;
  write(folder / "a.wav", noise_audio(2, 9000), {});
  write(folder / "b.wav", noise_audio(3, 5000), {Container::Wav, SampleFormat::Float32});
  Stretch stretch;
  for (const char* name : {"a.wav", "b.wav", "a.wav"}) {
    Reader reader(folder / name);
    Audio whole;
    read(folder / name, whole);
    stretch.restart(reader.info());
    EXPECT_FALSE(stretch.slide(reader, 0, 10000));
    EXPECT_EQ(stretch.channels(), whole.channels);
    EXPECT_EQ(stretch.end(), whole.n_samples);
    EXPECT_EQ(stretch.signal(1, whole.n_samples)[17], whole.channel(1)[17]);
  }
}

TEST(Stretches, WrittenOneAfterAnotherAreTheWholeFile) {
  const TempFolder folder;
  const Audio sound = noise_audio(3, 50000);
  for (const Container container : {Container::Wav, Container::Flac, Container::Ogg}) {
    write(folder / "whole", sound, {container, SampleFormat::Pcm16});
    Writer writer(folder / "parts", {sound.sample_rate, sound.channels, sound.n_samples},
                  {container, SampleFormat::Pcm16});
    std::int64_t first = 0;
    for (const std::int64_t n : {1, 0, 30000, 19999}) {
      writer.write(sound.samples.data() + first, sound.n_samples, n);
      first += n;
    }
    EXPECT_EQ(writer.finish().clipped, 0);
    // Vorbis is cut into blocks as it comes in, so its bytes may differ; Ogg is held to its length.
    Audio whole;
    Audio parts;
    read(folder / "whole", whole);
    read(folder / "parts", parts);
    EXPECT_EQ(parts.n_samples, whole.n_samples) << to_string(container);
    if (container != Container::Ogg) {
      EXPECT_EQ(bytes_of(folder / "parts"), bytes_of(folder / "whole"));
    }
  }
}

// --- Refusals.

TEST(WriteErrors, SayWhatTheSystemSaid) {
  const TempFolder folder;
  const Audio audio = noise_audio(2, 100000);
  const Audio tiny = noise_audio(1, 1);
  for (const Container container : {Container::Wav, Container::Flac, Container::Ogg}) {
    const WriteSettings settings{container, SampleFormat::Pcm16};
    if (std::filesystem::exists("/dev/full")) {
      // A large file fails while it is written, a small one only when it is closed.
      EXPECT_REFUSED(outcome_of([&] { write("/dev/full", audio, settings); }), ErrorCode::Write, "No space left");
      EXPECT_REFUSED(outcome_of([&] { write("/dev/full", tiny, settings); }), ErrorCode::Write, "No space left");
    }
    EXPECT_REFUSED(outcome_of([&] { write(folder / "none/a", audio, settings); }), ErrorCode::Write,
                   "No such file or directory");
    EXPECT_REFUSED(outcome_of([&] { write(folder.path(), audio, settings); }), ErrorCode::Write, "directory");
  }
}

TEST(WriteErrors, NameTheLimitsOfAContainer) {
  const TempFolder folder;
  const std::filesystem::path path = folder / "a";
  struct Case {
    int channels;
    int rate_hz;
    WriteSettings settings;
    const char* piece;
  };
  const Case cases[] = {{9, 44100, {Container::Flac, SampleFormat::Pcm16}, "8 channels"},
                        {1, 655360, {Container::Flac, SampleFormat::Pcm16}, "655350"},
                        {1, 88201, {Container::Flac, SampleFormat::Pcm16}, "multiples of 10"},
                        {1, 44100, {Container::Flac, SampleFormat::Float32}, "pcm24"},
                        {1, 44100, {Container::Flac, SampleFormat::Pcm32}, "pcm24"},
                        {256, 44100, {Container::Ogg, SampleFormat::Pcm16}, "255"},
                        {1, 300000, {Container::Ogg, SampleFormat::Pcm16}, "200000"},
                        {1, 0, {Container::Wav, SampleFormat::Pcm16}, "rate"}};
  for (const Case& c : cases) {
    EXPECT_REFUSED(outcome_of([&] { write(path, noise_audio(c.channels, 10, c.rate_hz), c.settings); }),
                   ErrorCode::Unsupported, c.piece);
    EXPECT_FALSE(std::filesystem::exists(path)) << "refused before anything is written";
  }
  EXPECT_REFUSED(outcome_of([&] {
                   write(path, noise_audio(1, 10), {Container::Wav, SampleFormat::Lossy});
                 }),
                 ErrorCode::Usage, "lossy");
}

TEST(ReadErrors, TellFilesApart) {
  const TempFolder folder;
  EXPECT_REFUSED(read_outcome(folder / "none.wav"), ErrorCode::Read, "No such file");
  EXPECT_REFUSED(read_outcome(folder.path()), ErrorCode::Read, "folder");
  EXPECT_REFUSED(read_outcome("/dev/null"), ErrorCode::Read, "not a regular file");
  put_bytes(folder / "empty.wav", "");
  EXPECT_REFUSED(read_outcome(folder / "empty.wav"), ErrorCode::BadFormat, "empty");
  for (const char* name : {"text.wav", "text.mp3", "text.vox", "text.gsm", "text.au"}) {
    put_bytes(folder / name, "Dear diary,\nthis is not a sound. Grüße!\n");
    EXPECT_REFUSED(read_outcome(folder / name), ErrorCode::BadFormat, "text");
  }
  put_bytes(folder / "picture.wav", Bytes("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16));
  EXPECT_REFUSED(read_outcome(folder / "picture.wav"), ErrorCode::BadFormat, "PNG");
  put_bytes(folder / "a.m4a", Bytes("\0\0\0\x20"
                                    "ftypM4A \0\0\0\0",
                                    16));
  EXPECT_REFUSED(read_outcome(folder / "a.m4a"), ErrorCode::Unsupported, "M4A");
  put_bytes(folder / "noise.wav", Bytes("\x01\x02\x03\x80\x00\x91", 6));
  EXPECT_REFUSED(read_outcome(folder / "noise.wav"), ErrorCode::BadFormat, "not a sound file");
  EXPECT_TRUE(outcome_of([&] { inspect(folder / "noise.wav"); }).threw);
}

TEST(ReadErrors, NoPermission) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TempFolder folder;
  write(folder / "a.wav", noise_audio(1, 10), {});
  std::filesystem::permissions(folder / "a.wav", std::filesystem::perms::none);
  EXPECT_REFUSED(read_outcome(folder / "a.wav"), ErrorCode::Read, "Permission denied");
}

TEST(ReadErrors, NoChannelsAndNoRate) {
  const TempFolder folder;
  write(folder / "a.wav", noise_audio(1, 10), {});
  Bytes bytes = bytes_of(folder / "a.wav");
  Bytes broken = bytes;
  broken[22] = 0;
  put_bytes(folder / "b.wav", broken);
  EXPECT_REFUSED(read_outcome(folder / "b.wav"), ErrorCode::BadFormat, "hannel");
  broken = bytes;
  std::fill_n(broken.begin() + 24, 4, '\0');
  put_bytes(folder / "c.wav", broken);
  EXPECT_REFUSED(read_outcome(folder / "c.wav"), ErrorCode::BadFormat, "rate");
}

TEST(ReadErrors, AbsurdChannelsAndRates) {
  const TempFolder folder;
  write(folder / "a.wav", noise_audio(1, 10), {});
  const Bytes bytes = bytes_of(folder / "a.wav");
  const auto with = [&](std::size_t at, const Bytes& field) {
    put_bytes(folder / "b.wav", Bytes(bytes).replace(at, field.size(), field));
    return read_outcome(folder / "b.wav");
  };
  EXPECT_REFUSED(with(22, "\xFF\xFF"), ErrorCode::BadFormat, "hannel");
  EXPECT_REFUSED(with(22, Bytes("\x01\x04", 2)), ErrorCode::BadFormat, "hannel");
  EXPECT_REFUSED(with(24, "\xFF\xFF\xFF\xFF"), ErrorCode::BadFormat, "rate");
  EXPECT_REFUSED(with(24, Bytes("\0\0\0\x80", 4)), ErrorCode::BadFormat, "rate");
}

TEST(ReadDamaged, WavHeadersThatPromiseOtherThanIsThere) {
  const TempFolder folder;
  const Audio audio = noise_audio(2, 1000);
  write(folder / "a.wav", audio, {});
  const Bytes bytes = bytes_of(folder / "a.wav");
  const auto read_with_sizes = [&](std::uint32_t size) {
    Bytes changed = bytes;
    for (int i = 0; i < 4; ++i) changed[4 + i] = changed[40 + i] = static_cast<char>(size >> (8 * i));
    put_bytes(folder / "b.wav", changed);
    Audio back;
    read(folder / "b.wav", back);
    EXPECT_EQ(inspect(folder / "b.wav").missing_bytes, 0);
    return back.n_samples;
  };
  // Recorders that lost power leave zero or the largest size; both times all that was recorded is there.
  EXPECT_EQ(read_with_sizes(0), 1000);
  EXPECT_EQ(read_with_sizes(0xFFFFFFFF), 1000);
  EXPECT_EQ(read_with_sizes(0x7FFFFFF0), 1000);

  put_bytes(folder / "half.wav", bytes.substr(0, 44 + 2000));
  Audio half;
  read(folder / "half.wav", half);
  EXPECT_EQ(half.n_samples, 500);
  EXPECT_EQ(inspect(folder / "half.wav").missing_bytes, 2000);
  EXPECT_EQ(inspect(folder / "a.wav").missing_bytes, 0);
}

TEST(ReadDamaged, AbsurdCountsTakeNoMemory) {
  const TempFolder folder;
  write(folder / "a.flac", noise_audio(1, 1000), {Container::Flac, SampleFormat::Pcm16});
  Bytes bytes = bytes_of(folder / "a.flac");
  // STREAMINFO starts at byte 8; the number of samples is the last 36 bits of its bytes 13 to 17.
  bytes[21] = static_cast<char>(bytes[21] | 0x0F);
  for (int i = 22; i < 26; ++i) bytes[i] = static_cast<char>(0xFF);
  put_bytes(folder / "b.flac", bytes);
  EXPECT_EQ(inspect(folder / "b.flac").n_samples, (std::int64_t{1} << 36) - 1);
  Audio back;
  read(folder / "b.flac", back);
  EXPECT_EQ(back.n_samples, 1000);
}

TEST(ReadDamaged, FlacWithADamagedMiddleIsRefused) {
  const TempFolder folder;
  write(folder / "a.flac", noise_audio(2, 100000), {Container::Flac, SampleFormat::Pcm16});
  Bytes bytes = bytes_of(folder / "a.flac");
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), 100, 'U');
  put_bytes(folder / "b.flac", bytes);
  EXPECT_REFUSED(read_outcome(folder / "b.flac"), ErrorCode::BadFormat, "damaged");
}

TEST(ReadDamaged, NoCutOrChangedByteDoesHarm) {
  const TempFolder folder;
  const Audio audio = noise_audio(2, 3000);
  for (const Container container : {Container::Wav, Container::Flac, Container::Ogg}) {
    write(folder / "a", audio, {container, SampleFormat::Pcm16});
    const Bytes bytes = bytes_of(folder / "a");
    Audio back;
    for (std::size_t n = 0; n < bytes.size(); n += n < 200 ? 1 : 97) {
      put_bytes(folder / "b", bytes.substr(0, n));
      outcome_of([&] {
        read(folder / "b", back);
        EXPECT_LE(back.n_samples, 3000);
      });
    }
    for (std::size_t at = 0; at < std::min<std::size_t>(bytes.size(), 300); ++at) {
      for (const int flip : {0xFF, 0x80, 0x01}) {
        Bytes changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ flip);
        put_bytes(folder / "b", changed);
        outcome_of([&] {
          read(folder / "b", back);
          EXPECT_GE(back.channels, 1);
          EXPECT_GE(back.sample_rate, 1);
          EXPECT_EQ(back.samples.size(), static_cast<std::size_t>(back.channels * back.n_samples));
        });
      }
    }
  }
}

TEST(ReadErrors, ThreadsDoNotMixTheirReasons) {
  const TempFolder folder;
  put_bytes(folder / "text.wav", "only text");
  write(folder / "a.wav", noise_audio(1, 10), {});
  put_bytes(folder / "cut.wav", bytes_of(folder / "a.wav").substr(0, 36));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        if (t % 2 == 0) {
          EXPECT_REFUSED(read_outcome(folder / "text.wav"), ErrorCode::BadFormat, "text");
        } else {
          EXPECT_REFUSED(read_outcome(folder / "cut.wav"), ErrorCode::BadFormat, "data");
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// --- Names.

TEST(Names, ContainersAndExtensions) {
  for (const Container c : {Container::Wav, Container::Flac, Container::Ogg}) {
    EXPECT_EQ(container_from_string(to_string(c)), c);
    EXPECT_TRUE(has_audio_extension("x/y." + to_string(c)));
  }
  EXPECT_REFUSED(outcome_of([] { container_from_string("mp3"); }), ErrorCode::Usage, "wav, flac, ogg");
  EXPECT_TRUE(has_audio_extension("a.WAV"));
  EXPECT_TRUE(has_audio_extension("a.b.Mp3"));
  for (const char* name : {"a.png", "a", "wav", ".wav", "a.wav.txt", "a.wavv"}) {
    EXPECT_FALSE(has_audio_extension(name)) << name;
  }
  for (const char* name : {"a.m4a", "b/c.AAC", "film.mkv"}) {
    EXPECT_TRUE(has_unread_audio_extension(name)) << name;
    EXPECT_FALSE(has_audio_extension(name)) << name;
  }
  for (const char* name : {"a.wav", "a.gif", "a.txt", "m4a"}) EXPECT_FALSE(has_unread_audio_extension(name)) << name;
  EXPECT_EQ(container_of_extension("a.FLAC"), Container::Flac);
  EXPECT_EQ(container_of_extension("b/a.wave"), Container::Wav);
  EXPECT_EQ(container_of_extension("a.oga"), Container::Ogg);
  for (const char* name : {"a.mp3", "wav", "a", "a.wav.txt"}) EXPECT_FALSE(container_of_extension(name)) << name;
}

TEST(Names, SettingsFitTheContainer) {
  const auto format = [](Container c, SampleFormat source) { return settings_for(c, source).format; };
  EXPECT_EQ(format(Container::Wav, SampleFormat::Float64), SampleFormat::Float64);
  EXPECT_EQ(format(Container::Wav, SampleFormat::Lossy), SampleFormat::Pcm16);
  EXPECT_EQ(format(Container::Flac, SampleFormat::Lossy), SampleFormat::Pcm16);
  EXPECT_EQ(format(Container::Flac, SampleFormat::Pcm8), SampleFormat::Pcm8);
  EXPECT_EQ(format(Container::Flac, SampleFormat::Pcm32), SampleFormat::Pcm24);
  EXPECT_EQ(format(Container::Flac, SampleFormat::Float32), SampleFormat::Pcm24);
  EXPECT_EQ(settings_for(Container::Ogg, SampleFormat::Pcm16).container, Container::Ogg);
}

}  // namespace
}  // namespace spectrohue::audio
