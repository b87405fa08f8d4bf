import uPlot from "/webjars/uplot/uPlot.esm.js";

const HEIGHT = 240;
const CAPACITY = 4000;
/** Indexes into a point as sent by the server. */
const [SAMPLES, AT, WINDOW, TOTAL, BASELINE] = [0, 1, 2, 3, 4];

const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 4, minimumFractionDigits: 4 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });

export function loss(value) {
  if (value == null) return "–";
  return value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 100000)
    ? value.toExponential(3)
    : exact.format(value);
}

export const count = value => value == null ? "–" : whole.format(value);

/** The chart of one model's learning curve. */
export class Chart {
  constructor(parent, name) {
    this.points = [];
    this.figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = name;
    this.summary = document.createElement("span");
    caption.append(this.summary);
    this.canvas = document.createElement("div");
    this.canvas.setAttribute("role", "img");
    this.name = name;
    this.figure.append(caption, this.canvas);
    parent.append(this.figure);
    this.resizing = new ResizeObserver(() => this.plot?.setSize({ width: this.width(), height: HEIGHT }));
    this.resizing.observe(this.figure);
  }

  clear() {
    this.points = [];
  }

  add(points) {
    // A lower sample count means a new incarnation.
    if (points[0]?.[SAMPLES] < this.points.at(-1)?.[SAMPLES]) this.clear();
    this.points.push(...points);
    if (this.points.length > CAPACITY) {
      // Drop every second point of the older half, so the curve still covers its whole history.
      const half = this.points.length >> 1;
      this.points = this.points.filter((_, i) => i >= half || i % 2 === 0);
    }
    this.plot?.setData(this.data());
    this.legend(this.plot);
    const last = this.points.at(-1);
    if (last) {
      this.summary.textContent = `${loss(last[TOTAL])} after ${count(last[SAMPLES])} samples`;
      this.canvas.setAttribute("aria-label", `Loss of ${this.name}: ${loss(last[TOTAL])} since start, `
        + `${loss(last[WINDOW])} in the last window, baseline ${loss(last[BASELINE])}, `
        + `after ${count(last[SAMPLES])} samples`);
    }
  }

  /** Redraws with new axes or colors. */
  draw(axes) {
    this.axes = axes;
    this.plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const color = name => style.getPropertyValue(name).trim();
    const font = "12px system-ui, sans-serif";
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--grid"), width: 1 }, ticks: { show: false }, font };
    const byTime = axes.across === "time";
    const line = (label, stroke, more) =>
      ({ label, stroke: color(stroke), width: 1.5, points: { show: false }, spanGaps: true, pxAlign: 0, value: (_, v) => loss(v), ...more });
    const series = ["", "--window", "--total", "--baseline"].map(name => name && color(name));
    this.plot = new uPlot({
      width: this.width(),
      height: HEIGHT,
      scales: { x: { time: byTime }, y: { distr: axes.logarithmic ? 3 : 1 } },
      axes: [
        byTime ? axis : { ...axis, values: (_, ticks) => ticks.map(tick => short.format(tick)) },
        { ...axis, size: 58, values: (_, ticks) => ticks.map(tick => tick == null ? "" : short.format(tick)) },
      ],
      series: [
        byTime ? { label: "time" } : { label: "samples", value: (_, v) => count(v) },
        line("last window", "--window"),
        line("since start", "--total", { width: 2.5 }),
        line("baseline", "--baseline", { dash: [6, 4] }),
      ],
      cursor: { y: false },
      legend: { markers: { width: 0, fill: (_, i) => series[i] } },
      // Without a pointer over the chart, the legend shows the latest values.
      hooks: { setCursor: [plot => plot.cursor.idx == null && this.legend(plot)] },
    }, this.data(), this.canvas);
    this.legend(this.plot);
  }

  legend(plot) {
    if (plot && plot.cursor.idx == null && this.points.length > 0) plot.setLegend({ idx: this.points.length - 1 });
  }

  remove() {
    this.resizing.disconnect();
    this.plot?.destroy();
    this.figure.remove();
  }

  data() {
    const column = at => this.points.map(point => point[at]);
    // The logarithm of 0 is undefined.
    const losses = at => this.axes.logarithmic ? column(at).map(v => v > 0 ? v : null) : column(at);
    const across = this.axes.across === "time" ? column(AT).map(millis => millis / 1000) : column(SAMPLES);
    return [across, losses(WINDOW), losses(TOTAL), losses(BASELINE)];
  }

  width() {
    return Math.max(260, this.figure.clientWidth - 34);
  }
}
