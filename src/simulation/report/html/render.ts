import type { Result } from '../../run/result.js';
import type { Report } from '../report.js';

/** The report as one HTML file. What draws charts is loaded for it. */
export async function renderHtml(
  report: Report,
  result: Pick<Result, 'request' | 'version' | 'notes'>,
): Promise<string> {
  const { html } = await import('./html.js');
  return html(report, result);
}
