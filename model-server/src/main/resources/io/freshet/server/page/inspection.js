import { get, post } from "/ui/api.js";
import { create, fill, say } from "/ui/dom.js";
import { ABSENT, count, dateTime, number } from "/ui/format.js";

const PERIOD_MILLIS = 5000;
const element = id => document.getElementById(id);

/** What moved between the two newest versions of a model or key, and why records and snapshots were rejected. */
export class Inspection {
  /** @param query asks for the key, or is empty */
  constructor(name, query) {
    this.path = `/v2/models/${encodeURIComponent(name)}`;
    this.query = query;
    this.name = name;
    this.asked = { movers: -Infinity, deadLetters: -Infinity, rejections: -Infinity };
  }

  /** Asks the server again if the last time is some seconds ago. */
  refresh(withMovers) {
    if (withMovers) this.ask("movers", () => get(`${this.path}/movers${this.query}`), showMovers, "movers-error");
    this.ask("deadLetters", () => get(`${this.path}/dead-letters`), showDeadLetters, "dead-letters-error");
    this.ask("rejections", () => post("/v2/repository/index", {}), index => this.showRejected(index), "rejections-error");
  }

  async ask(what, request, show, errorId) {
    if (performance.now() - this.asked[what] < PERIOD_MILLIS) return;
    this.asked[what] = performance.now();
    try {
      show(await request());
      say(element(errorId), "");
    } catch (error) {
      say(element(errorId), error.message);
    }
  }

  showRejected(index) {
    const rejected = index.filter(each => each.name === this.name && each.state === "UNAVAILABLE" && each.reason !== "unloaded");
    say(element("rejected-snapshots"), `Snapshots that this server received and never served: ${rejected.length === 0 ? "none." : ""}`);
    element("rejections").hidden = rejected.length === 0;
    element("rejections").replaceChildren(...rejected
      .map(each => create("li", {}, each.version == null ? "" : `version ${count(each.version)}: `, each.reason)));
  }
}

function showMovers({ from, to, movers }) {
  say(element("movers-note"), from == null
    ? "The server has only one version of these parameters."
    : movers.length === 0 ? "Nothing changed between the two newest versions."
    : `From version ${count(from)} to ${count(to)}. The change is the Euclidean norm over the parameters that changed.`);
  fill(element("movers"), movers.map(mover => create("tr", {},
    create("th", { scope: "row" }, mover.name),
    create("td", { class: "number" }, mover.parameters === 1 ? number(mover.before) : ABSENT),
    create("td", { class: "number" }, mover.parameters === 1 ? number(mover.after) : `${count(mover.parameters)} parameters`),
    create("td", { class: "number" }, number(mover.change)))));
}

function showDeadLetters({ topic, records, reasons }) {
  say(element("dead-letters-topic"), topic);
  say(element("dead-letters-read"), count(records));
  element("dead-letters-none").hidden = reasons.length > 0;
  fill(element("dead-letters"), reasons.map(each => create("tr", {},
    create("td", { class: "number" }, count(each.count)),
    create("td", {}, `${each.stage}: ${each.reason}`),
    create("td", {}, dateTime(Date.parse(each.newest_at))))));
}
