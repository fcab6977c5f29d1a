// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Files to files, with the engine of the command line.
#include <atomic>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "batch/by_rate.h"
#include "batch/presets.h"
#include "batch/run.h"
#include "capi/context.h"
#include "capi/settings.h"
#include "capi/status.h"
#include "files/file_task.h"

namespace fs = std::filesystem;
namespace batch = spectrohue::batch;
namespace capi = spectrohue::capi;
using spectrohue::Error;
using spectrohue::ErrorCode;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Where each of the caller's files goes.
struct Pairs {
  std::vector<fs::path> sources;
  std::vector<fs::path> destinations;
  std::size_t size() const { return sources.size(); }
};

/// Throws Error(Usage) if two files have one destination, or a destination is a source: all would depend on the order.
Pairs pairs_of(const char* const* sources, const char* const* destinations, std::size_t n) {
  Pairs pairs;
  if (n == 0) return pairs;
  capi::require(sources, "sources");
  capi::require(destinations, "destinations");
  const auto plain = [](const fs::path& path) { return fs::absolute(path).lexically_normal(); };
  std::set<fs::path> inputs;
  for (std::size_t i = 0; i < n; ++i) {
    capi::require(sources[i], "a source");
    capi::require(destinations[i], "a destination");
    pairs.sources.emplace_back(sources[i]);
    pairs.destinations.emplace_back(destinations[i]);
    inputs.insert(plain(sources[i]));
  }
  std::set<fs::path> outputs;
  for (const fs::path& destination : pairs.destinations) {
    const fs::path path = plain(destination);
    if (inputs.contains(path)) {
      throw Error(ErrorCode::Usage, "'" + destination.string() + "' is a source and a destination");
    }
    if (!outputs.insert(path).second) {
      throw Error(ErrorCode::Usage, "'" + destination.string() + "' is the destination of two sources");
    }
  }
  return pairs;
}

/// A run over several files: what becomes of each is handed to the caller, and the first that failed is kept.
class Run {
 public:
  Run(const spectrohue_context& context, const Pairs& pairs, spectrohue_file_function file_finished, void* user)
      : context_(context), pairs_(pairs), file_finished_(file_finished), user_(user) {}

  /// What becomes of file i, checked; throws what ends that file.
  using MakeTask = std::function<batch::Task(std::size_t i)>;

  /// Converts some of the files.
  void convert(const std::vector<std::size_t>& files, const batch::Conversion& conversion, const MakeTask& make_task) {
    std::vector<batch::Task> tasks;
    std::unordered_map<std::string, std::size_t> index;  // by destination, of which each file has its own
    for (const std::size_t i : files) {
      if (stop_) return;
      try {
        tasks.push_back(make_task(i));
        index[tasks.back().destination.string()] = i;
      } catch (...) {
        finish(i, capi::problem_of(std::current_exception()), {});
      }
    }
    if (tasks.empty() || stop_) return;
    batch::RunSettings settings;
    settings.device = context_.device;
    settings.threads = context_.worker.threads;
    settings.stop = &stop_;
    batch::Observer observer;
    observer.finished = [&](const batch::FileResult& result) {
      capi::Problem problem;
      if (result.failure) problem = {capi::status_of(result.failure->code), result.failure->reason};
      finish(index.at(result.task.destination.string()), problem, result.converted);
    };
    batch::run({tasks.size(), [&](std::size_t i) { return tasks[i]; }}, settings, conversion, observer);
  }

  /// A file that is over before it began.
  void fail(std::size_t i, const capi::Problem& problem) { finish(i, problem, {}); }

  spectrohue_status status() const {
    if (stop_) return capi::fail(SPECTROHUE_STOPPED, "the caller ended the run");
    if (n_failed_ == 0) return SPECTROHUE_OK;
    const std::string about = pairs_.sources[first_failed_].string() + ": " + problem_.message;
    if (pairs_.size() == 1) return capi::fail(problem_.status, about);
    return capi::fail(problem_.status, std::to_string(n_failed_) + " of " + std::to_string(pairs_.size()) +
                                           " files failed; " + (n_failed_ > 1 ? "the first is " : "") + about);
  }

 private:
  void finish(std::size_t i, const capi::Problem& problem, const batch::Converted& converted) {
    if (problem.status != SPECTROHUE_OK && (n_failed_++ == 0 || i < first_failed_)) {
      first_failed_ = i;
      problem_ = problem;
    }
    if (file_finished_ == nullptr) return;
    std::vector<const char*> messages;
    for (const std::string& message : converted.messages) messages.push_back(message.c_str());
    const bool is_done = problem.status == SPECTROHUE_OK;
    const spectrohue_file_result result{sizeof result,
                                        i,
                                        problem.status,
                                        problem.message.c_str(),
                                        messages.data(),
                                        messages.size(),
                                        converted.audio_seconds,
                                        is_done ? converted.n_outputs : 0,
                                        converted.bytes_written,
                                        converted.snr_db.value_or(kNone),
                                        converted.convergence ? converted.convergence->db : kNone};
    if (file_finished_(&result, user_) != 0) stop_ = true;
  }

  const spectrohue_context& context_;
  const Pairs& pairs_;
  spectrohue_file_function file_finished_;
  void* user_;
  std::atomic<bool> stop_ = false;
  std::size_t n_failed_ = 0;
  std::size_t first_failed_ = 0;
  capi::Problem problem_;
};

/// The files whose outputs are of each type; those of none have failed.
template <class Type, class TypeOf>
std::map<Type, std::vector<std::size_t>> by_type(const Pairs& pairs, Run& run, TypeOf&& type_of) {
  std::map<Type, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    try {
      groups[type_of(pairs.destinations[i])].push_back(i);
    } catch (...) {
      run.fail(i, capi::problem_of(std::current_exception()));
    }
  }
  return groups;
}

/// Sounds to pictures of one type.
void encode_to(spectrohue::image::Format format, const std::vector<std::size_t>& files, const Pairs& pairs,
               const spectrohue_settings& settings, Run& run) {
  const spectrohue::EncodeSettings usual = batch::encode_settings(settings.encode);
  batch::PictureOutput output = settings.output;
  output.format = format;
  if (!settings.force) spectrohue::files::refuse_loss_of_phase(format, usual.pixels.encoding);
  if (settings.verify && !(holds_phase(usual.pixels.encoding) && spectrohue::image::holds_note(format))) {
    throw Error(ErrorCode::Usage,
                "--verify compares sounds, so it needs pictures that hold phases and their note (PNG or TIFF)");
  }
  batch::validate(usual, settings.tiles, output);
  const batch::PieceNames names = batch::piece_names(usual.pixels.encoding, output);
  const auto make_task = [&](std::size_t i) {
    return spectrohue::files::encode_task(pairs.sources[i], pairs.destinations[i], names, settings.overwrite);
  };
  const auto make_encoder = [&](const spectrohue::EncodeSettings& of) {
    return std::make_unique<batch::Encoder>(of, settings.compression, settings.tiles, settings.verify, output);
  };
  const auto encoder = make_encoder(usual);
  const std::optional<batch::Preset> preset = settings.encode.given.preset;
  if (!preset || !depends_on_sample_rate(*preset)) {
    run.convert(files, *encoder, make_task);
    return;
  }
  const auto make = [&](int sample_rate) { return make_encoder(batch::encode_settings(settings.encode, sample_rate)); };
  run.convert(files, batch::ByRate(make, encoder->parameters()), make_task);
}

spectrohue_status encode_files(const spectrohue_context& context, const Pairs& pairs,
                               const spectrohue_settings& settings, spectrohue_file_function file_finished,
                               void* user) {
  namespace image = spectrohue::image;
  if (settings.subtype) throw Error(ErrorCode::Usage, "the setting 'subtype' is about samples in memory; files say it");
  batch::encode_settings(settings.encode);  // throws for all files what would be thrown for each
  Run run(context, pairs, file_finished, user);
  const auto groups = by_type<image::Format>(pairs, run, spectrohue::files::picture_format);
  for (const auto& [format, files] : groups) {
    try {
      encode_to(format, files, pairs, settings, run);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::Device || groups.size() == 1) throw;
      for (const std::size_t i : files) run.fail(i, {capi::status_of(error.code()), error.what()});
    }
  }
  return run.status();
}

spectrohue_status decode_files(const spectrohue_context& context, const Pairs& pairs,
                               const spectrohue_settings& settings, spectrohue_file_function file_finished,
                               void* user) {
  batch::DecodeSettings decode = capi::decode_settings(settings);
  Run run(context, pairs, file_finished, user);
  const auto make_task = [&](std::size_t i) {
    return spectrohue::files::decode_task(pairs.sources[i], pairs.destinations[i], settings.overwrite);
  };
  for (const auto& [container, files] :
       by_type<spectrohue::audio::Container>(pairs, run, spectrohue::files::sound_container)) {
    decode.container = container;
    run.convert(files, batch::Decoder(decode), make_task);
  }
  return run.status();
}

/// The two directions of files: convert is encode_files or decode_files, for settings of that kind.
template <class Convert>
spectrohue_status convert_files(spectrohue_context* context, const char* const* sources,
                                const char* const* destinations, size_t n, const spectrohue_settings* settings,
                                spectrohue_direction direction, Convert&& convert) {
  spectrohue_status status = SPECTROHUE_OK;
  const spectrohue_status thrown = capi::guarded([&] {
    capi::require(context, "context");
    const Pairs pairs = pairs_of(sources, destinations, n);
    status = convert(*context, pairs, capi::settings_or_default(settings, direction));
  });
  return thrown == SPECTROHUE_OK ? status : thrown;
}

}  // namespace

spectrohue_status spectrohue_encode_files(spectrohue_context* context, const char* const* sources,
                                          const char* const* destinations, size_t n,
                                          const spectrohue_settings* settings, spectrohue_file_function file_finished,
                                          void* user) {
  const auto convert = [&](const spectrohue_context& in, const Pairs& pairs, const spectrohue_settings& given) {
    return encode_files(in, pairs, given, file_finished, user);
  };
  return convert_files(context, sources, destinations, n, settings, SPECTROHUE_ENCODE, convert);
}

spectrohue_status spectrohue_decode_files(spectrohue_context* context, const char* const* sources,
                                          const char* const* destinations, size_t n,
                                          const spectrohue_settings* settings, spectrohue_file_function file_finished,
                                          void* user) {
  const auto convert = [&](const spectrohue_context& in, const Pairs& pairs, const spectrohue_settings& given) {
    return decode_files(in, pairs, given, file_finished, user);
  };
  return convert_files(context, sources, destinations, n, settings, SPECTROHUE_DECODE, convert);
}

spectrohue_status spectrohue_encode_file(spectrohue_context* context, const char* sound, const char* picture,
                                         const spectrohue_settings* settings) {
  return spectrohue_encode_files(context, &sound, &picture, 1, settings, nullptr, nullptr);
}

spectrohue_status spectrohue_decode_file(spectrohue_context* context, const char* picture, const char* sound,
                                         const spectrohue_settings* settings) {
  return spectrohue_decode_files(context, &picture, &sound, 1, settings, nullptr, nullptr);
}
