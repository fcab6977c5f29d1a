// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Picture files. libpng, libarchive and OpenCV stop here: nothing outside host/image sees them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "image/alpha.h"
#include "image/format.h"
#include "image/write_options.h"
#include "spectrohue/encode_png.h"
#include "spectrohue/types.h"

namespace spectrohue::image {

/// Where a note was found.
enum class NoteSource { None, File, Sidecar };

/// A picture and what came with it.
struct PictureFile {
  Picture picture;
  std::optional<PictureNote> note;  ///< absent if there is none in the file, nor beside it
  NoteSource note_source = NoteSource::None;
  /// The picture was stored with loss (JPEG, lossy WebP): its pixels are not those that were encoded.
  bool lossy = false;
  std::string description;  ///< for people, for example "PNG, 8-bit RGB" or "TIFF, 16-bit gray"
};

/// Memory that reading and writing use again from picture to picture, because fresh memory costs more than much of the
/// work: one workspace a worker, not shared between threads.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  struct State;  ///< of picture_file.cpp
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Reads a whole picture as it is: gray, indices with their palette, RGB, floats; of alpha no more is left than
/// `alpha` says. The type is found by signature, not by extension: PNG, one that write_png wrote with
/// Compression::Fast on `threads` threads; TIFF; NPY and NPZ, as docs/format.md says; JPEG, WebP, BMP and others,
/// and TIFFs that are compressed or tiled, through OpenCV, palettes among them as colours. A PNG or TIFF may hold a
/// note; if it does not, and for all other types, the note is taken from the sidecar (sidecar.h), if there is one.
/// `out` is overwritten; its memory is reused.
/// Throws Error(Read): not there, no permission, a folder; Error(BadFormat): not a picture, truncated, damaged (PNG
/// checksums are checked), larger than kMaxPixelBytes, or a note that note_from_json refuses.
/// Error(Unsupported): a picture of a type or depth that cannot be read (colours as floats, GIF ...).
/// Messages do not hold the path.
void read(const std::filesystem::path& path, PictureFile& out, Workspace& workspace, int threads = 1,
          Alpha alpha = Alpha::Drop);
void read(const std::filesystem::path& path, PictureFile& out);

/// A picture whose decoded pixels would need more than this is refused (decompression bombs): 16 GiB.
inline constexpr std::int64_t kMaxPixelBytes = std::int64_t{16} << 30;

/// What a file says of itself, without decoding its pixels but for those that OpenCV reads.
struct FileInfo {
  std::int64_t width = 0;
  std::int64_t height = 0;
  PixelLayout layout;
  std::optional<PictureNote> note;
  NoteSource note_source = NoteSource::None;
  bool lossy = false;
  std::string description;
};
FileInfo inspect(const std::filesystem::path& path);

/// Writes a PNG (gray, indexed or RGB, 8 or 16 bits) at exactly `path`, replacing what is there. The note, if given,
/// goes into an iTXt chunk with the keyword "spectrohue", before the pixels. docs/png.md says how the pixels are
/// pressed. The bytes depend on the picture, the note and options.compression alone (no time stamp, not on the
/// threads). On failure nothing is promised about `path`; the caller removes it. Throws Error(Write) with the system's
/// reason; Error(Unsupported) if a side is longer than 2^31 - 1 or the pixels are floats. Where riffusion could have
/// made the picture (foreign_notes.h), its tags stand beside the note.
void write_png(const std::filesystem::path& path, const Picture& picture, const PictureNote* note,
               const WriteOptions& options, Workspace& workspace);
void write_png(const std::filesystem::path& path, const Picture& picture, const PictureNote* note,
               const WriteOptions& options = {});
/// The same of a tile as a backend hands it over; a coded one must be is_plain(), and options.compression Fast.
void write_png(const std::filesystem::path& path, const EncodedTile& tile, const PictureNote* note,
               const WriteOptions& options, Workspace& workspace);
/// What TileTaker::is_plain() is to return.
bool is_plain(const FilterSamples& samples, Workspace& workspace);

/// Writes a picture of any format at exactly `path`, as write_png does. The note goes into the file if the format
/// holds_note(), and the caller writes a sidecar if not; it also tells NPY and NPZ how many channels lie one on another
/// (without: one). Bytes depend on the picture, the note, options.compression and options.quality alone. Throws as
/// check_fits() and write_png, and Error(Unsupported) if OpenCV's module is needed and not there.
void write_picture(const std::filesystem::path& path, Format format, const Picture& picture, const PictureNote* note,
                   const WriteOptions& options, Workspace& workspace);

/// True if the extension (any case) is one that spectrohue takes for a picture when it walks a folder.
bool has_picture_extension(const std::filesystem::path& path);
/// True if it is one of pictures that spectrohue can neither read nor encode to: ".gif", ".svg" ...
bool has_unread_picture_extension(const std::filesystem::path& path);

}  // namespace spectrohue::image
