import uPlot from "/webjars/uplot/uPlot.esm.js";
import { brief, clockLabels, count, dateTime, elapsedLabels, number, short } from "/ui/format.js";
import { smooth } from "/ui/smoothing.js";
import { pointer, press, selected } from "/ui/zoom.js";

/** Pixels between the labels of an x-axis, which do not overlap then. */
const LABEL_SPACE = { samples: 60, relative: 70, clock: 90 };
/** Distances between the labels of an x-axis of times, in seconds. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, ...[1, 2, 5, 10, 30, 60, 120, 365].map(days => days * 86400)];
/** Pixels that a mark of full height takes. */
const MARK_SPACE = 12;
const FONT = "12px system-ui, sans-serif";

/**
 * A chart of lines over a common x-axis. Its legend shows the latest value of each line, or the value at the pointer; a
 * click on it hides the line.
 *
 * A line has a key, a label, a color, x and y (arrays of the same length), and a style: width, dash, faint (drawn
 * lightly), noisy (can be smoothed).
 */
export class Chart {
  /**
   * @param definition title, and whether the chart is large
   * @param zoom receives the range of the x-axis to show, or null for everything
   */
  constructor(parent, { title, large }, zoom) {
    this.title = title;
    this.large = large === true;
    this.zoom = zoom;
    this.hidden = new Set();
    this.entries = new Map();
    const figure = document.createElement("figure");
    figure.classList.toggle("large", this.large);
    const caption = document.createElement("figcaption");
    this.heading = document.createElement("span");
    this.legend = document.createElement("span");
    this.legend.className = "legend";
    caption.append(this.heading, this.legend);
    this.canvas = document.createElement("div");
    this.canvas.className = "plot";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.addEventListener("keydown", event => {
      if (this.plot && press(this.plot, event.key, zoom)) event.preventDefault();
    });
    figure.append(caption, this.canvas);
    parent.append(figure);
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.canvas);
  }

  /**
   * @param axes across (samples, relative, or clock), logarithmic, smoothing (0 to 1), range of x or null, dark
   * @param marks positions on the x-axis to draw vertical lines at
   */
  draw(lines, axes, marks) {
    this.lines = lines;
    this.axes = axes;
    this.marks = marks;
    this.heading.textContent = axes.logarithmic ? `${this.title}, log axis` : this.title;
    const shown = lines.filter(line => !this.hidden.has(line.key));
    const shape = JSON.stringify([shown.map(line => [line.key, line.color]), axes.across, axes.logarithmic, axes.smoothing > 0, axes.dark]);
    if (shape === this.shape) {
      this.plot.setData(this.data(shown));
    } else {
      this.plot?.destroy();
      this.plot = new uPlot(this.options(shown), this.data(shown), this.canvas);
      this.shape = shape;
    }
    this.describe();
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
      legend: { show: false },
      cursor: pointer(this.zoom),
      scales: {
        x: { time: this.axes.across === "clock", range: (_, min, max) => this.axes.range ?? [min, max] },
        y: this.axes.logarithmic ? { distr: 3, range: logarithmicRange } : {},
      },
      axes: [
        { ...axis, size: 28, ...this.axes.across === "samples" ? {} : { incrs: TIME_STEPS }, space: LABEL_SPACE[this.axes.across], values: labels[this.axes.across] },
        { ...axis, size: 52, values: (_, ticks) => ticks.map(tick => tick == null ? "" : short(tick)) },
      ],
      series: [{}, ...lines.flatMap(line => this.series(line))],
      hooks: { setCursor: [() => this.describe()], setSelect: [plot => selected(plot, this.zoom)], drawClear: [plot => this.mark(plot)] },
    };
  }

  /** A smoothed line is drawn over its values. */
  series(line) {
    const series = {
      stroke: line.color, width: line.width ?? 1.5, dash: line.dash, alpha: line.faint ? 0.6 : 1, points: { show: false }, pxAlign: 0,
    };
    return this.isSmoothed(line) ? [{ ...series, alpha: 0.25 }, { ...series, alpha: 1 }] : [series];
  }

  /** Draws the marks: at full height if there is room between them, and otherwise as ticks at the top. */
  mark(plot) {
    const { left, top, width, height } = plot.bbox;
    const { min, max } = plot.scales.x;
    const visible = this.marks.filter(at => at >= min && at <= max);
    const length = visible.length * MARK_SPACE < width ? height : 6 * devicePixelRatio;
    plot.ctx.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim();
    for (const at of visible) plot.ctx.fillRect(left + (at - min) / (max - min) * width, top, devicePixelRatio, length);
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

  /** Shows the values at the pointer, or else the latest, in the legend, which screen readers get as the description. */
  describe() {
    const at = this.plot.cursor.idx == null ? null : this.plot.data[0][this.plot.cursor.idx];
    const keys = new Set(this.lines.map(line => line.key));
    for (const [key, entry] of this.entries) {
      if (!keys.has(key)) {
        entry.remove();
        this.entries.delete(key);
      }
    }
    this.lines.forEach(line => this.entry(line).querySelector("b").textContent = this.value(line, at));
    const position = at == null ? "" : this.axes.across === "samples" ? `after ${count(at)} samples`
      : this.axes.across === "clock" ? dateTime(at * 1000) : `after ${elapsedLabels([at])[0]}`;
    this.canvas.title = position;
    this.canvas.setAttribute("aria-label", `${this.heading.textContent}: ` + (this.lines.length === 0 ? "no values"
      : this.lines.map(line => `${line.label} ${this.value(line, null)}`).join(", ")));
  }

  value(line, position) {
    const value = valueAt(line, position);
    return this.large ? number(value) : brief(value);
  }

  /** Returns the legend entry of a line, a button that hides or shows it. */
  entry(line) {
    let entry = this.entries.get(line.key);
    if (!entry) {
      entry = document.createElement("button");
      entry.type = "button";
      const marker = document.createElement("i");
      marker.className = line.dash ? "dashed" : line.faint ? "faint" : "";
      const label = document.createElement("span");
      label.textContent = line.label;
      entry.append(marker, label, document.createElement("b"));
      entry.addEventListener("click", () => this.toggle(line.key));
      this.entries.set(line.key, entry);
      this.legend.append(entry);
    }
    entry.style.setProperty("--color", line.color);
    entry.setAttribute("aria-pressed", String(!this.hidden.has(line.key)));
    return entry;
  }

  toggle(key) {
    if (!this.hidden.delete(key)) this.hidden.add(key);
    this.draw(this.lines, this.axes, this.marks);
  }

  size() {
    return { width: Math.max(120, this.canvas.clientWidth), height: Math.max(80, this.canvas.clientHeight) };
  }
}

/** Returns the range of a logarithmic axis: that of the values, with a margin. */
function logarithmicRange(_, min, max) {
  if (min == null) return [0.1, 1];
  const margin = (max / min) ** 0.05 * 1.001;
  return [min / margin, max * margin];
}

/** Returns the value of a line at or before a position, or its last value if the position is null. */
function valueAt(line, position) {
  let i = line.x.length - 1;
  if (position != null) while (i > 0 && line.x[i] > position) i--;
  while (i > 0 && line.y[i] == null) i--;
  return line.y[i];
}
