// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Pictures that are not hue and value: what their pixels hold, against spectra of a naive transform in double and
// formulas of docs/format.md written down again, and the ways back.
#include "spectro/magnitude_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <ostream>

#include "core/colormap.h"
#include "core/filter_bank.h"
#include "core/last_made.h"
#include "core/magnitude_code.h"
#include "core/row_map.h"
#include "core/stft_tables.h"
#include "cpu/lane_kernels.h"
#include "math/magnitudes.h"
#include "spectro/retrieval.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/backends.h"
#include "support/reference.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

constexpr int kRate = 8000;

Audio audio_of(const std::vector<std::vector<float>>& channels) { return test::sound_of(channels, kRate); }

EncodeSettings settings_of(Encoding encoding, int n_fft = 256) {
  EncodeSettings s;
  s.stft = StftSettings::for_n_fft(n_fft);
  s.pixels.encoding = encoding;
  if (pixel_layout(encoding).bits == 32) {
    s.pixels.curve.kind = CurveKind::Linear;
    s.ref = {Reference::Kind::Fixed, 1.0};
  }
  const Colormap& map = colormap_by_name("viridis");
  s.colours = {map.name, {map.colours.begin(), map.colours.end()}};
  return s;
}

/// The number that a pixel's channel holds.
double number_at(const Picture& picture, std::int64_t row, std::int64_t column, int channel = 0) {
  const int bytes = picture.layout.bits / 8;
  const std::uint8_t* p = picture.row(row) + column * picture.layout.bytes() + channel * bytes;
  if (bytes == 1) return *p;
  if (bytes == 2) {
    std::uint16_t value;
    std::memcpy(&value, p, sizeof value);
    return value;
  }
  float value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

struct Case {
  Encoding encoding;
  friend void PrintTo(const Case& c, std::ostream* out) { *out << to_string(c.encoding); }
};

class MagnitudePictures : public BackendTest {
 protected:
  PictureNote encode(const Audio& audio, const EncodeSettings& s) { return to_picture(*backend_, audio, s, picture_); }
  Audio back(const PictureNote& note, const RetrievalSettings& retrieval = {}) {
    Audio out;
    to_audio(*backend_, picture_, note, out, retrieval);
    return out;
  }

  Picture picture_;
};
SPECTROHUE_FOR_ALL_BACKENDS(MagnitudePictures);

TEST_P(MagnitudePictures, CodesAreTheCurveOfTheMagnitude) {
  const std::vector<float> left = voice(3000);
  const std::vector<float> right = noise(3000, 9);
  const Audio audio = audio_of({left, right});
  for (const Encoding encoding : {Encoding::Gray8, Encoding::Gray16, Encoding::Colormap, Encoding::Rgb24,
                                  Encoding::Magphase, Encoding::Magphase16}) {
    SCOPED_TRACE(to_string(encoding));
    const EncodeSettings s = settings_of(encoding);
    const PictureNote note = encode(audio, s);
    const int rows = s.stft.n_bins();
    const bool has_phases = encoding == Encoding::Magphase || encoding == Encoding::Magphase16;
    ASSERT_EQ(picture_.height, (has_phases ? 4 : 2) * rows);
    ASSERT_EQ(picture_.layout, pixel_layout(encoding));
    const double top = encoding == Encoding::Rgb24 ? 16777215.0 : picture_.layout.bits == 8 ? 255.0 : 65535.0;
    // Single precision of the transform: relative to the largest magnitude of the frame, the curve's slope at m.
    const double slack = encoding == Encoding::Rgb24 ? 2e-5 * top : 0.5 + 2e-5 * top;
    for (int c = 0; c < 2; ++c) {
      const std::vector<Spectrum> frames = frame_spectra(c == 0 ? left : right, s.stft);
      for (std::size_t t = 0; t < frames.size(); ++t) {
        for (int k = 0; k < rows; ++k) {
          const std::int64_t row = c * rows + rows - 1 - k;
          double code = number_at(picture_, row, t);
          if (encoding == Encoding::Rgb24) {
            code = 65536 * code + 256 * number_at(picture_, row, t, 1) + number_at(picture_, row, t, 2);
          }
          const double m = std::abs(frames[t][k]) / note.ref[c];
          if (m < 1e-4) continue;  // the curve is too steep there for single precision
          ASSERT_NEAR(code, top * std::pow(m, 0.3), slack) << "channel " << c << " frame " << t << " bin " << k;
        }
      }
    }
  }
}

TEST_P(MagnitudePictures, FloatsAreTheMagnitudesThemselves) {
  const std::vector<float> x = voice(3000);
  const EncodeSettings s = settings_of(Encoding::Gray32f);
  encode(audio_of({x}), s);
  const std::vector<Spectrum> frames = frame_spectra(x, s.stft);
  for (std::size_t t = 0; t < frames.size(); ++t) {
    for (int k = 0; k < s.stft.n_bins(); ++k) {
      ASSERT_NEAR(number_at(picture_, s.stft.n_bins() - 1 - k, t), std::abs(frames[t][k]), 2e-5);
    }
  }
}

TEST_P(MagnitudePictures, DecibelsOfFloatsAreDecibels) {
  const std::vector<float> x = noise(3000);
  EncodeSettings s = settings_of(Encoding::Gray32f);
  s.pixels.curve = {CurveKind::Db, 0.3, 60.0};
  s.ref = {};
  const PictureNote note = encode(audio_of({x}), s);
  const std::vector<Spectrum> frames = frame_spectra(x, s.stft);
  for (std::size_t t = 0; t < frames.size(); ++t) {
    for (int k = 0; k < s.stft.n_bins(); ++k) {
      const double db = std::max(-60.0, 20 * std::log10(std::abs(frames[t][k]) / note.ref[0]));
      ASSERT_NEAR(number_at(picture_, s.stft.n_bins() - 1 - k, t), db, 0.01);
    }
  }
}

TEST_P(MagnitudePictures, ComplexNumbersAreLibrosas) {
  for (const int n_fft : {256, 225}) {
    SCOPED_TRACE(n_fft);
    const std::vector<float> x = noise(2000, 3);
    const EncodeSettings s = settings_of(Encoding::Complex, n_fft);
    encode(audio_of({x}), s);
    const std::vector<Spectrum> frames = frame_spectra(x, s.stft);
    const int centre = n_fft / 2;
    for (std::size_t t = 0; t < frames.size(); ++t) {
      for (int k = 0; k < s.stft.n_bins(); ++k) {
        // librosa measures the phase where the frame begins.
        const std::complex<double> expected =
            frames[t][k] * std::polar(1.0, -2 * std::numbers::pi * k * centre / n_fft);
        const std::int64_t row = s.stft.n_bins() - 1 - k;
        ASSERT_NEAR(number_at(picture_, row, t, 0), expected.real(), 3e-5);
        ASSERT_NEAR(number_at(picture_, row, t, 1), expected.imag(), 3e-5);
      }
    }
  }
}

TEST_P(MagnitudePictures, PhasesGoAroundTheCircle) {
  const std::vector<float> x = noise(2000, 4);
  for (const Encoding encoding : {Encoding::Magphase, Encoding::Magphase16}) {
    const EncodeSettings s = settings_of(encoding);
    encode(audio_of({x}), s);
    const double codes = encoding == Encoding::Magphase ? 256 : 65536;
    const std::vector<Spectrum> frames = frame_spectra(x, s.stft);
    for (std::size_t t = 0; t < frames.size(); ++t) {
      for (int k = 1; k + 1 < s.stft.n_bins(); ++k) {
        if (std::abs(frames[t][k]) < 0.1) continue;
        const std::int64_t row = 2 * s.stft.n_bins() - 1 - k;
        const double turn = (std::arg(frames[t][k]) + std::numbers::pi) / (2 * std::numbers::pi);
        const double difference = std::remainder(number_at(picture_, row, t) - codes * turn, codes);
        ASSERT_LT(std::fabs(difference), 0.5 + codes * 2e-5) << t << ' ' << k;
      }
    }
  }
}

TEST_P(MagnitudePictures, BandsAreSumsOfBins) {
  const std::vector<float> x = voice(4000);
  for (const FrequencyScaleKind kind : {FrequencyScaleKind::Mel, FrequencyScaleKind::Log, FrequencyScaleKind::Erb}) {
    for (const int power : {1, 2}) {
      EncodeSettings s = settings_of(Encoding::Gray32f);
      s.pixels.scale.kind = kind;
      s.pixels.scale.n_bands = 20;
      s.pixels.band_power = power;
      encode(audio_of({x}), s);
      ASSERT_EQ(picture_.height, 20);
      const FilterBank bank = make_filter_bank(s.pixels.scale, s.stft.n_fft, kRate);
      const std::vector<Spectrum> frames = frame_spectra(x, s.stft);
      for (std::size_t t = 0; t < frames.size(); ++t) {
        for (int band = 0; band < 20; ++band) {
          double sum = 0;
          for (int j = 0; j < bank.count(band); ++j) {
            sum += bank.weights[bank.offset[band] + j] * std::pow(std::abs(frames[t][bank.first_bin[band] + j]), power);
          }
          const double expected = std::pow(sum, 1.0 / power);
          ASSERT_NEAR(number_at(picture_, 19 - band, t), expected, 2e-5 + 1e-5 * expected);
        }
      }
    }
  }
}

TEST_P(MagnitudePictures, ATiltIsTakenBack) {
  const std::vector<float> x = noise(4000, 11);
  for (const double tilt : {6.0, -4.0}) {
    EncodeSettings s = settings_of(Encoding::Gray32f);
    s.pixels.tilt = tilt;
    encode(audio_of({x}), s);
    const std::vector<Spectrum> frames = frame_spectra(x, s.stft);
    for (int k = 1; k < s.stft.n_bins(); ++k) {
      const double gain = std::pow(10.0, tilt * std::log2(k / (tilt > 0 ? 128.0 : 1.0)) / 20);
      ASSERT_NEAR(number_at(picture_, s.stft.n_bins() - 1 - k, 9), gain * std::abs(frames[9][k]), 3e-5) << k;
    }
    s = settings_of(Encoding::Magphase16);
    s.pixels.tilt = tilt;
    const Audio audio = audio_of({x});
    EXPECT_GT(compare(audio, back(encode(audio, s))).snr_db, 80);
  }
}

TEST_P(MagnitudePictures, StereoHasAColourAChannelAndOneReference) {
  const std::vector<float> left = noise(3000, 1, 0.5F);
  const std::vector<float> right = noise(3000, 2, 0.05F);
  EncodeSettings s = settings_of(Encoding::Stereo);
  const PictureNote note = encode(audio_of({left, right}), s);
  EXPECT_EQ(picture_.height, s.stft.n_bins());
  EXPECT_EQ(note.ref[0], note.ref[1]);
  const Picture both = std::move(picture_);
  s.pixels.encoding = Encoding::Gray8;
  s.ref = {Reference::Kind::Fixed, note.ref[0]};
  encode(audio_of({left, right}), s);
  for (std::int64_t y = 0; y < both.height; ++y) {
    for (std::int64_t t = 0; t < both.width; ++t) {
      ASSERT_EQ(number_at(both, y, t, 0), 0);
      ASSERT_EQ(number_at(both, y, t, 1), number_at(picture_, y, t));
      ASSERT_EQ(number_at(both, y, t, 2), number_at(picture_, both.height + y, t));
    }
  }
  s.pixels.encoding = Encoding::Stereo;
  encode(audio_of({left}), s);
  for (std::int64_t t = 0; t < picture_.width; ++t) {
    EXPECT_EQ(number_at(picture_, 40, t, 0), number_at(picture_, 40, t, 1));
    EXPECT_EQ(number_at(picture_, 40, t, 1), number_at(picture_, 40, t, 2));
  }
}

/// Left, right and the middle as signals, in double.
std::array<std::vector<double>, 3> three_signals(const std::vector<float>& left, const std::vector<float>& right) {
  std::array<std::vector<double>, 3> signals;
  for (std::size_t i = 0; i < left.size(); ++i) {
    signals[0].push_back(left[i]);
    signals[1].push_back(right[i]);
    signals[2].push_back((static_cast<double>(left[i]) + right[i]) / std::numbers::sqrt2);
  }
  return signals;
}

/// |STFT| of all frames of a signal, naively.
std::vector<std::vector<double>> magnitudes_of(const std::vector<double>& x, const StftSettings& s) {
  std::vector<std::vector<double>> frames;
  for (const Spectrum& frame : frame_spectra(std::vector<float>(x.begin(), x.end()), s)) {
    std::vector<double>& magnitudes = frames.emplace_back();
    for (const std::complex<double>& bin : frame) magnitudes.push_back(std::abs(bin));
  }
  return frames;
}

/// The curves of docs/format.md that are not a power, at 8 bits.
double curve_of(const Curve& curve, double m) {
  switch (curve.kind) {
    case CurveKind::Gamma: return std::pow(m, curve.gamma);
    case CurveKind::Db: return std::max(0.0, 1 + 20 * std::log10(std::max(m, 1e-30)) / curve.top_db);
    case CurveKind::Linear: return m;
    case CurveKind::DoubleLog: return std::log(1 + 20 * std::log(1 + 1e4 * m) / std::log(10001.0)) / std::log(21.0);
    default: ADD_FAILURE() << "no reference for this curve"; return 0;
  }
}

TEST_P(MagnitudePictures, Stereo3HoldsLeftRightAndTheirMiddle) {
  const std::vector<float> left = voice(3000);
  std::vector<float> right = noise(3000, 9, 0.05F);
  for (std::size_t i = 0; i < right.size(); ++i) right[i] += 0.6F * left[i];
  const auto signals = three_signals(left, right);
  for (const CurveKind kind : {CurveKind::Gamma, CurveKind::Db, CurveKind::Linear, CurveKind::DoubleLog}) {
    SCOPED_TRACE(to_string(kind));
    EncodeSettings s = settings_of(Encoding::Stereo3);
    s.pixels.curve.kind = kind;
    const PictureNote note = encode(audio_of({left, right}), s);
    ASSERT_EQ(picture_.height, s.stft.n_bins());
    ASSERT_EQ(picture_.layout, (PixelLayout{3, 8}));
    ASSERT_EQ(note.ref.size(), 2U);
    EXPECT_EQ(note.ref[0], note.ref[1]);
    double peak = 0;
    for (int plane = 0; plane < 3; ++plane) {
      const auto frames = magnitudes_of(signals[plane], s.stft);
      for (std::size_t t = 0; t < frames.size(); ++t) {
        for (int k = 0; k < s.stft.n_bins(); ++k) {
          peak = std::max(peak, frames[t][k]);
          const double m = frames[t][k] / note.ref[0];
          if (m < 1e-4) continue;  // the curves are too steep there for single precision
          const double code = number_at(picture_, s.stft.n_bins() - 1 - k, t, plane);
          ASSERT_NEAR(code, 255 * std::min(1.0, curve_of(s.pixels.curve, m)), 0.52)
              << "plane " << plane << " frame " << t << " bin " << k;
        }
      }
    }
    EXPECT_NEAR(note.ref[0], peak, 1e-5 * peak) << "the largest of the three";
  }
}

TEST_P(MagnitudePictures, Stereo3ReadsBackItsPlanes) {
  const std::vector<float> left = voice(3000);
  const std::vector<float> right = noise(3000, 9, 0.2F);
  const auto signals = three_signals(left, right);
  const EncodeSettings s = settings_of(Encoding::Stereo3);
  const PictureNote note = encode(audio_of({left, right}), s);
  const auto n_bins = static_cast<std::size_t>(s.stft.n_bins());
  std::vector<float> rows(static_cast<std::size_t>(picture_.width) * n_bins);
  for (int plane = 0; plane < 3; ++plane) {
    const auto frames = magnitudes_of(signals[plane], s.stft);
    MagnitudeReader(picture_, note).read_rows(plane, {0, picture_.width}, rows);
    double error = 0;
    double norm = 0;
    for (std::size_t t = 0; t < frames.size(); ++t) {
      for (std::size_t k = 0; k < n_bins; ++k) {
        error += std::pow(rows[t * n_bins + k] - frames[t][k], 2);
        norm += std::pow(frames[t][k], 2);
      }
    }
    // Half a code of 255 is 0.65 % of a magnitude at gamma 0.3.
    EXPECT_LT(10 * std::log10(error / norm), -42) << "plane " << plane;
  }
}

TEST_P(MagnitudePictures, Stereo3TakesBands) {
  const std::vector<float> left = voice(3000);
  const std::vector<float> right = noise(3000, 9, 0.2F);
  const auto signals = three_signals(left, right);
  EncodeSettings s = settings_of(Encoding::Stereo3);
  s.pixels.scale.kind = FrequencyScaleKind::Mel;
  s.pixels.scale.n_bands = 20;
  const PictureNote note = encode(audio_of({left, right}), s);
  ASSERT_EQ(picture_.height, 20);
  const FilterBank bank = make_filter_bank(s.pixels.scale, s.stft.n_fft, kRate);
  for (int plane = 0; plane < 3; ++plane) {
    const auto frames = magnitudes_of(signals[plane], s.stft);
    for (std::size_t t = 0; t < frames.size(); ++t) {
      for (int band = 0; band < 20; ++band) {
        double sum = 0;
        for (int j = 0; j < bank.count(band); ++j) {
          sum += bank.weights[bank.offset[band] + j] * std::pow(frames[t][bank.first_bin[band] + j], 2);
        }
        const double m = std::sqrt(sum) / note.ref[0];
        if (m < 1e-4) continue;
        ASSERT_NEAR(number_at(picture_, 19 - band, t, plane), 255 * std::pow(m, 0.3), 0.52);
      }
    }
  }
}

TEST_P(MagnitudePictures, Stereo3AtFullScaleDoesNotClip) {
  const std::vector<float> x = sine(4000, 0.125, 1.0F);
  EncodeSettings s = settings_of(Encoding::Stereo3);
  s.ref = {Reference::Kind::FullScale, 0};
  const PictureNote note = encode(audio_of({x, x}), s);
  EXPECT_NEAR(note.ref[0], std::numbers::sqrt2 * full_scale_magnitude(s.stft), 1e-9);
  const int row = s.stft.n_bins() - 1 - 32;
  EXPECT_EQ(number_at(picture_, row, 30, 2), 255);
  EXPECT_NEAR(number_at(picture_, row, 30, 0), 255 * std::pow(0.5, 0.15), 0.51);
}

TEST_P(MagnitudePictures, Stereo3WantsTwoChannels) {
  const std::vector<float> x = noise(500);
  EXPECT_THROW(encode(audio_of({x}), settings_of(Encoding::Stereo3)), Error);
  EXPECT_THROW(encode(audio_of({x, x, x}), settings_of(Encoding::Stereo3)), Error);
  for (const Encoding encoding : {Encoding::Stereo, Encoding::Stereo3}) {
    PictureNote note = encode(audio_of({x, x}), settings_of(encoding));
    note.channels = 3;
    note.ref.resize(3, note.ref.front());
    EXPECT_THROW(back(note), Error) << "pixels of " << to_string(encoding) << " have no third channel";
  }
}

TEST_P(MagnitudePictures, WithPhasesTheSoundComesBack) {
  const struct {
    Encoding encoding;
    double least_db;
  } cases[] = {{Encoding::Magphase, 43}, {Encoding::Magphase16, 90}, {Encoding::Complex, 130}};
  for (const auto& [encoding, least_db] : cases) {
    for (const int n : {1, 2, 255, 256, 257, 5000}) {
      for (const int n_fft : {256, 225}) {
        const Audio audio = audio_of({noise(n, 7), voice(n)});
        const PictureNote note = encode(audio, settings_of(encoding, n_fft));
        EXPECT_GT(compare(audio, back(note)).snr_db, least_db) << to_string(encoding) << ' ' << n << ' ' << n_fft;
      }
    }
  }
}

TEST_P(MagnitudePictures, MagnitudesComeBackWithinARoundingStep) {
  const Audio audio = audio_of({voice(4000)});
  const std::vector<Spectrum> frames = frame_spectra(audio.channel(0), StftSettings::for_n_fft(256));
  const struct {
    Encoding encoding;
    double most;  // of full scale, which is the reference
  } cases[] = {{Encoding::Gray8, 8e-3}, {Encoding::Gray16, 1e-4}, {Encoding::Rgb24, 2e-6}, {Encoding::Gray32f, 1e-6}};
  for (const auto& [encoding, most] : cases) {
    EncodeSettings s = settings_of(encoding);
    s.ref = {};
    const PictureNote note = encode(audio, s);
    const std::int64_t n_frames = std::ssize(frames);
    std::vector<float> rows(static_cast<std::size_t>(n_frames * s.stft.n_bins()));
    MagnitudeReader(picture_, note).read_rows(0, {0, n_frames}, rows);
    double worst = 0;
    for (std::int64_t t = 0; t < n_frames; ++t) {
      for (int k = 0; k < s.stft.n_bins(); ++k) {
        worst = std::max(worst, std::fabs(rows[t * s.stft.n_bins() + k] - std::abs(frames[t][k])) / note.ref[0]);
      }
    }
    EXPECT_LT(worst, most) << to_string(encoding);
  }
}

TEST_P(MagnitudePictures, SilenceIsSilence) {
  for (const Encoding encoding : {Encoding::Gray8, Encoding::Gray32f, Encoding::Rgb24, Encoding::Magphase16,
                                  Encoding::Complex, Encoding::Stereo, Encoding::Stereo3}) {
    const Audio audio = audio_of({std::vector<float>(1000), std::vector<float>(1000)});
    const Audio out = back(encode(audio, settings_of(encoding)));
    EXPECT_TRUE(std::all_of(out.samples.begin(), out.samples.end(), [](float x) { return x == 0; }))
        << to_string(encoding);
  }
}

TEST_P(MagnitudePictures, NoSamplesMakeAColumn) {
  for (const Encoding encoding : {Encoding::Gray8, Encoding::Magphase, Encoding::Complex}) {
    const PictureNote note = encode(audio_of({{}}), settings_of(encoding));
    EXPECT_EQ(picture_.width, 1);
    EXPECT_EQ(back(note).n_samples, 0);
  }
}

/// Spectral convergence in dB: how far the magnitudes of a sound are from those wanted.
double convergence_db(std::span<const float> x, const std::vector<Spectrum>& wanted, const StftSettings& s) {
  const std::vector<Spectrum> got = frame_spectra(x, s);
  double error = 0;
  double norm = 0;
  for (std::size_t t = 0; t < wanted.size(); ++t) {
    for (std::size_t k = 0; k < wanted[t].size(); ++k) {
      const double difference = std::abs(got[t][k]) - std::abs(wanted[t][k]);
      error += difference * difference;
      norm += std::norm(wanted[t][k]);
    }
  }
  return 10 * std::log10(error / norm);
}

TEST_P(MagnitudePictures, PhasesAreFoundForMagnitudes) {
  const std::vector<float> x = voice(6000);
  const EncodeSettings s = settings_of(Encoding::Gray16);
  const std::vector<Spectrum> wanted = frame_spectra(x, s.stft);
  const PictureNote note = encode(audio_of({x}), s);
  RetrievalSettings retrieval;
  retrieval.n_iter = 0;
  const double without = convergence_db(back(note, retrieval).channel(0), wanted, s.stft);
  retrieval.n_iter = 32;
  const Audio found = back(note, retrieval);
  const double with = convergence_db(found.channel(0), wanted, s.stft);
  EXPECT_LT(with, -18);
  EXPECT_LT(with, without - 3);
  // The same seed, the same sound.
  const Audio again = back(note, retrieval);
  EXPECT_TRUE(std::equal(found.samples.begin(), found.samples.end(), again.samples.begin()));
  retrieval.start = PhaseStart::Random;
  const Audio random = back(note, retrieval);
  retrieval.seed = 1;
  EXPECT_LT(compare(random, back(note, retrieval)).snr_db, 40);
}

TEST_P(MagnitudePictures, BandsAreTurnedBackIntoBins) {
  const std::vector<float> x = voice(6000);
  EncodeSettings s = settings_of(Encoding::Gray16);
  s.pixels.scale.kind = FrequencyScaleKind::Mel;
  s.pixels.scale.n_bands = 40;
  const PictureNote note = encode(audio_of({x}), s);
  const Audio out = back(note);
  const Picture first = std::move(picture_);
  EncodeSettings again = s;
  again.ref = {Reference::Kind::Fixed, note.ref[0]};
  encode(out, again);
  double error = 0;
  double norm = 0;
  for (std::int64_t y = 0; y < first.height; ++y) {
    for (std::int64_t t = 0; t < first.width; ++t) {
      const double a = std::pow(number_at(first, y, t) / 65535, 1 / 0.3);
      const double b = std::pow(number_at(picture_, y, t) / 65535, 1 / 0.3);
      error += (a - b) * (a - b);
      norm += a * a;
    }
  }
  EXPECT_LT(10 * std::log10(error / norm), -15);
}

TEST_P(MagnitudePictures, PagesAreColumnsOfTheWhole) {
  const Audio audio = audio_of({voice(30000), noise(30000)});
  for (const Encoding encoding : {Encoding::Gray8, Encoding::Magphase, Encoding::Complex, Encoding::Stereo3}) {
    const EncodeSettings s = settings_of(encoding);
    const PictureNote note = encode(audio, s);
    Sound sound{audio.sample_rate, audio.format, audio.n_samples, {audio.channel(0), audio.channel(1)}};
    Picture page;
    const Columns columns{100, 77};
    encode_columns(*backend_, sound, s, note.ref, columns, page);
    ASSERT_EQ(page.height, picture_.height);
    for (std::int64_t y = 0; y < page.height; ++y) {
      ASSERT_EQ(std::memcmp(page.row(y), picture_.row(y) + columns.first * page.layout.bytes(),
                            static_cast<std::size_t>(page.row_bytes())),
                0)
          << to_string(encoding) << " row " << y;
    }
  }
}

TEST_P(MagnitudePictures, SpectraInBlocksAreTheWhole) {
  struct Sizes {
    int n_fft;
    int hop_length;
  };
  for (const Encoding encoding : {Encoding::Magphase16, Encoding::Complex}) {
    for (const Sizes sizes : {Sizes{64, 16}, {60, 7}, {32, 32}}) {
      SCOPED_TRACE(to_string(encoding) + ", n_fft " + std::to_string(sizes.n_fft));
      EncodeSettings s = settings_of(encoding, sizes.n_fft);
      s.stft.hop_length = sizes.hop_length;
      s.stft.window = sizes.hop_length == sizes.n_fft ? Window::Rectangular : Window::Hann;
      const Audio audio = audio_of({voice(2500 * sizes.hop_length), noise(2500 * sizes.hop_length, 4)});
      const PictureNote note = encode(audio, s);
      const Columns columns{3, picture_.width - 5};
      ASSERT_GT(columns.count, 2048);  // more than two blocks
      StftSettings uncentred = note.stft;
      uncentred.center = false;
      const std::int64_t stride = (columns.count - 1) * sizes.hop_length + sizes.n_fft;
      std::vector<float> in_blocks(static_cast<std::size_t>(2 * stride));
      decode_spectrum_columns(*backend_, picture_, note, columns, uncentred, in_blocks, stride);

      const MagnitudeReader reader(picture_, note);
      std::vector<Complex> spectrum(static_cast<std::size_t>(columns.count * s.stft.n_bins()));
      std::vector<float> whole(static_cast<std::size_t>(stride));
      for (int c = 0; c < 2; ++c) {
        reader.read_spectrum(c, columns, spectrum);
        const SynthesiseItem item{spectrum, whole};
        backend_->synthesise(uncentred, {&item, 1});
        for (std::int64_t i = 0; i < stride; ++i) {
          ASSERT_EQ(in_blocks[c * stride + i], whole[i]) << "channel " << c << " sample " << i;
        }
      }
    }
  }
}

TEST(LastMade, KeepsOne) {
  LastMade<int, std::string> texts;
  int made = 0;
  const auto text = [&](int key) {
    return *texts.get(key, [&] {
      ++made;
      return std::to_string(key);
    });
  };
  EXPECT_EQ(text(0), "0");  // the key that there is before anything was made
  EXPECT_EQ(text(7), "7");
  EXPECT_EQ(text(7), "7");
  EXPECT_EQ(made, 2);
  EXPECT_THROW(texts.get(8, []() -> std::string { throw Error(ErrorCode::Usage, "no"); }), Error);
  EXPECT_EQ(text(7), "7");
  EXPECT_EQ(made, 2);
  EXPECT_EQ(text(8), "8");
  EXPECT_EQ(made, 3);
}

/// Bit for bit what plain floats give, whatever the lanes.
TEST(MagnitudeKernels, AreThatOfFloats) {
  constexpr int kValues = 4096;
  std::vector<float> re = noise(kValues, 5);
  std::vector<float> im = noise(kValues, 6);
  std::vector<float> magnitudes(kValues);
  for (int i = 0; i < kValues; ++i) magnitudes[i] = 3 * std::exp2(-40 * std::fabs(re[i]));
  magnitudes[0] = magnitudes[1] = re[1] = im[0] = im[1] = re[2] = 0;
  magnitudes[2] = 1e-30F;
  re[3] = -0.0F;
  im[3] = -0.0F;
  std::vector<std::int32_t> codes(kValues);
  std::vector<float> cos(kValues);
  std::vector<float> sin(kValues);
  for (const cpu::LaneKernels* lanes : cpu::usable_lane_kernels()) {
    const MagnitudeKernels& kernels = lanes->magnitudes;
    for (const CurveKind kind :
         {CurveKind::Gamma, CurveKind::Db, CurveKind::Linear, CurveKind::AdaptiveLog, CurveKind::DoubleLog}) {
      SCOPED_TRACE(std::string(lanes->name) + ", " + to_string(kind));
      PixelSettings pixels;
      pixels.curve.kind = kind;
      const math::CurveConstants curve = curve_constants(pixels);
      for (const float top : {255.0F, 65535.0F}) {
        kernels.encode_magnitudes(curve, top, 0.7F, magnitudes.data(), kValues, codes.data());
        for (int i = 0; i < kValues; ++i) {
          ASSERT_EQ(codes[i], static_cast<int>(math::magnitude_code(magnitudes[i] * 0.7F, top, curve)))
              << magnitudes[i];
        }
      }
    }
    for (const float n_codes : {256.0F, 65536.0F}) {
      SCOPED_TRACE(lanes->name);
      kernels.encode_phases(n_codes, re.data(), im.data(), kValues, codes.data());
      kernels.decode_phases(n_codes, codes.data(), kValues, cos.data(), sin.data());
      for (int i = 0; i < kValues; ++i) {
        ASSERT_EQ(codes[i], static_cast<int>(math::phase_code(re[i], im[i], n_codes))) << re[i] << " " << im[i];
        float c;
        float s;
        math::phase_of_code(static_cast<float>(codes[i]), n_codes, c, s);
        ASSERT_EQ(cos[i], c);
        ASSERT_EQ(sin[i], s);
      }
    }
  }
}

TEST(MagnitudeSettings, BandsHaveNoPhases) {
  EncodeSettings s = settings_of(Encoding::Hsv);
  s.pixels.scale.kind = FrequencyScaleKind::Mel;
  EXPECT_THROW(validate(s), Error);
  s.pixels.encoding = Encoding::Gray8;
  EXPECT_NO_THROW(validate(s));
  s.pixels.drop_top = true;
  EXPECT_THROW(validate(s), Error);
  s.pixels.drop_top = false;
  s.pixels.band_power = 3;
  EXPECT_THROW(validate(s), Error);
  s.pixels.band_power = 1;
  s.ref.kind = Reference::Kind::FullScale;
  EXPECT_THROW(validate(s), Error);
  s = settings_of(Encoding::Gray8);
  s.pixels.scale.fmax = 1000;
  EXPECT_THROW(validate(s), Error);
  s = settings_of(Encoding::Colormap);
  s.colours.palette.clear();
  EXPECT_THROW(validate(s), Error);
}

TEST(MagnitudeCode, AbsurdFloatsAreNothing) {
  PixelSettings pixels;
  pixels.encoding = Encoding::Gray32f;
  for (const CurveKind kind : {CurveKind::Linear, CurveKind::Db, CurveKind::Gamma}) {
    pixels.curve.kind = kind;
    const MagnitudeCode code(pixels, cpu::usable_lane_kernels().front()->magnitudes, MagnitudeCode::Use::Read);
    const float stored[] = {NAN, INFINITY, -INFINITY, 1e38F};
    float magnitudes[4] = {1, 1, 1, 1};
    code.read(reinterpret_cast<const std::uint8_t*>(stored), 4, 1.0F, magnitudes);
    for (const float m : magnitudes) EXPECT_EQ(m, 0) << to_string(kind);
  }
}

}  // namespace
}  // namespace spectrohue::test
