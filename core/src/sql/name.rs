//! Names of result columns without an alias: the text of the expression as DuckDB writes it.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sqlparser::ast::{self, BinaryOperator, Expr, Ident, UnaryOperator};

use super::interval;

/// How the types of CASTs are written, by their place in the parser's tree.
pub(super) type TypeNames = BTreeMap<*const ast::DataType, String>;

/// The name of a column that holds an expression.
pub(super) fn of(expr: &Expr, types: &TypeNames) -> String {
    match expr {
        Expr::Nested(inner) => of(inner, types),
        Expr::BinaryOp { .. } => chain(expr, types),
        Expr::Identifier(ident) => identifier(ident),
        Expr::CompoundIdentifier(parts) => {
            parts.iter().map(identifier).collect::<Vec<_>>().join(".")
        }
        Expr::Value(value) => literal(&value.value),
        Expr::TypedString(typed) => {
            let written = typed.data_type.to_string();
            let to = of_type(&typed.data_type, written);
            format!("CAST({} AS {to})", literal(&typed.value.value))
        }
        Expr::UnaryOp { op, expr } => unary(*op, expr, types),
        Expr::IsNull(x) => format!("({} IS NULL)", of(x, types)),
        Expr::IsNotNull(x) => format!("({} IS NOT NULL)", of(x, types)),
        Expr::IsUnknown(x) => format!("({} IS NULL)", of(x, types)),
        Expr::IsNotUnknown(x) => format!("({} IS NOT NULL)", of(x, types)),
        Expr::IsTrue(x) => truth_test(x, "IS NOT DISTINCT FROM true", types),
        Expr::IsNotTrue(x) => truth_test(x, "IS DISTINCT FROM true", types),
        Expr::IsFalse(x) => truth_test(x, "IS NOT DISTINCT FROM false", types),
        Expr::IsNotFalse(x) => truth_test(x, "IS DISTINCT FROM false", types),
        Expr::IsDistinctFrom(a, b) => {
            format!("({} IS DISTINCT FROM {})", of(a, types), of(b, types))
        }
        Expr::IsNotDistinctFrom(a, b) => {
            format!("({} IS NOT DISTINCT FROM {})", of(a, types), of(b, types))
        }
        Expr::Between { expr, negated, low, high } => {
            let (x, low, high) = (of(expr, types), of(low, types), of(high, types));
            not(*negated, format!("({x} BETWEEN {low} AND {high})"))
        }
        Expr::InList { expr, list, negated } => {
            not(*negated, format!("({} IN ({}))", of(expr, types), commas(list.iter(), types)))
        }
        Expr::Case { operand, conditions, else_result, case_token: _, end_token: _ } => {
            case(operand.as_deref(), conditions, else_result.as_deref(), types)
        }
        Expr::Cast { expr, data_type, kind, format: _ } => {
            let to = types.get(&core::ptr::from_ref(data_type));
            let to = to.cloned().unwrap_or_else(|| data_type.to_string());
            let cast = if *kind == ast::CastKind::TryCast { "TRY_CAST" } else { "CAST" };
            format!("{cast}({} AS {to})", of(expr, types))
        }
        Expr::Interval(interval) => {
            interval::read(interval).map_or_else(|_| interval.to_string(), |i| i.name())
        }
        Expr::Function(call) => function(call, types),
        other => other.to_string(),
    }
}

fn not(negated: bool, name: String) -> String {
    if negated { format!("(NOT {name})") } else { name }
}

fn truth_test(x: &Expr, test: &str, types: &TypeNames) -> String {
    format!("(CAST({} AS BOOLEAN) {test})", of(x, types))
}

fn commas<'e>(list: impl Iterator<Item = &'e Expr>, types: &TypeNames) -> String {
    list.map(|x| of(x, types)).collect::<Vec<_>>().join(", ")
}

/// The words that DuckDB 2.0 puts in quotes as names of columns: `SELECT keyword_name FROM
/// duckdb_keywords()`, in order.
const KEYWORDS: &str = include_str!("duckdb_keywords.txt");

fn is_keyword(name: &str) -> bool {
    KEYWORDS.split_whitespace().any(|k| name.eq_ignore_ascii_case(k))
}

/// A name, in quotes where DuckDB writes them.
fn identifier(ident: &Ident) -> String {
    let name = &ident.value;
    let plain = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain && !is_keyword(name) {
        return name.clone();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(value: &ast::Value) -> String {
    match value {
        ast::Value::Number(digits, _) => digits.clone(),
        ast::Value::Boolean(value) => value.to_string(),
        ast::Value::SingleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
        ast::Value::Null => "NULL".to_owned(),
        other => other.to_string(),
    }
}

fn unnested(mut x: &Expr) -> &Expr {
    while let Expr::Nested(inner) = x {
        x = inner;
    }
    x
}

fn unary(op: UnaryOperator, x: &Expr, types: &TypeNames) -> String {
    let x = unnested(x);
    let name = of(x, types);
    match op {
        UnaryOperator::Not => format!("(NOT {name})"),
        // A number takes its sign into itself.
        UnaryOperator::Minus if is_number(x) => {
            name.strip_prefix('-').map_or_else(|| format!("-{name}"), ToOwned::to_owned)
        }
        other => format!("({other}({name}))"),
    }
}

fn is_number(x: &Expr) -> bool {
    match unnested(x) {
        Expr::Value(value) => matches!(value.value, ast::Value::Number(..)),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => is_number(expr),
        _ => false,
    }
}

/// An operand of AND or OR: one of the same operator is part of the same list.
fn joined(op: &BinaryOperator, x: &Expr, types: &TypeNames) -> String {
    let name = of(x, types);
    let same = matches!(unnested(x), Expr::BinaryOp { op: inner, .. } if inner == op);
    let inner = name.strip_prefix('(').and_then(|n| n.strip_suffix(')'));
    inner.filter(|_| same).map_or_else(|| name.clone(), ToOwned::to_owned)
}

/// A chain like `a + b + c`, in a loop: it can be long.
fn chain(expr: &Expr, types: &TypeNames) -> String {
    let mut links = Vec::new();
    let mut first = expr;
    while let Expr::BinaryOp { left, op, right } = first {
        links.push((op, &**right));
        first = left;
    }
    let mut name = match links.last() {
        Some((op @ (BinaryOperator::And | BinaryOperator::Or), _)) => joined(op, first, types),
        _ => of(first, types),
    };
    // Each link puts the name so far in parentheses; they are counted and set at the end.
    let mut open = 0;
    let mut links = links.into_iter().rev().peekable();
    while let Some((op, right)) = links.next() {
        let list = matches!(op, BinaryOperator::And | BinaryOperator::Or);
        let right = if list { joined(op, right, types) } else { of(right, types) };
        let sign = match op {
            BinaryOperator::NotEq => "!=".to_owned(),
            other => other.to_string(),
        };
        name.push_str(&format!(" {sign} {right}"));
        if !(list && links.peek().is_some_and(|(next, _)| *next == op)) {
            name.push(')');
            open += 1;
        }
    }
    let mut all = "(".repeat(open);
    all.push_str(&name);
    all
}

fn case(
    operand: Option<&Expr>,
    conditions: &[ast::CaseWhen],
    otherwise: Option<&Expr>,
    types: &TypeNames,
) -> String {
    let mut name = "CASE ".to_owned();
    for ast::CaseWhen { condition, result } in conditions {
        let condition = of(condition, types);
        let condition = match operand {
            Some(operand) => format!("({} = {condition})", of(operand, types)),
            None => condition,
        };
        name.push_str(&format!(" WHEN ({condition}) THEN ({})", of(result, types)));
    }
    let otherwise = otherwise.map_or_else(|| "NULL".to_owned(), |e| of(e, types));
    name.push_str(&format!(" ELSE {otherwise} END"));
    name
}

fn function(call: &ast::Function, types: &TypeNames) -> String {
    let name = call.name.to_string().to_ascii_lowercase();
    let ast::FunctionArguments::List(list) = &call.args else { return name };
    let args: Option<Vec<&Expr>> = list
        .args
        .iter()
        .map(|arg| match arg {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect();
    let args = args.unwrap_or_default();
    let filter = call.filter.as_deref().map(|x| format!(" FILTER (WHERE {})", of(x, types)));
    let filter = filter.unwrap_or_default();
    let name = match &*name {
        "count" if args.is_empty() => return format!("count_star(){filter}"),
        // It has no parentheses, and DuckDB takes it for a name.
        "current_timestamp" => return call.name.to_string(),
        "coalesce" | "ifnull" => "COALESCE".to_owned(),
        "similar_to" => "regexp_full_match".to_owned(),
        name if is_keyword(name) => format!("\"{name}\""),
        _ => name,
    };
    let distinct = match list.duplicate_treatment {
        Some(ast::DuplicateTreatment::Distinct) => "DISTINCT ",
        _ => "",
    };
    format!("{name}({distinct}{}){filter}", commas(args.into_iter(), types))
}

/// A type as DuckDB writes it in a name: words of its grammar in capitals, others as they are.
pub(super) fn of_type(data_type: &ast::DataType, written: String) -> String {
    use ast::DataType as Sql;
    match data_type {
        Sql::Boolean => "BOOLEAN".into(),
        Sql::SmallInt(_) => "SMALLINT".into(),
        Sql::Integer(_) | Sql::Int(_) => "INTEGER".into(),
        Sql::BigInt(_) => "BIGINT".into(),
        Sql::Real | Sql::Float(_) => "FLOAT".into(),
        Sql::DoublePrecision => "DOUBLE".into(),
        Sql::Timestamp(_, ast::TimezoneInfo::None) => "TIMESTAMP".into(),
        Sql::Varchar(None) | Sql::CharacterVarying(None) | Sql::CharVarying(None) => {
            "VARCHAR".into()
        }
        Sql::Varchar(Some(n)) | Sql::CharacterVarying(Some(n)) | Sql::CharVarying(Some(n)) => {
            format!("VARCHAR({n})")
        }
        Sql::Decimal(info) | Sql::Numeric(info) | Sql::Dec(info) => match info {
            ast::ExactNumberInfo::None => "DECIMAL".into(),
            ast::ExactNumberInfo::Precision(p) => format!("DECIMAL({p})"),
            ast::ExactNumberInfo::PrecisionAndScale(p, s) => format!("DECIMAL({p}, {s})"),
        },
        Sql::Char(None) | Sql::Character(None) => "VARCHAR".into(),
        Sql::Char(Some(n)) | Sql::Character(Some(n)) => format!("VARCHAR({n})"),
        _ => written,
    }
}
