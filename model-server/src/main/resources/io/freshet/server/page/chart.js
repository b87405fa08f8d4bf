import uPlot from "/webjars/uplot/uPlot.esm.js";
import { axes, logarithmicRange, padding, position, range } from "/ui/axes.js";
import { SharedCursor } from "/ui/cursor.js";
import { create } from "/ui/dom.js";
import { ABSENT, brief, number, words } from "/ui/format.js";
import { Legend } from "/ui/legend.js";
import { columns, series, style, trend, valueAt, visible } from "/ui/line.js";
import { drawClipped, drawMarks } from "/ui/marks.js";
import { plausible } from "/ui/range.js";
import { Tooltip } from "/ui/tooltip.js";
import { pointer, press, selected } from "/ui/zoom.js";

/** Lines beyond the y-axis that a chart names. */
const OUTSIDE = 3;

/**
 * A chart of lines over a common x-axis. Its legend shows the latest value of each line; a click on an entry hides lines.
 * At the cursor, which all charts with the same x-axis share, it names the lines and their values.
 *
 * A line has a key, a label, a color, x and y (arrays of the same length), and a style: width, dash, faint (drawn
 * lightly), noisy (can be smoothed). A clipped chart needs its usual values, which lack the implausible ones, and whether it is
 * only a reference for others. If a chart shows several models, its lines also have the model's name, and main tells
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
    this.heading = create("span", { class: "title" }, title);
    this.legend = new Legend(this.large, () => this.draw(this.lines, this.axes, this.marks));
    this.canvas = create("div", { class: "plot", tabindex: "0", role: "img" });
    this.beyond = create("p", { class: "beyond" });
    this.nothing = create("p", { class: "nothing" });
    this.spoken = create("span", { class: "unseen", role: "status" });
    this.canvas.append(this.nothing);
    const figure = create("figure", { class: this.large ? "large" : null },
      create("figcaption", {}, this.heading, this.legend.element), this.beyond, this.canvas, this.spoken);
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
    this.spoken.textContent = `${position(this.axes.across, to)}: ${this.readings(this.shown, to).map(({ name, value }) => `${name} ${value}`).join(", ")}`;
    return true;
  }

  /**
   * @param axes across (samples, relative, or clock), logarithmic, smoothing (0 to 1), range of x or null, dark, named (whether a
   *   line alone has the model's name)
   * @param marks positions on the x-axis to draw vertical lines at, ascending
   */
  draw(lines, axes, marks) {
    this.lines = lines;
    this.axes = axes;
    this.marks = marks;
    this.heading.textContent = axes.logarithmic ? `${this.title}, log axis` : this.title;
    this.legend.take(lines, axes.named === true);
    const main = this.legend.main;
    if (main != null) this.heading.append(create("small", {}, ` ${main}`));
    this.shown = lines.filter(line => this.legend.shows(line));
    this.limits = this.isClipped && !axes.logarithmic ? this.plausible() : null;
    this.leaving = this.shown.map(line => ({ line, value: this.farthest(line) })).filter(({ value }) => value != null);
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
    return {
      ...this.size(),
      padding: padding(this.axes.across),
      legend: { show: false },
      cursor: pointer(this.zoom),
      scales: {
        x: { time: this.axes.across === "clock", range: (_, min, max) => this.axes.range ?? range(this.axes.across, min, max) },
        y: this.axes.logarithmic ? { distr: 3, range: logarithmicRange } : { range: (_, min, max) => this.linearRange(min, max) },
      },
      axes: axes(this.axes.across),
      series: [{}, ...lines.flatMap(line => series(line, this.axes, this.legend.several))],
      hooks: {
        setSelect: [plot => selected(plot, this.zoom)],
        drawClear: [plot => drawMarks(plot, this.marks)],
        draw: [plot => this.leaving.forEach(({ line }) => drawClipped(plot, line, trend(line, this.axes)))],
      },
    };
  }

  /** Returns the range of a linear axis: that of the plausible values, with a margin. */
  linearRange(min, max) {
    if (min == null) return [0, 1];
    const [low, high] = this.limits ?? [min, max];
    return uPlot.rangeNum(Math.max(min, low), Math.min(max, high), 0.1, true);
  }

  /** Behind a smoothed line, single values may lie beyond the range. */
  plausible() {
    const usual = line => visible(line, line.usual, this.axes.range);
    // Lines that are all implausible flatten no other.
    const isUsual = this.shown.some(line => !line.reference && usual(line).some(y => y != null));
    return plausible(this.shown.map(line => ({
      values: isUsual ? usual(line) : visible(line, line.y, this.axes.range),
      trend: visible(line, trend(line, this.axes), this.axes.range),
    })));
  }

  /** Returns the value of a line, smoothed or not, that is farthest beyond the y-axis, or null if none is. */
  farthest(line) {
    if (this.limits == null) return null;
    const [low, high] = this.limits;
    const distance = y => Math.max(low - y, y - high);
    return visible(line, trend(line, this.axes), this.axes.range).filter(y => y != null && distance(y) > 0)
      .reduce((a, b) => a != null && distance(a) >= distance(b) ? a : b, null);
  }

  /** Returns in words which lines leave the y-axis. One line of each model says enough. */
  outside() {
    const mainLast = this.leaving.toSorted((a, b) => Number(a.line.main === true) - Number(b.line.main === true));
    const named = this.legend.several ? [...new Map(mainLast.map(each => [each.line.model, each])).values()] : this.leaving;
    const shown = named.slice(0, OUTSIDE).map(({ line, value }) => `${this.name(line)}: ${words(value)}`);
    if (shown.length < named.length) shown.push(`${named.length - shown.length} more`);
    return shown.length === 0 ? "" : `${shown.join("; ")}, beyond the chart`;
  }

  data(lines) {
    return lines.length === 0 ? [[]] : uPlot.join(lines.map(line => columns(line, this.axes)));
  }

  /** Shows the latest values in the legend, which screen readers get as the description. */
  describe() {
    this.legend.update(line => this.value(line, null));
    const outside = this.outside();
    if (this.beyond.textContent !== outside) this.beyond.textContent = outside;
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
    this.tooltip.show(this.readings(lines, at), this.plot.over, left, leading ? position(this.axes.across, at) : null);
  }

  /** Returns the names, styles, and values of lines at a position, the main ones first. */
  readings(lines, at) {
    return lines.toSorted((a, b) => Number(b.main === true) - Number(a.main === true))
      .map(line => ({ name: this.name(line), style: style(line), color: line.color, value: this.value(line, at) }));
  }

  name(line) {
    if (!this.legend.several) return this.legend.label(line);
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
