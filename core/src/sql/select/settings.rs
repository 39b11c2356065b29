//! `SETTINGS max_groups = 64, on_full = 'error', allowed_lateness = INTERVAL '10' SECOND`

use alloc::format;
use alloc::string::{String, ToString};

use sqlparser::tokenizer::Token;

use super::super::Options;
use super::super::aggregates::Room;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::interval;
use super::super::lower::{Limits, Order, Shape, Stage};
use super::super::parse::QueryStatement;
use super::super::relation::Relation;
use super::super::source::{Extent, Source};
use super::super::tail::{Emit, Setting, SettingValue};
use super::{Context, Result};
use crate::nearest::nearest;
use crate::plan::aggregates::MAX_VALUES;
use crate::plan::verify::{self, MAX_BATCH_ROWS};
use crate::plan::{EmitMode, OnError, OnFull, TimeSource};
use crate::time::LENGTH_LIMIT;
use crate::types::DataType;

/// Groups that can be there at once, if nothing else is said.
pub(super) const MAX_GROUPS: u32 = 1024;
/// How far ahead of the windows a record is believed, if nothing else is said: 365 days.
const MAX_AHEAD: i64 = 365 * 86_400_000_000;

/// What SETTINGS say.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) max_groups: u32,
    pub(super) room: Room,
    on_full: (OnFull, Extent),
    on_error: OnError,
    batch_rows: u16,
    /// Settings of windows over event time, and where they stand.
    lateness: Option<(i64, Extent)>,
    max_ahead: Option<(i64, Extent)>,
    idle_timeout: Option<(i64, Extent)>,
    late: Option<(String, Extent)>,
}

const KEYS: [&str; 11] = [
    "max_groups",
    "on_full",
    "on_error",
    "batch_rows",
    "max_values",
    "max_distinct",
    "max_text",
    "allowed_lateness",
    "late",
    "max_ahead",
    "idle_timeout",
];

impl Settings {
    pub(super) fn read(source: &Source, settings: &[Setting], options: &Options) -> Result<Self> {
        let mut read = Self {
            max_groups: MAX_GROUPS,
            on_full: (OnFull::Error, Extent::one(0)),
            on_error: OnError::Null,
            batch_rows: options.batch_rows.clamp(1, MAX_BATCH_ROWS),
            room: Room::DEFAULT,
            lateness: None,
            max_ahead: None,
            idle_timeout: None,
            late: None,
        };
        for (i, setting) in settings.iter().enumerate() {
            let key = setting.key.text.to_ascii_lowercase();
            let at = setting.key.extent;
            let same = |s: &Setting| s.key.text.eq_ignore_ascii_case(&key);
            if settings.iter().take(i).any(same) {
                let message = format!("the setting {key} stands twice");
                return Err(source.error(at, Kind::Ambiguous, message, "write it once"));
            }
            match &*key {
                "max_groups" => {
                    // The setting is at most MAX_GROUPS.
                    let most = u64::from(verify::MAX_GROUPS);
                    read.max_groups = number(source, setting, most)? as u32;
                }
                "batch_rows" => {
                    read.batch_rows = number(source, setting, u64::from(MAX_BATCH_ROWS))? as u16;
                }
                "max_values" => {
                    read.room.values = number(source, setting, u64::from(MAX_VALUES))? as u16;
                }
                "max_distinct" => {
                    read.room.distinct = number(source, setting, u64::from(MAX_VALUES))? as u16;
                }
                "max_text" => {
                    let most = u64::from(DataType::MAX_VARCHAR);
                    read.room.text = number(source, setting, most)? as u16;
                }
                "on_full" => {
                    let choice = choice(source, setting, &ON_FULL, ON_FULL_HELP)?;
                    read.on_full = (choice, setting.extent);
                }
                "on_error" => read.on_error = choice(source, setting, &ON_ERROR, ON_ERROR_HELP)?,
                "allowed_lateness" => read.lateness = Some((length(source, setting)?, at)),
                "max_ahead" => read.max_ahead = Some((length(source, setting)?, at)),
                "idle_timeout" => read.idle_timeout = Some((length(source, setting)?, at)),
                "late" => read.late = Some((name(source, setting)?, at)),
                _ => {
                    let message = format!("there is no setting {}", setting.key.text);
                    let help = nearest(&key, KEYS.into_iter()).map_or_else(
                        || format!("settings are {}", KEYS.join(", ")),
                        |near| format!("did you mean {near}?"),
                    );
                    return Err(source.error(at, Kind::Unknown, message, help));
                }
            }
        }
        Ok(read)
    }

    /// EMIT and SETTINGS of a query, where they have a meaning.
    pub(super) fn limits(
        self,
        context: &Context<'_>,
        relation: &Relation<'_>,
        order: Option<&(Order, Extent)>,
        statement: &QueryStatement,
    ) -> Result<Limits> {
        let source = context.source;
        if let Some(emit) = &statement.emit {
            check_emit(source, emit, relation, order)?;
            if emit.retract
                && emit.mode == EmitMode::Final
                && !matches!(self.lateness, Some((1.., _)))
            {
                let help = "a final result is never taken back: leave it out, or set \
                            allowed_lateness, or write EMIT CHANGES WITH RETRACTIONS";
                let what = "EMIT FINAL WITH RETRACTIONS";
                return Err(source.unsupported(emit.extent, what, help));
            }
        }
        self.check_full(source, relation)?;
        self.check_windows(source, relation)?;
        self.check_lateness(source, relation, order)?;
        if let Some((name, at)) = &self.late {
            let same = |other: &str| other.eq_ignore_ascii_case(name);
            let is_sink = statement.sink.as_ref().is_some_and(|sink| same(&sink.text));
            if is_sink || context.has(name) {
                let message = format!("{name} is the name of something else already");
                let help = "late records go to an output of their own: late = 'late_records'";
                return Err(source.error(*at, Kind::Ambiguous, message, help));
            }
        }
        let value = |setting: Option<(i64, Extent)>| setting.map(|(value, _)| value);
        Ok(Limits {
            batch_rows: self.batch_rows,
            on_error: self.on_error,
            on_full: self.on_full.0,
            emit: statement.emit.map_or(EmitMode::Final, |emit| emit.mode),
            retract: statement.emit.is_some_and(|emit| emit.retract),
            lateness: value(self.lateness).unwrap_or(0),
            max_ahead: value(self.max_ahead).unwrap_or(MAX_AHEAD),
            idle_timeout: value(self.idle_timeout).unwrap_or(0),
            late: self.late.map(|(name, _)| name),
        })
    }

    /// Refuses `on_full = 'close_oldest'` where a group can't leave before its window does.
    fn check_full(&self, source: &Source, relation: &Relation<'_>) -> Result<()> {
        let (OnFull::CloseOldest, at) = self.on_full else { return Ok(()) };
        let is_shared = |stage: &Stage| match stage {
            Stage::Window(_, Shape::Slide { size, .. }) => *size > 1,
            Stage::Window(_, shape) => matches!(shape, Shape::Cumulate { .. }),
            _ => false,
        };
        let what = if relation.groups() > 1 {
            "on_full = 'close_oldest' with groups of groups"
        } else if relation.stages.iter().any(is_shared) {
            "on_full = 'close_oldest' with windows that overlap"
        } else {
            return Ok(());
        };
        let help = "write on_full = 'error', 'drop_new' or 'evict_oldest'";
        Err(source.unsupported(at, what, help))
    }

    /// Refuses settings of windows over event time where there are none.
    fn check_windows(&self, source: &Source, relation: &Relation<'_>) -> Result<()> {
        let is_event = |stage: &Stage| matches!(stage, Stage::Window(TimeSource::Event, _));
        if relation.stages.iter().any(is_event) {
            return Ok(());
        }
        let at = |setting: &Option<(i64, Extent)>| setting.as_ref().map(|(_, at)| *at);
        for (key, at) in [
            ("allowed_lateness", at(&self.lateness)),
            ("max_ahead", at(&self.max_ahead)),
            ("idle_timeout", at(&self.idle_timeout)),
            ("late", self.late.as_ref().map(|(_, at)| *at)),
        ] {
            let Some(at) = at else { continue };
            let message = format!("{key} without windows over event time");
            let help = "leave it out, or group by windows: FROM TUMBLE(stream, ts, INTERVAL '1' \
                        MINUTE) GROUP BY window_start";
            return Err(source.unsupported(at, message, help));
        }
        Ok(())
    }

    /// Refuses `allowed_lateness` where windows can't leave again.
    fn check_lateness(
        &self,
        source: &Source,
        relation: &Relation<'_>,
        order: Option<&(Order, Extent)>,
    ) -> Result<()> {
        let Some((1.., at)) = self.lateness else { return Ok(()) };
        let is_state = |stage: &Stage| matches!(stage, Stage::Window(_, Shape::State { .. }));
        let (what, help) = if relation.stages.iter().any(is_state) {
            let what = "allowed_lateness with STATE_WINDOW";
            (what, "its windows are closed once they end: use late = 'name' for late records")
        } else if relation.groups() > 1 {
            let what = "allowed_lateness with groups of groups";
            (what, "a result that comes again would count twice: make the watermark's delay longer")
        } else if order.is_some() {
            let what = "allowed_lateness with ORDER BY or LIMIT";
            (
                what,
                "rows that leave again have no place in the order: make the watermark's delay longer",
            )
        } else {
            return Ok(());
        };
        Err(source.unsupported(at, what, help))
    }
}

/// Refuses EMIT CHANGES and EMIT EVERY where they have no meaning.
fn check_emit(
    source: &Source,
    emit: &Emit,
    relation: &Relation<'_>,
    order: Option<&(Order, Extent)>,
) -> Result<()> {
    let what = match emit.mode {
        EmitMode::Final => return Ok(()),
        EmitMode::Changes => "EMIT CHANGES",
        EmitMode::Every(_) => "EMIT EVERY",
    };
    if !relation.is_grouped() {
        let help = "rows of a stream leave as they come: leave it out";
        let what = format!("{what} without groups");
        return Err(source.unsupported(emit.extent, what, help));
    }
    if let Some((_, at)) = order {
        let help = "only final rows have an order: leave one of them out";
        return Err(source.unsupported(*at, format!("ORDER BY or LIMIT with {what}"), help));
    }
    let clock = |stage: &Stage| matches!(stage, Stage::Window(TimeSource::Clock, _));
    let has_time = relation.stream.time.is_some() || relation.stages.iter().any(clock);
    if matches!(emit.mode, EmitMode::Every(_)) && !has_time {
        let message = format!("the stream {} has no event time to count by", relation.stream.name);
        let help = "add WATERMARK FOR ts AS ts to its columns, or write EMIT CHANGES";
        return Err(source.error(emit.extent, Kind::Type, message, help));
    }
    Ok(())
}

fn number(source: &Source, setting: &Setting, most: u64) -> Result<u64> {
    let value = match &setting.value {
        // A sign stands before the number.
        SettingValue::Token(Token::Number(digits, false))
            if setting.extent.first == setting.extent.last =>
        {
            digits.replace('_', "").parse().ok().filter(|n| (1..=most).contains(n))
        }
        _ => None,
    };
    value.ok_or_else(|| {
        let message = format!("{} is a whole number from 1 to {most}", setting.key.text);
        let help = format!("write {} = {}", setting.key.text, most.min(64));
        source.error(setting.extent, Kind::Value, message, help)
    })
}

/// An INTERVAL of a fixed length that is not below 0, or its text.
fn length(source: &Source, setting: &Setting) -> Result<i64> {
    let key = setting.key.text.to_ascii_lowercase();
    let help = format!("write {key} = INTERVAL '10' SECOND");
    let read = match &setting.value {
        SettingValue::Interval(interval) => interval::read(interval).and_then(|r| r.fixed()),
        SettingValue::Token(Token::SingleQuotedString(text)) => interval::of_text(text),
        SettingValue::Token(_) => {
            let message = format!("{key} is an INTERVAL");
            return Err(source.error(setting.extent, Kind::Type, message, help));
        }
    };
    let length = read.map_err(|bad| bad.error(source, setting.extent))?;
    let signed = *source.token(setting.extent.first) == Token::Minus;
    if signed || !(0..=LENGTH_LIMIT).contains(&length) {
        let message = format!("{key} is an INTERVAL from 0 to 36,000 years");
        return Err(source.error(setting.extent, Kind::Value, message, help));
    }
    Ok(length)
}

/// The name of an output.
fn name(source: &Source, setting: &Setting) -> Result<String> {
    match &setting.value {
        SettingValue::Token(Token::SingleQuotedString(text)) if !text.is_empty() => {
            Ok(text.clone())
        }
        _ => Err(source.error(
            setting.extent,
            Kind::Value,
            "late is the name of an output, in quotes",
            "write late = 'late_records': records that come too late go there as they are",
        )),
    }
}

const ON_FULL: [(&str, OnFull); 4] = [
    ("error", OnFull::Error),
    ("drop_new", OnFull::DropNew),
    ("evict_oldest", OnFull::EvictOldest),
    ("close_oldest", OnFull::CloseOldest),
];
const ON_FULL_HELP: &str = "'error' stops the query; 'drop_new' drops and counts records that need a \
    new group; 'evict_oldest' forgets the oldest group and counts its records; 'close_oldest' lets \
    the oldest group leave with what it has";
const ON_ERROR: [(&str, OnError); 2] = [("null", OnError::Null), ("stop", OnError::Stop)];
const ON_ERROR_HELP: &str = "'null' makes a value that can't be computed NULL and counts it; 'stop' \
    stops the query before its record";

/// One of some quoted words.
fn choice<T: Copy>(
    source: &Source,
    setting: &Setting,
    choices: &[(&str, T)],
    help: &str,
) -> core::result::Result<T, CompileError> {
    let written = match &setting.value {
        SettingValue::Token(Token::SingleQuotedString(text)) => text.as_str(),
        _ => "",
    };
    if let Some((_, value)) = choices.iter().find(|(word, _)| *word == written) {
        return Ok(*value);
    }
    let near = nearest(written, choices.iter().map(|(word, _)| *word));
    let words: alloc::vec::Vec<String> =
        choices.iter().map(|(word, _)| format!("'{word}'")).collect();
    let (last, first) = words.split_last().map_or(("", &[][..]), |(last, first)| (&**last, first));
    let message = format!("{} is {} or {last}", setting.key.text, first.join(", "));
    let help = near.map_or_else(|| help.to_string(), |near| format!("did you mean '{near}'?"));
    Err(source.error(setting.extent, Kind::Value, message, help))
}
