// A figure of the report as a picture for other programs.

/** Pixels of the picture for one of the page, so that it is sharp on paper. */
const SCALE = 2;

/** Maximum width of the charts that stand beside one another, in pixels of the page. */
const MAX_WIDTH = 1000;

/** Height of the line with the title. */
const TITLE = 32;

/** The first figure of a report; `null` if it has none. @param {Element} report @returns {HTMLElement | null} */
export const pictured = (report) => report.querySelector("figure");

/**
 * Paints a figure: its title, and its charts beside one another. Always on white, as paper and other programs are.
 * @param {HTMLElement} figure
 * @returns {Promise<Blob>} PNG.
 */
export const paint = async (figure) => {
  const { svg, width, height } = drawing(figure);
  const image = new Image();
  // The policy of the page allows images in data URLs; that the style is inside an image is none of its business.
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
};

/** One drawing of the charts of a figure for wide screens, with the style that they have in light colours. */
const drawing = (figure) => {
  const all = [...figure.querySelectorAll("svg.chart")];
  const wide = all.filter((chart) => !chart.closest(".narrow"));
  const writer = new XMLSerializer();
  let [x, y, row, width] = [0, TITLE, 0, 0];
  const parts = (wide.length ? wide : all).map((chart) => {
    const size = ["width", "height"].map((name) => Number(chart.getAttribute(name)));
    if (x > 0 && x + size[0] > MAX_WIDTH) [x, y, row] = [0, y + row, 0];
    const copy = /** @type {Element} */ (chart.cloneNode(true));
    copy.setAttribute("x", String(x));
    copy.setAttribute("y", String(y));
    [x, row, width] = [x + size[0], Math.max(row, size[1]), Math.max(width, x + size[0])];
    return writer.serializeToString(copy);
  });
  const title = document.createElementNS("http://www.w3.org/2000/svg", "text");
  title.setAttribute("class", "title");
  title.setAttribute("x", "4");
  title.setAttribute("y", "22");
  title.textContent = figure.querySelector("figcaption strong")?.textContent ?? "";
  const height = y + row;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  const style = `<style>${rules().replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</style>`;
  return { svg: `${head}${style}${writer.serializeToString(title)}${parts.join("")}</svg>`, width, height };
};

/** Rules for charts, but for those of dark screens, which stand in a rule of their own. */
const rules = () =>
  [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSStyleRule && rule.selectorText.startsWith(".chart"))
    .map(({ cssText }) => cssText)
    .join("");
