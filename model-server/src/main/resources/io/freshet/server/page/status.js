import { create, say } from "/ui/dom.js";
import { count, dateTime, duration } from "/ui/format.js";
import { level, problems } from "/ui/health.js";

/** How the page names the levels of a state. */
const KINDS = { good: "good", warning: "warning", bad: "bad", quiet: "waiting" };
const element = id => document.getElementById(id);

/** The state of the model and its problems, at the top of its page. Without a connection, all figures turn grey. */
export class Status {
  show(model, now) {
    clearInterval(this.timer);
    this.timer = null;
    this.now = now;
    document.body.classList.remove("lost");
    if (model == null) {
      set("waiting", "unknown model");
      return;
    }
    set(KINDS[level(model)] ?? "waiting", text(model, now));
    say(element("summary"), summary(model));
    this.list(problems(model));
  }

  /** Shows since when the figures are old. */
  lost() {
    if (this.timer) return;
    const since = performance.now();
    const tell = () => set("bad", "connection lost" + (this.now == null ? ", reconnecting"
      : ` ${duration((performance.now() - since) / 1000)} ago, reconnecting; figures are from ${dateTime(this.now)}`));
    document.body.classList.add("lost");
    tell();
    this.timer = setInterval(tell, 1000);
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
  if (model.rate != null) parts.push(`${count(model.rate)}/s`);
  if (model.rejectedRate > 0) parts.push(`${count(Math.max(1, model.rejectedRate))}/s rejected`);
  if (model.keyed) parts.push(`${count(model.keys)} keys served`);
  if (model.age != null) parts.push(`age ${duration(model.age)}`);
  return parts.join(" · ");
}

function set(kind, words) {
  element("state").dataset.state = kind;
  say(element("state"), words);
}
