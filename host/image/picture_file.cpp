// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/picture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <span>
#include <utility>

#include "image/file_io.h"
#include "image/foreign_notes.h"
#include "image/foreign_picture.h"
#include "image/note.h"
#include "image/npy.h"
#include "image/npz.h"
#include "image/png.h"
#include "image/rgb.h"
#include "image/sidecar.h"
#include "image/signature.h"
#include "image/tiff.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

constexpr std::size_t kFileBufferBytes = 256 << 10;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

[[noreturn]] void fail_to_open(int error) {
  throw Error(ErrorCode::Read, "cannot open the file: " + system_reason(error));
}

FileHandle open_to_read(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) fail_to_open(errno);
  FileHandle file(fdopen(fd, "rb"));
  if (file == nullptr) {
    const int error = errno;
    ::close(fd);
    fail_to_open(error);
  }
  struct stat status {};
  if (fstat(fd, &status) != 0) fail_to_open(errno);
  if (S_ISDIR(status.st_mode)) throw Error(ErrorCode::Read, "it is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw Error(ErrorCode::Read, "it is a device or a pipe, not a regular file");
  std::setvbuf(file.get(), nullptr, _IOFBF, kFileBufferBytes);
  return file;
}

void check_read(std::FILE* file) {
  if (std::ferror(file) != 0) throw Error(ErrorCode::Read, "cannot read the file: " + system_reason(errno));
}

std::string read_head(std::FILE* file) {
  std::string head(kHeadBytes, '\0');
  head.resize(std::fread(head.data(), 1, head.size(), file));
  check_read(file);
  std::rewind(file);
  return head;
}

bool is_png(std::string_view head) { return head.starts_with(png::kSignature); }

/// For people, and behind the name of the file's type.
std::string describe(const std::string& type, PixelLayout layout, bool has_palette = false) {
  const std::string bits = ", " + std::to_string(layout.bits) + "-bit ";
  if (layout.channels == 2) return type + bits + "complex";
  if (layout.bits == 32) return type + bits + "float";
  return type + bits + (layout.channels == 3 ? "RGB" : has_palette ? "palette" : "gray");
}

// Each of these reads what a file says of itself, and its pixels if there is a picture to take them.

FileInfo read_foreign(std::FILE* file, const Signature* signature, Alpha alpha, Picture* pixels) {
  Picture unasked;
  Picture& picture = pixels != nullptr ? *pixels : unasked;
  ForeignDescription description = read_with_opencv(file, signature, alpha, picture);
  FileInfo info;
  info.width = picture.width;
  info.height = picture.height;
  info.layout = picture.layout;
  info.description = std::move(description.text);
  info.lossy = description.lossy;
  return info;
}

FileInfo read_tiff(std::FILE* file, const Signature* signature, Alpha alpha, Picture* pixels) {
  const FileBytes bytes(fileno(file), "TIFF");
  const tiff::Header header = tiff::read_header(bytes);
  FileInfo info;
  if (header.is_simple) {
    info.width = header.width;
    info.height = header.height;
    info.layout = header.layout;
    info.description = describe("TIFF", header.layout, !header.palette.empty());
    if (pixels != nullptr) tiff::read_pixels(bytes, header, *pixels);
  } else {
    info = read_foreign(file, signature, alpha, pixels);
  }
  if (header.text && looks_like_note(*header.text)) info.note = note_from_json(*header.text);
  return info;
}

FileInfo read_npy(std::FILE* file, Picture* pixels) {
  const npy::Source source = [file](std::uint8_t* to, std::size_t n) {
    if (std::fread(to, 1, n, file) == n) return;
    check_read(file);
    throw Error(ErrorCode::BadFormat, "truncated NPY: the file ends early");
  };
  const npy::Header header = npy::read_header(source);
  const std::int64_t most = FileBytes(fileno(file), "NPY").size() - header.header_bytes;
  const npy::Geometry geometry = npy::geometry_of(header, false, std::min(most, kMaxPixelBytes));
  FileInfo info;
  info.width = geometry.width;
  info.height = geometry.n_planes * geometry.n_rows;
  info.layout = geometry.layout;
  info.description = describe("NPY", geometry.layout);
  if (pixels != nullptr) {
    pixels->resize(info.width, info.height, info.layout);
    pixels->palette.clear();
    npy::read_items(header, geometry, source, *pixels, 0);
  }
  return info;
}

FileInfo read_npz(std::FILE* file, Picture* pixels) {
  const npz::Contents contents = npz::read_contents(fileno(file));
  if (pixels != nullptr) npz::read_pixels(fileno(file), contents, *pixels);
  FileInfo info;
  info.width = contents.width;
  info.height = contents.height;
  info.layout = contents.layout;
  info.description = describe("NPZ", contents.layout);
  return info;
}

/// Any file but a PNG.
FileInfo read_other(std::FILE* file, std::string_view head, Alpha alpha, Picture* pixels) {
  const Signature* const signature = recognise(head);
  const Kind kind = signature != nullptr ? signature->kind : Kind::Picture;
  switch (kind) {
    case Kind::Tiff: return read_tiff(file, signature, alpha, pixels);
    case Kind::Npy: return read_npy(file, pixels);
    case Kind::Npz: return read_npz(file, pixels);
    default: return read_foreign(file, signature, alpha, pixels);
  }
}

FileInfo info_of(const png::Header& header) {
  FileInfo info;
  info.width = header.width;
  info.height = header.height;
  info.layout = header.layout;
  info.description = header.description;
  if (header.note_json) info.note = note_from_json(*header.note_json);
  return info;
}

/// Says where the note is from, and looks for one beside the file.
void complete_note(const std::filesystem::path& path, FileInfo& info) {
  info.note_source = NoteSource::File;
  if (info.note) return;
  info.note = read_sidecar(path);
  info.note_source = info.note ? NoteSource::Sidecar : NoteSource::None;
}

class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (fd_ >= 0) return;
    const int reason = errno;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    throw Error(ErrorCode::Write, "cannot create a file in '" + folder.string() + "': " + system_reason(reason));
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  /// Some file systems find only now that they have no room.
  void close() {
    const int fd = std::exchange(fd_, -1);
    if (::close(fd) != 0) throw Error(ErrorCode::Write, "cannot write the file: " + system_reason(errno));
  }

 private:
  int fd_;
};

bool has_one_of(std::span<const std::string_view> extensions, const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

}  // namespace

struct Workspace::State {
  png::Coder coder;
  png::Decoder decoder;
};

Workspace::Workspace() : state_(std::make_unique<State>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

void read(const std::filesystem::path& path, PictureFile& out) {
  Workspace workspace;
  read(path, out, workspace);
}

void read(const std::filesystem::path& path, PictureFile& out, Workspace& workspace, int threads, Alpha alpha) {
  const FileHandle file = open_to_read(path);
  const std::string head = read_head(file.get());
  FileInfo info = is_png(head) ? info_of(workspace.state().decoder.read(file.get(), out.picture, threads, alpha))
                               : read_other(file.get(), head, alpha, &out.picture);
  complete_note(path, info);
  out.note = std::move(info.note);
  out.note_source = info.note_source;
  out.lossy = info.lossy;
  out.description = std::move(info.description);
}

FileInfo inspect(const std::filesystem::path& path) {
  const FileHandle file = open_to_read(path);
  const std::string head = read_head(file.get());
  FileInfo info =
      is_png(head) ? info_of(png::read_header(file.get())) : read_other(file.get(), head, Alpha::Drop, nullptr);
  complete_note(path, info);
  return info;
}

namespace {

/// write(text of the note or null, sink) makes the file.
template <class Write>
void write_file(const std::filesystem::path& path, const PictureNote* note, Write&& write) {
  const std::optional<std::string> json = note != nullptr ? std::optional(to_json(*note)) : std::nullopt;
  OutputFile file(path);
  write(json ? &*json : nullptr, [&file](Pieces pieces) { write_to(file.fd(), pieces); });
  file.close();
}

void write_npz(const std::filesystem::path& path, const Picture& picture, const PictureNote* note,
               const WriteOptions& options) {
  const std::int64_t n_planes = npy::count_planes(picture, note);
  OutputFile file(path);
  npz::write(file.fd(), picture, n_planes, options.compression);
  file.close();
}

void write_lossy(const std::filesystem::path& path, Format format, const Picture& picture, int quality) {
  Picture rgb;
  if (!picture.palette.empty()) {
    rgb.resize(picture.width, picture.height, picture.layout);
    std::copy(picture.pixels.begin(), picture.pixels.end(), rgb.pixels.begin());
    rgb.palette = picture.palette;
    expand_to_rgb(rgb);
  }
  const std::vector<std::uint8_t> bytes = encode_with_opencv(picture.palette.empty() ? picture : rgb, format, quality);
  write_file(path, nullptr, [&](const std::string*, const Sink& sink) {
    const std::span<const std::uint8_t> all = bytes;
    sink({&all, 1});
  });
}

}  // namespace

void write_picture(const std::filesystem::path& path, Format format, const Picture& picture, const PictureNote* note,
                   const WriteOptions& options, Workspace& workspace) {
  check_fits(format, picture.layout, picture.width, picture.height);
  switch (format) {
    case Format::Png: return write_png(path, picture, note, options, workspace);
    case Format::Tiff:
      return write_file(path, note,
                        [&](const std::string* json, const Sink& sink) { tiff::write(picture, json, sink); });
    case Format::Npy: {
      const std::int64_t n_planes = npy::count_planes(picture, note);
      return write_file(path, nullptr,
                        [&](const std::string*, const Sink& sink) { npy::write(picture, n_planes, sink); });
    }
    case Format::Npz: return write_npz(path, picture, note, options);
    case Format::Jpeg:
    case Format::WebP: return write_lossy(path, format, picture, options.quality);
  }
}

void write_png(const std::filesystem::path& path, const Picture& picture, const PictureNote* note,
               const WriteOptions& options, Workspace& workspace) {
  WriteOptions own = options;
  const std::optional<RiffusionNote> riffusion = note != nullptr ? as_riffusion(*note) : std::nullopt;
  const std::vector<std::uint8_t> exif = riffusion ? to_exif(*riffusion) : std::vector<std::uint8_t>();
  if (riffusion) own.exif = exif;
  write_file(path, note, [&](const std::string* json, const Sink& sink) {
    workspace.state().coder.write(png::pixels_of(picture), json, own, sink);
  });
}

void write_png(const std::filesystem::path& path, const EncodedTile& tile, const PictureNote* note,
               const WriteOptions& options, Workspace& workspace) {
  png::Pixels pixels;
  pixels.data = tile.pixels;
  pixels.row_bytes = tile.row_bytes;
  pixels.width = tile.width;
  pixels.height = tile.height;
  pixels.bits = tile.bits;
  write_file(path, note, [&](const std::string* json, const Sink& sink) {
    png::Coder& coder = workspace.state().coder;
    if (tile.is_coded()) {
      coder.write(pixels, {tile.stripes, tile.chunks}, json, sink);
    } else {
      coder.write(pixels, json, options, sink);
    }
  });
}

bool is_plain(const FilterSamples& samples, Workspace& workspace) { return workspace.state().coder.is_plain(samples); }

void write_png(const std::filesystem::path& path, const Picture& picture, const PictureNote* note,
               const WriteOptions& options) {
  Workspace workspace;
  write_png(path, picture, note, options, workspace);
}

bool has_picture_extension(const std::filesystem::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>({".bmp", ".ppm", ".pgm", ".pnm", ".jp2"});
  return format_of_extension(path) || has_one_of(kExtensions, path);
}

bool has_unread_picture_extension(const std::filesystem::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".gif", ".heic", ".heif", ".avif", ".jxl", ".svg", ".pdf", ".psd", ".xcf", ".ico", ".tga", ".exr"});
  return has_one_of(kExtensions, path);
}

}  // namespace spectrohue::image
