import { create, fill } from "/ui/dom.js";
import { count, dateTime, duration } from "/ui/format.js";

const element = id => document.getElementById(id);
const time = text => dateTime(Date.parse(text));

/** The properties that say what the parameters are from: their names for people, and how they are shown. */
const ROWS = [
  ["version", "Version", count],
  ["key", "Key", text => text],
  ["samples_learned", "Samples learned", count],
  ["updates", "Updates", count],
  ["published_at", "Published", time],
  ["watermark", "Watermark, the newest event time", time],
  ["age_seconds", "Age, since the watermark", text => duration(Number(text))],
  ["offsets", "Last offset of each partition", text => text.split(",").map(each => create("div", {}, each))],
  ["incarnation", "Incarnation, the first offset of each partition", text => text.split(",").map(each => create("div", {}, each))],
  ["spec_hash", "Specification", text => create("code", {}, text)],
  ["checksum", "Checksum", text => create("code", {}, text)],
  ["parameters", "Parameters", count],
  ["freshet", "Published by Freshet", text => text],
];

/** Shows what the served parameters were learned from. */
export function showLineage(properties) {
  const rows = ROWS.filter(([name]) => properties[name] != null && properties[name] !== "")
    .map(([name, label, show]) => create("tr", { id: `lineage-${name}` },
      create("th", { scope: "row" }, label), create("td", {}, ...[show(properties[name])].flat())));
  fill(element("lineage-rows"), rows);
  element("lineage").hidden = rows.length === 0;
}
