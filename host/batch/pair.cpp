// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/pair.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "batch/tiles.h"
#include "batch/walk.h"
#include "image/note.h"
#include "spectro/pages.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

std::string without_extension(fs::path path) { return path.replace_extension().native(); }

void check_alike(const audio::FileInfo& a, const audio::FileInfo& b, const fs::path& partner) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::BadFormat, "its partner '" + partner.string() + "' has " + what + "; convert one of them");
  };
  if (a.sample_rate != b.sample_rate) {
    refuse(std::to_string(b.sample_rate) + " Hz, not " + std::to_string(a.sample_rate));
  }
  if (a.channels != b.channels) {
    refuse(std::to_string(b.channels) + " channels, not " + std::to_string(a.channels));
  }
}

/// Runs use(), whose errors are about the partner.
template <class Use>
void about_partner(const Job& partner, Use&& use) {
  try {
    use();
  } catch (const Error& error) {
    throw Error(error.code(), "its partner '" + partner.task.source.string() + "': " + error.what());
  }
}

/// The pictures of one of the two sounds, tile by tile.
class Side {
 public:
  Side(const std::vector<std::unique_ptr<OutputFile>>& files, Worker& worker) : files_(files), worker_(worker) {}

  /// Makes tile `index` the current one, if there is one.
  void load(std::size_t index) {
    has_tile_ = index < files_.size();
    if (has_tile_) image::read(files_[index]->temporary(), file_, worker_.workspace, worker_.threads);
  }
  bool has_tile() const { return has_tile_; }
  const Picture& picture() const { return file_.picture; }
  /// Of the current tile, or of the last one.
  const PictureNote& note() const { return *file_.note; }

  /// Its half of the picture, `width` columns of the kind and height of `like`.
  void widen(std::int64_t width, const Picture& like, Picture& half) const {
    copy_columns(has_tile_ ? picture() : like, {0, has_tile_ ? picture().width : 0}, half, width);
  }

  /// The note of that half; place: of the tile, with the longer sound's count.
  PictureNote note_of_half(std::int64_t width, PictureNote::Tile place, const Picture& half, int threads) const {
    PictureNote own = note();
    place.padding = has_tile_ ? own.tile.padding + width - picture().width : width;
    own.tile = place;
    own.pixels_crc32 = image::pixels_crc32(half, threads);
    return own;
  }

 private:
  const std::vector<std::unique_ptr<OutputFile>>& files_;
  Worker& worker_;
  image::PictureFile file_;
  bool has_tile_ = false;
};

void put_side_by_side(const Picture& left, const Picture& right, Picture& both) {
  both.resize(left.width + right.width, left.height, left.layout);
  both.palette = left.palette;
  for (std::int64_t y = 0; y < left.height; ++y) {
    std::copy_n(left.row(y), left.row_bytes(), both.row(y));
    std::copy_n(right.row(y), right.row_bytes(), both.row(y) + left.row_bytes());
  }
}

}  // namespace

Partners::Partners(const fs::path& folder) : folder_(folder) {
  if (!fs::is_directory(folder)) throw Error(ErrorCode::Usage, "--pair '" + folder.string() + "' is not a folder");
  const WalkResult found = walk({folder.string()}, {audio::has_audio_extension});
  for (std::size_t i = 0; i < found.sources.size(); ++i) {
    const Source source = found.sources[i];
    exact_[source.relative.native()] = source.path;
    by_stem_[without_extension(source.relative)].push_back(source.path);
  }
}

const fs::path& Partners::of(const fs::path& relative) const {
  if (const auto same = exact_.find(relative.native()); same != exact_.end()) return same->second;
  const auto alike = by_stem_.find(without_extension(relative));
  if (alike == by_stem_.end()) {
    throw Error(ErrorCode::Read, "it has no partner: there is no '" + (folder_ / relative).string() +
                                     "', nor a sound there of that name with another extension");
  }
  if (alike->second.size() == 1) return alike->second.front();
  throw Error(ErrorCode::Read, "it has several partners, '" + alike->second[0].string() + "' and '" +
                                   alike->second[1].string() + "'; leave one of them in --pair's folder");
}

PairEncoder::PairEncoder(const EncodeSettings& settings, image::Compression compression, const TileSettings& tiles,
                         bool verify, const PictureOutput& output, const Partners& partners, PairOrder order)
    : encoder_(settings, compression, tiles, verify, output),
      compression_(compression),
      partners_(partners),
      order_(order) {
  const bool is_plain = output.format == image::Format::Png && !output.has_sidecar &&
                        piece_names(settings.pixels.encoding, output) == PieceNames::Tiles;
  if (!is_plain) throw Error(ErrorCode::Usage, "--pair writes one PNG a pair, or tiles of it, without sidecars");
  if (settings.arrangement != Arrangement{}) {
    throw Error(ErrorCode::Usage, "--pair puts pictures side by side as they are; leave out what arranges them");
  }
}

std::string PairEncoder::parameters() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(encoder_.parameters());
  json["pair"] = partners_.folder().string();
  json["pair_order"] = order_ == PairOrder::AB ? "ab" : "ba";
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void PairEncoder::compute(Worker& worker, Job& job) const {
  Job other;
  other.threads = job.threads;
  other.stop = job.stop;
  other.output_settings = job.output_settings;
  other.task = job.task;
  other.task.source = partners_.of(job.task.relative);
  about_partner(other, [&] { encoder_.read(other); });
  check_alike(job.reader->info(), other.reader->info(), other.task.source);
  about_partner(other, [&] { encoder_.compute(worker, other); });
  encoder_.compute(worker, job);

  Files own;
  own.swap(job.outputs);
  const bool is_first = order_ == PairOrder::AB;
  join(worker, job, is_first ? own : other.outputs, is_first ? other.outputs : own);
  for (const std::string& message : other.converted.messages) {
    job.converted.messages.push_back(other.task.source.string() + ": " + message);
  }
  if (other.converted.snr_db && job.converted.snr_db) {
    job.converted.snr_db = std::min(*job.converted.snr_db, *other.converted.snr_db);
  }
}

void PairEncoder::join(Worker& worker, Job& job, const Files& left, const Files& right) const {
  Side a(left, worker);
  Side b(right, worker);
  Picture half_a;
  Picture half_b;
  Picture both;
  job.converted.bytes_written = 0;
  const std::size_t n = std::max(left.size(), right.size());
  for (std::size_t i = 0; i < n; ++i) {
    job.go_on();
    a.load(i);
    b.load(i);
    const Side& longer = left.size() >= right.size() ? a : b;
    const std::int64_t width = std::max(a.has_tile() ? a.picture().width : 0, b.has_tile() ? b.picture().width : 0);
    PictureNote::Tile place = longer.note().tile;
    place.padding = 0;
    a.widen(width, longer.picture(), half_a);
    b.widen(width, longer.picture(), half_b);
    put_side_by_side(half_a, half_b, both);
    PictureNote note = a.note_of_half(width, place, half_a, worker.threads);
    note.right = {b.note_of_half(width, place, half_b, worker.threads)};
    const auto index = static_cast<std::int64_t>(i);
    OutputFile& output = job.add_output(n > 1 ? tile_path(job.task.destination, index) : job.task.destination);
    image::write_png(output.temporary(), both, &note, {compression_, worker.threads}, worker.workspace);
    job.converted.bytes_written += static_cast<std::int64_t>(fs::file_size(output.temporary()));
  }
}

}  // namespace spectrohue::batch
