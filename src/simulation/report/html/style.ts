/** How reports look: light and dark as the reader's system is, and on paper. Colours of series are Okabe and Ito's, darker on white. */
export const style = `:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b1f24; --soft: #57606a; --grid: #e4e7eb; --axis: #8c959f; --box: #d6e8f5; --stripe: #f6f8fa;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #009e73; --series-3: #b8578f;
  --series-4: #b97900; --series-5: #3d9bd1; --series-6: #5b4b9a; --series-7: #1b1f24;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15191e; --ink: #e6e9ed; --soft: #a2abb5; --grid: #2c333b; --axis: #77818c; --box: #1f3e54; --stripe: #1c2127;
    --series-0: #4ba3e3; --series-1: #ff8533; --series-2: #2fc79a; --series-3: #e191c1;
    --series-4: #f0b429; --series-5: #8fd0f7; --series-6: #a899ec; --series-7: #e6e9ed;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 24px 20px 64px; overflow-wrap: anywhere; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 16px; }
h2 { font-size: 22px; line-height: 1.3; margin: 40px 0 12px; }
h3 { font-size: 18px; margin: 24px 0 8px; }
p { margin: 0 0 12px; }
p, li { max-width: 46em; }
.patterns { position: absolute; }
figure { margin: 28px 0; }
figure svg { display: block; width: 100%; height: auto; }
figcaption strong { display: block; }
figcaption span, .note { color: var(--soft); font-size: 14px; }
.note { margin: 6px 0 0; }
.axis { margin: 8px 0 0; font-size: 14px; }
.axis.below { text-align: center; margin: 0; max-width: none; }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 10px 0 0; padding: 0; list-style: none; font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 8px; }
.legend svg { width: 40px; height: 14px; flex: none; }
.scale { max-width: 420px; margin: 10px 0 0; font-size: 14px; }
.colors { height: 14px; margin: 4px 0 2px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.ticks { display: flex; justify-content: space-between; }
.scale .note { margin: 0; }
figure image { image-rendering: pixelated; }
details { margin: 10px 0 0; }
summary { cursor: pointer; font-size: 14px; }
.scroll { overflow-x: auto; margin: 12px 0 20px; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: 0 0 6px; }
th, td { padding: 4px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--grid); }
td.figure, tbody th { white-space: nowrap; }
.about td { overflow-wrap: anywhere; }
th { font-weight: 600; }
tbody th { font-weight: 400; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--axis); }
tbody tr:nth-child(even) { background: var(--stripe); }
.figure { text-align: right; }
@media screen and (max-width: 680px) {
  main { padding: 16px 12px 48px; }
  h1 { font-size: 23px; }
  h2 { font-size: 19px; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; }
  figure:has(details) { break-inside: auto; }
  .wide, .scale, .legend { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  .scroll { overflow: visible; }
  td, tbody th { white-space: normal; }
  table { font-size: 8pt; max-width: 100%; }
  th, td { padding: 2px 4px; overflow-wrap: anywhere; }
  td.figure { white-space: normal; overflow-wrap: normal; }
  svg { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
