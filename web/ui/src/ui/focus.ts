// Giving the focus to what appears: `autofocus` counts only while a page is loaded.

/** Focuses a field when it is put on the page; to be used as its `ref`. */
export function focusOnce(field: HTMLElement | null): void {
  field?.focus();
}
