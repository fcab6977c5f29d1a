// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Cutting frames, windowing them and the real FFT, as one stage: spectrohue's lanes against other FFT libraries. All
// take the same signal and window and leave every spectrum in memory that is reused from tile to tile or frame to
// frame, as a caller that goes on to pixels would have it. The counter `s_per_frame` is CPU time.
//
// Not shipped and linked with nothing that is: FFTW is GPL. Built for AVX2 where there is x86-64, which the peers that
// are headers profit from, and the windowing in front of all of them.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "core/stft_tables.h"
#include "cpu/fft_plan.h"
#include "cpu/lane_kernels.h"
#include "spectrohue/buffer.h"
#include "spectrohue/settings.h"

#ifdef SPECTROHUE_BENCH_FFTW
#include <fftw3.h>
#endif
#ifdef SPECTROHUE_BENCH_KISSFFT
#include <kiss_fftr.h>
#endif
#ifdef SPECTROHUE_BENCH_POCKETFFT
#include <pocketfft_hdronly.h>
#endif

namespace spectrohue::bench {
namespace {

using Complex = std::complex<float>;

constexpr int kFrames = 1024;
constexpr int kBlock = 16;

struct Job {
  explicit Job(int n_fft)
      : tables(StftSettings::for_n_fft(n_fft)),
        n(n_fft),
        hop(tables.settings.hop_length),
        signal(static_cast<std::size_t>((kFrames - 1) * hop + n)) {
    std::uint32_t state = 1;
    for (float& x : signal) {
      state = state * 1664525U + 1013904223U;
      x = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
    }
  }
  const float* frame(int f) const { return signal.data() + static_cast<std::int64_t>(f) * hop; }
  void window_frame(int f, float* to) const {
    const float* from = frame(f);
    const float* w = tables.window.data();
    for (int i = 0; i < n; ++i) to[i] = from[i] * w[i];
  }
  int n_bins() const { return n / 2 + 1; }

  StftTables tables;
  int n;
  int hop;
  Buffer<float> signal;
};

/// One way to do the job. `block` frames are transformed at a time.
class Peer {
 public:
  explicit Peer(int block) : block(block) {}
  virtual ~Peer() = default;
  virtual void transform(int first_frame) = 0;
  /// Of the block that was transformed last.
  virtual Complex bin(int frame_in_block, int k) const = 0;
  const int block;
};

class Lanes final : public Peer {
 public:
  Lanes(const Job& job, const cpu::LaneKernels& kernels)
      : Peer(kernels.lanes),
        job_(job),
        kernels_(kernels),
        plan_(job.n),
        tile_{plan_.tables(), job.hop, job.tables.window.data(), job.tables.synthesis_window.data()} {
    work_.resize(static_cast<std::size_t>(job.n) * 2 * kernels.lanes);
    spectrum_.resize(static_cast<std::size_t>(job.n_bins()) * 2 * kernels.lanes);
  }
  void transform(int first) override { kernels_.analyse(tile_, job_.frame(first), work_.data(), spectrum_.data()); }
  Complex bin(int frame, int k) const override {
    const float* p = spectrum_.data() + static_cast<std::int64_t>(k) * 2 * block + frame;
    // spectrohue measures the phase at the frame's centre.
    return k % 2 == 0 ? Complex(p[0], p[block]) : -Complex(p[0], p[block]);
  }

 private:
  const Job& job_;
  const cpu::LaneKernels& kernels_;
  cpu::FftPlan plan_;
  cpu::TileTables tile_;
  Buffer<float> work_;
  Buffer<float> spectrum_;
};

/// Windows `block` frames into `in`; what comes out is in `out`, [block][n_bins]. The frames of `in` are a little
/// apart: powers of two would fall into the same sets of the cache.
class FrameByFrame : public Peer {
 public:
  FrameByFrame(const Job& job, int block) : Peer(block), job_(job), stride_(job.n + 16) {
    in_.resize(static_cast<std::size_t>(block) * stride_);
    out_.resize(static_cast<std::size_t>(block) * job.n_bins());
  }
  Complex bin(int frame, int k) const override {
    return out_[static_cast<std::size_t>(frame) * job_.n_bins() + static_cast<std::size_t>(k)];
  }

 protected:
  void window_block(int first) {
    for (int f = 0; f < block; ++f) job_.window_frame(first + f, in_.data() + static_cast<std::int64_t>(f) * stride_);
  }
  const Job& job_;
  const int stride_;
  Buffer<float> in_;
  Buffer<Complex> out_;
};

#ifdef SPECTROHUE_BENCH_FFTW
class Fftw final : public FrameByFrame {
 public:
  Fftw(const Job& job, int block) : FrameByFrame(job, block) {
    auto* out = reinterpret_cast<fftwf_complex*>(out_.data());
    plan_ = block == 1 ? fftwf_plan_dft_r2c_1d(job.n, in_.data(), out, FFTW_MEASURE)
                       : fftwf_plan_many_dft_r2c(1, &job.n, block, in_.data(), nullptr, 1, stride_, out, nullptr, 1,
                                                 job.n_bins(), FFTW_MEASURE);
  }
  Fftw(const Fftw&) = delete;
  Fftw& operator=(const Fftw&) = delete;
  ~Fftw() override { fftwf_destroy_plan(plan_); }
  void transform(int first) override {
    window_block(first);
    fftwf_execute(plan_);
  }

 private:
  fftwf_plan plan_;
};
#endif

#ifdef SPECTROHUE_BENCH_KISSFFT
class KissFft final : public FrameByFrame {
 public:
  explicit KissFft(const Job& job) : FrameByFrame(job, 1), state_(kiss_fftr_alloc(job.n, 0, nullptr, nullptr)) {}
  KissFft(const KissFft&) = delete;
  KissFft& operator=(const KissFft&) = delete;
  ~KissFft() override { kiss_fftr_free(state_); }
  void transform(int first) override {
    window_block(first);
    kiss_fftr(state_, in_.data(), reinterpret_cast<kiss_fft_cpx*>(out_.data()));
  }

 private:
  kiss_fftr_cfg state_;
};
#endif

#ifdef SPECTROHUE_BENCH_POCKETFFT
class PocketFft final : public FrameByFrame {
 public:
  PocketFft(const Job& job, int block) : FrameByFrame(job, block) {}
  void transform(int first) override {
    window_block(first);
    const auto n = static_cast<std::size_t>(job_.n);
    const auto real = static_cast<std::ptrdiff_t>(sizeof(float));
    const auto complex = static_cast<std::ptrdiff_t>(sizeof(Complex));
    pocketfft::r2c<float>({static_cast<std::size_t>(block), n}, {stride_ * real, real},
                          {job_.n_bins() * complex, complex}, 1, true, in_.data(), out_.data(), 1.0F);
  }
};
#endif

/// Relative L2 distance of one block, somewhere in the middle, from the sum as it is written down, in double.
double error_of(const Job& job, Peer& peer) {
  const int first = kFrames / 2;
  peer.transform(first);
  std::vector<std::complex<double>> turn(static_cast<std::size_t>(job.n));
  for (int i = 0; i < job.n; ++i) turn[i] = std::polar(1.0, -2 * std::numbers::pi * i / job.n);
  double error = 0;
  double total = 0;
  for (int f = 0; f<peer.block; f += peer.block> 1 ? peer.block - 1 : 1) {  // the first and the last
    const float* x = job.frame(first + f);
    for (int k = 0; k < job.n_bins(); ++k) {
      std::complex<double> sum = 0;
      for (int i = 0; i < job.n; ++i) {
        sum += static_cast<double>(x[i]) * job.tables.window[i] * turn[static_cast<std::int64_t>(i) * k % job.n];
      }
      error += std::norm(std::complex<double>(peer.bin(f, k)) - sum);
      total += std::norm(sum);
    }
  }
  return std::sqrt(error / total);
}

using MakePeer = std::function<std::unique_ptr<Peer>(const Job&)>;

void register_peer(const std::string& name, const MakePeer& make) {
  for (const int n : {400, 512, 1024, 2048, 4096}) {
    const std::string row = "frames_fft/" + name + "/n_fft:" + std::to_string(n) + "/hop:" + std::to_string(n / 4);
    // Made once a row, not once a repetition: FFTW's planning takes long.
    auto job = std::make_shared<Job>(n);
    auto peer = std::make_shared<std::unique_ptr<Peer>>();
    benchmark::RegisterBenchmark(row.c_str(), [=](benchmark::State& state) {
      if (!*peer) *peer = make(*job);
      Peer& p = **peer;
      if (error_of(*job, p) > 1e-6) {
        state.SkipWithError("its spectrum is wrong");
        return;
      }
      for (auto _ : state) {
        for (int f = 0; f < kFrames; f += p.block) p.transform(f);
        benchmark::ClobberMemory();
      }
      state.counters["s_per_frame"] =
          benchmark::Counter(kFrames, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    })->Unit(benchmark::kMicrosecond);
  }
}

[[maybe_unused]] void say_missing(const std::string& library) {
  benchmark::AddCustomContext(library, "not measured: not found when the benches were configured");
}

void register_benches() {
  for (const cpu::LaneKernels* kernels : cpu::usable_lane_kernels()) {
    register_peer(std::string("spectrohue_") + kernels->name,
                  [=](const Job& job) { return std::make_unique<Lanes>(job, *kernels); });
  }
#ifdef SPECTROHUE_BENCH_FFTW
  benchmark::AddCustomContext("FFTW", fftwf_version);
  register_peer("fftw", [](const Job& job) { return std::make_unique<Fftw>(job, 1); });
  register_peer("fftw_blocks", [](const Job& job) { return std::make_unique<Fftw>(job, kBlock); });
#else
  say_missing("FFTW");
#endif
#ifdef SPECTROHUE_BENCH_POCKETFFT
  benchmark::AddCustomContext("pocketfft", "the C++ header");
  register_peer("pocketfft", [](const Job& job) { return std::make_unique<PocketFft>(job, 1); });
  register_peer("pocketfft_blocks", [](const Job& job) { return std::make_unique<PocketFft>(job, kBlock); });
#else
  say_missing("pocketfft");
#endif
#ifdef SPECTROHUE_BENCH_KISSFFT
  benchmark::AddCustomContext("KissFFT", SPECTROHUE_BENCH_KISSFFT);
  register_peer("kissfft", [](const Job& job) { return std::make_unique<KissFft>(job); });
#else
  say_missing("KissFFT");
#endif
}

}  // namespace
}  // namespace spectrohue::bench

int main(int argc, char** argv) {
#ifdef __AVX2__
  if (!__builtin_cpu_supports("avx2")) {
    std::puts("fft_peers_bench: this build needs a processor with AVX2");
    return 0;
  }
#endif
  // pocketfft allocates in every call: at 4096 that must not go to the system each time.
  mallopt(M_MMAP_THRESHOLD, 1 << 26);
  mallopt(M_TRIM_THRESHOLD, 1 << 26);
  spectrohue::bench::register_benches();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
