import { Chart, count, loss } from "/ui/chart.js";

const MAXIMUM_CHARTS = 24;
const charts = new Map();
const element = id => document.getElementById(id);
const axes = { across: "samples", logarithmic: false };

const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** The first metrics that a model has are shown, at most this many. */
const QUALITY_CELLS = 3;
/** Labels of the quality metrics, by their name in an event. */
const QUALITY = {
  iou: "IoU", accuracy: "accuracy", auc: "AUC", mae: "MAE", rmse: "RMSE", r2: "R²", logLoss: "log loss", calibration: "calibration",
};

function age(seconds) {
  if (seconds == null) return "–";
  if (seconds < 100) return `${tenths.format(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${count(seconds / 86400)} d`;
}

function cell(text, kind) {
  const td = document.createElement("td");
  td.className = `number ${text === "–" ? "absent" : kind ?? ""}`;
  td.textContent = text;
  return td;
}

/** The colors of states, as classes; others have none. */
const STATES = { "learning": "good", "catching up": "warning", "held": "warning", "failed": "bad", "trainer gone": "bad", "broker gone": "bad" };

/** Returns a cell with the samples learned per second, and the state of the model. */
function pace(model, now) {
  const td = cell(model.rate == null ? "–" : `${count(model.rate)}/s`);
  const label = document.createElement("small");
  label.textContent = model.state;
  if (model.state === "catching up" && model.behind != null) label.textContent += `: ${count(model.behind)} behind`;
  if (model.since != null) label.textContent += ` for ${age(Math.max(0, now - model.since) / 1000)}`;
  label.className = STATES[model.state] ?? "";
  td.append(" ", label);
  return td;
}

/** Returns cells with one metric each: its value and name. */
function quality(model) {
  const shown = Object.keys(QUALITY).filter(name => model[name] != null).slice(0, QUALITY_CELLS);
  const cells = shown.map(name => {
    const td = cell(loss(model[name]));
    const label = document.createElement("small");
    label.textContent = QUALITY[name];
    td.append(" ", label);
    return td;
  });
  while (cells.length < QUALITY_CELLS) cells.push(cell("–"));
  return cells;
}

/** Returns a cell with the served version, and the lane if it is committed. */
function version(model) {
  const td = cell(count(model.version));
  if (model.lane === "committed") {
    const label = document.createElement("small");
    label.textContent = "committed";
    td.append(" ", label);
  }
  return td;
}

/** Returns a full-width row with a text about a model. */
function note(kind, text) {
  const tr = document.createElement("tr");
  tr.className = kind;
  const td = document.createElement("td");
  td.colSpan = 12;
  td.textContent = text;
  tr.append(td);
  return tr;
}

/** Returns the row of a model, and rows for its failure and its last event, if any. */
function rows(model, now) {
  const all = [row(model, now)];
  if (model.failure != null) all.push(note("failure", `failed: ${model.failure}`));
  if (model.event != null) all.push(note("event", model.event));
  return all;
}

function row(model, now) {
  const tr = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  if (model.version == null) {
    name.textContent = model.name;
  } else {
    const link = document.createElement("a");
    link.href = `/v2/models/${encodeURIComponent(model.name)}`;
    link.textContent = model.name;
    name.append(link);
  }
  const compared = model.loss == null || model.baseline == null || model.samples === 0
    ? undefined : model.loss < model.baseline ? "better" : "worse";
  tr.append(
    name,
    cell(count(model.samples)),
    pace(model, now),
    cell(loss(model.loss), compared),
    cell(loss(model.window)),
    cell(loss(model.baseline)),
    ...quality(model),
    version(model),
    cell(model.keyed ? count(model.keys) : "–"),
    cell(age(model.age)));
  return tr;
}

/** Replaces the rows; the focused link stays focused. */
function table(models, now) {
  const focused = document.activeElement?.closest?.("#models a")?.textContent;
  element("models").replaceChildren(...models.flatMap(model => rows(model, now)));
  element("empty").hidden = models.length > 0;
  if (focused) {
    [...document.querySelectorAll("#models a")].find(link => link.textContent === focused)?.focus();
  }
}

function curves(event) {
  for (const [name, chart] of charts) {
    if (!event.models.some(model => model.name === name)) {
      chart.remove();
      charts.delete(name);
    } else if (event.reset) {
      chart.clear();
    }
  }
  for (const [name, points] of Object.entries(event.points)) {
    if (!charts.has(name) && charts.size < MAXIMUM_CHARTS) {
      const chart = new Chart(element("curves"), name);
      charts.set(name, chart);
      chart.draw(axes);
    }
    charts.get(name)?.add(points);
  }
}

function redraw() {
  axes.across = document.querySelector("input[name=across]:checked").value;
  axes.logarithmic = element("logarithmic").checked;
  charts.forEach(chart => chart.draw(axes));
}

function state(kind, text) {
  element("state").dataset.state = kind;
  // Screen readers announce only changes, not every second.
  if (element("state").textContent !== text) element("state").textContent = text;
}

document.querySelectorAll(".choice input").forEach(input => input.addEventListener("change", redraw));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

function listen() {
  const source = new EventSource("/ui/stream");
  source.addEventListener("tick", message => {
    const event = JSON.parse(message.data);
    state("connected", "connected");
    if (event.flink) {
      element("flink").href = event.flink;
      element("flink").hidden = false;
    }
    table(event.models, event.at);
    curves(event);
  });
  source.addEventListener("error", () => {
    state("lost", "connection lost, reconnecting");
    // The browser reconnects automatically, unless the server responded with an error.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
}

listen();
