import { ABSENT, count, dateTime, duration, number } from "/ui/format.js";

/** The first brief metrics that a model has are shown, at most this many. */
const QUALITY_CELLS = 3;
/** The colors of states, as classes; others have none. */
export const STATES = { "learning": "good", "catching up": "warning", "held": "warning", "failed": "bad", "trainer gone": "bad", "broker gone": "bad" };

/** The table of models: a row for each, and rows for its failure and its last event. */
export class ModelsTable {
  /**
   * @param body the element for the rows
   * @param selection the names of the models whose curves are drawn, and their colors
   */
  constructor(body, selection) {
    this.body = body;
    this.selection = selection;
  }

  /** Replaces the rows, except during a click on one of them; the focused link or checkbox stays focused. */
  update(models, metrics, now) {
    if (this.body.matches(":active")) return;
    const focused = this.body.contains(document.activeElement) ? document.activeElement.id : null;
    this.body.replaceChildren(...models.flatMap(model => this.rows(model, metrics, now)));
    if (focused) document.getElementById(focused)?.focus();
  }

  rows(model, metrics, now) {
    const all = [this.row(model, metrics, now)];
    if (model.failure != null) all.push(note("failure", `failed: ${model.failure}`));
    if (model.event != null) all.push(note("event", model.event));
    return all;
  }

  row(model, metrics, now) {
    const tr = document.createElement("tr");
    const compared = model.loss == null || model.baselineLoss == null || model.samples === 0
      ? undefined : model.loss < model.baselineLoss ? "better" : "worse";
    tr.append(
      this.choice(model),
      name(model),
      state(model, now),
      cell(count(model.samples)),
      cell(model.rate == null ? ABSENT : `${count(model.rate)}/s`),
      cell(number(model.loss), compared),
      cell(number(model.window)),
      cell(number(model.baselineLoss)),
      ...quality(model, metrics),
      version(model),
      cell(model.keyed ? count(model.keys) : ABSENT),
      cell(duration(model.age)));
    return tr;
  }

  /** Returns a cell with a checkbox in the model's color, which draws its curves. */
  choice(model) {
    const td = document.createElement("td");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.id = `draw-${model.name}`;
    box.checked = this.selection.has(model.name);
    box.setAttribute("aria-label", `draw ${model.name}`);
    box.style.accentColor = this.selection.color(model.name);
    box.addEventListener("change", () => this.selection.toggle(model.name));
    td.append(box);
    return td;
  }
}

function cell(text, kind) {
  const td = document.createElement("td");
  td.className = `number ${text === ABSENT ? "absent" : kind ?? ""}`;
  td.textContent = text;
  return td;
}

/** Returns a cell with a value and a small label. */
function labeled(value, label) {
  const td = cell(value);
  const small = document.createElement("small");
  small.textContent = label;
  td.append(" ", small);
  return td;
}

/** Returns a cell with a link to the model's page. */
function name(model) {
  const th = document.createElement("th");
  th.scope = "row";
  const link = document.createElement("a");
  link.id = `model-${model.name}`;
  link.href = `/models/${encodeURIComponent(model.name)}`;
  link.textContent = model.name;
  th.append(link);
  return th;
}

/** Returns a cell with what the trainer does with the model, and since when. */
function state(model, now) {
  const td = document.createElement("td");
  td.className = `state ${STATES[model.state] ?? ""}`;
  td.textContent = model.state;
  if (model.state === "catching up" && model.behind != null) td.textContent += `: ${count(model.behind)} behind`;
  if (model.since != null) {
    td.textContent += ` for ${duration(Math.max(0, now - model.since) / 1000)}`;
    td.title = `since ${dateTime(model.since)}`;
  }
  return td;
}

function quality(model, metrics) {
  const shown = Object.entries(metrics).filter(([name, metric]) => metric.brief && model[name] != null).slice(0, QUALITY_CELLS);
  const cells = shown.map(([name, metric]) => labeled(number(model[name]), metric.label));
  while (cells.length < QUALITY_CELLS) cells.push(cell(ABSENT));
  return cells;
}

/** Returns a cell with the served version, and the lane if it is committed. */
function version(model) {
  return model.lane === "committed" ? labeled(count(model.version), "committed") : cell(count(model.version));
}

/** Returns a full-width row with a text about a model. */
function note(kind, text) {
  const tr = document.createElement("tr");
  tr.className = kind;
  const td = document.createElement("td");
  td.colSpan = 14;
  td.textContent = text;
  tr.append(td);
  return tr;
}
