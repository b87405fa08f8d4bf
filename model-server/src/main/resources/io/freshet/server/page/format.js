const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 4, minimumFractionDigits: 4 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const upToTenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 2 });
/** Dates and times are those of the reader's language and time zone. */
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const minute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const ABSENT = "–";

export function number(value) {
  if (value == null) return ABSENT;
  return value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 100000)
    ? value.toExponential(3)
    : exact.format(value);
}

/** Returns a number in a sentence. */
export const words = value => Math.abs(value) < 100000 ? digits.format(value) : value.toExponential(3);

export const count = value => value == null ? ABSENT : whole.format(value);

/** Returns a rate, with a decimal if it is small; one that is not 0 does not look like 0. */
export function perSecond(rate) {
  if (rate == null) return ABSENT;
  if (rate > 0 && rate < 0.05) return "<0.1/s";
  return `${rate < 9.95 ? upToTenths.format(rate) : whole.format(rate)}/s`;
}

export const percent = value => value == null ? ABSENT : share.format(value);

export const brief = value => value == null ? ABSENT : short(value);

export const short = value => compact.format(value);

/** Returns the time of day. */
export const time = millis => second.format(millis);

export const dateTime = millis => moment.format(millis);

export function duration(seconds) {
  if (seconds == null) return ABSENT;
  if (seconds < 100) return `${tenths.format(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${count(seconds / 86400)} d`;
}

/** Returns a delay in its largest unit, with a decimal if it is not whole: two of a scale do not look alike. */
export function delay(millis) {
  const [unit, size] = [["d", 86400000], ["h", 3600000], ["min", 60000], ["s", 1000]].find(([, each]) => millis >= each) ?? ["ms", 1];
  return `${upToTenths.format(millis / size)} ${unit}`;
}

/** Returns the labels of an axis of seconds since 1970, which are as precise as their distance needs. */
export function clockLabels(ticks, distance) {
  const format = distance >= 86400 ? day : distance >= 60 ? minute : second;
  return ticks.map(tick => format.format(tick * 1000));
}

/** Returns the labels of an axis of seconds since the start: 1:30 is one minute and a half, 2:00:00 are two hours. */
export function elapsedLabels(ticks) {
  const two = part => String(Math.floor(part)).padStart(2, "0");
  return ticks.map(tick => {
    const rest = `${two((tick / 60) % 60)}:${two(tick % 60)}`;
    return tick < 3600 ? rest.replace(/^0/, "") : `${Math.floor(tick / 3600)}:${rest}`;
  });
}
