//! What stands behind a query: EMIT and SETTINGS.

use alloc::format;
use alloc::vec::Vec;

use sqlparser::ast;
use sqlparser::tokenizer::Token;

use super::error::{CompileError, CompileErrorKind as Kind};
use super::hints;
use super::interval;
use super::parse::{Name, Statements};
use super::source::Extent;
use crate::plan::EmitMode;

/// `EMIT FINAL | CHANGES | EVERY INTERVAL '...' [WITH RETRACTIONS]`
#[derive(Clone, Copy, Debug)]
pub(super) struct Emit {
    pub(super) mode: EmitMode,
    pub(super) retract: bool,
    pub(super) extent: Extent,
}

/// `key = value` of SETTINGS or WITH.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) key: Name,
    pub(super) value: SettingValue,
    pub(super) extent: Extent,
}

/// What a setting is set to.
#[derive(Debug)]
pub(super) enum SettingValue {
    /// A number, a quoted text or a word.
    Token(Token),
    /// `INTERVAL '5' SECOND`
    Interval(ast::Interval),
}

const FORMS: &str = "write EMIT FINAL (the default): a result when its window closes or the input \
    ends; EMIT CHANGES; or EMIT EVERY INTERVAL '1' MINUTE";

impl Statements<'_> {
    /// EMIT and SETTINGS, each once at most, in any order.
    pub(super) fn tail(&mut self) -> Result<(Option<Emit>, Vec<Setting>), CompileError> {
        let mut settings: Option<Vec<Setting>> = None;
        let mut emit = None;
        loop {
            let at = self.at();
            if self.word("SETTINGS") {
                if settings.is_some() {
                    return Err(self.twice(at, "SETTINGS"));
                }
                settings = Some(self.settings()?);
            } else if self.word("EMIT") {
                if emit.is_some() {
                    return Err(self.twice(at, "EMIT"));
                }
                emit = Some(self.emit(at)?);
            } else {
                return Ok((emit, settings.unwrap_or_default()));
            }
        }
    }

    fn twice(&self, at: usize, what: &str) -> CompileError {
        let message = format!("{what} stands twice");
        self.source.error(Extent::one(at), Kind::Ambiguous, message, "write it once")
    }

    fn settings(&mut self) -> Result<Vec<Setting>, CompileError> {
        let mut settings = Vec::new();
        loop {
            settings.push(self.setting("the name of a setting")?);
            if !self.take(&Token::Comma) {
                return Ok(settings);
            }
        }
    }

    fn emit(&mut self, first: usize) -> Result<Emit, CompileError> {
        let mode = if self.word("FINAL") {
            EmitMode::Final
        } else if self.word("CHANGES") {
            EmitMode::Changes
        } else if self.word("EVERY") {
            EmitMode::Every(self.every()?)
        } else {
            let near = hints::hint(self.source, self.at(), "FINAL CHANGES EVERY");
            let help = near.as_deref().unwrap_or(FORMS);
            return Err(self.unexpected("FINAL, CHANGES or EVERY").with_help(help));
        };
        let retract = self.word("WITH");
        if retract {
            self.expect_word("RETRACTIONS", "RETRACTIONS")?;
        }
        let extent = Extent { first, last: self.at().saturating_sub(1).max(first) };
        Ok(Emit { mode, retract, extent })
    }

    /// The interval of EMIT EVERY.
    fn every(&mut self) -> Result<i64, CompileError> {
        let first = self.at();
        let Some(interval) = self.interval()? else {
            return Err(self
                .unexpected("INTERVAL")
                .with_help("write EMIT EVERY INTERVAL '1' MINUTE"));
        };
        let extent = Extent { first, last: self.at().saturating_sub(1).max(first) };
        let length = interval::read(&interval).and_then(|read| read.fixed());
        let length = length.map_err(|bad| bad.error(self.source, extent))?;
        if length <= 0 {
            let message = "the interval of EMIT EVERY is above 0";
            let help = "write EMIT EVERY INTERVAL '1' MINUTE, or EMIT CHANGES for each poll";
            return Err(self.source.error(extent, Kind::Value, message, help));
        }
        Ok(length)
    }

    /// `INTERVAL ...`, if that is what follows.
    fn interval(&mut self) -> Result<Option<ast::Interval>, CompileError> {
        if !self.source.is_word(self.at(), "INTERVAL") {
            return Ok(None);
        }
        match self.parser.parse_expr().map_err(|e| self.syntax(e))? {
            ast::Expr::Interval(interval) => Ok(Some(interval)),
            _ => Err(self.unexpected("an INTERVAL")),
        }
    }

    /// `key = value`, the value a number, a quoted text, a word or an INTERVAL.
    pub(super) fn setting(&mut self, what: &str) -> Result<Setting, CompileError> {
        let key = self.name(what)?;
        if !self.take(&Token::Eq) {
            return Err(self.unexpected("="));
        }
        let first = self.at();
        if *self.source.token(first) == Token::Minus {
            self.parser.advance_token();
        }
        if let Some(interval) = self.interval()? {
            let extent = Extent { first, last: self.at().saturating_sub(1).max(first) };
            return Ok(Setting { key, value: SettingValue::Interval(interval), extent });
        }
        let at = self.at();
        match self.source.token(at) {
            value @ (Token::Number(..) | Token::SingleQuotedString(_) | Token::Word(_)) => {
                self.parser.advance_token();
                let value = SettingValue::Token(value.clone());
                Ok(Setting { key, value, extent: Extent { first, last: at } })
            }
            _ => Err(self.unexpected("a number or a quoted text")),
        }
    }
}
