/** The look of a report: the reader's own fonts, light or dark as the reader has it, narrow pages and paper too. */
export const style = `
:root { color-scheme: light dark; --text: #1b1b1b; --quiet: #5b5b5b; --page: #ffffff; --panel: #f6f6f4; --line: #d9d9d6; --link: #0057a3; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececea; --quiet: #a9a9a5; --page: #16171a; --panel: #202226; --line: #3b3d42; --link: #7db7ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 62rem; color: var(--text); background: var(--page); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .4rem 0; max-width: 46rem; }
.about, figcaption, footer, .note { color: var(--quiet); font-size: .9rem; }
figure { margin: 1rem 0; padding: .75rem; background: var(--panel); border-radius: 6px; }
figure h3 { margin-top: .25rem; }
figure svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
figure svg text:not([fill]) { fill: currentColor; }
figure svg .none { fill: none; stroke: var(--line); }
.narrow { display: none !important; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .25rem 0 .5rem; padding: 0; list-style: none; font-size: .85rem; }
.legend svg { display: inline-block; width: 30px; height: 12px; margin-right: .35rem; vertical-align: middle; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; vertical-align: top; }
th { font-weight: 600; white-space: normal; }
th:first-child, td:first-child, .text { text-align: left; }
td.text { white-space: normal; min-width: 8rem; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .9rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 620px) {
  body { padding: 1rem .75rem 3rem; }
  .wide { display: none !important; }
  .narrow { display: block !important; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; }
}
@media print {
  :root { color-scheme: light; --text: #000; --quiet: #444; --page: #fff; --panel: #fff; --line: #bbb; --link: #000; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  figure { break-inside: avoid; padding: 0; }
  .wide { display: block !important; }
  .narrow { display: none !important; }
  .scroll { overflow: visible; }
  tr { break-inside: avoid; }
}
`;
