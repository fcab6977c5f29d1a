// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "serve/server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <new>
#include <optional>
#include <thread>

#include "report/page.h"
#include "report/report.h"
#include "serve/access.h"
#include "serve/options.h"
#include "serve/page.h"
#include "spectrohue/error.h"
#include "spectrohue/version.h"

namespace spectrohue::serve {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kMostOptionBytes = 65536;
constexpr auto kLookAtStop = std::chrono::milliseconds(100);
/// How long a connection that asks for nothing is kept, and so how long the end may take.
constexpr int kKeepAliveSeconds = 1;
/// For uploads and downloads that stall.
constexpr int kStallSeconds = 30;
/// Files that are brought in are kept up to so many times the largest.
constexpr std::int64_t kUploadsKept = 8;

constexpr const char* kPagePolicy =
    "default-src 'none'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

enum Status {
  kOk = 200,
  kCreated = 201,
  kBadRequest = 400,
  kForbidden = 403,
  kNotFound = 404,
  kTooLarge = 413,
  kWrongType = 415,
  kUnprocessable = 422,
  kInternal = 500,
  kBusy = 503,
  kNoSpace = 507,
};

void give(httplib::Response& response, int status, const Json& json) {
  response.status = status;
  response.set_content(json.dump(-1, ' ', false, Json::error_handler_t::replace), "application/json");
}

void refuse(httplib::Response& response, int status, const std::string& reason) {
  give(response, status, {{"error", reason}});
}

int status_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::Usage: return kBadRequest;
    case ErrorCode::Read:
    case ErrorCode::BadFormat:
    case ErrorCode::Unsupported: return kUnprocessable;
    case ErrorCode::OutOfMemory:
    case ErrorCode::Write: return kNoSpace;
    default: return kInternal;
  }
}

/// Runs act(), whose errors become answers.
template <class Act>
void answer(httplib::Response& response, Act&& act) {
  try {
    act();
  } catch (const NotFound& error) {
    refuse(response, kNotFound, error.what());
  } catch (const Busy& error) {
    refuse(response, kBusy, error.what());
  } catch (const Error& error) {
    refuse(response, status_for(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    refuse(response, kNoSpace, "not enough memory");
  } catch (const std::exception& error) {
    refuse(response, kInternal, std::string("internal error: ") + error.what());
  }
}

/// Only this program takes the port: by its defaults the library would let another share it.
void allow_only_reuse(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

std::string media_type_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".png") return "image/png";
  if (extension == ".wav") return "audio/wav";
  if (extension == ".flac") return "audio/flac";
  if (extension == ".ogg") return "audio/ogg";
  return "application/octet-stream";
}

/// A file name in a Content-Disposition (RFC 8187).
std::string percent_encoded(const std::string& name) {
  std::string text;
  for (const unsigned char c : name) {
    if (c < 0x80 && std::isalnum(c) != 0) {
      text += static_cast<char>(c);
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", c);
      text += code;
    }
  }
  return text;
}

void give_file(httplib::Response& response, const Workshop::Held& held, bool is_download) {
  const auto file = std::make_shared<std::ifstream>(held.path, std::ios::binary);
  if (!*file) throw NotFound("this file is not here any more");
  if (is_download) {
    response.set_header("Content-Disposition",
                        "attachment; filename*=UTF-8''" + percent_encoded(held.path.filename().string()));
  }
  const auto send = [file, held](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
    std::vector<char> block(std::min<std::size_t>(length, 1 << 16));
    file->seekg(static_cast<std::streamoff>(offset));
    if (!file->read(block.data(), static_cast<std::streamsize>(block.size()))) return false;
    return sink.write(block.data(), block.size());
  };
  // The library chooses the status: 200, or 206 for a part.
  response.set_content_provider(fs::file_size(held.path), media_type_of(held.path), send);
}

std::string page_of(const ServerSettings& settings) {
  const Json facts = {{"version", kVersion},
                      {"folder", settings.workshop.folder.string()},
                      {"max_upload_bytes", settings.max_upload_bytes},
                      {"encode", Json::parse(to_json(encode_options()))},
                      {"decode", Json::parse(to_json(decode_options()))}};
  std::string page(kPageHtml);
  report::fill(page, "style", std::string(report::kThemeCss) + std::string(kPageCss));
  report::fill(page, "script", std::string(report::kCommonJs) + std::string(kPageJs));
  report::fill(page, "settings", report::inside_script(facts.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return page;
}

/// What every listener answers with.
class Answers {
 public:
  Answers(const ServerSettings& settings, const Access& access, Workshop& workshop, const std::atomic<bool>& stop)
      : settings_(settings), access_(access), workshop_(workshop), stop_(stop), page_(page_of(settings)) {}

  void add_to(httplib::Server& server) {
    server.set_socket_options(allow_only_reuse);
    server.set_keep_alive_timeout(kKeepAliveSeconds);
    server.set_read_timeout(kStallSeconds);
    server.set_write_timeout(kStallSeconds);
    server.set_payload_max_length(static_cast<std::size_t>(settings_.max_upload_bytes));
    server.set_default_headers({{"Cache-Control", "no-store"},
                                {"X-Content-Type-Options", "nosniff"},
                                {"Referrer-Policy", "no-referrer"},
                                {"Cross-Origin-Resource-Policy", "same-origin"}});
    server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return lets_in(request, response) ? httplib::Server::HandlerResponse::Unhandled
                                        : httplib::Server::HandlerResponse::Handled;
    });
    server.set_error_handler([this](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) refuse(response, response.status, text_for(response.status));
    });
    add_page(server);
    add_files(server);
    add_jobs(server);
  }

 private:
  using Request = httplib::Request;
  using Response = httplib::Response;
  using ContentReader = httplib::ContentReader;

  bool lets_in(const Request& request, Response& response) const {
    if (!access_.knows_host(request.get_header_value("Host"))) {
      refuse(response, kForbidden, "this server is not called by that name");
      return false;
    }
    if (!access_.knows_origin(request.get_header_value("Origin"))) {
      refuse(response, kForbidden, "a page of another site asked for this");
      return false;
    }
    if (!access_.has_token(request.path)) {
      refuse(response, kForbidden, "the address lacks its token; open the one that spectrohue serve printed");
      return false;
    }
    return true;
  }

  std::string text_for(int status) const {
    if (status == kNotFound) return "there is nothing here";
    if (status == kTooLarge) {
      return "the file is larger than " + std::to_string(settings_.max_upload_bytes) +
             " bytes; start with a larger --max-upload";
    }
    return "the request was not understood (" + std::to_string(status) + ")";
  }

  /// What of a path stands behind the token.
  std::string route(const std::string& pattern) const { return "/" + access_.token() + "/" + pattern; }

  void add_page(httplib::Server& server) {
    server.Get(route(""), [this](const Request&, Response& response) {
      response.set_header("Content-Security-Policy", kPagePolicy);
      response.set_content(page_, "text/html; charset=utf-8");
    });
  }

  void add_files(httplib::Server& server) {
    server.Post(route("files"), [this](const Request& request, Response& response, const ContentReader& content) {
      answer(response, [&] { take_file(request, response, content); });
    });
    server.Delete(route("files/(\\d+)"), [this](const Request& request, Response& response) {
      answer(response, [&] {
        workshop_.forget(request.matches[1]);
        give(response, kOk, Json::object());
      });
    });
    server.Get(route("files/(\\d+)/preview"), [this](const Request& request, Response& response) {
      answer(response, [&] { give_preview(response, workshop_.picture_of_file(request.matches[1])); });
    });
    server.Post(route("files/(\\d+)/plan"),
                [this](const Request& request, Response& response, const ContentReader& content) {
                  answer(response, [&] { give(response, kOk, workshop_.plan(request.matches[1], text_in(content))); });
                });
    server.Post(
        route("files/(\\d+)/jobs"), [this](const Request& request, Response& response, const ContentReader& content) {
          answer(response, [&] { give(response, kCreated, workshop_.start(request.matches[1], text_in(content))); });
        });
  }

  void add_jobs(httplib::Server& server) {
    server.Get(route("jobs/(\\d+)"), [this](const Request& request, Response& response) {
      answer(response, [&] { give(response, kOk, workshop_.status(request.matches[1])); });
    });
    server.Get(route("jobs/(\\d+)/preview"), [this](const Request& request, Response& response) {
      answer(response, [&] { give_preview(response, workshop_.picture_of_job(request.matches[1])); });
    });
    server.Get(route("jobs/(\\d+)/outputs/(\\d{1,6})"), [this](const Request& request, Response& response) {
      answer(response, [&] {
        const Workshop::Held held = workshop_.output(request.matches[1], std::stoul(request.matches[2]));
        give_file(response, held, request.has_param("download"));
      });
    });
    server.Post(route("jobs/(\\d+)/back"), [this](const Request& request, Response& response) {
      answer(response, [&] { give(response, kCreated, workshop_.keep_outputs(request.matches[1])); });
    });
    server.Post(route("jobs/(\\d+)/save"), [this](const Request& request, Response& response) {
      answer(response, [&] { give(response, kOk, {{"saved", workshop_.save(request.matches[1])}}); });
    });
  }

  void take_file(const Request& request, Response& response, const ContentReader& content) {
    if (request.is_multipart_form_data()) {
      refuse(response, kWrongType, "send the file's bytes as they are, its name as ?name=");
      return;
    }
    const Workshop::Arrival arrival = workshop_.expect(request.get_param_value("name"));
    std::ofstream file(arrival.path(), std::ios::binary);
    std::int64_t bytes = 0;
    const bool is_whole = content([&](const char* data, std::size_t length) {
      bytes += static_cast<std::int64_t>(length);
      // Where no length was announced the library does not look.
      if (stop_ || bytes > settings_.max_upload_bytes) return false;
      return static_cast<bool>(file.write(data, static_cast<std::streamsize>(length)));
    });
    file.close();
    if (bytes > settings_.max_upload_bytes || response.status == kTooLarge) {
      refuse(response, kTooLarge, text_for(kTooLarge));
    } else if (!file) {
      refuse(response, kNoSpace, "the file cannot be kept here: no space is left, or it may not be written");
    } else if (!is_whole) {
      refuse(response, kBadRequest, "the file did not arrive whole");
    } else {
      give(response, kCreated, workshop_.keep(arrival));
    }
  }

  static std::string text_in(const ContentReader& content) {
    std::string text;
    const bool is_whole = content([&](const char* data, std::size_t length) {
      text.append(data, length);
      return text.size() <= kMostOptionBytes;
    });
    if (!is_whole) throw Error(ErrorCode::Usage, "the options did not arrive whole, or are too long");
    return text;
  }

  /// One at a time: a large picture takes a gigabyte.
  void give_preview(Response& response, const Workshop::Held& held) {
    const std::scoped_lock lock(preview_mutex_);
    const std::vector<std::uint8_t> png = preview_of(held.path);
    response.status = kOk;
    response.set_content(reinterpret_cast<const char*>(png.data()), png.size(), "image/png");
  }

  const ServerSettings& settings_;
  const Access& access_;
  Workshop& workshop_;
  const std::atomic<bool>& stop_;
  std::string page_;
  std::mutex preview_mutex_;
};

/// A server that listens, and its thread.
class Listener {
 public:
  Listener(Answers& answers, const std::string& host) : host_(host) { answers.add_to(server_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

  /// Returns the port; nothing if it is taken, or there is no such address here.
  std::optional<int> bind(int port) {
    if (port == 0) {
      const int free = server_.bind_to_any_port(host_);
      return free > 0 ? std::optional(free) : std::nullopt;
    }
    return server_.bind_to_port(host_, port) ? std::optional(port) : std::nullopt;
  }

  void start() {
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      is_over_ = true;
    });
    while (!server_.is_running() && !is_over_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  bool is_over() const { return is_over_; }

 private:
  httplib::Server server_;
  std::string host_;
  std::thread thread_;
  std::atomic<bool> is_over_{false};
};

std::string in_address(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

void check(const ServerSettings& settings) {
  if (!settings.token.empty()) check_token(settings.token);
  if (!settings.host.empty() && !is_loopback(settings.host) && settings.token.empty()) {
    throw Error(ErrorCode::Usage,
                "--host " + settings.host +
                    " lets other machines in, so it needs a token of your choice: --token TOKEN (what "
                    "is sent is not encrypted; an SSH tunnel to 127.0.0.1 is)");
  }
  if (!settings.workshop.folder.empty() && !fs::is_directory(settings.workshop.folder)) {
    throw Error(ErrorCode::Usage, "--folder '" + settings.workshop.folder.string() + "' is no folder");
  }
}

void serve(const ServerSettings& given, const std::atomic<bool>& stop,
           const std::function<void(const std::string& url)>& ready) {
  check(given);
  ServerSettings settings = given;
  settings.workshop.max_bytes = kUploadsKept * settings.max_upload_bytes;
  if (!settings.workshop.folder.empty()) settings.workshop.folder = fs::canonical(settings.workshop.folder);
  const Access access(settings.host, settings.token.empty() ? make_token() : settings.token);
  Workshop workshop(settings.workshop);
  Answers answers(settings, access, workshop, stop);

  const std::string host = settings.host.empty() ? "127.0.0.1" : settings.host;
  Listener listener(answers, host);
  const std::optional<int> port = listener.bind(settings.port);
  if (!port) {
    throw Error(ErrorCode::Usage, "cannot listen at " + host + " port " + std::to_string(settings.port) +
                                      ": it is taken, not allowed, or not an address of this machine; try another "
                                      "--port, or none for any that is free");
  }
  // Some browsers ask ::1 first when they are told "localhost". A machine without IPv6 does without.
  std::optional<Listener> second;
  if (settings.host.empty() && !second.emplace(answers, "::1").bind(*port)) second.reset();
  listener.start();
  if (second) second->start();
  ready("http://" + in_address(host) + ":" + std::to_string(*port) + "/" + access.token() + "/");
  while (!stop && !listener.is_over()) std::this_thread::sleep_for(kLookAtStop);
}

}  // namespace spectrohue::serve
