import { Chart } from "/ui/chart.js";
import { CHARTS, LEARNED, SCORED, SERVED, SERVED_LOSS } from "/ui/charts.js";
import { SharedCursor } from "/ui/cursor.js";
import { Curves } from "/ui/curves.js";
import { count } from "/ui/format.js";
import { connected } from "/ui/line.js";

const SMOOTHING = 0.9;
/** The charts of the overview that a model's page has, by the value of their first line. */
const SHOWN = ["window", "windowQuality", "windowCalibration", "gradientNorm", "age"];
const COLORS = 8;
const element = id => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The charts of one model over time. Those of a model with keys are about all keys together. */
export class ModelCharts {
  constructor(name, parent) {
    this.name = name;
    this.curves = { learned: new Curves(LEARNED), served: new Curves(SERVED), scored: new Curves(SCORED) };
    this.range = null;
    this.metrics = {};
    const zoom = range => {
      this.range = range;
      this.draw();
    };
    const cursor = new SharedCursor();
    const [loss, ...others] = SHOWN.map(value => CHARTS.find(definition => definition.lines[0].value === value));
    this.charts = [loss, SERVED_LOSS, ...others]
      .map(definition => ({ definition, chart: new Chart(parent, definition, zoom, cursor), figure: parent.lastElementChild }));
    element("smooth").addEventListener("change", () => this.draw());
    element("reset").addEventListener("click", () => zoom(null));
    dark.addEventListener("change", () => this.draw());
    document.addEventListener("visibilitychange", () => this.draw());
  }

  add(event, model) {
    this.model = model;
    this.metrics = event.metrics;
    this.curves.learned.add(event.learned, [this.name], event.reset);
    this.curves.served.add(event.served, [this.name], event.reset);
    this.curves.scored.add(event.scored, [this.name], event.reset);
    this.draw();
  }

  get tooLong() {
    return Object.values(this.curves).some(curves => curves.tooLong);
  }

  draw() {
    element("reset").hidden = this.range == null;
    // Nobody sees a page in the background; it is drawn when it is shown.
    if (document.hidden) return;
    const nothing = !this.charts.some(({ definition }) => this.curve(definition) && has(definition, this.curve(definition)));
    element("nothing").hidden = !nothing;
    element("curves").hidden = nothing;
    for (const { definition, chart, figure } of this.charts) {
      const curve = this.curve(definition);
      // Not every model has every value.
      figure.hidden = curve == null || !has(definition, curve);
      if (figure.hidden) continue;
      if (definition.title === "Quality") chart.title = this.qualityTitle();
      chart.draw(this.lines(definition, curve), {
        across: "clock",
        logarithmic: false,
        smoothing: element("smooth").checked ? SMOOTHING : 0,
        range: this.range,
        dark: dark.matches,
      }, definition.marks ? curve.changes(definition.marks, "clock") : []);
    }
  }

  curve(definition) {
    return this.curves[definition.of].get(this.name);
  }

  qualityTitle() {
    const metric = this.metrics[this.model?.primary];
    return metric == null ? "Quality" : `Quality: ${metric.label}`;
  }

  lines(definition, curve) {
    return definition.lines
      .map((line, i) => ({ ...line, i, of: line.of == null ? curve : this.curves[line.of].get(this.name) }))
      .map(line => ({ ...line, y: line.of?.columns[line.value] ?? [] }))
      .filter(line => hasValue(line.y))
      .map(line => ({
        ...line,
        key: line.value,
        label: this.model?.[line.over] == null ? line.label : `${line.label}, last ${count(this.model[line.over])}`,
        color: color(line.shade ?? line.i),
        x: line.of.across("clock"),
        usual: line.of.usual(line.value, line.by ?? line.value),
      }))
      .map(line => line.sparse ? connected(line) : line);
  }
}

const hasValue = values => values.some(value => value != null);

const has = (definition, curve) => definition.lines.some(line => line.of == null && hasValue(curve.columns[line.value]));

function color(number) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--line-${number % COLORS + 1}`).trim();
}
