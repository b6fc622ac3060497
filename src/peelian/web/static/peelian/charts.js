/* Charts that answer to the pointer. Each figure of a document comes with a finished picture; where Vega can draw it, the
   drawing takes the picture's place, with the same text alternative. The table stays beside it either way. */
const { specs, config } = JSON.parse(document.getElementById("charts").textContent);

document.querySelectorAll(".document figure").forEach(async (figure, i) => {
  const picture = figure.querySelector("img");
  if (!specs[i] || !picture) return;
  const chart = document.createElement("div"), inside = document.createElement("div");
  chart.className = "chart";
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", picture.alt);
  inside.setAttribute("aria-hidden", "true"); // the whole chart has one text alternative
  chart.append(inside);
  // The interpreter (ast) needs no eval, which the page forbids.
  await window.vegaEmbed(inside, specs[i], { mode: "vega-lite", ast: true, renderer: "svg", actions: false, config: { ...config, aria: false } });
  picture.replaceWith(chart);
});
