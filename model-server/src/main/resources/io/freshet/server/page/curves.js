import { Curve } from "/ui/curve.js";

/** A page with more points of a curve reads the server's, which are fewer but cover the same time. */
const MAXIMUM_POINTS = 4000;

/** The curves of all models, by name. */
export class Curves {
  constructor(names) {
    this.names = names;
    this.curves = new Map();
  }

  /**
   * Adds the new points of an event.
   *
   * @param news new points by model
   * @param models names of all models; the curves of others are removed
   * @param reset whether the points are all there are
   */
  add(news, models, reset) {
    for (const [name, curve] of this.curves) {
      if (!models.includes(name)) this.curves.delete(name);
      else if (reset) curve.clear(null);
    }
    for (const [name, added] of Object.entries(news)) {
      if (!this.curves.has(name)) this.curves.set(name, new Curve(this.names));
      this.curves.get(name).add(added);
    }
  }

  get(name) {
    return this.curves.get(name);
  }

  get tooLong() {
    return [...this.curves.values()].some(curve => curve.length > MAXIMUM_POINTS);
  }
}
