const COLORS = 8;
/** Models that are drawn at first. */
const FIRST = 4;

/** The models whose curves are drawn, and the color of each model. */
export class Selection {
  /** @param changed called when a model is added or removed by the reader */
  constructor(changed) {
    this.changed = changed;
    this.known = new Map();
    this.names = new Set();
  }

  /** Adds models that are not known yet; the first ones are drawn. */
  offer(names) {
    for (const name of names) {
      if (this.known.has(name)) continue;
      if (this.known.size < FIRST) this.names.add(name);
      this.known.set(name, this.known.size % COLORS + 1);
    }
  }

  has(name) {
    return this.names.has(name);
  }

  toggle(name) {
    if (!this.names.delete(name)) this.names.add(name);
    this.changed();
  }

  /**
   * Returns the color of a model in the current color scheme.
   *
   * @param shade the distance to another color, for a line that is about a part of the model
   */
  color(name, shade = 0) {
    const number = (this.known.get(name) - 1 + shade) % COLORS + 1;
    return getComputedStyle(document.documentElement).getPropertyValue(`--line-${number}`).trim();
  }
}
