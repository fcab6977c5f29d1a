// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "batch/plot.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "batch/decode.h"
#include "plot/canvas.h"
#include "plot/svg.h"
#include "spectro/magnitude_pictures.h"
#include "spectro/pages.h"
#include "spectrohue/error.h"

namespace spectrohue::batch {

namespace fs = std::filesystem;

namespace {

/// Samples, all channels counted, that are read ahead, and that are taken in at a time.
constexpr std::int64_t kAheadValues = std::int64_t{1} << 22;
constexpr std::int64_t kStepValues = std::int64_t{1} << 16;
/// Room above the largest sample.
constexpr double kAmplitudeRoom = 1.1;
/// dB re full scale: what counts as silence when the loudest is to be 0 dB.
constexpr float kSilenceDb = -300;
/// Of a figure that shows no sample.
constexpr double kEmptySeconds = 1;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::Usage, message); }

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g s", seconds);
  return text;
}

/// The note of a picture, or what stands for it.
PictureNote note_of(const Task& task, const ParameterFlags& flags) {
  const fs::path& path = task.tiles.empty() ? task.source : task.tiles.front();
  const image::FileInfo info = image::inspect(path);
  return decode_parameters(info.note, info.width, info.height, info.layout, path, flags).note;
}

plot::SoundShape shape_of(const PictureNote& note) { return {note.sample_rate, note.channels, note.n_samples}; }

/// Hands over what a picture without phases holds, as it is: there is no sound to measure.
void measure_magnitudes(const Picture& picture, const PictureNote& note, plot::Meter& meter) {
  constexpr std::int64_t kBlock = 256;
  const MagnitudeReader reader(picture, note);
  RowMap map(note.stft, note.pixels, note.sample_rate);
  const auto n_rows = static_cast<std::size_t>(map.n_rows());
  const auto n_bins = static_cast<std::size_t>(map.n_bins());
  const std::int64_t n_frames = note.stft.n_frames(note.n_samples);
  std::vector<float> rows(kBlock * n_rows);
  std::vector<float> magnitudes(kBlock * n_bins);
  std::vector<Complex> spectra(note.channels * std::min(kBlock, n_frames) * n_bins);
  for (std::int64_t first = 0; first < n_frames; first += kBlock) {
    const auto count = static_cast<std::size_t>(std::min(kBlock, n_frames - first));
    auto spectrum = spectra.begin();
    for (int c = 0; c < note.channels; ++c) {
      reader.read_rows(c, {first, static_cast<std::int64_t>(count)}, rows);
      map.invert(std::span(rows).first(count * n_rows), std::span(magnitudes).first(count * n_bins));
      spectrum = std::copy_n(magnitudes.begin(), count * n_bins, spectrum);
    }
    meter.add_frames({spectra.begin(), spectrum}, static_cast<std::int64_t>(count));
  }
}

void write_bytes(const fs::path& path, std::span<const char> bytes) {
  const auto fail = [] {
    throw Error(ErrorCode::Write, "cannot write the figure: " + std::generic_category().message(errno));
  };
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) fail();
  const bool is_whole = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = errno;
  const bool is_closed = std::fclose(file) == 0;
  if (!is_whole) errno = error;
  if (!is_whole || !is_closed) fail();
}

std::string hex(const Colormap& colormap) {
  std::string text;
  for (const Colour& colour : colormap.colours) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "%02x%02x%02x", colour[0], colour[1], colour[2]);
    text += digits;
  }
  return text;
}

}  // namespace

std::string to_string(FigureType type) {
  switch (type) {
    case FigureType::Svg: return "svg";
    case FigureType::Pdf: return "pdf";
    default: return "png";
  }
}

FigureType figure_type_from_string(std::string_view name) {
  for (const FigureType type : {FigureType::Png, FigureType::Svg, FigureType::Pdf}) {
    if (name == to_string(type)) return type;
  }
  refuse("a figure is png, svg or pdf, not '" + std::string(name) + "'");
}

void validate(const PlotSettings& settings) {
  validate(settings.stft);
  const plot::FigureStyle& style = settings.style;
  if (!(style.scale >= 0.1 && style.scale <= 32)) refuse("--scale must lie between 0.1 and 32");
  if (style.width < 1 || style.width * style.scale > static_cast<double>(plot::kMaxSide)) {
    refuse("--width times --scale must lie between 1 and " + std::to_string(plot::kMaxSide));
  }
  if (style.height < 0 || style.height * style.scale > static_cast<double>(plot::kMaxSide)) {
    refuse("--height times --scale must lie between 0 and " + std::to_string(plot::kMaxSide));
  }
  if (!(settings.low_db < settings.high_db) || !std::isfinite(settings.high_db - settings.low_db)) {
    refuse("the level range must rise: --db-range LOW,HIGH, or --top-db above 0");
  }
  if (!(settings.start_s >= 0) || !std::isfinite(settings.start_s)) refuse("--start must not be below 0");
  if (settings.duration_s && !(*settings.duration_s > 0)) refuse("--duration must be above 0");
}

std::string Plotter::parameters() const {
  nlohmann::ordered_json json;
  const StftSettings& stft = settings_.stft;
  json["n_fft"] = stft.n_fft;
  json["hop_length"] = stft.hop_length;
  json["win_length"] = stft.win_length;
  json["window"] = to_string(stft.window);
  json["window_parameter"] = stft.window_parameter;
  json["center"] = stft.center;
  json["keeps_stft_of_pictures"] = settings_.keeps_stft_of_pictures;
  json["flags"] = nlohmann::ordered_json::parse(to_json(settings_.flags));
  json["compression"] = image::to_string(settings_.compression);
  const plot::FigureStyle& style = settings_.style;
  json["format"] = to_string(settings_.type);
  json["width"] = style.width;
  json["height"] = style.height;
  json["scale"] = style.scale;
  json["theme"] = to_string(style.theme);
  json["font"] = plot::printable_utf8(style.font);
  json["waveform"] = style.waveform;
  json["axes"] = style.axes;
  json["colour_bar"] = style.colour_bar;
  if (settings_.title) json["title"] = plot::printable_utf8(*settings_.title);
  json["reduce"] = to_string(settings_.reduce);
  json["freq_scale"] = to_string(settings_.frequency.kind);
  json["fmin"] = settings_.frequency.fmin;
  json["fmax"] = settings_.frequency.fmax;
  json["start"] = settings_.start_s;
  if (settings_.duration_s) json["duration"] = *settings_.duration_s;
  json["ref"] = settings_.is_relative_to_peak ? "peak" : "full-scale";
  json["db_range"] = {settings_.low_db, settings_.high_db};
  json["colormap"] = hex(settings_.colormap);
  return json.dump();
}

plot::Figure Plotter::figure_for(const plot::SoundShape& sound, const fs::path& source) const {
  plot::Figure figure;
  figure.style = settings_.style;
  figure.title = settings_.title.value_or(source.filename().string());
  figure.frequency = settings_.frequency;
  const FrequencyRange range = frequency_range(figure.frequency, sound.sample_rate);
  figure.frequency.fmin = range.fmin;
  figure.frequency.fmax = range.fmax;
  validate(figure.frequency, settings_.stft.n_fft, sound.sample_rate);
  figure.start_s = settings_.start_s;
  const double length_s = static_cast<double>(sound.n_samples) / sound.sample_rate;
  if (sound.n_samples == 0) {
    figure.end_s = figure.start_s + settings_.duration_s.value_or(kEmptySeconds);
  } else {
    if (figure.start_s >= length_s) {
      refuse("--start " + seconds_text(figure.start_s) + " lies behind the end of the sound, which takes " +
             seconds_text(length_s));
    }
    figure.end_s = std::min(length_s, figure.start_s + settings_.duration_s.value_or(length_s));
  }
  figure.low_db = settings_.low_db;
  figure.high_db = settings_.high_db;
  figure.level_name = settings_.is_relative_to_peak ? "Level (dB re peak)" : "Level (dBFS)";
  figure.colormap = settings_.colormap;
  figure.channels = sound.channels;
  return figure;
}

Plotter::Size Plotter::size_of(const Task& task) const {
  plot::SoundShape sound;
  if (image::has_picture_extension(task.source)) {
    sound = shape_of(note_of(task, settings_.flags));
  } else {
    const audio::FileInfo info = audio::inspect(task.source);
    sound = {info.sample_rate, info.channels, info.n_samples};
  }
  const plot::Layout layout = plot::lay_out(figure_for(sound, task.source));
  return {std::lround(layout.width * settings_.style.scale), std::lround(layout.height * settings_.style.scale)};
}

void Plotter::read(Job& job) const {
  if (image::has_picture_extension(job.task.source)) return;
  job.reader.emplace(job.task.source);
  const audio::FileInfo& info = job.reader->info();
  job.stretch.restart(info);
  if (info.missing_bytes > 0) {
    job.converted.messages.push_back("the end of the file is missing: " + std::to_string(info.missing_bytes) +
                                     " bytes of samples less than its header says; what is there was plotted");
  }
  job.is_whole = !job.stretch.slide(*job.reader, 0, kAheadValues / info.channels + 1);
}

void Plotter::compute(Worker& worker, Job& job) const {
  plot::Layout layout;
  const plot::Figure figure = image::has_picture_extension(job.task.source) ? plot_picture(worker, job, layout)
                                                                            : plot_sound(worker, job, layout);
  job.converted.audio_seconds = figure.end_s - figure.start_s;
  write_figure(worker, job, figure, layout);
}

plot::Figure Plotter::plot_sound(Worker& worker, Job& job, plot::Layout& layout) const {
  const audio::FileInfo info = job.reader->info();
  std::int64_t n_samples = job.is_whole ? job.stretch.end() : info.n_samples;
  while (true) {
    const plot::SoundShape sound{info.sample_rate, info.channels, n_samples};
    plot::Figure figure = figure_for(sound, job.task.source);
    layout = plot::lay_out(figure);
    plot::Meter meter(*worker.backend, {settings_.stft, settings_.reduce}, sound, figure, layout);
    const std::int64_t actual = measure_file(job, meter, n_samples);
    if (actual == n_samples) {
      complete(figure, meter.finish());
      return figure;
    }
    n_samples = actual;
    job.reader.emplace(job.task.source);
    job.stretch.restart(job.reader->info());
  }
}

/// Hands the samples over. Returns how many the sound has, as far as it had to look.
std::int64_t Plotter::measure_file(Job& job, plot::Meter& meter, std::int64_t n_samples) const {
  const int channels = job.stretch.channels();
  const std::int64_t step = std::max<std::int64_t>(1, kStepValues / channels);
  Buffer<float> samples;
  samples.resize(static_cast<std::size_t>(channels * step));
  for (std::int64_t first = meter.first_sample(); first < meter.end_sample(); first += step) {
    job.go_on();
    const std::int64_t end = std::min(meter.end_sample(), first + step);
    if (!job.is_whole) job.stretch.slide(*job.reader, first, end);
    if (job.stretch.end() < end) return job.stretch.end();
    Sound sound{job.reader->info().sample_rate, job.reader->info().format, n_samples, {}};
    for (int c = 0; c < channels; ++c) {
      sound.channels.push_back(job.stretch.signal(c, n_samples));
      sound.channels.back().copy(first, end - first, samples.data() + c * step);
    }
    refuse_non_finite(sound, first, end);
    meter.add(samples.data(), step, first, end - first);
  }
  if (job.is_whole || meter.end_sample() < n_samples) return n_samples;
  // The header may have promised too little.
  std::int64_t end = n_samples;
  while (job.stretch.slide(*job.reader, end, end + step)) end += step;
  return job.stretch.end();
}

plot::Figure Plotter::plot_picture(Worker& worker, Job& job, plot::Layout& layout) const {
  const PictureNote note = note_of(job.task, settings_.flags);
  const bool has_sound = holds_phase(note.pixels.encoding);
  const plot::SoundShape sound = shape_of(note);
  plot::Figure figure = figure_for(sound, job.task.source);
  if (!has_sound) figure.style.waveform = false;
  layout = plot::lay_out(figure);
  plot::MeterSettings settings{settings_.stft, settings_.reduce};
  if (settings_.keeps_stft_of_pictures || !has_sound) settings.stft = note.stft;
  plot::Meter meter(*worker.backend, settings, sound, figure, layout);
  std::int64_t done = 0;
  const auto take = [&](const float* samples, std::int64_t stride, std::int64_t n) {
    meter.add(samples, stride, done, n);
    done += n;
  };
  if (!has_sound) {
    const Parameters parameters = load_picture(worker, job, settings_.flags);
    job.converted.messages = parameters.messages;
    measure_magnitudes(job.file.picture, parameters.note, meter);
    complete(figure, meter.finish());
    return figure;
  }
  decode_pieces(worker, job, settings_.flags, [&](const Parameters& parameters) {
    job.converted.messages = parameters.messages;
    return take;
  });
  complete(figure, meter.finish());
  return figure;
}

/// What depends on all that was measured.
void Plotter::complete(plot::Figure& figure, std::vector<plot::Panel> panels) const {
  float loudest = kSilenceDb;
  double amplitude = 0;
  for (const plot::Panel& panel : panels) {
    for (const float level : panel.levels) loudest = std::max(loudest, level);
    for (const float sample : panel.low) amplitude = std::max(amplitude, std::fabs(static_cast<double>(sample)));
    for (const float sample : panel.high) amplitude = std::max(amplitude, std::fabs(static_cast<double>(sample)));
  }
  if (settings_.is_relative_to_peak && loudest > kSilenceDb) {
    for (plot::Panel& panel : panels) {
      for (float& level : panel.levels) level -= loudest;
    }
  }
  figure.amplitude = amplitude > 0 ? kAmplitudeRoom * amplitude : kAmplitudeRoom;
  figure.panels = std::move(panels);
}

void Plotter::write_figure(Worker& worker, Job& job, const plot::Figure& figure, const plot::Layout& layout) const {
  const fs::path& path = job.add_output(job.task.destination).temporary();
  const plot::Drawing drawing = plot::draw(figure, layout);
  const std::string title = plot::printable_utf8(figure.title);
  switch (settings_.type) {
    case FigureType::Png:
      image::write_png(path, plot::rasterise(drawing), nullptr, {settings_.compression, worker.threads},
                       worker.workspace);
      break;
    case FigureType::Svg: write_bytes(path, plot::to_svg(drawing, title)); break;
    case FigureType::Pdf: {
      const std::vector<std::uint8_t> bytes = plot::to_pdf(drawing, title);
      write_bytes(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      break;
    }
  }
  job.converted.bytes_written = static_cast<std::int64_t>(fs::file_size(path));
}

void Plotter::write(Job& job) const { job.outputs.front()->commit(); }

}  // namespace spectrohue::batch
