// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/png_stripe_reader.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "image/file_io.h"
#include "image/png_format.h"
#include "image/png_rows.h"
#include "image/threads.h"

namespace spectrohue::image::png {

namespace {

using math::kStripeBytes;

/// Of the file, read at once for each thread. What is decoded should still be in the cache.
constexpr std::size_t kWindowBytes = 1 << 20;
/// That one thread does together.
constexpr std::size_t kJobsAtOnce = 2;

}  // namespace

struct StripeReader::Lane {
  StripeDecoder decoder;
  std::uint8_t filtered[kJobsAtOnce][kStripeBytes + kSlackBytes];
  Buffer<std::uint8_t> merged[kJobsAtOnce];
};

StripeReader::StripeReader() {
  std::vector<std::uint8_t> coded(kMaxCodedBytes + kSlackBytes);
  const std::size_t n = coder_.code_silence(1, coded.data());
  silence_.assign(coded.begin(), coded.begin() + static_cast<std::ptrdiff_t>(n));
}
StripeReader::~StripeReader() = default;

bool StripeReader::read(int fd, std::int64_t offset, const StripedRows& rows, int threads, std::uint8_t* pixels) {
  rows_ = rows;
  n_bytes_ = (1 + rows.row_bytes) * rows.height;
  n_stripes_ = (n_bytes_ + kStripeBytes - 1) / kStripeBytes;
  filters_.resize(static_cast<std::size_t>(rows.height));
  threads = std::max(threads, 1);
  while (std::ssize(lanes_) < threads) lanes_.push_back(std::make_unique<Lane>());
  buffer_.resize(static_cast<std::size_t>(threads) * kWindowBytes + kSlackBytes);
  offset_ = offset;
  begin_ = end_ = 0;

  std::uint8_t head[kChunkBytes + sizeof kZlibHeader];
  std::memcpy(head + kChunkHeadBytes, kZlibHeader, sizeof kZlibHeader);
  close_chunk(head, "IDAT", sizeof kZlibHeader);
  if (!fill(fd, threads) || available() < sizeof head) return false;
  if (std::memcmp(buffer_.data(), head, sizeof head) != 0) return false;
  begin_ += sizeof head;

  std::uint32_t adler = 1;
  for (std::int64_t next = 0; next < n_stripes_;) {
    if (!find_jobs(next)) return false;
    if (jobs_.empty()) {
      const std::size_t before = available();
      if (!fill(fd, threads) || available() == before) return false;
      continue;
    }
    const std::span<Job> jobs(jobs_);
    const std::size_t n_pairs = (jobs.size() + kJobsAtOnce - 1) / kJobsAtOnce;
    run_on_threads(static_cast<std::int64_t>(n_pairs), threads, [&](std::int64_t i, int lane) {
      const std::size_t first = static_cast<std::size_t>(i) * kJobsAtOnce;
      decode(jobs.subspan(first, std::min(kJobsAtOnce, jobs.size() - first)), *lanes_[static_cast<std::size_t>(lane)],
             pixels);
    });
    for (const Job& job : jobs_) {
      if (!job.is_good) return false;
      adler = math::combine_adler32(adler, job.adler, static_cast<std::uint64_t>(bytes_of(job)));
    }
  }

  std::uint8_t tail[kChunkBytes + kEndDataBytes + kChunkBytes];
  std::memcpy(tail + kChunkHeadBytes, kLastBlock, sizeof kLastBlock);
  put_big_endian(tail + kChunkHeadBytes + sizeof kLastBlock, adler);
  close_chunk(tail + close_chunk(tail, "IDAT", kEndDataBytes), "IEND", 0);
  if (available() < sizeof tail && (!fill(fd, 1) || available() < sizeof tail)) return false;
  if (std::memcmp(buffer_.data() + begin_, tail, sizeof tail) != 0) return false;
  undo_filters(pixels);
  return true;
}

/// Moves what is left to the start of the buffer and fills it up from the file. False if the system fails.
bool StripeReader::fill(int fd, int threads) {
  std::memmove(buffer_.data(), buffer_.data() + begin_, available());
  end_ -= begin_;
  begin_ = 0;
  const auto wanted = static_cast<std::int64_t>(buffer_.size() - kSlackBytes - end_);
  // Even from memory the system's copy takes a fifth of what decoding does.
  const std::int64_t part_bytes = (wanted + threads - 1) / threads;
  std::vector<std::int64_t> got(static_cast<std::size_t>(threads));
  const auto size_of = [&](std::int64_t part) { return std::min(part_bytes, wanted - part * part_bytes); };
  run_on_threads(threads, threads, [&](std::int64_t part, int) {
    got[static_cast<std::size_t>(part)] =
        read_fully(fd, buffer_.data() + end_ + part * part_bytes, size_of(part), offset_ + part * part_bytes);
  });
  for (std::int64_t part = 0; part < threads; ++part) {
    const std::int64_t n = got[static_cast<std::size_t>(part)];
    if (n < 0) return false;
    end_ += static_cast<std::size_t>(n);
    offset_ += n;
    if (n < size_of(part)) break;
  }
  return true;
}

/// Parses the whole chunks that are in the buffer, up to the last stripe. False if one cannot be a stripe.
bool StripeReader::find_jobs(std::int64_t& next_stripe) {
  jobs_.clear();
  while (next_stripe < n_stripes_ && available() >= kChunkBytes) {
    const std::uint8_t* const chunk = buffer_.data() + begin_;
    const std::size_t n = big_endian(chunk);
    if (n > kMaxCodedBytes || std::memcmp(chunk + 4, "IDAT", 4) != 0) return false;
    if (available() < kChunkBytes + n) break;
    const int n_silent = count_silent_stripes(chunk + kChunkHeadBytes, n);
    const int n_stripes = n_silent > 0 ? n_silent : count_merged_stripes(chunk + kChunkHeadBytes, n, next_stripe);
    const Job job{chunk, n, next_stripe, n_stripes, n_silent > 0, 1, false};
    next_stripe += n_stripes;
    if (n_silent > 0 && next_stripe * kStripeBytes > n_bytes_) return false;
    jobs_.push_back(job);
    begin_ += kChunkBytes + n;
  }
  return true;
}

/// How many silent stripes the data of a chunk hold; 0 if they are anything else.
int StripeReader::count_silent_stripes(const std::uint8_t* data, std::size_t n) {
  constexpr std::size_t kMoreBytes = kStripeBytes / (4 * math::kMaxMatch);  // for each further stripe
  constexpr std::size_t kHeadBytes = 8;
  if (n < silence_.size() || (n - silence_.size()) % kMoreBytes != 0) return 0;
  const std::size_t n_stripes = 1 + (n - silence_.size()) / kMoreBytes;
  if (n_stripes > math::kGroupStripes || std::memcmp(data, silence_.data(), kHeadBytes) != 0) return 0;
  std::uint8_t expected[kMoreBytes * math::kGroupStripes + 64];
  const std::size_t n_expected = coder_.code_silence(static_cast<int>(n_stripes), expected);
  return n_expected == n && std::memcmp(data, expected, n) == 0 ? static_cast<int>(n_stripes) : 0;
}

/// How many stripes the data of a chunk hold that are not all silent.
int StripeReader::count_merged_stripes(const std::uint8_t* data, std::size_t n, std::int64_t first) const {
  constexpr std::size_t kHeadBytes = math::kMergedHeadBytes;
  const bool is_merged = n > kHeadBytes && (data[0] & 7) == (math::kMergedHead[0] & 7) &&
                         std::memcmp(data + 1, math::kMergedHead + 1, kHeadBytes - 1) == 0;
  if (!is_merged) return 1;
  return static_cast<int>(std::min<std::int64_t>(math::merged_stripes(data[0]), n_stripes_ - first));
}

std::int64_t StripeReader::bytes_of(const Job& job) const {
  return std::min<std::int64_t>(std::int64_t{job.n_stripes} * kStripeBytes, n_bytes_ - job.first * kStripeBytes);
}

/// Decodes up to kJobsAtOnce chunks. is_good stays false if there is anything wrong with one.
void StripeReader::decode(std::span<Job> jobs, Lane& lane, std::uint8_t* pixels) {
  std::array<CodedStripe, kJobsAtOnce> stripes;
  std::array<Job*, kJobsAtOnce> owners{};
  std::size_t n = 0;
  for (Job& job : jobs) {
    const std::uint8_t* const data = job.chunk + kChunkHeadBytes;
    if (libdeflate_crc32(0, job.chunk + 4, 4 + job.n_data) != big_endian(data + job.n_data)) return;
    if (job.is_silent) {
      place_zeros(job.first * kStripeBytes, bytes_of(job), pixels);
      job.adler = math::adler32_of_zeros(static_cast<std::uint64_t>(bytes_of(job)));
      job.is_good = true;
      continue;
    }
    owners[n] = &job;
    stripes[n] = {data, job.n_data, lane.filtered[n], static_cast<std::size_t>(bytes_of(job))};
    if (stripes[n].n > kStripeBytes) {
      lane.merged[n].resize(stripes[n].n + kSlackBytes);
      stripes[n].out = lane.merged[n].data();
      stripes[n].coded += math::kMergedHeadBytes;
      stripes[n].n_coded -= math::kMergedHeadBytes;
    }
    ++n;
  }
  if (n == 0) return;
  const bool is_good = n == 2 ? lane.decoder.decode(stripes[0], stripes[1]) : lane.decoder.decode(stripes[0]);
  for (std::size_t i = 0; is_good && i < n; ++i) {
    Job& job = *owners[i];
    job.adler = libdeflate_adler32(1, stripes[i].out, stripes[i].n);
    job.is_good = place(job.first * kStripeBytes, stripes[i].n, stripes[i].out, pixels);
  }
}

/// Copies filtered bytes to where they belong. False if a filter is one that the writer does not use.
bool StripeReader::place(std::int64_t offset, std::size_t n, const std::uint8_t* bytes, std::uint8_t* pixels) {
  std::int64_t y = offset / (1 + rows_.row_bytes);
  std::int64_t at = offset % (1 + rows_.row_bytes);
  const std::uint8_t* const end = bytes + n;
  for (; bytes < end; ++y, at = 0) {
    if (at == 0) {
      if (*bytes > static_cast<int>(Filter::Average)) return false;
      filters_[static_cast<std::size_t>(y)] = *bytes++;
      ++at;
    }
    const std::int64_t count = std::min<std::int64_t>(end - bytes, 1 + rows_.row_bytes - at);
    copy_to_row(bytes, at - 1, at - 1 + count, rows_.bits, pixels + y * rows_.row_bytes);
    bytes += count;
  }
  return true;
}

void StripeReader::place_zeros(std::int64_t offset, std::int64_t n, std::uint8_t* pixels) {
  alignas(64) static constexpr std::uint8_t kZeros[4096] = {};
  for (std::int64_t done = 0; done < n; done += std::ssize(kZeros)) {
    place(offset + done, static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(kZeros), n - done)), kZeros,
          pixels);
  }
}

void StripeReader::undo_filters(std::uint8_t* pixels) const {
  const std::int64_t n = rows_.row_bytes;
  const std::int64_t first = rows_.pixel_bytes;
  // Filters treat each byte alone, so they do not mind in which order the two of a 16-bit value stand.
  for (std::int64_t y = 0; y < rows_.height; ++y) {
    std::uint8_t* const row = pixels + y * n;
    const std::uint8_t* const above = row - n;
    const auto add = [&](std::int64_t i, int expected) { row[i] = static_cast<std::uint8_t>(row[i] + expected); };
    switch (static_cast<Filter>(filters_[static_cast<std::size_t>(y)])) {
      case Filter::Sub:
        for (std::int64_t i = first; i < n; ++i) add(i, row[i - first]);
        break;
      case Filter::Up:
        for (std::int64_t i = 0; i < n && y > 0; ++i) add(i, above[i]);
        break;
      case Filter::Average:
        for (std::int64_t i = 0; i < first && y > 0; ++i) add(i, above[i] / 2);
        for (std::int64_t i = first; i < n; ++i) add(i, (row[i - first] + (y > 0 ? above[i] : 0)) / 2);
        break;
      default: break;
    }
  }
}

}  // namespace spectrohue::image::png
