/** The replicas of a model that are drawn, by number. */
const REPLICAS = [...Array(8).keys()];

/** The values of a point of a learning curve, of one about serving, and of one about answers, in the order in which the server sends them. */
export const LEARNED = [
  "at", "samples", "window", "loss", "baseline", "windowQuality", "quality", "windowCalibration", "calibration",
  "learningRate", "gradientNorm", ...REPLICAS.map(number => `replica${number}`),
];
export const SERVED = ["at", "version", "age", "rate", "behind", "requests", "p50", "p99"];
export const SCORED = ["at", "answers", "served", "expected", "servedTotal", "expectedTotal"];

const window = { faint: true, noisy: true };
const total = { width: 2.25, main: true };
const learned = { of: "learned", empty: "no samples yet" };
const served = { of: "served", empty: "nothing served yet" };

/**
 * The charts: a title, what the points are about (learned or served), what an empty chart says, and lines. A line shows a
 * value under a label and a style of Chart. Lines about a part of a model (alone) are drawn if no other model is; their
 * shade is the distance of their color to that of the model. The marks of a chart are the points at which a value changes.
 * A clipped chart leaves out implausible values, such as those of points at which a loss (by; the value itself, unless it is
 * given) is far above that of a constant; the values of a current chart expire when no new ones arrive.
 */
export const CHARTS = [
  {
    ...learned, title: "Loss", large: true, clipped: true, lines: [
      { value: "window", label: "last window", ...window },
      { value: "loss", label: "since start", ...total },
      { value: "baseline", label: "baseline", reference: true, dash: [6, 4] },
      ...REPLICAS.map(number => ({ value: `replica${number}`, label: `replica ${number}`, alone: true, shade: 2 + number, ...window, width: 1 })),
    ],
  },
  {
    ...learned, title: "Quality", clipped: true, lines: [
      { value: "windowQuality", label: "last window", by: "window", ...window },
      { value: "quality", label: "since start", by: "loss", ...total },
    ],
  },
  {
    ...learned, title: "Calibration", clipped: true, lines: [
      { value: "windowCalibration", label: "last window", by: "window", ...window },
      { value: "calibration", label: "since start", by: "loss", ...total },
    ],
  },
  { ...served, title: "Age (s)", current: true, marks: "version", lines: [{ value: "age", label: "age", noisy: true, main: true }] },
  {
    ...served, title: "Latency (ms)", empty: "no requests yet", current: true, marks: "version", scale: 1000, lines: [
      { value: "p50", label: "p50", noisy: true, main: true },
      { value: "p99", label: "p99", dash: [3, 2], noisy: true },
    ],
  },
  {
    ...served, title: "Per second", current: true, lines: [
      { value: "rate", label: "samples learned", noisy: true, main: true },
      { value: "requests", label: "requests", dash: [3, 2], noisy: true },
    ],
  },
  {
    ...served, title: "Records behind", empty: "unknown so far", current: true,
    lines: [{ value: "behind", label: "behind", noisy: true, main: true }],
  },
  { ...learned, title: "Step size", lines: [{ value: "learningRate", label: "learning rate, or amplitude", main: true }] },
  { ...learned, title: "Gradient norm", clipped: true, lines: [{ value: "gradientNorm", label: "gradient norm", by: "window", noisy: true, main: true }] },
];

/**
 * How good the answers were, of a model whose requests are joined with their outcomes, beside how good the trainer's predictions
 * are. A line may be about something else than its chart, and its label may say over how many records it is (over). A sparse one has a value at the end of each window only.
 */
export const SERVED_LOSS = {
  of: "scored", title: "Served loss", empty: "no final labels yet", large: true, clipped: true, lines: [
    { value: "servedTotal", label: "served since start", ...total },
    { value: "served", label: "served", over: "servedAnswers", sparse: true, noisy: true },
    { value: "expected", label: "expected", sparse: true, dash: [6, 4] },
    { value: "window", label: "progressive", of: "learned", ...window },
  ],
};
