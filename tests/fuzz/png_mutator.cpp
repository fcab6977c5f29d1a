// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// How libFuzzer changes PNG files: mostly chunk by chunk, with checksums that are right again afterwards. Without that
// nearly every change would end at the first checksum.
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>
#include <random>

#include "fuzz/check.h"
#include "support/png_chunks.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace spectrohue;
using test::PngChunk;
using Chunks = std::vector<PngChunk>;
using Random = std::minstd_rand;

constexpr std::size_t kZlibHeaderBytes = 2;
constexpr std::size_t kAdlerBytes = 4;
constexpr std::size_t kMaxInflatedBytes = 1 << 20;
constexpr const char* kTypes[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "iTXt",
                                  "zTXt", "tEXt", "shSZ", "sPLT", "iCCP"};

std::string mutated(std::string bytes, std::size_t room) {
  const std::size_t size = bytes.size();
  bytes.resize(size + room);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
  return bytes;
}

PngChunk& any_of(Chunks& chunks, Random& random) { return chunks[random() % chunks.size()]; }

/// Small sizes, and the depths and kinds of colour that there are.
void change_header(std::string& header, Random& random) {
  constexpr std::size_t kHeaderBytes = 13;
  constexpr char kDepths[] = {1, 2, 4, 8, 16};
  constexpr char kColors[] = {0, 2, 3, 4, 6};
  header.resize(kHeaderBytes);
  switch (random() % 5) {
    case 0: header.replace(0, 4, test::big_endian(static_cast<std::uint32_t>(1 + random() % 300))); break;
    case 1: header.replace(4, 4, test::big_endian(static_cast<std::uint32_t>(1 + random() % 300))); break;
    case 2: header[8] = kDepths[random() % std::size(kDepths)]; break;
    case 3: header[9] = kColors[random() % std::size(kColors)]; break;
    default: header[12] = static_cast<char>(random() % 2); break;
  }
}

void change_order(Chunks& chunks, Random& random, std::size_t room) {
  const auto at = chunks.begin() + static_cast<std::ptrdiff_t>(random() % chunks.size());
  switch (random() % 4) {
    case 0: chunks.erase(at); break;
    case 1: std::swap(*at, any_of(chunks, random)); break;
    case 2: at->type = kTypes[random() % std::size(kTypes)]; break;
    default:
      if (const PngChunk twin = *at; twin.data.size() < room) chunks.insert(at, twin);
      break;
  }
}

std::string pixel_stream(const Chunks& chunks) {
  std::string stream;
  for (const PngChunk& chunk : chunks) {
    if (chunk.type == "IDAT") stream += chunk.data;
  }
  return stream;
}

/// Where in the pixels' stream Adler-32 stands, and what it should be; false if the stream cannot be inflated.
bool find_adler(const std::string& stream, std::size_t& at, std::uint32_t& adler) {
  if (stream.size() < kZlibHeaderBytes + kAdlerBytes) return false;
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  static std::string bytes(kMaxInflatedBytes, '\0');
  std::size_t n_used = 0;
  std::size_t n_made = 0;
  const libdeflate_result result =
      libdeflate_deflate_decompress_ex(inflater.get(), stream.data() + kZlibHeaderBytes,
                                       stream.size() - kZlibHeaderBytes, bytes.data(), bytes.size(), &n_used, &n_made);
  at = kZlibHeaderBytes + n_used;
  adler = libdeflate_adler32(1, bytes.data(), n_made);
  return result == LIBDEFLATE_SUCCESS && at + kAdlerBytes <= stream.size();
}

void repair_adler(Chunks& chunks) {
  std::string stream = pixel_stream(chunks);
  std::size_t at = 0;
  std::uint32_t adler = 0;
  if (!find_adler(stream, at, adler)) return;
  stream.replace(at, kAdlerBytes, test::big_endian(adler));
  std::size_t done = 0;
  for (PngChunk& chunk : chunks) {
    if (chunk.type != "IDAT") continue;
    chunk.data = stream.substr(done, chunk.data.size());
    done += chunk.data.size();
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  Random random(seed + 1);
  Chunks chunks = test::png_chunks(fuzz::view(data, size));
  // Now and then what is wrong is a checksum, or the file is cut.
  if (chunks.empty() || random() % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::size_t room = max_size - std::min(size, max_size);
  switch (random() % 8) {
    case 0: change_header(chunks.front().data, random); break;
    case 1: change_order(chunks, random, room); break;
    default:
      PngChunk& chunk = any_of(chunks, random);
      chunk.data = mutated(chunk.data, room);
      break;
  }
  if (random() % 8 != 0) repair_adler(chunks);
  const std::string png = test::png_of(chunks);
  const std::size_t n = std::min(png.size(), max_size);
  std::memcpy(data, png.data(), n);
  return n;
}
