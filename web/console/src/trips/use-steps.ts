/** `J` and `K` open the next and the one before (上一条、下一条). */

import { useKeys } from '../app/keys';

export function useSteps(list: readonly { id: string }[], id: string | null, onOpen: (id: string) => void, keysOn: boolean): void {
  const step = (by: number) => {
    const at = list.findIndex((one) => one.id === id);
    const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
    if (!next) return false;
    onOpen(next.id);
  };
  useKeys({ j: () => step(1), k: () => step(-1) }, keysOn);
}
