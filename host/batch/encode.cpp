// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/encode.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "batch/decode.h"
#include "batch/tiles.h"
#include "image/adapt.h"
#include "image/arrange.h"
#include "image/note.h"
#include "image/sidecar.h"
#include "spectro/residual.h"
#include "spectrohue/error.h"
#include "spectrohue/version.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

/// Makes `to` some rows of a picture.
void copy_rows(const Picture& from, std::int64_t first, std::int64_t count, Picture& to) {
  to.resize(from.width, count, from.layout);
  to.palette = from.palette;
  std::copy_n(from.row(first), from.row_bytes() * count, to.row(0));
}

bool has_planes(Encoding encoding) { return encoding == Encoding::Magphase || encoding == Encoding::Magphase16; }

/// The note of a picture, in a file of its own.
void add_sidecar(Job& job, const PictureNote& note, const fs::path& picture) {
  const image::Sidecar sidecar = image::make_sidecar(picture, note);
  OutputFile& output = job.add_sidecar(sidecar.path);
  std::ofstream file(output.temporary(), std::ios::binary);
  file << sidecar.text;
  file.close();
  if (!file) throw Error(ErrorCode::Write, "cannot write '" + sidecar.path.string() + "'");
}

/// Whether magnitudes may be above ref, and codes end there.
bool may_clip(const EncodeSettings& settings) {
  return settings.ref.kind != Reference::Kind::Peak && pixel_layout(settings.pixels.encoding).bits < 32;
}

template <class Code>
bool has_code(const Picture& picture, Code code) {
  const std::int64_t n = picture.row_bytes() / static_cast<std::int64_t>(sizeof(Code));
  for (std::int64_t y = 0; y < picture.height; ++y) {
    const auto* const row = reinterpret_cast<const Code*>(picture.row(y));
    Code largest = 0;
    for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, row[i]);
    if (largest == code) return true;
  }
  return false;
}

/// Whether any magnitude may be clipped: that takes much less than to look at magnitudes, of which few files have any.
bool has_largest_code(const Picture& picture) {
  return picture.layout.bits == 8 ? has_code<std::uint8_t>(picture, 0xFF) : has_code<std::uint16_t>(picture, 0xFFFF);
}

/// peaks: the largest magnitude of each channel, or nothing.
void tell_clipping(Converted& converted, const std::vector<float>& peaks, const std::vector<double>& refs) {
  constexpr double kWorthAWord = 0.05;  // dB
  double over = 0;
  for (std::size_t c = 0; c < peaks.size(); ++c) {
    if (peaks[c] > refs[c]) over = std::max(over, 20 * std::log10(peaks[c] / refs[c]));
  }
  if (over < kWorthAWord) return;
  char text[160];
  std::snprintf(
      text, sizeof text,
      "its largest magnitude is %.1f dB above --ref and was clipped, as all were that are; --ref peak keeps them",
      over);
  converted.messages.emplace_back(text);
}

double seconds_of(const PictureNote& note) { return static_cast<double>(note.n_samples) / note.sample_rate; }

}  // namespace

/// Writes tiles of a page as a backend codes them.
class Encoder::TileWriter final : public TileTaker {
 public:
  TileWriter(const Encoder& encoder, Worker& worker, Job& job, const PictureNote& note, Columns page)
      : encoder_(encoder), worker_(worker), job_(job), note_(note), page_(page) {}

  bool is_plain(const FilterSamples& samples) override { return image::is_plain(samples, worker_.workspace); }
  void take(const EncodedTile& tile) override { encoder_.write_tile(worker_, job_, note_, page_, tile.tile, tile); }

 private:
  const Encoder& encoder_;
  Worker& worker_;
  Job& job_;
  const PictureNote& note_;
  Columns page_;
};

/// One of several files that are encoded together: a page, which is all of it.
struct Encoder::Piece {
  Job* job = nullptr;
  Sound sound;
  PictureNote note;
  std::vector<float> refs;
  Columns page;
  std::vector<float> clipped_peaks = {};  // of each channel, if they may be above its ref
};

/// Writes the tiles of several files. A file that cannot be written does not keep the others.
class Encoder::PieceWriter final : public TileTaker {
 public:
  PieceWriter(const Encoder& encoder, Worker& worker, std::span<const Piece> pieces)
      : encoder_(encoder), worker_(worker), pieces_(pieces) {}

  bool is_plain(const FilterSamples& samples) override { return image::is_plain(samples, worker_.workspace); }
  void take(const EncodedTile& tile) override {
    const Piece& piece = pieces_[tile.item];
    if (piece.job->error) return;
    try {
      encoder_.write_tile(worker_, *piece.job, piece.note, piece.page, tile.tile, tile);
    } catch (...) {
      piece.job->error = std::current_exception();
    }
  }

 private:
  const Encoder& encoder_;
  Worker& worker_;
  std::span<const Piece> pieces_;
};

PieceNames piece_names(Encoding encoding, const PictureOutput& output) {
  if (has_planes(encoding)) return output.splits_channels ? PieceNames::ChannelPlanes : PieceNames::Planes;
  return output.splits_channels ? PieceNames::Channels : PieceNames::Tiles;
}

void validate(const EncodeSettings& settings, const TileSettings& tiles, const PictureOutput& output) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::Usage, why); };
  const Encoding encoding = settings.pixels.encoding;
  const bool is_spread = piece_names(encoding, output) != PieceNames::Tiles;
  validate(settings);
  make_tiling(tiles, 1, settings);
  if (is_spread && tiles.width.value_or(0) != 0) {
    refuse("pictures in several files (" + to_string(encoding) + (output.splits_channels ? ", split channels" : "") +
           ") are not cut into tiles as well");
  }
  if (has_channels_as_colours(encoding) && output.splits_channels) {
    refuse(to_string(encoding) + " has all channels in one picture");
  }
  if (settings.arrangement.is_resized() && is_hue(encoding)) {
    refuse("a resized picture has lost the phases of " + to_string(encoding) + "; resize pictures of magnitudes");
  }
  if (settings.arrangement.invert && pixel_layout(encoding).bits == 32) {
    refuse("pictures of floats cannot be inverted");
  }
  const bool is_array = output.format == image::Format::Npy || output.format == image::Format::Npz;
  if (is_array && settings.arrangement != Arrangement{}) {
    refuse("arrays have one arrangement: no --invert, --flip, --transpose and --resize");
  }
  try {
    image::check_fits(output.format, pixel_layout(encoding), 1, 1);
  } catch (const Error& error) {
    refuse(error.what());
  }
}

ChannelMix Encoder::mix_of(const Job& job) const {
  ChannelMix mix(settings_.channels, job.reader->info().channels);
  validate_channels(settings_.pixels.encoding, mix.channels());
  return mix;
}

/// Of n_samples, with what is in memory of it.
Sound Encoder::sound_of(Job& job, std::int64_t n_samples) const {
  const Encoding encoding = settings_.pixels.encoding;
  const audio::FileInfo& info = job.reader->info();
  if (is_exact(encoding) && info.format == SampleFormat::Lossy) job.stretch.clip(exact_most(encoding));
  const ChannelMix mix = mix_of(job);
  if (!job.is_mixed) mix.mix(job.stretch, job.mixed);
  job.is_mixed = job.is_whole;
  return mix.sound(job.stretch, info, n_samples, job.mixed);
}

std::string Encoder::parameters() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(to_json(settings_));
  json["compression"] = image::to_string(compression_);
  if (tiles_.width) json["tile_width"] = *tiles_.width;
  if (tiles_.overlap > 0) json["tile_overlap"] = tiles_.overlap;
  if (tiles_.pad_last) json["pad_last"] = true;
  if (output_.format != image::Format::Png) json["format"] = image::to_string(output_.format);
  if (image::is_lossy(output_.format)) json["quality"] = output_.quality;
  if (output_.has_sidecar) json["sidecar"] = true;
  if (output_.splits_channels) json["split_channels"] = true;
  return json.dump();
}

Tiling Encoder::tiling(const Job& job) const {
  TileSettings tiles = tiles_;
  if (piece_names(settings_.pixels.encoding, output_) != PieceNames::Tiles) tiles.width = 0;
  return make_tiling(tiles, mix_of(job).channels(), settings_);
}

void Encoder::read(Job& job) const {
  job.reader.emplace(job.task.source);
  job.stretch.restart(job.reader->info());
  if (const std::int64_t missing = job.reader->info().missing_bytes; missing > 0) {
    job.converted.messages.push_back("the end of the file is missing: " + std::to_string(missing) +
                                     " bytes of samples less than its header says; what is there was converted");
  }
  const std::int64_t most = settings_.stft.most_samples(tiling(job).page.width);
  job.is_whole = !job.stretch.slide(*job.reader, 0, most + 1);
  job.is_mixed = false;
}

void Encoder::compute(Worker& worker, Job& job) const {
  encode(worker, job, measure(worker, job));
  if (verify_) job.converted.snr_db = read_back(worker, job);
}

/// Short sounds go to a device that codes pictures in one call, all others alone.
void Encoder::compute_all(Worker& worker, std::span<Job* const> jobs) const {
  PngEncoder* const encoder = png_encoder(worker);
  std::vector<Job*> together;
  for (Job* job : jobs) {
    if (encoder != nullptr && jobs.size() > 1 && is_one_page(*job)) {
      together.push_back(job);
    } else {
      compute_alone(worker, *job);
    }
  }
  if (together.empty()) return;
  try {
    encode_together(worker, *encoder, together);
  } catch (const Error&) {  // of the device: perhaps one by one they fit
    for (Job* job : together) {
      if (job->error) continue;
      job->forget_outputs();
      compute_alone(worker, *job);
    }
    return;
  }
  for (Job* job : together) {
    if (!verify_ || job->error) continue;
    try {
      job->converted.snr_db = read_back(worker, *job);
    } catch (...) {
      job->error = std::current_exception();
    }
  }
}

/// The backend, where it is to code the pictures as well; else null. The residual of exact encodings is put into pixels
/// in host memory.
PngEncoder* Encoder::png_encoder(const Worker& worker) const {
  const Encoding encoding = settings_.pixels.encoding;
  const bool is_plain_png = output_.format == image::Format::Png && compression_ == image::Compression::Fast &&
                            !output_.splits_channels && settings_.arrangement == Arrangement{};
  const bool is_its_own = is_hue(encoding) && !is_exact(encoding) && is_plain_png;
  return is_its_own ? worker.backend->png_encoder() : nullptr;
}

bool Encoder::is_one_page(const Job& job) const {
  return job.is_whole && tiling(job).page.count(settings_.stft.n_frames(job.stretch.end())) == 1;
}

void Encoder::encode_together(Worker& worker, PngEncoder& encoder, std::span<Job* const> jobs) const {
  const std::vector<Piece> pieces = measure_together(worker, jobs);
  std::vector<PngItem> items;
  for (const Piece& piece : pieces) {
    items.push_back(png_item(piece.sound, piece.refs, piece.page, tiling(*piece.job)));
  }
  PieceWriter writer(*this, worker, pieces);
  encoder.encode_png(settings_.stft, settings_.pixels, items, writer);
  for (const Piece& piece : pieces) {
    piece.job->converted.audio_seconds = seconds_of(piece.note);
    tell_clipping(piece.job->converted, piece.clipped_peaks, piece.note.ref);
  }
}

/// What measure() does, with one call for the peaks of all. Leaves out what is not finite.
std::vector<Encoder::Piece> Encoder::measure_together(Worker& worker, std::span<Job* const> jobs) const {
  std::vector<Piece> pieces;
  std::vector<PeakItem> items;
  for (Job* job : jobs) {
    const std::int64_t n_samples = job->stretch.end();
    const Sound sound = sound_of(*job, n_samples);
    const Columns page{0, settings_.stft.n_frames(n_samples)};
    try {
      refuse_non_finite(sound, 0, n_samples);
    } catch (...) {
      job->error = std::current_exception();
      continue;
    }
    for (const Signal& signal : sound.channels) items.push_back({signal, page.first, page.count});
    pieces.push_back({job, sound, {}, {}, page});
  }
  std::vector<float> peaks(items.size());
  if (settings_.ref.kind == Reference::Kind::Peak || may_clip(settings_)) {
    worker.backend->peak(settings_.stft, settings_.pixels, items, peaks);
  }
  auto peak = peaks.begin();
  for (Piece& piece : pieces) {
    const auto end = peak + std::ssize(piece.sound.channels);
    piece.note = make_note(piece.sound, settings_, references(settings_, {peak, end}));
    complete(piece.note, *piece.job);
    piece.refs.assign(piece.note.ref.begin(), piece.note.ref.end());
    if (may_clip(settings_)) piece.clipped_peaks.assign(peak, end);
    peak = end;
  }
  return pieces;
}

/// Reads what was written, decodes it, and says how close it is to the source.
double Encoder::read_back(Worker& worker, const Job& job) const {
  Job back;
  back.stop = job.stop;
  back.task.source = job.outputs.front()->temporary();
  if (job.outputs.size() > 1) {
    for (const auto& output : job.outputs) back.task.tiles.push_back(output->temporary());
  }
  audio::Reader source(job.task.source);
  audio::Stretch stretch;
  stretch.restart(source.info());
  Buffer<float> expected;
  Comparer comparer;
  std::int64_t done = 0;
  // What the way back undoes is compared with the source, all else with what was shown of it.
  ChannelChoice shown = settings_.channels;
  if (shown.kind == ChannelChoice::Kind::MidSide) shown.kind = ChannelChoice::Kind::Keep;
  const ChannelMix mix(shown, source.info().channels);
  Buffer<float> mixed;
  const auto take = [&](const float* samples, std::int64_t stride, std::int64_t n) {
    stretch.slide(source, done, done + n);
    if (stretch.end() < done + n) throw Error(ErrorCode::Read, "the file became shorter while it was read");
    expected.resize(static_cast<std::size_t>(n));
    const Sound sound = mix.apply(stretch, source.info(), done + n, mixed);
    for (std::size_t c = 0; c < sound.channels.size(); ++c) {
      sound.channels[c].copy(done, n, expected.data());
      comparer.add(expected.data(), samples + c * stride, n);
    }
    done += n;
  };
  decode_pieces(worker, back, {}, [&](const Parameters&) { return take; });
  return comparer.result().snr_db;
}

/// Goes through the sound once: its length, its peaks, whether it is finite.
PictureNote Encoder::measure(Worker& worker, Job& job) const {
  const std::int64_t width = tiling(job).page.width;
  std::vector<float> peaks(static_cast<std::size_t>(mix_of(job).channels()));
  std::int64_t checked = 0;
  for (Columns page{0, width};; page.first += width) {
    if (page.first > 0) job.go_on();
    const std::int64_t most = settings_.stft.most_samples(page.end());
    if (!job.is_whole) {
      const SampleSpan span = samples_under(settings_.stft, page);
      job.stretch.slide(*job.reader, span.first, std::max(span.end, most + 1));
    }
    const Sound sound = sound_of(job, job.stretch.end());
    const std::int64_t unchecked = std::max(checked, job.stretch.first());
    refuse_non_finite(sound, unchecked, sound.n_samples);
    if (is_exact(settings_.pixels.encoding)) {
      check_exact_source(sound, settings_.pixels.encoding, unchecked, sound.n_samples);
    }
    checked = sound.n_samples;
    const bool is_last = sound.n_samples <= most;
    if (is_last) page.count = settings_.stft.n_frames(sound.n_samples) - page.first;
    if (settings_.ref.kind == Reference::Kind::Peak) {
      raise_peaks(*worker.backend, settings_, sound, page, peaks);
    }
    if (is_last) return make_note(sound, settings_, references(settings_, peaks));
  }
}

/// What the note of a file's picture says besides the sound.
void Encoder::complete(PictureNote& note, const Job& job) const {
  const Cut cut = tiling(job).tile;
  note.tool = std::string("spectrohue ") + kVersion;
  note.source_name = job.task.source.filename().string();
  note.tile.count = cut.count(settings_.stft.n_frames(note.n_samples));
  if (note.tile.count > 1) note.tile.overlap = cut.overlap;
  note.arrangement = settings_.arrangement;
  note.is_mid_side = mix_of(job).is_mid_side();
}

/// Back to the start of the sound, unless all of it is there.
void Encoder::rewind(Job& job) const {
  if (job.is_whole) return;
  job.reader.emplace(job.task.source);
  job.stretch.restart(job.reader->info());
}

/// The sound, with what is under a page, which is not before the last one.
Sound Encoder::slide_to(Job& job, const PictureNote& note, Columns page) const {
  if (!job.is_whole) {
    job.go_on();
    const SampleSpan span = samples_under(settings_.stft, page);
    job.stretch.slide(*job.reader, span.first, span.end);
    if (mix_of(job).channels() != note.channels || job.stretch.end() < std::min(span.end, note.n_samples)) {
      throw Error(ErrorCode::Read, "the file became shorter while it was read");
    }
  }
  return sound_of(job, note.n_samples);
}

/// Goes through it again, page by page.
void Encoder::encode(Worker& worker, Job& job, PictureNote note) const {
  const Tiling cut = tiling(job);
  const std::int64_t n_frames = settings_.stft.n_frames(note.n_samples);
  complete(note, job);
  job.converted.audio_seconds = seconds_of(note);  // what fails is not counted
  if (is_exact(settings_.pixels.encoding)) {
    encode_exactly(worker, job, note);
    return;
  }
  rewind(job);
  std::vector<float> peaks(note.ref.size());  // of what may be clipped
  for (std::int64_t i = 0; i < cut.page.count(n_frames); ++i) {
    const Columns page = cut.page.piece(i, n_frames);
    const Sound sound = slide_to(job, note, page);
    bool is_clipped = may_clip(settings_);
    if (PngEncoder* const encoder = png_encoder(worker)) {
      TileWriter writer(*this, worker, job, note, page);
      encode_tiles(*encoder, sound, settings_, note.ref, page, cut, writer);
    } else {
      encode_columns(*worker.backend, sound, settings_, note.ref, page, worker.picture);
      is_clipped = is_clipped && has_largest_code(worker.picture);
      write_tiles(worker, job, note, worker.picture, page);
    }
    if (is_clipped) raise_peaks(*worker.backend, settings_, sound, page, peaks);
  }
  tell_clipping(job.converted, peaks, note.ref);
}

/// All pages have the same number of residual_bits: where one does not fit, it begins again with more.
void Encoder::encode_exactly(Worker& worker, Job& job, PictureNote& note) const {
  if (const auto loss = lost_bits(note.format, note.pixels.encoding)) job.converted.messages.push_back(*loss);
  ResidualBits bits(note.stft, note.pixels);
  for (;;) {
    note.pixels = bits.pixels();
    std::uint64_t largest = 0;
    if (encode_exact_pages(worker, job, note, largest)) return;
    bits.raise(largest);
    job.forget_outputs();
  }
}

/// False if a page does not fit.
bool Encoder::encode_exact_pages(Worker& worker, Job& job, const PictureNote& note, std::uint64_t& largest) const {
  const Cut cut = tiling(job).page;
  EncodeSettings settings = settings_;
  settings.pixels = note.pixels;
  ExactPages pages(*worker.backend, note, cut);
  const auto write = [&](const Picture& picture, Columns page) { write_tiles(worker, job, note, picture, page); };
  const std::int64_t n_frames = note.stft.n_frames(note.n_samples);
  rewind(job);
  for (std::int64_t i = 0; i < cut.count(n_frames); ++i) {
    const Columns page = cut.piece(i, n_frames);
    const Sound sound = slide_to(job, note, page);
    encode_columns(*worker.backend, sound, settings, note.ref, page, worker.picture);
    const bool fits = pages.add(sound, worker.picture, write);
    largest = pages.largest();
    if (!fits) return false;
  }
  return true;
}

void Encoder::write_tiles(Worker& worker, Job& job, const PictureNote& note, const Picture& picture,
                          Columns page) const {
  const Tiling cut = tiling(job);
  for (std::int64_t i = 0; i < cut.tile.count(page.count); ++i) {
    const Columns columns = cut.tile.piece(i, page.count);
    const std::int64_t width = cut.stored_width(columns);
    const bool is_page = width == page.count;
    if (!is_page) copy_columns(picture, columns, worker.tile, width);
    write_tile(worker, job, note, page, i, is_page ? picture : worker.tile);
  }
}

/// Tile `index` of the page: a Picture or an EncodedTile.
template <class Tile>
void Encoder::write_tile(Worker& worker, Job& job, PictureNote note, Columns page, std::int64_t index,
                         const Tile& tile) const {
  const Cut cut = tiling(job).tile;
  const Columns columns = cut.piece(index, page.count);
  note.tile.first_frame = page.first + columns.first;
  note.tile.index = note.tile.first_frame / cut.step();
  note.tile.padding = tile.width - columns.count;
  if (!note.arrangement.is_resized()) note.pixels_crc32 = image::pixels_crc32(tile, worker.threads);
  const bool is_tile = note.tile.count > 1;
  write_file(worker, job, note, is_tile ? tile_path(job.task.destination, note.tile.index) : job.task.destination,
             tile);
}

void Encoder::write_file(Worker& worker, Job& job, const PictureNote& note, const fs::path& path,
                         const EncodedTile& tile) const {
  OutputFile& output = job.add_output(path);
  image::write_png(output.temporary(), tile, &note, {compression_, worker.threads}, worker.workspace);
  job.converted.bytes_written += static_cast<std::int64_t>(fs::file_size(output.temporary()));
  if (output_.has_sidecar) add_sidecar(job, note, path);
}

/// Or several, each of some rows of the picture.
void Encoder::write_file(Worker& worker, Job& job, const PictureNote& note, const fs::path& path,
                         const Picture& picture) const {
  const PieceNames names = piece_names(note.pixels.encoding, output_);
  job.converted.piece_names = names;
  const bool is_split = names == PieceNames::Channels || names == PieceNames::ChannelPlanes;
  const int planes = has_planes(note.pixels.encoding) ? 2 : 1;
  const int parts = (is_split ? note.channels : 1) * planes;
  if (parts == 1) {
    write_part(worker, job, note, path, picture);
    return;
  }
  const std::int64_t rows = picture.height / parts;
  for (int i = 0; i < parts; ++i) {
    PictureNote own = note;
    own.part = {i, parts};
    copy_rows(picture, place_of_part(i, note.channels, names) * rows, rows, worker.part);
    write_part(worker, job, own, tile_path(path, i, names), worker.part);
  }
}

void Encoder::write_part(Worker& worker, Job& job, PictureNote note, const fs::path& path,
                         const Picture& picture) const {
  const Picture* written = &picture;
  if (note.arrangement != Arrangement{}) {
    if (&picture != &worker.part) copy_rows(picture, 0, picture.height, worker.part);
    if (note.arrangement.is_resized()) {
      note.arrangement.from_width = picture.width;
      note.arrangement.from_height = picture.height;
    }
    image::arrange(worker.part, note.arrangement);
    written = &worker.part;
  }
  OutputFile& output = job.add_output(path);
  image::check_fits(output_.format, written->layout, written->width, written->height);
  image::write_picture(output.temporary(), output_.format, *written, &note,
                       {compression_, worker.threads, output_.quality}, worker.workspace);
  job.converted.bytes_written += static_cast<std::int64_t>(fs::file_size(output.temporary()));
  if (output_.has_sidecar || !image::holds_note(output_.format)) add_sidecar(job, note, path);
  if (image::is_lossy(output_.format)) say_loss(worker, job, note, *written);
}

/// Of the first file of a sound, which was just written: what its pixels lost.
void Encoder::say_loss(Worker& worker, Job& job, const PictureNote& note, const Picture& written) const {
  if (job.outputs.size() > 1) return;
  image::PictureFile file;
  image::read(job.outputs.back()->temporary(), file);
  PictureNote plain = note;
  plain.arrangement = {};
  image::adapt(file.picture, plain);
  if (file.picture.layout != written.layout || file.picture.pixels.size() != written.pixels.size()) return;
  double snr_db = 0;
  const char* what = "the pixels";
  if (holds_phase(note.pixels.encoding) && note.tile.count == 1 && note.part.count == 1 &&
      note.arrangement == Arrangement{}) {
    Audio lossless;
    Audio lossy;
    to_audio(*worker.backend, written, note, lossless, {}, false);
    to_audio(*worker.backend, file.picture, note, lossy, {}, false);
    snr_db = compare(lossless, lossy).snr_db;
    what = "the sound";
  } else {
    Comparer comparer;
    for (std::size_t i = 0; i < written.pixels.size(); ++i) {
      const float code = written.pixels[i];
      const float back = file.picture.pixels[i];
      comparer.add(&code, &back, 1);
    }
    snr_db = comparer.result().snr_db;
  }
  char text[160];
  std::snprintf(text, sizeof text, "%s loses: %s come%s back with an SNR of %.1f dB",
                image::to_string(output_.format).c_str(), what, what == std::string("the sound") ? "s" : "", snr_db);
  job.converted.messages.emplace_back(text);
}

void Encoder::write(Job& job) const {
  // The first tile comes last: where it is, all are.
  for (const auto& sidecar : job.sidecars) sidecar->commit();
  for (auto output = job.outputs.rbegin(); output != job.outputs.rend(); ++output) (*output)->commit();
  remove_stale_pieces(job.task.destination, job.converted.piece_names, std::ssize(job.outputs),
                      job.task.source.filename().string());
}

}  // namespace spectrohue::batch
