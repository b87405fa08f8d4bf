import { create, say } from "/ui/dom.js";
import { count, dateTime } from "/ui/format.js";
import { identity } from "/ui/version-row.js";

const UNITS = { s: [1, "second"], m: [60, "minute"], h: [3600, "hour"], d: [86400, "day"] };
const SPACINGS = ["1m", "10m", "1h", "1d"];
const element = id => document.getElementById(id);

/** Buttons that go back in time: each offers the newest version that is older than a duration, and asks before it pins it. */
export class Rollback {
  /** @param pin pins a version */
  constructor(pin) {
    this.pin = pin;
    element("confirm-yes").addEventListener("click", () => {
      element("confirm").hidden = true;
      this.pin(this.chosen);
    });
    element("confirm-no").addEventListener("click", () => this.cancel());
    element("confirm").addEventListener("keydown", event => {
      if (event.key === "Escape") this.cancel();
    });
  }

  /**
   * @param offered versions to go back to, each with a duration such as 10m, as the server lists them; undefined if it does not
   * @param versions all versions
   * @param now milliseconds since 1970, UTC
   */
  show(offered, versions, now) {
    const steps = distinct(offered ?? SPACINGS.map(ago => ({ ago, ...older(versions, now - seconds(ago) * 1000) })), versions);
    const shown = steps.map(step => step.ago).join();
    this.steps = new Map(steps.map(step => [step.ago, step]));
    if (this.shown === shown) return;
    this.shown = shown;
    element("ago").hidden = steps.length === 0;
    element("ago").replaceChildren(create("span", {}, "Go back to"), ...steps.map(({ ago }) => {
      const button = create("button", { type: "button", id: `ago-${ago}` }, `${words(ago)} ago`);
      button.addEventListener("click", () => this.ask(this.steps.get(ago)));
      return button;
    }));
  }

  ask(step) {
    this.chosen = step;
    this.asker = document.activeElement;
    const published = Date.parse(step.published_at);
    say(element("confirm-text"), `Serve version ${count(step.version)}, published ${dateTime(published)}, until you follow the newest again?`);
    element("confirm").hidden = false;
    element("confirm-yes").focus();
  }

  cancel() {
    element("confirm").hidden = true;
    this.asker?.focus();
  }
}

function seconds(ago) {
  return Number.parseFloat(ago) * UNITS[ago.at(-1)][0];
}

function words(ago) {
  const [, unit] = UNITS[ago.at(-1)] ?? [1, ago];
  const number = Number.parseFloat(ago);
  return number === 1 ? `1 ${unit}` : `${number} ${unit}s`;
}

/** Returns the newest version published before a time, or nothing. */
function older(versions, before) {
  return versions.filter(each => Date.parse(each.published_at) <= before)
    .reduce((newest, each) => newest == null || Date.parse(each.published_at) > Date.parse(newest.published_at) ? each : newest, null);
}

/** Returns the steps to different versions, none of which is served. */
function distinct(steps, versions) {
  const seen = new Set(versions.filter(each => each.state !== "kept").map(identity));
  return steps.filter(step => step.version != null && !seen.has(identity(step)) && seen.add(identity(step)));
}
