// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Peer of `spectrohue encode`: the same sounds and the same pixels, but cv::imwrite with its defaults instead of
// spectrohue's own PNG writer. OpenCV wants BGR, so the channels are swapped first; it takes no note, so none is
// written.
#include <atomic>
#include <exception>
#include <fstream>
#include <iostream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "audio/audio_file.h"
#include "spectrohue/convert.h"

namespace {

using Task = std::pair<std::string, std::string>;  // source, destination

/// One task a line: source, tab, destination.
std::vector<Task> read_tasks(const std::string& path) {
  std::ifstream file(path);
  std::vector<Task> tasks;
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) throw std::runtime_error(path + ": a line without a tab");
    tasks.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return tasks;
}

void swap_red_and_blue(spectrohue::Picture& picture) {
  std::uint8_t* pixel = picture.pixels.data();
  const std::uint8_t* end = pixel + picture.height * picture.row_bytes();
  for (; pixel != end; pixel += 3) std::swap(pixel[0], pixel[2]);
}

void convert(const std::vector<Task>& tasks, std::atomic<std::size_t>& next) {
  const auto backend = spectrohue::make_backend("cpu");
  spectrohue::Audio audio;
  spectrohue::Picture picture;
  for (std::size_t i = next++; i < tasks.size(); i = next++) {
    spectrohue::audio::read(tasks[i].first, audio);
    to_picture(*backend, audio, {}, picture);
    swap_red_and_blue(picture);
    const cv::Mat image(static_cast<int>(picture.height), static_cast<int>(picture.width), CV_8UC3,
                        picture.pixels.data());
    if (!cv::imwrite(tasks[i].second, image)) throw std::runtime_error("cv::imwrite failed: " + tasks[i].second);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string(argv[1]) == "--version") {
      std::cout << "OpenCV " << CV_VERSION << '\n';
      return 0;
    }
    if (argc != 3) throw std::runtime_error("usage: encode_opencv JOBS LIST");
    cv::setNumThreads(1);
    const std::vector<Task> tasks = read_tasks(argv[2]);
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::vector<std::thread> workers;
    for (int job = 0; job < std::stoi(argv[1]); ++job) {
      workers.emplace_back([&] {
        try {
          convert(tasks, next);
        } catch (const std::exception& error) {
          std::cerr << "encode_opencv: " << error.what() << '\n';
          failed = true;
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    return failed ? 1 : 0;
  } catch (const std::exception& error) {
    std::cerr << "encode_opencv: " << error.what() << '\n';
    return 2;
  }
}
