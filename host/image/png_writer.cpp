// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Writes PNG files without libpng: stripes of Huffman codes on any number of threads, or one stream by libdeflate.
// docs/png.md says what the file looks like and why.
#include <libdeflate.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include "image/png.h"
#include "image/png_rows.h"
#include "image/png_stripes.h"
#include "image/threads.h"
#include "spectrohue/buffer.h"
#include "spectrohue/error.h"

namespace spectrohue::image::png {

namespace {

using math::kGroupStripes;
using math::kStripeBytes;

/// A stripe's chunk in its place, with room for what is stored too far.
constexpr std::size_t kSlotBytes = (kChunkBytes + kMaxCodedBytes + kSlackBytes + 63) / 64 * 64;
/// Stripes that are coded before they are written: whole groups, a few for each thread.
constexpr int kStripesAtOnce = kGroupStripes;
constexpr std::int64_t kMaxIdatBytes = 1 << 20;

constexpr int kMaxLevel = 12;
constexpr int kSmallLevel = 9;
constexpr int kTrialLevel = 5;
constexpr std::int64_t kTrialBytes = 1 << 20;
constexpr int kTrialBands = 4;

std::uint8_t color_type(const Pixels& pixels) {
  if (pixels.channels == 3) return 2;
  return pixels.palette.empty() ? 0 : 3;
}

void check(const Pixels& pixels, const std::string* note_json) {
  const auto fits = [](std::int64_t side) { return side >= 1 && side <= kMaxSide; };
  if (!fits(pixels.width) || !fits(pixels.height)) {
    throw Error(ErrorCode::Unsupported, "a PNG cannot hold " + std::to_string(pixels.width) + " x " +
                                            std::to_string(pixels.height) +
                                            " pixels: each side must be 1 to 2147483647");
  }
  if (note_json != nullptr && std::ssize(*note_json) > kMaxChunkDataBytes - 64) {
    throw Error(ErrorCode::Unsupported, "a PNG cannot hold a note of " + std::to_string(note_json->size()) + " bytes");
  }
  const bool is_indexed = !pixels.palette.empty();
  const bool is_known = (pixels.channels == 1 || (pixels.channels == 3 && !is_indexed)) &&
                        (pixels.bits == 8 || (pixels.bits == 16 && !is_indexed)) && pixels.palette.size() <= 256;
  if (!is_known) throw Error(ErrorCode::Internal, "these are not pixels that a PNG can hold");
}

/// How the filtered bytes are made and coded: by one filter, or the best of each row, and libdeflate; or in stripes.
enum class Way { None, Sub, Up, Average, Paeth, Adaptive, Stripes };

[[noreturn]] void fail_to_write(int error) {
  throw Error(ErrorCode::Write, "cannot write the file: " + std::generic_category().message(error));
}

/// Rows [from, to), filtered. rows: those that Way::Stripes would take.
void filter_rows(const Pixels& pixels, const FilteredRows& rows, Way way, std::int64_t from, std::int64_t to,
                 std::uint8_t* out) {
  const std::int64_t row_bytes = rows.row_bytes();
  const auto n = static_cast<std::size_t>((to - from) * row_bytes);
  if (way == Way::Stripes) {
    rows.copy(from * row_bytes, n, out);
  } else if (way == Way::Adaptive) {
    for (std::int64_t y = from; y < to; ++y, out += row_bytes) rows.copy_row_adaptively(y, out);
  } else {
    FilteredRows(pixels, static_cast<Filter>(way)).copy(from * row_bytes, n, out);
  }
}

struct FreeDeflate {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

}  // namespace

struct Coder::State {
  /// What one thread works with.
  struct Lane {
    StripeCoder coder;
    std::uint8_t filtered[kStripeBytes + kSlackBytes];
  };
  struct Stripe {
    std::size_t chunk_bytes = 0;  ///< 0: zeros only, not coded yet
    std::uint32_t adler = 1;
  };

  void write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options, const Sink& sink);

  void need_lanes(int n);
  void begin(const Pixels& pixels, const std::string* note_json);
  void add_chunk(const char* type, std::span<const std::uint8_t> data);
  void write_stripes(const FilteredRows& rows, int threads, const Sink& sink);
  void code_stripe(const FilteredRows& rows, std::int64_t stripe, Stripe& out, std::uint8_t* slot, Lane& lane) const;
  std::size_t code_silence(int n_stripes, std::uint8_t* slot);
  Filter choose_filter(const Pixels& pixels);
  void write_deflated(const Pixels& pixels, const FilteredRows& rows, Way way, int level, const Sink& sink);
  Way choose_way(const Pixels& pixels, const FilteredRows& rows);
  std::size_t deflate(int level, std::size_t n);

  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<Stripe> stripes;
  std::vector<std::uint8_t> front;  ///< small chunks that wait to be written
  std::vector<std::span<const std::uint8_t>> pieces;
  Buffer<std::uint8_t> filtered;
  Buffer<std::uint8_t> coded;
  std::array<std::unique_ptr<libdeflate_compressor, FreeDeflate>, kMaxLevel + 1> compressors;
};

void Coder::State::write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options,
                         const Sink& sink) {
  check(pixels, note_json);
  begin(pixels, note_json);
  const Filter filter = choose_filter(pixels);
  const FilteredRows rows(pixels, filter);
  if (options.compression == Compression::Fast) {
    write_stripes(rows, options.threads, sink);
  } else if (options.compression != Compression::Small) {
    write_deflated(pixels, rows, static_cast<Way>(filter), static_cast<int>(options.compression), sink);
  } else if (const Way best = choose_way(pixels, rows); best == Way::Stripes) {
    write_stripes(rows, options.threads, sink);
  } else {
    write_deflated(pixels, rows, best, kSmallLevel, sink);
  }
}

void Coder::State::need_lanes(int n) {
  while (std::ssize(lanes) < n) lanes.push_back(std::make_unique<Lane>());
}

/// The filter that makes a few pieces of the picture smallest. Paeth is not among them: it is the slowest to undo.
Filter Coder::State::choose_filter(const Pixels& pixels) {
  if (!pixels.is_smooth) return Filter::None;
  constexpr std::int64_t kPieces = 4;
  constexpr std::int64_t kPieceBytes = kStripeBytes / 4;
  need_lanes(1);
  coded.resize(kSlotBytes);
  Filter best = Filter::None;
  std::size_t smallest = std::numeric_limits<std::size_t>::max();
  for (const Filter filter : {Filter::None, Filter::Sub, Filter::Up, Filter::Average}) {
    const FilteredRows rows(pixels, filter);
    const auto n = static_cast<std::size_t>(std::min(kPieceBytes, rows.bytes()));
    std::size_t size = 0;
    for (std::int64_t i = 0; i < kPieces; ++i) {
      const std::int64_t offset = (rows.bytes() - static_cast<std::int64_t>(n)) * i / (kPieces - 1);
      rows.copy(offset, n, lanes[0]->filtered);
      size += lanes[0]->coder.code(lanes[0]->filtered, n, coded.data());
    }
    if (size >= smallest) continue;
    smallest = size;
    best = filter;
  }
  return best;
}

void Coder::State::add_chunk(const char* type, std::span<const std::uint8_t> data) {
  const std::size_t at = front.size();
  front.resize(at + kChunkBytes + data.size());
  if (!data.empty()) std::memcpy(front.data() + at + kChunkHeadBytes, data.data(), data.size());
  close_chunk(front.data() + at, type, data.size());
}

void Coder::State::begin(const Pixels& pixels, const std::string* note_json) {
  front.assign(kSignature.begin(), kSignature.end());
  std::array<std::uint8_t, 13> header{};
  put_big_endian(header.data(), static_cast<std::uint32_t>(pixels.width));
  put_big_endian(header.data() + 4, static_cast<std::uint32_t>(pixels.height));
  header[8] = static_cast<std::uint8_t>(pixels.bits);
  header[9] = color_type(pixels);
  add_chunk("IHDR", header);
  if (!pixels.palette.empty()) add_chunk("PLTE", {pixels.palette.front().data(), 3 * pixels.palette.size()});
  if (note_json == nullptr || note_json->empty()) return;
  std::vector<std::uint8_t> text(kNoteKeyword, kNoteKeyword + sizeof kNoteKeyword);
  text.insert(text.end(), 4, 0);  // not compressed, method, no language, no translated keyword
  text.insert(text.end(), note_json->begin(), note_json->end());
  add_chunk("iTXt", text);
}

// --- Stripes.

void Coder::State::code_stripe(const FilteredRows& rows, std::int64_t stripe, Stripe& out, std::uint8_t* slot,
                               Lane& lane) const {
  const std::int64_t offset = stripe * kStripeBytes;
  const auto n = static_cast<std::size_t>(std::min<std::int64_t>(kStripeBytes, rows.bytes() - offset));
  rows.copy(offset, n, lane.filtered);
  if (n == kStripeBytes && is_silent(lane.filtered, n)) {
    out = {0, math::adler32_of_zeros(n)};
    return;
  }
  const std::size_t coded_bytes = lane.coder.code(lane.filtered, n, slot + kChunkHeadBytes);
  out = {close_chunk(slot, "IDAT", coded_bytes), libdeflate_adler32(1, lane.filtered, n)};
}

std::size_t Coder::State::code_silence(int n_stripes, std::uint8_t* slot) {
  return close_chunk(slot, "IDAT", lanes[0]->coder.code_silence(n_stripes, slot + kChunkHeadBytes));
}

void Coder::State::write_stripes(const FilteredRows& rows, int threads, const Sink& sink) {
  const std::int64_t n_bytes = rows.bytes();
  const std::int64_t n_stripes = (n_bytes + kStripeBytes - 1) / kStripeBytes;
  // Starting a thread takes as long as coding a stripe or two.
  constexpr std::int64_t kStripesWorthAThread = 16;
  threads = static_cast<int>(std::clamp<std::int64_t>(n_stripes / kStripesWorthAThread, 1, std::max(threads, 1)));
  const std::int64_t at_once =
      std::min<std::int64_t>(n_stripes, std::int64_t{kStripesAtOnce} * (threads > 1 ? 2 * threads : 1));
  need_lanes(threads);
  stripes.resize(static_cast<std::size_t>(at_once));
  coded.resize(static_cast<std::size_t>(at_once) * kSlotBytes);

  add_chunk(kStripesChunk, stripes_chunk_data());
  add_chunk("IDAT", kZlibHeader);
  std::uint32_t adler = 1;
  for (std::int64_t first = 0; first < n_stripes; first += at_once) {
    const std::int64_t n = std::min(at_once, n_stripes - first);
    const auto slot = [&](std::int64_t i) { return coded.data() + static_cast<std::size_t>(i) * kSlotBytes; };
    run_on_threads(n, threads, [&](std::int64_t i, int lane) {
      code_stripe(rows, first + i, stripes[static_cast<std::size_t>(i)], slot(i),
                  *lanes[static_cast<std::size_t>(lane)]);
    });

    pieces.assign(1, front);
    for (std::int64_t i = 0; i < n;) {
      int n_silent = 0;  // from here, inside the group; `first` is a multiple of a group
      for (; i < n && stripes[static_cast<std::size_t>(i)].chunk_bytes == 0; ++i) {
        adler = math::combine_adler32(adler, stripes[static_cast<std::size_t>(i)].adler, kStripeBytes);
        ++n_silent;
        if ((i + 1) % kGroupStripes == 0) {
          ++i;
          break;
        }
      }
      if (n_silent > 0) {
        std::uint8_t* const chunk = slot(i - n_silent);
        pieces.emplace_back(chunk, code_silence(n_silent, chunk));
        continue;
      }
      const Stripe& stripe = stripes[static_cast<std::size_t>(i)];
      const std::int64_t left = n_bytes - (first + i) * kStripeBytes;
      adler = math::combine_adler32(adler, stripe.adler,
                                    static_cast<std::uint64_t>(std::min<std::int64_t>(kStripeBytes, left)));
      pieces.emplace_back(slot(i), stripe.chunk_bytes);
      ++i;
    }
    if (first + n < n_stripes) {
      sink(pieces);
      front.clear();
    }
  }

  std::uint8_t end[kEndDataBytes] = {kLastBlock[0], kLastBlock[1]};
  put_big_endian(end + sizeof kLastBlock, adler);
  const std::size_t n_front = front.size();
  add_chunk("IDAT", end);
  add_chunk("IEND", {});
  pieces[0] = std::span(front).first(n_front);  // it may have moved
  pieces.push_back(std::span(front).subspan(n_front));
  sink(pieces);
}

// --- One stream.

/// Deflates the first n filtered bytes into `coded`, behind room for the head of a chunk. Returns how many bytes.
std::size_t Coder::State::deflate(int level, std::size_t n) {
  auto& compressor = compressors[static_cast<std::size_t>(level)];
  if (compressor == nullptr) compressor.reset(libdeflate_alloc_compressor(level));
  if (compressor == nullptr) throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for libdeflate");
  const std::size_t most = libdeflate_zlib_compress_bound(compressor.get(), n);
  coded.resize(most);
  return libdeflate_zlib_compress(compressor.get(), filtered.data(), n, coded.data(), most);
}

/// The way that makes a part of the picture smallest.
Way Coder::State::choose_way(const Pixels& pixels, const FilteredRows& rows) {
  const std::int64_t row_bytes = rows.row_bytes();
  const std::int64_t n_rows = rows.bytes() / row_bytes;
  const std::int64_t wanted = std::max<std::int64_t>(1, kTrialBytes / kTrialBands / row_bytes);
  const bool all = wanted * kTrialBands >= n_rows;
  const std::int64_t n_bands = all ? 1 : kTrialBands;
  const std::int64_t band_rows = all ? n_rows : wanted;
  const auto n = static_cast<std::size_t>(n_bands * band_rows * row_bytes);
  filtered.resize(n + kSlackBytes);
  Way best = Way::None;
  std::size_t smallest = std::numeric_limits<std::size_t>::max();
  for (const Way way : {Way::None, Way::Sub, Way::Up, Way::Average, Way::Paeth, Way::Adaptive, Way::Stripes}) {
    std::uint8_t* out = filtered.data();
    for (std::int64_t band = 0; band < n_bands; ++band, out += band_rows * row_bytes) {
      const std::int64_t from = n_bands == 1 ? 0 : band * (n_rows - band_rows) / (n_bands - 1);
      filter_rows(pixels, rows, way, from, from + band_rows, out);
    }
    std::size_t size = 0;
    if (way == Way::Stripes) {
      need_lanes(1);
      coded.resize(kSlotBytes);
      for (std::size_t at = 0; at < n; at += kStripeBytes) {
        const std::size_t count = std::min<std::size_t>(kStripeBytes, n - at);
        size += kChunkBytes + lanes[0]->coder.code(filtered.data() + at, count, coded.data());
      }
    } else {
      size = deflate(kTrialLevel, n);
    }
    if (size >= smallest) continue;
    smallest = size;
    best = way;
  }
  return best;
}

void Coder::State::write_deflated(const Pixels& pixels, const FilteredRows& rows, Way way, int level,
                                  const Sink& sink) {
  const auto n = static_cast<std::size_t>(rows.bytes());
  filtered.resize(n + kSlackBytes);
  filter_rows(pixels, rows, way, 0, rows.bytes() / rows.row_bytes(), filtered.data());
  const std::size_t n_coded = deflate(level, n);

  // The stream stays where it is; heads and tails of its chunks gather in `front`, which must not move any more.
  const std::size_t n_chunks = (n_coded + kMaxIdatBytes - 1) / kMaxIdatBytes;
  std::size_t waiting = 0;
  std::size_t end = front.size();
  front.resize(end + (n_chunks + 1) * kChunkBytes);
  pieces.clear();
  for (std::size_t from = 0; from < n_coded; from += kMaxIdatBytes) {
    const std::span<const std::uint8_t> data(coded.data() + from, std::min<std::size_t>(kMaxIdatBytes, n_coded - from));
    std::uint8_t* const head = front.data() + end;
    put_big_endian(head, static_cast<std::uint32_t>(data.size()));
    std::memcpy(head + 4, "IDAT", 4);
    const std::uint32_t crc = libdeflate_crc32(libdeflate_crc32(0, head + 4, 4), data.data(), data.size());
    put_big_endian(head + kChunkHeadBytes, crc);
    end += kChunkHeadBytes;
    pieces.push_back(std::span(front).subspan(waiting, end - waiting));
    pieces.push_back(data);
    waiting = end;
    end += kChunkTailBytes;
  }
  close_chunk(front.data() + end, "IEND", 0);
  pieces.push_back(std::span(front).subspan(waiting));
  sink(pieces);
}

// --- What others see.

Coder::Coder() : state_(std::make_unique<State>()) {}
Coder::~Coder() = default;
Coder::Coder(Coder&&) noexcept = default;
Coder& Coder::operator=(Coder&&) noexcept = default;

void Coder::write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options, const Sink& sink) {
  state_->write(pixels, note_json, options, sink);
}

Pixels pixels_of(const Picture& picture) {
  Pixels pixels;
  pixels.data = picture.pixels.data();
  pixels.row_bytes = picture.row_bytes();
  pixels.width = picture.width;
  pixels.height = picture.height;
  pixels.bits = picture.bits;
  return pixels;
}

void write_to(int fd, Pieces pieces) {
  constexpr std::size_t kMost = 512;  // below IOV_MAX everywhere
  std::array<iovec, kMost> vectors;
  std::size_t done = 0;  // of the first of the pieces that are left
  while (!pieces.empty()) {
    std::size_t n = 0;
    for (; n < std::min(kMost, pieces.size()); ++n) {
      const std::span<const std::uint8_t> piece = pieces[n].subspan(n == 0 ? done : 0);
      vectors[n] = {const_cast<std::uint8_t*>(piece.data()), piece.size()};
    }
    const ssize_t written = ::writev(fd, vectors.data(), static_cast<int>(n));
    if (written < 0) {
      if (errno == EINTR) continue;
      fail_to_write(errno);
    }
    done += static_cast<std::size_t>(written);
    while (!pieces.empty() && done >= pieces.front().size()) {
      done -= pieces.front().size();
      pieces = pieces.subspan(1);
    }
  }
}

void write_to(std::FILE* file, Pieces pieces) {
  for (const std::span<const std::uint8_t> piece : pieces) {
    if (std::fwrite(piece.data(), 1, piece.size(), file) != piece.size()) fail_to_write(errno);
  }
}

void write(std::FILE* file, const Picture& picture, const std::string* note_json, const WriteOptions& options) {
  Coder().write(pixels_of(picture), note_json, options, [file](Pieces pieces) { write_to(file, pieces); });
}

}  // namespace spectrohue::image::png
