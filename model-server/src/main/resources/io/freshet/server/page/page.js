import { Chart } from "/ui/chart.js";
import { Curve } from "/ui/curve.js";
import { Selection } from "/ui/selection.js";
import { listen } from "/ui/stream.js";
import { ModelsTable } from "/ui/table.js";

/** The values of a point, in the order in which the server sends them. */
const POINT = ["samples", "at", "window", "loss", "baseline"];
/** A page with more points reads the server's, which are fewer but cover the same time. */
const MAXIMUM_POINTS = 4000;

const element = id => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const curves = new Map();
const selection = new Selection(draw);
const table = new ModelsTable(element("models"), selection);
const loss = new Chart(element("charts"), "Loss", zoom);
let range = null;
let close = null;

function zoom(to) {
  range = to;
  element("reset").hidden = to == null;
  draw();
}

function lines(name, across) {
  const curve = curves.get(name);
  const line = { color: selection.color(name), x: curve.across(across) };
  return [
    { ...line, key: `${name}/window`, label: `${name} last window`, y: curve.columns.window, faint: true, noisy: true },
    { ...line, key: `${name}/loss`, label: `${name} since start`, y: curve.columns.loss, width: 2.25 },
    { ...line, key: `${name}/baseline`, label: `${name} baseline`, y: curve.columns.baseline, dash: [6, 4] },
  ];
}

function draw() {
  const axes = {
    across: document.querySelector("input[name=across]:checked").value,
    logarithmic: element("logarithmic").checked,
    smoothing: Number(element("smoothing").value),
    range,
    dark: dark.matches,
  };
  element("smoothing-value").textContent = axes.smoothing.toFixed(2);
  loss.draw([...curves.keys()].filter(name => selection.has(name)).flatMap(name => lines(name, axes.across)), axes);
}

function collect(event) {
  for (const [name, curve] of curves) {
    if (!event.models.some(model => model.name === name)) curves.delete(name);
    else if (event.reset) curve.clear();
  }
  for (const [name, points] of Object.entries(event.points)) {
    if (!curves.has(name)) curves.set(name, new Curve(POINT));
    const curve = curves.get(name);
    // A lower sample count means a new incarnation.
    if (points[0][0] < curve.columns.samples.at(-1)) curve.clear();
    curve.add(points);
  }
}

function receive(event) {
  state("connected", "connected");
  if (event.flink) {
    element("flink").href = event.flink;
    element("flink").hidden = false;
  }
  selection.offer(event.models.map(model => model.name));
  table.update(event.models, event.at);
  element("empty").hidden = event.models.length > 0;
  collect(event);
  draw();
  if ([...curves.values()].some(curve => curve.length > MAXIMUM_POINTS)) connect();
}

function state(kind, text) {
  element("state").dataset.state = kind;
  // Screen readers announce only changes, not every second.
  if (element("state").textContent !== text) element("state").textContent = text;
}

/** Opens a new connection, whose first event contains the whole curves. */
function connect() {
  close?.();
  close = listen(receive, () => state("lost", "connection lost, reconnecting"));
}

document.querySelectorAll("input[name=across]").forEach(input => input.addEventListener("change", () => zoom(null)));
["logarithmic", "smoothing"].forEach(id => element(id).addEventListener("input", draw));
element("reset").addEventListener("click", () => zoom(null));
dark.addEventListener("change", draw);
connect();
