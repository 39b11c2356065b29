//! Calls of functions, from the signature table: a function that is added there is called here.

use ringql_core::function::{ALL, Class, Function, Param, Shape};
use ringql_core::types::DataType;

use crate::columns::COLUMNS;
use crate::expression::Expression;

/// A function over arguments of certain types.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// What stands in each place.
    pub places: Vec<Place>,
    /// The type of its result; texts of any length are of one type.
    pub result: DataType,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An expression of a type.
    Of(DataType),
    /// An expression of any type.
    Any,
    /// A small number: others only make long texts.
    Small,
    /// One of some literals.
    Literal(&'static [&'static str]),
}

const PARTS: &[&str] = &[
    "'year'",
    "'month'",
    "'day'",
    "'hour'",
    "'minute'",
    "'second'",
    "'quarter'",
    "'week'",
    "'dayofyear'",
    "'isodow'",
    "'millisecond'",
    "'microsecond'",
    "'decade'",
    "'century'",
];
const SPAN_PARTS: &[&str] =
    &["'year'", "'month'", "'day'", "'hour'", "'minute'", "'second'", "'quarter'", "'microsecond'"];
const CLOCK: &[&str] = &["'hour'", "'minute'", "'second'", "'millisecond'", "'microsecond'"];

/// Literals that a function prepares, by what they are.
const PREPARED: &[(&str, &[&str])] = &[
    (
        "a pattern",
        &[
            "'a'",
            "'^a.*c$'",
            "'[a-c]+'",
            "'(b|ä)c?'",
            "''",
            "'\\d+'",
            "'日本'",
            "'.{2,3}'",
            "'a*?b'",
        ],
    ),
    ("the options", &["''", "'i'", "'s'", "'c'"]),
    ("a part of a date", PARTS),
    ("a part of a time", CLOCK),
    ("a part of an interval", SPAN_PARTS),
    ("a unit of time", PARTS),
    ("a unit of a clock", CLOCK),
    ("epoch or julian", &["'epoch'", "'julian'"]),
    ("epoch", &["'epoch'"]),
    (
        "a format",
        &[
            "'%Y-%m-%d'",
            "'%H:%M:%S'",
            "'%Y-%m-%d %H:%M:%S'",
            "'%d/%m/%y %I %p'",
            "'%j %a %b'",
            "'{}'",
            "'{}: {:>6}'",
        ],
    ),
    ("a format of C", &["'%s'", "'%s: %6s'", "'100 %%'"]),
    ("a format with a zone", &["'%Y-%m-%d %H:%M:%S%z'", "'%d.%m.%Y %z'"]),
    ("a time zone", &["'UTC'", "'GMT+1'", "'Etc/GMT-2'"]),
];

/// Places of functions that take few of the values of their type, or a constant.
const PLACES: &[(&str, usize, Place)] = &[
    ("repeat", 1, Place::Small),
    ("lpad", 1, Place::Small),
    ("rpad", 1, Place::Small),
    ("round", 1, Place::Small),
    ("trunc", 1, Place::Small),
    ("<<", 1, Place::Small),
    (">>", 1, Place::Small),
    ("regexp_replace", 2, Place::Literal(&["''", "'x'", "'[\\\\0]'", "'ä\\\\0ä'"])),
    // DuckDB refuses an expression as a whole where one row has another width, or another time.
    ("time_bucket", 0, Place::Literal(WIDTHS)),
    ("make_timestamp", 0, Place::Literal(&["i4", "-1", "2020", "(i4 * 86400000000)", "i2"])),
    // Of a TIMESTAMPTZ alone DuckDB takes month 13 and the like, and year -1 for year 0.
    ("make_timestamptz", 0, Place::Literal(&["2020", "9999", "(1 + abs(i2))", "12345678"])),
    ("make_timestamptz", 1, Place::Literal(&["1", "2", "12"])),
    ("make_timestamptz", 2, Place::Literal(&["1", "28"])),
    ("make_timestamptz", 3, Place::Literal(&["0", "23"])),
    ("make_timestamptz", 4, Place::Literal(&["0", "59"])),
    ("make_timestamptz", 5, Place::Literal(&["0", "59.999999", "7.25e0"])),
    ("regexp_extract", 2, Place::Literal(&["0", "1"])),
    ("like_escape", 2, Place::Literal(&["'!'", "''"])),
    ("ilike_escape", 2, Place::Literal(&["'!'", "''"])),
];

const WIDTHS: &[&str] = &[
    "INTERVAL '1' MINUTE",
    "INTERVAL '7' SECOND",
    "INTERVAL '36' HOUR",
    "INTERVAL '1' MONTH",
    "INTERVAL '5' YEAR",
    "NULL::INTERVAL",
];

/// Functions whose last digits depend on the libm.
const APPROXIMATE: &[&str] = &[
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "cos",
    "cosh",
    "cot",
    "exp",
    "gamma",
    "haversine",
    "lgamma",
    "ln",
    "log",
    "log10",
    "log2",
    "power",
    "sin",
    "sinh",
    "tan",
    "tanh",
    "^",
    "**",
];

/// Calls that are written with words or signs between their arguments.
const FORMS: &[(&str, &str)] = &[
    ("like", "($ LIKE $)"),
    ("ilike", "($ ILIKE $)"),
    ("like_escape", "($ LIKE $ ESCAPE $)"),
    ("ilike_escape", "($ ILIKE $ ESCAPE $)"),
    ("similar_to", "($ SIMILAR TO $)"),
];

impl Call {
    /// Whether another libm can give other last digits.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        APPROXIMATE.contains(&self.function.signature.name)
    }

    /// The call over columns.
    #[must_use]
    pub fn sample(&self) -> Expression {
        let argument = |place: &Place| {
            let column = |t: DataType| COLUMNS.iter().find(|c| c.data_type.same_family(t));
            Expression::leaf(match place {
                Place::Of(t) => column(*t).map_or("NULL", |c| c.name),
                Place::Any => "s",
                Place::Small => "2",
                Place::Literal(some) => some[0],
            })
        };
        written(self.function.signature.name, self.places.iter().map(argument).collect())
    }
}

/// All calls of all functions, over each type that they take.
#[must_use]
pub fn all(types: &[DataType]) -> Vec<Call> {
    ALL.iter().flat_map(|function| of(function, types)).collect()
}

fn of(function: &'static Function, types: &[DataType]) -> Vec<Call> {
    let params = function.signature.params;
    let class = params.iter().find_map(|p| match p {
        Param::T(class) => Some(*class),
        _ => None,
    });
    let takes = |class: Option<Class>, t: &DataType| class.is_none_or(|class| class.contains(*t));
    let decimal = params.iter().any(|p| matches!(p, Param::Decimal));
    let mut calls = Vec::new();
    // One type for T, and one for all that is DECIMAL.
    for &t in types.iter().filter(|t| takes(class, t)) {
        for &d in types.iter().filter(|t| t.is_decimal()) {
            let shapes: Vec<Shape> = params.iter().map(|p| shape(p, t, d)).collect();
            if let Some(result) = function.signature.result(&shapes) {
                let places = (0..params.len()).map(|at| place(function, at, t, d)).collect();
                calls.push(Call { function, places, result });
            }
            if !decimal {
                break;
            }
        }
        if class.is_none() {
            break;
        }
    }
    calls
}

fn shape(param: &Param, t: DataType, decimal: DataType) -> Shape {
    let data_type = match param {
        Param::Is(t) => *t,
        Param::Text | Param::AsText => DataType::Varchar(32),
        Param::Bytes => DataType::Varbinary(16),
        Param::Decimal => decimal,
        Param::T(_) => t,
        Param::Printed => DataType::Double,
        Param::Prepared(_) => DataType::Varbinary(0),
    };
    Shape { data_type, value: data_type.is_integer().then_some(2) }
}

fn place(function: &Function, at: usize, t: DataType, decimal: DataType) -> Place {
    let name = function.signature.name;
    if let Some((.., place)) = PLACES.iter().find(|(of, place, _)| *of == name && *place == at) {
        return *place;
    }
    match &function.signature.params[at] {
        Param::AsText => Place::Any,
        Param::Prepared(prepared) => {
            let known = PREPARED.iter().find(|(what, _)| *what == prepared.what);
            Place::Literal(known.unwrap_or_else(|| panic!("literals for {}", prepared.what)).1)
        }
        other => Place::Of(shape(other, t, decimal).data_type),
    }
}

/// A call as SQL writes it.
#[must_use]
pub fn written(name: &'static str, parts: Vec<Expression>) -> Expression {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let form = match (FORMS.iter().find(|(of, _)| *of == name), parts.len()) {
        (Some((_, form)), _) => (*form).to_owned(),
        (None, 1) if !is_word => format!("({name} $)"),
        (None, 2) if !is_word => format!("($ {name} $)"),
        (None, n) => format!("{name}({})", vec!["$"; n].join(", ")),
    };
    Expression::new(form, parts)
}
