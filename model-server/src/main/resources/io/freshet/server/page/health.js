/** The levels, from well to worst; quiet is neither well nor a problem. */
const RANKS = { good: 0, quiet: 0, warning: 1, bad: 2 };
/** The levels of states, for rows without one. */
const STATES = { "learning": "good", "catching up": "warning", "held": "warning", "failed": "bad", "trainer gone": "bad", "broker gone": "bad" };

/** Returns the level of a model's state: good, quiet, warning, or bad. */
export const level = model => model.level in RANKS ? model.level : STATES[model.state] ?? "quiet";

/** Returns what is wrong with a model, worst first, and its last event, each with a level and a text. */
export function problems(model) {
  const known = model.problems ?? (model.failure == null ? [] : [{ level: "bad", text: `failed: ${model.failure}` }]);
  return model.event == null ? known : [...known, { level: "quiet", text: model.event }];
}

/** Returns the worst level among a model's state and problems: a model with a problem is not well, though it learns. */
export function worst(model) {
  return problems(model).map(problem => problem.level).reduce((a, b) => RANKS[b] > RANKS[a] ? b : a, level(model));
}

/** Returns the worst level as a number: 0 if well, 1 for a warning, 2 if bad. */
export const severity = model => RANKS[worst(model)];
