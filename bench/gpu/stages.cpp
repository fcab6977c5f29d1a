// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What each kernel and copy of the CUDA backend takes, and how near it comes to the memory's bandwidth:
//
//     gpu_stages [DEVICE [SECONDS]]    a table in Markdown; DEVICE 0, SECONDS of sound 120
//
// The backend itself runs, on a queue that waits after every operation and times it by CUDA events: nothing overlaps,
// so the times are those of the operations alone. "GB" are the bytes that an operation must read and write once, in the
// design as it is; "of a copy" is their rate over that of copying memory on the device.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/cuda/queue.h"
#include "kernels/cuda_backend.h"
#include "kernels/slot_backend.h"
#include "spectrohue/encode_png.h"
#include "spectrohue/error.h"
#include "support/bench.h"

namespace spectrohue::bench {
namespace {

using cuda::CudaQueue;

struct Row {
  double ms = 0;
  double bytes = 0;
  std::int64_t n = 0;
};

/// Operations by name, in the order of their first use.
class Times {
 public:
  void add(const std::string& name, double ms, double bytes) {
    const auto [at, is_new] = places_.try_emplace(name, rows_.size());
    if (is_new) rows_.emplace_back(name, Row{});
    Row& row = rows_[at->second].second;
    row.ms += ms;
    row.bytes += bytes;
    ++row.n;
  }
  void clear() {
    places_.clear();
    rows_.clear();
  }
  const std::vector<std::pair<std::string, Row>>& rows() const { return rows_; }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::pair<std::string, Row>> rows_;
};

/// Two marks in a stream.
class Stopwatch {
 public:
  Stopwatch() {
    CUDA_CHECK(cudaEventCreate(&begin_));
    CUDA_CHECK(cudaEventCreate(&end_));
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    CUDA_CHECK_QUIET(cudaEventDestroy(begin_));
    CUDA_CHECK_QUIET(cudaEventDestroy(end_));
  }
  /// Milliseconds that what act() queues on the stream takes. Waits.
  template <class Act>
  double measure(cudaStream_t stream, Act&& act) const {
    CUDA_CHECK(cudaEventRecord(begin_, stream));
    act();
    CUDA_CHECK(cudaEventRecord(end_, stream));
    CUDA_CHECK(cudaEventSynchronize(end_));
    float ms = 0;
    CUDA_CHECK(cudaEventElapsedTime(&ms, begin_, end_));
    return ms;
  }

 private:
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

// --- What operations must read and write, in bytes.

constexpr double kBin = sizeof(cuda::Bin);
double bins_of(std::int64_t n_frames, int n_fft) { return static_cast<double>(n_frames) * (n_fft / 2 + 1); }
double bytes_of(const cuda::StripeBatch& batch) {
  return static_cast<double>(batch.n_stripes) * static_cast<double>(math::kStripeBytes);
}
double samples_of(const cuda::AccelerateArgs& a) { return 24.0 * static_cast<double>(a.n); }
double samples_of(const cuda::CopySamplesArgs& a) { return 8.0 * static_cast<double>(a.n); }
double samples_of(const cuda::CoupleArgs& a) { return 24.0 * static_cast<double>(a.n); }

template <class Kernel>
double bytes_of_projection(const typename Kernel::Args& args) {
  if constexpr (requires { args.frames.capacity; }) {
    const double bins = bins_of(args.frames.slot.n_frames, args.n_fft);
    const bool uses_state = std::is_same_v<Kernel, cuda::Relax>;
    const bool sums = std::is_same_v<Kernel, cuda::SumErrors>;
    return bins * (4 + (sums ? 1 : 2) * kBin + (uses_state ? 2 * kBin : 0));
  } else if constexpr (requires { samples_of(args); }) {
    return samples_of(args);
  } else {
    return 0;
  }
}

/// CudaQueue that waits for every operation, and adds it to `times`.
class TimedQueue : public CudaQueue {
 public:
  TimedQueue(int ordinal, Times& times)
      : CudaQueue(ordinal), times_(&times), stopwatch_(std::make_unique<Stopwatch>()) {}

  template <class T>
  void upload(cuda::DeviceArray<T>& to, const cuda::PinnedArray<T>& from, std::int64_t n, std::int64_t first = 0) {
    timed("upload", static_cast<double>(n) * sizeof(T), [&] { CudaQueue::upload(to, from, n, first); });
  }
  template <class T>
  void download(cuda::PinnedArray<T>& to, const cuda::DeviceArray<T>& from, std::int64_t n, std::int64_t first = 0) {
    timed("download", static_cast<double>(n) * sizeof(T), [&] { CudaQueue::download(to, from, n, first); });
  }
  template <class T>
  void clear(cuda::DeviceArray<T>& to, std::int64_t first, std::int64_t n) {
    timed("clear", static_cast<double>(n) * sizeof(T), [&] { CudaQueue::clear(to, first, n); });
  }
  void fft_forward(int n_fft, std::int64_t n_frames, float* frames, cuda::Bin* spectrum) {
    timed("fft forward", fft_bytes(n_fft, n_frames),
          [&] { CudaQueue::fft_forward(n_fft, n_frames, frames, spectrum); });
  }
  void fft_inverse(int n_fft, std::int64_t n_frames, cuda::Bin* spectrum, float* frames) {
    timed("fft inverse", fft_bytes(n_fft, n_frames),
          [&] { CudaQueue::fft_inverse(n_fft, n_frames, spectrum, frames); });
  }
  void real_bins(const cuda::RealBinsArgs& args) {
    timed("real_bins", 0, [&] { CudaQueue::real_bins(args); });
  }
  void frames(const cuda::FramesArgs& args) {
    timed("frames", 4.0 * static_cast<double>(args.slot.n_frames) * (args.shape.hop + args.shape.n_fft),
          [&] { CudaQueue::frames(args); });
  }
  void overlap_add(const cuda::OverlapAddArgs& args) {
    timed("overlap_add", 4.0 * static_cast<double>(args.slot.n_frames) * (args.shape.hop + args.shape.n_fft),
          [&] { CudaQueue::overlap_add(args); });
  }
  void peak(const cuda::PeakArgs& args) {
    timed("peak", static_cast<double>(args.slot.n_frames) * args.n_bins * kBin, [&] { CudaQueue::peak(args); });
  }
  template <class Code>
  void encode_pixels(const cuda::EncodePixelsArgs<Code>& args) {
    timed("encode_pixels",
          static_cast<double>(args.slot.n_frames) * (args.n_bins * kBin + 3.0 * args.n_rows * sizeof(Code)),
          [&] { CudaQueue::encode_pixels(args); });
  }
  template <class Code>
  void decode_pixels(const cuda::DecodePixelsArgs<Code>& args) {
    timed("decode_pixels", bins_of(args.slot.n_frames, args.n_fft) * (kBin + 3 * sizeof(Code)),
          [&] { CudaQueue::decode_pixels(args); });
  }
  template <class Code>
  void turn_pixels(const cuda::TurnPixelsArgs<Code>& args) {
    timed("turn_pixels", static_cast<double>(args.slot.n_frames) * args.n_bins * 6 * sizeof(Code),
          [&] { CudaQueue::turn_pixels(args); });
  }
  template <class Kernel>
  void closed_loop(const typename Kernel::Args& args) {
    timed(Kernel::kName, 0, [&] { CudaQueue::closed_loop<Kernel>(args); });
  }
  template <class Kernel>
  void projection(const typename Kernel::Args& args) {
    timed(Kernel::kName, bytes_of_projection<Kernel>(args), [&] { CudaQueue::projection<Kernel>(args); });
  }
  template <class Kernel>
  void projection_blocks(const typename Kernel::Args& args) {
    timed(Kernel::kName, bytes_of_projection<Kernel>(args), [&] { CudaQueue::projection_blocks<Kernel>(args); });
  }
  template <class Kernel>
  void forest(const cuda::ForestArgs& args) {
    timed(Kernel::kName, static_cast<double>(args.n_rows) * static_cast<double>(args.n_bins) * 8,
          [&] { CudaQueue::forest<Kernel>(args); });
  }
  void sample_filters(const cuda::SampleFiltersArgs& args) {
    timed("png sample_filters", 0, [&] { CudaQueue::sample_filters(args); });
  }
  void count_stripes(const cuda::CountStripesArgs& args) {
    timed("png count_stripes", bytes_of(args.batch), [&] { CudaQueue::count_stripes(args); });
  }
  void code_stripes(const cuda::CodeStripesArgs& args) {
    timed("png code_stripes", 0, [&] { CudaQueue::code_stripes(args); });
  }
  void place_stripes(const cuda::PlaceStripesArgs& args) {
    timed("png place_stripes", 0, [&] { CudaQueue::place_stripes(args); });
  }
  void pack_stripes(const cuda::PackStripesArgs& args) {
    timed("png pack_stripes", bytes_of(args.batch), [&] { CudaQueue::pack_stripes(args); });
  }
  void sum_pixels(const cuda::SumPixelsArgs& args) {
    timed("png sum_pixels", bytes_of(args.batch), [&] { CudaQueue::sum_pixels(args); });
  }

 private:
  static double fft_bytes(int n_fft, std::int64_t n_frames) {
    return 4.0 * static_cast<double>(n_frames) * n_fft + bins_of(n_frames, n_fft) * kBin;
  }
  template <class Act>
  void timed(const std::string& name, double bytes, Act&& act) {
    times_->add(name, stopwatch_->measure(stream(), act), bytes);
  }

  Times* times_;
  std::unique_ptr<Stopwatch> stopwatch_;
};

// --- The machine.

struct Bandwidth {
  double copy = 0;      ///< GB/s on the device, bytes read and bytes written
  double upload = 0;    ///< from pinned memory
  double download = 0;  ///< to it
};

Bandwidth measure_bandwidth() {
  constexpr std::size_t kBytes = std::size_t{1} << 30;
  constexpr int kTimes = 10;
  const cuda::Stream stream;
  const Stopwatch stopwatch;
  cuda::DeviceArray<std::uint8_t> a;
  cuda::DeviceArray<std::uint8_t> b;
  cuda::PinnedArray<std::uint8_t> host;
  a.resize(kBytes);
  b.resize(kBytes);
  host.resize(kBytes);
  const auto rate = [&](void* to, const void* from, cudaMemcpyKind kind) {
    std::vector<double> ms;
    for (int i = 0; i < kTimes; ++i) {
      ms.push_back(
          stopwatch.measure(stream.get(), [&] { CUDA_CHECK(cudaMemcpyAsync(to, from, kBytes, kind, stream.get())); }));
    }
    std::sort(ms.begin(), ms.end());
    return static_cast<double>(kBytes) / ms[kTimes / 2] * 1e-6;
  };
  return {2 * rate(b.data(), a.data(), cudaMemcpyDeviceToDevice), rate(a.data(), host.data(), cudaMemcpyHostToDevice),
          rate(host.data(), a.data(), cudaMemcpyDeviceToHost)};
}

// --- The work.

struct NobodyTakes final : TileTaker {
  bool is_plain(const FilterSamples& /*samples*/) override { return true; }
  void take(const EncodedTile& tile) override {
    for (const StripeChunk& stripe : tile.stripes) bytes += stripe.chunk_bytes;
  }
  std::int64_t bytes = 0;
};

/// A backend on timed queues, and what it is given: items of ten seconds of music, mono.
class Bench {
 public:
  Bench(int ordinal, int seconds) : bandwidth_(measure_bandwidth()), seconds_(std::max(seconds / 10, 1) * 10) {
    std::vector<TimedQueue> queues;
    for (int i = 0; i < cuda::kSlotsInFlight; ++i) queues.emplace_back(ordinal, times_);
    backend_ = std::make_unique<cuda::SlotBackend<TimedQueue>>("timed", std::move(queues));
    stft_ = StftSettings::for_n_fft(2048);
    signals_.assign(static_cast<std::size_t>(seconds_ / 10), music(10));
  }

  void run() {
    std::printf("Copies: %.0f GB/s on the device (read and written), %.1f up, %.1f down.\n", bandwidth_.copy,
                bandwidth_.upload, bandwidth_.download);
    std::printf("n_fft 2048, hop 512, %d s of 44.1 kHz mono in files of 10 s; the second of two runs.\n", seconds_);
    PixelSettings fast;
    fast.refine = PixelSettings::kOpenLoop;
    PixelSettings refined;
    PixelSettings deep = fast;
    deep.encoding = Encoding::Hsv16;
    report("peak", [&] { peaks(); });
    report("encode, hsv, --quality fast, to PNG stripes", [&] { encode(fast); });
    report("encode, hsv16, --quality fast, to PNG stripes", [&] { encode(deep); });
    report("encode, hsv, default quality, to PNG stripes", [&] { encode(refined); });
    pixels_of(fast);
    report("decode, hsv", [&] { decode(fast); });
    magnitudes_of();
    report("phases, --init forest", [&] { integrate(); });
    report("phase retrieval, 16 steps (8 RAAR, 8 AGLA)", [&] { search(); });
  }

 private:
  std::int64_t n_frames() const { return stft_.n_frames(std::ssize(signals_[0])); }
  std::size_t n_values() const { return static_cast<std::size_t>(n_frames() * stft_.n_bins()); }

  void report(const char* what, const std::function<void()>& act) {
    act();  // plans, and memory
    times_.clear();
    act();
    double ms = 0;
    double kernel_bytes = 0;
    double kernel_ms = 0;
    std::printf(
        "\n### %s\n\n| operation | launches | ms | GB | GB/s | of a copy |\n| --- | ---: | ---: | ---: | ---: | ---: "
        "|\n",
        what);
    for (const auto& [name, row] : times_.rows()) {
      ms += row.ms;
      const bool is_copy = name == "upload" || name == "download";
      if (!is_copy && row.bytes > 0) {
        kernel_bytes += row.bytes;
        kernel_ms += row.ms;
      }
      const double rate = row.bytes / row.ms * 1e-6;
      const double share = rate / (name == "upload"     ? bandwidth_.upload
                                   : name == "download" ? bandwidth_.download
                                                        : bandwidth_.copy);
      std::printf("| %s | %lld | %.3f |", name.c_str(), static_cast<long long>(row.n), row.ms);
      row.bytes > 0 ? std::printf(" %.3f | %.0f | %.0f %% |\n", row.bytes * 1e-9, rate, 100 * share)
                    : std::printf(" | | |\n");
    }
    std::printf(
        "\nAll: %.2f ms, %.1f hours of sound a second; operations with bytes, copies over the bus left out: "
        "%.0f %% of a copy's rate.\n",
        ms, seconds_ / ms / 3.6, 100 * kernel_bytes / kernel_ms * 1e-6 / bandwidth_.copy);
    std::fflush(stdout);
  }

  void peaks() {
    std::vector<PeakItem> items;
    for (const auto& x : signals_) items.push_back({x, 0, n_frames()});
    refs_.resize(items.size());
    backend_->peak(stft_, {}, items, refs_);
  }

  void encode(const PixelSettings& pixels) {
    std::vector<Signal> channels(signals_.begin(), signals_.end());
    std::vector<PngItem> items;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      PngItem item;
      item.channels = {&channels[i], 1};
      item.refs = {&refs_[i], 1};
      item.n_frames = item.tile_width = item.tile_step = n_frames();
      items.push_back(item);
    }
    NobodyTakes taker;
    backend_->encode_png(stft_, pixels, items, taker);
  }

  void pixels_of(const PixelSettings& pixels) {
    std::vector<EncodeItem> items;
    pixels_.assign(signals_.size(), {});
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      pixels_[i].resize(3 * n_values());
      items.push_back({signals_[i], refs_[i], {pixels_[i].data(), 3 * n_frames(), n_frames()}});
    }
    backend_->encode(stft_, pixels, items);
  }
  void decode(const PixelSettings& pixels) {
    std::vector<DecodeItem> items;
    found_.assign(signals_.size(), std::vector<float>(signals_[0].size()));
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      items.push_back({{pixels_[i].data(), 3 * n_frames(), n_frames()}, refs_[i], found_[i]});
    }
    backend_->decode(stft_, pixels, items);
  }

  void magnitudes_of() {
    Buffer<Complex> spectrum(n_values());
    magnitudes_.assign(signals_.size(), {});
    phases_.assign(signals_.size(), std::vector<float>(n_values()));
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      const AnalyseItem item{signals_[i], spectrum.span()};
      backend_->analyse(stft_, {&item, 1});
      for (const Complex& bin : spectrum) magnitudes_[i].push_back(std::abs(bin));
    }
  }
  void integrate() {
    std::vector<PhaseItem> items;
    for (std::size_t i = 0; i < signals_.size(); ++i) items.push_back({magnitudes_[i], phases_[i]});
    backend_->integrate_phases(stft_, 0, items);
  }
  void search() {
    std::vector<ProjectorItem> items;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      items.push_back({magnitudes_[i], phases_[i], {}, std::ssize(signals_[i])});
    }
    const auto projector = backend_->make_projector(stft_, nullptr, items);
    projector->synthesise(0);
    for (int i = 0; i < 4; ++i) {
      projector->relax(0, 1, 0.9F);
      projector->relax(1, 0, 0.9F);
    }
    projector->settle(0);
    for (const int to : {1, 2, 3}) projector->copy(0, to);
    for (int i = 0; i < 8; ++i) {
      projector->project(1, 0);
      projector->accelerate(0, 1, 2, 3, {1.25F, 0.99F, 0.99F});
    }
    projector->errors(0);
  }

  Times times_;
  Bandwidth bandwidth_;
  int seconds_;
  std::unique_ptr<cuda::SlotBackend<TimedQueue>> backend_;
  StftSettings stft_;
  std::vector<std::vector<float>> signals_;
  std::vector<float> refs_;
  std::vector<std::vector<std::uint8_t>> pixels_;
  std::vector<std::vector<float>> found_;
  std::vector<std::vector<float>> magnitudes_;
  std::vector<std::vector<float>> phases_;
};

int run(int argc, char** argv) {
  const int ordinal = argc > 1 ? std::atoi(argv[1]) : 0;
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 120;
  try {
    const std::vector<BackendInfo> devices = cuda::list_devices();
    if (static_cast<std::size_t>(ordinal) >= devices.size() || !devices[static_cast<std::size_t>(ordinal)].usable) {
      const std::string reason = devices.empty() ? "" : devices.front().reason;
      std::fprintf(stderr, "gpu_stages: no CUDA device %d: %s\n", ordinal, reason.c_str());
      return 3;
    }
    CUDA_CHECK(cudaSetDevice(ordinal));
    std::printf("%s.\n", devices[static_cast<std::size_t>(ordinal)].description.c_str());
    Bench(ordinal, seconds).run();
  } catch (const Error& error) {
    std::fprintf(stderr, "gpu_stages: %s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace spectrohue::bench

int main(int argc, char** argv) { return spectrohue::bench::run(argc, argv); }
