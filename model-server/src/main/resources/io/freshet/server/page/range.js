/** Parts of a line whose levels are compared. */
const PARTS = 4;
/** Share of the values of a part that may be outliers, on each side. */
const OUTLIERS = 0.05;
/** A line may leave the range of an earlier part by this many times its size, before it counts as diverged. */
const GROWTH = 3;

/**
 * Returns the range of a y-axis in which the plausible values of all lines lie, as [minimum, maximum], or null without
 * values. A line that diverged would otherwise flatten the others. Of each quarter of a line, the quantiles 0.05 and 0.95
 * count. A line may leave the range of each earlier quarter by at most three times the size of that: the larger one of its
 * height and its absolute values. A line that does not gets a margin of its height, so that only outliers are left out.
 *
 * @param lines arrays of values, of which some may be null
 */
export function plausible(lines) {
  const ranges = lines.map(range).filter(each => each != null);
  if (ranges.length === 0) return null;
  return [Math.min(...ranges.map(each => each[0])), Math.max(...ranges.map(each => each[1]))];
}

function range(values) {
  const finite = values.filter(value => value != null && Number.isFinite(value));
  let [low, high] = [Infinity, -Infinity];
  let [floor, ceiling] = [-Infinity, Infinity];
  let diverged = false;
  for (let part = 0; part < PARTS; part++) {
    const [from, to] = [part, part + 1].map(end => Math.floor(finite.length * end / PARTS));
    if (from === to) continue;
    const sorted = Float64Array.from(finite.slice(from, to)).sort();
    const bottom = sorted[Math.floor(OUTLIERS * (sorted.length - 1))];
    const top = sorted[Math.ceil((1 - OUTLIERS) * (sorted.length - 1))];
    diverged ||= bottom < floor || top > ceiling;
    low = Math.min(low, Math.max(bottom, floor));
    high = Math.max(high, Math.min(top, ceiling));
    const size = Math.max(top - bottom, Math.abs(top), Math.abs(bottom));
    floor = Math.max(floor, bottom - GROWTH * size);
    ceiling = Math.min(ceiling, top + GROWTH * size);
  }
  if (low > high) return null;
  const margin = diverged ? 0 : high - low || Math.abs(high) || 1;
  return [low - margin, high + margin];
}
