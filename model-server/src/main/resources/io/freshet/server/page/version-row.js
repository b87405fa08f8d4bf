import { create, say } from "/ui/dom.js";
import { ABSENT, count, dateTime, duration } from "/ui/format.js";

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
/** The reason to keep one of the newest versions, as opposed to one to go back to. */
const RECENT = "recent";
const DAY_MILLIS = 86400e3;

/** Returns what tells a version from others, whose numbers may be the same after a reset. */
export const identity = ({ version, published_at }) => `${version} ${published_at}`;

/** The row of a version, which is updated in place. */
export class VersionRow {
  /** @param pin pins a version */
  constructor(pin) {
    this.version = create("th", { scope: "row", class: "number" });
    this.state = create("td", {});
    this.published = create("td", {});
    this.ago = create("td", { class: "number" });
    this.button = create("button", { type: "button" }, "Pin");
    this.button.addEventListener("click", () => pin(this.shown));
    this.element = create("tr", {}, this.version, this.state, this.published, this.ago, create("td", {}, this.button));
  }

  /** @param now milliseconds since 1970, UTC */
  show(version, now) {
    this.element.hidden = version == null;
    if (version == null) {
      this.publishedAt = null;
      return;
    }
    const { state, labels, published_at, kept_for } = version;
    this.shown = version;
    this.number = version.version;
    this.publishedAt = Date.parse(published_at);
    this.element.className = state;
    say(this.version, count(this.number));
    // A version is pinned if it is labeled stable.
    const named = (labels ?? []).filter(label => state !== "pinned" || label !== "stable");
    const spacings = (kept_for ?? []).filter(reason => reason !== RECENT);
    const kept = state === "kept" && spacings.length > 0 ? `kept for ${spacings.join(", ")}` : state;
    say(this.state, [kept, ...named].join(", "));
    // Version 0 was never published.
    const date = published_at == null ? ABSENT : dateTime(this.publishedAt);
    say(this.published, Math.abs(now - this.publishedAt) < DAY_MILLIS ? time.format(this.publishedAt) : date);
    this.published.title = date;
    this.button.disabled = state === "pinned";
    this.button.setAttribute("aria-label", `Pin version ${this.number}`);
    this.tick(now);
  }

  /** Updates how long ago the version was published. */
  tick(now) {
    if (this.publishedAt != null) say(this.ago, Number.isNaN(this.publishedAt) ? ABSENT : duration(Math.max(0, now - this.publishedAt) / 1000));
  }

  /** Shows that the server no longer keeps the version. */
  gone() {
    this.element.className = "gone";
    say(this.state, "no longer kept");
    this.button.disabled = true;
  }
}
