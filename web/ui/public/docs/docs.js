// Shows the OpenAPI document of the server: operations by tag, then schemas.

import { element } from "./dom.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Returns the name at the end of a reference. */
function named(reference) {
  return reference.split("/").pop();
}

/** Turns text with `code` in it into nodes. */
function prose(text) {
  return (text ?? "").split("`").map((part, idx) => (idx % 2 ? element("code", {}, part) : part));
}

/** Describes what a schema allows, in a few words; other schemas are links. */
function type(schema) {
  if (!schema) return [];
  if (schema.$ref) {
    const name = named(schema.$ref);
    return [element("a", { href: `#schema-${name}` }, name)];
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.flatMap((choice, idx) => [...(idx ? [" or "] : []), ...type(choice)]);
  if (schema.allOf) return schema.allOf.flatMap((part, idx) => [...(idx ? [" and "] : []), ...type(part)]);
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  const types = [schema.type ?? "anything"].flat();
  const listed = types.includes("array") ? [" of ", ...type(schema.items)] : [];
  return [types.join(" or "), ...listed];
}

function row(name, required, schema, description) {
  const label = element("code", { className: required ? "required" : "" }, name);
  return element("tr", {},
    element("td", {}, label), element("td", {}, ...type(schema)), element("td", {}, ...prose(description)));
}

function rows(schema) {
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    row(name, schema.required?.includes(name), property, property.description));
  return [...own, ...(schema.allOf ?? []).flatMap(rows)];
}

function table(lines) {
  return element("table", {}, element("tbody", {}, ...lines));
}

function titled(title, ...content) {
  return [element("h3", {}, title), ...content];
}

/** Describes bodies by media type. */
function bodies(content) {
  return Object.entries(content ?? {}).map(([mediaType, { schema }]) =>
    element("p", {}, element("code", {}, mediaType), " ", ...type(schema)));
}

function parameters(list) {
  if (!list?.length) return [];
  const line = ({ name, in: place, required, schema, description }) =>
    row(name, required, schema, `${place}. ${description ?? ""}`);
  return titled("Parameters", table(list.map(line)));
}

function responses(all) {
  const line = ([status, { description, content }]) => element("tr", {},
    element("td", {}, element("code", {}, status)),
    element("td", {}, ...bodies(content)),
    element("td", {}, ...prose(description)));
  return titled("Responses", table(Object.entries(all).map(line)));
}

function operation(method, path, described) {
  const body = described.requestBody;
  return element("details", { id: described.operationId },
    element("summary", {},
      element("span", { className: "method" }, method.toUpperCase()), element("code", {}, path), " ",
      element("span", { className: "said" }, ...prose(described.summary))),
    element("p", {}, ...prose(described.description)),
    ...parameters(described.parameters),
    ...(body ? titled("Body", element("p", {}, ...prose(body.description)), ...bodies(body.content)) : []),
    ...responses(described.responses));
}

/** Returns every operation as [tag, node], in the order of the document. */
function operations(paths) {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      [item[method].tags?.[0] ?? "", operation(method, path, item[method])]));
}

function schemaOf([name, schema]) {
  const lines = rows(schema);
  return element("details", { id: `schema-${name}` },
    element("summary", {}, element("code", {}, name), " ",
      element("span", { className: "said" }, ...prose(schema.description))),
    lines.length ? table(lines) : element("p", {}, ...type(schema)));
}

/** Opens what the address points at. */
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  target.open = true;
  target.scrollIntoView();
}

function show(api) {
  const at = (id) => document.getElementById(id);
  for (const paragraph of api.info.description.split("\n\n")) {
    at("description").append(element("p", {}, ...prose(paragraph)));
  }
  const all = operations(api.paths);
  for (const { name, description } of api.tags) {
    const own = all.filter(([tag]) => tag === name).map(([, node]) => node);
    at("contents").append(element("a", { href: `#${name}` }, name));
    at("operations").append(
      element("h2", { id: name }, name), element("p", {}, ...prose(description)), ...own);
  }
  at("contents").append(element("a", { href: "#schemas" }, "schemas"));
  at("schemas").append(
    element("h2", {}, "schemas"), ...Object.entries(api.components.schemas).map(schemaOf));
  open();
}

const response = await fetch("../openapi.json");
show(await response.json());
addEventListener("hashchange", open);
