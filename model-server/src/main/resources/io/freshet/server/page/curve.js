/** A model has exploded if its loss is this many times that of the best constant. */
const FAR = 10;

/** The points of one model, as columns by name. */
export class Curve {
  constructor(names) {
    this.names = names;
    this.clear(null);
  }

  /** Removes all points. @param start identifies the curve that begins, or null if unknown */
  clear(start) {
    this.start = start;
    this.columns = Object.fromEntries(this.names.map(name => [name, []]));
  }

  /**
   * Adds points, each an array in the order of the names, of which the last may be missing. Another start replaces the curve. Leaves
   * out points that it has: a page whose connection breaks in an event receives all of the event again.
   */
  add({ start, points }) {
    if (start !== this.start) this.clear(start);
    for (const point of points) {
      if (this.isNew(point)) this.names.forEach((name, i) => this.columns[name].push(point[i] ?? null));
    }
  }

  /** Returns whether a point is later than the last one, or counts more, since the clocks of trainers and joins differ. */
  isNew(point) {
    const isMore = name => point[this.names.indexOf(name)] > this.columns[name]?.at(-1);
    return this.length === 0 || ["at", "samples", "answers"].some(isMore);
  }

  get length() {
    return this.columns.at.length;
  }

  /** Returns the positions of the points on an x-axis: samples, or seconds since the first point or since 1970. */
  across(axis) {
    const { at, samples } = this.columns;
    if (axis === "samples") return samples;
    const start = axis === "relative" ? at[0] : 0;
    return at.map(millis => (millis - start) / 1000);
  }

  /**
   * Returns the values of a column, without those of points at which the model had exploded.
   *
   * @param by the loss that tells: it is far above that of the best constant
   */
  usual(name, by) {
    const { baseline } = this.columns;
    const loss = this.columns[by];
    return this.columns[name].map((value, i) => baseline?.[i] > 0 && loss[i] > FAR * baseline[i] ? null : value);
  }

  /** Returns the positions at which a value changes. */
  changes(name, axis) {
    const values = this.columns[name];
    return this.across(axis).filter((_, i) => i > 0 && values[i] != null && values[i - 1] != null && values[i] !== values[i - 1]);
  }
}
