/** A button pressed with the pointer gives the keyboard back, so that Space plays and pauses instead of pressing it again. */
export function letGo(act: () => void) {
  return (event: React.MouseEvent<HTMLElement>) => {
    // Pressed by the keyboard, `detail` is 0: then the focus stays where the person put it.
    if (event.detail > 0) event.currentTarget.blur();
    act();
  };
}
