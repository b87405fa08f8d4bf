import { Chart } from "/ui/chart.js";
import { CHARTS, LEARNED, SERVED } from "/ui/charts.js";
import { Curves } from "/ui/curves.js";
import { Selection } from "/ui/selection.js";
import { offerSignOut } from "/ui/session.js";
import { listen } from "/ui/stream.js";
import { ModelsTable } from "/ui/table.js";

const element = id => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const curves = { learned: new Curves(LEARNED), served: new Curves(SERVED) };
const selection = new Selection(draw);
const table = new ModelsTable(element("models"), selection);
/** The visible ranges of the x-axes that are zoomed, by axis. */
const ranges = new Map();
const charts = CHARTS.map(definition => ({
  definition,
  chart: new Chart(element("charts"), definition, range => zoom(across(definition), range)),
}));
let models = [];
/** How metrics are shown, by their name in a model. */
let metrics = {};
let close = null;

/** Returns the x-axis of a chart. Serving goes on without new samples, so its charts always have times. */
function across(definition) {
  const chosen = document.querySelector("input[name=across]:checked").value;
  return definition.of === "served" && chosen === "samples" ? "clock" : chosen;
}

function zoom(axis, range) {
  if (range == null) ranges.delete(axis);
  else ranges.set(axis, range);
  draw();
}

function showEverything() {
  ranges.clear();
  draw();
}

function lines(definition, model, axis) {
  const curve = curves[definition.of].get(model.name);
  if (!curve) return [];
  const scale = definition.scale ?? 1;
  return definition.lines
    .map(line => ({ ...line, key: `${model.name}/${line.value}`, y: curve.columns[line.value] }))
    .filter(line => line.y.some(value => value != null))
    .map(line => ({
      ...line,
      label: `${model.name} ${line.value.toLowerCase().endsWith("quality") ? `${metrics[model.primary]?.label ?? "quality"} ` : ""}${line.label}`,
      color: selection.color(model.name, line.shade),
      x: curve.across(axis),
      y: scale === 1 ? line.y : line.y.map(value => value == null ? null : value * scale),
    }));
}

function draw() {
  const drawn = models.filter(model => selection.has(model.name));
  const smoothing = Number(element("smoothing").value);
  element("smoothing-value").textContent = smoothing.toFixed(2);
  element("reset").hidden = ranges.size === 0;
  for (const { definition, chart } of charts) {
    const axis = across(definition);
    const marks = definition.marks
      ? drawn.flatMap(model => curves[definition.of].get(model.name)?.changes(definition.marks, axis) ?? []) : [];
    chart.draw(drawn.flatMap(model => lines(definition, model, axis)), {
      across: axis,
      logarithmic: element("logarithmic").checked,
      smoothing,
      range: ranges.get(axis) ?? null,
      dark: dark.matches,
    }, marks);
  }
}

function receive(event) {
  state("good", "connected");
  if (event.flink) {
    element("flink").href = event.flink;
    element("flink").hidden = false;
  }
  element("notice").hidden = event.notice == null;
  say("notice", event.notice ?? "");
  models = event.models;
  metrics = event.metrics;
  const names = models.map(model => model.name);
  selection.offer(names);
  table.update(models, metrics, event.at);
  element("empty").hidden = models.length > 0;
  curves.learned.add(event.learned, names, event.reset);
  curves.served.add(event.served, names, event.reset);
  draw();
  if (curves.learned.tooLong || curves.served.tooLong) connect();
}

function state(kind, text) {
  element("state").dataset.state = kind;
  say("state", text);
}

/** Sets the text of an element. Screen readers announce only changes, not every second. */
function say(id, text) {
  if (element(id).textContent !== text) element(id).textContent = text;
}

/** Opens a new connection, whose first event contains the whole curves. */
function connect() {
  close?.();
  close = listen(receive, () => state("bad", "connection lost, reconnecting"));
}

document.querySelectorAll("input[name=across]").forEach(input => input.addEventListener("change", showEverything));
["logarithmic", "smoothing"].forEach(id => element(id).addEventListener("input", draw));
element("reset").addEventListener("click", showEverything);
dark.addEventListener("change", draw);
connect();
offerSignOut();
