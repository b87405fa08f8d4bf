import { get, post } from "/ui/api.js";
import { create } from "/ui/dom.js";
import { count, dateTime, duration } from "/ui/format.js";
import { Labels } from "/ui/labels.js";

const element = id => document.getElementById(id);

/** The versions of a model or key, with buttons that pin them, their labels, and the snapshots that were rejected. */
export class Versions {
  /**
   * @param key of a model with keys, or null
   * @param query asks for the key, or is empty
   */
  constructor(name, key, query) {
    this.name = name;
    this.key = key;
    this.path = `/v2/models/${encodeURIComponent(name)}/versions${query}`;
    this.labels = new Labels(name, key, query, action => this.change(action));
    element("follow").addEventListener("click", () => this.load({}));
    element("rollback").addEventListener("click", () => this.load({ version: this.previous }));
  }

  /** Leaves the rows alone while the pointer or the focus is on one of their buttons. */
  async refreshUnlessUsed() {
    const used = () => element("version-rows").matches(":hover, :focus-within");
    if (used()) return;
    const fetched = await this.fetch();
    if (!used()) this.show(fetched);
  }

  async refresh() {
    this.show(await this.fetch());
  }

  fetch() {
    return Promise.all([get(this.path), post("/v2/repository/index", {})]);
  }

  show([{ versions, labels }, index]) {
    this.labels.show(labels ?? {}, versions.map(each => each.version));
    element("version-rows").replaceChildren(...versions.map(version => this.row(version)));
    const serving = versions.findIndex(version => version.state !== "kept");
    this.previous = versions[serving + 1]?.version;
    element("rollback").disabled = this.previous == null;
    element("rollback").textContent = this.previous == null ? "Roll back" : `Roll back to ${count(this.previous)}`;
    element("follow").disabled = versions[serving]?.state !== "pinned";
    const rejected = index.filter(each => each.name === this.name && each.state === "UNAVAILABLE");
    element("rejections").replaceChildren(...rejected.length === 0 ? [create("li", {}, "none")]
      : rejected.map(each => create("li", {}, each.version == null ? "" : `version ${count(each.version)}: `, each.reason)));
  }

  row({ version, state, labels, published_at, age_seconds }) {
    const pin = create("button", { type: "button", "aria-label": `Pin version ${version}`, disabled: state === "pinned" }, "Pin");
    pin.addEventListener("click", () => this.load({ version }));
    // A version is pinned if it is labeled stable.
    const named = (labels ?? []).filter(label => state !== "pinned" || label !== "stable");
    return create("tr", { class: state },
      create("th", { scope: "row", class: "number" }, count(version)),
      create("td", {}, [state, ...named].join(", ")),
      create("td", {}, dateTime(Date.parse(published_at))),
      create("td", { class: "number" }, duration(age_seconds)),
      create("td", {}, pin));
  }

  /** Pins a version, or follows the newest if the parameters name none. */
  load(parameters) {
    const path = `/v2/repository/models/${encodeURIComponent(this.name)}/load`;
    return this.change(() => post(path, { parameters: this.key == null ? parameters : { ...parameters, key: this.key } }));
  }

  /** Runs an action, and shows the versions after it. */
  async change(action) {
    element("versions-error").textContent = "";
    try {
      await action();
      await this.refresh();
    } catch (error) {
      element("versions-error").textContent = error.message;
    }
  }
}
