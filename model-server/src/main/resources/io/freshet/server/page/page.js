import { Chart } from "/ui/chart.js";
import { CHARTS, LEARNED, SERVED } from "/ui/charts.js";
import { Connection } from "/ui/connection.js";
import { SharedCursor } from "/ui/cursor.js";
import { Curves } from "/ui/curves.js";
import { count } from "/ui/format.js";
import { severity } from "/ui/health.js";
import { Selection } from "/ui/selection.js";
import { offerSignOut } from "/ui/session.js";
import { listen } from "/ui/stream.js";
import { ModelsTable } from "/ui/table.js";

const element = id => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const curves = { learned: new Curves(LEARNED), served: new Curves(SERVED) };
const selection = new Selection(() => {
  draw();
  follow();
});
const table = new ModelsTable(element("models"), selection);
const connection = new Connection();
const cursor = new SharedCursor();
/** A longer query would exceed what servers accept. The server then sends all curves. */
const LONGEST_QUERY = 4000;
/** The visible ranges of the x-axes that are zoomed, by axis. */
const ranges = new Map();
const charts = CHARTS.map(definition => ({
  definition,
  chart: new Chart(element("charts"), definition, range => zoom(across(definition), range), cursor),
}));
let models = [];
/** How metrics are shown, by their name in a model. */
let metrics = {};
let close = null;
/** The models whose curves the server sends. */
let followed = new Set();

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

/** Returns the lines of a model in a chart, which name it by a name that may have a suffix. */
function lines(definition, model, name, axis, alone) {
  const curve = curves[definition.of].get(model.name);
  if (!curve) return [];
  const scale = definition.scale ?? 1;
  return definition.lines
    .filter(line => alone || !line.alone)
    .map(line => ({ ...line, key: `${model.name}/${line.value}`, model: name, y: curve.columns[line.value] }))
    .filter(line => line.y.some(value => value != null))
    .map(line => ({
      ...line,
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
  table.mark();
  // Nobody sees a page in the background; it is drawn when it is shown.
  if (document.hidden) return;
  const quality = model => metrics[model.primary]?.label ?? "quality";
  const qualities = new Set(drawn.filter(model => model.primary).map(quality));
  for (const { definition, chart } of charts) {
    const axis = across(definition);
    const isQuality = definition.title === "Quality";
    if (isQuality) chart.title = qualities.size === 1 ? `Quality: ${[...qualities][0]}` : "Quality";
    const name = model => isQuality && qualities.size > 1 ? `${model.name} ${quality(model)}` : model.name;
    const marks = definition.marks
      ? drawn.flatMap(model => curves[definition.of].get(model.name)?.changes(definition.marks, axis) ?? []).sort((a, b) => a - b) : [];
    chart.draw(drawn.flatMap(model => lines(definition, model, name(model), axis, drawn.length === 1)), {
      across: axis,
      logarithmic: element("logarithmic").checked,
      smoothing,
      range: ranges.get(axis) ?? null,
      dark: dark.matches,
      empty: models.length > 0 && drawn.length === 0 ? "no model is checked" : null,
    }, marks);
  }
}

function receive(event) {
  connection.received(event.at);
  if (event.flink) {
    element("flink").href = event.flink;
    element("flink").hidden = false;
  }
  element("notice").hidden = event.notice == null;
  say("notice", event.notice ?? "");
  models = event.models;
  metrics = event.metrics;
  const names = models.map(model => model.name);
  selection.retain(new Set(names));
  // Models with curves first: there is nothing to see of others.
  selection.offer(table.order.sort(models).sort((a, b) => Number(a.loss == null) - Number(b.loss == null)).map(model => model.name));
  table.update(models, metrics, event.at);
  summarize();
  curves.learned.add(event.learned, names, event.reset);
  curves.served.add(event.served, names, event.reset);
  draw();
  if (curves.learned.tooLong || curves.served.tooLong) connect();
  else follow();
}

/** Shows how many models there are, and how many of them are not well. */
function summarize() {
  const [, warnings, bad] = [0, 1, 2].map(rank => models.filter(model => severity(model) === rank).length);
  const parts = [`${count(models.length)} ${models.length === 1 ? "model" : "models"}`];
  if (bad > 0) parts.push(`${count(bad)} bad`);
  if (warnings > 0) parts.push(`${count(warnings)} with warnings`);
  if (models.length > 0 && bad + warnings === 0) parts.push("no problems");
  say("summary", models.length === 0 ? "" : parts.join(", "));
  element("summary").dataset.level = bad > 0 ? "bad" : warnings > 0 ? "warning" : "good";
  element("empty").hidden = models.length > 0;
  search();
}

/** Shows the models that match the filter. */
function search() {
  const shown = table.filter(element("filter").value);
  say("matches", element("filter").value.trim() === "" ? "" : `${count(shown)} of ${count(models.length)}`);
}

/** Sets the text of an element. Screen readers announce only changes, not every second. */
function say(id, text) {
  if (element(id).textContent !== text) element(id).textContent = text;
}

/** Opens a new connection, whose first event contains the whole curves of the models that are drawn. */
function connect() {
  close?.();
  followed = new Set(selection.drawn);
  const names = followed.size === 0 ? [""] : [...followed];
  const query = `?${names.map(name => `curves=${encodeURIComponent(name)}`).join("&")}`;
  close = listen(receive, () => connection.lost(), query.length <= LONGEST_QUERY ? query : "");
}

/** Connects again if the server does not send the curves of a model that is drawn. */
function follow() {
  if (selection.drawn.some(name => !followed.has(name))) connect();
}

document.querySelectorAll("input[name=across]").forEach(input => input.addEventListener("change", showEverything));
["logarithmic", "smoothing"].forEach(id => element(id).addEventListener("input", draw));
element("reset").addEventListener("click", showEverything);
element("filter").addEventListener("input", search);
element("filter").addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  element("filter").value = "";
  search();
});
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox], [type=radio])")) return;
  event.preventDefault();
  element("filter").focus();
});
document.addEventListener("visibilitychange", draw);
dark.addEventListener("change", () => {
  selection.recolor();
  draw();
});
connect();
offerSignOut();
