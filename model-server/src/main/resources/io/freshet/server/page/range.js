/** A line is compared with its first 64th, or at least so many points, and then with as many as there were before. */
const FIRST = 64;
const FEWEST = 5;
/** Share of the values of a part that may be outliers, on each side. */
const OUTLIERS = 0.05;
/** A line has diverged if it leaves the range of an earlier part by this many times its size. */
const DIVERGED = 100;
/** The axis leaves out what is farther from the usual values than this many times their height. */
const SPACE = 10;
const SPACE_IF_DIVERGED = 3;
const MARGIN = 0.25;

/**
 * Returns the range of a y-axis in which the plausible values of all lines lie, as [minimum, maximum], or null without
 * values. A line that diverged would otherwise flatten the others. Usual values of a line are those between the quantiles
 * 0.05 and 0.95 of each part, without the parts in which it has diverged. The range contains them with a margin, and its
 * trend as far as that is not much farther away.
 *
 * @param lines each with its values and its trend, which is smoothed or the same; of both, some may be null
 */
export function plausible(lines) {
  const ranges = lines.map(range).filter(each => each != null);
  if (ranges.length === 0) return null;
  return [Math.min(...ranges.map(each => each[0])), Math.max(...ranges.map(each => each[1]))];
}

function range({ values, trend }) {
  const { low, high, diverged } = usual(values.filter(isFinite));
  if (low == null) return null;
  const height = high - low || Math.abs(high) || 1;
  const space = (diverged ? SPACE_IF_DIVERGED : SPACE) * height;
  const near = trend.filter(value => isFinite(value) && value >= low - space && value <= high + space);
  return [Math.min(low - MARGIN * height, ...near), Math.max(high + MARGIN * height, ...near)];
}

/** Returns the range of the usual values, and whether others have diverged. */
function usual(values) {
  let [low, high, diverged] = [null, null, false];
  let [floor, ceiling] = [-Infinity, Infinity];
  for (let from = 0; from < values.length;) {
    const to = Math.min(values.length, from === 0 ? Math.max(FEWEST, Math.ceil(values.length / FIRST)) : 2 * from);
    const sorted = Float64Array.from(values.slice(from, to)).sort();
    const bottom = sorted[Math.floor(OUTLIERS * (sorted.length - 1))];
    const top = sorted[Math.ceil((1 - OUTLIERS) * (sorted.length - 1))];
    if (top <= ceiling) high = Math.max(high ?? top, top);
    if (bottom >= floor) low = Math.min(low ?? bottom, bottom);
    diverged ||= top > ceiling || bottom < floor;
    const size = Math.max(top - bottom, Math.abs(top), Math.abs(bottom));
    if (size > 0) [floor, ceiling] = [Math.max(floor, bottom - DIVERGED * size), Math.min(ceiling, top + DIVERGED * size)];
    from = to;
  }
  return { low, high, diverged };
}

const isFinite = value => value != null && Number.isFinite(value);
