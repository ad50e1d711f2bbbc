export function EvalsArea() { return null; }
