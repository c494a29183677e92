const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in HTML and in its attributes. Control characters, which XML forbids, are left out. */
export const escaped = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what is to be left out
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
    .replaceAll(/[&<>"']/g, (one) => entities[one] ?? '');
