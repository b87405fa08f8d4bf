import { smooth } from "/ui/smoothing.js";

/** Returns the class of a marker that looks like a line. */
export const style = line => line.dash ? "dashed" : line.faint ? "faint" : "";

/** Returns those of the values of a line in a range of its x-axis, or all if it is null. */
export function visible({ x }, values, range) {
  return range == null ? values : values.filter((_, i) => x[i] >= range[0] && x[i] <= range[1]);
}

/** Returns a line without the points that have no value, which would interrupt it. */
export function connected(line) {
  const known = line.x.map((_, i) => i).filter(i => line.y[i] != null);
  return { ...line, x: known.map(i => line.x[i]), y: known.map(i => line.y[i]), usual: known.map(i => line.usual[i]) };
}

/**
 * Returns the value of a line at or before a position, or its last value if the position is null. A line has no value before
 * it begins.
 *
 * @param current whether only the value of the very point counts
 */
export function valueAt(line, position, current) {
  if (position != null && position < line.x[0]) return null;
  let i = line.x.length - 1;
  if (position != null) while (i > 0 && line.x[i] > position) i--;
  if (!current) while (i > 0 && line.y[i] == null) i--;
  return line.y[i];
}

const isSmoothed = (line, { smoothing }) => line.noisy && smoothing > 0;

/** Returns the values that a line follows: its own, or the smoothed ones. */
export const trend = (line, axes) => isSmoothed(line, axes) ? smooth(line.x, line.y, axes.smoothing) : line.y;

/** Returns the indexes of uPlot's values that no line connects with another: it has absent ones before and after, or none. */
function lonely(plot, number) {
  const y = plot.data[number];
  // Only points of other lines are undefined.
  const own = [...y.keys()].filter(i => y[i] !== undefined);
  return own.filter((i, at) => y[i] != null && y[own[at - 1]] == null && y[own[at + 1]] == null);
}

/**
 * Returns uPlot's series of a line: that of its values, and if it is smoothed, a second one over it.
 *
 * @param several whether the chart shows several models, whose values must not hide each other
 */
export function series(line, axes, several) {
  const drawn = {
    stroke: line.color, width: line.width ?? 1.5, dash: line.dash, alpha: line.faint ? 0.6 : 1, pxAlign: 0,
    points: { show: false, filter: lonely, size: 5, fill: line.color },
  };
  return isSmoothed(line, axes)
    ? [{ ...drawn, width: 1, alpha: several ? 0.1 : 0.22 }, { ...drawn, alpha: line.faint ? 0.8 : 1 }] : [drawn];
}

/** Returns the values of the series of a line, and before them their positions. */
export function columns(line, axes) {
  // The logarithm of 0 is undefined.
  const drawable = values => axes.logarithmic ? values.map(v => v > 0 ? v : null) : values;
  return isSmoothed(line, axes)
    ? [line.x, drawable(line.y), drawable(trend(line, axes))] : [line.x, drawable(line.y)];
}
