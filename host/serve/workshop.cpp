// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "serve/workshop.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "batch/output_file.h"
#include "batch/tiles.h"
#include "batch/walk.h"
#include "image/picture_file.h"
#include "serve/options.h"
#include "spectrohue/error.h"

namespace spectrohue::serve {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kMostWaiting = 64;
constexpr std::size_t kMostFiles = 256;
/// Of a file name, in bytes: room is left for what outputs are called.
constexpr std::size_t kMostNameBytes = 200;

enum class State { Waiting, Running, Done, Failed };

std::string to_string(State state) {
  switch (state) {
    case State::Waiting: return "waiting";
    case State::Running: return "running";
    case State::Done: return "done";
    case State::Failed: return "failed";
  }
  throw Error(ErrorCode::Internal, "a state without a name");
}

std::string safe_name(const std::string& name) {
  std::string last = name.substr(name.find_last_of('/') + 1);
  const bool has_nul = last.find('\0') != std::string::npos;
  if (last.empty() || last == "." || last == ".." || has_nul || last.size() > kMostNameBytes) {
    throw Error(ErrorCode::Usage, "a file needs a name of 1 to " + std::to_string(kMostNameBytes) + " bytes");
  }
  return last;
}

/// JSON knows no infinite numbers.
Json decibels(double db) { return std::isfinite(db) ? Json(db) : Json(nullptr); }

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::int64_t bytes_of(const std::vector<fs::path>& files) {
  std::int64_t bytes = 0;
  for (const fs::path& path : files) bytes += static_cast<std::int64_t>(fs::file_size(path));
  return bytes;
}

bool is_picture(const fs::path& path) { return image::has_picture_extension(path); }

/// What a task becomes, in `folder`, under a name that is free there.
batch::Task task_for(const std::vector<fs::path>& sources, const FileConversion& conversion, const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& path : sources) names.push_back(path.string());
  batch::WalkResult found = batch::walk(names, {});
  if (!found.problems.empty()) throw Error(ErrorCode::Read, found.problems.front().reason);
  if (conversion.joins_tiles) batch::join_tiles(found.sources);
  batch::PlanSettings settings;
  settings.output = folder;
  settings.extension = conversion.extension;
  settings.existing = batch::Existing::Rename;
  settings.makes_tiles = conversion.makes_tiles;
  settings.piece_names = conversion.piece_names;
  const batch::Plan plan = batch::make_plan(std::move(found), settings);
  if (plan.size() != 1) throw Error(ErrorCode::BadFormat, "these pictures do not belong together");
  return plan[0];
}

}  // namespace

struct Workshop::File {
  std::string id;
  std::shared_ptr<PrivateFolder> folder;
  std::vector<fs::path> paths;  // several are tiles or parts of one sound
  std::string name;
  FileKind kind = FileKind::Sound;
  std::uint64_t age = 0;  // the smallest is the oldest
  std::int64_t bytes = 0;
};

struct Workshop::Job {
  std::string id;
  std::string file_id;
  std::shared_ptr<PrivateFolder> source_folder;
  std::shared_ptr<PrivateFolder> folder;
  FileConversion conversion;
  batch::Task task;
  std::atomic<bool> stop{false};

  // Under the workshop's lock.
  State state = State::Waiting;
  std::string error;
  std::vector<std::string> messages;
  batch::Converted converted;
  double seconds = 0;
  std::vector<fs::path> outputs;
  Json picture;  // facts of the first output, if it is a picture
};

struct Workshop::Planned {
  FileConversion conversion;
  batch::Task task;
  std::vector<std::string> arguments;
};

Workshop::Workshop(WorkshopSettings settings) : settings_(std::move(settings)) {
  const int threads = settings_.run.threads > 0 ? settings_.run.threads : batch::default_threads();
  settings_.run.threads = std::max(1, threads / settings_.workers);
  for (int i = 0; i < settings_.workers; ++i) workers_.emplace_back([this] { serve(); });
}

Workshop::~Workshop() {
  {
    const std::scoped_lock lock(mutex_);
    is_over_ = true;
    for (const auto& [id, job] : jobs_) job->stop = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

Workshop::Arrival Workshop::expect(const std::string& name) const {
  Arrival arrival;
  const std::string safe = safe_name(name);
  arrival.folder_ = std::make_shared<PrivateFolder>(folder_.path());
  arrival.path_ = arrival.folder_->path() / safe;
  return arrival;
}

Json Workshop::keep(const Arrival& arrival) {
  auto file = std::make_shared<File>();
  file->folder = arrival.folder_;
  file->paths = {arrival.path_};
  file->name = arrival.path_.filename().string();
  file->kind = kind_of(arrival.path_);
  return take(file);
}

Json Workshop::keep_outputs(const std::string& job_id) {
  const std::shared_ptr<Job> from = done_job(job_id);
  auto file = std::make_shared<File>();
  file->folder = from->folder;
  std::ranges::copy_if(from->outputs, std::back_inserter(file->paths), is_picture);
  if (file->paths.empty()) throw NotFound("this conversion made no pictures");
  file->name = from->task.destination.filename().string();
  file->kind = FileKind::Picture;
  return take(file);
}

Json Workshop::take(const std::shared_ptr<File>& file) {
  file->bytes = bytes_of(file->paths);
  const Json facts = facts_of(file->paths.front(), file->kind);
  const std::scoped_lock lock(mutex_);
  file->age = next_id_++;
  file->id = std::to_string(file->age);
  files_[file->id] = file;
  make_room();
  Json result = {{"id", file->id}, {"name", file->name}, {"bytes", file->bytes}};
  result.update(facts);
  return result;
}

/// The newest file stays, whatever its size.
void Workshop::make_room() {
  const auto is_busy = [&](const File& file) {
    return std::ranges::any_of(jobs_, [&](const auto& entry) {
      const Job& job = *entry.second;
      return job.file_id == file.id && (job.state == State::Waiting || job.state == State::Running);
    });
  };
  std::vector<std::shared_ptr<File>> oldest_first;
  std::int64_t bytes = 0;
  for (const auto& [id, file] : files_) {
    oldest_first.push_back(file);
    bytes += file->bytes;
  }
  std::ranges::sort(oldest_first, {}, [](const auto& file) { return file->age; });
  oldest_first.pop_back();
  for (const auto& file : oldest_first) {
    if (files_.size() <= kMostFiles && bytes <= settings_.max_bytes) return;
    if (is_busy(*file)) continue;
    bytes -= file->bytes;
    drop(file->id);
  }
}

void Workshop::drop(const std::string& file_id) {
  files_.erase(file_id);
  std::erase_if(line_, [&](const auto& job) { return job->file_id == file_id; });
  std::erase_if(jobs_, [&](const auto& entry) {
    if (entry.second->file_id != file_id) return false;
    entry.second->stop = true;
    return true;
  });
}

void Workshop::forget(const std::string& file_id) {
  const std::scoped_lock lock(mutex_);
  if (!files_.contains(file_id)) throw NotFound("there is no such file here");
  drop(file_id);
}

std::shared_ptr<Workshop::File> Workshop::file(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = files_.find(id);
  if (found == files_.end()) throw NotFound("this file is not here any more; bring it in again");
  return found->second;
}

std::shared_ptr<Workshop::Job> Workshop::job(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) throw NotFound("this conversion is not here any more");
  return found->second;
}

std::shared_ptr<Workshop::Job> Workshop::done_job(const std::string& id) const {
  std::shared_ptr<Job> result = job(id);
  const std::scoped_lock lock(mutex_);
  if (result->state != State::Done) throw NotFound("this conversion is not done");
  return result;
}

Workshop::Planned Workshop::planned(const File& file, const std::string& options, const fs::path& folder) const {
  const bool is_sound = file.kind == FileKind::Sound;
  Planned planned;
  planned.arguments = arguments_of(is_sound ? encode_options() : decode_options(), options);
  planned.conversion = (is_sound ? settings_.encode : settings_.decode)(file.paths.front(), planned.arguments);
  planned.task = task_for(file.paths, planned.conversion, folder);
  return planned;
}

Json Workshop::plan(const std::string& file_id, const std::string& options) const {
  const std::shared_ptr<File> source = file(file_id);
  const bool is_saved = !settings_.folder.empty();
  const Planned plan = planned(*source, options, is_saved ? settings_.folder : folder_.path());
  const fs::path& to = plan.task.destination;
  return {
      {"destination", is_saved ? to.string() : to.filename().string()},
      {"forecast", plan.conversion.forecast(plan.task)},
      {"command", command_text(source->kind == FileKind::Sound ? "encode" : "decode", source->name, plan.arguments)}};
}

Json Workshop::start(const std::string& file_id, const std::string& options) {
  const std::shared_ptr<File> source = file(file_id);
  auto job = std::make_shared<Job>();
  job->folder = std::make_shared<PrivateFolder>(folder_.path());
  job->source_folder = source->folder;
  job->file_id = file_id;
  Planned plan = planned(*source, options, job->folder->path());
  plan.conversion.forecast(plan.task);  // refuses what could only fail
  job->conversion = std::move(plan.conversion);
  job->task = std::move(plan.task);
  {
    const std::scoped_lock lock(mutex_);
    if (!files_.contains(file_id)) throw NotFound("this file is not here any more; bring it in again");
    if (line_.size() >= kMostWaiting) throw Busy("too many conversions wait already; try again later");
    job->id = std::to_string(next_id_++);
    jobs_[job->id] = job;
    line_.push_back(job);
  }
  changed_.notify_one();
  return status(job->id);
}

Json Workshop::status(const std::string& job_id) const {
  const std::shared_ptr<Job> wanted = job(job_id);
  const std::scoped_lock lock(mutex_);
  return status_of(*wanted);
}

Json Workshop::status_of(const Job& job) const {
  Json result = {{"id", job.id}, {"state", to_string(job.state)}, {"messages", job.messages}};
  const auto place = std::ranges::find(line_, &job, [](const auto& waiting) { return waiting.get(); });
  if (place != line_.end()) result["waits_for"] = place - line_.begin();
  if (job.state == State::Failed) result["error"] = job.error;
  if (job.state != State::Done) return result;
  Json outputs = Json::array();
  for (const fs::path& path : job.outputs) {
    outputs.push_back({{"name", path.filename().string()}, {"bytes", fs::file_size(path)}});
  }
  result["outputs"] = outputs;
  if (!job.picture.is_null()) result["picture"] = job.picture;
  result["seconds"] = job.seconds;
  if (job.converted.snr_db) result["snr_db"] = decibels(*job.converted.snr_db);
  if (job.converted.convergence) result["convergence_db"] = decibels(job.converted.convergence->db);
  return result;
}

std::vector<std::string> Workshop::save(const std::string& job_id) const {
  if (settings_.folder.empty()) {
    throw Error(ErrorCode::Usage, "there is no folder to save in; start with --folder, or download the file");
  }
  const std::shared_ptr<Job> from = done_job(job_id);
  batch::Task task = from->task;
  const std::vector<fs::path> sources = task.tiles.empty() ? std::vector{task.source} : task.tiles;
  const std::string stem = task.destination.stem().string();
  const std::string free_stem = task_for(sources, from->conversion, settings_.folder).destination.stem().string();
  std::vector<std::string> saved;
  for (const fs::path& path : from->outputs) {
    const fs::path to = settings_.folder / (free_stem + path.filename().string().substr(stem.size()));
    batch::OutputFile output(to);
    std::error_code error;
    fs::copy_file(path, output.temporary(), fs::copy_options::overwrite_existing, error);
    if (error) throw Error(ErrorCode::Write, "cannot write '" + to.string() + "': " + error.message());
    if (fs::exists(fs::symlink_status(to))) {
      throw Error(ErrorCode::Write, "'" + to.string() + "' is there already; nothing was overwritten");
    }
    output.commit();
    saved.push_back(to.string());
  }
  return saved;
}

Workshop::Held Workshop::output(const std::string& job_id, std::size_t index) const {
  const std::shared_ptr<Job> from = done_job(job_id);
  if (index >= from->outputs.size()) throw NotFound("this conversion made no such file");
  return {from->outputs[index], from->folder};
}

Workshop::Held Workshop::picture_of_file(const std::string& file_id) const {
  const std::shared_ptr<File> from = file(file_id);
  if (from->kind != FileKind::Picture) throw NotFound("this file is no picture");
  return {from->paths.front(), from->folder};
}

Workshop::Held Workshop::picture_of_job(const std::string& job_id) const {
  const std::shared_ptr<Job> from = done_job(job_id);
  const auto picture = std::ranges::find_if(from->outputs, is_picture);
  if (picture == from->outputs.end()) throw NotFound("this conversion made no picture");
  return {*picture, from->folder};
}

void Workshop::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return is_over_ || !line_.empty(); });
    if (is_over_) return;
    const std::shared_ptr<Job> job = line_.front();
    line_.pop_front();
    job->state = State::Running;
    lock.unlock();
    carry_out(*job);
    lock.lock();
  }
}

void Workshop::carry_out(Job& job) {
  batch::RunSettings settings = settings_.run;
  settings.stop = &job.stop;
  settings.outputs = {};
  batch::Observer observer;
  std::string error = "it was stopped";
  observer.say = [&](const fs::path&, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    job.messages.push_back(text);
  };
  observer.finished = [&](const batch::FileResult& result) {
    error = result.failure ? result.failure->reason : "";
    const std::scoped_lock lock(mutex_);
    job.converted = result.converted;
    job.seconds = result.seconds.read + result.seconds.compute + result.seconds.write;
  };
  std::vector<fs::path> outputs;
  Json picture;
  try {
    batch::run({1, [&](std::size_t) { return job.task; }}, settings, *job.conversion.conversion, observer);
    outputs = files_in(job.folder->path());
    const auto first = std::ranges::find_if(outputs, is_picture);
    if (error.empty() && first != outputs.end()) picture = facts_of(*first, FileKind::Picture);
  } catch (const std::bad_alloc&) {
    error = "not enough memory";
  } catch (const std::exception& problem) {
    error = problem.what();
  }
  const std::scoped_lock lock(mutex_);
  job.outputs = std::move(outputs);
  job.picture = std::move(picture);
  if (!error.empty()) std::erase(job.messages, error);
  job.error = error;
  job.state = error.empty() ? State::Done : State::Failed;
}

}  // namespace spectrohue::serve
