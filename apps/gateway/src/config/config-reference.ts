import { levelFields } from "./level-schema.ts";
import { asNode, type SchemaNode, schemaTree, shapeOf } from "./schema-tree.ts";

/** Every setting of `drawbridge.yaml` with type, default and meaning, as Markdown printed from the schema. */
export function configReference(): string {
  const groups = Object.entries(schemaTree().properties ?? {}).map(([name, part]) => groupOf(name, asNode(part) ?? {}));
  const first = groups.find(({ fields }) => isLevel(fields));
  return groups
    .flatMap((group) => {
      if (!isLevel(group.fields)) return section(group);
      return [...(group === first ? section(everyLevel(group)) : []), ...levelSection(group)];
    })
    .join("\n\n");
}

/** True for a group that has all settings of a level. */
function isLevel({ properties = {} }: SchemaNode): boolean {
  return Object.keys(levelFields).every((name) => Object.hasOwn(properties, name));
}

const everyLevelTitle = "Every level";

/** What all levels have in common, which is printed once. */
function everyLevel({ fields }: Group): Group {
  const description = "What customers, teams, users and keys can have, each for itself.";
  return { title: everyLevelTitle, description, fields: { ...fields, properties: shared(fields) } };
}

function shared({ properties = {} }: SchemaNode): Properties {
  return Object.fromEntries(Object.keys(levelFields).map((name) => [name, properties[name] ?? {}]));
}

/** What one level has beside. */
function levelSection(group: Group): string[] {
  const { title, description, fields } = group;
  const own = Object.entries(fields.properties ?? {}).filter(([name]) => !Object.hasOwn(levelFields, name));
  const also = "All settings of [every level](#every-level)";
  if (own.length === 0) return [`### \`${title}\``, `${description ?? ""} ${also}.`];
  return [...section({ ...group, fields: { ...fields, properties: Object.fromEntries(own) } }), `${also} besides.`];
}

type Properties = NonNullable<SchemaNode["properties"]>;

interface Group {
  /** As people write it: `server`, `providers.NAME`, `models[]`. */
  readonly title: string;
  readonly description: string | undefined;
  readonly fields: SchemaNode;
}

function groupOf(title: string, node: SchemaNode): Group {
  const entry = asNode(node.additionalProperties);
  const item = asNode(node.items);
  if (entry !== undefined) return { title: `${title}.NAME`, description: node.description, fields: entry };
  if (item?.properties !== undefined) return { title: `${title}[]`, description: node.description, fields: item };
  return { title, description: node.description, fields: node };
}

/** So many settings in a group are better read in a table of their own. */
const mostInline = 8;

function section({ title, description, fields }: Group): string[] {
  const rows: string[] = [];
  const further: string[] = [];
  for (const { name, node, required } of settingsOf(fields)) {
    const below = settingsOf(node);
    if (below.length > mostInline) further.push(...section({ ...groupOf(`${title}.${name}`, node) }));
    else if (below.length > 0) rows.push(...below.map((one) => row({ ...one, name: `${name}.${one.name}` })));
    else rows.push(row({ name, node, required }));
  }
  const table = ["| setting | type | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
  return [
    `### ${title === everyLevelTitle ? title : `\`${title}\``}`,
    ...(description === undefined ? [] : [description]),
    table,
    ...further,
  ];
}

interface Setting {
  readonly name: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

/** The settings of a group; none for a value, and none for a group that is written as one value. */
function settingsOf(group: SchemaNode): readonly Setting[] {
  if (group["shape"] !== undefined) return [];
  const required = new Set(group.required);
  return Object.entries(group.properties ?? {}).map(([name, part]) => {
    return { name, node: asNode(part) ?? {}, required: required.has(name) };
  });
}

function row({ name, node, required }: Setting): string {
  const fallback = node.default ?? node["fallback"];
  const missing = required ? "required" : "–";
  const cells = [
    `\`${name}\``,
    shapeOf(node),
    fallback === undefined ? missing : `\`${text(fallback)}\``,
    node.description ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
