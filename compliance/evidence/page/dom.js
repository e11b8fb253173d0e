// Elements. Everything from the report goes in as text, never as markup.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ""));
  return element;
}
const SVG = "http://www.w3.org/2000/svg";
const cssName = (verdict) => verdict.replaceAll(" ", "-");
function icon(verdict) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${cssName(verdict)}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${cssName(verdict)}`);
  svg.append(use);
  return svg;
}
function badge(index, many = 0) {
  const verdict = verdicts[index];
  const shown = h("span", { class: `verdict ${cssName(verdict)}` }, icon(verdict), verdictWord(verdict), many ? ` ${number(many)}` : "");
  return shown;
}
const hash = (view, id = "", query = {}) => {
  const wanted = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `#${view}${id && `/${encodeURIComponent(id)}`}${wanted && `?${wanted}`}`;
};
const link = (view, id, ...children) => h("a", { href: hash(view, id) }, children);
// An engine speaks English, whatever the page's language is.
const quoted = (words) => h("q", { lang: "en" }, words);
const id = (words) => h("span", { class: "id", translate: "no" }, words);
const path = (words) => h("span", { class: "path", translate: "no" }, words);
const term = (name, ...value) => (value.flat().some((one) => one) ? h("div", {}, h("dt", {}, name), h("dd", {}, value)) : null);
const title = (words, ...beside) => h("div", { class: "heading" }, h("h1", { tabindex: "-1" }, words), beside);

// A list that grows by a button, so that thousands of entries open at once.
const STEP = 100;
function growing(entries, draw, kind = "list", step = STEP) {
  const list = h("ul", { class: kind });
  const holder = h("div", {}, list);
  const grow = () => {
    const from = list.children.length;
    list.append(...entries.slice(from, from + step).map(draw));
    holder.querySelector(":scope > .more")?.remove();
    const left = entries.length - list.children.length;
    if (left > 0) {
      const count = Math.min(left, step);
      holder.append(h("p", { class: "more" }, h("button", { type: "button", class: "plain", onclick: () => { const at = list.children.length; grow(); list.children[at].querySelector("a")?.focus(); } }, t("more", { count }))));
    }
  };
  grow();
  return holder;
}
// Roles are said, because narrow screens lay a table out as blocks.
function table(headings, lines) {
  const heads = h("tr", { role: "row" }, headings.map((heading) => h("th", { scope: "col", role: "columnheader" }, heading)));
  const cell = (content, at) => (at === 0
    ? h("th", { scope: "row", role: "rowheader" }, content)
    : h("td", { role: "cell", "data-label": headings[at], class: typeof content === "number" ? "n" : null }, typeof content === "number" ? number(content) : content));
  return h("table", { role: "table" }, h("thead", { role: "rowgroup" }, heads),
    h("tbody", { role: "rowgroup" }, lines.map((cells) => h("tr", { role: "row" }, cells.map(cell)))));
}
