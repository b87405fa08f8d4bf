import { Chart } from "/ui/chart.js";
import { CHARTS, LEARNED, SERVED } from "/ui/charts.js";
import { SharedCursor } from "/ui/cursor.js";
import { Curves } from "/ui/curves.js";

const element = id => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The charts of the models that are drawn, over an x-axis and with a smoothing that the reader chooses. */
export class OverviewCharts {
  /** @param selection the models that are drawn, and their colors */
  constructor(parent, selection) {
    this.selection = selection;
    this.curves = { learned: new Curves(LEARNED), served: new Curves(SERVED) };
    this.models = [];
    this.metrics = {};
    /** The visible ranges of the x-axes that are zoomed, by axis. */
    this.ranges = new Map();
    const cursor = new SharedCursor();
    this.charts = CHARTS.map(definition => ({
      definition,
      chart: new Chart(parent, definition, range => this.zoom(across(definition), range), cursor),
    }));
    const everything = () => {
      this.ranges.clear();
      this.draw();
    };
    document.querySelectorAll("input[name=across]").forEach(input => input.addEventListener("change", everything));
    ["logarithmic", "smoothing"].forEach(id => element(id).addEventListener("input", () => this.draw()));
    element("reset").addEventListener("click", everything);
    document.addEventListener("visibilitychange", () => this.draw());
    dark.addEventListener("change", () => {
      selection.recolor();
      this.draw();
    });
  }

  /** Adds the points of an event, and draws them. */
  add({ models, metrics, learned, served, reset }) {
    this.models = models;
    this.metrics = metrics;
    const names = models.map(model => model.name);
    this.curves.learned.add(learned, names, reset);
    this.curves.served.add(served, names, reset);
    this.draw();
  }

  get tooLong() {
    return this.curves.learned.tooLong || this.curves.served.tooLong;
  }

  zoom(axis, range) {
    if (range == null) this.ranges.delete(axis);
    else this.ranges.set(axis, range);
    this.draw();
  }

  draw() {
    const smoothing = Number(element("smoothing").value);
    element("smoothing-value").textContent = smoothing.toFixed(2);
    element("reset").hidden = this.ranges.size === 0;
    // Nobody sees a page in the background; it is drawn when it is shown.
    if (document.hidden) return;
    const drawn = this.models.filter(model => this.selection.has(model.name));
    for (const { definition, chart } of this.charts) {
      const axis = across(definition);
      if (definition.title === "Quality") chart.title = this.qualityTitle(drawn);
      chart.draw(drawn.flatMap(model => this.lines(definition, model, axis, drawn)), {
        across: axis,
        logarithmic: element("logarithmic").checked,
        smoothing,
        range: this.ranges.get(axis) ?? null,
        dark: dark.matches,
        named: drawn.length > 1,
        empty: this.models.length > 0 && drawn.length === 0 ? "no model is checked"
          : drawn.some(model => this.isMissing(definition.of, model)) ? "loading" : null,
      }, this.marks(definition, drawn, axis));
    }
  }

  /** Returns whether a model has a curve that the server has not sent yet. */
  isMissing(of, model) {
    return !this.curves[of].get(model.name) && (of === "learned" ? model.loss : model.version) != null;
  }

  lines(definition, model, axis, drawn) {
    const curve = this.curves[definition.of].get(model.name);
    if (!curve) return [];
    const scale = definition.scale ?? 1;
    const named = definition.title === "Quality" && this.qualities(drawn).size > 1 ? `${model.name} ${this.quality(model)}` : model.name;
    return definition.lines
      .filter(line => drawn.length === 1 || !line.alone)
      .map(line => ({ ...line, key: `${model.name}/${line.value}`, model: named, y: curve.columns[line.value] }))
      .filter(line => line.y.some(value => value != null))
      .map(line => ({
        ...line,
        color: this.selection.color(model.name, line.shade),
        x: curve.across(axis),
        usual: curve.usual(line.value, line.by ?? line.value),
        y: scale === 1 ? line.y : line.y.map(value => value == null ? null : value * scale),
      }));
  }

  /** Returns the positions at which the drawn models changed in what a chart marks, ascending. */
  marks({ of, marks }, drawn, axis) {
    return marks == null ? []
      : drawn.flatMap(model => this.curves[of].get(model.name)?.changes(marks, axis) ?? []).sort((a, b) => a - b);
  }

  quality(model) {
    return this.metrics[model.primary]?.label ?? "quality";
  }

  qualities(drawn) {
    return new Set(drawn.filter(model => model.primary).map(model => this.quality(model)));
  }

  qualityTitle(drawn) {
    const qualities = this.qualities(drawn);
    return qualities.size === 1 ? `Quality: ${[...qualities][0]}` : "Quality";
  }
}

/** Returns the x-axis of a chart. Serving goes on without new samples, so its charts always have times. */
function across(definition) {
  const chosen = document.querySelector("input[name=across]:checked").value;
  return definition.of === "served" && chosen === "samples" ? "clock" : chosen;
}
