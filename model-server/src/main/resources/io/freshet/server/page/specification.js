import { get } from "/ui/api.js";
import { create, fill, say } from "/ui/dom.js";
import { ABSENT, count, dateTime } from "/ui/format.js";

const NONE = "No snapshot has been published yet.";
const element = id => document.getElementById(id);

/** The effective specification of a model, and what changed last. */
export class Specification {
  constructor(name) {
    this.path = `/v2/models/${encodeURIComponent(name)}/specification`;
  }

  /** Asks the server again if the specification has another hash. */
  async refresh(hash) {
    if (hash === this.hash) return;
    this.hash = hash;
    try {
      this.show(await get(this.path));
      say(element("specification-error"), "");
    } catch (error) {
      this.hash = null;
      say(element("specification-error"), error.message);
    }
  }

  /** Shows that there is none. */
  clear() {
    this.hash = null;
    say(element("specification-note"), NONE);
    fill(element("difference-rows"), []);
    element("effective").hidden = true;
  }

  show({ hash, yaml, changed }) {
    const differences = changed?.differences ?? [];
    say(element("specification-note"), changed == null
      ? `${hash}, without a change since this server started.`
      : `${hash}, since ${dateTime(Date.parse(changed.at))}. It replaced ${changed.from}; ${count(differences.length)} `
        + `${differences.length === 1 ? "field differs" : "fields differ"}.`);
    fill(element("difference-rows"), differences.map(({ field, before, after }) => create("tr", {},
      create("th", { scope: "row" }, field), create("td", { class: "before" }, before ?? ABSENT), create("td", { class: "after" }, after ?? ABSENT))));
    element("specification").textContent = yaml;
    element("effective").hidden = false;
  }
}
