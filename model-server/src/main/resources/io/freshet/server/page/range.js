/** Parts of a line whose levels are compared. */
const PARTS = 4;
/** Share of the values of a part that may be outliers, on each side. */
const OUTLIERS = 0.05;
/** A line may leave its earlier range by this many times its size, before it counts as diverged. */
const GROWTH = 5;

/**
 * Returns the range of a y-axis in which the plausible values of all lines lie, as [minimum, maximum], or null without
 * values. A line that diverged would otherwise flatten the others. Of each quarter of a line, the quantiles 0.05 and 0.95
 * count. A quarter extends the range of those before it by at most five times the smallest size of theirs, which is the
 * larger one of their distance and their absolute values. The result has a margin of its own height on both sides.
 *
 * @param lines arrays of values, of which some may be null
 */
export function plausible(lines) {
  const ranges = lines.map(range).filter(each => each != null);
  if (ranges.length === 0) return null;
  const low = Math.min(...ranges.map(each => each[0]));
  const high = Math.max(...ranges.map(each => each[1]));
  const margin = high - low || Math.abs(high) || 1;
  return [low - margin, high + margin];
}

function range(values) {
  const finite = values.filter(value => value != null && Number.isFinite(value));
  let low = null;
  let high = null;
  let size = Infinity;
  for (let part = 0; part < PARTS; part++) {
    const from = Math.floor(finite.length * part / PARTS);
    const sorted = Float64Array.from(finite.slice(from, Math.floor(finite.length * (part + 1) / PARTS))).sort();
    if (sorted.length === 0) continue;
    const bottom = sorted[Math.floor(OUTLIERS * (sorted.length - 1))];
    const top = sorted[Math.ceil((1 - OUTLIERS) * (sorted.length - 1))];
    low = low == null ? bottom : Math.min(low, Math.max(bottom, low - GROWTH * size));
    high = high == null ? top : Math.max(high, Math.min(top, high + GROWTH * size));
    size = Math.min(size, Math.max(top - bottom, Math.abs(top), Math.abs(bottom)));
  }
  return low == null ? null : [low, high];
}
