import { create } from "/ui/dom.js";
import { count, delay, percent } from "/ui/format.js";

/** More bars than this are merged with their neighbors. */
const MOST_BARS = 12;

/** Returns the delays of closed requests in a sentence. */
export function delayText({ requests, p50_millis, p90_millis, p99_millis, late_share }) {
  const total = requests.reduce((a, b) => a + b, 0);
  if (total === 0) return "No closed request has an outcome yet.";
  const parts = [["50%", p50_millis], ["90%", p90_millis], ["99%", p99_millis]]
    .filter(([, millis]) => millis != null).map(([share, millis]) => `${share} within ${delay(millis)}`);
  if (late_share != null) parts.push(`${percent(late_share)} after the first sample`);
  return `Of ${count(total)} closed requests with an outcome: ${parts.join(", ")}.`;
}

/** Returns a row with a bar for each range of delays, from the shortest to the longest that occur. */
export function delayRows({ up_to_millis, requests }) {
  const bars = merged(occurring(up_to_millis, requests));
  const most = Math.max(...bars.map(bar => bar.requests));
  return bars.map(bar => {
    const mark = create("i", {});
    mark.style.setProperty("--share", bar.requests / most);
    return create("tr", {},
      create("th", { scope: "row" }, bar.upTo == null ? "longer" : `up to ${delay(bar.upTo)}`),
      create("td", { class: "bar" }, mark),
      create("td", { class: "number" }, count(bar.requests)));
  });
}

/** Returns the ranges from the first to the last with a request. */
function occurring(bounds, requests) {
  const first = requests.findIndex(each => each > 0);
  if (first < 0) return [];
  return requests.map((each, i) => ({ upTo: bounds[i] ?? null, requests: each })).slice(first, requests.findLastIndex(each => each > 0) + 1);
}

/** Returns at most MOST_BARS ranges: neighbors are counted together. */
function merged(bars) {
  const together = Math.ceil(bars.length / MOST_BARS);
  const all = [];
  for (let i = 0; i < bars.length; i += together) {
    const group = bars.slice(i, i + together);
    all.push({ upTo: group.at(-1).upTo, requests: group.reduce((sum, bar) => sum + bar.requests, 0) });
  }
  return all;
}
