/** The page of figures. */

import "./styles/base.css";
import "./styles/page.css";
import { controlChart } from "./charts/control";
import { sourcesChart } from "./charts/sources";
import { tollChart } from "./charts/toll";
import { totalsChart } from "./charts/totals";
import { typesChart } from "./charts/types";
import { part } from "./data";
import { Lookup } from "./lookup";
import { byId, replace } from "./dom";
import { failed, frame } from "./page-frame";

frame();
Promise.all([part("index"), part("figures")])
  .then(([index, figures]) => {
    const lookup = new Lookup(index);
    replace(
      byId("figures"),
      tollChart(index, figures),
      totalsChart(lookup, figures),
      typesChart(lookup, figures),
      controlChart(lookup),
      sourcesChart(index, figures),
    );
    document.documentElement.dataset.ready = "yes";
  })
  .catch(failed);
