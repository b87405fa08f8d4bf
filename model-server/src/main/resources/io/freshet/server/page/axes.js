import { clockLabels, count, dateTime, elapsedLabels, short } from "/ui/format.js";

/** Pixels between the labels of an x-axis, which do not overlap then. */
const LABEL_SPACE = { samples: 60, relative: 70, clock: 90 };
/** Distances between the labels of an x-axis of times, in seconds. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, ...[1, 2, 5, 10, 30, 60, 120, 365].map(days => days * 86400)];
const FONT = "12px system-ui, sans-serif";
const LABELS = {
  samples: (_, ticks) => ticks.map(short),
  relative: (_, ticks) => elapsedLabels(ticks),
  clock: (_, ticks, index, space, distance) => clockLabels(ticks, distance),
};

/**
 * Returns uPlot's axes of a chart in the current color scheme.
 *
 * @param across what the x-axis shows: samples, relative (seconds since the start), or clock (seconds since 1970)
 */
export function axes(across) {
  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = { stroke: color("--quiet"), grid: { stroke: color("--grid"), width: 1 }, ticks: { show: false }, font: FONT };
  return [
    { ...axis, size: 26, ...across === "samples" ? {} : { incrs: TIME_STEPS }, space: LABEL_SPACE[across], values: LABELS[across] },
    { ...axis, size: 50, space: 26, values: (_, ticks) => ticks.map(tick => tick == null ? "" : short(tick)) },
  ];
}

/** Returns the padding of a chart: a label at the right end of an x-axis is not cut. At the left end is the y-axis. */
export const padding = across => [8, LABEL_SPACE[across] / 2, 0, 0];

/** Returns the range of an x-axis. A single position is in its middle. */
export function range(across, min, max) {
  if (min < max) return [min, max];
  const half = across === "samples" ? min / 2 : 0.5;
  return [min - half, max + half];
}

/** Returns the range of a logarithmic axis: that of the values, with a margin. */
export function logarithmicRange(_, min, max) {
  if (min == null) return [0.1, 1];
  const margin = (max / min) ** 0.05 * 1.001;
  return [min / margin, max * margin];
}

/** Returns a position on an x-axis in words. */
export function position(across, at) {
  return across === "samples" ? `after ${count(at)} samples`
    : across === "clock" ? dateTime(at * 1000) : `after ${elapsedLabels([at])[0]}`;
}
