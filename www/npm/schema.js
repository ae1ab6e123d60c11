// JSON Schemas from a provider's fields: one for the drafts that its validator accepts, and one for the values it returns.
//
// A schema sees only a draft, without options. Tests compare schemas and validator in both directions. docs/json-schema.md
// lists the rules that a schema cannot express.

const TARGETS = {
  "draft-2020-12": "https://json-schema.org/draft/2020-12/schema",
  "draft-07": "http://json-schema.org/draft-07/schema#",
  "openapi-3.0": undefined,
};

/** Unicode's White_Space, which the validator trims. JavaScript's \s is a different set. */
const SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
/** Whitespace and invisible characters, which the validator trims around numbers and identifiers. */
const AROUND = `${SPACE}\\u061c\\u200b-\\u200f\\u202a-\\u202c\\u2060-\\u2064\\u2066-\\u2069\\ufeff`;
const END = `[${AROUND}]*$`;
const OF_TEXTS = ["text", "currency", "choice"];
const around = ({ kind }) => (OF_TEXTS.includes(kind) ? SPACE : AROUND);
/** Characters that a text cannot contain, besides line breaks. */
const CONTROL = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff";
const POINT = "[.\\u066b\\uff0e]";
const COMMA = "[,\\u066c\\uff0c]";
const MARK = "[.,\\u066b\\u066c\\uff0c\\uff0e]";
const HYPHEN = "[-\\u2010\\u2011\\u2212\\ufe63\\uff0d]";
const COLON = "[:\\uff1a]";
const BLANK = "[ \\xa0\\u2000-\\u200a\\u202f\\u205f\\u3000]";
/** The zero of each script whose digits are read. */
const ZEROS = [..."0٠۰०০੦૦௦౦೦൦๐０"];
const LATIN = ["0"];
/** The largest integer that a number holds exactly. */
const PLAIN = Number.MAX_SAFE_INTEGER;

/** A pattern with surrounding whitespace. The lookahead prevents backtracking into the whitespace. */
const trimmed = (pattern, space = SPACE) => `^[${space}]*(?![${space}])(?:${pattern})[${space}]*$`;
/** The same, or only whitespace. */
const trimmedOrBlank = (pattern, space = SPACE) => `^[${space}]*(?:(?![${space}])(?:${pattern})[${space}]*)?$`;

const glyph = (zero, value) => String.fromCodePoint(zero.codePointAt(0) + value);
/** A character class of these digits. */
const oneOf = (zeros, ...values) => {
  const all = zeros.flatMap((zero) => values.map((value) => glyph(zero, value))).join("");
  return all.length > 1 ? `[${all}]` : all;
};
/** A character class of the digits from `low` to `high` in these scripts. */
const digit = (zeros, low, high = low) =>
  low === high ? oneOf(zeros, low) : `[${zeros.map((zero) => `${glyph(zero, low)}-${glyph(zero, high)}`).join("")}]`;

/** A whole number from 1, with at most as many digits as `max`. */
const whole = (zeros, max) => `${digit(zeros, 1, 9)}${digit(zeros, 0, 9)}{0,${max.length - 1}}`;

/** A date that exists in every year, or 29 February. */
const date = (zeros) => {
  const d = (low, high) => digit(zeros, low, high);
  const long = `(?:${d(0)}${oneOf(zeros, 1, 3, 5, 7, 8)}|${d(1)}${oneOf(zeros, 0, 2)})`;
  const short = `(?:${d(0)}${oneOf(zeros, 4, 6, 9)}|${d(1)}${d(1)})`;
  const to29 = `${d(0)}${d(1, 9)}|${d(1, 2)}${d(0, 9)}`;
  const days = `${long}-(?:${to29}|${d(3)}${d(0, 1)})|${short}-(?:${to29}|${d(3)}${d(0)})|${d(0)}${d(2)}-(?:${to29})`;
  const all = `(?:${d(1)}${d(9)}|${d(2, 9)}${d(0, 9)})${d(0, 9)}{2}-(?:${days})`;
  return zeros === LATIN ? all : all.replaceAll(/-(?=\(\?:)/g, HYPHEN);
};

const clock = (zeros) => {
  const hour = `(?:${digit(zeros, 0, 1)}${digit(zeros, 0, 9)}|${digit(zeros, 2)}${digit(zeros, 0, 3)})`;
  const sixty = `${digit(zeros, 0, 5)}${digit(zeros, 0, 9)}`;
  return { hour, sixty };
};

const moment = () => {
  const { hour, sixty } = clock(ZEROS);
  const time = `${hour}${COLON}${sixty}(?:${COLON}${sixty}(?:[.\\u066b\\uff0e]${digit(ZEROS, 0, 9)}+)?)?`;
  const zone = `[Zz]|(?:[+\\uff0b]|${HYPHEN})${hour}${COLON}${sixty}`;
  // `UTC` is accepted only after a date and time that are separated by a space.
  return `${date(ZEROS)}(?:(?![Tt].*${BLANK}[Uu])(?:[Tt]|${BLANK})${time}(?:${zone}|${BLANK}[Uu][Tt][Cc])?)?`;
};

/** An unambiguous amount with at most `decimals` decimals, in every accepted grouping. */
const amount = (decimals, least) => {
  const zero = digit(ZEROS, 0);
  const some = digit(ZEROS, 1, 9);
  const any = digit(ZEROS, 0, 9);
  const rest = decimals > 0 ? `${any}{1,${decimals}}${zero}*` : `${zero}+`;
  const first = `${some}${any}{0,2}`;
  const group = (separator) => `(?:${separator}${any}{3})`;
  const other = (separator) => `${group(separator)}+(?:${MARK}${rest})?`;
  const grouped = [
    `${group(COMMA)}{2,}`,
    `${group(COMMA)}+${POINT}${rest}`,
    `${group(POINT)}{2,}`,
    `${group(POINT)}+${COMMA}${rest}`,
    other(BLANK),
    other("['\\u2018\\u2019\\u02bc\\uff07]"),
  ];
  const ambiguous = `${first}${decimals === 3 ? COMMA : MARK}${any}{3}${END}`;
  // A negative amount is too small. Zero may have a minus sign.
  const sign = least > 0 ? `(?=.*${some})` : `(?:${HYPHEN}(?!.*${some}))?`;
  return `${sign}(?!${ambiguous})(?:${any}*${MARK}${rest}|${any}+|${first}(?:${grouped.join("|")}))`;
};

const percentage = () => {
  const zero = digit(ZEROS, 0);
  const any = digit(ZEROS, 0, 9);
  const below = `${zero}*${any}{0,2}(?:${MARK}${any}{1,4}${zero}*)?`;
  return `(?=[^${AROUND}]{1,16}${END})(?:${below}|${zero}*${digit(ZEROS, 1)}${zero}{2}(?:${MARK}${zero}+)?)`;
};

/** A text of at most `max` characters. Each line break counts as one character, however it is written. */
const text = ({ max, lines }, breaks) => {
  const edge = `[^${SPACE}${CONTROL}]`;
  const inner = lines ? (breaks ? `(?:\\r\\n|(?!\\r\\n)[^${CONTROL}])` : `[^\\r${CONTROL}]`) : `[^\\r\\n${CONTROL}]`;
  return max > 1 ? `${edge}(?:${inner}{0,${max - 2}}${edge})?` : edge;
};

const id = ({ max }) => `[A-Za-z0-9_-]{1,${max}}`;
const UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
/** The largest signed 64-bit integer. */
const MOST = "9223372036854775807";

const anyCase = (code) => code.replaceAll(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
const values = ({ choices }) => choices.map(({ value }) => value);
const plainly = (words) => words.map((word) => word.replaceAll(/[$()*+./?[\\\]^{|}]/g, "\\$&")).join("|");

/** The largest number up to `max` that a number holds exactly. */
const below = (max) => Math.min(+max, PLAIN);

/** The pattern of the texts that a field accepts, and the schemas of the numbers, as JavaScript prints them. */
const inputOf = (field, decimals) => {
  switch (field.kind) {
    case "id":
      return [id(field), { type: "integer", minimum: -PLAIN, maximum: PLAIN }];
    case "uuid":
    case "transaction":
      return [UUID];
    case "integer":
      return [`${digit(ZEROS, 0)}*${whole(ZEROS, field.max)}`, { type: "integer", minimum: 1, maximum: below(field.max) }];
    case "integers": {
      const one = `${digit(ZEROS, 0)}*${whole(ZEROS, MOST)}`;
      return [`${one}(?:[${SPACE}]*${COMMA}[${SPACE}]*${one})*`, { type: "integer", minimum: 1, maximum: below(MOST) }];
    }
    case "currency":
      return [values(field).map(anyCase).join("|")];
    case "amount": {
      const least = { type: decimals > 0 ? "number" : "integer", minimum: 10 ** -decimals, maximum: PLAIN };
      return [
        amount(decimals, field.minMinorUnits),
        ...(field.minMinorUnits > 0 ? [least] : [{ type: "number", enum: [0] }, least]),
      ];
    }
    case "percentage":
      return [percentage(), { type: "number", minimum: 0, maximum: 100 }];
    case "moment":
      return [moment()];
    case "choice":
      return [plainly(values(field))];
    default:
      return [text(field, true), { type: "number", minimum: -PLAIN, maximum: PLAIN }];
  }
};

/** The schema of a field's checked value. */
const outputOf = (field, decimals) => {
  const matching = (pattern) => ({ type: "string", pattern: `^(?:${pattern})$` });
  switch (field.kind) {
    case "id":
      return matching(id(field));
    case "uuid":
    case "transaction":
      return matching(UUID.replaceAll("A-F", ""));
    case "integer":
      return matching(whole(LATIN, field.max));
    case "integers":
      return matching(`${whole(LATIN, MOST)}(?:,${whole(LATIN, MOST)})*`);
    case "currency":
    case "choice":
      return { type: "string", enum: values(field) };
    case "amount":
      return matching(
        `${field.minMinorUnits > 0 ? "(?=.*[1-9])" : ""}(?:0|[1-9][0-9]*)${decimals > 0 ? `\\.[0-9]{${decimals}}` : ""}`,
      );
    case "percentage":
      return matching("100|(?:0|[1-9][0-9]?)(?:\\.[0-9]{0,3}[1-9])?");
    case "moment": {
      const { hour, sixty } = clock(LATIN);
      return matching(`${date(LATIN)}T${hour}:${sixty}:${sixty}Z`);
    }
    default:
      return matching(text(field, false));
  }
};

/** The keywords of a target. OpenAPI 3.0 lacks some and needs others in their place. */
const dialect = (target) => {
  const old = target === "openapi-3.0";
  const not = (schema) => ({ not: schema });
  return {
    /** Requires `then` if `test` matches, otherwise `otherwise`. Either may be omitted. */
    when: (test, then, otherwise) => {
      if (!old) return { if: test, ...(then && { then }), ...(otherwise && { else: otherwise }) };
      const either = [then && { anyOf: [not(test), then] }, otherwise && { anyOf: [test, otherwise] }].filter(Boolean);
      return either.length > 1 ? { allOf: either } : either[0];
    },
    /** Any of the schemas, or `null`. */
    orNull: (schemas) => (old ? schemas.map((schema) => ({ ...schema, nullable: true })) : [...schemas, { type: "null" }]),
  };
};

const anyOf = (schemas, about) => (schemas.length > 1 ? { ...about, anyOf: schemas } : { ...about, ...schemas[0] });

/** One provider's schema, without the keywords of the outermost schema. */
const schema = (fields, target, io) => {
  const { when, orNull } = dialect(target);
  const isInput = io === "input";
  const anything = anyOf(orNull([{ type: "string" }, { type: "number", minimum: -PLAIN, maximum: PLAIN }]));
  const has = (name, schema) => ({ properties: { [name]: schema }, required: [name] });
  const matching = (words) =>
    isInput
      ? { type: "string", pattern: trimmed(words.join("|")) }
      : { type: "string", pattern: `^(?:${words.join("|")})$` };

  /** The schema of a field that applies. */
  const value = (field, decimals) => {
    const about = { title: field.label };
    if (!isInput) return { ...about, ...outputOf(field, decimals) };
    const [pattern, ...numbers] = inputOf(field, decimals);
    const texts = { type: "string", pattern: (field.required ? trimmed : trimmedOrBlank)(pattern, around(field)) };
    return anyOf(field.required ? [texts, ...numbers] : orNull([texts, ...numbers]), about);
  };
  const members = (fields, schemaOf) => Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]));
  const all = (fields, decimals) => {
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    const properties = members(fields, (field) => value(field, decimals));
    return { properties, ...(required.length > 0 && { required }) };
  };

  // The exponent of most currencies comes last, as the default.
  const currency = fields.find(({ kind }) => kind === "currency");
  const exponents = new Map();
  for (const { value, decimals } of currency?.choices ?? []) {
    exponents.set(decimals, [...(exponents.get(decimals) ?? []), isInput ? anyCase(value) : value]);
  }
  const rare = [...exponents].sort(([, one], [, other]) => one.length - other.length);
  const [usual] = rare.pop() ?? [2];
  const isMoney = ({ kind }) => kind === "amount" && rare.length > 0;
  /** The rules of fields that apply, for every currency. */
  const inAny = (fields) => {
    const [moneys, others] = [fields.filter(isMoney), fields.filter((field) => !isMoney(field))];
    const byCurrency = () =>
      rare.reduceRight(
        (rest, [decimals, codes]) => when(has(currency.name, matching(codes)), all(moneys, decimals), rest),
        all(moneys, usual),
      );
    return { ...(others.length > 0 && all(others, usual)), ...(moneys.length > 0 && { allOf: [byCurrency()] }) };
  };

  /** The rules of conditional fields. If they do not apply, their input is ignored, and the output lacks them. */
  const conditional = (condition, fields) => {
    const { field: other, equals } = condition;
    const absent = isInput ? undefined : { properties: members(fields, () => ({ not: {} })) };
    if (equals !== undefined) return when(has(other, matching([plainly([equals])])), inAny(fields), absent);
    const filled = { anyOf: [{ type: "number" }, { type: "string", pattern: `[^${SPACE}]` }] };
    return when(has(other, isInput ? filled : { type: "string" }), absent, inAny(fields));
  };
  const groups = new Map();
  for (const field of fields) {
    const key = JSON.stringify(field.when);
    groups.set(key, [...(groups.get(key) ?? []), field]);
  }
  const always = groups.get("null") ?? [];
  groups.delete("null");
  const rules = [...groups].map(([condition, group]) => conditional(JSON.parse(condition), group));
  const { properties, allOf = [] } = inAny(always);
  const placeholder = ({ label }) => ({ title: label, ...(isInput ? anything : { type: "string" }) });
  return {
    type: "object",
    properties: { ...members(fields, placeholder), ...properties },
    required: always.filter((field) => field.required).map(({ name }) => name),
    ...(!isInput && { additionalProperties: false }),
    ...(allOf.length + rules.length > 0 && { allOf: [...allOf, ...rules] }),
  };
};

const outermost = (target, rest) => {
  if (!Object.hasOwn(TARGETS, target)) {
    throw new Error(`JSON Schema target ${String(target)} is not supported. Use one of: ${Object.keys(TARGETS).join(", ")}.`);
  }
  return TARGETS[target] === undefined ? rest() : { $schema: TARGETS[target], ...rest() };
};

/**
 * Returns the JSON Schema of a provider's drafts (`io` is `input`) or of their checked values (`output`).
 *
 * Throws for an unsupported target, as Standard JSON Schema requires.
 */
export const jsonSchema = (fields, target, io) => outermost(target, () => schema(fields, target, io));

/** Returns the JSON Schema of drafts that name their `provider`: one alternative for each `{ id, fields }`. */
export const jsonSchemaOfAny = (providers, target, io) =>
  outermost(target, () => {
    const one = ({ id, fields }) => {
      const { properties, required, ...rest } = schema(fields, target, io);
      const named = io === "input" ? { pattern: trimmed(plainly([id])) } : { enum: [id] };
      const provider = { type: "string", ...named };
      return { ...rest, properties: { provider, ...properties }, required: ["provider", ...required] };
    };
    return { type: "object", oneOf: providers.map(one) };
  });
