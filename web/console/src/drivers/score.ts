/** Stars and amounts of a score in words (星级评分). */

/** `★ 4.12`: hundredths of a star; a dash where there was nothing to judge by. */
export function starText(hundredths: number | null | undefined): string {
  return hundredths === null || hundredths === undefined ? '★ —' : `★ ${(hundredths / 100).toFixed(2)}`;
}

type Text = (key: string, values?: Record<string, string | number>) => string;

/** What the amount of a thing that counts says, by what it is: stars of three things, minutes late or early, kilometres, yuan. */
export function amountOf(item: { fact: string; amount: number }, t: Text): string {
  switch (item.fact) {
    case 'rating':
      return starText(Math.round((item.amount * 100) / 3));
    case 'departure':
    case 'return': {
      const minutes = Math.round(Math.abs(item.amount) / 60);
      return t(item.amount > 0 ? 'drivers.score_late' : 'drivers.score_early', { minutes });
    }
    case 'checked':
    case 'unchecked':
      return `${(item.amount / 1000).toFixed(1)} km`;
    case 'hasty_fill':
      return `¥${(item.amount / 100).toFixed(2)}`;
    default:
      return '';
  }
}
