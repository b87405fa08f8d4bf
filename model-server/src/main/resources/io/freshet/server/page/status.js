import { Connection } from "/ui/connection.js";
import { create, say } from "/ui/dom.js";
import { count, duration, perSecond } from "/ui/format.js";
import { level, problems } from "/ui/health.js";

/** How the page names the levels of a state. */
const KINDS = { good: "good", warning: "warning", bad: "bad", quiet: "waiting" };
const element = id => document.getElementById(id);

/** The state of the model and its problems, at the top of its page. */
export class Status {
  constructor() {
    this.connection = new Connection();
  }

  /** @param model undefined if there is no such model, or no longer */
  show(model, now) {
    if (model == null) this.connection.received(now, "waiting", "unknown model");
    else this.connection.received(now, KINDS[level(model)] ?? "waiting", text(model, now));
    say(element("summary"), model == null ? "" : summary(model));
    this.list(model == null ? [] : problems(model));
  }

  lost() {
    this.connection.lost();
  }

  list(all) {
    const list = element("problems");
    const key = JSON.stringify(all);
    if (list.shown === key) return;
    list.shown = key;
    list.hidden = all.length === 0;
    list.replaceChildren(...all.map(problem => create("li", { class: problem.level }, problem.text)));
  }
}

function text(model, now) {
  let words = model.state;
  if (model.state === "catching up" && model.behind != null) words += `: ${count(model.behind)} behind`;
  return model.since == null ? words : `${words} for ${duration(Math.max(0, now - model.since) / 1000)}`;
}

function summary(model) {
  const parts = [];
  if (model.samples != null) parts.push(`${count(model.samples)} samples learned`);
  if (model.rate != null) parts.push(perSecond(model.rate));
  if (model.rejectedRate > 0) parts.push(`${perSecond(model.rejectedRate)} rejected`);
  if (model.keyed) parts.push(`${count(model.keys)} keys served`);
  if (model.age != null) parts.push(`age ${duration(model.age)}`);
  return parts.join(" · ");
}
