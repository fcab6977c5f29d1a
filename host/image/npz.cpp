// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/npz.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <tuple>

#include "image/file_io.h"
#include "image/picture_file.h"
#include "spectrohue/error.h"

namespace spectrohue::image::npz {

namespace {

constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::size_t kMaxMembers = 2 * PictureNote::kMaxChannels;
/// No deflate stream holds more than this many bytes a byte.
constexpr std::int64_t kMaxDeflateRatio = 1032;
constexpr std::string_view kSuffix = ".npy";

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::BadFormat, "damaged NPZ: " + why); }

std::string reason_of(archive* from) {
  const char* const text = archive_error_string(from);
  return text != nullptr ? text : "the archive cannot be read";
}

/// The members of an archive, one after another.
class Reader {
 public:
  explicit Reader(int fd) : archive_(archive_read_new()) {
    if (archive_ == nullptr) throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for libarchive");
    // Only what goes by the directory at the end, as numpy does: a file that is cut has none.
    archive_read_support_format_zip_seekable(archive_.get());
    if (::lseek(fd, 0, SEEK_SET) != 0) throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(errno));
    if (archive_read_open_fd(archive_.get(), fd, kBlockBytes) != ARCHIVE_OK) {
      refuse("it is truncated, or no ZIP archive (" + reason_of(archive_.get()) + ")");
    }
  }

  /// False behind the last one.
  bool next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_.get(), &entry);
    if (status == ARCHIVE_EOF) return false;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) refuse(reason_of(archive_.get()));
    const char* const name = archive_entry_pathname(entry);
    name_ = name != nullptr ? name : "";
    return true;
  }
  const std::string& name() const { return name_; }

  void read(std::uint8_t* to, std::size_t n) {
    while (n > 0) {
      const la_ssize_t got = archive_read_data(archive_.get(), to, n);
      if (got < 0) refuse(name_ + ": " + reason_of(archive_.get()));
      if (got == 0) refuse(name_ + " ends early");
      to += got;
      n -= static_cast<std::size_t>(got);
    }
  }
  npy::Source source() {
    return [this](std::uint8_t* to, std::size_t n) { read(to, n); };
  }

  /// Checksums are compared when the end is read.
  void finish_member() {
    std::uint8_t rest[256];
    la_ssize_t got = 0;
    while ((got = archive_read_data(archive_.get(), rest, sizeof rest)) > 0) {
    }
    if (got < 0) refuse(name_ + ": " + reason_of(archive_.get()));
  }

 private:
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  std::unique_ptr<archive, Free> archive_;
  std::string name_;
};

/// So that ch2 comes before ch10.
bool comes_before(const Contents::Member& a, const Contents::Member& b) {
  return std::forward_as_tuple(a.name.size(), a.name, a.index) < std::forward_as_tuple(b.name.size(), b.name, b.index);
}

void arrange(Contents& contents) {
  std::sort(contents.members.begin(), contents.members.end(), comes_before);
  const npy::Geometry& first = contents.members.front().geometry;
  for (Contents::Member& member : contents.members) {
    const npy::Geometry& geometry = member.geometry;
    const bool is_alike =
        geometry.width == first.width && geometry.n_rows == first.n_rows && geometry.layout == first.layout;
    if (!is_alike) {
      throw Error(ErrorCode::BadFormat, "the arrays " + contents.members.front().name + " and " + member.name +
                                            " of the NPZ differ in shape or type");
    }
    member.first_row = contents.height;
    contents.height += geometry.n_planes * geometry.n_rows;
  }
  contents.width = first.width;
  contents.layout = first.layout;
}

struct FreeWriter {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

void check_written(archive* to, bool is_good) {
  if (is_good) return;
  const int error = archive_errno(to);
  throw Error(ErrorCode::Write, "cannot write the file: " + (error > 0 ? system_reason(error) : reason_of(to)));
}

void write_data(archive* to, const void* data, std::size_t n) {
  check_written(to, archive_write_data(to, data, n) == static_cast<la_ssize_t>(n));
}

void write_member(archive* to, const Picture& picture, std::int64_t n_planes, std::int64_t plane) {
  const std::string header = npy::make_header(picture, n_planes, true);
  const std::int64_t rows = picture.height / n_planes;
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), ("ch" + std::to_string(plane) + std::string(kSuffix)).c_str());
  archive_entry_set_size(entry.get(), std::ssize(header) + rows * picture.row_bytes());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  check_written(to, archive_write_header(to, entry.get()) == ARCHIVE_OK);
  write_data(to, header.data(), header.size());
  for (std::int64_t y = (plane + 1) * rows; y-- > plane * rows;) {
    write_data(to, picture.row(y), static_cast<std::size_t>(picture.row_bytes()));
  }
  check_written(to, archive_write_finish_entry(to) == ARCHIVE_OK);
}

void set_compression(archive* to, Compression compression) {
  if (compression == Compression::Fast) {
    archive_write_zip_set_compression_store(to);
    return;
  }
  constexpr int kMaxLevel = 9;
  const int level = std::min(static_cast<int>(compression), kMaxLevel);
  archive_write_zip_set_compression_deflate(to);
  archive_write_set_format_option(to, "zip", "compression-level", std::to_string(level).c_str());
}

}  // namespace

Contents read_contents(int fd) {
  const std::int64_t file_bytes = FileBytes(fd, "NPZ").size();
  const std::int64_t most =
      file_bytes > kMaxPixelBytes / kMaxDeflateRatio ? kMaxPixelBytes : file_bytes * kMaxDeflateRatio;
  Contents contents;
  Reader reader(fd);
  std::int64_t left = most;
  for (std::size_t index = 0; reader.next(); ++index) {
    if (!reader.name().ends_with(kSuffix)) continue;
    if (contents.members.size() == kMaxMembers) refuse("it has more than " + std::to_string(kMaxMembers) + " arrays");
    Contents::Member member;
    member.index = index;
    member.name = reader.name();
    member.header = npy::read_header(reader.source());
    member.geometry = npy::geometry_of(member.header, true, left);
    left -= member.geometry.source_bytes;
    contents.members.push_back(std::move(member));
  }
  if (contents.members.empty()) {
    throw Error(ErrorCode::BadFormat, "not a picture: it is a ZIP archive without arrays (.npy)");
  }
  arrange(contents);
  return contents;
}

void read_pixels(int fd, const Contents& contents, Picture& out) {
  out.resize(contents.width, contents.height, contents.layout);
  out.palette.clear();
  Reader reader(fd);
  for (std::size_t index = 0; reader.next(); ++index) {
    const auto found = std::find_if(contents.members.begin(), contents.members.end(),
                                    [&](const Contents::Member& member) { return member.index == index; });
    if (found == contents.members.end()) continue;
    // The file may be another one by now.
    const npy::Header header = npy::read_header(reader.source());
    if (header.shape != found->header.shape || header.item_bytes != found->header.item_bytes) refuse("it changes");
    npy::read_items(found->header, found->geometry, reader.source(), out, found->first_row);
    reader.finish_member();
  }
}

void write(int fd, const Picture& picture, std::int64_t n_planes, Compression compression) {
  const std::unique_ptr<archive, FreeWriter> to(archive_write_new());
  if (to == nullptr) throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for libarchive");
  archive_write_set_format_zip(to.get());
  set_compression(to.get(), compression);
  check_written(to.get(), archive_write_open_fd(to.get(), fd) == ARCHIVE_OK);
  for (std::int64_t plane = 0; plane < n_planes; ++plane) write_member(to.get(), picture, n_planes, plane);
  check_written(to.get(), archive_write_close(to.get()) == ARCHIVE_OK);
}

}  // namespace spectrohue::image::npz
