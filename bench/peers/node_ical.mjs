// node-ical: parse the file, expand every event inside the window, print how many instances there are.
// usage: node node_ical.mjs MODULE FILE START END   (MODULE is node-ical's folder, START and END seconds since 1970)
import { createRequire } from "node:module";

const [module, file, start, end] = process.argv.slice(2);
const ical = createRequire(import.meta.url)(module);
const from = new Date(start * 1000);
const to = new Date(end * 1000);
let instances = 0;
for (const event of Object.values(ical.sync.parseFile(file))) {
  if (event.type === "VEVENT") {
    instances += ical.expandRecurringEvent(event, { from, to, expandOngoing: true }).length;
  }
}
console.log(instances);
