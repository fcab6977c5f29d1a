// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// The projector of the CUDA backend without CUDA: its kernels and the order of their launches on the device of
// support/emulated_device.h, whose transform is the CPU's. Every signal must equal the CPU's to the bit; errors are
// added up in another order.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "cpu/cpu_backend.h"
#include "spectrohue/error.h"
#include "support/contract.h"
#include "support/emulated_device.h"
#include "support/search_parity.h"
#include "support/sought.h"
#include "support/stft_calls.h"

namespace spectrohue::test {
namespace {

const SoughtShape kCases[] = {
    {"n512", 512, 128},
    {"n400_reflect", 400, 100, Window::Hann, true, PadMode::Reflect},
    {"n225_odd", 225, 75, Window::Hann, true, PadMode::Reflect},
    {"n512_uncentred", 512, 128, Window::Hamming, false},
    {"n64_uncentred_reflect", 64, 16, Window::Hamming, false, PadMode::Reflect},
    {"n64_hop_5", 64, 5},
    {"n45_odd", 45, 9},
    {"n16_hop_1", 16, 1},
    {"hop_is_n_fft", 32, 32, Window::Rectangular},
};

/// Slots of so many frames, each filled by batches of the FFT of a quarter of them.
cuda::SlotLimits slots_of(std::int64_t frames, int n_fft) {
  cuda::SlotLimits limits;
  limits.bytes = std::int64_t{1} << 40;
  limits.frames = frames;
  limits.fft_samples = std::max<std::int64_t>(frames / 4, 1) * n_fft;
  return limits;
}

std::vector<Sought> sought_signals(const StftSettings& s, bool guesses, std::size_t n_bands) {
  std::vector<Sought> list;
  const std::int64_t n = s.n_fft;
  constexpr std::int64_t kNone = 0;
  constexpr std::int64_t kOne = 1;
  const std::int64_t several_slots = 40 * s.hop_length + 3;
  for (const std::int64_t length : {n + 7, kNone, n - 1, kOne, several_slots, n / 2}) {
    list.push_back(make_sought(s, length, static_cast<std::uint32_t>(list.size() + 1), guesses, n_bands));
  }
  return list;
}

void expect_as_cpu(const SearchTrace& found, const SearchTrace& wanted, const std::string& what) {
  ASSERT_EQ(found.signals.size(), wanted.signals.size());
  for (std::size_t i = 0; i < wanted.signals.size(); ++i) {
    ASSERT_EQ(found.signals[i], wanted.signals[i]) << what << ": signal " << i << " of " << wanted.signals.size();
  }
  for (std::size_t i = 0; i < wanted.errors.size(); ++i) {
    EXPECT_NEAR(found.errors[i], wanted.errors[i], contract::kProjectorErrors * wanted.errors[i]) << what;
  }
}

class EmulatedProjector : public testing::TestWithParam<SoughtShape> {
 protected:
  std::unique_ptr<Backend> cpu_ = cpu::make_cpu_backend();
};
INSTANTIATE_TEST_SUITE_P(Shapes, EmulatedProjector, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(EmulatedProjector, SearchesAsTheCpuDoes) {
  const StftSettings s = settings_of(GetParam());
  for (const bool guesses : {false, true}) {
    const std::vector<Sought> list = sought_signals(s, guesses, 0);
    const SearchTrace wanted = search(*make_projector(*cpu_, s, list), list);
    // From a frame at a time to all of them, which cut items anywhere.
    for (const std::int64_t frames : {1, 4, 12, 37, 1000}) {
      EmulatedBackend emulated(slots_of(frames, s.n_fft));
      expect_as_cpu(search(*make_projector(emulated, s, list), list), wanted, std::to_string(frames) + " frames");
      if (HasFailure()) return;
    }
  }
}

TEST_P(EmulatedProjector, MeetsBandsAsTheCpuDoes) {
  const StftSettings s = settings_of(GetParam());
  for (const bool of_squares : {false, true}) {
    const OverlappingBands bands(s, of_squares);
    const BandSums sums = bands.sums();
    const std::vector<Sought> list = sought_signals(s, false, bands.size());
    const SearchTrace wanted = search(*make_projector(*cpu_, s, list, &sums), list);
    for (const auto& [frames, order] : {std::pair{4, ThreadOrder::Rising}, std::pair{37, ThreadOrder::Falling},
                                        std::pair{1000, ThreadOrder::Mixed}}) {
      EmulatedBackend emulated(slots_of(frames, s.n_fft), Order::Reluctant, 1, 0.0F, order);
      expect_as_cpu(search(*make_projector(emulated, s, list, &sums), list), wanted,
                    std::to_string(frames) + " frames");
      if (HasFailure()) return;
    }
  }
}

TEST_P(EmulatedProjector, CouplesAsTheCpuDoes) {
  const StftSettings s = settings_of(GetParam());
  std::vector<Sought> list;
  for (const std::int64_t n : {900, 900, 900, 0, 0, 0, 333, 333, 333}) {
    list.push_back(make_sought(s, n, static_cast<std::uint32_t>(list.size() + 1)));
  }
  const auto run = [&](Backend& backend) {
    const auto projector = make_projector(backend, s, list);
    SearchTrace trace = search(*projector, list, true);
    for (const std::size_t done : {0, 1, 2}) projector->set_done(done);
    projector->couple(3);
    for (auto& x : read_signal(*projector, list, 3)) trace.signals.push_back(std::move(x));
    return trace;
  };
  EmulatedBackend emulated(slots_of(12, s.n_fft));
  expect_as_cpu(run(emulated), run(*cpu_), "coupled");
}

/// To the bit, errors too: no sum knows of a slot or of another item.
TEST_P(EmulatedProjector, BatchAndSlotsDoNotMatter) {
  const StftSettings s = settings_of(GetParam());
  const OverlappingBands bands(s, true);
  const BandSums sums = bands.sums();
  const std::vector<Sought> list = sought_signals(s, true, bands.size());
  for (const BandSums* given : {static_cast<const BandSums*>(nullptr), &sums}) {
    EmulatedBackend whole(slots_of(1000, s.n_fft));
    const SearchTrace all = search(*make_projector(whole, s, list, given), list);
    EmulatedBackend cut(slots_of(8, s.n_fft), Order::Random, 3, 0.0F, ThreadOrder::Mixed);
    EXPECT_EQ(search(*make_projector(cut, s, list, given), list), all);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::vector<Sought> one{list[i]};
      const SearchTrace alone = search(*make_projector(cut, s, one, given), one);
      EXPECT_EQ(alone.errors[0], all.errors[i]);
      for (std::size_t k = 0; k < alone.signals.size(); ++k) {
        ASSERT_EQ(alone.signals[k], all.signals[k * list.size() + i]) << "item " << i << ", signal " << k;
      }
    }
  }
}

/// Items leave the lists one by one; the others are cut elsewhere then, and come out the same.
TEST_P(EmulatedProjector, LeavesWhatIsDone) {
  const StftSettings s = settings_of(GetParam());
  const std::vector<Sought> list = sought_signals(s, false, 0);
  const auto run = [&](Backend& backend) {
    SearchTrace trace;
    const auto projector = make_projector(backend, s, list);
    projector->synthesise(0);
    for (const int other : {1, 2, 3}) projector->copy(0, other);
    for (const std::size_t done : {2, 1, 4, 0, 3, 5}) {
      projector->relax(0, 1, 0.9F);
      projector->project(1, 0);
      projector->accelerate(0, 1, 2, 3, {1.25F, 0.99F, 0.99F});
      projector->copy(1, 0);
      for (int signal = 0; signal < Projector::kSignals; ++signal) {
        for (auto& x : read_signal(*projector, list, signal)) trace.signals.push_back(std::move(x));
      }
      const std::vector<double> errors = projector->errors(0);
      trace.errors.insert(trace.errors.end(), errors.begin(), errors.end());
      projector->set_done(done);
    }
    projector->settle(0);
    EXPECT_EQ(projector->errors(0), std::vector<double>(list.size(), 0.0)) << "all is done";
    return trace;
  };
  EmulatedBackend emulated(slots_of(12, s.n_fft));
  expect_as_cpu(run(emulated), run(*cpu_), "done");
}

TEST(EmulatedProjectors, MoreOfEverythingThanABlockHasThreads) {
  const auto cpu = cpu::make_cpu_backend();
  const StftSettings s = StftSettings::for_n_fft(1500);
  const OverlappingBands bands(s, true);
  const BandSums sums = bands.sums();
  for (const BandSums* given : {static_cast<const BandSums*>(nullptr), &sums}) {
    std::vector<Sought> list;
    for (const std::int64_t n : {90000, 100, 61234}) {
      list.push_back(make_sought(s, n, static_cast<std::uint32_t>(n), true, bands.size()));
    }
    EmulatedBackend emulated(slots_of(100, s.n_fft));
    expect_as_cpu(search(*make_projector(emulated, s, list, given), list),
                  search(*make_projector(*cpu, s, list, given), list), "n_fft 1500");
  }
}

TEST(EmulatedProjectors, ThousandsOfTinyItems) {
  const auto cpu = cpu::make_cpu_backend();
  const StftSettings s = sized(16, 4);
  std::vector<Sought> list;
  for (std::uint32_t i = 0; i < 3000; ++i) list.push_back(make_sought(s, i % 11, i));
  EmulatedBackend emulated(slots_of(4096, s.n_fft));
  expect_as_cpu(search(*make_projector(emulated, s, list), list), search(*make_projector(*cpu, s, list), list), "tiny");
}

TEST(EmulatedProjectors, NothingToSeek) {
  const StftSettings s = sized(16, 4);
  EmulatedBackend emulated;
  for (const std::size_t n : {0, 2}) {
    const std::vector<Sought> list(n);
    const auto projector = make_projector(emulated, s, list);
    projector->synthesise(0);
    projector->relax(0, 1, 0.9F);
    projector->settle(0);
    projector->copy(0, 1);
    projector->project(1, 0);
    projector->accelerate(0, 1, 2, 3, {});
    projector->couple(0);
    EXPECT_EQ(projector->errors(0), std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i) projector->read(0, i, {});
  }
}

/// What is uploaded or downloaded in pieces: more samples, and more rows, than a piece has.
TEST(EmulatedProjectors, MoreThanIsUploadedAtATime) {
  const auto cpu = cpu::make_cpu_backend();
  StftSettings s = sized(1024, 1024);
  s.window = Window::Rectangular;
  const std::vector<Sought> list{make_sought(s, 5000, 1), make_sought(s, 2'200'000, 2), make_sought(s, 1'000'000, 3)};
  EmulatedBackend emulated;
  const auto made = [&](Backend& backend) {
    const auto projector = make_projector(backend, s, list);
    projector->synthesise(0);
    projector->project(0, 3);
    return read_signal(*projector, list, 3);
  };
  EXPECT_EQ(made(emulated), made(*cpu));
}

/// The backend's other calls come in between, with other settings and with plans of other sizes.
TEST(EmulatedProjectors, LivesBesideOtherCalls) {
  const auto cpu = cpu::make_cpu_backend();
  const StftSettings s = sized(64, 16);
  const StftSettings other = sized(45, 9);
  const std::vector<Sought> list{make_sought(s, 700, 1), make_sought(s, 300, 2)};
  const std::vector<float> x = noise(500);
  EmulatedBackend emulated(slots_of(12, s.n_fft), Order::NewestFirst);
  const auto made = [&](Backend& backend) {
    const auto projector = make_projector(backend, s, list);
    projector->synthesise(0);
    projector->project(0, 1);
    EXPECT_EQ(analyse(backend, other, x), analyse(*cpu, other, x));
    projector->project(1, 2);
    EXPECT_EQ(analyse(backend, s, x), analyse(*cpu, s, x));
    return read_signal(*projector, list, 2);
  };
  EXPECT_EQ(made(emulated), made(*cpu));
}

/// After a failure of any allocation the backend is usable, and what can be done in less memory is.
TEST(EmulatedProjectors, RecoverFromExhaustedMemory) {
  constexpr std::int64_t kEnough = std::numeric_limits<std::int64_t>::max();
  const auto cpu = cpu::make_cpu_backend();
  const StftSettings s = sized(64, 16);
  const OverlappingBands bands(s, true);
  const BandSums sums = bands.sums();
  for (const BandSums* given : {static_cast<const BandSums*>(nullptr), &sums}) {
    const std::vector<Sought> list{make_sought(s, 700, 1, true, bands.size()),
                                   make_sought(s, 300, 2, true, bands.size())};
    const SearchTrace wanted = search(*make_projector(*cpu, s, list, given), list);
    int failures = 0;
    for (bool done = false; !done; ++failures) {
      EmulatedBackend emulated(slots_of(12, s.n_fft));
      allocations_left = failures;
      try {
        const auto projector = make_projector(emulated, s, list, given);
        allocations_left = 0;  // no step takes any
        expect_as_cpu(search(*projector, list), wanted, "with no more memory");
        done = true;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
        EXPECT_NE(std::string(error.what()).find("the phases of 2 signals"), std::string::npos) << error.what();
      }
      allocations_left = kEnough;
      expect_as_cpu(search(*make_projector(emulated, s, list, given), list), wanted, "after a failure");
      ASSERT_FALSE(testing::Test::HasFailure()) << "allocation " << failures;
    }
    EXPECT_GT(failures, 20);
  }
}

TEST(EmulatedProjectors, TakeFewerFramesWhereMemoryIsShort) {
  constexpr std::size_t kEnough = std::numeric_limits<std::size_t>::max();
  const auto cpu = cpu::make_cpu_backend();
  const StftSettings s = sized(64, 16);
  const std::vector<Sought> list{make_sought(s, 9000, 1), make_sought(s, 3000, 2)};
  const SearchTrace wanted = search(*make_projector(*cpu, s, list), list);
  cuda::SlotLimits limits = slots_of(2048, s.n_fft);
  limits.fft_samples = 4 * s.n_fft;
  const auto used_by = [&](Backend& backend) {
    const std::size_t before = memory_used;
    const auto projector = make_projector(backend, s, list);
    const std::size_t used = memory_used - before;
    expect_as_cpu(search(*projector, list), wanted, "search");
    return used;
  };
  EmulatedBackend emulated(limits);
  EmulatedBackend in_small_slots(slots_of(4, s.n_fft));
  const std::size_t most = used_by(emulated);
  const std::size_t least = used_by(in_small_slots);
  ASSERT_LT(least, most);
  // Halfway between the largest work area and the smallest.
  memory_limit = memory_used + (least + most) / 2;
  const std::size_t used = used_by(emulated);
  EXPECT_LT(used, (least + most) / 2);
  EXPECT_GT(used, least) << "it was halved more often than it had to";
  memory_limit = memory_used + least / 2;
  try {
    make_projector(emulated, s, list);
    ADD_FAILURE() << "it had too little memory";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
    EXPECT_NE(std::string(error.what()).find("4 frames of 64 samples"), std::string::npos) << error.what();
  }
  memory_limit = kEnough;
  EXPECT_EQ(used_by(emulated), most) << "what failed leaves no trace";
}

/// The largest page that the program makes: the grids over it.
TEST(ProjectorKernels, TakeAWholeSlotAndALongSound) {
  cuda::ProjectArgs args;
  args.frames.capacity = cuda::SlotLimits{}.frames;
  args.n_fft = 1 << 20;
  expect_legal(cuda::Relax::shape(args));
  cuda::CopySamplesArgs copy;
  copy.n = std::int64_t{1} << 38;
  expect_legal(cuda::CopySamples::shape(copy));
}

// ------------------------------------------------------------------------------------- another transform

/// One whose errors are cuFFT's at most.
TEST(EmulatedProjectors, AnotherTransformReachesTheSame) {
  const auto cpu = cpu::make_cpu_backend();
  for (const auto& [n_fft, hop] : {std::pair{512, 128}, {400, 100}, {225, 45}}) {
    const StftSettings s = sized(n_fft, hop);
    EmulatedBackend other(slots_of(64, n_fft), Order::Reluctant, 1, 3e-7F);
    expect_same_step(*cpu, other, s);
    expect_same_reach(*cpu, other, s, voice_and_noise(), false);
    expect_same_reach(*cpu, other, s, three_planes(), true);
  }
}

/// With the CPU's transform the whole search is the CPU's to the bit, whatever its method is.
TEST(EmulatedProjectors, SearchesAreTheCpusWithItsTransform) {
  const auto cpu = cpu::make_cpu_backend();
  const StftSettings s = sized(400, 100);
  for (const PhaseMethod method : {PhaseMethod::Hybrid, PhaseMethod::GriffinLim, PhaseMethod::None}) {
    RetrievalSettings settings;
    settings.method = method;
    settings.n_iter = 20;
    const Heard by_cpu(*cpu, s, voice_and_noise());
    const Heard by_emulated(*cpu, s, voice_and_noise());
    EmulatedBackend emulated(slots_of(64, s.n_fft));
    const auto wanted = retrieve(*cpu, s, settings, by_cpu.items);
    const auto found = retrieve(emulated, s, settings, by_emulated.items);
    EXPECT_EQ(by_emulated.found, by_cpu.found);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_NEAR(found[i].error, wanted[i].error, contract::kProjectorErrors * wanted[i].error);
    }
  }
}

}  // namespace
}  // namespace spectrohue::test
