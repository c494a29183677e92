import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleReport, sampleResult } from '../../../../test/simulation/sample-report.js';
import { anyReport } from '../../../../test/simulation/any-report.js';
import { html } from './html.js';

const page = html(sampleReport, sampleResult);

/** What is wrong with a piece of XML: tags that do not match, attributes without quotes, stray `<` and `&`. */
function faultOf(xml: string): string | undefined {
  const open: string[] = [];
  const token = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy;
  let at = 0;
  for (let match = token.exec(xml); match; match = token.exec(xml)) {
    at = token.lastIndex;
    const [text, closing, name = '', , empty] = match;
    if (/&(?!(?:amp|lt|gt|quot|#39|#\d+);)/.test(text)) return `a stray & in ${text}`;
    if (name === '' || empty === '/') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) return `</${name}> closes something else`;
  }
  if (at < xml.length) return `not understood: ${xml.slice(at, at + 60)}`;
  return open.length === 0 ? undefined : `not closed: ${open.join(', ')}`;
}

const drawingsOf = (text: string) => text.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
const picturesOf = (text: string) => drawingsOf(text).filter((svg) => svg.includes('role="img"'));

describe('a report as HTML', () => {
  test('has a drawing for wide and one for narrow pages of each chart that has figures, and is the same each time', () => {
    const charts = sampleReport.sections.flatMap(({ charts: all = [] }) => all);
    expect(picturesOf(page)).toHaveLength(2 * (charts.length - 1));
    expect(html(sampleReport, sampleResult)).toBe(page);
  });

  test('has drawings that are well-formed XML', () => {
    expect(
      drawingsOf(page)
        .map(faultOf)
        .filter((fault) => fault !== undefined),
    ).toEqual([]);
    expect(faultOf('<svg><g></svg></g>')).toBeDefined();
  });

  test('needs nothing from elsewhere, and no script', () => {
    expect(page.match(/(?:src|href)="(?!data:image\/png;base64,)[^"]*"/g)).toBeNull();
    expect(page.match(/url\((?!#)[^)]*\)|@import/g)).toBeNull();
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:/);
    expect(page).not.toMatch(/<script|<link|<iframe|<img/i);
  });

  test('shows what looks like markup as text', () => {
    expect(page).toContain('&lt;script&gt;alert(2)&lt;/script&gt;');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('&lt;b&gt;bold&lt;/b&gt;');
  });

  test('says of each drawing what one sees on it', () => {
    for (const svg of picturesOf(page)) expect(svg).toMatch(/^<svg [^>]*aria-label="[^"]+"><title>[^<]+<\/title>/);
  });

  test('has no part of a drawing twice by one id', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('takes all colours but those of heat maps from variables that differ in the dark', () => {
    const fixed = picturesOf(page)
      .filter((svg) => !svg.includes('hosts over a day') && !svg.includes('Migrations'))
      .flatMap((svg) => svg.match(/(?:fill|stroke)="(?!none|var\(|url\(#hatch)[^"]*"/g) ?? []);
    // what clips a drawing is not seen
    expect([...new Set(fixed)].filter((one) => one !== 'fill="#000"')).toEqual([]);
  });

  test('labels both axes with their units', () => {
    for (const label of ['utilization (%)', 'time (slots)', 'latency (s)', 'cost ($)'])
      expect(page).toContain(`>${label}<`);
  });

  test('has the parameters, with prices by their path, the seeds, the version and the notes', () => {
    for (const [name, value] of [
      ['prices.cpu', '0.031'],
      ['slots', '200,000'],
      ['seeds', '1 to 10'],
      ['version of Penstock', '0.1.0'],
    ])
      expect(page).toContain(`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
    expect(page).toContain('12 of 4,032 lines of the trace were skipped');
  });

  test('draws a map of many cells as a picture of pixels', () => {
    expect(page).toContain('xlink:href="data:image/png;base64,'.replace('xlink:', ''));
    expect(page.length).toBeLessThan(600_000);
  });

  test('never says NaN, Infinity or undefined, and is well-formed, whatever the figures', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const text = html(report, sampleResult);
        expect(text.replaceAll(/base64,[^"]*/g, '').match(/.{0,60}(?:NaN|Infinity|undefined).{0,60}/g)).toBeNull();
        expect(
          drawingsOf(text)
            .map(faultOf)
            .filter((fault) => fault !== undefined),
        ).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
