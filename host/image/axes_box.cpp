// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/axes_box.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "spectrohue/error.h"

namespace spectrohue::image {

namespace {

using Index = std::int64_t;

/// Of its picture, a plot's least width and height.
constexpr Index kLeastShare = 8;
/// Of its picture's width, what lines of a frame differ by in length at most: marks beside an end make it longer.
constexpr Index kMarkShare = 40;
/// Of it, what marks that cross a line are wide at most.
constexpr Index kMarkWidthShare = 200;
/// Of a line's pixels, those that have its colour; marks may cross it.
constexpr double kLineShare = 0.95;
/// Lines thinner than a pixel let as much of the plot shine through, of 255.
constexpr int kThinLine = 60;

[[noreturn]] void ask_for_crop(const std::string& why) {
  throw Error(ErrorCode::BadFormat, "cannot find the plot in the picture: " + why +
                                        "; say where it is with --crop LEFT,TOP,RIGHT,BOTTOM in pixels, or that it is "
                                        "the whole picture with --crop none");
}

/// A straight line along a row: its pixels from `first` to before `last`.
struct Line {
  Index row;
  Index first;
  Index last;
  Colour colour;
};

class Finder {
 public:
  Finder(const Picture& picture, int tolerance) : picture_(picture), tolerance_(tolerance) { find_page(); }

  AxesBox find() const {
    if (page_share_ < kPageShare) return whole();
    if (const std::optional<AxesBox> framed = find_frame()) return *framed;
    Finder thin = *this;
    thin.tolerance_ = std::max(tolerance_, kThinLine);
    if (const std::optional<AxesBox> framed = thin.find_frame()) return *framed;
    const auto [darkest, lightest] = std::minmax({page_[0], page_[1], page_[2]});
    if (lightest - darkest > kNeutral) return whole();
    if (darkest < kLight) ask_for_crop("there is no frame in it, and where its dark page ends does not show");
    return find_painted();
  }

 private:
  static constexpr double kPageShare = 0.9;
  static constexpr int kNeutral = 3;  // magma's and inferno's black is (0, 0, 4)
  static constexpr int kLight = 200;
  static constexpr int kContrast = 12;

  const std::uint8_t* pixel(Index x, Index y) const { return picture_.row(y) + 3 * x; }

  bool is_near(const std::uint8_t* a, const std::uint8_t* b, int tolerance) const {
    for (int c = 0; c < 3; ++c) {
      if (std::abs(a[c] - b[c]) > tolerance) return false;
    }
    return true;
  }
  bool is_colour(Index x, Index y, const Colour& colour) const {
    return is_near(pixel(x, y), colour.data(), tolerance_);
  }
  bool is_page(const std::uint8_t* colour) const { return is_near(colour, page_.data(), kContrast + tolerance_); }

  int contrast(const Colour& colour) const {
    int most = 0;
    for (int c = 0; c < 3; ++c) most = std::max(most, std::abs(colour[c] - page_[c]));
    return most;
  }

  AxesBox whole() const { return {{0, 0, picture_.width, picture_.height}, BoxSign::Whole, 0}; }

  /// The commonest colour of the picture's rim.
  void find_page() {
    std::map<Colour, Index> counts;
    const auto count = [&](Index x, Index y) {
      const std::uint8_t* p = pixel(x, y);
      ++counts[{p[0], p[1], p[2]}];
    };
    const Index right = picture_.width - 1;
    const Index bottom = picture_.height - 1;
    for (Index x = 0; x <= right; ++x) {
      count(x, 0);
      count(x, bottom);
    }
    for (Index y = 0; y <= bottom; ++y) {
      count(0, y);
      count(right, y);
    }
    page_ = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
    Index n_page = 0;
    Index n_all = 0;
    for (const auto& [colour, n] : counts) {
      n_all += n;
      if (is_near(colour.data(), page_.data(), tolerance_)) n_page += n;
    }
    page_share_ = static_cast<double>(n_page) / static_cast<double>(n_all);
  }

  /// Behind the last pixel of a line that begins at x; marks interrupt it.
  Index end_of_line(Index x, Index y, const Colour& colour) const {
    const Index mark = std::max<Index>(3, picture_.width / kMarkWidthShare);
    Index end = x + 1;
    for (Index i = end; i < picture_.width && i - end <= mark; ++i) {
      if (is_colour(i, y, colour)) end = i + 1;
    }
    return end;
  }

  std::vector<Line> lines() const {
    const Index least = std::max<Index>(2, picture_.width / kLeastShare);
    std::vector<Line> found;
    for (Index y = 0; y < picture_.height; ++y) {
      for (Index first = 0; first < picture_.width;) {
        const std::uint8_t* p = pixel(first, y);
        const Colour colour{p[0], p[1], p[2]};
        const Index last = is_page(p) ? first + 1 : end_of_line(first, y, colour);
        if (last - first >= least) found.push_back({y, first, last, colour});
        first = last;
      }
    }
    return found;
  }

  bool is_line_down(Index x, Index top, Index bottom, const Colour& colour) const {
    Index n = 0;
    for (Index y = top; y < bottom; ++y) n += is_colour(x, y, colour) ? 1 : 0;
    return static_cast<double>(n) >= kLineShare * static_cast<double>(bottom - top);
  }
  bool is_line_across(Index y, Index left, Index right, const Colour& colour) const {
    Index n = 0;
    for (Index x = left; x < right; ++x) n += is_colour(x, y, colour) ? 1 : 0;
    return static_cast<double>(n) >= kLineShare * static_cast<double>(right - left);
  }

  /// Whether the outermost pixels of a box all have one colour.
  bool is_ring(const Box& box, const Colour& colour) const {
    return is_line_across(box.top, box.left, box.right, colour) &&
           is_line_across(box.bottom - 1, box.left, box.right, colour) &&
           is_line_down(box.left, box.top, box.bottom, colour) &&
           is_line_down(box.right - 1, box.top, box.bottom, colour);
  }

  /// The box whose outermost pixels two lines are, if there is one.
  std::optional<Box> box_of(const Line& top, const Line& bottom) const {
    if (!is_near(top.colour.data(), bottom.colour.data(), tolerance_)) return std::nullopt;
    const Index mark = std::max<Index>(2, picture_.width / kMarkShare);
    if (std::abs(top.first - bottom.first) > mark || std::abs(top.last - bottom.last) > mark) return std::nullopt;
    const Index down = bottom.row + 1;
    const auto has_side = [&](Index x) {
      return seems_line_down(x, top.row, down, top.colour) && is_line_down(x, top.row, down, top.colour);
    };
    // Marks at both ends of an axis make its frame's lines longer.
    Index left = std::max(top.first, bottom.first);
    Index right = std::min(top.last, bottom.last);
    const Index last_left = std::min(left + mark, right - 1);
    while (left < last_left && !has_side(left)) ++left;
    const Index last_right = std::max(right - mark, left + 1);
    while (right > last_right && !has_side(right - 1)) --right;
    const Box box{left, top.row, right, down};
    const bool is_frame = has_side(left) && has_side(right - 1) && is_ring(box, top.colour) && is_on_page(box);
    return is_frame ? std::optional(box) : std::nullopt;
  }

  /// A look at some pixels, which most columns do not pass: counting all of them takes long.
  bool seems_line_down(Index x, Index top, Index bottom, const Colour& colour) const {
    constexpr Index kLooks = 16;
    int n_missing = 0;
    for (Index i = 0; i < kLooks; ++i) {
      const Index y = top + (2 * i + 1) * (bottom - top) / (2 * kLooks);
      n_missing += is_colour(x, y, colour) ? 0 : 1;
    }
    return n_missing <= 1;
  }

  /// Most of what is around a box, but for a line that may be blended with it, is page.
  bool is_on_page(const Box& box) const {
    constexpr double kShare = 0.7;
    constexpr Index kAway = 2;
    Index n_page = 0;
    const auto look = [&](Index x, Index y) {
      const bool is_inside = x >= 0 && y >= 0 && x < picture_.width && y < picture_.height;
      n_page += !is_inside || is_page(pixel(x, y)) ? 1 : 0;
    };
    for (Index x = box.left; x < box.right; ++x) {
      look(x, box.top - kAway);
      look(x, box.bottom - 1 + kAway);
    }
    for (Index y = box.top; y < box.bottom; ++y) {
      look(box.left - kAway, y);
      look(box.right - 1 + kAway, y);
    }
    return static_cast<double>(n_page) >= kShare * static_cast<double>(2 * (box.width() + box.height()));
  }

  /// A look at some pixels, which most pairs of lines do not pass: counting all of them takes long.
  bool has_sides(const Box& box, const Colour& colour) const {
    constexpr Index kLooks = 16;
    int n_missing = 0;
    for (Index i = 0; i < kLooks; ++i) {
      const Index y = box.top + (2 * i + 1) * box.height() / (2 * kLooks);
      n_missing += is_colour(box.left, y, colour) && is_colour(box.right - 1, y, colour) ? 0 : 1;
    }
    return n_missing <= 1;
  }

  static Box shrunk(const Box& box) { return {box.left + 1, box.top + 1, box.right - 1, box.bottom - 1}; }

  /// From the outermost ring of a frame to the box within its lines: what is blended with the page is fainter than the
  /// line itself, whose pixels are all alike.
  AxesBox inside_of(Box box, Colour colour) const {
    Index line_width = 1;
    if (tolerance_ >= kThinLine) return {shrunk(box), BoxSign::Frame, line_width};
    for (box = shrunk(box); box.width() > 2 && box.height() > 2; box = shrunk(box)) {
      const std::uint8_t* p = pixel(box.left, (box.top + box.bottom) / 2);
      const Colour next{p[0], p[1], p[2]};
      if (contrast(next) < contrast(colour) || !is_ring(box, next)) break;
      line_width = contrast(next) > contrast(colour) ? 1 : line_width + 1;
      colour = next;
    }
    return {box, BoxSign::Frame, line_width};
  }

  std::optional<AxesBox> find_frame() const {
    const std::vector<Line> all = lines();
    const Index least = std::max<Index>(3, picture_.height / kLeastShare);
    std::optional<AxesBox> best;
    std::optional<AxesBox> second;
    Index best_area = 0;
    for (auto top = all.begin(); top != all.end(); ++top) {
      for (auto bottom = all.rbegin(); bottom != all.rend() && bottom->row - top->row >= least; ++bottom) {
        const Index area = (top->last - top->first) * (bottom->row - top->row);
        if (area * kAlike < best_area) break;
        const std::optional<Box> box = box_of(*top, *bottom);
        if (!box) continue;
        const AxesBox found = inside_of(*box, top->colour);
        if (best && overlaps(found.inside, best->inside)) {
          if (area > best_area) best = found;
        } else if (!best || area > best_area) {
          second = std::exchange(best, found);
        } else {
          second = found;
        }
        best_area = std::max(best_area, area);
        break;
      }
    }
    if (best && second && is_alike(best->inside, second->inside)) {
      ask_for_crop("there are two boxes of about the same size, " + to_string(best->inside) + " and " +
                   to_string(second->inside));
    }
    return best;
  }

  /// Areas that differ by less than a fifth are alike.
  static constexpr double kAlike = 1.25;
  static bool is_alike(const Box& a, const Box& b) {
    const auto area_a = static_cast<double>(a.width() * a.height());
    const auto area_b = static_cast<double>(b.width() * b.height());
    return area_a < kAlike * area_b && area_b < kAlike * area_a;
  }
  static bool overlaps(const Box& a, const Box& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  /// The longest stretch of indices in which is_full holds.
  static std::pair<Index, Index> longest(Index first, Index last, const std::function<bool(Index)>& is_full) {
    std::pair<Index, Index> best{first, first};
    for (Index i = first; i < last; ++i) {
      Index end = i;
      while (end < last && is_full(end)) ++end;
      if (end - i > best.second - best.first) best = {i, end};
      i = end;
    }
    return best;
  }

  AxesBox find_painted() const {
    Box box{0, 0, picture_.width, picture_.height};
    const auto painted_down = [&](Index x) {
      Index n = 0;
      for (Index y = box.top; y < box.bottom; ++y) n += is_page(pixel(x, y)) ? 0 : 1;
      return n;
    };
    const auto painted_across = [&](Index y) {
      Index n = 0;
      for (Index x = box.left; x < box.right; ++x) n += is_page(pixel(x, y)) ? 0 : 1;
      return n;
    };
    const auto narrow = [](Index first, Index last, const std::function<Index(Index)>& painted) {
      Index most = 0;
      for (Index i = first; i < last; ++i) most = std::max(most, painted(i));
      return longest(first, last, [&](Index i) { return 2 * painted(i) > most; });
    };
    for (int pass = 0; pass < 2; ++pass) {
      std::tie(box.left, box.right) = narrow(box.left, box.right, painted_down);
      std::tie(box.top, box.bottom) = narrow(box.top, box.bottom, painted_across);
    }
    if (box.width() * kLeastShare < picture_.width || box.height() * kLeastShare < picture_.height) {
      ask_for_crop("no large part of its page is painted");
    }
    return {box, BoxSign::Margin, 0};
  }

  const Picture& picture_;
  int tolerance_;
  Colour page_{};
  double page_share_ = 0;
};

}  // namespace

std::string to_string(const Box& box) {
  return std::to_string(box.left) + "," + std::to_string(box.top) + "," + std::to_string(box.right) + "," +
         std::to_string(box.bottom);
}

Box box_from_string(const std::string& text) {
  std::array<std::int64_t, 4> numbers{};
  const char* at = text.data();
  const char* const end = at + text.size();
  bool is_box = true;
  for (std::size_t i = 0; i < numbers.size() && is_box; ++i) {
    const auto [behind, problem] = std::from_chars(at, end, numbers[i]);
    is_box = problem == std::errc() && (i + 1 < numbers.size() ? behind != end && *behind == ',' : behind == end);
    at = behind + 1;
  }
  const Box box{numbers[0], numbers[1], numbers[2], numbers[3]};
  if (!is_box || box.left < 0 || box.top < 0 || box.width() < 1 || box.height() < 1) {
    throw Error(ErrorCode::Usage, "--crop '" + text +
                                      "' is neither auto, none nor LEFT,TOP,RIGHT,BOTTOM in pixels, where the last two "
                                      "are just beyond the plot: 80,58,477,427");
  }
  return box;
}

AxesBox find_axes_box(const Picture& picture, int tolerance) {
  if (picture.width < 3 || picture.height < 3) ask_for_crop("it has fewer than 3 x 3 pixels");
  return Finder(picture, tolerance).find();
}

std::string to_string(const AxesBox& box) {
  switch (box.sign) {
    case BoxSign::Frame: return "the plot is " + to_string(box.inside) + ", within the frame that was found";
    case BoxSign::Margin: return "the plot is " + to_string(box.inside) + ", what is painted of the page";
    case BoxSign::Whole: return "no page was found around the plot: it is the whole picture";
  }
  return {};
}

Picture cropped(const Picture& picture, const Box& box) {
  if (box.right > picture.width || box.bottom > picture.height) {
    throw Error(ErrorCode::Usage, "--crop " + to_string(box) + " reaches beyond the picture, which has " +
                                      std::to_string(picture.width) + " x " + std::to_string(picture.height) +
                                      " pixels");
  }
  Picture part;
  part.resize(box.width(), box.height(), picture.layout);
  part.palette = picture.palette;
  for (Index y = 0; y < box.height(); ++y) {
    const std::uint8_t* from = picture.row(box.top + y) + box.left * picture.layout.bytes();
    std::copy_n(from, part.row_bytes(), part.row(y));
  }
  return part;
}

}  // namespace spectrohue::image
