import { create } from "/ui/dom.js";
import { style } from "/ui/line.js";

/** A chart that is not large names at most this many models in its legend. */
const MODELS = 4;

/**
 * The legend of a chart: buttons that hide and show lines, with their latest values. The lines of one model have an entry
 * each. Those of several models have an entry for each model, with the latest value of its main line, and one for each other
 * kind of line.
 */
export class Legend {
  /**
   * @param large whether there is room for many models
   * @param toggled called when a line is hidden or shown
   */
  constructor(large, toggled) {
    this.large = large;
    this.toggled = toggled;
    this.hidden = new Set();
    /** The buttons by key. */
    this.buttons = new Map();
    this.take([], false);
    this.element = create("span", { class: "legend" });
  }

  /**
   * Sets the lines of the chart.
   *
   * @param named whether the entries of one model name it, too, since other charts show several
   */
  take(lines, named) {
    this.lines = lines;
    this.named = named;
    this.entries = this.several ? severalEntries(lines, this.large) : lines.map(line => ({ key: kindKey(line), label: this.label(line), line }));
    this.keys = new Set(this.entries.map(entry => entry.key));
  }

  /** Returns whether the lines are those of several models. */
  get several() {
    return this.lines.some(line => line.model !== this.lines[0].model);
  }

  /** Returns the label of a line among those of one model. */
  label(line) {
    if (!this.named) return line.label;
    return this.lines.length === 1 ? line.model : `${line.model} ${line.label}`;
  }

  /** Returns the label of the lines whose values stand beside the models, or null if there is no other label. */
  get main() {
    const main = this.lines.find(line => line.main);
    return main != null && this.several && this.lines.some(line => line.label !== main.label) ? main.label : null;
  }

  /** A line without an entry is shown, because nobody could show it again. */
  shows(line) {
    return ![kindKey(line), modelKey(line)].some(key => this.keys.has(key) && this.hidden.has(key));
  }

  /**
   * Shows the entries of the lines.
   *
   * @param value returns the latest value of a line as a text
   */
  update(value) {
    for (const [key, button] of this.buttons) {
      if (this.keys.has(key)) continue;
      button.remove();
      this.buttons.delete(key);
    }
    this.entries.forEach((entry, i) => {
      const button = this.button(entry);
      if (this.element.children[i] !== button) this.element.insertBefore(button, this.element.children[i] ?? null);
      const [marker, name, latest] = button.children;
      if (name.textContent !== entry.label) name.textContent = button.title = entry.label;
      marker.className = style(entry.line);
      button.style.setProperty("--color", entry.isKind ? "var(--quiet)" : entry.line.color);
      const text = entry.isKind ? "" : value(entry.line);
      if (latest.textContent !== text) latest.textContent = text;
      button.setAttribute("aria-pressed", String(!this.hidden.has(entry.key)));
    });
  }

  button({ key }) {
    let button = this.buttons.get(key);
    if (!button) {
      button = create("button", { type: "button" }, create("i", {}), create("span", {}), create("b", {}));
      button.addEventListener("click", () => {
        if (!this.hidden.delete(key)) this.hidden.add(key);
        this.toggled();
      });
      this.buttons.set(key, button);
    }
    return button;
  }
}

/** Returns the entries of several models: the models, and the kinds of lines besides the main one. */
function severalEntries(lines, large) {
  const kinds = new Map();
  const models = new Map();
  for (const line of lines) {
    if (!kinds.has(line.label)) kinds.set(line.label, { key: kindKey(line), label: line.label, line, isKind: true });
    if (line.main || !models.has(line.model)) models.set(line.model, { key: modelKey(line), label: line.model, line });
  }
  const others = [...kinds.values()].filter(kind => !kind.line.main);
  const named = large || models.size <= MODELS ? [...models.values()].map(entry => ({ ...entry, line: { ...entry.line, dash: null } })) : [];
  return [...named, ...others];
}

const kindKey = line => `line ${line.label}`;
const modelKey = line => `model ${line.model}`;
