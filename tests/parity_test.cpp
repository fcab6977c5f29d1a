// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Backends against each other, held to support/contract.h: the instruction sets of the CPU, which always runs, and
// CUDA against the CPU, which is skipped where there is no device.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cpu/cpu_backend.h"
#include "spectrohue/backend.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"
#include "support/contract.h"
#include "support/cuda_device.h"
#include "support/ragged_batch.h"
#include "support/signals.h"
#include "support/sounds.h"

namespace spectrohue {
namespace {

using test::Bytes;
using test::expect_same_bits;
using test::expect_same_results;
using test::Signals;
using test::Spectra;
using Batch = test::RaggedBatch;

struct Case {
  const char* name;
  int n_fft;
  int hop;
  bool center = true;
  PadMode pad = PadMode::Constant;
};

/// For the names of the tests.
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }  // NOLINT: GoogleTest looks for this name

const Case kCases[] = {
    {"n2048_hop512", 2048, 512},
    {"n400_hop100", 400, 100},
    {"n1000_hop250", 1000, 250},
    {"n225_hop75", 225, 75},
    {"n512_hop64", 512, 64},
    {"n2048_hop1024", 2048, 1024},
    {"n16_hop4", 16, 4},
    {"n2048_hop512_reflect", 2048, 512, true, PadMode::Reflect},
    {"n225_hop75_reflect", 225, 75, true, PadMode::Reflect},
    {"n16_hop4_uncentred_reflect", 16, 4, false, PadMode::Reflect},
    {"n400_hop100_uncentred", 400, 100, false},
};

StftSettings settings_of(const Case& c) {
  StftSettings s = StftSettings::for_n_fft(c.n_fft);
  s.hop_length = c.hop;
  s.center = c.center;
  s.pad_mode = c.pad;
  // A Hann window that is not centred gives the first sample no weight.
  if (!c.center) s.window = Window::Hamming;
  validate(s);
  return s;
}

/// Noise of all lengths at which something changes; the references run from full scale to far below and above it.
Batch noise_batch(const StftSettings& stft, Encoding encoding = Encoding::Hsv) {
  Batch batch{stft, {encoding, {}}, {}, {}};
  const std::int64_t n = stft.n_fft;
  std::uint32_t seed = 1;
  for (const std::int64_t length : {std::int64_t{0}, std::int64_t{1}, n - 1, n, n + 1, 2 * n + 7, 40 * n + 3,
                                    std::int64_t{5}, 9 * n, n / 2, std::int64_t{0}, 25 * n + 1}) {
    batch.signals.push_back(test::noise(length, seed));
    const auto full_scale = static_cast<float>(full_scale_magnitude(stft));
    batch.refs.push_back(seed == 9 ? 0.0F : full_scale / static_cast<float>(seed));
    ++seed;
  }
  return batch;
}

/// What people have: noise, a voice with pauses, a pure tone, digital silence; references as to_picture() sets them.
Batch sound_batch(const StftSettings& stft, Encoding encoding) {
  Batch batch{stft, {encoding, {}}, {}, {}};
  batch.signals = {test::noise(30000, 3), test::voice(48000), test::sine(20000, 0.0317), std::vector<float>(5000)};
  const auto cpu = cpu::make_cpu_backend();
  for (const float peak : batch.peak(*cpu)) batch.refs.push_back(static_cast<float>(kPeakHeadroom) * peak);
  return batch;
}

// ------------------------------------------------------------------------------------------ comparisons

double power(Complex x) { return std::norm(std::complex<double>(x)); }
double power(float x) { return static_cast<double>(x) * x; }

/// |a - b| / |b|; 0 where both are 0.
template <class T>
double relative_error(std::span<const T> a, std::span<const T> b) {
  double difference = 0;
  double total = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += power(a[i] - b[i]);
    total += power(b[i]);
  }
  return difference == 0 ? 0.0 : std::sqrt(difference / total);
}

/// Frame by frame, within the FFT's tolerance; returns the worst.
double expect_close_spectra(const Batch& batch, const Spectra& got, const Spectra& want) {
  double worst = 0;
  const auto n_bins = static_cast<std::size_t>(batch.stft.n_bins());
  for (std::size_t i = 0; i < want.size(); ++i) {
    for (std::size_t first = 0; first < want[i].size(); first += n_bins) {
      const double error = relative_error(std::span<const Complex>(got[i]).subspan(first, n_bins),
                                          std::span<const Complex>(want[i]).subspan(first, n_bins));
      // Written so that NaN fails.
      EXPECT_TRUE(error <= contract::kFftRelativeError)
          << "item " << i << ", frame " << first / n_bins << ": relative error " << error;
      worst = std::max(worst, error);
      EXPECT_EQ(got[i][first].imag(), 0.0F) << "DC is not real";
      if (batch.stft.n_fft % 2 == 0) {
        EXPECT_EQ(got[i][first + n_bins - 1].imag(), 0.0F) << "Nyquist is not real";
      }
    }
  }
  return worst;
}

double expect_close_signals(const Signals& got, const Signals& want) {
  double worst = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double error = relative_error(std::span<const float>(got[i]), std::span<const float>(want[i]));
    EXPECT_TRUE(error <= contract::kFftRelativeError) << "item " << i << ": relative error " << error;
    worst = std::max(worst, error);
  }
  return worst;
}

int code_at(const std::uint8_t* p, int channel, bool wide) {
  if (!wide) return p[channel];
  std::uint16_t code;
  std::memcpy(&code, p + 2 * channel, 2);
  return code;
}

/// Two pictures of the same sounds, made by two transforms.
struct PictureDifference {
  double differing_share = 0;  ///< of the pixels, any code
  double beyond_share = 0;     ///< of the pixels, by more than kCodeDifference
  int worst_code = 0;
  double worst_bin = 0;  ///< of the pixels beyond: difference of the bins over the frame's largest magnitude
};

PictureDifference difference(const Batch& batch, const Bytes& got, const Bytes& want) {
  const bool wide = pixel_layout(batch.pixels.encoding).bits == 16;
  const std::int64_t n_bins = batch.stft.n_bins();
  const auto cpu = cpu::make_cpu_backend();
  const Spectra got_bins = batch.decode_pixels(*cpu, got);
  const Spectra want_bins = batch.decode_pixels(*cpu, want);
  PictureDifference d;
  std::int64_t pixels = 0;
  std::int64_t differing = 0;
  std::int64_t beyond = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (std::int64_t frame = 0; frame < batch.n_frames(i); ++frame) {
      float largest = 0.0F;
      for (std::int64_t bin = 0; bin < n_bins; ++bin) {
        largest = std::max(largest, std::abs(want_bins[i][static_cast<std::size_t>(frame * n_bins + bin)]));
      }
      for (std::int64_t bin = 0; bin < n_bins; ++bin) {
        const std::int64_t place = (n_bins - 1 - bin) * batch.row_bytes(i) + frame * batch.pixel_bytes();
        int most = 0;
        for (int c = 0; c < 3; ++c) {
          most = std::max(most,
                          std::abs(code_at(got[i].data() + place, c, wide) - code_at(want[i].data() + place, c, wide)));
        }
        ++pixels;
        differing += most > 0 ? 1 : 0;
        d.worst_code = std::max(d.worst_code, most);
        if (most <= contract::kCodeDifference) continue;
        ++beyond;
        const auto at = static_cast<std::size_t>(frame * n_bins + bin);
        d.worst_bin = std::max(d.worst_bin, std::sqrt(power(got_bins[i][at] - want_bins[i][at])) / largest);
      }
    }
  }
  d.differing_share = static_cast<double>(differing) / static_cast<double>(pixels);
  d.beyond_share = static_cast<double>(beyond) / static_cast<double>(pixels);
  return d;
}

void report(const std::string& what, double worst) { std::printf("    %-40s worst %.3g\n", what.c_str(), worst); }

// -------------------------------------------------------------------------------- what one backend promises

/// The whole ways return what the stages one after another return.
void expect_whole_ways_are_their_stages(Backend& backend, const Batch& batch) {
  const Spectra spectra = batch.analyse(backend);
  const Bytes pictures = batch.encode_pixels(backend, spectra);
  expect_same_bits(batch.encode(backend), pictures, "encode against analyse, encode_pixels");
  Signals composed = batch.synthesise(backend, batch.decode_pixels(backend, pictures));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    // decode() of a silent item writes zeros; the stages may find that some of them are -0.
    if (batch.refs[i] == 0.0F) {
      for (float& x : composed[i]) x += 0.0F;
    }
  }
  expect_same_bits(batch.decode(backend, pictures), composed, "decode against decode_pixels, synthesise");

  const std::vector<float> peaks = batch.peak(backend);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    float largest = 0.0F;
    for (const Complex x : spectra[i]) largest = std::max(largest, x.real() * x.real() + x.imag() * x.imag());
    EXPECT_EQ(peaks[i], std::sqrt(largest)) << "peak of item " << i;
  }
}

/// An item's result does not depend on what it shares the batch with.
void expect_batch_does_not_matter(Backend& backend, const Batch& batch) {
  const Bytes pictures = batch.encode(backend);
  const Signals signals = batch.decode(backend, pictures);
  const Spectra spectra = batch.analyse(backend);
  const std::vector<float> peaks = batch.peak(backend);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Batch alone{batch.stft, batch.pixels, {batch.signals[i]}, {batch.refs[i]}};
    expect_same_bits<std::uint8_t>(alone.encode(backend), {pictures[i]}, "encode alone");
    expect_same_bits<float>(alone.decode(backend, {pictures[i]}), {signals[i]}, "decode alone");
    expect_same_bits<Complex>(alone.analyse(backend), {spectra[i]}, "analyse alone");
    EXPECT_EQ(alone.peak(backend)[0], peaks[i]);
  }
}

// ------------------------------------------------------------------------------------- instruction sets

class InstructionSets : public testing::TestWithParam<Case> {};

TEST_P(InstructionSets, ReturnTheSameBits) {
  const StftSettings stft = settings_of(GetParam());
  const std::vector<std::string> sets = cpu::usable_instruction_sets();
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const Batch batch = noise_batch(stft, encoding);
    const auto reference = cpu::make_cpu_backend(sets.back());
    for (const std::string& isa : sets) {
      if (isa == sets.back()) continue;
      SCOPED_TRACE(isa + " against " + sets.back() + ", " + to_string(encoding));
      expect_same_results(*cpu::make_cpu_backend(isa), *reference, batch);
    }
  }
}

TEST_P(InstructionSets, WholeWaysAreTheirStages) {
  for (const std::string& isa : cpu::usable_instruction_sets()) {
    SCOPED_TRACE(isa);
    const auto backend = cpu::make_cpu_backend(isa);
    for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
      expect_whole_ways_are_their_stages(*backend, noise_batch(settings_of(GetParam()), encoding));
    }
  }
}

TEST_P(InstructionSets, BatchDoesNotMatter) {
  for (const std::string& isa : cpu::usable_instruction_sets()) {
    SCOPED_TRACE(isa);
    expect_batch_does_not_matter(*cpu::make_cpu_backend(isa), noise_batch(settings_of(GetParam())));
  }
}

/// Samples as a file's 16-bit integers, without a copy as floats in between.
void expect_integers_are_their_floats(Backend& backend, Batch batch) {
  std::vector<std::vector<std::int16_t>> integers;
  for (std::vector<float>& x : batch.signals) {
    std::vector<std::int16_t>& codes = integers.emplace_back();
    for (float& sample : x) {
      codes.push_back(static_cast<std::int16_t>(std::lrint(std::clamp(sample * 32768.0F, -32768.0F, 32767.0F))));
      sample = static_cast<float>(codes.back()) / 32768.0F;
    }
  }
  Batch as_integers = batch;
  as_integers.integers = std::move(integers);
  expect_same_bits(as_integers.analyse(backend), batch.analyse(backend), "analyse");
  expect_same_bits<float>({as_integers.peak(backend)}, {batch.peak(backend)}, "peak");
  expect_same_bits(as_integers.encode(backend), batch.encode(backend), "encode");
}

TEST_P(InstructionSets, IntegersAreTheirFloats) {
  for (const std::string& isa : cpu::usable_instruction_sets()) {
    SCOPED_TRACE(isa);
    Batch batch = noise_batch(settings_of(GetParam()));
    expect_integers_are_their_floats(*cpu::make_cpu_backend(isa), batch);
    batch.pixels.refine = 1;
    expect_integers_are_their_floats(*cpu::make_cpu_backend(isa), batch);
  }
}

std::string case_name(const testing::TestParamInfo<Case>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Cpu, InstructionSets, testing::ValuesIn(kCases), case_name);

std::vector<PixelSettings> all_curves() {
  std::vector<PixelSettings> all;
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const CurveKind kind :
         {CurveKind::Gamma, CurveKind::Db, CurveKind::Linear, CurveKind::AdaptiveLog, CurveKind::DoubleLog}) {
      all.push_back({encoding, {kind, 0.3, 110.0}});
      validate(all.back());
    }
  }
  return all;
}

/// Bins over the whole range of floats, and those that are none.
Batch hard_bins(const StftSettings& stft, const PixelSettings& pixels, Spectra& spectra) {
  Batch batch{stft, pixels, {test::noise(64 * stft.n_fft, 11)}, {1.0F}};
  const auto n = static_cast<std::int64_t>(batch.n_frames(0)) * stft.n_bins();
  const std::vector<float> angle = test::noise(n, 5, 3.2F);
  const std::vector<float> level = test::noise(n, 6, 42.0F);
  const float odd[] = {0.0F, -0.0F, 1.0F, -1.0F, 1e-45F, 1e-38F, 1e-19F, 3e38F, INFINITY, -INFINITY, NAN, 0.5F};
  constexpr std::size_t kOdd = std::size(odd);
  spectra.assign(1, {});
  for (std::int64_t i = 0; i < n; ++i) {
    const float magnitude = std::pow(10.0F, level[i]);
    spectra[0].emplace_back(magnitude * std::cos(angle[i]), magnitude * std::sin(angle[i]));
  }
  for (std::size_t i = 0; i < kOdd * kOdd; ++i) spectra[0][i] = {odd[i % kOdd], odd[i / kOdd]};
  return batch;
}

/// Pictures of noise: any colour at all, as an editor or a model makes them.
Bytes any_colours(const Batch& batch) {
  Bytes pictures;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    std::vector<std::uint8_t> bytes;
    for (const float x : test::noise(batch.row_bytes(i) * batch.stft.n_bins(), static_cast<std::uint32_t>(i) + 1)) {
      bytes.push_back(static_cast<std::uint8_t>(static_cast<int>((x + 0.5F) * 256)));
    }
    pictures.push_back(std::move(bytes));
  }
  return pictures;
}

/// The stage `pixels`, both ways, all curves and depths, on what is hard for it.
void expect_same_pixels(Backend& backend, Backend& reference) {
  for (const PixelSettings& pixels : all_curves()) {
    SCOPED_TRACE(to_string(pixels.encoding) + " " + to_string(pixels.curve.kind));
    for (const int n_fft : {256, 225}) {
      Spectra spectra;
      const Batch batch = hard_bins(StftSettings::for_n_fft(n_fft), pixels, spectra);
      const Bytes pictures = batch.encode_pixels(reference, spectra);
      expect_same_bits(batch.encode_pixels(backend, spectra), pictures, "encode_pixels");
      expect_same_bits(batch.decode_pixels(backend, pictures), batch.decode_pixels(reference, pictures),
                       "decode_pixels");
      const Bytes colours = any_colours(batch);
      expect_same_bits(batch.decode_pixels(backend, colours), batch.decode_pixels(reference, colours),
                       "decode_pixels of any colours");
    }
  }
}

TEST(InstructionSetPixels, AreTheSameInAllCurves) {
  const std::vector<std::string> sets = cpu::usable_instruction_sets();
  const auto reference = cpu::make_cpu_backend(sets.back());
  for (const std::string& isa : sets) {
    SCOPED_TRACE(isa);
    expect_same_pixels(*cpu::make_cpu_backend(isa), *reference);
  }
}

// ------------------------------------------------------------------------------------------ CUDA and CPU

class CudaTest : public test::OnCuda<testing::Test> {
 protected:
  void SetUp() override {
    OnCuda::SetUp();
    if (device_.empty()) return;
    cuda_ = make_backend(device_);
    cpu_ = cpu::make_cpu_backend();
  }

  std::unique_ptr<Backend> cuda_;
  std::unique_ptr<Backend> cpu_;
};

class CudaParity : public CudaTest, public testing::WithParamInterface<Case> {};

TEST_P(CudaParity, Analyse) {
  const Batch batch = noise_batch(settings_of(GetParam()));
  report("analyse, relative L2 of a frame", expect_close_spectra(batch, batch.analyse(*cuda_), batch.analyse(*cpu_)));
}

TEST_P(CudaParity, Synthesise) {
  const Batch batch = noise_batch(settings_of(GetParam()));
  const Spectra spectra = batch.analyse(*cpu_);
  report("synthesise, relative L2 of a signal",
         expect_close_signals(batch.synthesise(*cuda_, spectra), batch.synthesise(*cpu_, spectra)));
}

TEST_P(CudaParity, EncodePixels) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const Batch batch = noise_batch(settings_of(GetParam()), encoding);
    const Spectra spectra = batch.analyse(*cpu_);
    expect_same_bits(batch.encode_pixels(*cuda_, spectra), batch.encode_pixels(*cpu_, spectra), "encode_pixels");
  }
}

TEST_P(CudaParity, DecodePixels) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const Batch batch = noise_batch(settings_of(GetParam()), encoding);
    const Bytes pictures = batch.encode(*cpu_);
    expect_same_bits(batch.decode_pixels(*cuda_, pictures), batch.decode_pixels(*cpu_, pictures), "decode_pixels");
  }
}

TEST_P(CudaParity, Peak) {
  const Batch batch = noise_batch(settings_of(GetParam()));
  const std::vector<float> got = batch.peak(*cuda_);
  const std::vector<float> want = batch.peak(*cpu_);
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(got[i], want[i], contract::kPeakRelativeError * want[i]) << "item " << i;
  }
}

TEST_P(CudaParity, WholeWaysAreTheirStages) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    expect_whole_ways_are_their_stages(*cuda_, noise_batch(settings_of(GetParam()), encoding));
  }
}

TEST_P(CudaParity, BatchDoesNotMatter) {
  Batch batch = noise_batch(settings_of(GetParam()));
  expect_batch_does_not_matter(*cuda_, batch);
  batch.pixels.refine = 2;
  expect_batch_does_not_matter(*cuda_, batch);
}

TEST_P(CudaParity, IntegersAreTheirFloats) {
  Batch batch = noise_batch(settings_of(GetParam()));
  expect_integers_are_their_floats(*cuda_, batch);
  batch.pixels.refine = 2;
  expect_integers_are_their_floats(*cuda_, batch);
}

/// A second run returns the first one's bits.
TEST_P(CudaParity, Repeats) {
  Batch batch = noise_batch(settings_of(GetParam()));
  batch.pixels.refine = 2;
  const Bytes refined = batch.encode(*cuda_);
  for (int i = 0; i < 3; ++i) expect_same_bits(batch.encode(*cuda_), refined, "closed loop again");
  batch.pixels.refine = PixelSettings::kOpenLoop;
  const Bytes pictures = batch.encode(*cuda_);
  const Signals signals = batch.decode(*cuda_, pictures);
  const std::vector<float> peaks = batch.peak(*cuda_);
  for (int i = 0; i < 3; ++i) {
    expect_same_bits(batch.encode(*cuda_), pictures, "encode again");
    expect_same_bits(batch.decode(*cuda_, pictures), signals, "decode again");
    EXPECT_EQ(batch.peak(*cuda_), peaks);
  }
}

void expect_within_contract(const Batch& batch, const Bytes& got, const Bytes& want, bool fills_spectrum) {
  const PictureDifference d = difference(batch, got, want);
  std::printf("    %s n_fft %d: %.3g of the pixels differ, %.3g beyond %d; worst code %d, worst bin %.3g\n",
              to_string(batch.pixels.encoding).c_str(), batch.stft.n_fft, d.differing_share, d.beyond_share,
              contract::kCodeDifference, d.worst_code, d.worst_bin);
  EXPECT_LE(d.worst_bin, contract::kBinDifference);
  if (fills_spectrum) {
    EXPECT_LE(d.differing_share,
              pixel_layout(batch.pixels.encoding).bits == 8 ? contract::kDifferingShare8 : contract::kDifferingShare16);
  }
}

TEST_P(CudaParity, Encode) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const StftSettings stft = settings_of(GetParam());
    const Batch noise = noise_batch(stft, encoding);
    // A short signal between its mirrors is symmetric: every other bin is nothing but rounding errors.
    const bool fills_spectrum = stft.pad_mode == PadMode::Constant;
    expect_within_contract(noise, noise.encode(*cuda_), noise.encode(*cpu_), fills_spectrum);
    const Batch sounds = sound_batch(stft, encoding);
    expect_within_contract(sounds, sounds.encode(*cuda_), sounds.encode(*cpu_), false);
  }
}

/// Where chains of frames carry rounding on, pictures differ; what they sound like must not.
TEST_P(CudaParity, ClosedLoop) {
  const StftSettings stft = settings_of(GetParam());
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const int refine : {0, 4}) {
      Batch batch = sound_batch(stft, encoding);
      batch.pixels.refine = refine;
      const Bytes pictures = batch.encode(*cuda_);
      const Signals got = batch.decode(*cpu_, pictures);
      const Signals want = batch.decode(*cpu_, batch.encode(*cpu_));
      const auto loss_db = [&](std::size_t i) {
        const std::span<const float> x(batch.signals[i]);
        return 20 * std::log10(relative_error<float>(got[i], x) / relative_error<float>(want[i], x));
      };
      std::printf("    %s, refine %d: noise %+.2f dB, voice %+.2f dB, tone %+.2f dB\n", to_string(encoding).c_str(),
                  refine, -loss_db(0), -loss_db(1), -loss_db(2));
      EXPECT_TRUE(std::abs(loss_db(0)) <= contract::kClosedLoopDb);
      EXPECT_TRUE(std::abs(loss_db(1)) <= contract::kClosedLoopToneDb);
      EXPECT_TRUE(std::abs(loss_db(2)) <= contract::kClosedLoopToneDb);
      EXPECT_TRUE(std::all_of(pictures[3].begin(), pictures[3].end(), [](auto byte) { return byte == 0; }));
    }
  }
}

void expect_agreement(const Signals& got, const Signals& want) {
  double worst_db = INFINITY;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double error = relative_error(std::span<const float>(got[i]), std::span<const float>(want[i]));
    const double db = error == 0 ? INFINITY : -20 * std::log10(error);
    EXPECT_TRUE(db >= contract::kDecodeAgreementDb) << "item " << i << ": " << db << " dB";
    worst_db = std::min(worst_db, db);
  }
  std::printf("    decode: at least %.1f dB\n", worst_db);
}

TEST_P(CudaParity, Decode) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    for (const Batch& batch :
         {noise_batch(settings_of(GetParam()), encoding), sound_batch(settings_of(GetParam()), encoding)}) {
      const Bytes pictures = batch.encode(*cpu_);
      expect_agreement(batch.decode(*cuda_, pictures), batch.decode(*cpu_, pictures));
      const Bytes colours = any_colours(batch);
      expect_agreement(batch.decode(*cuda_, colours), batch.decode(*cpu_, colours));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Gpu, CudaParity, testing::ValuesIn(kCases), case_name);

class Cuda : public CudaTest {};

TEST_F(Cuda, SaysItsName) {
  EXPECT_EQ(cuda_->name().rfind("cuda:0 (", 0), 0U) << cuda_->name();
  std::printf("    %s\n", cuda_->name().c_str());
}

TEST_F(Cuda, ReturnsTheSamePixelsInAllCurves) { expect_same_pixels(*cuda_, *cpu_); }

/// Far more frames than a slot holds, next to short items, with sums that go on from slot to slot.
TEST_F(Cuda, LongItemsFlowThroughManySlots) {
  for (const auto& [n_fft, hop, seconds] : {std::tuple{16, 4, 30}, {16, 1, 5}, {2048, 512, 300}}) {
    SCOPED_TRACE(n_fft);
    StftSettings stft = StftSettings::for_n_fft(n_fft);
    stft.hop_length = hop;
    Batch batch{stft, {}, {}, {}};
    for (const std::int64_t length : {1000, seconds * 44100, 3, seconds * 22050}) {
      batch.signals.push_back(test::noise(length, static_cast<std::uint32_t>(length)));
      batch.refs.push_back(static_cast<float>(full_scale_magnitude(stft)));
    }
    const Spectra spectra = batch.analyse(*cpu_);
    expect_close_spectra(batch, batch.analyse(*cuda_), spectra);
    expect_close_signals(batch.synthesise(*cuda_, spectra), batch.synthesise(*cpu_, spectra));
    expect_whole_ways_are_their_stages(*cuda_, batch);
  }
}

/// A page as large as the program makes them, with more chains than are transformed together.
TEST_F(Cuda, ClosedLoopTakesAWholePage) {
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    const StftSettings stft;
    Batch batch{stft, {encoding, {}}, {test::noise(65600LL * 512, 1), test::noise(50000, 2)}, {}};
    for (const float peak : batch.peak(*cpu_)) batch.refs.push_back(static_cast<float>(kPeakHeadroom) * peak);
    batch.pixels.refine = 2;
    const Signals back = batch.decode(*cpu_, batch.encode(*cuda_));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const double error = relative_error<float>(back[i], batch.signals[i]);
      EXPECT_LE(20 * std::log10(error), encoding == Encoding::Hsv ? -60 : -108) << "item " << i;
    }
  }
}

TEST_F(Cuda, ThousandsOfTinyItems) {
  const StftSettings stft = StftSettings::for_n_fft(400);
  Batch batch{stft, {}, {}, {}};
  for (int i = 0; i < 5000; ++i) {
    batch.signals.push_back(test::noise(i % 301, static_cast<std::uint32_t>(i)));
    batch.refs.push_back(i % 7 == 0 ? 0.0F : 10.0F);
  }
  const Spectra spectra = batch.analyse(*cpu_);
  expect_close_spectra(batch, batch.analyse(*cuda_), spectra);
  expect_same_bits(batch.encode_pixels(*cuda_, spectra), batch.encode_pixels(*cpu_, spectra), "encode_pixels");
  expect_close_signals(batch.synthesise(*cuda_, spectra), batch.synthesise(*cpu_, spectra));
}

/// Frames without the transform's tolerance: where an impulse stands at the centre of its frame, all that a transform
/// multiplies it by is 1, and all that it adds to it is 0.
TEST_F(Cuda, ImpulseIsExact) {
  StftSettings stft = StftSettings::for_n_fft(256);
  stft.hop_length = 256;
  stft.window = Window::Rectangular;
  Batch batch{stft, {}, {std::vector<float>(256 * 8)}, {1.0F}};
  for (std::size_t i = 0; i < batch.signals[0].size(); i += 256) batch.signals[0][i] = 1.0F;
  // The last frame is centred behind the last sample and holds none but zeros.
  Spectra want{std::vector<Complex>(8 * static_cast<std::size_t>(stft.n_bins()), Complex(1.0F, 0.0F))};
  want[0].resize(9 * static_cast<std::size_t>(stft.n_bins()));
  for (Backend* backend : {cpu_.get(), cuda_.get()}) {
    EXPECT_EQ(batch.analyse(*backend), want) << backend->name();  // as numbers: -0 is 0
  }
}

/// Through convert.h, as the program goes.
TEST_F(Cuda, RoundTripsSound) {
  const Audio audio = test::sound_of({test::voice(50000), test::noise(50000, 2)}, 16000);
  for (const Encoding encoding : {Encoding::Hsv, Encoding::Hsv16}) {
    EncodeSettings settings;
    settings.pixels.encoding = encoding;
    Picture picture;
    Audio back;
    to_audio(*cuda_, picture, to_picture(*cuda_, audio, settings, picture), back);
    EXPECT_GE(compare(audio, back).snr_db, encoding == Encoding::Hsv ? 40.0 : 90.0);
  }
}

TEST_F(Cuda, ManyBackendsOneAfterAnotherLeaveNothingBehind) {
  const Batch batch = noise_batch(StftSettings::for_n_fft(512));
  const Bytes pictures = batch.encode(*cuda_);
  for (int i = 0; i < 20; ++i) expect_same_bits(batch.encode(*make_backend("cuda")), pictures, "encode");
}

TEST(CudaSelection, ExplicitDeviceNeverFallsBack) {
  EXPECT_THROW(make_backend("cuda:4096"), Error);
  bool usable = false;
  for (const BackendInfo& info : list_backends()) usable |= info.usable && info.device.rfind("cuda", 0) == 0;
  if (usable) {
    EXPECT_EQ(make_backend("auto")->name().rfind("cuda", 0), 0U);
    return;
  }
  EXPECT_EQ(make_backend("auto")->name().rfind("cpu", 0), 0U);
  try {
    make_backend("cuda");
    FAIL() << "there should be no CUDA device here";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Device);
    std::printf("    %s\n", error.what());
  }
}

}  // namespace
}  // namespace spectrohue
