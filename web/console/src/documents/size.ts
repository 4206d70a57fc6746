/** How large a file is, as people say it: `812 KB`, `3.4 MB`. */

import { number } from '../ui/format';

export function size(bytes: number): string {
  if (bytes < 1024) return `${number(bytes)} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1000 ? `${number(kilobytes)} KB` : `${number(kilobytes / 1024, 1)} MB`;
}
