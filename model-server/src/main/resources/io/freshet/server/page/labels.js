import { post, remove } from "/ui/api.js";
import { create } from "/ui/dom.js";
import { ABSENT, count, dateTime, percent } from "/ui/format.js";

const LABELS = ["stable", "canary", "shadow"];
/** The name of whichever version is the newest. */
const NEWEST = "newest";
const element = id => document.getElementById(id);
const version = text => text === NEWEST ? NEWEST : count(text);

/** The labels of a model or key, each with a form that assigns it to a version. The forms stay while their values change. */
export class Labels {
  /**
   * @param key of a model with keys, or null
   * @param query asks for the key, or is empty
   * @param change runs an action and shows its result
   */
  constructor(name, key, query, change) {
    this.path = label => `/v2/repository/models/${encodeURIComponent(name)}/labels/${label}`;
    this.key = key;
    this.query = query;
    this.change = change;
    this.rows = LABELS.map(label => this.row(label));
    element("label-rows").replaceChildren(...this.rows.map(row => row.element));
  }

  /**
   * @param labels what each label names, by label
   * @param versions the versions that can be named, those with the same number by their dates
   */
  show(labels, versions) {
    for (const { label, named, share, clear } of this.rows) {
      named.textContent = labels[label] == null ? ABSENT : version(labels[label].version);
      share.textContent = label === "stable" ? percent(1 - (labels.canary?.traffic ?? 0)) : percent(labels[label]?.traffic);
      clear.disabled = labels[label] == null;
    }
    const numbers = versions.map(each => each.version);
    this.choices = new Map(versions.map(each => {
      const repeated = numbers.indexOf(each.version) !== numbers.lastIndexOf(each.version);
      return [repeated ? `${each.version}, ${dateTime(Date.parse(each.published_at))}` : each.version, each];
    }));
    element("known-versions").replaceChildren(
      ...[NEWEST, ...this.choices.keys()].map(each => create("option", { value: each })));
  }

  /** Returns what the reader chose: the version that has been shown, whose number may be that of another one by now. */
  chosen(text) {
    const { version, published_at } = this.choices?.get(text) ?? { version: text };
    return { version, published_at };
  }

  row(label) {
    const named = create("td", { class: "number" });
    const share = create("td", { class: "number" });
    const to = create("input", { id: `${label}-version`, list: "known-versions", required: true, size: 8, placeholder: NEWEST });
    const traffic = label === "stable" ? null
      : create("input", { id: `${label}-traffic`, type: "number", min: 0, max: 100, step: "any", required: true, value: label === "shadow" ? 100 : null });
    const clear = create("button", { type: "button", id: `${label}-clear`, disabled: true, "aria-label": `Clear ${label}` }, "Clear");
    clear.addEventListener("click", () => this.change(() => remove(this.path(label) + this.query)));
    const form = create("form", { class: "label-form" },
      create("label", {}, "version ", to),
      ...traffic == null ? [] : [create("label", {}, traffic, " %")],
      create("button", { id: `${label}-set`, "aria-label": `Set ${label}` }, "Set"),
      clear);
    form.addEventListener("submit", event => {
      event.preventDefault();
      this.change(() => post(this.path(label), {
        ...this.chosen(to.value),
        ...traffic == null ? {} : { traffic: traffic.valueAsNumber / 100 },
        ...this.key == null ? {} : { key: this.key },
      }));
    });
    const row = create("tr", { id: `label-${label}` }, create("th", { scope: "row" }, label), named, share, create("td", {}, form));
    return { label, named, share, clear, element: row };
  }
}
