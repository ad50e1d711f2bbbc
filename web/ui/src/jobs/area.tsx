export function JobsArea() { return null; }
