import { get } from "/ui/api.js";
import { create, fill, say } from "/ui/dom.js";
import { count, number } from "/ui/format.js";

const PERIOD_MILLIS = 5000;
const element = id => document.getElementById(id);

/** How well each class is predicted, of a model that has classes. */
export class Classes {
  /** @param query asks for the key, or is empty */
  constructor(name, query) {
    this.path = `/v2/models/${encodeURIComponent(name)}/classes${query}`;
    this.asked = -Infinity;
    this.forgotten = 0;
  }

  /** Asks the server again if the last time is some seconds ago. */
  async refresh() {
    if (performance.now() - this.asked < PERIOD_MILLIS) return;
    this.asked = performance.now();
    const forgotten = this.forgotten;
    try {
      const answer = await get(this.path);
      if (forgotten === this.forgotten) this.show(answer);
    } catch {
      // The figures stay; the state at the top says that the connection is lost.
    }
  }

  /** Ignores an answer that is still to come, because the model was deleted. */
  forget() {
    this.forgotten++;
    this.asked = -Infinity;
  }

  show({ total, classes }) {
    element("by-class").hidden = classes.length === 0;
    say(element("classes-note"), total > classes.length
      ? `Since the start; the ${count(classes.length)} most frequent of ${count(total)} classes.` : "Since the start.");
    fill(element("classes"), classes.map(each => create("tr", {},
      create("th", { scope: "row" }, each.class),
      create("td", { class: "number" }, count(each.weight)),
      create("td", { class: "number" }, number(each.precision)),
      create("td", { class: "number" }, number(each.recall)),
      create("td", { class: "number" }, number(each.f1)))));
  }
}
