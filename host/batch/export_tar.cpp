// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/export_tar.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <fstream>
#include <vector>

#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kBlock = 512;

/// While it lives, names are UTF-8 for this thread, whatever the user's locale: libarchive asks that.
class Utf8Names {
 public:
  Utf8Names() : before_(locale() != nullptr ? uselocale(locale()) : nullptr) {}
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names() {
    if (before_ != nullptr) uselocale(before_);
  }

 private:
  static locale_t locale() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;
  }
  locale_t before_;
};

}  // namespace

class TarWriter::Archive {
 public:
  explicit Archive(const fs::path& path) : path_(path), archive_(archive_write_new()) {
    if (!archive_) throw std::bad_alloc();
    check(archive_write_set_format_pax_restricted(archive_.get()));
    check(archive_write_set_bytes_in_last_block(archive_.get(), 1));  // no padding behind the end
    check(archive_write_open_filename(archive_.get(), path.c_str()));
  }

  void begin(const std::string& name, std::int64_t bytes) {
    const Utf8Names utf8;
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    if (!entry) throw std::bad_alloc();
    archive_entry_copy_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), bytes);
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    check(archive_write_header(archive_.get(), entry.get()));
  }

  void write(const char* data, std::size_t bytes) {
    if (archive_write_data(archive_.get(), data, bytes) != static_cast<la_ssize_t>(bytes)) check(ARCHIVE_FATAL);
  }

  void close() { check(archive_write_close(archive_.get())); }

 private:
  struct Free {
    void operator()(archive* a) const { archive_write_free(a); }
    void operator()(archive_entry* e) const { archive_entry_free(e); }
  };

  /// A warning is about a name that could not be written as it is.
  void check(int result) const {
    if (result == ARCHIVE_OK) return;
    const char* const text = archive_error_string(archive_.get());
    std::string reason = text != nullptr ? text : "it cannot be written";
    const int error = archive_errno(archive_.get());
    if (error > 0) reason += std::string(": ") + std::strerror(error);
    throw Error(ErrorCode::Write, "cannot write '" + path_.string() + "': " + reason);
  }

  fs::path path_;
  std::unique_ptr<archive, Free> archive_;
};

TarWriter::TarWriter(const fs::path& path) : archive_(std::make_unique<Archive>(path)) {}
TarWriter::~TarWriter() = default;

void TarWriter::add(const std::string& name, std::string_view content) {
  archive_->begin(name, static_cast<std::int64_t>(content.size()));
  archive_->write(content.data(), content.size());
}

void TarWriter::add_file(const std::string& name, const fs::path& file) {
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  const auto fail = [&] {
    throw Error(ErrorCode::Read, "cannot read '" + file.string() + "': " + std::strerror(errno));
  };
  std::ifstream in(file, std::ios::binary);
  if (!in) fail();
  auto left = static_cast<std::size_t>(fs::file_size(file));
  archive_->begin(name, static_cast<std::int64_t>(left));
  std::vector<char> chunk(std::min(left, kChunk));
  while (left > 0) {
    const std::size_t n = std::min(left, kChunk);
    if (!in.read(chunk.data(), static_cast<std::streamsize>(n))) fail();
    archive_->write(chunk.data(), n);
    left -= n;
  }
}

void TarWriter::finish() { archive_->close(); }

std::int64_t TarWriter::most_bytes(const std::string& name, std::int64_t content_bytes) {
  const auto blocks = [](std::int64_t bytes) { return (bytes + kBlock - 1) / kBlock * kBlock; };
  constexpr std::int64_t kPaxRecords = 64;  // of a size and of the digits and keys of records
  const bool is_plain = name.size() <= 100 && content_bytes < (std::int64_t{1} << 33) &&
                        std::all_of(name.begin(), name.end(), [](char c) { return static_cast<signed char>(c) > 0; });
  const std::int64_t pax = is_plain ? 0 : kBlock + blocks(static_cast<std::int64_t>(name.size()) + kPaxRecords);
  return pax + kBlock + blocks(content_bytes);
}

}  // namespace spectrohue::batch
