/** The replicas of a model that are drawn, by number. */
const REPLICAS = [...Array(8).keys()];

/** The values of a point of a learning curve and of a point about serving, in the order in which the server sends them. */
export const LEARNED = [
  "at", "samples", "window", "loss", "baseline", "windowQuality", "quality", "windowCalibration", "calibration",
  "learningRate", "gradientNorm", ...REPLICAS.map(number => `replica${number}`),
];
export const SERVED = ["at", "version", "age", "rate", "behind", "requests", "p50", "p99"];

const window = { faint: true, noisy: true };
const total = { width: 2.25 };

/**
 * The charts: a title, what the points are about (learned or served), and lines. A line shows a value under a label and
 * a style of Chart; its shade is the distance of its color to that of the model. The marks of a chart are the points at
 * which a value changes.
 */
export const CHARTS = [
  {
    title: "Loss", of: "learned", large: true, lines: [
      { value: "window", label: "last window", ...window },
      { value: "loss", label: "since start", ...total },
      { value: "baseline", label: "baseline", dash: [6, 4] },
      ...REPLICAS.map(number => ({ value: `replica${number}`, label: `replica ${number}`, shade: 2 + number, ...window, width: 1 })),
    ],
  },
  {
    title: "Quality", of: "learned", lines: [
      { value: "windowQuality", label: "last window", ...window },
      { value: "quality", label: "since start", ...total },
    ],
  },
  {
    title: "Calibration", of: "learned", lines: [
      { value: "windowCalibration", label: "last window", ...window },
      { value: "calibration", label: "since start", ...total },
    ],
  },
  { title: "Age (s)", of: "served", marks: "version", lines: [{ value: "age", label: "age", noisy: true }] },
  {
    title: "Latency (ms)", of: "served", marks: "version", scale: 1000, lines: [
      { value: "p50", label: "p50", noisy: true },
      { value: "p99", label: "p99", dash: [3, 2], noisy: true },
    ],
  },
  {
    title: "Per second", of: "served", lines: [
      { value: "rate", label: "samples learned", noisy: true },
      { value: "requests", label: "requests", dash: [3, 2], noisy: true },
    ],
  },
  { title: "Records behind", of: "served", lines: [{ value: "behind", label: "behind", noisy: true }] },
  { title: "Step size", of: "learned", lines: [{ value: "learningRate", label: "learning rate, or amplitude" }] },
  { title: "Gradient norm", of: "learned", lines: [{ value: "gradientNorm", label: "gradient norm", noisy: true }] },
];
