// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// PNG files of sounds whose pixels are coded where they are computed: the same bytes as from the pixels by way of the
// host. On support/emulated_device.h, whose pixels are the CPU backend's, and, where there is one, on a CUDA device.
#include "spectrohue/encode_png.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "audio/audio_file.h"
#include "batch/encode.h"
#include "cpu/cpu_backend.h"
#include "image/note.h"
#include "image/png.h"
#include "spectro/pages.h"
#include "spectrohue/error.h"
#include "support/cuda_device.h"
#include "support/emulated_device.h"
#include "support/signals.h"
#include "support/sounds.h"
#include "support/temp_folder.h"

namespace spectrohue {
namespace {

using test::EmulatedBackend;
using test::Order;
using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t kMany = std::int64_t{1} << 40;

/// Columns of a sound's picture, in tiles.
struct Page {
  std::vector<std::vector<float>> channels;
  std::vector<float> refs;
  std::int64_t first_frame = 0;
  std::int64_t n_frames = 0;
  Tiling tiling{};
};

/// Pages of one call.
struct Pages {
  StftSettings stft;
  PixelSettings pixels;
  std::vector<Page> pages{};

  Pages(int n_fft, Encoding encoding, int refine) : stft(StftSettings::for_n_fft(n_fft)) {
    pixels.encoding = encoding;
    pixels.refine = refine;
    validate(pixels);
  }

  /// ref: a share of what a full-scale sine needs; 0: silence.
  void add(std::vector<std::vector<float>> channels, double ref = 1.0, std::optional<std::int64_t> tile_width = {}) {
    const std::int64_t n_frames = stft.n_frames(std::ssize(channels[0]));
    const std::vector<float> refs(channels.size(), static_cast<float>(ref * full_scale_magnitude(stft)));
    pages.push_back({std::move(channels), refs, 0, n_frames, {{tile_width.value_or(n_frames)}, {}}});
  }
};

std::string note_of(std::uint32_t crc) { return "{\"pixels\": " + std::to_string(crc) + "}"; }

image::png::Sink append_to(Bytes& file) {
  return [&file](image::png::Pieces pieces) {
    for (const auto& piece : pieces) file.insert(file.end(), piece.begin(), piece.end());
  };
}

/// Of all tiles of all pages: the backend's pixels, coded by the CPU.
std::vector<Bytes> files_of_pixels(Backend& backend, const Pages& pages) {
  std::vector<Bytes> files;
  image::png::Coder coder;
  for (const Page& page : pages.pages) {
    Sound sound{1, SampleFormat::Float32, std::ssize(page.channels[0]), {}};
    for (const auto& x : page.channels) sound.channels.emplace_back(x);
    EncodeSettings settings;
    settings.stft = pages.stft;
    settings.pixels = pages.pixels;
    Picture picture;
    const std::vector<double> refs(page.refs.begin(), page.refs.end());
    encode_columns(backend, sound, settings, refs, {page.first_frame, page.n_frames}, picture);
    const Cut& cut = page.tiling.tile;
    for (std::int64_t i = 0; i < cut.count(page.n_frames); ++i) {
      Picture tile;
      const Columns columns = cut.piece(i, page.n_frames);
      copy_columns(picture, columns, tile, page.tiling.stored_width(columns));
      const std::string note = note_of(image::pixels_crc32(tile));
      coder.write(image::png::pixels_of(tile), &note, {}, append_to(files.emplace_back()));
    }
  }
  return files;
}

/// Makes files of tiles, as the program does.
class FileMaker : public TileTaker {
 public:
  bool is_plain(const FilterSamples& samples) override { return coder_.is_plain(samples); }
  void take(const EncodedTile& tile) override {
    EXPECT_TRUE(std::pair(tile.item, tile.tile) > last_) << "out of order";
    last_ = {tile.item, tile.tile};
    const std::string note = note_of(image::pixels_crc32(tile));
    image::png::Pixels pixels;
    pixels.data = tile.pixels;
    pixels.row_bytes = tile.row_bytes;
    pixels.width = tile.width;
    pixels.height = tile.height;
    pixels.bits = tile.bits;
    const image::png::Sink sink = append_to(files.emplace_back());
    if (tile.is_coded()) {
      coder_.write(pixels, {tile.stripes, tile.chunks}, &note, sink);
    } else {
      coder_.write(pixels, &note, {}, sink);
    }
    ++(tile.is_coded() ? n_coded : n_pixels);
  }

  std::vector<Bytes> files;
  int n_coded = 0;
  int n_pixels = 0;

 private:
  image::png::Coder coder_;
  std::pair<std::size_t, std::int64_t> last_{0, -1};
};

void encode(Backend& backend, const Pages& pages, TileTaker& taker) {
  std::vector<std::vector<Signal>> signals;
  for (const Page& page : pages.pages) signals.emplace_back(page.channels.begin(), page.channels.end());
  std::vector<PngItem> items;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const Page& page = pages.pages[i];
    const Cut& cut = page.tiling.tile;
    items.push_back(
        {signals[i], page.refs, page.first_frame, page.n_frames, cut.width, cut.step(), page.tiling.pad_last});
  }
  ASSERT_NE(backend.png_encoder(), nullptr);
  backend.png_encoder()->encode_png(pages.stft, pages.pixels, items, taker);
}

void expect_same(const std::vector<Bytes>& got, const std::vector<Bytes>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_TRUE(got[i] == want[i]) << "file " << i;
}

/// Returns how many tiles came coded, and how many as pixels.
std::pair<int, int> expect_files(Backend& backend, const Pages& pages, const std::vector<Bytes>& want) {
  FileMaker maker;
  encode(backend, pages, maker);
  expect_same(maker.files, want);
  return {maker.n_coded, maker.n_pixels};
}

// ------------------------------------------------------------------------------------------------- sounds

/// How an encoding is chosen.
struct Kind {
  Encoding encoding;
  int refine;
  bool drop_top = false;
};
std::string name_of(const Kind& kind) {
  return to_string(kind.encoding) +
         (kind.refine == PixelSettings::kOpenLoop ? "_open" : "_refine" + std::to_string(kind.refine)) +
         (kind.drop_top ? "_dropped" : "");
}
const Kind kKinds[] = {{Encoding::Hsv, PixelSettings::kOpenLoop},
                       {Encoding::Hsv16, PixelSettings::kOpenLoop},
                       {Encoding::Hsv, 0},
                       {Encoding::Hsv, 2},
                       {Encoding::Hsv16, 2},
                       {Encoding::Hsv, PixelSettings::kOpenLoop, true},
                       {Encoding::Hsv16, 2, true}};

std::vector<std::vector<float>> noises(int n_channels, std::int64_t n, std::uint32_t seed = 1) {
  std::vector<std::vector<float>> channels;
  for (int c = 0; c < n_channels; ++c) channels.push_back(test::noise(n, seed + static_cast<std::uint32_t>(c)));
  return channels;
}

/// Everything that pages can be, next to each other.
Pages all_kinds(const Kind& kind) {
  Pages pages(64, kind.encoding, kind.refine);
  pages.pixels.drop_top = kind.drop_top;
  const std::int64_t hop = pages.stft.hop_length;
  pages.add(noises(1, 1500 * hop));
  pages.add(noises(2, 900 * hop, 3));
  pages.add({test::voice(800 * hop), test::noise(800 * hop, 5)});
  pages.add(noises(1, 0));                                                         // one column, or none
  pages.add(noises(3, 1, 6));                                                      // one column
  pages.add(noises(2, 700 * hop, 9), 0.0);                                         // silence, by its reference
  pages.add({std::vector<float>(600 * hop), std::vector<float>(600 * hop)}, 0.5);  // and by its samples
  pages.add(noises(2, 600 * hop, 11), 0.02);                                       // clips
  pages.add({test::sine(900 * hop, 0.01), std::vector<float>(900 * hop, 0.0F)});   // a tone, and a silent channel
  pages.pages.back().refs[1] = 0.0F;
  pages.add({test::sine(1200 * hop, 0.0317)}, 30.0);  // so quiet that most is black
  pages.add(noises(2, 1000 * hop, 13), 1.0, 300);     // tiles, the last one narrow
  pages.add(noises(1, 1000 * hop, 15), 1.0, 1);       // of a column each
  pages.pages.back().n_frames = 20;
  pages.add(noises(2, 1400 * hop, 17), 1.0, 250);  // columns from the middle
  pages.pages.back().first_frame = 333;
  pages.pages.back().n_frames = 777;
  pages.add(noises(2, 1000 * hop, 19), 1.0, 300);  // tiles that share columns, the last one filled up
  pages.pages.back().tiling = {{300, 40}, {}, true};
  pages.add(noises(1, 500 * hop, 21));  // one tile, wider than the sound
  pages.pages.back().tiling = {{640, 0}, {}, true};
  return pages;
}

class EncodePng : public testing::TestWithParam<Kind> {};

TEST_P(EncodePng, FilesAreTheCpus) {
  const Pages pages = all_kinds(GetParam());
  const std::vector<Bytes> want = files_of_pixels(*cpu::make_cpu_backend(), pages);
  // Slots of few frames and of many; batches of a stripe and of many; pages one by one, together, not on the device.
  struct Limits {
    std::int64_t frames, page_bytes, stripe_bytes;
  };
  for (const Limits& l : {Limits{1 << 16, kMany, kMany}, Limits{50, kMany, 1}, Limits{300, 400'000, 200'000}}) {
    SCOPED_TRACE("slots of " + std::to_string(l.frames));
    EmulatedBackend emulated({kMany, l.frames, 16, 200'000, std::int64_t{1} << 20, l.page_bytes, l.stripe_bytes});
    const auto [n_coded, n_pixels] = expect_files(emulated, pages, want);
    EXPECT_GE(n_coded, 7);
    EXPECT_GE(n_pixels, 22);  // the small ones
  }
  EmulatedBackend none({kMany, 300, 16, 200'000, std::int64_t{1} << 20, 0, 0});
  EXPECT_EQ(expect_files(none, pages, want).first, 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EncodePng, testing::ValuesIn(kKinds),
                         [](const auto& info) { return name_of(info.param); });

TEST(EncodePng, ManyShortSoundsInOneCall) {
  for (const int refine : {PixelSettings::kOpenLoop, 0}) {
    Pages pages(64, Encoding::Hsv, refine);
    for (std::uint32_t i = 0; i < 700; ++i) pages.add(noises(1 + i % 2, i * 7919 % 4000, i), i % 9 * 0.3);
    EmulatedBackend emulated({kMany, 1 << 16, 512, kMany, std::int64_t{1} << 20, 3'000'000, 1'000'000});
    const auto [n_coded, n_pixels] = expect_files(emulated, pages, files_of_pixels(*cpu::make_cpu_backend(), pages));
    EXPECT_GT(n_coded, 200);
    EXPECT_GT(n_pixels, 100);
  }
}

TEST(EncodePng, OtherFiltersAreTheHosts) {
  Pages pages(64, Encoding::Hsv, PixelSettings::kOpenLoop);
  // A magnitude that grows along each row, with a phase that stays.
  std::vector<float> x(2000 * static_cast<std::size_t>(pages.stft.hop_length));
  for (std::size_t i = 0; i < x.size(); i += static_cast<std::size_t>(pages.stft.hop_length)) {
    x[i] = static_cast<float>(i) / static_cast<float>(x.size());
  }
  pages.add({x}, 0.1);
  EmulatedBackend emulated;
  EXPECT_EQ(expect_files(emulated, pages, files_of_pixels(*cpu::make_cpu_backend(), pages)), std::pair(0, 1));
}

class EncodePngOrders : public testing::TestWithParam<std::tuple<Order, std::uint32_t>> {};

/// A wait that is missing between queues shows as wrong bytes.
TEST_P(EncodePngOrders, DoNotMatter) {
  const auto& [order, seed] = GetParam();
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(name_of(kind));
    const Pages pages = all_kinds(kind);
    const std::vector<Bytes> want = files_of_pixels(*cpu::make_cpu_backend(), pages);
    EmulatedBackend emulated({kMany, 120, 16, 300'000, 64 * 32, 700'000, 2 * cuda::kStripeCodingBytes}, order, seed);
    expect_files(emulated, pages, want);
  }
}

INSTANTIATE_TEST_SUITE_P(Queues, EncodePngOrders,
                         testing::Values(std::tuple(Order::OldestFirst, 1U), std::tuple(Order::NewestFirst, 1U),
                                         std::tuple(Order::Reluctant, 1U), std::tuple(Order::Random, 1U),
                                         std::tuple(Order::Random, 2U)));

// ------------------------------------------------------------------------------------------------- memory

Pages two_sounds(int refine) {
  Pages pages(64, Encoding::Hsv, refine);
  pages.add(noises(2, 30'000));
  pages.add(noises(1, 20'000, 3));
  return pages;
}

TEST(EncodePng, AllocatesAndPlansNothingInTheSteadyState) {
  for (const int refine : {PixelSettings::kOpenLoop, 2}) {
    const Pages pages = two_sounds(refine);
    EmulatedBackend emulated({kMany, 128, 16, kMany, 64 * 32, kMany, 3 * cuda::kStripeCodingBytes});
    FileMaker first;
    encode(emulated, pages, first);
    const std::int64_t growths = test::growths;
    const std::int64_t plans = test::plans;
    for (int i = 0; i < 3; ++i) {
      FileMaker next;
      encode(emulated, pages, next);
    }
    EXPECT_EQ(test::growths, growths);
    EXPECT_EQ(test::plans, plans);
  }
}

/// Beside the samples, no more than what is written.
TEST(EncodePng, OnlyWhatIsCodedIsDownloaded) {
  Pages pages(64, Encoding::Hsv, PixelSettings::kOpenLoop);
  pages.add(noises(2, 200'000));
  EmulatedBackend emulated;
  FileMaker maker;
  test::downloaded = 0;
  encode(emulated, pages, maker);
  ASSERT_EQ(maker.n_coded, 1);
  const auto file_bytes = static_cast<std::int64_t>(maker.files[0].size());
  EXPECT_LT(test::downloaded, file_bytes + file_bytes / 1000 + 4 * math::kMaxSampledBytes);
}

TEST(EncodePng, RecoversFromExhaustedMemory) {
  constexpr std::int64_t kEnough = std::numeric_limits<std::int64_t>::max();
  for (const int refine : {PixelSettings::kOpenLoop, 0}) {
    Pages pages(64, Encoding::Hsv, refine);
    pages.add(noises(2, 9000));
    const std::vector<Bytes> want = files_of_pixels(*cpu::make_cpu_backend(), pages);
    int failures = 0;
    for (bool done = false; !done; ++failures) {
      EmulatedBackend emulated({kMany, 40, 9, kMany, 64 * 8, kMany, cuda::kStripeCodingBytes});
      FileMaker maker;
      test::allocations_left = failures;
      try {
        encode(emulated, pages, maker);
        done = true;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
      }
      test::allocations_left = kEnough;
      expect_files(emulated, pages, want);
      ASSERT_FALSE(HasFailure()) << "allocation " << failures;
    }
    EXPECT_GT(failures, 30);
  }
}

/// Where memory is short, first less is done at a time, then pixels leave the device. Nobody notices.
TEST(EncodePng, TakesLessAtATimeWhereMemoryIsShort) {
  constexpr std::size_t kEnough = std::numeric_limits<std::size_t>::max();
  const Pages pages = two_sounds(PixelSettings::kOpenLoop);
  const std::vector<Bytes> want = files_of_pixels(*cpu::make_cpu_backend(), pages);
  for (const auto& [bytes, n_coded] : {std::pair{2'000'000, 2}, {300'000, 1}, {30'000, 0}}) {
    SCOPED_TRACE(std::to_string(bytes) + " bytes at a time");
    EmulatedBackend emulated({kMany, 64, 16, kMany, 64 * 8, kMany, 1});
    test::largest_allocation = static_cast<std::size_t>(bytes);
    EXPECT_NO_THROW(EXPECT_EQ(expect_files(emulated, pages, want).first, n_coded));
    test::largest_allocation = kEnough;
  }
}

/// What goes wrong with one file leaves the backend as it was.
TEST(EncodePng, ErrorsOfTheTakerComeThrough) {
  class Refuser : public FileMaker {
   public:
    explicit Refuser(bool asks) : asks_(asks) {}
    bool is_plain(const FilterSamples& samples) override {
      if (asks_) throw Error(ErrorCode::Internal, "no");
      return FileMaker::is_plain(samples);
    }
    void take(const EncodedTile&) override { throw Error(ErrorCode::OutOfMemory, "no room on the disk"); }

   private:
    bool asks_;
  };
  const Pages pages = two_sounds(PixelSettings::kOpenLoop);
  const std::vector<Bytes> want = files_of_pixels(*cpu::make_cpu_backend(), pages);
  EmulatedBackend emulated;
  for (const bool asks : {false, true}) {
    Refuser refuser(asks);
    try {
      encode(emulated, pages, refuser);
      ADD_FAILURE() << "nothing came through";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), asks ? ErrorCode::Internal : ErrorCode::OutOfMemory);
    }
    EXPECT_EQ(expect_files(emulated, pages, want).first, 2);
  }
}

TEST(EncodePng, TakesNoSounds) {
  EmulatedBackend emulated;
  expect_files(emulated, Pages(64, Encoding::Hsv, 0), {});
}

TEST(EncodePng, IsNotTheCpus) { EXPECT_EQ(cpu::make_cpu_backend()->png_encoder(), nullptr); }

// ------------------------------------------------------------------------------------------- whole program

Bytes contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The step of `encode` that makes the files.
class EncodeFiles : public testing::Test {
 protected:
  void encode_with(std::unique_ptr<Backend> backend, const std::string& name, image::Compression compression,
                   const TileSettings& tiles) {
    EncodeSettings settings;
    settings.stft = StftSettings::for_n_fft(256);
    const batch::Encoder encoder(settings, compression, tiles);
    batch::Worker worker(std::move(backend));
    batch::Job job;
    std::filesystem::create_directories(folder_ / name);
    job.restart({folder_ / "sound.wav", folder_ / name / "sound.png"});
    encoder.read(job);
    encoder.compute(worker, job);
    encoder.write(job);
  }

  test::TempFolder folder_;
};

TEST_F(EncodeFiles, AreTheCpus) {
  audio::write(folder_ / "sound.wav", test::sound_of({test::voice(60'000), test::noise(60'000)}, 8000), {});
  for (const auto compression : {image::Compression::Fast, static_cast<image::Compression>(1)}) {
    for (const TileSettings& tiles : {TileSettings{}, {300, 20, true}}) {
      encode_with(cpu::make_cpu_backend(), "cpu", compression, tiles);
      encode_with(std::make_unique<EmulatedBackend>(), "emulated", compression, tiles);
    }
    for (const char* name : {"sound.png", "sound.0000.png", "sound.0003.png"}) {
      const Bytes want = contents(folder_ / "cpu" / name);
      EXPECT_EQ(want.empty(), std::string_view(name) == "sound.png") << name;
      EXPECT_TRUE(contents(folder_ / "emulated" / name) == want) << name;
    }
  }
}

/// A device that gives up in the middle of the first call.
class FailsOnce final : public EmulatedBackend {
 public:
  void encode_png(const StftSettings& stft, const PixelSettings& pixels, std::span<const PngItem> items,
                  TileTaker& taker) override {
    const bool is_first = !std::exchange(has_failed_, true);
    EmulatedBackend::encode_png(stft, pixels, is_first ? items.first(3) : items, taker);
    if (is_first) throw Error(ErrorCode::OutOfMemory, "emulated");
  }

 private:
  bool has_failed_ = false;
};

TEST_F(EncodeFiles, ManyTogetherAreThoseOfEachAlone) {
  std::vector<std::int64_t> lengths{0, 1, 700, 5'000, 20'000, 3'000, 9'000, 12'345};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const int channels = i % 3 == 2 ? 2 : 1;
    const std::int64_t n = channels * lengths[i];
    Audio audio = test::planar_sound(i == 5 ? std::vector<float>(static_cast<std::size_t>(n)) : test::noise(n, 1 + i),
                                     channels, 8000);
    if (i == 3) audio.samples[1'234] = NAN;
    audio::WriteSettings as;
    as.format = i == 3 ? SampleFormat::Float32 : SampleFormat::Pcm16;
    audio::write(folder_ / (std::to_string(i) + ".wav"), audio, as);
  }
  EncodeSettings settings;
  settings.stft = StftSettings::for_n_fft(256);
  for (const int refine : {PixelSettings::kOpenLoop, 1}) {
    settings.pixels.refine = refine;
    const batch::Encoder encoder(settings, image::Compression::Fast, {100, 0, false}, true);
    const auto encode_all = [&](std::unique_ptr<Backend> backend, const std::string& name, bool together) {
      batch::Worker worker(std::move(backend));
      std::filesystem::create_directories(folder_ / name);
      std::vector<batch::Job> jobs(lengths.size());
      std::vector<batch::Job*> all;
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        // One cannot be written: its folder is a file.
        const auto out = i == 6 ? folder_ / "6.wav/x.png" : folder_ / name / (std::to_string(i) + ".png");
        jobs[i].restart({folder_ / (std::to_string(i) + ".wav"), out});
        encoder.read(jobs[i]);
        all.push_back(&jobs[i]);
      }
      if (together) {
        encoder.compute_all(worker, all);
      } else {
        for (batch::Job* job : all) encoder.compute_all(worker, {&job, 1});
      }
      std::vector<std::string> outcomes;
      for (batch::Job& job : jobs) {
        std::string outcome = std::to_string(job.converted.bytes_written) + " bytes";
        try {
          if (job.error) std::rethrow_exception(job.error);
          encoder.write(job);
          outcome += ", " + std::to_string(*job.converted.snr_db) + " dB";
        } catch (const Error& error) {
          outcome = error.what();
        }
        outcomes.push_back(outcome);
      }
      return outcomes;
    };
    const std::vector<std::string> alone = encode_all(cpu::make_cpu_backend(), "cpu", false);
    EXPECT_EQ(encode_all(std::make_unique<FailsOnce>(), "emulated", true), alone);
    EXPECT_EQ(encode_all(std::make_unique<EmulatedBackend>(), "emulated", true), alone);
    EXPECT_NE(alone[3].find("NaN"), std::string::npos);
    EXPECT_NE(alone[6].find("folder"), std::string::npos);
    int n_files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "cpu")) {
      ++n_files;
      EXPECT_TRUE(contents(folder_ / "emulated" / entry.path().filename().string()) == contents(entry.path()))
          << entry.path();
    }
    EXPECT_GT(n_files, 8);
  }
}

// ------------------------------------------------------------------------------------------------- CUDA

class CudaEncodePng : public test::OnCuda<testing::TestWithParam<Kind>> {};

/// Its own pixels, which by its FFT may be others than the CPU's, coded by the CPU.
TEST_P(CudaEncodePng, FilesAreThoseOfItsPixels) {
  for (const std::int64_t share : {std::int64_t{0}, std::int64_t{64} << 20}) {
    const auto backend = make_backend("cuda", {share, 1});
    const Pages pages = all_kinds(GetParam());
    const auto [n_coded, n_pixels] = expect_files(*backend, pages, files_of_pixels(*backend, pages));
    EXPECT_GE(n_coded, 7);
    Pages large(2048, GetParam().encoding, GetParam().refine);
    large.add(noises(2, 1'000'000), 1.0, 700);
    expect_files(*backend, large, files_of_pixels(*backend, large));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, CudaEncodePng, testing::ValuesIn(kKinds),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace spectrohue
