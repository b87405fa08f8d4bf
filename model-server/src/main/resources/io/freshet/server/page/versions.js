import { get, post } from "/ui/api.js";
import { create, say } from "/ui/dom.js";
import { count } from "/ui/format.js";
import { Labels } from "/ui/labels.js";
import { Rollback } from "/ui/rollback.js";
import { identity, VersionRow } from "/ui/version-row.js";

const element = id => document.getElementById(id);

/**
 * The versions of a model or key, with buttons that pin them, and their labels.
 *
 * The served version is on top. The rows below it do not move by themselves: newer versions wait behind a button. Those that
 * the server no longer keeps leave when neither the pointer nor the focus is on the table.
 */
export class Versions {
  /**
   * @param key of a model with keys, or null
   * @param query asks for the key, or is empty
   */
  constructor(name, key, query) {
    this.name = name;
    this.key = key;
    this.path = `/v2/models/${encodeURIComponent(name)}/versions${query}`;
    this.repository = `/v2/repository/models/${encodeURIComponent(name)}`;
    this.labels = new Labels(name, key, query, action => this.change(action));
    this.backwards = new Rollback(version => this.pin(version));
    this.serving = new VersionRow(version => this.pin(version));
    /** The rows below the served version, by their identity. */
    this.rows = new Map();
    this.now = Date.now();
    element("serving-row").append(this.serving.element);
    element("follow").addEventListener("click", () => this.follow());
    element("rollback").addEventListener("click", () => this.pin(this.previous));
    element("show-newer").addEventListener("click", () => this.showAll());
    element("apply-hint").textContent = `freshet apply -f SPECIFICATION.yaml --from ${name}@VERSION`;
  }

  /** Updates how long ago the versions were published. @param now milliseconds since 1970, UTC */
  tick(now) {
    this.now = now;
    for (const row of [this.serving, ...this.rows.values()]) row.tick(now);
  }

  async refresh() {
    this.show(await get(this.path));
  }

  show({ versions, labels, rollback }) {
    this.labels.show(labels ?? {}, versions);
    this.backwards.show(rollback, versions, this.now);
    const serving = Math.max(0, versions.findIndex(version => version.state !== "kept"));
    this.serving.show(versions[serving], this.now);
    this.listed = versions.filter((_, i) => i !== serving);
    this.offerRollback(versions[serving + 1]);
    element("follow").disabled = versions[serving]?.state !== "pinned";
    say(element("follow"), "Follow the newest");
    this.arrange();
  }

  /** Shows that the model was unloaded: no version answers, until the newest does again. */
  unload() {
    this.serving.show(null, this.now);
    this.rows.clear();
    element("version-rows").replaceChildren();
    this.offer(0);
    this.backwards.show([], [], this.now);
    this.offerRollback(null);
    element("follow").disabled = false;
    say(element("follow"), "Load the newest");
  }

  /** The button does not change under the pointer. */
  offerRollback(previous) {
    const button = element("rollback");
    if (this.previous != null && button.matches(":hover, :focus")) return;
    this.previous = previous;
    button.disabled = previous == null;
    say(button, previous == null ? "Roll back" : `Roll back to ${count(previous.version)}`);
  }

  /** Updates the rows that are shown, and says how many versions are newer. */
  arrange() {
    const known = new Map(this.listed.map(version => [identity(version), version]));
    const used = element("versions").matches(":hover") || element("version-rows").matches(":focus-within");
    for (const [version, row] of this.rows) {
      if (known.has(version)) {
        row.show(known.get(version), this.now);
      } else if (used) {
        row.gone();
      } else {
        row.element.remove();
        this.rows.delete(version);
      }
    }
    if (this.rows.size === 0 && !(used && this.loaded)) this.showAll();
    else this.offer(this.listed.filter(each => !this.rows.has(identity(each))).length);
    this.loaded = true;
  }

  offer(newer) {
    element("newer").hidden = newer === 0;
    say(element("show-newer"), `${count(newer)} newer`);
  }

  showAll() {
    this.rows.clear();
    for (const version of this.listed) {
      const row = new VersionRow(chosen => this.pin(chosen));
      row.show(version, this.now);
      this.rows.set(identity(version), row);
    }
    element("version-rows").replaceChildren(...[...this.rows.values()].map(row => row.element));
    this.offer(0);
  }

  /** Follows the newest version. */
  follow() {
    return this.change(() => post(`${this.repository}/load`, this.key == null ? {} : { parameters: { key: this.key } }));
  }

  /** Pins what the reader saw, since its number may be that of another version by now. */
  pin({ version, published_at }) {
    return this.change(() => post(`${this.repository}/labels/stable`, { version, published_at, ...this.key == null ? {} : { key: this.key } }));
  }

  /** Runs an action, and shows the versions after it. */
  async change(action) {
    say(element("versions-error"), "");
    try {
      await action();
      this.rows.clear();
      this.previous = null;
      await this.refresh();
      this.showAll();
    } catch (error) {
      say(element("versions-error"), error.message);
    }
  }
}
