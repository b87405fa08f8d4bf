import { get } from "/ui/api.js";
import { offerSignOut } from "/ui/session.js";
import { listen } from "/ui/stream.js";
import { create } from "/ui/dom.js";
import { count, duration, number } from "/ui/format.js";
import { Inspection } from "/ui/inspection.js";
import { STATES } from "/ui/table.js";
import { TryForm } from "/ui/try.js";
import { Versions } from "/ui/versions.js";

const PERIOD_MILLIS = 5000;
const element = id => document.getElementById(id);
const name = decodeURIComponent(location.pathname.split("/").at(-1));
const key = new URLSearchParams(location.search).get("key");
const query = key == null ? "" : `?key=${encodeURIComponent(key)}`;
const versions = new Versions(name, key, query);
const inspection = new Inspection(name, query);
let metadata = null;
let served = null;
/** When the versions were fetched; their labels may change without a new version. */
let fetchedAt = -Infinity;

/** Shows the inputs and, of a model with keys, asks for one. */
async function describe() {
  metadata = await get(`/v2/models/${encodeURIComponent(name)}${query}`);
  const keyField = metadata.properties.key_field;
  element("key-form").hidden = keyField == null;
  element("key-field").textContent = keyField ?? "";
  element("key").value = key ?? "";
  element("versions").hidden = keyField != null && key == null;
  element("moved").hidden = element("versions").hidden;
  new TryForm(name, metadata, key);
}

async function receive(event) {
  const model = event.models.find(each => each.name === name);
  state(STATES[model?.state] ?? "waiting", model == null ? "unknown model" : text(model, event.at));
  element("rejected-samples").textContent = count(model?.rejected);
  element("metrics").replaceChildren(...Object.entries(event.metrics)
    .filter(([metric]) => model?.[metric] != null)
    .map(([metric, { label, about }]) => create("tr", {},
      create("th", { scope: "row" }, label), create("td", { class: "number" }, number(model[metric])), create("td", {}, about))));
  inspection.refresh(metadata != null && !element("moved").hidden);
  if (model?.version == null) return;
  const changed = model.version !== served || performance.now() - fetchedAt >= PERIOD_MILLIS;
  served = model.version;
  try {
    if (metadata == null) await describe();
    if (changed && !element("versions").hidden) {
      fetchedAt = performance.now();
      await versions.refreshUnlessUsed();
    }
  } catch (error) {
    served = null;
    element("versions-error").textContent = error.message;
  }
}

function text(model, now) {
  return model.since == null ? model.state : `${model.state} for ${duration(Math.max(0, now - model.since) / 1000)}`;
}

function state(kind, words) {
  element("state").dataset.state = kind;
  if (element("state").textContent !== words) element("state").textContent = words;
}

element("key-form").addEventListener("submit", event => {
  event.preventDefault();
  location.search = `?key=${encodeURIComponent(element("key").value)}`;
});
element("name").textContent = name;
document.title = `${name} – Freshet`;
listen(receive, () => state("bad", "connection lost, reconnecting"));
offerSignOut();
