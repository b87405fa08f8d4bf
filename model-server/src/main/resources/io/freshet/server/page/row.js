import { create } from "/ui/dom.js";
import { ABSENT, count, dateTime, duration, number, perSecond } from "/ui/format.js";
import { problems, worst } from "/ui/health.js";

/** The first brief metrics that a model has are shown, at most this many. */
const QUALITIES = 3;
/** Problems of a model that are shown; its page has all. */
const PROBLEMS = 3;
const NUMBERS = ["samples", "rate", "loss", "window", "baseline", "version", "keys", "age"];
const COLUMNS = ["draw", "name", "state", "samples", "rate", "loss", "window", "baseline", "quality", "version", "keys", "age"];

/** The rows of one model: its figures, and its problems. They are updated in place, so that clicks and focus are not lost. */
export class ModelRow {
  /** @param selection the models whose curves are drawn, and their colors */
  constructor(name, selection) {
    this.name = name;
    this.selection = selection;
    this.cells = Object.fromEntries(COLUMNS.map(column => [column, create(column === "name" ? "th" : "td",
      { "data-column": column, "class": NUMBERS.includes(column) ? "number" : null, "scope": column === "name" ? "row" : null })]));
    this.box = create("input", { "type": "checkbox", "id": `draw-${name}`, "aria-label": `draw ${name}` });
    this.box.addEventListener("change", () => selection.toggle(name));
    this.cells.draw.append(this.box);
    this.cells.name.append(create("a", { id: `model-${name}`, href: `/models/${encodeURIComponent(name)}` }, name));
    this.problems = create("td", { colspan: COLUMNS.length - 1 });
    this.problemRow = create("tr", { class: "problems" }, create("td", { "data-column": "draw" }), this.problems);
    this.element = create("tbody", {}, create("tr", {}, ...COLUMNS.map(column => this.cells[column])), this.problemRow);
  }

  /**
   * @param metrics how metrics are shown, by name
   * @param now milliseconds since 1970, UTC
   */
  update(model, metrics, now) {
    const { cells } = this;
    this.mark();
    state(cells.state, model, now);
    show(cells.samples, [count(model.samples)]);
    show(cells.rate, [perSecond(model.rate), rejected(model)], model.rejectedRate > 0 ? "rejects" : "");
    show(cells.loss, [number(model.loss)], compared(model));
    show(cells.window, [number(model.window), model.servedLoss == null ? "" : [number(model.servedLoss), `served, last ${count(model.servedAnswers)}`]]);
    show(cells.baseline, [number(model.baselineLoss)]);
    show(cells.quality, Object.entries(metrics).filter(([name, metric]) => metric.brief && model[name] != null).slice(0, QUALITIES)
      .map(([name, metric]) => [number(model[name]), metric.label]));
    show(cells.version, [[count(model.version), model.pinned != null ? "pinned" : model.lane === "committed" ? "committed" : ""]],
      model.pinned == null ? "" : "pinned");
    show(cells.keys, keys(model));
    show(cells.age, [duration(model.age)]);
    this.list(problems(model));
  }

  /** Shows whether the curves are drawn, and their color. */
  mark() {
    const drawn = this.selection.has(this.name);
    if (this.box.checked !== drawn) this.box.checked = drawn;
    const color = drawn ? this.selection.color(this.name) : "";
    if (this.color === color) return;
    this.color = color;
    this.box.style.accentColor = color;
  }

  list(all) {
    const shown = all.slice(0, PROBLEMS);
    const more = all.length > shown.length ? [{ level: "quiet", text: `and ${all.length - shown.length} more` }] : [];
    const key = JSON.stringify([...shown, ...more]);
    if (this.listed === key) return;
    this.listed = key;
    this.problemRow.hidden = all.length === 0;
    this.problems.replaceChildren(...[...shown, ...more].map(problem => create("p", { class: problem.level }, problem.text)));
  }
}

/**
 * Shows values in a cell, each alone or with a label, if they are not shown already.
 *
 * @param kind a class that the cell has besides those of its column, or an empty text
 */
function show(cell, values, kind = "") {
  const pairs = values.filter(value => value !== "").map(value => Array.isArray(value) ? value : [value, ""]);
  const key = `${kind}|${pairs.flat().join("|")}`;
  if (cell.shown === key) return;
  cell.shown = key;
  const plain = cell.dataset.column === "quality" ? "" : "number";
  const absent = pairs.every(([value]) => value === ABSENT) ? "absent" : "";
  cell.className = [plain, absent, kind].filter(Boolean).join(" ");
  // The value of a cell changes every second, but its labels rarely do.
  const labels = pairs.map(([, label]) => label).join("|");
  if (cell.labels !== labels || cell.children.length !== pairs.length) {
    cell.labels = labels;
    cell.replaceChildren(...pairs.map(([value, label]) => label
      ? create("span", {}, ...labeled(value, label, cell)) : create("span", {}, create("b", {}, value))));
  } else {
    pairs.forEach(([value], i) => {
      const text = cell.children[i].querySelector("b");
      if (text.textContent !== value) text.textContent = value;
    });
  }
}

/** Returns a value with its label, which stands before a version. */
function labeled(value, label, cell) {
  const parts = [create("b", {}, value), " ", create("small", {}, label)];
  return cell.dataset.column === "version" ? parts.reverse() : parts;
}

function state(cell, model, now) {
  const kind = worst(model);
  let text = model.state;
  if (model.state === "catching up" && model.behind != null) text += `: ${count(model.behind)} behind`;
  const since = model.since == null ? "" : ` for ${duration(Math.max(0, now - model.since) / 1000)}`;
  const key = `${kind}|${text}|${since}`;
  if (cell.shown === key) return;
  cell.shown = key;
  cell.className = `state ${kind}`;
  cell.title = model.since == null ? "" : `since ${dateTime(model.since)}`;
  if (cell.children.length === 0) cell.append(create("b", {}), create("small", {}));
  cell.children[0].textContent = text;
  cell.children[1].textContent = since;
}

const rejected = model => model.rejectedRate > 0 ? [perSecond(model.rejectedRate), "rejected"] : "";

/** Returns whether a model is better than the best constant prediction. */
function compared(model) {
  if (model.loss == null || model.baselineLoss == null || model.samples === 0) return "";
  return model.loss < model.baselineLoss ? "better" : "worse";
}

/** Returns how many keys were learned, and how many are served if these are others. */
function keys(model) {
  if (!model.keyed) return [ABSENT];
  const learned = model.learnedKeys ?? model.keys;
  return [count(learned), learned === model.keys ? "" : [count(model.keys), "served"]];
}
