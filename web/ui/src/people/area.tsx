export function PeopleArea() { return null; }
