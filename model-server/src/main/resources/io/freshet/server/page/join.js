import { get } from "/ui/api.js";
import { create, fill, say } from "/ui/dom.js";
import { count, dateTime, duration, number } from "/ui/format.js";
import { delayRows, delayText } from "/ui/delays.js";

const PERIOD_MILLIS = 5000;
const element = id => document.getElementById(id);
/** The counts of a join, with their names and meanings. */
export const COUNTS = [
  ["requests", "Requests", "received"],
  ["outcomes", "Outcomes", "received"],
  ["open", "Open", "requests whose outcomes still count"],
  ["joined", "Joined", "closed requests with an outcome"],
  ["expired", "Expired", "closed requests without an outcome"],
  ["samples", "Samples", "emitted, without corrections"],
  ["corrections", "Corrections", "labels that changed after they were emitted"],
  ["late", "Late", "outcomes that were too late to be learned"],
  ["late_requests", "Late requests", "requests that were too late to be learned"],
  ["waiting", "Waiting", "outcomes whose request has not arrived yet"],
  ["orphans", "Orphans", "outcomes whose request never arrived"],
  ["outside", "Outside", "outcomes before their request, or after its attribution"],
  ["doubled", "Doubled", "requests and outcomes received again, which are ignored"],
  ["contradictions", "Contradictions", "outcomes with another value than an earlier one"],
  ["unscored", "Not scored", "closed requests without a prediction"],
  ["rejected", "Dead letters", "records that the join rejected"],
  ["forgotten", "Forgotten", "open requests before labels, loss, or fields changed"],
];
const DIMENSIONS = { "": "All answers", "age": "Age of the parameters that answered", "label": "Label of the version" };

/** What the join of a model has counted, and how good its answers were. */
export class Join {
  constructor(name) {
    this.path = `/v2/models/${encodeURIComponent(name)}/join`;
    this.asked = -Infinity;
    this.forgotten = 0;
  }

  /**
   * Asks the server again if the last time is some seconds ago.
   *
   * @param metrics how metrics are shown, by name
   * @param now milliseconds since 1970, UTC
   */
  async refresh(metrics, now) {
    if (performance.now() - this.asked < PERIOD_MILLIS) return;
    this.asked = performance.now();
    const forgotten = this.forgotten;
    try {
      const answer = await get(this.path);
      if (forgotten === this.forgotten) this.show(answer, metrics, now);
    } catch {
      // The figures stay; the state at the top says that the connection is lost.
    }
  }

  /** Ignores an answer that is still to come, because the model was deleted. */
  forget() {
    this.forgotten++;
    this.asked = -Infinity;
  }

  show(join, metrics, now) {
    element("join").hidden = join.counts == null;
    element("served-scores").hidden = join.counts == null || join.scores.length === 0;
    if (join.counts == null) return;
    say(element("join-note"), `Since the join started. ${reached(join.watermark, now)}`);
    fill(element("join-counts"), COUNTS.map(([name, label, meaning]) => create("tr", { id: `join-${name}` },
      create("th", { scope: "row" }, label),
      create("td", { class: "number" }, count(join.counts[name])),
      create("td", { class: "meaning" }, meaning))));
    say(element("delays-note"), delayText(join.delays));
    fill(element("delays"), delayRows(join.delays));
    const quality = qualityOf(join.scores, metrics);
    element("served-quality").hidden = quality == null;
    say(element("served-quality"), quality?.label ?? "");
    fill(element("served-rows"), scoreRows(join.scores, quality));
  }
}

function reached(watermark, now) {
  if (watermark == null) return "No record has arrived yet.";
  const at = Date.parse(watermark);
  return `Event time has reached ${dateTime(at)}, ${duration(Math.max(0, now - at) / 1000)} ago.`;
}

/** Returns the first brief metric that the scores have, or undefined. The names of the protocol are auc for AUC, log_loss for logLoss. */
function qualityOf(scores, metrics) {
  return Object.entries(metrics).filter(([, metric]) => metric.brief)
    .map(([name, { label }]) => ({ name: name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), label }))
    .find(({ name }) => scores.some(score => score.total?.[name] != null));
}

/** Returns the name of a dimension, whatever a field is called. */
const titleOf = dimension => Object.hasOwn(DIMENSIONS, dimension) ? DIMENSIONS[dimension] : dimension;

/** Returns the rows of the scores, in their order, with one for each dimension before its values. */
function scoreRows(scores, quality) {
  const rows = [];
  let dimension = "";
  for (const score of scores) {
    if (score.dimension !== dimension) {
      dimension = score.dimension;
      rows.push(create("tr", { class: "dimension" }, create("th", { colspan: 6, scope: "colgroup" }, titleOf(dimension))));
    }
    rows.push(create("tr", {},
      create("th", { scope: "row" }, dimension === "" ? DIMENSIONS[""] : score.value === "" ? "(none)" : score.value),
      create("td", { class: "number" }, count(score.total?.samples)),
      create("td", { class: "number" }, number(score.total?.loss)),
      create("td", { class: "number" }, number(score.total?.expected_loss)),
      create("td", { class: "number" }, number(score.window?.loss), ...score.window?.loss == null ? []
        : [" ", create("small", {}, `last ${count(score.window.samples)}`)]),
      ...quality == null ? [] : [create("td", { class: "number" }, number(score.total?.[quality.name]))]));
  }
  return rows;
}
