// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// PNG coding and decoding in memory, one core: ours, libpng's fastest and smallest for phase pictures, OpenCV's
// default. Rows: WAY/PICTURE/seconds:N. Bytes are those of the pixels; `of_raw` is the size of the file against them.
// png_sizes.cpp has a row for every kind of picture.
#include <png.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>

#include "image/png.h"
#include "spectrohue/convert.h"
#include "support/bench.h"
#include "support/pictures.h"

namespace spectrohue::bench {
namespace {

using image::Compression;
using Bytes = std::vector<std::uint8_t>;

Picture picture_of(const std::string& kind, int seconds) {
  std::vector<float> x = music(seconds);
  if (kind == "silence") std::fill(x.begin(), x.end(), 0.0F);
  const Audio audio = audio_of(x, kSampleRate);
  EncodeSettings settings;
  settings.stft = stft_settings({2048, 512, seconds});
  settings.pixels.encoding = kind == "hsv16" ? Encoding::Hsv16 : Encoding::Hsv;
  Picture picture;
  to_picture(*make_backend("auto"), audio, settings, picture);
  return picture;
}

double raw_bytes(const Picture& picture) { return static_cast<double>(picture.row_bytes() * picture.height); }

/// OpenCV's order of channels.
cv::Mat mat_of(const Picture& picture) {
  cv::Mat mat(static_cast<int>(picture.height), static_cast<int>(picture.width),
              picture.layout.bits == 16 ? CV_16UC3 : CV_8UC3);
  const std::size_t bytes = static_cast<std::size_t>(picture.layout.bits) / 8;
  for (std::int64_t y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = picture.row(y);
    std::uint8_t* to = mat.ptr(static_cast<int>(y));
    for (std::int64_t x = 0; x < picture.width; ++x, from += 3 * bytes, to += 3 * bytes) {
      for (std::size_t c = 0; c < 3; ++c) std::copy_n(from + c * bytes, bytes, to + (2 - c) * bytes);
    }
  }
  return mat;
}

/// Takes a file's pieces as a file would: nothing but their sizes stays.
std::size_t write_ours(image::png::Coder& coder, const image::png::Pixels& pixels, Compression compression,
                       Bytes* keep) {
  std::size_t size = 0;
  coder.write(pixels, nullptr, {compression, 1}, [&](image::png::Pieces pieces) {
    for (const auto& piece : pieces) {
      size += piece.size();
      if (keep != nullptr) keep->insert(keep->end(), piece.begin(), piece.end());
    }
  });
  return size;
}

void append(png_structp png, png_bytep data, std::size_t n) {
  auto* bytes = static_cast<Bytes*>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), data, data + n);
}

void write_with_libpng(const Picture& picture, Bytes& out) {
  out.clear();
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &out, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height),
               picture.layout.bits, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_compression_strategy(png, Z_HUFFMAN_ONLY);
  png_set_compression_buffer_size(png, 1 << 20);
  png_write_info(png, info);
  if (picture.layout.bits == 16) png_set_swap(png);
  for (std::int64_t y = 0; y < picture.height; ++y) png_write_row(png, picture.row(y));
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
}

/// A file in memory, as far as the system goes.
std::FILE* temporary_file(const Bytes& bytes) {
  std::FILE* file = std::tmpfile();
  if (file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) std::fclose(file);
  return file;
}

void count(benchmark::State& state, const Picture& picture, std::size_t file_bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * picture.row_bytes() * picture.height);
  state.counters["of_raw"] = static_cast<double>(file_bytes) / raw_bytes(picture);
}

void add(const std::string& way, const std::string& kind, int seconds,
         const std::function<void(benchmark::State&, const Picture&)>& run) {
  const std::string label = way + "/" + kind + "/seconds:" + std::to_string(seconds);
  benchmark::RegisterBenchmark(label.c_str(), [=](benchmark::State& state) {
    run(state, picture_of(kind, seconds));
  })->Unit(benchmark::kMillisecond);
}

void read_back(benchmark::State& state, const Picture& picture, const Bytes& png) {
  std::FILE* file = temporary_file(png);
  image::png::Decoder decoder;
  Picture out;
  for (auto _ : state) {
    std::rewind(file);
    decoder.read(file, out);
  }
  std::fclose(file);
  if (!std::equal(out.pixels.begin(), out.pixels.end(), picture.pixels.begin(), picture.pixels.end())) {
    state.SkipWithError("the picture did not come back");
  }
  count(state, picture, png.size());
}

/// Other pictures than hsv: whatever kinds_of_sound() calls so, or a few dots on black.
void register_other(const std::string& kind, int seconds) {
  const auto make = [=] {
    const Audio audio = audio_of(music(seconds), kSampleRate);
    for (const std::vector<Kind>& kinds : {kinds_of_sound(audio), drawn_kinds()}) {
      const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return k.name == kind; });
      if (found != kinds.end()) return found->make();
    }
    std::abort();
  };
  const auto add_row = [&](const std::string& way, auto write) {
    const std::string label = way + "/" + kind + "/seconds:" + std::to_string(seconds);
    benchmark::RegisterBenchmark(label.c_str(), [=](benchmark::State& state) {
      const PngPicture picture = make();
      image::png::Coder coder;
      std::size_t size = 0;
      for (auto _ : state) size = write(coder, picture);
      state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * picture.data.size()));
      state.counters["of_raw"] = static_cast<double>(size) / static_cast<double>(picture.data.size());
    })->Unit(benchmark::kMillisecond);
  };
  for (const Compression compression : {Compression::Fast, Compression::Small, Compression::Level1}) {
    add_row("write_" + to_string(compression), [=](image::png::Coder& coder, const PngPicture& picture) {
      return write_ours(coder, picture.pixels(), compression, nullptr);
    });
  }
  add_row("write_opencv", [](image::png::Coder&, const PngPicture& picture) {
    Bytes png;
    cv::imencode(".png", picture.mat(), png);
    return png.size();
  });
}

void register_benches() {
  for (const int seconds : {1, 30}) {
    for (const char* kind : {"gray", "gray16", "indexed", "hsv_linear", "complex_rgb16", "dots_1e-4"}) {
      register_other(kind, seconds);
    }
  }
  for (const std::string kind : {"hsv", "hsv16", "silence"}) {
    for (const int seconds : {1, 30}) {
      for (const Compression compression :
           {Compression::Fast, Compression::Small, Compression::Level1, Compression::Level6}) {
        add("write_" + to_string(compression), kind, seconds, [=](benchmark::State& state, const Picture& picture) {
          image::png::Coder coder;
          std::size_t size = 0;
          for (auto _ : state) size = write_ours(coder, image::png::pixels_of(picture), compression, nullptr);
          count(state, picture, size);
        });
      }
      add("write_libpng_huffman", kind, seconds, [](benchmark::State& state, const Picture& picture) {
        Bytes png;
        for (auto _ : state) write_with_libpng(picture, png);
        count(state, picture, png.size());
      });
      add("write_opencv", kind, seconds, [](benchmark::State& state, const Picture& picture) {
        const cv::Mat mat = mat_of(picture);
        Bytes png;
        for (auto _ : state) cv::imencode(".png", mat, png);
        count(state, picture, png.size());
      });
      add("read_fast", kind, seconds, [](benchmark::State& state, const Picture& picture) {
        image::png::Coder coder;
        Bytes png;
        write_ours(coder, image::png::pixels_of(picture), Compression::Fast, &png);
        read_back(state, picture, png);
      });
      add("read_libpng", kind, seconds, [](benchmark::State& state, const Picture& picture) {
        Bytes png;
        write_with_libpng(picture, png);
        read_back(state, picture, png);
      });
      add("read_opencv", kind, seconds, [](benchmark::State& state, const Picture& picture) {
        image::png::Coder coder;
        Bytes png;
        write_ours(coder, image::png::pixels_of(picture), Compression::Fast, &png);
        cv::Mat mat;
        for (auto _ : state) cv::imdecode(png, cv::IMREAD_UNCHANGED, &mat);
        count(state, picture, png.size());
      });
    }
  }
}

}  // namespace
}  // namespace spectrohue::bench

SPECTROHUE_BENCH_MAIN(spectrohue::bench::register_benches)
