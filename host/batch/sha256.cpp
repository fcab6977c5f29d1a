// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18;

void check(int ok) {
  if (ok != 1) throw Error(ErrorCode::Internal, "SHA-256 failed");
}

}  // namespace

std::string sha256_of(std::span<const std::filesystem::path> files) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context) throw std::bad_alloc();
  check(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));
  std::vector<char> piece(kPiece);
  for (const std::filesystem::path& path : files) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
    std::size_t n = 0;
    while (file && (n = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) {
      check(EVP_DigestUpdate(context.get(), piece.data(), n));
    }
    if (!file || std::ferror(file.get()) != 0) {
      throw Error(ErrorCode::Read, "cannot read '" + path.string() + "' for its hash: " + std::strerror(errno));
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned n_bytes = 0;
  check(EVP_DigestFinal_ex(context.get(), digest.data(), &n_bytes));
  std::string text;
  for (unsigned i = 0; i < n_bytes; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", digest[i]);
    text += digits;
  }
  return text;
}

}  // namespace spectrohue::batch
