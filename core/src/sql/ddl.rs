//! `CREATE STREAM`: its columns, its watermark, its options.

mod watermark;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::tokenizer::Token;

use super::StreamDefinition;
use super::assemble::Texts;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::hints;
use super::named::{Named, TYPE_NAMES, TYPES, named};
use super::parse::{Name, Statements};
use super::source::{Extent, Source};
use super::tail::{Setting, SettingValue};
use crate::nearest::nearest;
use crate::plan::verify::MAX_RECORD;
use crate::schema::{Field, Layout};
use crate::types::DataType;
use watermark::Watermark;

/// A parsed `CREATE STREAM`.
#[derive(Debug)]
pub(super) struct CreateStream {
    pub(super) name: Name,
    columns: Vec<Column>,
    watermark: Option<Watermark>,
    with: Vec<Setting>,
}

#[derive(Debug)]
struct Column {
    name: Name,
    data_type: DataType,
    /// `NULL` or `NOT NULL`, if it is written.
    nullable: Option<bool>,
    extent: Extent,
}

/// Parses what stands behind `CREATE STREAM`.
pub(super) fn create_stream(p: &mut Statements<'_>) -> Result<CreateStream, CompileError> {
    let at = p.at();
    if p.source.is_word(at, "IF") {
        let extent = Extent { first: at, last: at + 2 };
        return Err(p.source.unsupported(
            extent,
            "IF NOT EXISTS",
            "write CREATE STREAM name (...)",
        ));
    }
    let name = p.name("the name of the stream")?;
    p.expect(&Token::LParen)?;
    let mut columns = Vec::new();
    let mut watermark: Option<Watermark> = None;
    let mut expected;
    loop {
        let at = p.at();
        expected = ", or )";
        if p.source.is_word(at, "WATERMARK") && p.source.is_word(at + 1, "FOR") {
            let found = watermark::parse(p)?;
            if watermark.is_some() {
                return Err(p.source.error(
                    found.extent,
                    Kind::Ambiguous,
                    "the stream has two watermarks",
                    "a stream has one event time: keep one WATERMARK FOR",
                ));
            }
            watermark = Some(found);
            expected = ", PUNCTUATION or )";
        } else {
            columns.push(column(p)?);
        }
        if !p.take(&Token::Comma) {
            break;
        }
    }
    if *p.source.token(p.at()) != Token::RParen {
        return Err(p.unexpected(expected));
    }
    p.parser.advance_token();
    let mut with = Vec::new();
    if p.word("WITH") {
        p.expect(&Token::LParen)?;
        loop {
            with.push(p.setting("the name of an option")?);
            if !p.take(&Token::Comma) {
                break;
            }
        }
        p.expect(&Token::RParen)?;
    }
    Ok(CreateStream { name, columns, watermark, with })
}

fn column(p: &mut Statements<'_>) -> Result<Column, CompileError> {
    let first = p.at();
    for constraint in ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"] {
        let next = p.source.token(first + 1);
        if p.source.is_word(first, constraint)
            && (*next == Token::LParen || p.source.is_word(first + 1, "KEY"))
        {
            return Err(p.source.unsupported(
                Extent::one(first),
                format!("{constraint} in a stream"),
                "a column is: name TYPE [NOT NULL]",
            ));
        }
    }
    let name = p.name("the name of a column")?;
    if p.source.is_word(p.at(), "FOR") {
        return Err(hints::unexpected(p.source, first, "WATERMARK"));
    }
    let data_type = data_type(p)?;
    let mut nullable = None;
    loop {
        let at = p.at();
        let found = if p.word("NOT") {
            p.expect_word("NULL", "NULL")?;
            false
        } else if p.word("NULL") {
            true
        } else if let Some(words) = constraint(p, at) {
            let what = format!("{words} of a column");
            let help = "a column is: name TYPE [NOT NULL]";
            let extent = Extent { first: at, last: at + words.split(' ').count() - 1 };
            return Err(p.source.unsupported(extent, what, help));
        } else {
            break;
        };
        if nullable.replace(found).is_some() {
            let extent = Extent { first: at, last: p.at() - 1 };
            let message = "NULL or NOT NULL stands twice";
            return Err(p.source.error(extent, Kind::Ambiguous, message, "write one of them"));
        }
    }
    let extent = Extent { first, last: p.at() - 1 };
    Ok(Column { name, data_type, nullable, extent })
}

/// What other databases put behind a column's type.
fn constraint(p: &Statements<'_>, at: usize) -> Option<&'static str> {
    const ALL: [&str; 9] = [
        "PRIMARY KEY",
        "UNIQUE",
        "DEFAULT",
        "REFERENCES",
        "CHECK",
        "CONSTRAINT",
        "GENERATED",
        "COLLATE",
        "COMMENT",
    ];
    let is = |words: &&str| words.split(' ').enumerate().all(|(i, w)| p.source.is_word(at + i, w));
    ALL.into_iter().find(is)
}

fn data_type(p: &mut Statements<'_>) -> Result<DataType, CompileError> {
    let first = p.at();
    if !matches!(p.source.token(first), Token::Word(_)) {
        return Err(p.unexpected("the type of the column").with_help(TYPES));
    }
    let parsed = p.parser.parse_data_type().map_err(|e| p.syntax(e))?;
    let extent = Extent { first, last: p.at() - 1 };
    match named(&parsed) {
        Named::Type(data_type) => Ok(data_type),
        Named::AnyVarchar => Err(p.source.error(
            extent,
            Kind::Type,
            "the text column needs a length",
            format!(
                "write VARCHAR(n): n is the most bytes of a text, 1 to {}",
                DataType::MAX_VARCHAR
            ),
        )),
        Named::AnyVarbinary => Err(p.source.error(
            extent,
            Kind::Type,
            "the column of bytes needs a length",
            format!(
                "write VARBINARY(n): n is the most bytes of a value, 1 to {}",
                DataType::MAX_VARCHAR
            ),
        )),
        other => Err(refuse_type(p.source, other, extent)),
    }
}

/// Refuses a type that is none of RingQL's.
pub(super) fn refuse_type(source: &Source, meaning: Named, extent: Extent) -> CompileError {
    let written = source.written(extent);
    if meaning == Named::Unknown {
        let name = written.split_once('(').map_or(&*written, |(name, _)| name);
        let near = nearest(name.trim_end(), TYPE_NAMES.iter().copied());
        let help = near.map_or_else(|| TYPES.to_owned(), mean);
        return source.error(extent, Kind::Unknown, format!("there is no type {written}"), help);
    }
    if meaning == Named::BadLength {
        let message = format!("{written} has a length out of range");
        let help =
            format!("VARCHAR(n), CHAR(n), VARBINARY(n) have n from 1 to {}", DataType::MAX_VARCHAR);
        return source.error(extent, Kind::Limit, message, help);
    }
    if meaning == Named::BadDecimal {
        let message = format!("{written} has digits out of range");
        let help = "DECIMAL(p,s) has p from 1 to 38 digits, s of them behind the point";
        return source.error(extent, Kind::Limit, message, help);
    }
    source.unsupported(extent, format!("the type {written}"), TYPES)
}

impl CreateStream {
    /// The stream's definition.
    pub(super) fn define(self, source: &Source) -> Result<StreamDefinition, CompileError> {
        let time = self.event_time(source)?;
        let mut texts = Texts::default();
        let mut fields: Vec<Field> = Vec::with_capacity(self.columns.len());
        for (i, column) in self.columns.iter().enumerate() {
            let same = |c: &&Column| c.name.text.eq_ignore_ascii_case(&column.name.text);
            if self.columns[..i].iter().any(|c| same(&c)) {
                return Err(source.error(
                    column.name.extent,
                    Kind::Ambiguous,
                    format!("there are two columns {}", column.name.text),
                    "names of columns differ by more than upper and lower case",
                ));
            }
            let is_time = time.is_some_and(|t| t.column.index() == i);
            let too_large = || {
                let message =
                    format!("with this column a record is longer than {MAX_RECORD} bytes");
                source.error(column.extent, Kind::Limit, message, "shorten a VARCHAR")
            };
            let data_type = column.data_type;
            let offset = Layout::next_offset(&fields, data_type);
            fields.push(Field {
                name: texts.add(&column.name.text).ok_or_else(too_large)?,
                data_type,
                nullable: !is_time && column.nullable.unwrap_or(true),
                offset: u16::try_from(offset).map_err(|_| too_large())?,
            });
            if Layout::of(&fields).record_size > MAX_RECORD {
                return Err(too_large());
            }
        }
        if fields.is_empty() {
            let message = format!("the stream {} has no columns", self.name.text);
            return Err(source.error(self.name.extent, Kind::Limit, message, "write one at least"));
        }
        let with = self.with.iter().map(|s| option(source, s)).collect::<Result<Vec<_>, _>>()?;
        for (i, (key, _)) in with.iter().enumerate() {
            if with[..i].iter().any(|(k, _)| k == key) {
                let message = format!("the option {key} stands twice");
                return Err(source.error(
                    self.with[i].key.extent,
                    Kind::Ambiguous,
                    message,
                    "write it once",
                ));
            }
        }
        let texts = texts.into_string();
        Ok(StreamDefinition { name: self.name.text, fields, texts, time, with })
    }
}

/// One `key = 'value'` of WITH.
fn option(source: &Source, setting: &Setting) -> Result<(String, String), CompileError> {
    const KEYS: [&str; 3] = ["source", "format", "epoch_unit"];
    let key = setting.key.text.to_ascii_lowercase();
    if !KEYS.contains(&&*key) {
        let help = nearest(&key, KEYS.into_iter())
            .map_or("options are source, format and epoch_unit".to_owned(), mean);
        let message = format!("there is no option {}", setting.key.text);
        return Err(source.error(setting.key.extent, Kind::Unknown, message, help));
    }
    let SettingValue::Token(Token::SingleQuotedString(value)) = &setting.value else {
        let message = format!("the value of {key} is a quoted text");
        let help = format!("write {key} = '...'");
        return Err(source.error(setting.extent, Kind::Type, message, help));
    };
    if key == "epoch_unit" && !["s", "ms", "us"].contains(&&**value) {
        let message = format!("'{value}' is not a unit of epoch timestamps");
        let help = "epoch_unit is 's', 'ms' or 'us'";
        return Err(source.error(setting.extent, Kind::Value, message, help));
    }
    if key == "format" && !["csv", "ndjson", "rqlr"].iter().any(|f| f.eq_ignore_ascii_case(value)) {
        let message = format!("'{value}' is not a format of input");
        let help = "format is 'csv', 'ndjson' or 'rqlr'";
        return Err(source.error(setting.extent, Kind::Value, message, help));
    }
    Ok((key, value.clone()))
}

fn mean(name: &str) -> String {
    format!("did you mean {name}?")
}

/// "did you mean X?", else all the names that there are.
pub(super) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    if let Some(near) = nearest(name, known.clone()) {
        return mean(near);
    }
    let all: Vec<&str> = known.take(12).collect();
    if all.is_empty() { String::new() } else { format!("there are: {}", all.join(", ")) }
}
