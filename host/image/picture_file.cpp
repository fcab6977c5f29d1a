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
#include <cstring>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

#include "image/foreign_loader.h"
#include "image/note.h"
#include "image/png.h"
#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kFileBufferBytes = 256 << 10;
/// Enough of a file's start to tell what it is.
constexpr std::size_t kHeadBytes = 512;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

std::string system_reason(int error) { return std::generic_category().message(error); }

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

std::vector<std::uint8_t> read_all(std::FILE* file) {
  struct stat status {};
  if (fstat(fileno(file), &status) != 0) fail_to_open(errno);
  if (status.st_size > std::numeric_limits<int>::max()) {
    throw Error(ErrorCode::Unsupported, "pictures other than PNG are read up to 2 GiB; convert it to PNG first");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size));
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  check_read(file);
  return bytes;
}

/// What the first bytes of a file tell.
enum class Kind { Jpeg, WebP, Bmp, Picture, OtherPicture, NoPicture };
struct Signature {
  std::size_t offset;
  std::string_view bytes;
  Kind kind;  ///< OtherPicture: one that some builds of OpenCV do not read
  const char* name;
};
constexpr auto kSignatures = std::to_array<Signature>({
    {0, "\xFF\xD8\xFF"sv, Kind::Jpeg, "JPEG"},
    {8, "WEBP"sv, Kind::WebP, "WebP"},
    {0, "II*\0"sv, Kind::Picture, "TIFF"},
    {0, "MM\0*"sv, Kind::Picture, "TIFF"},
    {0, "II+\0"sv, Kind::Picture, "TIFF"},
    {0, "MM\0+"sv, Kind::Picture, "TIFF"},
    {0, "BM"sv, Kind::Bmp, "BMP"},
    {4, "jP  "sv, Kind::OtherPicture, "JPEG 2000"},
    {0, "\xFF\x4F\xFF\x51"sv, Kind::OtherPicture, "JPEG 2000"},
    {0, "#?RADIANCE"sv, Kind::OtherPicture, "Radiance HDR"},
    {0, "#?RGBE"sv, Kind::OtherPicture, "Radiance HDR"},
    {0, "\x76\x2F\x31\x01"sv, Kind::OtherPicture, "OpenEXR"},
    {0, "\x59\xA6\x6A\x95"sv, Kind::OtherPicture, "Sun raster"},
    {0, "GIF8"sv, Kind::OtherPicture, "GIF"},
    {4, "ftypavif"sv, Kind::OtherPicture, "AVIF"},
    {4, "ftyphei"sv, Kind::OtherPicture, "HEIF"},
    {4, "ftypmif1"sv, Kind::OtherPicture, "HEIF"},
    {0, "P1"sv, Kind::Picture, "PNM"},
    {0, "P2"sv, Kind::Picture, "PNM"},
    {0, "P3"sv, Kind::Picture, "PNM"},
    {0, "P4"sv, Kind::Picture, "PNM"},
    {0, "P5"sv, Kind::Picture, "PNM"},
    {0, "P6"sv, Kind::Picture, "PNM"},
    {0, "P7"sv, Kind::Picture, "PAM"},
    {0, "%PDF"sv, Kind::NoPicture, "a PDF document"},
    {0, "PK\3\4"sv, Kind::NoPicture, "a ZIP archive"},
    {8, "WAVE"sv, Kind::NoPicture, "a WAV sound file"},
    {0, "fLaC"sv, Kind::NoPicture, "a FLAC sound file"},
    {0, "OggS"sv, Kind::NoPicture, "an Ogg sound file"},
    {0, "ID3"sv, Kind::NoPicture, "an MP3 sound file"},
});

bool looks_like_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || u == 0x7F;
  });
}

const Signature* find_signature(std::string_view head) {
  for (const Signature& s : kSignatures) {
    if (head.size() >= s.offset + s.bytes.size() && head.substr(s.offset, s.bytes.size()) == s.bytes) return &s;
  }
  return nullptr;
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::BadFormat, what); }

/// The signature of a picture, or none if it is unknown; throws for what certainly is no picture.
const Signature* recognise(std::string_view head) {
  if (head.empty()) refuse("not a picture: the file is empty");
  if (png::kSignature.substr(0, head.size()) == head) refuse("truncated PNG: the file ends early, in its signature");
  const Signature* const signature = find_signature(head);
  if (signature != nullptr && signature->kind == Kind::NoPicture) {
    refuse(std::string("not a picture: it looks like ") + signature->name);
  }
  if (signature == nullptr && looks_like_text(head)) refuse("not a picture: it looks like text");
  return signature;
}

/// True if a JPEG goes on to its end-of-image marker. OpenCV would fill what is missing with gray and say nothing.
bool jpeg_is_complete(const std::vector<std::uint8_t>& bytes) {
  std::size_t i = 2;
  while (i + 1 < bytes.size()) {
    const std::uint8_t marker = bytes[i + 1];
    const bool stuffing = bytes[i] != 0xFF || marker == 0x00 || marker == 0xFF;  // coded pixels, or fill bytes
    if (stuffing) {
      ++i;
    } else if (marker == 0xD9) {
      return true;
    } else if (marker >= 0xD0 && marker <= 0xD8) {  // restart markers and the like have no length
      i += 2;
    } else if (i + 3 < bytes.size()) {
      i += 2 + (static_cast<std::size_t>(bytes[i + 2]) << 8 | bytes[i + 3]);
    } else {
      return false;
    }
  }
  return false;
}

std::size_t little_endian(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

/// True if a file is shorter than it says of itself.
bool is_cut_short(Kind kind, const std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t kSizesEnd = 16;
  if (kind == Kind::Jpeg) return !jpeg_is_complete(bytes);
  if (kind == Kind::WebP) return bytes.size() < kSizesEnd || bytes.size() < 8 + little_endian(bytes, 4);
  if (kind == Kind::Bmp) return bytes.size() < kSizesEnd || bytes.size() < little_endian(bytes, 2);
  return false;
}

/// True if a WebP holds a VP8 (not VP8L) picture, at the top or behind an extended header.
bool webp_is_lossy(const std::vector<std::uint8_t>& bytes) {
  std::size_t i = 12;
  while (i + 8 <= bytes.size()) {
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + i, 4);
    if (name == "VP8 ") return true;
    if (name == "VP8L") return false;
    const std::size_t size = little_endian(bytes, i + 4);
    i += 8 + size + (size & 1);
  }
  return false;
}

/// A decoded picture and its end.
class DecodedPicture {
 public:
  DecodedPicture(const std::vector<std::uint8_t>& bytes, const std::string& type, bool may_be_missing)
      : reader_(foreign_reader()) {
    const ForeignStatus status = reader_.decode(bytes.data(), bytes.size(), &picture_);
    if (status == ForeignStatus::Ok) return;
    const std::string why = picture_.message;
    if (status == ForeignStatus::NoMemory) {
      throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for the picture");
    }
    if (status == ForeignStatus::WrongDepth) {
      throw Error(ErrorCode::Unsupported,
                  "the " + type + " holds neither 8-bit nor 16-bit pixels (floating point, perhaps); convert it first");
    }
    if (!why.empty()) refuse("cannot decode the " + type + ": " + why);
    if (may_be_missing) {
      throw Error(ErrorCode::Unsupported, "this build cannot read the " + type + "; convert it to PNG or TIFF first");
    }
    refuse("cannot decode the " + type + ": it is truncated or damaged");
  }
  DecodedPicture(const DecodedPicture&) = delete;
  DecodedPicture& operator=(const DecodedPicture&) = delete;
  ~DecodedPicture() { reader_.release(picture_.owner); }
  const ForeignPicture& get() const { return picture_; }

 private:
  const ForeignReader& reader_;
  ForeignPicture picture_{};
};

/// OpenCV's order is blue, green, red, and alpha if there is one; or gray.
template <class T>
void to_rgb(const ForeignPicture& from, Picture& to) {
  const int red = from.channels >= 3 ? 2 : 0;
  const int green = from.channels >= 3 ? 1 : 0;
  for (int y = 0; y < from.height; ++y) {
    const T* in = reinterpret_cast<const T*>(from.pixels + static_cast<std::size_t>(y) * from.row_bytes);
    T* out = reinterpret_cast<T*>(to.row(y));
    for (int x = 0; x < from.width; ++x, in += from.channels, out += 3) {
      out[0] = in[red];
      out[1] = in[green];
      out[2] = in[0];
    }
  }
}

void read_with_opencv(std::FILE* file, const Signature* signature, PictureFile& out) {
  const std::string type = signature != nullptr ? signature->name : "file of unknown type";
  const Kind kind = signature != nullptr ? signature->kind : Kind::Picture;
  const std::vector<std::uint8_t> bytes = read_all(file);
  if (is_cut_short(kind, bytes)) refuse("truncated " + type + ": the file ends early");
  const DecodedPicture decoded_picture(bytes, type, kind == Kind::OtherPicture);
  const ForeignPicture& decoded = decoded_picture.get();

  Picture& picture = out.picture;
  picture.width = decoded.width;
  picture.height = decoded.height;
  picture.layout = {3, decoded.bits};
  picture.palette.clear();
  if (picture.row_bytes() > kMaxPixelBytes / picture.height) refuse("the picture is larger than the limit of 16 GiB");
  picture.pixels.resize(static_cast<std::size_t>(picture.row_bytes() * picture.height));
  if (picture.layout.bits == 16) {
    to_rgb<std::uint16_t>(decoded, picture);
  } else {
    to_rgb<std::uint8_t>(decoded, picture);
  }

  constexpr std::array<const char*, 4> kColours{"gray", "gray with alpha", "RGB", "RGB with alpha"};
  out.description = (signature != nullptr ? type : "unknown type") + ", " + std::to_string(picture.layout.bits) +
                    "-bit " + kColours[static_cast<std::size_t>(std::clamp(decoded.channels, 1, 4) - 1)];
  out.lossy = kind == Kind::Jpeg || (kind == Kind::WebP && webp_is_lossy(bytes));
  out.note.reset();
}

std::optional<PictureNote> parse_note(const png::Header& header) {
  if (!header.note_json) return std::nullopt;
  return note_from_json(*header.note_json);
}

bool is_png(std::string_view head) { return head.starts_with(png::kSignature); }

class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (fd_ < 0) throw Error(ErrorCode::Write, "cannot create the file: " + system_reason(errno));
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

void read(const std::filesystem::path& path, PictureFile& out, Workspace& workspace, int threads) {
  const FileHandle file = open_to_read(path);
  const std::string head = read_head(file.get());
  if (!is_png(head)) {
    read_with_opencv(file.get(), recognise(head), out);
    return;
  }
  const png::Header header = workspace.state().decoder.read(file.get(), out.picture, threads);
  out.note = parse_note(header);
  out.lossy = false;
  out.description = header.description;
}

FileInfo inspect(const std::filesystem::path& path) {
  const FileHandle file = open_to_read(path);
  const std::string head = read_head(file.get());
  if (is_png(head)) {
    const png::Header header = png::read_header(file.get());
    return {header.width, header.height, header.layout, parse_note(header), header.description};
  }
  PictureFile decoded;
  read_with_opencv(file.get(), recognise(head), decoded);
  return {decoded.picture.width, decoded.picture.height, decoded.picture.layout, decoded.note, decoded.description};
}

namespace {

/// write(text of the note or null, sink) makes the file.
template <class Write>
void write_file(const std::filesystem::path& path, const PictureNote* note, Write&& write) {
  const std::optional<std::string> json = note != nullptr ? std::optional(to_json(*note)) : std::nullopt;
  OutputFile file(path);
  write(json ? &*json : nullptr, [&file](png::Pieces pieces) { png::write_to(file.fd(), pieces); });
  file.close();
}

}  // namespace

void write_png(const std::filesystem::path& path, const Picture& picture, const PictureNote* note,
               const WriteOptions& options, Workspace& workspace) {
  write_file(path, note, [&](const std::string* json, const png::Sink& sink) {
    workspace.state().coder.write(png::pixels_of(picture), json, options, sink);
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
  write_file(path, note, [&](const std::string* json, const png::Sink& sink) {
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
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".png", ".tif", ".tiff", ".jpg", ".jpeg", ".webp", ".bmp", ".ppm", ".pgm", ".pnm", ".jp2"});
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace spectrohue::image
