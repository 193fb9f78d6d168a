/** The pages of text, with the tables and the search where the page has a place for them. */

import "./styles/base.css";
import "./styles/page.css";
import { failed, frame } from "./page-frame";
import { filterRules } from "./rule-filter";
import { searchPage } from "./search";
import { tablePage } from "./tables";

frame();
for (const [id, show] of Object.entries({
  "table-view": tablePage,
  "search-view": searchPage,
  "rule-view": filterRules,
})) {
  const place = document.getElementById(id);
  if (place) show(place).then(() => (document.documentElement.dataset.ready = "yes"), failed);
}
