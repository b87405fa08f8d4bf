import uPlot from "/webjars/uplot/uPlot.esm.js";
import { SharedCursor } from "/ui/cursor.js";
import { create } from "/ui/dom.js";
import { ABSENT, brief, clockLabels, count, dateTime, elapsedLabels, number, short } from "/ui/format.js";
import { Legend, style } from "/ui/legend.js";
import { drawClipped, drawMarks } from "/ui/marks.js";
import { plausible } from "/ui/range.js";
import { smooth } from "/ui/smoothing.js";
import { Tooltip } from "/ui/tooltip.js";
import { pointer, press, selected } from "/ui/zoom.js";

/** Pixels between the labels of an x-axis, which do not overlap then. */
const LABEL_SPACE = { samples: 60, relative: 70, clock: 90 };
/** Distances between the labels of an x-axis of times, in seconds. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, ...[1, 2, 5, 10, 30, 60, 120, 365].map(days => days * 86400)];
const FONT = "12px system-ui, sans-serif";

/**
 * A chart of lines over a common x-axis. Its legend shows the latest value of each line; a click on an entry hides lines.
 * At the cursor, which all charts with the same x-axis share, it names the lines and their values.
 *
 * A line has a key, a label, a color, x and y (arrays of the same length), and a style: width, dash, faint (drawn
 * lightly), noisy (can be smoothed). If a chart shows several models, its lines also have the model's name, and main tells
 * the most important line of each.
 */
export class Chart {
  /**
   * @param definition title; whether the chart is large; whether implausible values are clipped; whether a value expires
   *   when it is absent from the last point (current); what an empty chart says (empty)
   * @param zoom receives the range of the x-axis to show, or null for everything
   * @param cursor that the charts of a page share
   */
  constructor(parent, { title, large, clipped, current, empty }, zoom, cursor = new SharedCursor()) {
    this.title = title;
    this.large = large === true;
    this.isClipped = clipped === true;
    this.current = current === true;
    this.empty = empty ?? "no values yet";
    this.zoom = zoom;
    this.cursor = cursor;
    this.heading = create("span", { class: "title" });
    this.legend = new Legend(this.large, () => this.draw(this.lines, this.axes, this.marks));
    this.canvas = create("div", { class: "plot", tabindex: "0", role: "img" });
    this.nothing = create("p", { class: "nothing" });
    this.spoken = create("span", { class: "unseen", role: "status" });
    this.canvas.append(this.nothing);
    const figure = create("figure", { class: this.large ? "large" : null },
      create("figcaption", {}, this.heading, this.legend.element), this.canvas, this.spoken);
    this.tooltip = new Tooltip(figure);
    parent.append(figure);
    cursor.join(this);
    this.listen();
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.canvas);
  }

  listen() {
    const move = event => {
      if (!this.plot) return;
      const left = event.clientX - this.plot.over.getBoundingClientRect().left;
      const inside = left >= 0 && left <= this.plot.over.clientWidth;
      this.cursor.move(this, inside ? this.plot.data[0][this.plot.posToIdx(left)] ?? null : null);
    };
    this.canvas.addEventListener("pointermove", move);
    this.canvas.addEventListener("pointerdown", move);
    this.canvas.addEventListener("pointerleave", event => {
      // A finger leaves with every tap.
      if (event.pointerType !== "touch") this.cursor.move(null, null);
    });
    this.canvas.addEventListener("blur", () => this.cursor.move(null, null));
    this.canvas.addEventListener("keydown", event => {
      if (this.plot && (this.read(event) || press(this.plot, event.key, this.zoom))) event.preventDefault();
    });
  }

  /** Moves the cursor with the arrow keys by about a percent of the visible points, and removes it with Escape. */
  read({ key, shiftKey }) {
    const direction = { ArrowLeft: -1, ArrowRight: 1, Escape: 0 }[key];
    if (direction == null || shiftKey) return false;
    if (direction === 0) {
      this.cursor.move(null, null);
      return true;
    }
    const x = this.plot.data[0];
    const [first, last] = this.plot.series[0].idxs;
    const step = Math.max(1, Math.round((last - first) / 100));
    const at = this.cursor.position(this);
    const from = at == null ? (direction > 0 ? first - step : last + step) : x.findLastIndex(each => each <= at);
    const to = x[Math.min(last, Math.max(first, from + direction * step))];
    this.cursor.move(this, to);
    this.spoken.textContent = `${this.positionText(to)}: ${this.readings(this.shown, to).map(({ name, value }) => `${name} ${value}`).join(", ")}`;
    return true;
  }

  /**
   * @param axes across (samples, relative, or clock), logarithmic, smoothing (0 to 1), range of x or null, dark
   * @param marks positions on the x-axis to draw vertical lines at, ascending
   */
  draw(lines, axes, marks) {
    this.lines = lines;
    this.axes = axes;
    this.marks = marks;
    this.heading.textContent = axes.logarithmic ? `${this.title}, log axis` : this.title;
    this.legend.lines = lines;
    const main = this.legend.main;
    if (main != null) this.heading.append(create("small", {}, ` ${main}`));
    this.shown = lines.filter(line => this.legend.shows(line));
    this.limits = this.isClipped && !axes.logarithmic ? plausible(this.shown.map(line => visible(line, axes.range))) : null;
    this.nothing.textContent = lines.length === 0 ? axes.empty ?? this.empty : "";
    // A plot is created with the size that the legend leaves.
    this.describe();
    const shape = JSON.stringify([this.shown.map(line => [line.key, line.color]), axes.across, axes.logarithmic, axes.smoothing > 0, axes.dark]);
    if (lines.length === 0) {
      this.plot?.destroy();
      this.plot = null;
      this.shape = null;
    } else if (shape === this.shape) {
      this.plot.setData(this.data(this.shown));
    } else {
      this.plot?.destroy();
      this.plot = new uPlot(this.options(this.shown), this.data(this.shown), this.canvas);
      this.shape = shape;
    }
    this.point();
  }

  options(lines) {
    const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--grid"), width: 1 }, ticks: { show: false }, font: FONT };
    const labels = {
      samples: (_, ticks) => ticks.map(short),
      relative: (_, ticks) => elapsedLabels(ticks),
      clock: (_, ticks, index, space, distance) => clockLabels(ticks, distance),
    };
    return {
      ...this.size(),
      padding: [8, null, 0, 0],
      legend: { show: false },
      cursor: pointer(this.zoom),
      scales: {
        x: { time: this.axes.across === "clock", range: (_, min, max) => this.axes.range ?? [min, max] },
        y: this.axes.logarithmic ? { distr: 3, range: logarithmicRange } : { range: (_, min, max) => this.linearRange(min, max) },
      },
      axes: [
        { ...axis, size: 26, ...this.axes.across === "samples" ? {} : { incrs: TIME_STEPS }, space: LABEL_SPACE[this.axes.across], values: labels[this.axes.across] },
        { ...axis, size: 50, space: 26, values: (_, ticks) => ticks.map(tick => tick == null ? "" : short(tick)) },
      ],
      series: [{}, ...lines.flatMap(line => this.series(line))],
      hooks: {
        setSelect: [plot => selected(plot, this.zoom)],
        drawClear: [plot => drawMarks(plot, this.marks)],
        draw: [plot => this.shown.filter(line => this.leaves(line)).forEach(line => drawClipped(plot, line))],
      },
    };
  }

  /** A smoothed line is drawn over its values. */
  series(line) {
    const series = {
      stroke: line.color, width: line.width ?? 1.5, dash: line.dash, alpha: line.faint ? 0.6 : 1, points: { show: false }, pxAlign: 0,
    };
    return this.isSmoothed(line) ? [{ ...series, width: 1, alpha: this.legend.several ? 0.1 : 0.22 }, { ...series, alpha: line.faint ? 0.8 : 1 }] : [series];
  }

  /** Returns the range of a linear axis: that of the plausible values, with a margin. */
  linearRange(min, max) {
    if (min == null) return [0, 1];
    const [low, high] = this.limits ?? [min, max];
    return uPlot.rangeNum(Math.max(min, low), Math.min(max, high), 0.1, true);
  }

  /** Returns whether a line leaves the y-axis. */
  leaves(line) {
    return this.limits != null && visible(line, this.axes.range).some(y => y != null && (y < this.limits[0] || y > this.limits[1]));
  }

  isSmoothed(line) {
    return line.noisy && this.axes.smoothing > 0;
  }

  data(lines) {
    if (lines.length === 0) return [[]];
    // The logarithm of 0 is undefined.
    const drawable = values => this.axes.logarithmic ? values.map(v => v > 0 ? v : null) : values;
    return uPlot.join(lines.map(line => this.isSmoothed(line)
      ? [line.x, drawable(line.y), drawable(smooth(line.y, this.axes.smoothing))]
      : [line.x, drawable(line.y)]));
  }

  /** Shows the latest values in the legend, which screen readers get as the description. */
  describe() {
    this.legend.update(line => this.value(line, null), line => this.shown.includes(line) && this.leaves(line));
    this.canvas.setAttribute("aria-label", `${this.heading.textContent}: ` + (this.lines.length === 0 ? this.nothing.textContent
      : this.lines.map(line => `${this.name(line)} ${this.value(line, null)}`).join(", ")));
  }

  /** Shows the cursor and what is there, if the page's charts have one. */
  point() {
    const at = this.plot ? this.cursor.position(this) : null;
    const left = at == null ? -1 : this.plot.valToPos(at, "x");
    if (!(left >= 0 && left <= this.plot.over.clientWidth)) {
      this.plot?.setCursor({ left: -10, top: -10 }, false);
      this.tooltip.hide();
      return;
    }
    this.plot.setCursor({ left, top: 0 }, false);
    const leading = this.cursor.leading === this;
    const lines = this.legend.several && !leading ? this.shown.filter(line => line.main) : this.shown;
    this.tooltip.show(this.readings(lines, at), this.plot.over, left, leading ? this.positionText(at) : null);
  }

  /** Returns the names, styles, and values of lines at a position, the main ones first. */
  readings(lines, at) {
    return lines.toSorted((a, b) => Number(b.main === true) - Number(a.main === true))
      .map(line => ({ name: this.name(line), style: style(line), color: line.color, value: this.value(line, at) }));
  }

  positionText(at) {
    return this.axes.across === "samples" ? `after ${count(at)} samples`
      : this.axes.across === "clock" ? dateTime(at * 1000) : `after ${elapsedLabels([at])[0]}`;
  }

  name(line) {
    if (!this.legend.several) return line.label;
    return line.main ? line.model : `${line.model} ${line.label}`;
  }

  value(line, position) {
    const value = valueAt(line, position, this.current);
    return value == null ? ABSENT : this.large ? number(value) : brief(value);
  }

  size() {
    return { width: Math.max(120, this.canvas.clientWidth), height: Math.max(60, this.canvas.clientHeight) };
  }
}

/** Returns the range of a logarithmic axis: that of the values, with a margin. */
function logarithmicRange(_, min, max) {
  if (min == null) return [0.1, 1];
  const margin = (max / min) ** 0.05 * 1.001;
  return [min / margin, max * margin];
}

/** Returns the values of a line in a range of its x-axis, or all if it is null. */
function visible({ x, y }, range) {
  return range == null ? y : y.filter((_, i) => x[i] >= range[0] && x[i] <= range[1]);
}

/**
 * Returns the value of a line at or before a position, or its last value if the position is null.
 *
 * @param current whether only the value of the very point counts
 */
function valueAt(line, position, current) {
  let i = line.x.length - 1;
  if (position != null) while (i > 0 && line.x[i] > position) i--;
  if (!current) while (i > 0 && line.y[i] == null) i--;
  return line.y[i];
}
