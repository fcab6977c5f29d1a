// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Writes PNG files without libpng: stripes of Huffman codes on any number of threads, or one stream by libdeflate.
// docs/png.md says what the file looks like and why.
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <future>
#include <limits>
#include <string>
#include <utility>
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

/// Below that the chunks of stripes are joined: their heads and tails would take more than half a percent.
constexpr std::size_t kTinyBytes = 8192;
/// Below that so would the ends of blocks, and libdeflate is tried: slowest where there are few bytes before coding.
constexpr std::size_t kTiniestBytes = 1024;
constexpr int kTiniestLevel = 12;
constexpr int kSparseLevel = 6;

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
  if (pixels.bits > 16 || pixels.channels == 2) {
    throw Error(ErrorCode::Unsupported,
                "a PNG holds whole numbers of 8 or 16 bits, gray or RGB; floats need tiff or npy");
  }
  const bool is_indexed = !pixels.palette.empty();
  const bool is_known = (pixels.channels == 1 || (pixels.channels == 3 && !is_indexed)) &&
                        (pixels.bits == 8 || (pixels.bits == 16 && !is_indexed)) && pixels.palette.size() <= 256;
  if (!is_known) throw Error(ErrorCode::Internal, "these are not pixels that a PNG can hold");
}

/// How the filtered bytes are made and coded: by one filter, or the best of each row, and libdeflate; or in stripes.
enum class Way { None, Sub, Up, Average, Paeth, Adaptive, Stripes };

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

/// True if no other writer makes the picture of zeros smaller, in spite of what stripes take.
bool is_plain_silence(const FilteredBytes& rows, std::uint32_t adler) {
  constexpr std::int64_t kManyRows = 128;  // whose numbers of filters are not zeros elsewhere
  constexpr std::int64_t kShortRow = 16;   // may be filtered with None elsewhere
  return adler == math::adler32_of_zeros(static_cast<std::uint64_t>(rows.bytes())) && rows.bytes() > kStripeBytes &&
         rows.row_bytes() > kShortRow && rows.bytes() >= kManyRows * rows.row_bytes();
}

/// The filtered bytes of a picture whose stripes are coded: decoded again, which short ones are quickly, and no others
/// are asked for.
class DecodedStripes final : public FilteredBytes {
 public:
  DecodedStripes(const Pixels& pixels, const CodedPixels& coded) : FilteredBytes(pixels), coded_(coded) {
    std::size_t at = 0;
    bool is_whole = std::ssize(coded.stripes) == (bytes_ - 1) / kStripeBytes + 1;
    for (const math::StripeChunk& stripe : coded.stripes) {
      is_whole = is_whole && (stripe.chunk_bytes == 0 || stripe.chunk_bytes > kChunkBytes) &&
                 stripe.chunk_bytes <= coded.chunks.size() - at;
      if (!is_whole) break;
      chunks_.push_back(coded.chunks.data() + at);
      at += stripe.chunk_bytes;
    }
    if (!is_whole || at != coded.chunks.size()) {
      throw Error(ErrorCode::Internal, "coded stripes are not those of the picture");
    }
  }

  const std::uint8_t* chunk(std::int64_t stripe) const { return chunks_[static_cast<std::size_t>(stripe)]; }

  /// Whole stripes only.
  void copy(std::int64_t offset, std::size_t n, std::uint8_t* out) const override {
    for (const std::int64_t end = offset + static_cast<std::int64_t>(n); offset < end;) {
      const auto stripe = static_cast<std::size_t>(offset / kStripeBytes);
      const auto count = static_cast<std::size_t>(std::min<std::int64_t>(kStripeBytes, end - offset));
      if (coded_.stripes[stripe].chunk_bytes == 0) {
        std::fill_n(out, count, std::uint8_t{0});
      } else {
        decode(stripe, count, out);
      }
      out += count;
      offset += kStripeBytes;
    }
  }

 private:
  void decode(std::size_t stripe, std::size_t n, std::uint8_t* out) const {
    const std::size_t n_coded = coded_.stripes[stripe].chunk_bytes - kChunkBytes;
    std::vector<std::uint8_t> coded(n_coded + kSlackBytes);
    std::copy_n(chunks_[stripe] + kChunkHeadBytes, n_coded, coded.data());
    std::vector<std::uint8_t> bytes(n + kSlackBytes);
    if (!decoder_->decode({coded.data(), n_coded, bytes.data(), n})) {
      throw Error(ErrorCode::Internal, "a coded stripe cannot be decoded");
    }
    std::copy_n(bytes.data(), n, out);
  }

  CodedPixels coded_;
  std::vector<const std::uint8_t*> chunks_;
  std::unique_ptr<StripeDecoder> decoder_ = std::make_unique<StripeDecoder>();
};

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
  struct Stripe : math::StripeChunk {
    const std::uint8_t* chunk = nullptr;
  };

  using Runs = StripeCoder::Runs;
  struct Choice {
    Filter filter;
    Runs runs;
  };

  void write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options, const Sink& sink);
  void write(const Pixels& pixels, const CodedPixels& coded, const std::string* note_json, const Sink& sink);

  void need_lanes(int n);
  void begin(const Pixels& pixels, const std::string* note_json, std::span<const std::uint8_t> exif);
  void add_chunk(const char* type, std::span<const std::uint8_t> data);
  void write_stripes(const FilteredRows& rows, int threads, const Sink& sink);
  template <class Code>
  void write_stripes(const FilteredBytes& rows, int threads, const Sink& sink, Code&& code);
  Stripe code_stripe(const FilteredRows& rows, std::int64_t stripe, std::uint8_t* slot, Lane& lane) const;
  std::int64_t count_sparse(std::int64_t first, std::int64_t end, bool ends_picture) const;
  std::size_t merge(const FilteredBytes& rows, std::int64_t offset, std::int64_t first, std::int64_t end,
                    std::uint8_t* slot);
  void collect_chunks(const FilteredBytes& rows, std::int64_t offset, std::int64_t n);
  void join_chunks(const FilteredBytes& rows, std::span<const std::uint8_t> end);
  Choice choose(const Pixels& pixels);
  Choice choose(const FilterSamples& samples);
  template <class Make>
  Choice choose(std::size_t n, Make&& make);
  void write_small(const Pixels& pixels, const FilteredRows& rows, int threads, const Sink& sink);
  bool write_deflated(const Pixels& pixels, const FilteredRows& rows, Way way, int level, std::size_t most,
                      const Sink& sink);
  Way choose_way(const Pixels& pixels, const FilteredRows& rows);
  std::size_t deflate(int level, std::size_t n);
  void make_room(std::size_t n);

  Runs runs = Runs::Cells;  ///< of the picture
  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<Stripe> stripes;
  std::vector<std::uint8_t> front;  ///< small chunks that wait to be written
  std::vector<std::span<const std::uint8_t>> pieces;
  Buffer<std::uint8_t> filtered;
  Buffer<std::uint8_t> coded;
  // The same, of what a thread writes meanwhile.
  std::vector<std::uint8_t> written_front;
  std::vector<std::span<const std::uint8_t>> written_pieces;
  Buffer<std::uint8_t> written_coded;
  std::array<std::unique_ptr<libdeflate_compressor, FreeDeflate>, kMaxLevel + 1> compressors;
};

void Coder::State::write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options,
                         const Sink& sink) {
  check(pixels, note_json);
  begin(pixels, note_json, options.exif);
  const Choice choice = choose(pixels);
  runs = choice.runs;
  const FilteredRows rows(pixels, choice.filter);
  if (options.compression == Compression::Fast) {
    write_stripes(rows, options.threads, sink);
  } else if (options.compression != Compression::Small) {
    write_deflated(pixels, rows, static_cast<Way>(choice.filter), static_cast<int>(options.compression),
                   std::numeric_limits<std::size_t>::max(), sink);
  } else {
    write_small(pixels, rows, options.threads, sink);
  }
}

void Coder::State::write(const Pixels& pixels, const CodedPixels& coded_pixels, const std::string* note_json,
                         const Sink& sink) {
  check(pixels, note_json);
  begin(pixels, note_json, {});
  const DecodedStripes bytes(pixels, coded_pixels);
  write_stripes(bytes, 1, sink, [&](std::int64_t stripe, std::uint8_t*, Lane&) {
    return Stripe{coded_pixels.stripes[static_cast<std::size_t>(stripe)], bytes.chunk(stripe)};
  });
}

/// Stripes, unless another way seems better and is.
void Coder::State::write_small(const Pixels& pixels, const FilteredRows& rows, int threads, const Sink& sink) {
  const Way way = choose_way(pixels, rows);
  if (way == Way::Stripes) {
    write_stripes(rows, threads, sink);
    return;
  }
  const std::vector<std::uint8_t> header = front;
  std::size_t striped_bytes = 0;
  write_stripes(rows, threads, [&](Pieces striped) {
    for (const auto& piece : striped) striped_bytes += piece.size();
  });
  front = header;
  if (write_deflated(pixels, rows, way, kSmallLevel, striped_bytes, sink)) return;
  write_stripes(rows, threads, sink);
}

void Coder::State::need_lanes(int n) {
  while (std::ssize(lanes) < n) lanes.push_back(std::make_unique<Lane>());
}

Coder::State::Choice Coder::State::choose(const Pixels& pixels) {
  const math::SamplePlan plan = math::plan_samples(FilteredRows(pixels, Filter::None).bytes());
  return choose(static_cast<std::size_t>(plan.bytes()), [&](Filter filter, std::uint8_t* out) {
    const FilteredRows rows(pixels, filter);
    for (std::int64_t i = 0; i < plan.n_pieces; ++i) {
      rows.copy(plan.offset(i), static_cast<std::size_t>(plan.piece_bytes), out + i * plan.piece_bytes);
    }
  });
}

Coder::State::Choice Coder::State::choose(const FilterSamples& samples) {
  return choose(samples[0].size(), [&](Filter filter, std::uint8_t* out) {
    std::copy_n(samples[static_cast<std::size_t>(filter)].data(), samples[0].size(), out);
  });
}

/// What makes samples from all over the picture smallest. Paeth is not tried: it is the slowest to undo. make(filter,
/// out) makes the n bytes of the samples.
template <class Make>
Coder::State::Choice Coder::State::choose(std::size_t n, Make&& make) {
  need_lanes(1);
  Lane& lane = *lanes[0];
  Choice best{Filter::None, Runs::Cells};
  std::size_t smallest = std::numeric_limits<std::size_t>::max();
  for (const Filter filter : {Filter::None, Filter::Sub, Filter::Up, Filter::Average}) {
    if (filter == Filter::Average && best.filter == Filter::None) break;
    make(filter, lane.filtered);
    // Whoever writes all runs, as zlib's fastest ways do, is not to be beaten by much; otherwise cells are the fastest.
    std::size_t size = lane.coder.coded_size(lane.filtered, n, Runs::Cells);
    const bool has_runs = lane.coder.bytes_in_runs(lane.filtered, n) > n / 4;
    const std::size_t with_all = has_runs ? lane.coder.coded_size(lane.filtered, n, Runs::All) : size;
    Runs runs = Runs::Cells;
    if (with_all < size - size / 128) {
      const std::size_t with_short = lane.coder.coded_size(lane.filtered, n, Runs::Short);
      runs = with_short < with_all ? Runs::Short : Runs::All;
      size = std::min(with_short, with_all);
    }
    if (filter == Filter::Sub && size > smallest + smallest / 8) break;  // phases
    if (size >= smallest) continue;
    smallest = size;
    best = {filter, runs};
  }
  return best;
}

void Coder::State::add_chunk(const char* type, std::span<const std::uint8_t> data) {
  const std::size_t at = front.size();
  front.resize(at + kChunkBytes + data.size());
  if (!data.empty()) std::memcpy(front.data() + at + kChunkHeadBytes, data.data(), data.size());
  close_chunk(front.data() + at, type, data.size());
}

void Coder::State::begin(const Pixels& pixels, const std::string* note_json, std::span<const std::uint8_t> exif) {
  front.assign(kSignature.begin(), kSignature.end());
  std::array<std::uint8_t, 13> header{};
  put_big_endian(header.data(), static_cast<std::uint32_t>(pixels.width));
  put_big_endian(header.data() + 4, static_cast<std::uint32_t>(pixels.height));
  header[8] = static_cast<std::uint8_t>(pixels.bits);
  header[9] = color_type(pixels);
  add_chunk("IHDR", header);
  if (!pixels.palette.empty()) add_chunk("PLTE", {pixels.palette.front().data(), 3 * pixels.palette.size()});
  if (!exif.empty()) add_chunk("eXIf", exif);
  if (note_json == nullptr || note_json->empty()) return;
  std::vector<std::uint8_t> text(kNoteKeyword, kNoteKeyword + sizeof kNoteKeyword);
  text.insert(text.end(), 4, 0);  // not compressed, method, no language, no translated keyword
  text.insert(text.end(), note_json->begin(), note_json->end());
  add_chunk("iTXt", text);
}

// --- Stripes.

Coder::State::Stripe Coder::State::code_stripe(const FilteredRows& rows, std::int64_t stripe, std::uint8_t* slot,
                                               Lane& lane) const {
  const std::int64_t offset = stripe * kStripeBytes;
  const auto n = static_cast<std::size_t>(std::min<std::int64_t>(kStripeBytes, rows.bytes() - offset));
  rows.copy(offset, n, lane.filtered);
  if (n == kStripeBytes && is_silent(lane.filtered, n)) return {{0, math::adler32_of_zeros(n)}};
  const std::size_t coded_bytes = lane.coder.code(lane.filtered, n, runs, slot + kChunkHeadBytes);
  const auto chunk_bytes = static_cast<std::uint32_t>(close_chunk(slot, "IDAT", coded_bytes));
  return {{chunk_bytes, libdeflate_adler32(1, lane.filtered, n)}, slot};
}

/// How many of stripes [first, end) may be coded together, the first one included.
std::int64_t Coder::State::count_sparse(std::int64_t first, std::int64_t end, bool ends_picture) const {
  std::size_t sum = 0;
  std::int64_t i = first;
  for (; i < end; ++i) {
    const std::size_t chunk_bytes = stripes[static_cast<std::size_t>(i)].chunk_bytes;
    const std::size_t size = chunk_bytes != 0 ? chunk_bytes - kChunkBytes : math::kZerosBytes;
    sum += size;
    if (size > math::kSparseBytes || sum > math::kMergedBytes) break;
  }
  const bool may_be_odd = i == end && ends_picture;
  return may_be_odd ? i - first : (i - first) / 2 * 2;
}

/// Makes one chunk of stripes [first, end), which start at a filtered byte. Returns its size; 0 if it is not worth it.
std::size_t Coder::State::merge(const FilteredBytes& rows, std::int64_t offset, std::int64_t first, std::int64_t end,
                                std::uint8_t* slot) {
  std::size_t apart = 0;
  bool after_zeros = false;
  for (std::int64_t i = first; i < end; ++i) {
    const std::size_t chunk_bytes = stripes[static_cast<std::size_t>(i)].chunk_bytes;
    apart +=
        chunk_bytes != 0 ? chunk_bytes : math::kZerosBytes + (after_zeros ? 0 : kChunkBytes + math::kZerosEndBytes);
    after_zeros = chunk_bytes == 0;
  }
  const auto n = static_cast<std::size_t>(std::min((end - first) * kStripeBytes, rows.bytes() - offset));
  make_room(n);
  rows.copy(offset, n, filtered.data());
  const std::size_t coded_bytes =
      lanes[0]->coder.code_merged(static_cast<int>(end - first), filtered.data(), n,
                                  apart - apart / math::kMergedGain - kChunkBytes, slot + kChunkHeadBytes);
  return coded_bytes == 0 ? 0 : close_chunk(slot, "IDAT", coded_bytes);
}

/// Adds the chunks of stripes [0, n) to `pieces`, of which the first starts at a filtered byte and a group.
void Coder::State::collect_chunks(const FilteredBytes& rows, std::int64_t offset, std::int64_t n) {
  const auto slot = [&](std::int64_t i) { return coded.data() + static_cast<std::size_t>(i) * kSlotBytes; };
  const auto is_zeros = [&](std::int64_t i) { return stripes[static_cast<std::size_t>(i)].chunk_bytes == 0; };
  const auto zeros_end = [&](std::int64_t i, std::int64_t end) {
    while (i < end && is_zeros(i)) ++i;
    return i;
  };
  for (std::int64_t i = 0; i < n;) {
    const std::int64_t group_end = std::min(n, (i / kGroupStripes + 1) * kGroupStripes);
    const bool ends_picture = offset + group_end * kStripeBytes >= rows.bytes();
    const std::int64_t sparse_end = i + count_sparse(i, group_end, ends_picture);
    if (sparse_end > i + 1 && zeros_end(i, group_end) < sparse_end) {
      if (const std::size_t size = merge(rows, offset + i * kStripeBytes, i, sparse_end, slot(i)); size != 0) {
        pieces.emplace_back(slot(i), size);
        i = sparse_end;
        continue;
      }
    }
    const std::int64_t end = std::max(i + 1, sparse_end);
    while (i < end) {
      if (!is_zeros(i)) {
        const Stripe& stripe = stripes[static_cast<std::size_t>(i)];
        pieces.emplace_back(stripe.chunk, stripe.chunk_bytes);
        ++i;
        continue;
      }
      const std::int64_t first = std::exchange(i, zeros_end(i, group_end));
      const std::size_t size = lanes[0]->coder.code_silence(static_cast<int>(i - first), slot(first) + kChunkHeadBytes);
      pieces.emplace_back(slot(first), close_chunk(slot(first), "IDAT", size));
    }
  }
}

/// Adds the chunks in `pieces`, which hold the whole picture, to `front` as one; or what libdeflate makes of the
/// picture.
void Coder::State::join_chunks(const FilteredBytes& rows, std::span<const std::uint8_t> end) {
  std::vector<std::uint8_t> joined(std::begin(kZlibHeader), std::end(kZlibHeader));
  for (const auto& chunk : std::span(pieces).subspan(1)) {
    joined.insert(joined.end(), chunk.begin() + kChunkHeadBytes, chunk.end() - kChunkTailBytes);
  }
  joined.insert(joined.end(), end.begin(), end.end());
  if (joined.size() < kTiniestBytes) {
    const auto n = static_cast<std::size_t>(rows.bytes());
    make_room(n);
    rows.copy(0, n, filtered.data());
    if (const std::size_t size = deflate(n < kTiniestBytes ? kTiniestLevel : kSparseLevel, n); size < joined.size()) {
      joined.assign(coded.begin(), coded.begin() + static_cast<std::ptrdiff_t>(size));
    }
  }
  add_chunk("IDAT", joined);
}

void Coder::State::write_stripes(const FilteredRows& rows, int threads, const Sink& sink) {
  write_stripes(rows, threads, sink, [&](std::int64_t stripe, std::uint8_t* slot, Lane& lane) {
    return code_stripe(rows, stripe, slot, lane);
  });
}

/// code(number of the stripe, slot, lane) returns a Stripe; it may use the slot and the lane.
template <class Code>
void Coder::State::write_stripes(const FilteredBytes& rows, int threads, const Sink& sink, Code&& code) {
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

  const std::size_t n_header = front.size();
  add_chunk(kStripesChunk, stripes_chunk_data());
  add_chunk("IDAT", kZlibHeader);
  std::uint32_t adler = 1;
  std::size_t total = 0;
  std::future<void> writing;
  for (std::int64_t first = 0; first < n_stripes; first += at_once) {
    const std::int64_t n = std::min(at_once, n_stripes - first);
    run_on_threads(n, threads, [&](std::int64_t i, int lane) {
      stripes[static_cast<std::size_t>(i)] = code(first + i, coded.data() + static_cast<std::size_t>(i) * kSlotBytes,
                                                  *lanes[static_cast<std::size_t>(lane)]);
    });
    for (std::int64_t i = first; i < first + n; ++i) {
      adler = math::combine_adler32(
          adler, stripes[static_cast<std::size_t>(i - first)].adler,
          static_cast<std::uint64_t>(std::min<std::int64_t>(kStripeBytes, n_bytes - i * kStripeBytes)));
    }
    pieces.assign(1, front);
    collect_chunks(rows, first * kStripeBytes, n);
    for (const auto& piece : std::span(pieces).subspan(1)) total += piece.size();
    if (first + n == n_stripes) break;
    if (threads == 1) {
      sink(pieces);
    } else {
      // These are written while the next ones are coded.
      if (writing.valid()) writing.get();
      std::swap(front, written_front);
      std::swap(pieces, written_pieces);
      std::swap(coded, written_coded);
      coded.resize(written_coded.size());
      writing = std::async(std::launch::async, [&] { sink(written_pieces); });
    }
    front.clear();
  }
  if (writing.valid()) writing.get();

  std::uint8_t end[kEndDataBytes] = {kLastBlock[0], kLastBlock[1]};
  put_big_endian(end + sizeof kLastBlock, adler);
  if (n_stripes <= kGroupStripes && total < kTinyBytes && !is_plain_silence(rows, adler)) {
    front.resize(n_header);
    join_chunks(rows, end);
    add_chunk("IEND", {});
    const std::span<const std::uint8_t> all = front;
    sink({&all, 1});
    return;
  }
  const std::size_t n_front = front.size();
  add_chunk("IDAT", end);
  add_chunk("IEND", {});
  pieces[0] = std::span(front).first(n_front);  // it may have moved
  pieces.push_back(std::span(front).subspan(n_front));
  sink(pieces);
}

// --- One stream.

/// For n filtered bytes. What the coder sees behind them makes no difference, but that is beyond what tools that watch
/// for uninitialised memory can tell.
void Coder::State::make_room(std::size_t n) {
  filtered.resize(n + kSlackBytes);
  std::fill_n(filtered.data() + n, kSlackBytes, std::uint8_t{0});
}

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
  make_room(n);
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
      for (std::size_t at = 0; at < n; at += kStripeBytes) {
        const std::size_t count = std::min<std::size_t>(kStripeBytes, n - at);
        size += kChunkBytes + lanes[0]->coder.coded_size(filtered.data() + at, count, runs);
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

/// False if the file would be larger than `most`; nothing is written then.
bool Coder::State::write_deflated(const Pixels& pixels, const FilteredRows& rows, Way way, int level, std::size_t most,
                                  const Sink& sink) {
  const auto n = static_cast<std::size_t>(rows.bytes());
  make_room(n);
  filter_rows(pixels, rows, way, 0, rows.bytes() / rows.row_bytes(), filtered.data());
  const std::size_t n_coded = deflate(level, n);
  const std::size_t n_chunks = (n_coded + kMaxIdatBytes - 1) / kMaxIdatBytes;
  if (front.size() + n_coded + (n_chunks + 1) * kChunkBytes > most) return false;

  // The stream stays where it is; heads and tails of its chunks gather in `front`, which must not move any more.
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
  return true;
}

// --- What others see.

Coder::Coder() : state_(std::make_unique<State>()) {}
Coder::~Coder() = default;
Coder::Coder(Coder&&) noexcept = default;
Coder& Coder::operator=(Coder&&) noexcept = default;

void Coder::write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options, const Sink& sink) {
  state_->write(pixels, note_json, options, sink);
}

bool Coder::is_plain(const FilterSamples& samples) {
  const State::Choice choice = state_->choose(samples);
  return choice.filter == Filter::None && choice.runs == StripeCoder::Runs::Cells;
}

void Coder::write(const Pixels& pixels, const CodedPixels& coded, const std::string* note_json, const Sink& sink) {
  state_->write(pixels, coded, note_json, sink);
}

Pixels pixels_of(const Picture& picture) {
  Pixels pixels;
  pixels.data = picture.pixels.data();
  pixels.row_bytes = picture.row_bytes();
  pixels.width = picture.width;
  pixels.height = picture.height;
  pixels.channels = picture.layout.channels;
  pixels.bits = picture.layout.bits;
  pixels.palette = picture.palette;
  return pixels;
}

void write_to(std::FILE* file, Pieces pieces) {
  for (const std::span<const std::uint8_t> piece : pieces) {
    if (std::fwrite(piece.data(), 1, piece.size(), file) != piece.size())
      throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(errno));
  }
}

void write(std::FILE* file, const Picture& picture, const std::string* note_json, const WriteOptions& options) {
  Coder().write(pixels_of(picture), note_json, options, [file](Pieces pieces) { write_to(file, pieces); });
}

}  // namespace spectrohue::image::png
