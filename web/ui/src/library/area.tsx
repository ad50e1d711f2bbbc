export function LibraryArea() { return null; }
