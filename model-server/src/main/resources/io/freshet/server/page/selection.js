const COLORS = 8;
/** Models that are drawn at first. */
const FIRST = 4;

/** The models whose curves are drawn, and the color of each of them: one that no other has, while there are enough. */
export class Selection {
  /** @param changed called when a model is added or removed by the reader */
  constructor(changed) {
    this.changed = changed;
    this.known = new Set();
    this.numbers = new Map();
    this.palette = [];
  }

  /** Adds models that are not known yet, of which the first ones are drawn. */
  offer(names) {
    for (const name of names) {
      if (this.known.has(name)) continue;
      this.known.add(name);
      if (this.numbers.size < FIRST) this.add(name);
    }
  }

  /** Forgets the models that are gone. @param names all models */
  retain(names) {
    for (const name of this.known) {
      if (names.has(name)) continue;
      this.known.delete(name);
      this.numbers.delete(name);
    }
  }

  add(name) {
    const used = new Set(this.numbers.values());
    const free = [...Array(COLORS).keys()].find(number => !used.has(number));
    this.numbers.set(name, free ?? this.numbers.size % COLORS);
  }

  /** Returns the names of the models that are drawn. */
  get drawn() {
    return [...this.numbers.keys()];
  }

  has(name) {
    return this.numbers.has(name);
  }

  toggle(name) {
    if (!this.numbers.delete(name)) this.add(name);
    this.changed();
  }

  /** Reads the colors of the current color scheme. */
  recolor() {
    const style = getComputedStyle(document.documentElement);
    this.palette = [...Array(COLORS).keys()].map(number => style.getPropertyValue(`--line-${number + 1}`).trim());
  }

  /**
   * Returns the color of a model that is drawn.
   *
   * @param shade the distance to another color, for a line that is about a part of the model
   */
  color(name, shade = 0) {
    if (this.palette.length === 0) this.recolor();
    return this.palette[(this.numbers.get(name) + shade) % COLORS];
  }
}
