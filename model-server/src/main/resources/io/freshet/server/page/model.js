import { get } from "/ui/api.js";
import { Classes } from "/ui/classes.js";
import { create, fill, say } from "/ui/dom.js";
import { count, number } from "/ui/format.js";
import { Inspection } from "/ui/inspection.js";
import { Join } from "/ui/join.js";
import { KeyPicker } from "/ui/keys.js";
import { showLineage } from "/ui/lineage.js";
import { ModelCharts } from "/ui/model-charts.js";
import { Status } from "/ui/status.js";
import { offerSignOut } from "/ui/session.js";
import { Specification } from "/ui/specification.js";
import { listen } from "/ui/stream.js";
import { TryForm } from "/ui/try.js";
import { Versions } from "/ui/versions.js";

const PERIOD_MILLIS = 5000;
const element = id => document.getElementById(id);
const name = decodeURIComponent(location.pathname.split("/").at(-1));
const key = new URLSearchParams(location.search).get("key");
const query = key == null ? "" : `?key=${encodeURIComponent(key)}`;
const status = new Status();
const charts = new ModelCharts(name, element("charts"));
const versions = new Versions(name, key, query);
const inspection = new Inspection(name, query);
const specification = new Specification(name);
const classes = new Classes(name, query);
const join = new Join(name);
/** The parts that only a model which is served has. */
const SERVED_ONLY = ["keys", "versions", "moved", "trial", "scores", "by-class", "lineage", "join", "served-scores"];
/** Whether it is known if the model has keys. */
let described = false;
/** The inputs and the key field of the form. */
let built = null;
/** The metadata of the key, whose metrics have the names of the protocol: auc for AUC, log_loss for logLoss. */
let ofKey = {};
let served = null;
/** When the metadata and the versions were fetched; labels may change without a new version. */
let fetchedAt = -Infinity;
let close = null;
let isDescribing = false;
/** Grows while there is no model, so that answers to earlier requests are ignored. */
let forgotten = 0;

async function receive(event) {
  const model = event.models.find(each => each.name === name);
  status.show(model, event.at);
  showMetrics(model, event.metrics);
  charts.add(event, model);
  versions.tick(event.at);
  if (model == null) forget();
  inspection.refresh(model?.version != null && !element("moved").hidden);
  if (model != null) {
    classes.refresh();
    join.refresh(event.metrics, event.at);
  }
  if (charts.tooLong) connect();
  if (model?.unloaded) unload();
  // One that answers as version 0 has no versions to show.
  else if (model?.version == null) element("versions").hidden = true;
  if (model?.version == null || isDescribing) return;
  const changed = model.version !== served || performance.now() - fetchedAt >= PERIOD_MILLIS;
  if (!changed) return;
  served = model.version;
  fetchedAt = performance.now();
  isDescribing = true;
  try {
    await describe();
    if (!element("versions").hidden) await versions.refresh();
    say(element("page-error"), "");
  } catch (error) {
    served = null;
    say(element("page-error"), error.message);
  } finally {
    isDescribing = false;
  }
}

/** Shows that no version answers, and how to change this. */
function unload() {
  for (const id of ["moved", "trial"]) element(id).hidden = true;
  element("versions").hidden = false;
  versions.unload();
  forgotten++;
  served = null;
}

/** Hides the figures of a model that was deleted. */
function forget() {
  for (const id of SERVED_ONLY) element(id).hidden = true;
  specification.clear();
  join.forget();
  classes.forget();
  forgotten++;
  served = null;
  ofKey = {};
}

/** Shows the inputs and the lineage and, of a model with keys, asks for one. */
async function describe() {
  const before = forgotten;
  const path = `/v2/models/${encodeURIComponent(name)}`;
  if (!described) {
    const { properties } = await get(path);
    element("all-keys").hidden = properties.key_field == null;
    if (properties.key_field != null) new KeyPicker(name, properties.key_field, key);
    described = true;
  }
  const metadata = await get(path + query);
  if (forgotten !== before) return;
  const shape = JSON.stringify([metadata.inputs, metadata.properties.key_field]);
  if (built == null) {
    new TryForm(name, metadata, key, query);
    built = shape;
  } else if (built !== shape) {
    // The form and the keys would be those of another model, or of other features.
    location.reload();
    return;
  }
  element("keys").hidden = metadata.properties.key_field == null;
  element("versions").hidden = metadata.properties.key_field != null && key == null;
  element("moved").hidden = element("versions").hidden;
  element("trial").hidden = false;
  if (key != null) ofKey = metadata.properties;
  showLineage(metadata.properties);
  specification.refresh(metadata.properties.spec_hash);
}

/** Shows the metrics of the key, or of the model. */
function showMetrics(model, metrics) {
  say(element("rejected-samples"), count(model?.rejected));
  const value = metric => key == null ? model?.[metric] : ofKey[metric.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)];
  const known = Object.keys(metrics).filter(metric => value(metric) != null);
  element("scores").hidden = known.length === 0;
  fill(element("metrics"), known.map(metric => create("tr", {},
    create("th", { scope: "row" }, metrics[metric].label),
    create("td", { class: "number" }, number(Number(value(metric)))),
    create("td", {}, metrics[metric].about))));
}

/** Opens a new connection, whose first event contains the whole curves. */
function connect() {
  close?.();
  close = listen(receive, () => status.lost(), `?model=${encodeURIComponent(name)}`);
}

element("name").textContent = name;
document.title = `${name} – Freshet`;
connect();
offerSignOut();
