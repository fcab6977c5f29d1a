// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "plot/figure.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "plot/canvas.h"
#include "plot/svg.h"
#include "plot/ticks.h"
#include "spectrohue/error.h"

namespace spectrohue::plot {

namespace {

// Lengths in CSS pixels.
constexpr double kTickSize = 12;
constexpr double kNameSize = 13;
constexpr double kTitleSize = 15;
constexpr double kLineHeight = 1.25;  // of a size
constexpr double kMargin = 10;
constexpr double kTick = 5;
constexpr double kMinorTick = 3;
constexpr double kTickSpace = 3;  // between a tick and its label
constexpr double kTextGap = 2;    // between two texts at least
constexpr double kBarWidth = 14;
constexpr double kBarGap = 16;
constexpr double kWaveformGap = 8;
constexpr double kLineWidth = 0.8;
/// Below this a spectrogram has its channel's number in place of ticks.
constexpr double kLeastForTicks = 45;
/// Channels that have waveforms, and names of their own, where nobody says how high a figure is to be.
constexpr int kMostWaveforms = 8;
constexpr int kMostHeaders = 32;
constexpr double kLeastPanelWidth = 40;
constexpr double kLeastPanelHeight = 4;
/// Of all panels of a figure whose height is left to us.
constexpr double kMostStacked = 12000;

struct Palette {
  Colour background;
  Colour ink;
  Colour waveform;
};

Palette palette_of(Theme theme) {
  if (theme == Theme::Dark) return {{0x17, 0x19, 0x1e}, {0xdd, 0xe0, 0xe5}, {0x7f, 0xae, 0xdc}};
  return {{0xff, 0xff, 0xff}, {0x22, 0x22, 0x22}, {0x2f, 0x57, 0x85}};
}

double line_height(double size) { return size * kLineHeight; }

/// Heights of what is stacked for each channel.
struct Stack {
  double header = 0;
  double waveform = 0;
  double inner_gap = 0;
  double spectrogram = 0;
  double outer_gap = 0;

  double fixed(int channels) const { return channels * (header + inner_gap) + (channels - 1) * outer_gap; }
};

/// What figures of that many channels look like if nobody says.
Stack usual_stack(const Figure& figure) {
  const int n = figure.channels;
  Stack stack;
  stack.spectrogram = n == 1 ? 360 : n == 2 ? 240 : n <= 8 ? 160 : n <= kMostHeaders ? 90 : 40;
  const bool has_waveforms = figure.style.waveform && n <= kMostWaveforms;
  stack.waveform = !has_waveforms ? 0 : n == 1 ? 84 : n == 2 ? 60 : 44;
  stack.inner_gap = has_waveforms ? kWaveformGap : 0;
  stack.outer_gap = n <= kMostWaveforms ? kMargin : 4;
  stack.header = figure.style.axes && n > 1 && n <= kMostHeaders ? line_height(kTickSize) : 0;
  if (n > kMostHeaders) {
    stack.outer_gap = n > 256 ? 1 : 3;
    stack.spectrogram = std::clamp(kMostStacked / n - stack.outer_gap, 8.0, 40.0);
  }
  return stack;
}

/// Shares a given height out.
Stack stack_for(const Figure& figure, double height) {
  Stack stack = usual_stack(figure);
  const double each = (height - stack.fixed(figure.channels)) / figure.channels;
  stack.waveform = std::min(stack.waveform, 0.25 * each);
  stack.spectrogram = each - stack.waveform;
  if (stack.spectrogram >= kLeastPanelHeight) return stack;
  throw Error(ErrorCode::Usage, "--height " + std::to_string(figure.style.height) + " has no room for " +
                                    std::to_string(figure.channels) +
                                    (figure.channels == 1 ? " channel" : " channels") + "; give more, or 0");
}

/// Lengths as whole device pixels.
class Grid {
 public:
  explicit Grid(double scale) : scale_(scale) {}

  double snap(double length) const { return std::round(length * scale_) / scale_; }
  std::int64_t pixels(double length) const { return std::lround(length * scale_); }
  double line_width() const { return static_cast<double>(line_pixels()) / scale_; }
  /// The middle of a line, so that its edges are those of pixels.
  double line_at(double x) const {
    return line_pixels() % 2 == 0 ? snap(x) : (std::floor(x * scale_ + 1e-6) + 0.5) / scale_;
  }

 private:
  std::int64_t line_pixels() const { return std::max<std::int64_t>(1, std::lround(kLineWidth * scale_)); }

  double scale_;
};

std::string channel_name(int channel, int channels) {
  if (channels == 2) return channel == 0 ? "Left" : "Right";
  return "Channel " + std::to_string(channel + 1);
}

/// About ten labels at most on an even axis; on others they crowd together anyway.
Room even_room(double height) { return {height, std::max(2.2 * kTickSize, height / 11), 4}; }
Room frequency_room(const FrequencyScale& scale, double height) {
  return scale.kind == FrequencyScaleKind::Linear ? even_room(height) : Room{height, 1.6 * kTickSize, 4};
}

double widest(const TextRuler& ruler, const Ticks& ticks) {
  double width = 0;
  for (const Tick& tick : ticks.ticks) {
    if (!tick.label.empty()) width = std::max(width, ruler.measure(tick.label, kTickSize).length);
  }
  return width;
}

bool labels_fit(const TextRuler& ruler, const std::vector<Tick>& ticks, double units_per_second) {
  double free_from = -1e300;
  for (const Tick& tick : ticks) {
    if (tick.label.empty()) continue;
    const double at = tick.value * units_per_second;
    const double half = 0.5 * ruler.measure(tick.label, kTickSize).length + 0.5 * kTickSize;
    if (at - half < free_from) return false;
    free_from = at + half;
  }
  return true;
}

/// As many as have room.
Ticks time_ticks_for(const Figure& figure, const TextRuler& ruler, double width) {
  const double range = figure.end_s - figure.start_s;
  for (int most = std::clamp(static_cast<int>(width / 60), 1, 14);; --most) {
    Ticks ticks = time_ticks(figure.start_s, figure.end_s, most);
    if (most == 1 || labels_fit(ruler, ticks.ticks, width / range)) return ticks;
  }
}

/// Works out where everything is.
class Arranger {
 public:
  explicit Arranger(const Figure& figure)
      : figure_(figure), style_(figure.style), grid_(figure.style.scale), ruler_(figure.style.font) {}

  Layout arrange() {
    Layout layout;
    const double top = grid_.snap(top_height());
    const double bottom = bottom_height();
    const Stack stack = style_.height == 0 ? usual_stack(figure_) : stack_for(figure_, style_.height - top - bottom);
    const double left = grid_.snap(left_width(stack));
    const double right = right_width(stack);
    const double width = grid_.snap(style_.width - left - right);
    if (width < kLeastPanelWidth) {
      throw Error(ErrorCode::Usage, "--width " + std::to_string(style_.width) + " leaves no room; give at least " +
                                        std::to_string(std::lround(left + right + kLeastPanelWidth) + 1));
    }
    const double end = place_channels(layout, stack, left, top, width);
    layout.width = style_.width;
    layout.height = style_.height > 0 ? style_.height : std::ceil(end + bottom);
    layout.columns = grid_.pixels(width);
    layout.rows = grid_.pixels(grid_.snap(stack.spectrogram));
    if (style_.colour_bar) {
      const double above = layout.channels.front().spectrogram.y;
      layout.colour_bar = {grid_.snap(left + width + kBarGap), above, grid_.snap(kBarWidth), end - above};
    }
    return layout;
  }

 private:
  bool has_margin() const { return style_.axes || style_.colour_bar || !figure_.title.empty(); }
  double margin() const { return has_margin() ? kMargin : 0; }

  double top_height() const { return margin() + (figure_.title.empty() ? 0 : line_height(kTitleSize) + 5); }

  double bottom_height() const {
    if (!style_.axes) return margin();
    return kTick + kTickSpace + line_height(kTickSize) + line_height(kNameSize) + 0.8 * kMargin;
  }

  double left_width(const Stack& stack) const {
    if (!style_.axes) return margin();
    double labels = ruler_.measure(std::to_string(figure_.channels), kTickSize).length;
    if (stack.spectrogram >= kLeastForTicks) {
      labels = widest(ruler_, frequency_ticks(figure_.frequency, frequency_room(figure_.frequency, stack.spectrogram)));
    }
    if (stack.waveform > 0) labels = std::max(labels, ruler_.measure("\u22120.05", kTickSize).length);
    return 0.8 * kMargin + line_height(kNameSize) + 0.5 * kMargin + labels + kTickSpace + kTick;
  }

  double right_width(const Stack& stack) const {
    if (!style_.colour_bar) return style_.axes ? 2.2 * kMargin : margin();
    const double height = figure_.channels * stack.spectrogram + stack.fixed(figure_.channels);
    const double labels = widest(ruler_, level_ticks(figure_.low_db, figure_.high_db, even_room(height)));
    return kBarGap + kBarWidth + kTick + kTickSpace + labels + 0.5 * kMargin + line_height(kNameSize) + 0.8 * kMargin;
  }

  /// Returns where the last one ends.
  double place_channels(Layout& layout, const Stack& stack, double left, double top, double width) const {
    double y = top;
    for (int channel = 0; channel < figure_.channels; ++channel) {
      if (channel > 0) y += grid_.snap(stack.outer_gap);
      y += grid_.snap(stack.header);
      ChannelLayout& place = layout.channels.emplace_back();
      place.waveform = {left, y, width, grid_.snap(stack.waveform)};
      y = place.waveform.bottom() + grid_.snap(stack.inner_gap);
      place.spectrogram = {left, y, width, grid_.snap(stack.spectrogram)};
      y = place.spectrogram.bottom();
    }
    return y;
  }

  const Figure& figure_;
  const FigureStyle& style_;
  Grid grid_;
  TextRuler ruler_;
};

/// Where on a text's length its place is.
enum class Anchor { Start, Middle, End };

double share_before(Anchor anchor) { return anchor == Anchor::Start ? 0 : anchor == Anchor::Middle ? 0.5 : 1; }

/// Ends of UTF-8 characters, 0 first.
std::vector<std::size_t> character_ends(const std::string& text) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) ends.push_back(i);
  }
  return ends;
}

/// The start of a text, with an ellipsis unless that is all of it.
std::string shortened(const TextRuler& ruler, const std::string& text, double size, double room) {
  if (ruler.measure(text, size).length <= room) return text;
  const std::vector<std::size_t> ends = character_ends(text);
  const auto cut = [&](std::size_t n) { return text.substr(0, ends[n]) + "\u2026"; };
  std::size_t fits = 0;
  for (std::size_t too_many = ends.size(); too_many - fits > 1;) {
    const std::size_t n = (fits + too_many) / 2;
    (ruler.measure(cut(n), size).length <= room ? fits : too_many) = n;
  }
  return cut(fits);
}

class Composer {
 public:
  Composer(const Figure& figure, const Layout& layout)
      : figure_(figure),
        style_(figure.style),
        layout_(layout),
        grid_(figure.style.scale),
        ruler_(figure.style.font),
        palette_(palette_of(figure.style.theme)),
        half_digit_(0.5 * ruler_.measure("0", kTickSize).ascent) {
    drawing_.width = layout.width;
    drawing_.height = layout.height;
    drawing_.scale = style_.scale;
    drawing_.background = palette_.background;
    drawing_.ink = palette_.ink;
    drawing_.font = style_.font;
  }

  Drawing compose() {
    add_data();
    add_title();
    if (style_.axes) add_axes();
    if (layout_.colour_bar.width > 0) add_colour_bar();
    for (Text& text : texts_) drawing_.shapes.emplace_back(std::move(text));
    return std::move(drawing_);
  }

 private:
  // Data.

  /// In the colormap, the nearest.
  std::uint8_t code_of(double db) const {
    const double value = (db - figure_.low_db) / (figure_.high_db - figure_.low_db) * 255;
    if (!(value > 0)) return 0;  // NaN is the floor too
    return static_cast<std::uint8_t>(static_cast<int>(2 * std::min(255.0, value) + 1) / 2);
  }

  /// Of one code a pixel.
  Picture indexed_picture(std::int64_t width, std::int64_t height) const {
    Picture picture;
    picture.resize(width, height, {1, 8});
    picture.palette.assign(figure_.colormap.colours.begin(), figure_.colormap.colours.end());
    return picture;
  }

  Picture picture_of(const std::vector<float>& levels) const {
    Picture picture = indexed_picture(layout_.columns, layout_.rows);
    std::transform(levels.begin(), levels.end(), picture.pixels.data(), [&](float level) { return code_of(level); });
    return picture;
  }

  void add_data() {
    for (std::size_t c = 0; c < figure_.panels.size(); ++c) {
      const ChannelLayout& place = layout_.channels[c];
      drawing_.shapes.emplace_back(Image{place.spectrogram, picture_of(figure_.panels[c].levels)});
      if (place.waveform.height > 0) add_waveform(place.waveform, figure_.panels[c]);
    }
  }

  void add_waveform(const Box& box, const Panel& panel) {
    const double step = box.width / static_cast<double>(layout_.columns);
    const auto point = [&](std::size_t column, float sample) {
      const double share = std::clamp(sample / figure_.amplitude, -1.0, 1.0);
      return Point{box.x + (static_cast<double>(column) + 0.5) * step, box.y + 0.5 * box.height * (1 - share)};
    };
    Polygon polygon{{}, grid_.line_width(), palette_.waveform};
    for (std::size_t i = 0; i < panel.high.size(); ++i) polygon.points.push_back(point(i, panel.high[i]));
    for (std::size_t i = panel.low.size(); i-- > 0;) polygon.points.push_back(point(i, panel.low[i]));
    drawing_.shapes.emplace_back(std::move(polygon));
  }

  // Texts and lines.

  Text text_at(const std::string& text, double size, Point at, Anchor anchor) const {
    const TextRuler::Extents extents = ruler_.measure(text, size);
    const Point origin{at.x - share_before(anchor) * extents.length, at.y};
    const Box box{origin.x, at.y - extents.ascent, extents.length, extents.ascent + extents.descent};
    return {text, origin, size, false, extents.length, box};
  }
  /// Upwards, centred on `at`, whose x is the baseline's.
  Text upwards_at(const std::string& text, double size, Point at) const {
    const TextRuler::Extents extents = ruler_.measure(text, size);
    const Point origin{at.x, at.y + 0.5 * extents.length};
    const Box box{at.x - extents.ascent, at.y - 0.5 * extents.length, extents.ascent + extents.descent, extents.length};
    return {text, origin, size, true, extents.length, box};
  }

  bool add(Text text) {
    const Box& box = text.box;
    if (box.x < 0 || box.y < 0 || box.right() > layout_.width || box.bottom() > layout_.height) return false;
    for (const Text& other : texts_) {
      if (touch(other.box, box, kTextGap)) return false;
    }
    texts_.push_back(std::move(text));
    return true;
  }

  void add_line(Point from, Point to) {
    drawing_.shapes.emplace_back(Line{from, to, grid_.line_width(), palette_.ink});
  }

  /// Around a box, so that it hides nothing of it.
  void add_border(const Box& box) {
    const double half = 0.5 * grid_.line_width();
    const double left = box.x - half;
    const double right = box.right() + half;
    const double above = box.y - half;
    const double below = box.bottom() + half;
    add_line({left - half, above}, {right + half, above});
    add_line({left - half, below}, {right + half, below});
    add_line({left, above}, {left, below});
    add_line({right, above}, {right, below});
  }

  void add_title() {
    if (figure_.title.empty()) return;
    const double room = layout_.width - 2 * kMargin;
    const std::string title = shortened(ruler_, printable_utf8(figure_.title), kTitleSize, room);
    const double half = 0.5 * ruler_.measure(title, kTitleSize).length;
    const Box& panel = layout_.channels.front().spectrogram;
    const double x = std::clamp(panel.x + 0.5 * panel.width, kMargin + half, layout_.width - kMargin - half + 1e-9);
    add(text_at(title, kTitleSize, {x, kMargin + 0.8 * line_height(kTitleSize)}, Anchor::Middle));
  }

  void add_axes() {
    const double height = layout_.channels.front().spectrogram.height;
    const bool has_ticks = height >= kLeastForTicks;
    add_time_axis();
    if (has_ticks) {
      add_frequency_axes(frequency_ticks(figure_.frequency, frequency_room(figure_.frequency, height)));
    } else {
      number_channels();
    }
    for (std::size_t c = 0; c < layout_.channels.size(); ++c) {
      if (has_ticks && figure_.channels > 1 && figure_.channels <= kMostHeaders) add_header(static_cast<int>(c));
      if (layout_.channels[c].waveform.height > 0) add_amplitude_axis(layout_.channels[c].waveform);
    }
  }

  void add_header(int channel) {
    const ChannelLayout& place = layout_.channels[static_cast<std::size_t>(channel)];
    const Box& first = place.waveform.height > 0 ? place.waveform : place.spectrogram;
    add(text_at(channel_name(channel, figure_.channels), kTickSize, {first.x, first.y - 4}, Anchor::Start));
  }

  void number_channels() {
    for (std::size_t c = 0; c < layout_.channels.size(); ++c) {
      const Box& box = layout_.channels[c].spectrogram;
      add_border(box);
      add(text_at(std::to_string(c + 1), kTickSize,
                  {box.x - kTickSpace - kTick, box.y + 0.5 * box.height + half_digit_}, Anchor::End));
    }
    add_name_beside("Channel");
  }

  void add_time_axis() {
    const Box& last = layout_.channels.back().spectrogram;
    const Ticks ticks = time_ticks_for(figure_, ruler_, last.width);
    for (const ChannelLayout& place : layout_.channels) {
      if (place.spectrogram.height < kLeastForTicks && &place != &layout_.channels.back()) continue;
      for (const Tick& tick : ticks.ticks) {
        const double x = grid_.line_at(x_of_time(figure_, last, tick.value));
        const double y = place.spectrogram.bottom();
        add_line({x, y}, {x, y + (tick.label.empty() ? kMinorTick : kTick)});
      }
    }
    const double baseline = last.bottom() + kTick + kTickSpace + 0.8 * line_height(kTickSize);
    for (const Tick& tick : ticks.ticks) {
      if (tick.label.empty()) continue;
      add(text_at(tick.label, kTickSize, {x_of_time(figure_, last, tick.value), baseline}, Anchor::Middle));
    }
    add(text_at(ticks.name, kNameSize, {last.x + 0.5 * last.width, baseline + line_height(kNameSize) + 2},
                Anchor::Middle));
  }

  void add_frequency_axes(const Ticks& ticks) {
    bool is_named = true;
    for (const ChannelLayout& place : layout_.channels) {
      const Box& box = place.spectrogram;
      add_border(box);
      for (const Tick& tick : ticks.ticks) {
        const double y = y_of_hz(figure_, box, tick.value);
        add_left_tick(box, y, tick.label);
      }
      is_named = is_named && add_name(ticks.name, box);
    }
    if (is_named) return;
    if (!add_name_beside(ticks.name)) add_name_beside(ticks.name.find("kHz") == std::string::npos ? "Hz" : "kHz");
  }

  void add_amplitude_axis(const Box& box) {
    add_border(box);
    const Ticks ticks = amplitude_ticks(figure_.amplitude, {box.height, 1.05 * kTickSize, 1});
    for (const Tick& tick : ticks.ticks) {
      add_left_tick(box, box.y + 0.5 * box.height * (1 - tick.value / figure_.amplitude), tick.label);
    }
    add_name(ticks.name, box);
  }

  void add_left_tick(const Box& box, double y, const std::string& label) {
    const double at = grid_.line_at(std::min(y, box.bottom() - grid_.line_width()));
    add_line({box.x - (label.empty() ? kMinorTick : kTick), at}, {box.x, at});
    if (label.empty()) return;
    Text text = text_at(label, kTickSize, {box.x - kTick - kTickSpace, y + half_digit_}, Anchor::End);
    if (text.box.x >= names_end()) add(std::move(text));
  }

  /// What names of axes leave to the labels.
  static double names_end() { return 0.8 * kMargin + line_height(kNameSize); }
  static double name_baseline() { return 0.8 * kMargin + 0.8 * line_height(kNameSize); }

  /// The name of an axis, if it is no longer than that.
  bool add_name(const std::string& name, const Box& box) {
    if (ruler_.measure(name, kNameSize).length > box.height) return false;
    return add(upwards_at(name, kNameSize, {name_baseline(), box.y + 0.5 * box.height}));
  }

  /// One name for all channels.
  bool add_name_beside(const std::string& name) {
    const double above = layout_.channels.front().spectrogram.y;
    return add_name(name, {0, above, 0, layout_.channels.back().spectrogram.bottom() - above});
  }

  void add_colour_bar() {
    const Box& bar = layout_.colour_bar;
    Picture picture = indexed_picture(1, std::max<std::int64_t>(2, grid_.pixels(bar.height)));
    for (std::int64_t y = 0; y < picture.height; ++y) {
      const double share = 1 - static_cast<double>(y) / static_cast<double>(picture.height - 1);
      *picture.row(y) = code_of(figure_.low_db + share * (figure_.high_db - figure_.low_db));
    }
    drawing_.shapes.emplace_back(Image{bar, std::move(picture)});
    add_border(bar);
    const Ticks ticks = level_ticks(figure_.low_db, figure_.high_db, even_room(bar.height));
    const double labels_x = bar.right() + kTick + kTickSpace;
    const double labels_width = widest(ruler_, ticks);
    for (const Tick& tick : ticks.ticks) {
      const double share = (tick.value - figure_.low_db) / (figure_.high_db - figure_.low_db);
      const double y = bar.y + bar.height * (1 - share);
      const double at = grid_.line_at(std::min(y, bar.bottom() - grid_.line_width()));
      add_line({bar.right(), at}, {bar.right() + kTick, at});
      add(text_at(tick.label, kTickSize, {labels_x, y + half_digit_}, Anchor::Start));
    }
    const double x = labels_x + labels_width + 0.5 * kMargin + 0.8 * line_height(kNameSize);
    if (ruler_.measure(figure_.level_name, kNameSize).length > bar.height) return;
    add(upwards_at(figure_.level_name, kNameSize, {x, bar.y + 0.5 * bar.height}));
  }

  const Figure& figure_;
  const FigureStyle& style_;
  const Layout& layout_;
  Grid grid_;
  TextRuler ruler_;
  Palette palette_;
  double half_digit_;
  Drawing drawing_;
  std::vector<Text> texts_;
};

}  // namespace

Theme theme_from_string(std::string_view name) {
  if (name == "light") return Theme::Light;
  if (name == "dark") return Theme::Dark;
  throw Error(ErrorCode::Usage, "theme '" + std::string(name) + "' is neither light nor dark");
}

std::string to_string(Theme theme) { return theme == Theme::Light ? "light" : "dark"; }

Layout lay_out(const Figure& figure) { return Arranger(figure).arrange(); }

std::vector<double> row_edges_hz(const FrequencyScale& scale, std::int64_t rows) {
  const double low = scale_of_hz(scale, scale.fmin);
  const double high = scale_of_hz(scale, scale.fmax);
  std::vector<double> edges(static_cast<std::size_t>(rows) + 1);
  for (std::int64_t i = 0; i <= rows; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(rows);
    edges[static_cast<std::size_t>(i)] = hz_of_scale(scale, high + share * (low - high));
  }
  edges.front() = scale.fmax;
  edges.back() = scale.fmin;
  return edges;
}

double y_of_hz(const Figure& figure, const Box& spectrogram, double hz) {
  const FrequencyScale& scale = figure.frequency;
  const double high = scale_of_hz(scale, scale.fmax);
  const double share = (high - scale_of_hz(scale, hz)) / (high - scale_of_hz(scale, scale.fmin));
  return spectrogram.y + share * spectrogram.height;
}

double x_of_time(const Figure& figure, const Box& spectrogram, double seconds) {
  return spectrogram.x + (seconds - figure.start_s) / (figure.end_s - figure.start_s) * spectrogram.width;
}

Drawing draw(const Figure& figure, const Layout& layout) { return Composer(figure, layout).compose(); }

}  // namespace spectrohue::plot
