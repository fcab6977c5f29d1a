// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/decode.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "batch/channel_mix.h"
#include "batch/foreign_spectrogram.h"
#include "batch/tiles.h"
#include "image/adapt.h"
#include "image/arrange.h"
#include "image/note.h"
#include "spectro/pages.h"
#include "spectro/retrieval.h"
#include "spectrohue/convert.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr float kNormalPeak = 0.999F;

/// What a sound is to be multiplied with so that its peak becomes just less than full scale; silence stays silence.
float normalizing_gain(float peak) { return peak > 0 ? kNormalPeak / peak : 1.0F; }

float peak_of(const float* samples, std::int64_t n) {
  float peak = 0.0F;
  for (std::int64_t i = 0; i < n; ++i) peak = std::max(peak, std::fabs(samples[i]));
  return peak;
}

void normalize_peak(Audio& audio) {
  const float gain = normalizing_gain(peak_of(audio.samples.data(), std::ssize(audio.samples.span())));
  for (float& x : audio.samples) x *= gain;
}

/// Gives a picture the size that its note says, if it has another.
void resize_to_note(Picture& picture, const PictureNote& note, std::vector<std::string>& messages) {
  const image::Size size{note.stft.n_frames(note.n_samples) + note.tile.padding,
                         picture_height(note.stft, note.pixels, note.channels)};
  if (note.tile.count > 1 || (picture.width == size.width && picture.height == size.height)) return;
  messages.push_back("resized from " + std::to_string(picture.width) + " x " + std::to_string(picture.height) +
                     " pixels to its note's " + std::to_string(size.width) + " x " + std::to_string(size.height));
  image::resize(picture, size);
}

/// Undoes what other programs and the encoder did to the pixels of a note's picture, the last thing first: codes that
/// were inverted are codes again before they are looked up. Returns what was lost, for the user.
std::string undo_changes(Picture& picture, const PictureNote& note, const Arrangement& arrangement) {
  std::string loss = image::adapt(picture, note);
  image::rearrange(picture, arrangement);
  return loss;
}

/// Makes the pixels what the parameters say that they are.
Parameters parameters_of(image::PictureFile& file, const fs::path& path, const ParameterFlags& flags,
                         bool is_rearranged = false) {
  Picture& picture = file.picture;
  Arrangement arrangement = is_rearranged ? Arrangement{} : arrangement_of(file.note, flags);
  const image::Size size = image::rearranged({picture.width, picture.height}, arrangement);
  Parameters parameters = decode_parameters(file.note, size.width, size.height, picture.layout, path, flags);
  if (parameters.prepare) {
    image::rearrange(picture, std::exchange(arrangement, {}));
    parameters.prepare(picture);
  }
  const std::string loss = undo_changes(picture, parameters.note, arrangement);
  const bool has_note = file.note || flags.params_from;
  if (has_note && flags.resizes_to_note) resize_to_note(picture, parameters.note, parameters.messages);
  if (!loss.empty()) parameters.messages.push_back(loss);
  if (file.lossy) {
    const bool has_phases = holds_phase(parameters.note.pixels.encoding);
    parameters.messages.push_back(file.description + " was stored with loss, which " +
                                  (has_phases ? "phases do not survive; keep pictures as PNG"
                                              : "its magnitudes share; PNG keeps them as they are"));
  }
  return parameters;
}

void read_picture(const fs::path& path, Job& job, const ParameterFlags& flags, int threads) {
  image::read(path, job.file, job.workspace, threads);
  take_half(job.file, flags.half);
}

/// Leaves out the tiles that hold nothing of the half that is meant.
void drop_other_half(std::vector<fs::path>& tiles, const ParameterFlags& flags) {
  if (!flags.half) return;
  tiles = tiles_with(tiles, flags.half);
  if (tiles.empty()) throw Error(ErrorCode::BadFormat, "the sound of this half ends before these tiles begin");
}

bool is_part(const image::PictureFile& file) { return file.note && file.note->part.count > 1; }

/// How the files of a picture in parts are named; of a single channel both names with planes would do.
PieceNames part_names(const PictureNote& note) {
  const Encoding encoding = note.pixels.encoding;
  if (encoding != Encoding::Magphase && encoding != Encoding::Magphase16) return PieceNames::Channels;
  return note.channels > 1 && note.part.count == 2 * note.channels ? PieceNames::ChannelPlanes : PieceNames::Planes;
}

std::vector<fs::path> paths_of_parts(const Job& job) {
  std::vector<fs::path> paths = job.task.tiles;
  if (paths.empty()) paths = {job.task.source};
  const PictureNote& note = *job.file.note;
  const int count = note.part.count;
  if (std::ssize(paths) == count) return paths;
  const auto name = [&](int i) { return tile_path("NAME", i, part_names(note)).string(); };
  throw Error(ErrorCode::BadFormat, "it is part " + std::to_string(note.part.index + 1) + " of " +
                                        std::to_string(count) + " files that hold a picture together; give all of " +
                                        "them, with one NAME before what they were called: " + name(0) +
                                        (count > 2 ? " to " : " and ") + name(count - 1));
}

/// Reads the other files that hold rows of the picture whose first part was read, and makes them one.
void assemble(Job& job, const ParameterFlags& flags, int threads) {
  const PictureNote first = *job.file.note;
  const int count = first.part.count;
  const std::vector<fs::path> paths = paths_of_parts(job);
  Picture whole;
  for (int i = 0; i < count; ++i) {
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorCode::BadFormat, "'" + paths[i].filename().string() + "' " + what);
    };
    if (i > 0) image::read(paths[i], job.file, job.workspace, threads);
    const std::optional<PictureNote>& note = job.file.note;
    if (!note || note->part.index != i || note->part.count != count) {
      refuse("is not part " + std::to_string(i + 1) + " of this picture");
    }
    Picture& part = job.file.picture;
    undo_changes(part, *note, arrangement_of(note, flags));
    if (i == 0) {
      whole.resize(part.width, part.height * count, part.layout);
      whole.palette = part.palette;
    }
    if (part.width != whole.width || part.height * count != whole.height || part.layout != whole.layout) {
      refuse("has another size than the first part");
    }
    std::copy_n(part.row(0), part.row_bytes() * part.height,
                whole.row(place_of_part(i, first.channels, part_names(first)) * part.height));
  }
  std::swap(job.file.picture, whole);
  job.file.note = first;
  job.file.note->part = {};
  job.file.note->arrangement = {};
  job.task.tiles.clear();
}

/// For to_audio(); nothing without a log.
MagnitudeTaker logging(Job& job, const StftSettings& stft) {
  if (!job.log) return {};
  return [&log = *job.log, stft](int plane, std::span<const float> magnitudes) {
    log.take_magnitudes(plane, stft, magnitudes);
  };
}

/// What the log says of a sound as it was found, before it is made louder or mixed.
void log_sound(Worker& worker, Job& job, const PictureNote& note) {
  if (!job.log) return;
  job.decoded_with = image::to_json(note);
  job.log->take_sound(*worker.backend, note.stft, job.audio);
}

/// The sound of a whole picture, as it was before it was made mid and side.
void make_sound(Worker& worker, Job& job, const PictureNote& note, const ParameterFlags& flags, bool is_untouched) {
  Audio& audio = job.audio;
  job.converted.convergence =
      to_audio(*worker.backend, job.file.picture, note, audio, flags.retrieval, is_untouched, logging(job, note.stft));
  log_sound(worker, job, note);
  if (note.is_mid_side) undo_mid_side(audio.samples.data(), audio.n_samples, audio.n_samples);
}

/// Whether the pixels are those that were written; nothing if nobody knows.
std::optional<bool> is_untouched(const image::PictureFile& file, const PictureNote& used, int threads) {
  const bool has_own_codes = file.note && file.note->pixels.encoding == used.pixels.encoding;
  if (!has_own_codes || !file.note->pixels_crc32) return std::nullopt;
  return *file.note->pixels_crc32 == image::pixels_crc32(file.picture, threads);
}

/// Why samples of an exact encoding cannot be those that were encoded; nothing if they can, or need not.
std::optional<std::string> why_inexact(const image::PictureFile& file, const PictureNote& used,
                                       std::optional<bool> untouched) {
  if (!is_exact(used.pixels.encoding)) return std::nullopt;
  if (!file.note || !file.note->pixels_crc32) return "there is no checksum of its pixels";
  const PictureNote& own = *file.note;
  const bool is_own = own.stft == used.stft && own.pixels == used.pixels && own.ref == used.ref &&
                      own.channels == used.channels && own.n_samples == used.n_samples;
  if (!is_own) return "parameters of its note were overridden";
  if (untouched && *untouched) return std::nullopt;
  return "its pixels are not those that were written (their checksum differs)";
}

/// For a picture, or the first of several tiles, that is decoded without its residual.
std::string inexact_text(const std::string& why, Encoding encoding) {
  return to_string(encoding) + " is not exact here: " + why + ", so the residual was left out";
}

/// What a check of a picture, or a tile, found.
struct PixelCheck {
  std::optional<bool> untouched;
  bool is_inexact = false;  ///< its residual is not to be used
  std::string message;      ///< for the user, or empty
};

/// is_wanted: also where the sound does not depend on it.
PixelCheck check_pixels(const image::PictureFile& file, const PictureNote& used, bool is_wanted, int threads) {
  PixelCheck check;
  if (!is_wanted && !is_exact(used.pixels.encoding)) return check;
  check.untouched = is_untouched(file, used, threads);
  const auto why = why_inexact(file, used, check.untouched);
  check.is_inexact = why.has_value();
  if (why) {
    check.message = inexact_text(*why, used.pixels.encoding);
  } else if (check.untouched && !*check.untouched && !file.lossy) {  // that of losses is said anyway
    check.message =
        "its pixels are not those that were written (their checksum differs): it was edited, or converted by another "
        "program";
  }
  return check;
}

/// Of two tiles: neither may be known to be changed.
std::optional<bool> both_untouched(std::optional<bool> a, std::optional<bool> b) {
  if ((a && !*a) || (b && !*b)) return false;
  return a && b ? a : std::nullopt;
}

/// Checks the pixels of a whole picture.
PixelCheck tell_of_pixels(Job& job, Parameters& parameters, bool is_wanted, int threads) {
  PixelCheck check = check_pixels(job.file, parameters.note, is_wanted, threads);
  job.converted.untouched = check.untouched;
  if (!check.message.empty()) parameters.messages.push_back(check.message);
  return check;
}

/// A tile may come alone, under any name.
bool is_tile(const image::PictureFile& file) { return file.note && file.note->tile.count > 1; }

/// Runs use(), whose errors are about one of many tiles.
template <class Use>
void about_tile(const fs::path& path, Use&& use) {
  try {
    use();
  } catch (const Error& error) {
    throw Error(error.code(), "tile '" + path.filename().string() + "': " + error.what());
  }
}

TileLayout layout_of(const std::vector<fs::path>& tiles, const ParameterFlags& flags) {
  TileLayout layout;
  for (const fs::path& path : tiles) {
    about_tile(path, [&] {
      image::FileInfo info = image::inspect(path);
      take_half(info, flags.half);
      const image::Size size = image::rearranged({info.width, info.height}, arrangement_of(info.note, flags));
      const PictureNote note = decode_parameters(info.note, size.width, size.height, info.layout, path, flags).note;
      const bool fits = image::is_adaptable(info.layout, note);
      layout.add(note, size.width, size.height, fits ? pixel_layout(note.pixels.encoding) : info.layout);
    });
  }
  return layout;
}

/// "of the tiles 0 to 9, 2 and 5 to 7 are missing"; empty if all are there.
std::string missing_text(const TileLayout& layout) {
  constexpr std::size_t kMostNamed = 20;
  const std::vector<TileLayout::Missing> missing = layout.missing();
  if (missing.empty()) return "";
  std::string list;
  for (std::size_t i = 0; i < std::min(missing.size(), kMostNamed); ++i) {
    const auto [first, last] = missing[i];
    list += (i > 0 ? ", " : "") + std::to_string(first);
    if (last - first > 1) list += (last - first > 2 ? " to " : ", ") + std::to_string(last - 1);
  }
  if (missing.size() > kMostNamed) list += " ...";
  return "of the tiles 0 to " + std::to_string(layout.note().tile.count - 1) + ", these are missing: " + list;
}

void require_all(const TileLayout& layout) {
  const std::string missing = missing_text(layout);
  if (missing.empty()) return;
  throw Error(ErrorCode::BadFormat, missing +
                                        "; give them too, or let decode put silence in their place "
                                        "(--missing-tiles silence)");
}

TileJoiner::Take undoing_mid_side(TileJoiner::Take take) {
  return [take = std::move(take), both = std::vector<float>()](const float* samples, std::int64_t stride,
                                                               std::int64_t n) mutable {
    both.resize(static_cast<std::size_t>(2 * n));
    for (int c = 0; c < 2; ++c) std::copy_n(samples + c * stride, n, both.data() + c * n);
    undo_mid_side(both.data(), n, n);
    take(both.data(), n, n);
  };
}

/// Reads the tiles one by one, joins them and hands over the sound. The first one is in job.file already if
/// first_is_read. Returns the parameters of the first.
Parameters join(Worker& worker, Job& job, const TileLayout& layout, const ParameterFlags& flags, bool first_is_read,
                bool checks_pixels, const std::function<TileJoiner::Take(const Parameters&)>& begin) {
  const std::vector<fs::path>& paths = job.task.tiles;
  const bool is_joined_first = !holds_phase(layout.note().pixels.encoding) || flags.retrieval.replaces_phases;
  Parameters first;
  TileJoiner joiner(*worker.backend, layout);
  TileJoiner::Take take;
  Picture whole;
  std::size_t n_changed = 0;
  std::optional<bool> untouched = true;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    job.go_on();
    about_tile(paths[i], [&] {
      if (i > 0 || !first_is_read) read_picture(paths[i], job, flags, worker.threads);
      if (i == 0) {
        first = parameters_of(job.file, paths[i], flags);
        take = begin(first);
        if (first.note.is_mid_side) take = undoing_mid_side(std::move(take));
      } else {
        undo_changes(job.file.picture, first.note, arrangement_of(job.file.note, flags));
      }
      const PixelCheck check = check_pixels(job.file, layout.note(), checks_pixels, worker.threads);
      if (!check.message.empty() && n_changed++ == 0) {
        first.messages.push_back("tile '" + paths[i].filename().string() + "': " + check.message);
      }
      untouched = both_untouched(untouched, check.untouched);
      is_joined_first ? paste_tile(layout, i, job.file.picture, whole)
                      : joiner.add(job.file.picture, take, !check.is_inexact);
    });
  }
  if (n_changed > 1) first.messages.push_back("and so it is with " + std::to_string(n_changed - 1) + " other tiles");
  job.converted.untouched = untouched;
  if (is_joined_first) {
    PictureNote note = first.note;
    note.tile = {};
    Audio& audio = job.audio;
    job.converted.convergence =
        to_audio(*worker.backend, whole, note, audio, flags.retrieval, true, logging(job, note.stft));
    log_sound(worker, job, note);
    take(audio.samples.data(), audio.n_samples, audio.n_samples);
  }
  return first;
}

void note_clipping(Converted& converted, const audio::WriteResult& written, std::int64_t n_samples) {
  // A handful of samples just above full scale is rounding; more is worth a word.
  if (written.clipped * 1000 <= n_samples) return;
  converted.messages.push_back(std::to_string(written.clipped) +
                               " samples were beyond full scale and were clipped; --subtype float or --normalize peak "
                               "keeps them");
}

/// The sound of a spectrogram that another program drew.
void decode_foreign(Worker& worker, Job& job, const DecodeSettings& settings) {
  const ParameterFlags& flags = settings.flags;
  ForeignSpectrogram spectrogram = read_foreign_spectrogram(job.file, job.task.source, flags);
  const ForeignShape& shape = spectrogram.shape;
  job.go_on();
  Audio& audio = job.audio;
  if (spectrogram.bands) {
    job.converted.convergence = to_audio(*worker.backend, spectrogram.bands->picture, spectrogram.bands->note, audio,
                                         flags.retrieval, true, logging(job, shape.stft));
  } else {
    audio.sample_rate = shape.sample_rate;
    audio.channels = 1;
    audio.n_samples = shape.n_samples;
    audio.format = SampleFormat::Pcm16;
    audio.samples.resize(static_cast<std::size_t>(shape.n_samples));
    if (job.log) job.log->take_magnitudes(0, shape.stft, spectrogram.magnitudes.span());
    const RetrievalItem item{spectrogram.magnitudes.span(), audio.channel(0)};
    const RetrievalResult result = retrieve(*worker.backend, shape.stft, flags.retrieval, {&item, 1}).front();
    job.converted.convergence = {convergence_db(result.error, result.energy), result.n_iter};
  }
  if (job.log) job.log->take_sound(*worker.backend, shape.stft, audio);
  if (settings.normalize || !spectrogram.has_level) normalize_peak(audio);
  job.converted.messages = std::move(spectrogram.messages);
}

}  // namespace

std::string Decoder::parameters() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(to_json(settings_.flags));
  json["format"] = to_string(settings_.container);
  if (settings_.format) json["subtype"] = to_string(*settings_.format);
  if (settings_.normalize) json["normalize"] = "peak";
  if (settings_.missing_tiles == MissingTiles::Silence) json["missing_tiles"] = "silence";
  return json.dump();
}

void Decoder::read(Job& job) const { read_picture(job.task.source, job, settings_.flags, job.threads); }

void Decoder::compute(Worker& worker, Job& job) const {
  if (!settings_.log_folder.empty()) job.log.emplace(settings_.log_folder / job.task.relative);
  if (is_foreign(job.file.note.has_value(), settings_.flags)) {
    decode_foreign(worker, job, settings_);
    return;
  }
  const bool is_assembled = is_part(job.file);
  if (is_assembled) assemble(job, settings_.flags, worker.threads);
  if (job.task.tiles.empty() && is_tile(job.file)) job.task.tiles = {job.task.source};
  if (!job.task.tiles.empty()) {
    decode_tiles(worker, job);
    return;
  }
  compute_single(worker, job, parameters_of(job.file, job.task.source, settings_.flags, is_assembled));
}

void Decoder::compute_single(Worker& worker, Job& job, Parameters parameters) const {
  const bool is_inexact = tell_of_pixels(job, parameters, settings_.checks_pixels, worker.threads).is_inexact;
  job.converted.messages = std::move(parameters.messages);
  make_sound(worker, job, parameters.note, settings_.flags, !is_inexact);
  if (settings_.normalize || !parameters.has_level) normalize_peak(job.audio);
}

/// A picture whose pixels are what its parameters say.
struct Decoder::Prepared {
  Job* job;
  Parameters parameters;
};

/// One file is all of the sound, and nobody wants to know its steps.
bool Decoder::is_single(const Job& job) const {
  const bool is_foreign_one = is_foreign(job.file.note.has_value(), settings_.flags);
  return job.task.tiles.empty() && !is_tile(job.file) && !is_part(job.file) && !is_foreign_one &&
         settings_.log_folder.empty();
}

void Decoder::compute_all(Worker& worker, std::span<Job* const> jobs) const {
  std::vector<Prepared> waiting;
  for (Job* job : jobs) {
    if (jobs.size() == 1 || !is_single(*job)) {
      compute_alone(worker, *job);
      continue;
    }
    try {
      waiting.push_back({job, parameters_of(job->file, job->task.source, settings_.flags)});
    } catch (...) {
      job->error = std::current_exception();
    }
  }
  while (!waiting.empty()) {
    const PictureNote first = waiting.front().parameters.note;
    const auto others = std::stable_partition(waiting.begin(), waiting.end(), [&](const Prepared& other) {
      return can_go_together(first, other.parameters.note, settings_.flags.retrieval);
    });
    const auto end = others == waiting.begin() ? others + 1 : others;  // it goes with none, not even its like
    compute_together(worker, {waiting.begin(), end});
    waiting.erase(waiting.begin(), end);
  }
}

void Decoder::compute_together(Worker& worker, std::span<Prepared> group) const {
  const auto alone = [&](Prepared& one) {
    try {
      compute_single(worker, *one.job, std::move(one.parameters));
    } catch (...) {
      one.job->error = std::current_exception();
    }
  };
  if (group.size() == 1) return alone(group.front());
  std::vector<PictureToAudio> items;
  for (Prepared& one : group) items.push_back({&one.job->file.picture, &one.parameters.note, &one.job->audio});
  try {
    to_audio(*worker.backend, items, settings_.flags.retrieval);
  } catch (const Error&) {  // of one of them, or of the device: perhaps one by one they fit
    for (Prepared& one : group) alone(one);
    return;
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    Job& job = *group[i].job;
    const PictureNote& note = group[i].parameters.note;
    tell_of_pixels(job, group[i].parameters, settings_.checks_pixels, worker.threads);
    job.converted.convergence = items[i].convergence;
    job.converted.messages = std::move(group[i].parameters.messages);
    if (note.is_mid_side) undo_mid_side(job.audio.samples.data(), note.n_samples, note.n_samples);
    if (settings_.normalize || !group[i].parameters.has_level) normalize_peak(job.audio);
  }
}

audio::WriteSettings Decoder::write_settings(SampleFormat source) const {
  return audio::settings_for(settings_.container, settings_.format.value_or(source));
}

void Decoder::decode_tiles(Worker& worker, Job& job) const {
  drop_other_half(job.task.tiles, settings_.flags);
  const TileLayout layout = layout_of(job.task.tiles, settings_.flags);
  if (settings_.missing_tiles == MissingTiles::Error) require_all(layout);
  float gain = 1.0F;
  bool is_measured = false;
  const auto measure = [&](const Parameters& parameters) -> TileJoiner::Take {
    return
        [&peak = gain, channels = parameters.note.channels](const float* samples, std::int64_t stride, std::int64_t n) {
          for (int c = 0; c < channels; ++c) peak = std::max(peak, peak_of(samples + c * stride, n));
        };
  };
  if (settings_.normalize) {
    gain = 0.0F;
    join(worker, job, layout, settings_.flags, true, false, measure);
    gain = normalizing_gain(gain);
    is_measured = true;
  }

  OutputFile& output = job.add_output(job.task.destination);
  std::optional<audio::Writer> writer;
  Buffer<float> scaled;
  const auto begin = [&](const Parameters& parameters) -> TileJoiner::Take {
    const PictureNote& note = parameters.note;
    writer.emplace(output.temporary(), audio::SoundShape{note.sample_rate, note.channels, note.n_samples},
                   write_settings(note.format), worker.threads);
    return [&, channels = note.channels](const float* samples, std::int64_t stride, std::int64_t n) {
      if (!is_measured) {
        writer->write(samples, stride, n);
        return;
      }
      scaled.resize(static_cast<std::size_t>(channels * n));
      for (int c = 0; c < channels; ++c) {
        for (std::int64_t i = 0; i < n; ++i) scaled[c * n + i] = samples[c * stride + i] * gain;
      }
      writer->write(scaled.data(), n, n);
    };
  };
  const Parameters parameters =
      join(worker, job, layout, settings_.flags, !is_measured, settings_.checks_pixels, begin);
  const PictureNote& note = parameters.note;
  job.converted.messages = parameters.messages;
  const std::string missing = missing_text(layout);
  if (!missing.empty()) job.converted.messages.push_back(missing + "; what only they hold is silence");
  note_clipping(job.converted, writer->finish(), note.n_samples * note.channels);
  job.converted.audio_seconds = static_cast<double>(note.n_samples) / note.sample_rate;
}

void Decoder::write(Job& job) const {
  if (job.outputs.empty()) {
    const Audio& audio = job.audio;
    OutputFile& output = job.add_output(job.task.destination);
    note_clipping(job.converted, audio::write(output.temporary(), audio, write_settings(audio.format), job.threads),
                  audio.n_samples * audio.channels);
    job.converted.audio_seconds = audio.seconds();
  }
  OutputFile& output = *job.outputs.front();
  job.converted.bytes_written = static_cast<std::int64_t>(fs::file_size(output.temporary()));
  if (job.log) {
    const std::vector<fs::path> one{job.task.source};
    const std::vector<fs::path>& sources = job.task.tiles.empty() ? one : job.task.tiles;
    job.log->finish(sources, job.decoded_with, parameters(), job.converted, output.temporary(),
                    output.destination().filename().string());
  }
  output.commit();
}

void decode_pieces(Worker& worker, Job& job, const ParameterFlags& flags,
                   const std::function<TileJoiner::Take(const Parameters&)>& begin) {
  const fs::path first = job.task.tiles.empty() ? job.task.source : job.task.tiles.front();
  read_picture(first, job, flags, worker.threads);
  const bool is_assembled = is_part(job.file);
  if (is_assembled) assemble(job, flags, worker.threads);
  if (job.task.tiles.empty() && is_tile(job.file)) job.task.tiles = {job.task.source};
  if (!job.task.tiles.empty()) {
    drop_other_half(job.task.tiles, flags);
    const TileLayout layout = layout_of(job.task.tiles, flags);
    require_all(layout);
    join(worker, job, layout, flags, true, false, begin);
    return;
  }
  const Parameters parameters = parameters_of(job.file, job.task.source, flags, is_assembled);
  Audio& audio = job.audio;
  const bool is_inexact = check_pixels(job.file, parameters.note, false, worker.threads).is_inexact;
  make_sound(worker, job, parameters.note, flags, !is_inexact);
  if (!parameters.has_level) normalize_peak(audio);
  begin(parameters)(audio.samples.data(), audio.n_samples, audio.n_samples);
}

Parameters load_picture(Worker& worker, Job& job, const ParameterFlags& flags) {
  const fs::path first = job.task.tiles.empty() ? job.task.source : job.task.tiles.front();
  image::read(first, job.file, job.workspace, worker.threads);
  const bool is_assembled = is_part(job.file);
  if (is_assembled) assemble(job, flags, worker.threads);
  if (job.task.tiles.empty() && is_tile(job.file)) job.task.tiles = {job.task.source};
  if (job.task.tiles.empty()) return parameters_of(job.file, first, flags, is_assembled);
  const TileLayout layout = layout_of(job.task.tiles, flags);
  require_all(layout);
  Parameters parameters;
  Picture whole;
  for (std::size_t i = 0; i < job.task.tiles.size(); ++i) {
    about_tile(job.task.tiles[i], [&] {
      if (i > 0) image::read(job.task.tiles[i], job.file, job.workspace, worker.threads);
      Parameters own = parameters_of(job.file, job.task.tiles[i], flags);
      if (i == 0) parameters = std::move(own);
      paste_tile(layout, i, job.file.picture, whole);
    });
  }
  std::swap(job.file.picture, whole);
  parameters.note.tile = {};
  return parameters;
}

void load_sound(Worker& worker, Job& job, const ParameterFlags& flags) {
  Audio& audio = job.audio;
  std::int64_t done = 0;
  decode_pieces(worker, job, flags, [&](const Parameters& parameters) -> TileJoiner::Take {
    if (job.task.tiles.empty()) return [](const float*, std::int64_t, std::int64_t) {};  // it is there
    const PictureNote& note = parameters.note;
    audio.sample_rate = note.sample_rate;
    audio.channels = note.channels;
    audio.n_samples = note.n_samples;
    audio.format = note.format;
    audio.samples.resize(static_cast<std::size_t>(note.channels * note.n_samples));
    return [&](const float* samples, std::int64_t stride, std::int64_t n) {
      for (int c = 0; c < audio.channels; ++c) std::copy_n(samples + c * stride, n, audio.channel(c).data() + done);
      done += n;
    };
  });
}

}  // namespace spectrohue::batch
