import { say } from "/ui/dom.js";
import { duration, time } from "/ui/format.js";

const element = id => document.getElementById(id);

/**
 * Shows whether the page is connected, or what it is about if it is. Without a connection, the whole page turns grey, and says
 * since when and of what time its figures are.
 */
export class Connection {
  constructor() {
    this.at = null;
    this.lostAt = null;
    setInterval(() => this.age(), 1000);
  }

  /**
   * @param at time of the figures that were received, milliseconds since 1970, UTC
   * @param kind good, warning, bad, or waiting
   */
  received(at, kind = "good", text = "connected") {
    this.at = at;
    this.lostAt = null;
    delete document.body.dataset.stale;
    this.show(kind, text);
    this.age();
  }

  lost() {
    this.lostAt ??= performance.now();
    document.body.dataset.stale = "";
    this.show("bad", this.at == null ? "connection lost, reconnecting" : `connection lost; figures are from ${time(this.at)}`);
    this.age();
  }

  /** The age changes every second, and is not part of what screen readers announce. */
  age() {
    element("lost").hidden = this.lostAt == null;
    element("lost").textContent = this.lostAt == null ? "" : `lost ${duration((performance.now() - this.lostAt) / 1000)} ago, reconnecting`;
  }

  show(kind, text) {
    element("state").dataset.state = kind;
    say(element("state"), text);
  }
}
