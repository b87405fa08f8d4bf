import { problems, severity } from "/ui/health.js";

/** What each column is ordered by; the values of a column are all numbers or all texts. */
const VALUES = {
  state: severity,
  name: model => model.name,
  samples: model => model.samples,
  rate: model => model.rate,
  loss: model => model.loss,
  window: model => model.window,
  baseline: model => model.baselineLoss,
  quality: model => model[model.primary],
  version: model => model.version,
  keys: model => model.learnedKeys ?? model.keys,
  age: model => model.age,
};

/** The order of the table: by a column, and by name among equals. At first, the worst models come first. */
export class Order {
  column = "state";
  descending = true;

  /** Orders by a column, or reverses the order if it is that of the column. Numbers start with the largest. */
  by(column) {
    this.descending = column === this.column ? !this.descending : column !== "name";
    this.column = column;
  }

  /** Returns the models in this order. Unknown values come last. */
  sort(models) {
    const value = VALUES[this.column];
    const sign = this.descending ? -1 : 1;
    const keyed = models.map(model => ({ model, key: value(model) }));
    keyed.sort((a, b) => {
      if (a.key === b.key) return byName(a.model, b.model);
      if (a.key == null || b.key == null) return a.key == null ? 1 : -1;
      return (a.key < b.key ? -1 : 1) * sign;
    });
    return keyed.map(({ model }) => model);
  }
}

const byName = (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Returns whether a model's name, state, and problems contain every word of a search. */
export function matches(model, search) {
  const text = [model.name, model.state, ...problems(model).map(problem => problem.text), model.pinned == null ? "" : "pinned"]
    .join(" ").toLowerCase();
  return search.toLowerCase().split(/\s+/).every(word => text.includes(word));
}
