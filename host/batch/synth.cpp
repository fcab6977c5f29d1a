// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/synth.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "batch/synth_preview.h"
#include "core/names.h"
#include "image/arrange.h"
#include "spectrohue/error.h"
#include "synth/brightness.h"
#include "synth/hilbert.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

constexpr Names<Traversal, 2> kTraversals{{{Traversal::Columns, "columns"}, {Traversal::Hilbert, "hilbert"}}};

/// Samples of all channels that a sound may have: 4 GiB.
constexpr double kMostSamples = std::int64_t{1} << 30;
/// Fewer samples than this are no column of their own.
constexpr std::int64_t kLeastColumnSamples = 16;
/// Of frequencies.
constexpr double kRounding = 1e-9;
/// Of previews of pictures with a note.
constexpr double kNotedPreviewDb = 80;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::Usage, message); }

bool is_power_of_4(int n) { return n > 0 && (n & (n - 1)) == 0 && (n & 0x55555555) != 0; }

/// The side of the square that Hilbert's curve goes through: as large a power of two as the picture has pixels for.
int chord_side(const Picture& picture, const std::optional<int>& bands) {
  const std::int64_t most = std::min({bands ? std::int64_t{*bands} : std::int64_t{SynthSettings::kMostChordBands},
                                      bands ? std::int64_t{*bands} : picture.width * picture.height});
  int side = 1;
  while (4 * std::int64_t{side} * side <= most) side *= 2;
  return side;
}

/// Values of even steps, with others of the same reach in their place.
std::vector<double> resampled(const std::vector<double>& values, int n) {
  std::vector<double> made;
  const double ratio = static_cast<double>(values.size()) / n;
  for (int i = 0; i < n; ++i) {
    const double place = std::clamp((i + 0.5) * ratio - 0.5, 0.0, static_cast<double>(values.size() - 1));
    const auto low = static_cast<std::size_t>(place);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    made.push_back(values[low] + (values[high] - values[low]) * (place - static_cast<double>(low)));
  }
  return made;
}

fs::path first_file(const Task& task) { return task.tiles.empty() ? task.source : task.tiles.front(); }

template <class T>
void add_given(nlohmann::ordered_json& json, const char* name, const std::optional<T>& value) {
  if (value) json[name] = *value;
}

void note_clipping(Converted& converted, const audio::WriteResult& written) {
  if (written.clipped == 0) return;
  converted.messages.push_back(std::to_string(written.clipped) +
                               " samples were beyond full scale and were clipped; --subtype float keeps them, "
                               "--normalize peak makes them softer");
}

}  // namespace

std::string to_string(Traversal traversal) { return name_of(kTraversals, traversal); }
Traversal traversal_from_string(std::string_view name) { return value_of(kTraversals, name, "traversal"); }

void validate(const SynthSettings& settings) {
  if (settings.seconds && settings.columns_per_second)
    refuse("--duration and --columns-per-second say the same; give one of them");
  if (settings.seconds && !(*settings.seconds > 0)) refuse("--duration must be above 0");
  if (settings.columns_per_second && !(*settings.columns_per_second > 0)) {
    refuse("--columns-per-second must be above 0");
  }
  if (!(settings.blur >= 0 && settings.blur <= synth::kMaxBlur)) {
    refuse("--blur must lie between 0 and " + std::to_string(static_cast<int>(synth::kMaxBlur)) + " pixels");
  }
  if (settings.curve && !std::isfinite(settings.curve->top_db + settings.curve->gamma)) {
    refuse("--db-range and --gamma must be numbers");
  }
  if (settings.fmin && settings.fmax && !(*settings.fmin < *settings.fmax)) refuse("--fmin must be below --fmax");
  if (settings.traversal == Traversal::Hilbert) {
    if (settings.columns_per_second) refuse("--traversal hilbert has no columns; give --duration");
    if (settings.bands && !is_power_of_4(*settings.bands)) {
      refuse("--bands " + std::to_string(*settings.bands) +
             " cannot be the pixels of a square that Hilbert's curve goes through; give 64, 256, 1024, 4096 or another "
             "power of 4");
    }
  }
  validate(settings.render.stft);
}

std::string Synthesizer::parameters() const {
  nlohmann::ordered_json json;
  json["ignore_note"] = settings_.ignores_note;
  json["invert"] = settings_.invert;
  json["flip"] = settings_.turned.flip;
  json["transpose"] = settings_.turned.transpose;
  json["blur"] = settings_.blur;
  json["traversal"] = to_string(settings_.traversal);
  json["stereo"] = synth::to_string(settings_.stereo);
  if (settings_.curve) {
    const bool is_db = settings_.curve->kind == CurveKind::Db;
    json[is_db ? "db_range" : "gamma"] = is_db ? settings_.curve->top_db : settings_.curve->gamma;
  }
  add_given(json, "duration", settings_.seconds);
  add_given(json, "columns_per_second", settings_.columns_per_second);
  add_given(json, "sample_rate", settings_.sample_rate);
  if (settings_.axis) json["axis"] = to_string(*settings_.axis);
  add_given(json, "fmin", settings_.fmin);
  add_given(json, "fmax", settings_.fmax);
  add_given(json, "bands", settings_.bands);
  json["method"] = synth::to_string(settings_.render.method);
  json["n_fft"] = settings_.render.stft.n_fft;
  add_given(json, "n_iter", settings_.render.n_iter);
  json["seed"] = settings_.render.seed;
  add_given(json, "normalize", settings_.peak_db);
  json["format"] = to_string(settings_.container);
  if (settings_.format) json["subtype"] = to_string(*settings_.format);
  if (!settings_.preview.empty()) json["preview_colormap"] = settings_.preview_colours.name;
  return json.dump();
}

bool Synthesizer::uses(const std::optional<PictureNote>& note) const {
  if (!note || settings_.ignores_note || settings_.traversal == Traversal::Hilbert) return false;
  if (!note->right.empty()) {
    refuse(
        "it holds two sounds side by side; 'decode --pair' makes one of them, --ignore-note plays all of it as any "
        "picture");
  }
  if (settings_.stereo != synth::Stereo::None) {
    refuse(
        "--stereo is for pictures without a note, and this one's says what its channels are; --ignore-note plays it "
        "as any picture");
  }
  return true;
}

Synthesizer::Extent Synthesizer::extent(const std::optional<PictureNote>& note, std::int64_t columns) const {
  const auto n = static_cast<double>(columns);
  Extent extent;
  extent.sample_rate = settings_.sample_rate.value_or(note ? note->sample_rate : SynthSettings::kSampleRate);
  extent.channels = note ? note->channels : n_channels(settings_.stereo);
  if (settings_.seconds) {
    extent.seconds = *settings_.seconds;
  } else if (settings_.columns_per_second) {
    extent.seconds = n / *settings_.columns_per_second;
  } else if (settings_.traversal == Traversal::Hilbert) {
    extent.seconds = SynthSettings::kChordSeconds;
  } else if (note) {
    extent.seconds = static_cast<double>(note->n_samples) / note->sample_rate;
  } else {
    extent.seconds = n / SynthSettings::kColumnsPerSecond;
  }
  if (extent.seconds * extent.sample_rate * extent.channels > kMostSamples) {
    refuse("the sound would be longer than memory has room for: at most " +
           std::to_string(static_cast<std::int64_t>(kMostSamples)) + " samples; give a shorter --duration");
  }
  extent.n_samples = std::llround(extent.seconds * extent.sample_rate);
  return extent;
}

Synthesizer::Extent Synthesizer::extent_of(const Task& task) const {
  const image::FileInfo info = image::inspect(first_file(task));
  const bool is_turned = settings_.turned.transpose;
  if (!uses(info.note)) return extent(std::nullopt, is_turned ? info.height : info.width);
  const PictureNote& note = *info.note;
  return extent(note, is_turned ? n_rows(note.stft, note.pixels) : note.stft.n_frames(note.n_samples));
}

void Synthesizer::read(Job& job) const {
  if (settings_.preview.empty()) return;
  const fs::path preview = preview_path(job.task);
  std::error_code none;
  if (fs::equivalent(preview, job.task.source, none)) {
    refuse("its preview would replace it: '" + preview.string() + "'; give another --preview");
  }
  if (!settings_.replaces_preview && fs::exists(preview)) {
    refuse("its preview '" + preview.string() + "' exists; --overwrite replaces it");
  }
}

/// What is done to the pixels before they become rows and columns.
void Synthesizer::prepare(SynthSource& source) const {
  for (Picture& plane : source.planes) {
    image::rearrange(plane, settings_.turned);
    if (settings_.invert) synth::invert(plane);
    synth::blur(plane, settings_.blur);
    if (settings_.traversal != Traversal::Hilbert) continue;
    const int side = chord_side(plane, settings_.bands);
    image::resize(plane, {side, side});
    plane = synth::along_hilbert(plane);
  }
}

int Synthesizer::rows_for(const SynthSource& source) const {
  const auto rows = static_cast<int>(source.planes.front().height);
  const bool is_as_it_is = source.noted || settings_.traversal == Traversal::Hilbert;
  return settings_.bands.value_or(is_as_it_is ? rows : std::min(rows, SynthSettings::kMostBands));
}

synth::Axis Synthesizer::axis_for(const SynthSource& source, int n_rows, int sample_rate) const {
  const bool is_given = settings_.axis || settings_.fmin || settings_.fmax;
  if (source.noted && !is_given) {
    return synth::resized(source.noted->axis, static_cast<int>(source.noted->row_weights.size()), n_rows);
  }
  FrequencyScale scale;
  FrequencyRange range;
  if (source.noted) {
    scale = source.noted->note.pixels.scale;
    range = range_of_note(source.noted->note);
    range.fmax = std::min(range.fmax, sample_rate / 2.0);
  }
  scale.kind = settings_.axis.value_or(scale.kind);
  scale.fmin = settings_.fmin.value_or(range.fmin);
  scale.fmax = settings_.fmax.value_or(range.fmax);
  scale.n_bands = n_rows;
  FrequencyScale checked = scale;
  if (checked.kind == FrequencyScaleKind::Linear) checked.kind = FrequencyScaleKind::Mel;  // no bins have to fit
  validate(checked, settings_.render.stft.n_fft, sample_rate);
  return synth::axis_over(scale, frequency_range(scale, sample_rate), n_rows);
}

/// In samples.
synth::Steps Synthesizer::time_for(const SynthSource& source, std::int64_t n_columns, const Extent& extent) const {
  const auto columns = static_cast<double>(n_columns);
  synth::Steps time;
  double scale = extent.sample_rate;
  if (source.noted && !settings_.turned.transpose) {
    const NotedScore& noted = *source.noted;
    time = synth::resized(noted.time_s, static_cast<double>(source.planes.front().width), columns);
    if (noted.seconds > 0) scale *= extent.seconds / noted.seconds;
  } else {
    time.step = std::max(extent.seconds, 1.0 / extent.sample_rate) / columns;
    time.first = time.step / 2;
  }
  return {time.first * scale, time.step * scale};
}

synth::Score Synthesizer::score_of(SynthSource& source) const {
  const std::optional<NotedScore>& noted = source.noted;
  const Picture& front = source.planes.front();
  const Extent extent = this->extent(noted ? std::optional(noted->note) : std::nullopt, front.width);
  synth::Score score;
  score.sample_rate = extent.sample_rate;
  score.n_samples = extent.n_samples;
  score.channels = extent.channels;
  score.n_rows = rows_for(source);
  score.n_columns = std::clamp<std::int64_t>(extent.n_samples / kLeastColumnSamples, 1, front.width);
  score.axis = axis_for(source, score.n_rows, score.sample_rate);
  score.time = time_for(source, score.n_columns, extent);
  score.is_of_bands = noted && noted->is_of_bands;
  for (Picture& plane : source.planes) {
    if (plane.height != score.n_rows || plane.width != score.n_columns) {
      image::resize(plane, {score.n_columns, score.n_rows});
    }
  }
  score.amplitudes.resize(static_cast<std::size_t>(score.channels * score.n_columns * score.n_rows));
  if (!noted) {
    const Curve curve = settings_.curve.value_or(Curve{CurveKind::Db, 1, SynthSettings::kDefaultRangeDb});
    synth::compose(source.planes.front(), curve, 0, settings_.stereo, score);
    return score;
  }
  std::vector<double> weights = resampled(noted->row_weights, score.n_rows);
  for (double& weight : weights) weight *= noted->amplitude;
  for (int c = 0; c < score.channels; ++c) {
    synth::compose_channel(source.planes[c], settings_.curve.value_or(noted->note.pixels.curve),
                           settings_.curve ? 0 : noted->strength, weights, c, score);
  }
  return score;
}

void Synthesizer::compute(Worker& worker, Job& job) const {
  const bool is_noted = uses(image::inspect(first_file(job.task)).note);
  SynthSource source = is_noted ? load_noted(worker, job) : load_plain(worker, job);
  prepare(source);
  const synth::Score score = score_of(source);
  job.go_on();
  synth::render(*worker.backend, score, settings_.render, job.audio);
  job.audio.format = settings_.format.value_or(is_noted ? source.noted->note.format : SampleFormat::Pcm16);
  if (settings_.peak_db) synth::normalize(job.audio, std::pow(10.0, *settings_.peak_db / 20));
  const double top_hz = score.axis.hz(score.n_rows - 1);
  if (top_hz > score.sample_rate / 2.0 * (1 + kRounding)) {
    job.converted.messages.push_back("rows above half the sample rate are silent; the highest stands for " +
                                     std::to_string(std::lround(top_hz)) + " Hz");
  }
  if (!settings_.preview.empty()) write_preview(worker, job, score, preview_range_db(source));
}

double Synthesizer::preview_range_db(const SynthSource& source) const {
  if (settings_.curve && settings_.curve->kind == CurveKind::Db) return settings_.curve->top_db;
  return source.noted ? kNotedPreviewDb : SynthSettings::kDefaultRangeDb;
}

fs::path Synthesizer::preview_path(const Task& task) const {
  if (settings_.preview.extension() == ".png" && !fs::is_directory(settings_.preview)) return settings_.preview;
  fs::path name = task.destination.filename();
  return settings_.preview / task.relative.parent_path() / name.replace_extension(".png");
}

void Synthesizer::write_preview(Worker& worker, Job& job, const synth::Score& score, double range_db) const {
  const Picture picture =
      draw_preview(*worker.backend, settings_.render.stft, job.audio, score, settings_.preview_colours, range_db);
  OutputFile& output = job.add_sidecar(preview_path(job.task));
  image::write_png(output.temporary(), picture, nullptr, {image::Compression::Fast, worker.threads}, worker.workspace);
}

void Synthesizer::write(Job& job) const {
  const audio::WriteSettings as = audio::settings_for(settings_.container, job.audio.format);
  OutputFile& output = job.add_output(job.task.destination);
  note_clipping(job.converted, audio::write(output.temporary(), job.audio, as, job.threads));
  job.converted.audio_seconds = job.audio.seconds();
  job.converted.bytes_written = static_cast<std::int64_t>(fs::file_size(output.temporary()));
  for (const auto& sidecar : job.sidecars) sidecar->commit();
  output.commit();
}

}  // namespace spectrohue::batch
